//! A batch of people from a file.

use std::collections::{HashMap, HashSet};

use platform::audit::{Change, Entry, Told};
use platform::import::{Mode, Outcome, Row, Undone};
use platform::search::fold;
use platform::{Cx, Error, Id, Problems, Result};

use super::import::read;
use super::{Checked, store};
use crate::{EDIT, enterprise};

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let granted = cx.require(&EDIT)?;
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut found: HashMap<String, Option<enterprise::Brief>> = HashMap::new();
    let mut news: Vec<(usize, Id, String, Checked)> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let mut problems = Problems::default();
        let written = row.text("enterprise");
        let brief = match found.get(&written) {
            Some(brief) => brief.clone(),
            None => {
                let brief = enterprise::written(cx, &written).await?;
                found.insert(written.clone(), brief.clone());
                brief
            }
        };
        match &brief {
            None => problems.add_with("enterprise", "problem-enterprise-unknown", &[("value", written)]),
            Some(brief) if brief.retired => problems.add("enterprise", "enterprise-retired"),
            Some(_) => {}
        }
        let checked = match read(row) {
            Ok(checked) => Some(checked),
            Err(Error::Invalid(more)) => {
                problems.extend(more);
                None
            }
            Err(other) => return Err(other),
        };
        match (brief, checked) {
            (Some(brief), Some(checked)) if problems.is_empty() => {
                outcomes.push(Outcome::Created(Id(0)));
                news.push((place, brief.id, brief.name, checked));
            }
            _ => outcomes.push(Outcome::Refused(problems)),
        }
    }
    let enterprises: Vec<Id> = news.iter().map(|(_, enterprise, ..)| *enterprise).collect();
    let mut held: HashSet<(Id, String)> =
        store::held(cx, &enterprises).await?.into_iter().map(|(enterprise, key, _)| (enterprise, key)).collect();
    news.retain(|(place, enterprise, _, new)| {
        let fresh = held.insert((*enterprise, fold::sort_key(&new.name)));
        if !fresh {
            outcomes[*place] = Outcome::Same(Id(0));
        }
        fresh
    });
    if mode == Mode::Keep && !news.is_empty() {
        let rows: Vec<(Id, Checked)> = news.iter().map(|(_, enterprise, _, new)| (*enterprise, new.clone())).collect();
        let ids = store::insert_many(cx, &granted, &rows).await?;
        for ((place, enterprise, name, new), id) in news.into_iter().zip(ids) {
            outcomes[place] = Outcome::Created(id);
            cx.record(
                Change::new("person.added", "enterprise", enterprise)
                    .label(name)
                    .set("person", Told::record("person", id, &new.name)),
            );
        }
    }
    Ok(outcomes)
}

pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let granted = cx.require(&EDIT)?;
    let mut answers = Vec::with_capacity(entries.len());
    let mut gone = Vec::new();
    for entry in entries {
        let person = entry.fields().into_iter().find_map(|change| match change.new {
            Told::Record { kind, id, name } if kind == "person" => Some((id, name)),
            _ => None,
        });
        match person {
            Some((id, name)) if entry.verb == "person.added" => {
                gone.push(id);
                cx.record(
                    Change::new("person.retired", "enterprise", entry.subject_id)
                        .label(entry.subject_label.clone())
                        .set("person", Told::record("person", id, &name)),
                );
                answers.push(Undone::Reversed);
            }
            _ => answers.push(Undone::Nothing),
        }
    }
    let note = cx.note.clone().unwrap_or_else(|| "import undone".to_owned());
    store::retire(cx, &granted, &gone, &note).await?;
    Ok(answers)
}
