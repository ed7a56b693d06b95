//! That enterprises and people are what their audit last said of them: who may see the one, and what the others are called
//! and do.

use std::collections::BTreeMap;

use platform::audit::proof::{PAGE, is_enough, said_of, unlike};
use platform::room::Findings;
use platform::{Cx, Id, Result};

use super::store;

pub(super) async fn tiers(cx: &mut Cx) -> Result<Findings> {
    unlike(cx, "enterprise", &[("tier", Some("office"))], |cx, after, limit| Box::pin(store::tiers(cx, after, limit)))
        .await
}

/// Names and languages, then the titles of posts that stand.
pub(super) async fn people(cx: &mut Cx) -> Result<Findings> {
    let fields = [("name", None), ("second_name", None), ("languages", None)];
    let mut findings =
        unlike(cx, "person", &fields, |cx, after, limit| Box::pin(store::people(cx, after, limit))).await?;
    let mut after = Id(0);
    loop {
        let people = store::people(cx, after, PAGE).await?;
        let Some(last) = people.last().map(|person| person.id) else { return Ok(findings) };
        // How often each title is held above how often the audit has it given and not taken back.
        let mut over: BTreeMap<(Id, String), i64> = BTreeMap::new();
        for held in store::posts(cx, after, last).await? {
            *over.entry(held).or_default() += 1;
        }
        for entry in said_of(cx, "person", after, Some(last), &["post"]).await? {
            for change in entry.fields().into_iter().filter(|change| change.field == "post") {
                for (title, step) in [(change.old.raw(), 1), (change.new.raw(), -1)] {
                    if let Some(title) = title {
                        *over.entry((entry.subject_id, title)).or_default() += step;
                    }
                }
            }
        }
        for ((id, title), count) in over.into_iter().filter(|(_, count)| *count != 0) {
            let Some(person) = people.iter().find(|person| person.id == id) else { continue };
            let called = &person.called;
            findings.wrong.push(match count > 0 {
                true => format!("{called}: post “{title}” is held, and the audit does not tell of it"),
                false => format!("{called}: post “{title}” is not held, and the audit tells of it"),
            });
        }
        if is_enough(&mut findings) {
            return Ok(findings);
        }
        after = last;
    }
}
