//! An import of projects taken back: what it started is retired, what it changed is put back, and
//! what somebody has worked on since stays.

use std::collections::{BTreeSet, HashMap, HashSet};

use platform::audit::{self, Change, Entry};
use platform::clock::parse_day;
use platform::import::{self, Undone};
use platform::own_field;
use platform::{Cx, Id, Result};
use time::Date;

use super::fields::{Names, held};
use super::moves::{Faring, Move};
use super::store::{self, Fact};
use super::{COUNTED, FIELDS, Project, SUBJECT};
use crate::{EDIT, clearance, evidence, gate, milestone};

/// What is held of the projects, and what is put back so far.
struct Back {
    projects: HashMap<Id, Project>,
    /// The version each project stands at, as far as the entries are undone.
    stands_at: HashMap<Id, i64>,
    counted: HashSet<Id>,
    milestones: Vec<(Id, Id, String, time::Date)>,
    papers: Vec<(Id, Id, String, time::Date, String)>,
    clearances: Vec<(Id, Id)>,
    /// The days from which a field has facts.
    days: HashMap<(Id, String), BTreeSet<Date>>,
    standing: Vec<gate::Standing>,
    touched: HashSet<Id>,
    names: Names,
    facts: Vec<Fact>,
    passages: Vec<Id>,
    superseded: Vec<Id>,
    withdrawn: Vec<Id>,
    uncleared: Vec<Id>,
    retired: Vec<Id>,
    changes: Vec<Change>,
}

pub(crate) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let granted = cx.require(&EDIT)?;
    let mut ids: Vec<Id> = entries.iter().map(|entry| entry.subject_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let projects: HashMap<Id, Project> =
        store::by_ids(cx, &granted, &ids).await?.into_iter().map(|project| (project.id, project)).collect();
    let mut back = Back {
        stands_at: projects.values().map(|project| (project.id, project.version)).collect(),
        projects,
        counted: store::with_entries(cx, &ids).await?.into_iter().collect(),
        milestones: milestone::standing_of(cx, &ids).await?,
        papers: evidence::standing_of(cx, &ids).await?,
        clearances: clearance::standing_of(cx, &ids).await?,
        days: HashMap::new(),
        standing: gate::standing_of(cx, &ids).await?,
        touched: HashSet::new(),
        names: Names::default(),
        facts: Vec::new(),
        passages: Vec::new(),
        superseded: Vec::new(),
        withdrawn: Vec::new(),
        uncleared: Vec::new(),
        retired: Vec::new(),
        changes: Vec::new(),
    };
    for (project, field, day) in store::days_of_facts(cx, &ids).await? {
        back.days.entry((project, field)).or_default().insert(day);
    }
    let told = entries.iter().flat_map(Entry::fields).filter(|change| change.field == "owner_id");
    let told = told.filter_map(|change| change.old.raw()?.parse().ok());
    let owners: Vec<Id> = told.chain(back.projects.values().filter_map(|project| project.owner_id)).collect();
    back.names = Names::of(cx, owners).await?;
    let note = cx.note.clone().unwrap_or_else(|| "import undone".to_owned());
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        answers.push(back.entry(cx, entry, &note).await?);
    }
    let (now, today) = (cx.now(), cx.today());
    let rows: Vec<Project> = back
        .touched
        .iter()
        .filter_map(|id| back.projects.get(id).cloned())
        .map(|project| Project { updated_at: now, ..project })
        .collect();
    store::write_over(cx, &granted, &rows).await?;
    store::insert_facts(cx, back.facts).await?;
    gate::supersede_many(cx, &granted, &back.passages, &note).await?;
    milestone::supersede_many(cx, &granted, &back.superseded, &note).await?;
    evidence::withdraw_many(cx, &granted, &back.withdrawn, &note).await?;
    clearance::withdraw_many(cx, &granted, &back.uncleared, today, &note).await?;
    store::set_retired(cx, &granted, &back.retired, Some(&note)).await?;
    for change in back.changes {
        cx.record(change);
    }
    Ok(answers)
}

