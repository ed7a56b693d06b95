//! A batch of ledger entries: looked up in three queries, written in one.

use std::collections::{HashMap, HashSet};

use platform::audit::Entry as AuditEntry;
use platform::clock::parse_day;
use platform::import::{Earlier, ImportKind, Mode, Outcome, Row, Said, Seen, Undone};
use platform::units::{self, Unit};
use platform::{Cx, Error, Id, Problems, Result};

use super::import::{Ledger, read};
use super::pledge::{self, Shift};
use super::{Checked, ENTER, store};
use crate::evidence;
use crate::project::{self, Dated, Project};

/// The projects a batch names, within reach, and why one takes no entries.
async fn projects_of(cx: &mut Cx, rows: &[Row]) -> Result<HashMap<String, (Project, Option<&'static str>)>> {
    let mut written: Vec<String> = rows.iter().map(|row| row.text("project").to_uppercase()).collect();
    written.sort_unstable();
    written.dedup();
    let found = project::by_references(cx, &written).await?;
    let ids: Vec<Id> = found.iter().map(|project| project.id).collect();
    let under_retired = project::under_retired(cx, &ids).await?;
    let closed = |project: &Project| match project.retired_at {
        Some(_) => Some("project-retired"),
        None if under_retired.contains(&project.id) => Some("project-enterprise-retired"),
        None if !cx.may_on(&ENTER, project.relation()) => Some("error-forbidden-body"),
        None => None,
    };
    Ok(found.into_iter().map(|project| (project.reference.clone(), (project.clone(), closed(&project)))).collect())
}

