//! That enterprises are found by each of their names.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use platform::audit::proof::is_enough;
use platform::room::Findings;
use platform::search::fold;
use platform::{Cx, Id, Result};

use super::store;

/// Enterprises looked at together: each has a few dozen keys.
const PAGE: i64 = 200;

pub(super) async fn whole(cx: &mut Cx) -> Result<Findings> {
    let (mut findings, mut after) = (Findings::default(), Id(0));
    loop {
        let enterprises = store::references(cx, after, PAGE).await?;
        let Some(last) = enterprises.last().map(|(id, _)| *id) else { return Ok(findings) };
        let mut due: BTreeMap<Id, BTreeSet<String>> = BTreeMap::new();
        for (id, name) in store::names(cx, after, last).await? {
            due.entry(id).or_default().extend(fold::search_keys(&name));
        }
        let keys: BTreeSet<&str> = due.values().flatten().map(String::as_str).collect();
        let keys: Vec<&str> = keys.into_iter().collect();
        let found: HashSet<(String, Id)> = store::found_by(cx, after, last, &keys).await?.into_iter().collect();
        findings.looked_at += enterprises.len() as u64;
        for (id, reference) in enterprises {
            let Some(due) = due.remove(&id) else { continue };
            let all = due.len();
            let held = due.into_iter().filter(|key| found.contains(&(key.clone(), id))).count();
            match held {
                held if held == all => {}
                0 => findings.wrong.push(format!("{reference} can not be found by name")),
                _ => findings.wrong.push(format!("{reference} can not be found by every part of its names")),
            }
        }
        if is_enough(&mut findings) {
            return Ok(findings);
        }
        after = last;
    }
}
