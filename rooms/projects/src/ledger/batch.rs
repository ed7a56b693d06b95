//! A batch of ledger entries: looked up in three queries, written in one.

use std::collections::{HashMap, HashSet};

use platform::audit::Entry as AuditEntry;
use platform::import::{Mode, Outcome, Row, Undone};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use super::import::read;
use super::{Checked, ENTER, refuse_closed, store};
use crate::project::{self, Project};

/// The projects a batch names, within reach and open to entries.
async fn projects_of(cx: &mut Cx, rows: &[Row]) -> Result<HashMap<String, Result<Project, &'static str>>> {
    let mut written: Vec<String> = rows.iter().map(|row| row.text("project").to_uppercase()).collect();
    written.sort_unstable();
    written.dedup();
    let found = project::by_references(cx, &written).await?;
    Ok(found
        .into_iter()
        .map(|project| {
            let reference = project.reference.clone();
            let held = match refuse_closed(&project) {
                Ok(()) if !cx.may_on(&ENTER, project.relation()) => Err("error-forbidden-body"),
                Ok(()) => Ok(project),
                Err(_) if project.retired_at.is_some() => Err("project-retired"),
                Err(_) => Err("project-ended"),
            };
            (reference, held)
        })
        .collect())
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
        match checked.against(stands) {
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

/// An undone import is taken back entry by entry; the ledger keeps both. What something later
/// rests on stays.
pub(super) async fn undo(cx: &mut Cx, entries: &[AuditEntry]) -> Result<Vec<Undone>> {
    let granted = cx.require(&ENTER)?;
    let named: Vec<Option<Id>> = entries.iter().map(entry_of).collect();
    let ids: Vec<Id> = named.iter().flatten().copied().collect();
    let held: HashMap<Id, super::Entry> =
        store::by_ids(cx, &granted, &ids).await?.into_iter().map(|entry| (entry.id, entry)).collect();
    let reversed: HashSet<Id> = store::reversed_among(cx, &ids).await?.into_iter().collect();
    let mut projects: Vec<Id> = held.values().map(|entry| entry.project_id).collect();
    projects.sort_unstable();
    projects.dedup();
    let mut standing: Standing = HashMap::new();
    for (project, measure, day, change) in store::pledges(cx, &projects).await? {
        standing.entry((project, measure)).or_default().push((day, change));
    }
    let note = cx.note.clone().unwrap_or_else(|| "import undone".to_owned());
    let mut answers = Vec::with_capacity(entries.len());
    let mut back = Vec::new();
    for (entry, id) in entries.iter().zip(named) {
        let Some(held) = id.filter(|id| !reversed.contains(id)).and_then(|id| held.get(&id)) else {
            answers.push(Undone::Nothing);
            continue;
        };
        let stands = standing.entry((held.project_id, held.measure.clone())).or_default();
        if !held.may_be_reversed(stands) {
            answers.push(Undone::KeptTouched);
            continue;
        }
        if held.kind != "realised" {
            stands.push((held.effective_on, -held.base_amount));
        }
        cx.record(held.reversal(&entry.subject_label, note.clone()));
        back.push(held.clone());
        answers.push(Undone::Reversed);
    }
    store::reverse_many(cx, &granted, &back, &note).await?;
    Ok(answers)
}

/// The ledger entry that an audit entry tells of.
fn entry_of(entry: &AuditEntry) -> Option<Id> {
    if entry.verb != "ledger.entered" {
        return None;
    }
    entry.fields().into_iter().find_map(|change| match change.new {
        platform::audit::Told::Record { kind, id, .. } if kind == "ledger" => Some(id),
        _ => None,
    })
}