/// The rows of a file are judged together, in the order of their days: a pledge that stands below its
/// revision in the file comes before it all the same.
pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let projects = projects_of(cx, rows).await?;
    let ids: Vec<Id> = projects.values().map(|(project, _)| project.id).collect();
    let mut pledges = pledge::of(cx, &ids).await?;
    let dated = project::dated(cx, &ids).await?;
    let never = Dated::default();
    let known: Vec<super::Entry> = store::held(cx, &ids).await?;
    // What was taken back may come again.
    let reversed: HashSet<Id> = known.iter().filter_map(|held| held.reverses_id).collect();
    let seen = cx.kept.get::<Seen>();
    let papers: HashSet<(Id, Id)> =
        evidence::standing_of(cx, &ids).await?.into_iter().map(|(project, paper, ..)| (project, paper)).collect();
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut asked: Vec<(usize, &Project, Checked)> = Vec::new();
    for row in rows {
        let mut problems = Problems::default();
        let project = projects.get(&row.text("project").to_uppercase());
        problems.require(project.is_some(), "project", "ledger-project-unknown");
        if let (Some((project, _)), Some(number)) = (project, row.get("entry")) {
            outcomes.push(exported(row, project, number, &known));
            continue;
        }
        problems.require(row.get("reverses").is_none(), "reverses", "ledger-reversal-by-file");
        if let Some((_, Some(closed))) = project {
            problems.add("project", closed);
        }
        let checked = match read(row).checked(cx) {
            Ok(checked) => Some(checked),
            Err(Error::Invalid(more)) => {
                problems.extend(more);
                None
            }
            Err(other) => return Err(other),
        };
        if let (Some((project, _)), Some(paper)) = (project, checked.as_ref().and_then(|checked| checked.evidence_id)) {
            problems.require(papers.contains(&(project.id, paper)), "evidence_id", "ledger-paper-unknown");
        }
        let (Some((project, _)), Some(checked), true) = (project, checked, problems.is_empty()) else {
            outcomes.push(Outcome::Refused(problems));
            continue;
        };
        let (told, said) = ([as_told(project.id, &checked)], Said::these([]));
        if let Some(Earlier::Same(earlier) | Earlier::Otherwise(earlier)) = seen.earlier(&told, row, &said) {
            problems.add_with("amount", "ledger-row-twice", &[("row", earlier.to_string())]);
            outcomes.push(Outcome::Refused(problems));
            continue;
        }
        seen.note(&told, row, said);
        let stands = |held: &&super::Entry| held.reverses_id.is_none() && !reversed.contains(&held.id);
        if let Some(held) = known.iter().filter(stands).find(|held| is_said(held, project.id, &checked)) {
            outcomes.push(Outcome::Same(held.id));
            continue;
        }
        asked.push((outcomes.len(), project, checked));
        outcomes.push(Outcome::Created(Id(0)));
    }
    asked.sort_by_key(|(_, _, checked)| (checked.effective_on, checked.kind == "revised"));
    let mut news: Vec<(usize, &Project, Checked)> = Vec::with_capacity(asked.len());
    for (place, project, checked) in asked {
        let pledge = pledges.entry((project.id, checked.measure.clone())).or_default();
        let judged = pledge.take(checked).and_then(|checked| {
            checked.refuse_ended(dated.get(&project.id).unwrap_or(&never))?;
            Ok(checked)
        });
        match judged {
            Ok(checked) => {
                if checked.kind != "realised" {
                    let (on, by, pledged) = (checked.effective_on, checked.base, checked.kind == "pledged");
                    pledge.changes.push(Shift { on, by, pledged });
                }
                news.push((place, project, checked));
            }
            Err(Error::Invalid(problems)) => outcomes[place] = Outcome::Refused(problems),
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

/// What tells a row's entry from others: a different period, note or proof makes another, a
/// different rate does not.
fn as_told(project: Id, said: &Checked) -> impl std::hash::Hash + use<> {
    let what = (said.measure.clone(), said.kind.clone(), said.amount, said.unit.code().to_owned());
    let shown = (said.evidence.clone(), said.evidence_id, said.note.clone());
    (project, what, said.effective_on, said.period_from, said.period_to, shown)
}

/// Whether an entry is what a row says.
fn is_said(held: &super::Entry, project: Id, said: &Checked) -> bool {
    held.project_id == project
        && held.measure == said.measure
        && held.kind == said.kind
        && held.amount == said.amount
        && held.unit == said.unit.code()
        && held.effective_on == said.effective_on
        && (held.period_from, held.period_to) == (said.period_from, said.period_to)
        && held.evidence == said.evidence
        && held.evidence_id == said.evidence_id
        && held.note == said.note
}

/// A row that names the entry it tells of, as an export writes it: the same, or refused by the name of
/// the cell that says something else, since no entry is ever written over.
fn exported(row: &Row, project: &Project, number: &str, known: &[super::Entry]) -> Outcome {
    let mut problems = Problems::default();
    let held = known.iter().find(|held| held.project_id == project.id && held.id.to_string() == number);
    let Some(held) = held else {
        problems.add("entry", "ledger-entry-unknown");
        return Outcome::Refused(problems);
    };
    let decimals = Unit::from_code(&held.unit).map_or(0, |unit| unit.decimals());
    let amount = |text: &str| {
        let (minus, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        units::parse_amount(digits, decimals).ok().map(|amount| minus * amount)
    };
    let day = |text: &str| parse_day(text).ok();
    let lines = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    let is = |kept: &Option<String>, text: &str| kept.as_ref().is_some_and(|kept| kept.trim() == lines(text));
    let number = |kept: Option<Id>, text: &str| kept.is_some_and(|id| id.to_string() == text);
    let alike = |field: &str, text: &str| match field {
        "measure" => held.measure == text,
        "kind" => held.kind == text,
        "amount" => amount(text) == Some(held.amount),
        "unit" => held.unit == text,
        "effective_on" => day(text) == Some(held.effective_on),
        "period_from" => day(text) == held.period_from,
        "period_to" => day(text) == held.period_to,
        "rate" => units::parse_amount(text, 6).ok() == held.rate,
        "rate_source" => is(&held.rate_source, text),
        "evidence" => is(&held.evidence, text),
        "note" => is(&held.note, text),
        "evidence_id" => number(held.evidence_id, text),
        "reverses" => number(held.reverses_id, text),
        _ => true,
    };
    for column in Ledger.columns() {
        let unlike = row.get(column.field).is_some_and(|text| !alike(column.field, text));
        problems.require(!unlike, column.field, "ledger-entry-otherwise");
    }
    if problems.is_empty() { Outcome::Same(held.id) } else { Outcome::Refused(problems) }
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
    let mut pledges = pledge::of(cx, &projects).await?;
    let note = cx.note.clone().unwrap_or_else(|| "import undone".to_owned());
    let mut answers = Vec::with_capacity(entries.len());
    let mut back = Vec::new();
    for (entry, id) in entries.iter().zip(named) {
        let Some(held) = id.filter(|id| !reversed.contains(id)).and_then(|id| held.get(&id)) else {
            answers.push(Undone::Nothing);
            continue;
        };
        let pledge = pledges.entry((held.project_id, held.measure.clone())).or_default();
        if !pledge.lets_go(held) {
            answers.push(Undone::KeptTouched);
            continue;
        }
        if held.kind != "realised" {
            let (on, by, pledged) = (held.effective_on, -held.base_amount, held.kind == "pledged");
            pledge.changes.push(Shift { on, by, pledged });
        }
        pledge.revisions.retain(|one| one.id != held.id);
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
