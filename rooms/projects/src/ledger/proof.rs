//! What `oases check` proves of the ledger and the milestones: each row belongs to something there is,
//! what totals add follows from what was entered, and the rows are those that the audit tells of. Read
//! project after project, a few hundred at a time.

use std::collections::{BTreeSet, HashMap};

use platform::audit::proof::{Said, said};
use platform::audit::{FieldChange, Told};
use platform::room::{Check, Findings};
use platform::units::Unit;
use platform::{Cx, Id, Result};
use time::Date;

use super::base_of;

mod store;

use store::{Entry, Milestone};

/// What the audit says of a project that leaves rows of its own.
const VERBS: [&str; 6] = [
    "project.started",
    "ledger.entered",
    "ledger.reversed",
    "milestone.recorded",
    "milestone.corrected",
    "milestone.withdrawn",
];

/// Projects looked at together.
const PAGE: i64 = 500;

/// More than these of one kind are not told one by one.
const MOST_TOLD: usize = 100;

pub fn check() -> Check {
    Check { name: "ledger", run: |cx| Box::pin(whole(cx)) }
}

async fn whole(cx: &mut Cx) -> Result<Findings> {
    let mut findings = Findings { looked_at: 0, wrong: store::strays(cx).await? };
    let mut after = Id(0);
    loop {
        let projects = store::projects(cx, after, PAGE).await?;
        let last = projects.last().map(|(id, _)| *id);
        // Behind the last project there may be rows of none.
        let part = Part {
            entries: store::entries(cx, after, last).await?,
            milestones: store::milestones(cx, after, last).await?,
            said: said(cx, "project", after, last, &VERBS).await?,
            names: projects.into_iter().collect(),
        };
        findings.looked_at += part.entries.len() as u64;
        part.judge(&cx.house.settings.currency(), &mut findings.wrong);
        if findings.wrong.len() > MOST_TOLD {
            findings.wrong.truncate(MOST_TOLD);
            findings.wrong.push("and more, of which none is told".to_owned());
            return Ok(findings);
        }
        match last {
            Some(last) => after = last,
            None => return Ok(findings),
        }
    }
}

/// All that there is of the projects from one key to another.
struct Part {
    names: HashMap<Id, String>,
    entries: Vec<Entry>,
    milestones: Vec<Milestone>,
    said: Vec<Said>,
}

impl Part {
    fn judge(&self, office: &str, wrong: &mut Vec<String>) {
        let of_rows = self.entries.iter().map(|one| one.project_id);
        let of_milestones = self.milestones.iter().map(|one| one.project_id);
        let named = self.names.keys().copied().chain(of_rows).chain(of_milestones);
        let ids: BTreeSet<Id> = named.chain(self.said.iter().map(|one| one.subject_id)).collect();
        let (mut entries, mut milestones, mut said) = (&self.entries[..], &self.milestones[..], &self.said[..]);
        for id in ids {
            let mine = Project {
                name: self.names.get(&id).cloned().unwrap_or_else(|| format!("project {id}")),
                entries: first(&mut entries, |one| one.project_id == id),
                milestones: first(&mut milestones, |one| one.project_id == id),
                said: first(&mut said, |one| one.subject_id == id)
                    .iter()
                    .map(|one| (&*one.verb, one.fields()))
                    .collect(),
            };
            let started = mine.said.iter().any(|(verb, _)| *verb == "project.started");
            match (self.names.contains_key(&id), started) {
                (true, true) => {}
                (true, false) => wrong.push(format!("{} was started by nobody, as the audit has it", mine.name)),
                (false, _) => wrong.push(format!(
                    "{} is not there: {} entries and {} milestones hang on it",
                    mine.name,
                    mine.entries.len(),
                    mine.milestones.len()
                )),
            }
            mine.adds_up(office, wrong);
            mine.entries_as_told(wrong);
            mine.milestones_as_told(wrong);
        }
    }
}

/// Takes what comes first off a list in order.
fn first<'a, T>(rest: &mut &'a [T], mine: impl Fn(&T) -> bool) -> &'a [T] {
    let end = rest.iter().position(|one| !mine(one)).unwrap_or(rest.len());
    let (taken, left) = rest.split_at(end);
    *rest = left;
    taken
}

