//! A batch of ledger entries: looked up in three queries, written in one.

use std::collections::HashMap;

use platform::audit::Entry as AuditEntry;
use platform::import::{Mode, Outcome, Row, Undone};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use super::import::read;
use super::{Checked, ENTER, refuse_closed, reverse, store};
use crate::project::{self, Project};

/// The projects a batch names, within reach and open to entries.
async fn projects_of(cx: &mut Cx, rows: &[Row]) -> Result<HashMap<String, Result<Project, &'static str>>> {
    let mut written: Vec<String> = rows.iter().map(|row| row.text("project").to_uppercase()).collect();
    written.sort_unstable();
    written.dedup();
    let mut found = HashMap::new();
    for (reference, id) in store::references(cx, &written).await? {
        let held = match project::get(cx, id).await {
            Ok(project) => match refuse_closed(&project) {
                Ok(()) => Ok(project),
                Err(_) if project.retired_at.is_some() => Err("project-retired"),
                Err(_) => Err("project-ended"),
            },
            Err(Error::NotFound) => Err("ledger-project-unknown"),
            Err(other) => return Err(other),
        };
        found.insert(reference, held);
    }
    Ok(found)
}

type Standing = HashMap<(Id, String), Vec<(Date, i64)>>;

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let projects = projects_of(cx, rows).await?;
    let ids: Vec<Id> = projects.values().filter_map(|held| held.as_ref().ok().map(|project| project.id)).collect();
    let mut standing: Standing = HashMap::new();
    for (project, measure, day, change) in store::pledges(cx, &ids).await? {
        standing.entry((project, measure)).or_default().push((day, change));
    }
    let known: Vec<super::Entry> = store::held(cx, &ids).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut news: Vec<(usize, &Project, Checked)> = Vec::new();
    for row in rows {
        let mut problems = Problems::default();
        let project = match projects.get(&row.text("project").to_uppercase()) {
            Some(Ok(project)) => Some(project),
            Some(Err(key)) => {
                problems.add("project", key);
                None
            }
            None => {
                problems.add("project", "ledger-project-unknown");
                None
            }
        };
        let checked = match read(row).checked(cx) {
            Ok(checked) => Some(checked),
            Err(Error::Invalid(more)) => {
                problems.extend(more);
                None
            }
            Err(other) => return Err(other),
        };
        let (Some(project), Some(checked), true) = (project, checked, problems.is_empty()) else {
            outcomes.push(Outcome::Refused(problems));
            continue;
        };
        let same = known.iter().find(|held| {
            held.project_id == project.id
                && held.measure == checked.measure
                && held.kind == checked.kind
                && held.amount == checked.amount
                && held.unit == checked.unit.code()
                && held.effective_on == checked.effective_on
                && held.evidence == checked.evidence
                && held.note == checked.note
        });
        if let Some(held) = same {
            outcomes.push(Outcome::Same(held.id));
            continue;
        }
        let stands = standing.entry((project.id, checked.measure.clone())).or_default();
        let on_day: i64 = stands.iter().filter(|(day, _)| *day <= checked.effective_on).map(|(_, change)| change).sum();
        match checked.against(on_day) {
            Ok(checked) => {
                if checked.kind != "realised" {
                    stands.push((checked.effective_on, checked.base));
                }
                news.push((outcomes.len(), project, checked));
                outcomes.push(Outcome::Created(Id(0)));
            }
            Err(Error::Invalid(problems)) => outcomes.push(Outcome::Refused(problems)),
            Err(other) => return Err(other),
        }
    }
    if mode == Mode::Keep && !news.is_empty() {
        let granted = cx.require(&ENTER)?;
        let rows: Vec<(Id, Checked)> = news.iter().map(|(_, project, new)| (project.id, new.clone())).collect();
        let ids = store::insert_many(cx, &granted, &rows).await?;
        for ((place, project, new), id) in news.into_iter().zip(ids) {
            outcomes[place] = Outcome::Created(id);
            cx.record(
                new.change(project).set("entry", platform::audit::Told::record("ledger", id, &project.reference)),
            );
        }
    }
    Ok(outcomes)
}

/// An undone import is taken back entry by entry; the ledger keeps both.
pub(super) async fn undo(cx: &mut Cx, entries: &[AuditEntry]) -> Result<Vec<Undone>> {
    let mut answers = Vec::with_capacity(entries.len());
    let note = cx.note.clone().unwrap_or_else(|| "import undone".to_owned());
    for entry in entries {
        let id = entry.fields().into_iter().find_map(|change| match change.new {
            platform::audit::Told::Record { kind, id, .. } if kind == "ledger" => Some(id),
            _ => None,
        });
        answers.push(match id {
            Some(id) if entry.verb == "ledger.entered" => match reverse(cx, id, &note).await {
                Ok(_) => Undone::Reversed,
                Err(Error::Conflict(_)) => Undone::Nothing,
                Err(other) => return Err(other),
            },
            _ => Undone::Nothing,
        });
    }
    Ok(answers)
}