impl Back {
    async fn entry(&mut self, cx: &mut Cx, entry: &Entry, note: &str) -> Result<Undone> {
        let id = entry.subject_id;
        let Some(project) = self.projects.get(&id).cloned() else { return Ok(Undone::Nothing) };
        if self.retired.contains(&id) {
            return Ok(Undone::Nothing);
        }
        if project.retired_at.is_some() {
            // By an earlier try of the same undo there is nothing left to take back.
            let by_undo = project.retired_reason.as_deref() == Some(note);
            return Ok(if by_undo { Undone::Nothing } else { Undone::KeptRetired });
        }
        let touched = self.worked_on_since(cx, entry).await?;
        if touched && entry.verb != "project.edited" {
            return Ok(Undone::KeptTouched);
        }
        let others = if touched { import::changed_since(cx, entry).await? } else { HashSet::new() };
        let (before, after) = (project.clone(), project);
        let undone = match entry.verb.as_str() {
            "project.started" if self.counted.contains(&id) => return Ok(Undone::KeptTouched),
            "project.started" => {
                self.retired.push(id);
                let change = Change::new("project.retired", "project", id);
                self.changes.push(change.label(before.title).version(before.version + 1));
                return Ok(Undone::Reversed);
            }
            "project.edited" => self.put_back(cx, entry, &before, after, &others),
            "project.moved" | "project.moved_past_gate" | "project.fared" => {
                self.move_back(cx, entry, &before, after, note)
            }
            "milestone.recorded" => {
                let day = told_new(entry, "effective_on");
                let kind = told_new(entry, "milestone");
                let found = self
                    .milestones
                    .iter()
                    .find(|(of, _, held, on)| *of == id && Some(held) == kind.as_ref() && Some(on.to_string()) == day);
                let found = found.map(|(_, key, ..)| *key);
                self.superseded.extend(found);
                self.taken_back("milestone.withdrawn", entry, &before, found.is_some())
            }
            "evidence.added" => {
                let reference = told_new(entry, "evidence_reference");
                let found =
                    self.papers.iter().find(|(of, _, _, _, held)| *of == id && Some(held) == reference.as_ref());
                let found = found.map(|(_, key, ..)| *key);
                self.withdrawn.extend(found);
                self.taken_back("evidence.withdrawn", entry, &before, found.is_some())
            }
            "name.cleared" => {
                let found = self.clearances.iter().find(|(of, _)| *of == id).map(|(_, key)| *key);
                self.uncleared.extend(found);
                self.taken_back("name.clearance_withdrawn", entry, &before, found.is_some())
            }
            _ => Undone::Nothing,
        };
        if undone == Undone::Reversed && !touched {
            // The record now stands as the entry before this one left it.
            self.stands_at.insert(id, entry.subject_version.unwrap_or_default() - 1);
        }
        Ok(undone)
    }

    /// Whether anybody else changed the project after this entry. A long undo comes here in several
    /// batches, so that its own entries do not count.
    async fn worked_on_since(&mut self, cx: &mut Cx, entry: &Entry) -> Result<bool> {
        let version = entry.subject_version.unwrap_or_default();
        if self.stands_at.get(&entry.subject_id) == Some(&version) {
            return Ok(false);
        }
        let since = audit::read::since_version(cx, "project", entry.subject_id, version).await?;
        let others = since.iter().filter(|later| later.import_id != entry.import_id);
        let others: Vec<Id> = others.map(|later| later.id).collect();
        let gone = import::reversed(cx, &others).await?;
        Ok(others.iter().any(|later| !gone.contains(later)))
    }

    fn keep(&mut self, project: Project) {
        self.touched.insert(project.id);
        self.projects.insert(project.id, Project { version: project.version + 1, ..project });
    }