struct Project<'a> {
    name: String,
    /// In the order they were made.
    entries: &'a [Entry],
    milestones: &'a [Milestone],
    said: Vec<(&'a str, Vec<FieldChange>)>,
}

/// A ledger entry by what was entered; a reversal has no kind of its own in the audit.
type Content = (String, Option<String>, i64, String, Date);

impl Project<'_> {
    /// What totals add is what was entered, at its rate; a revision adds what it states above what stood by
    /// its day; a reversal is the opposite of what it points at; and nothing stands below nought.
    fn adds_up(&self, office: &str, wrong: &mut Vec<String>) {
        let name = &self.name;
        let mut sums: HashMap<&str, i64> = HashMap::new();
        for (place, entry) in self.entries.iter().enumerate() {
            if entry.kind != "realised" {
                *sums.entry(&entry.measure).or_default() += entry.base_amount;
            }
            if let Some(reversed) = entry.reverses_id {
                let opposite = self.entries.iter().any(|one| one.id == reversed && one.is_undone_by(entry));
                if !opposite {
                    wrong.push(format!("{name}: entry {} does not take back what it points at", entry.id));
                }
                continue;
            }
            let unit = Unit::from_code(&entry.unit).unwrap_or(Unit::Count);
            let entered = base_of(entry.amount, &unit, entry.rate, office);
            let due = match entry.kind.as_str() {
                "withdrawn" => entered.map(|amount| -amount),
                "revised" => {
                    let before = self.entries[..place].iter().filter(|one| {
                        one.kind != "realised" && one.measure == entry.measure && one.effective_on <= entry.effective_on
                    });
                    entered.map(|amount| amount - before.map(|one| one.base_amount).sum::<i64>())
                }
                _ => entered,
            };
            if due != Some(entry.base_amount) {
                wrong.push(format!("{name}: entry {} adds another amount than was entered", entry.id));
            }
        }
        let mut below: Vec<&str> = sums.into_iter().filter(|(_, sum)| *sum < 0).map(|(measure, _)| measure).collect();
        below.sort_unstable();
        wrong.extend(below.iter().map(|measure| format!("{name}: less than nothing of {measure} stands pledged")));
    }

    /// Each entry is one that the audit tells of, and each that it tells of is there, as it was made.
    fn entries_as_told(&self, wrong: &mut Vec<String>) {
        let mut counts: HashMap<Content, i64> = HashMap::new();
        for entry in self.entries {
            *counts.entry(entry.content()).or_default() += 1;
        }
        for (verb, fields) in &self.said {
            let content = match *verb {
                "ledger.entered" => entered(fields),
                "ledger.reversed" => reversed(fields),
                _ => continue,
            };
            match content {
                Some(content) => *counts.entry(content).or_default() -= 1,
                None => wrong.push(format!("{}: the audit does not say what was entered", self.name)),
            }
        }
        let mut unlike: Vec<(Content, i64)> = counts.into_iter().filter(|(_, count)| *count != 0).collect();
        unlike.sort();
        for ((measure, _, amount, unit, day), count) in unlike {
            let what = format!("{amount} steps of {unit} of {measure} on {day}");
            wrong.push(match count > 0 {
                true => format!("{}: an entry of {what} that the audit does not tell of", self.name),
                false => format!("{}: the audit tells of an entry of {what} that is not there", self.name),
            });
        }
    }

    fn milestones_as_told(&self, wrong: &mut Vec<String>) {
        let mut left: Vec<&Milestone> = self.milestones.iter().collect();
        let mut untold: Vec<Happened> = Vec::new();
        let mut taken_back: HashMap<String, i64> = HashMap::new();
        for (verb, fields) in &self.said {
            let kind = |side: fn(&FieldChange) -> &Told| raw(fields, "milestone", side).unwrap_or_default();
            let day = raw(fields, "effective_on", |field| &field.new);
            match *verb {
                "milestone.recorded" | "milestone.corrected" => {
                    let (kind, batch) = (kind(|field| &field.new), raw(fields, "batch", |field| &field.new));
                    if *verb == "milestone.corrected" {
                        *taken_back.entry(kind.clone()).or_default() += 1;
                    }
                    untold.push(Happened { kind, day, batch: Some(batch) });
                }
                "milestone.withdrawn" => *taken_back.entry(kind(|field| &field.old)).or_default() += 1,
                "project.started" => {
                    let at_once = [("attracted", "attracted_on"), ("signed", "signed_on")];
                    untold.extend(at_once.into_iter().filter_map(|(kind, field)| {
                        let day = raw(fields, field, |field| &field.new)?;
                        Some(Happened { kind: kind.to_owned(), day: Some(day), batch: None })
                    }));
                }
                _ => {}
            }
        }
        // What says most is found first, so that it does not lose its row to what says less.
        untold.sort_by_key(|one| (one.day.is_none(), one.batch.is_none()));
        for one in untold {
            match left.iter().position(|held| one.is(held)) {
                Some(place) => drop(left.swap_remove(place)),
                None => wrong.push(format!("{}: the audit tells of “{}” that is not there so", self.name, one.kind)),
            }
        }
        for held in left {
            let (kind, day) = (&held.kind, held.effective_on);
            wrong.push(format!("{}: “{kind}” of {day} is not in the audit", self.name));
        }
        for held in self.milestones.iter().filter(|held| held.superseded) {
            *taken_back.entry(held.kind.clone()).or_default() -= 1;
        }
        let mut unlike: Vec<String> =
            taken_back.into_iter().filter(|(_, count)| *count != 0).map(|(kind, _)| kind).collect();
        unlike.sort();
        let told = |kind: String| format!("{}: what was taken back of “{kind}” is not what the audit says", self.name);
        wrong.extend(unlike.into_iter().map(told));
    }
}

/// A milestone as the audit tells of it: a correction that leaves the day names none.
struct Happened {
    kind: String,
    day: Option<String>,
    /// Unknown, or the batch or none.
    batch: Option<Option<String>>,
}

impl Happened {
    fn is(&self, held: &Milestone) -> bool {
        self.kind == held.kind
            && self.day.as_ref().is_none_or(|day| *day == held.effective_on.to_string())
            && self.batch.as_ref().is_none_or(|batch| *batch == held.batch)
    }
}

impl Entry {
    fn is_undone_by(&self, other: &Self) -> bool {
        (&self.measure, &self.kind, &self.unit) == (&other.measure, &other.kind, &other.unit)
            && (self.amount, self.base_amount) == (-other.amount, -other.base_amount)
    }

    fn content(&self) -> Content {
        let kind = Some(self.kind.clone()).filter(|_| self.reverses_id.is_none());
        (self.measure.clone(), kind, self.amount, self.unit.clone(), self.effective_on)
    }
}

fn told<'a>(fields: &'a [FieldChange], name: &str, side: impl Fn(&'a FieldChange) -> &'a Told) -> Option<&'a Told> {
    fields.iter().find(|field| field.field == name).map(side)
}

fn raw(fields: &[FieldChange], name: &str, side: fn(&FieldChange) -> &Told) -> Option<String> {
    told(fields, name, side).and_then(Told::raw)
}

fn content(fields: &[FieldChange], kind: Option<String>, amount: &Told) -> Option<Content> {
    let Told::Amount { amount, unit } = amount else { return None };
    let Told::Day(day) = told(fields, "effective_on", |field| &field.new)? else { return None };
    Some((raw(fields, "measure", |field| &field.new)?, kind, *amount, unit.clone(), *day))
}

fn entered(fields: &[FieldChange]) -> Option<Content> {
    let kind = raw(fields, "ledger_kind", |field| &field.new)?;
    content(fields, Some(kind), told(fields, "amount", |field| &field.new)?)
}

fn reversed(fields: &[FieldChange]) -> Option<Content> {
    let Told::Amount { amount, unit } = told(fields, "amount", |field| &field.old)? else { return None };
    content(fields, None, &Told::Amount { amount: -amount, unit: unit.clone() })
}