    /// But for what others have changed since and for what is not the actor's to edit, which stay.
    fn put_back(
        &mut self,
        cx: &Cx,
        entry: &Entry,
        before: &Project,
        mut after: Project,
        others: &HashSet<String>,
    ) -> Undone {
        let mut change =
            Change::new("project.edited", "project", before.id).label(&before.title).version(before.version + 1);
        let (mut left, mut put) = (false, false);
        for back in entry.fields() {
            let own = own_field::code_of(&back.field).is_some();
            if !own && !FIELDS.iter().any(|(field, _)| *field == back.field) {
                continue;
            }
            if others.contains(&back.field) || (own && !own_field::is_edited(cx, SUBJECT, &back.field)) {
                left = true;
                continue;
            }
            put = true;
            let value = held(&back.field, &back.old);
            let (field, old) = (back.field.as_str(), before.value(&back.field));
            change =
                change.field(field, self.names.told(field, old.as_deref()), self.names.told(field, value.as_deref()));
            if COUNTED.contains(&field) {
                self.fact(cx, before, field, value.clone(), cx.house.zone.day_of(entry.at));
            }
            after.set(field, value);
        }
        if left && !put {
            return Undone::KeptTouched;
        }
        self.changes.push(change);
        self.keep(after);
        if left { Undone::InPart } else { Undone::Reversed }
    }

    fn move_back(&mut self, cx: &Cx, entry: &Entry, before: &Project, mut after: Project, note: &str) -> Undone {
        let field = if entry.verb == "project.fared" { "status" } else { "stage" };
        let Some(old) = entry.fields().into_iter().find(|change| change.field == field).and_then(|f| f.old.raw())
        else {
            return Undone::Nothing;
        };
        // From the day on which the import changed it, so that the past stands as it did.
        let on = told_new(entry, "effective_on").and_then(|day| parse_day(&day).ok());
        let (on, note) = (on.unwrap_or_else(|| cx.house.zone.day_of(entry.at)), note.to_owned());
        if field == "stage" {
            let made = self.standing.iter().position(|made| {
                made.project_id == before.id
                    && made.effective_on == on
                    && (&made.from_stage, &made.into_stage) == (&old, &before.stage)
            });
            let Some(made) = made else { return Undone::Nothing };
            self.passages.push(self.standing.remove(made).id);
            let (_, change) = Move { into: old.clone(), on, note }.told(before, &[], Vec::new());
            self.changes.push(change);
            after.stage.clone_from(&old);
        } else {
            self.changes.push(Faring { status: old.clone(), on: Some(on), reason: note }.told(before, on));
            after.status.clone_from(&old);
        }
        self.fact(cx, before, field, Some(old), on);
        self.keep(after);
        Undone::Reversed
    }

    /// A field's value from a day on, and from each later day that has a fact: those are what the
    /// same import said after this, and are undone already.
    fn fact(&mut self, cx: &Cx, before: &Project, field: &str, value: Option<String>, from: Date) {
        let (project, recorded_at) = (before.id, cx.now());
        let days = self.days.entry((project, field.to_owned())).or_default();
        days.insert(from);
        let facts = days.range(from..).map(|day| {
            let (field, value) = (field.to_owned(), value.clone());
            Fact { project, field, value, from: *day, recorded_at, reason: None }
        });
        self.facts.extend(facts);
    }

    fn taken_back(&mut self, verb: &'static str, entry: &Entry, before: &Project, found: bool) -> Undone {
        if !found {
            return Undone::Nothing;
        }
        let mut change = Change::new(verb, "project", before.id).label(&before.title).version(before.version + 1);
        for taken in entry.fields() {
            change = change.field(&taken.field, taken.new, platform::audit::Told::Nothing);
        }
        self.changes.push(change);
        self.keep(before.clone());
        Undone::Reversed
    }
}

/// The value an entry gave a field, as a column holds it.
fn told_new(entry: &Entry, field: &str) -> Option<String> {
    entry.fields().into_iter().find(|change| change.field == field).and_then(|change| change.new.raw())
}
