//! How a project moves: from stage to stage through gates, and from status to status. The rules
//! stand apart from the verbs, since an import asks them of a thousand rows at once.

use std::collections::BTreeSet;

use platform::audit::{Change, Told};
use platform::{Cx, Error, Id, Problem, Problems, Result};
use time::Date;

use super::{Project, get, refuse_retired, store};
use crate::gate::{self, Ground, Happened, Judged, NewPassage};
use crate::{EDIT, OVERRIDE, stage};

/// A move that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Move {
    pub into: String,
    pub on: Date,
    pub note: String,
}

/// A change of status that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Faring {
    pub status: String,
    pub on: Option<Date>,
    pub reason: String,
}

/// How far a project was and how it fared, from which day on: in the order in which each day's
/// value is read, the latest said of a day last. Empty while nothing has changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dated {
    pub stages: Vec<(Date, String)>,
    pub statuses: Vec<(Date, String)>,
}

impl Dated {
    /// What held on a day, and what has come since.
    fn from(facts: &[(Date, String)], day: Date) -> impl Iterator<Item = &str> {
        let before = facts.iter().rposition(|(on, _)| *on <= day).unwrap_or_default();
        facts.iter().skip(before).map(|(_, value)| value.as_str())
    }

    /// The day of the end that a day comes after, of a project that had not come back by then; the day of the end
    /// itself is none of those. `ends` says which statuses are taken for an end.
    pub(crate) fn ended_before(&self, day: Date, ends: impl Fn(&str) -> bool) -> Option<Date> {
        let place = self.statuses.iter().rposition(|(on, _)| *on <= day)?;
        let ended = self.statuses[..=place].iter().rev().take_while(|(_, status)| ends(status));
        ended.last().map(|(end, _)| *end).filter(|end| *end < day)
    }

    /// Leaves out what a day did not end with, and what says again what held already, as the later of two days does
    /// once the earlier turned out to be the right one.
    pub(super) fn settle(&mut self) {
        for facts in [&mut self.stages, &mut self.statuses] {
            let mut kept: Vec<(Date, String)> = Vec::with_capacity(facts.len());
            for (day, value) in facts.drain(..) {
                if kept.last().is_some_and(|(on, _)| *on == day) {
                    kept.pop();
                }
                if kept.last().is_none_or(|(_, held)| *held != value) {
                    kept.push((day, value));
                }
            }
            *facts = kept;
        }
    }

    /// What statuses held from one day until before another.
    fn between(&self, from: Date, until: Date) -> impl Iterator<Item = &(Date, String)> {
        let first = self.statuses.iter().rposition(|(on, _)| *on <= from).unwrap_or_default();
        self.statuses
            .iter()
            .enumerate()
            .skip(first)
            .filter(move |(place, (on, _))| *place == first || *on < until)
            .map(|(_, fact)| fact)
    }

    pub(crate) fn put(&mut self, field: &str, day: Date, value: &str) {
        let facts = if field == "stage" { &mut self.stages } else { &mut self.statuses };
        let place = facts.iter().rposition(|(on, _)| *on <= day).map_or(0, |place| place + 1);
        facts.insert(place, (day, value.to_owned()));
    }
}

/// A day before what has held since: what came first is not what holds now.
fn came_later(problems: &mut Problems, facts: &[(Date, String)], key: &str) {
    if let Some((day, since)) = facts.last() {
        problems.add_with("effective_on", key, &[("day", day.to_string()), ("since", since.clone())]);
    }
}

impl Move {
    /// What is wrong with the move itself, before any gate is asked. A move comes after what is
    /// known of the stage already, and stands with what is known of the status since.
    pub(crate) fn problems(&self, project: &Project, dated: &Dated, today: Date) -> Problems {
        let mut problems = Problems::default();
        problems.require(self.on <= today, "effective_on", "problem-day-future");
        problems.require(self.into != project.stage, "into", "problem-stage-same");
        let (from, to) = (stage::place(&project.stage), stage::place(&self.into));
        problems.require(to.is_some(), "into", "problem-stage-unknown");
        let note = problems.line("note", &self.note, 500);
        problems.require(from <= to || !note.is_empty(), "note", "problem-note-missing");
        if dated.stages.last().is_some_and(|(day, _)| self.on < *day) {
            came_later(&mut problems, &dated.stages, "problem-day-before-stage");
        } else if to.is_some() && stage::fits(&self.into, &project.status) {
            let held = Dated::from(&dated.statuses, self.on).next();
            let apart = held.is_some_and(|held| stage::is_end(held) && !stage::is_end(&project.status));
            if apart || Dated::from(&dated.statuses, self.on).any(|held| !stage::fits(&self.into, held)) {
                came_later(&mut problems, &dated.statuses, "problem-day-before-status");
            }
        }
        problems
    }

    /// The passage and the entry of a move that may be made; `unmet` is what it went past.
    pub(crate) fn told(&self, project: &Project, unmet: &[String], grounds: Vec<Ground>) -> (NewPassage, Change) {
        let said = Some(self.note.trim().to_owned()).filter(|text| !text.is_empty());
        let passage = NewPassage {
            project: project.id,
            from: project.stage.clone(),
            into: self.into.clone(),
            on: self.on,
            note: said.clone(),
            unmet: unmet.to_vec(),
            why: None,
            grounds,
            first: None,
        };
        let verb = if unmet.is_empty() { "project.moved" } else { "project.moved_past_gate" };
        let unmet = Some(unmet.join(", ")).filter(|text| !text.is_empty());
        let change = Change::new(verb, "project", project.id)
            .label(&project.title)
            .version(project.version + 1)
            .note(said)
            .field("stage", told_stage(&project.stage), told_stage(&self.into))
            .set("effective_on", Told::Day(self.on))
            .set("unmet", Told::text(unmet.as_deref()));
        (passage, change)
    }
}

fn told_stage(code: &str) -> Told {
    Told::code(code, &stage::stage_key(code))
}

fn told_status(code: &str) -> Told {
    Told::code(code, &stage::status_key(code))
}

impl Faring {
    /// What is wrong with the change of status: it comes after what is known of the status already,
    /// and stands with what is known of the stage since; an end with nothing after it.
    pub(crate) fn problems(&self, project: &Project, dated: &Dated, milestones: &[Happened], today: Date) -> Problems {
        let mut problems = Problems::default();
        problems.require(stage::STATUSES.contains(&self.status.as_str()), "status", "problem-status-unknown");
        if let Some(day) = self.on {
            problems.require(day <= today, "effective_on", "problem-day-future");
        }
        let reason = problems.line("reason", &self.reason, 500);
        let needs = stage::is_end(&self.status) || stage::is_end(&project.status);
        problems.require(!needs || !reason.is_empty(), "reason", "problem-reason-missing");
        problems.require(self.status != project.status, "status", "problem-status-same");
        let Some(on) = self.on else { return problems };
        let after = milestones.iter().filter(|held| held.kind != "met" && held.on > on).max_by_key(|held| held.on);
        if let Some(held) = after.filter(|_| stage::is_end(&self.status)) {
            let args = [("day", held.on.to_string()), ("milestone", held.kind.clone())];
            problems.add_with("effective_on", "problem-end-before-milestone", &args);
        }
        if dated.statuses.last().is_some_and(|(day, _)| on < *day) {
            came_later(&mut problems, &dated.statuses, "problem-day-before-status");
        } else if let Some((_, stage)) = dated.stages.last().filter(|(_, stage)| stage::fits(stage, &self.status)) {
            let moved_since = dated.stages.last().is_some_and(|(day, _)| on < *day) && stage::is_end(&self.status);
            let apart = Dated::from(&dated.stages, on).any(|held| held != stage && !stage::fits(held, &self.status));
            if moved_since || apart {
                came_later(&mut problems, &dated.stages, "problem-day-before-stage");
            }
        }
        problems
    }

    pub(crate) fn told(&self, project: &Project, on: Date) -> Change {
        Change::new("project.fared", "project", project.id)
            .label(&project.title)
            .version(project.version + 1)
            .note(Some(self.reason.trim().to_owned()))
            .field("status", told_status(&project.status), told_status(&self.status))
            .set("effective_on", Told::Day(on))
    }
}

/// Moves a project to another stage. Forward, every gate on the way must be met; what is missing
/// is named all at once and nothing changes. Somebody who may can go past it with a reason that
/// stays visible beside the note. Back is allowed with a note. A day before the latest known change of stage, or
/// one on which the status then contradicts the stage, is refused on `effective_on`.
pub async fn advance(
    cx: &mut Cx,
    id: Id,
    into: &str,
    on: Date,
    note: Option<&str>,
    override_reason: Option<&str>,
) -> Result<()> {
    let project = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, project.relation())?;
    refuse_retired(cx, &project).await?;
    if stage::is_end(&project.status) {
        return Err(Error::conflict("project-ended"));
    }
    let asked = Move { into: into.to_owned(), on, note: note.unwrap_or_default().to_owned() };
    let dated = store::dated(cx, &[id]).await?.remove(&id).unwrap_or_default();
    let mut problems = asked.problems(&project, &dated, cx.today());
    let why = problems.line("override_reason", override_reason.unwrap_or_default(), 500);
    problems.into_result()?;
    if !stage::fits(into, &project.status) {
        return Err(Error::conflict("project-stage-status"));
    }
    let Judged { missing, grounds } = gate::judged(cx, &project, into, on).await?;
    if !missing.is_empty() {
        if why.is_empty() {
            return Err(refused(missing));
        }
        cx.require_on(&OVERRIDE, project.relation())?;
    }
    let unmet: Vec<String> = missing.into_iter().map(|problem: Problem| problem.field).collect();
    let (mut passage, mut change) = asked.told(&project, &unmet, grounds);
    if !unmet.is_empty() {
        passage.why = Some(why.clone());
        change = change.set("override_reason", Told::Text(why.clone()));
    }
    gate::insert_passages(cx, &[passage]).await?;
    store::add_fact(cx, &project, "stage", Some(into), on, None).await?;
    store::set_stage(cx, &granted, id, into, (!unmet.is_empty()).then_some(why.as_str())).await?;
    cx.record(change);
    Ok(())
}

/// Corrects the day of a passage, with the reason: the day that stood is kept, and figures of earlier knowledge go by it.
/// The passages stay in their order, on no day does the stage then contradict the status, and the gates on the way are
/// asked anew by the new day, for all but what the passage went past.
pub async fn correct_day(cx: &mut Cx, id: Id, passage: Id, on: &str, reason: &str) -> Result<()> {
    let project = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, project.relation())?;
    refuse_retired(cx, &project).await?;
    let mut standing = gate::passages(cx, id).await?;
    standing.retain(|held| held.superseded_at.is_none());
    standing.reverse();
    let place = standing.iter().position(|held| held.id == passage).ok_or(Error::NotFound)?;
    let held = standing[place].clone();
    let mut problems = Problems::default();
    let day = problems.required_day("effective_on", Some(on));
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    let dated = store::dated(cx, &[id]).await?.remove(&id).unwrap_or_default();
    if let Some(day) = day {
        problems.require(day <= cx.today(), "effective_on", "problem-day-future");
        problems.require(day != held.effective_on, "effective_on", "problem-day-same");
        let mut beside = |key: &str, day: Date, since: &str| {
            problems.add_with("effective_on", key, &[("day", day.to_string()), ("since", since.to_owned())]);
        };
        if let Some(before) = standing[..place].last().filter(|before| day < before.effective_on) {
            beside("problem-day-before-stage", before.effective_on, &before.into_stage);
        }
        if let Some(next) = standing.get(place + 1).filter(|next| day > next.effective_on) {
            beside("problem-day-after-stage", next.effective_on, &next.into_stage);
        }
        // Between the two days the project is at another stage than it was thought to be.
        let (from, until, there) = match day < held.effective_on {
            true => (day, held.effective_on, &held.into_stage),
            false => (held.effective_on, day, &held.from_stage),
        };
        let apart = dated.between(from, until).find(|(_, status)| stage::is_end(status) || !stage::fits(there, status));
        if let Some((on, status)) = apart {
            beside("problem-day-against-status", *on, status);
        }
    }
    problems.into_result()?;
    let Some(day) = day else { return Err(Error::invalid("effective_on", "problem-day-missing")) };
    let before = Project { stage: held.from_stage.clone(), ..project.clone() };
    let Judged { missing, grounds } = gate::judged(cx, &before, &held.into_stage, day).await?;
    let (unmet, missing): (Vec<Problem>, Vec<Problem>) =
        missing.into_iter().partition(|problem| held.unmet.lines().any(|fact| fact == problem.field));
    if !missing.is_empty() {
        return Err(refused(missing));
    }
    gate::supersede(cx, &granted, held.id, &reason).await?;
    let corrected = NewPassage {
        project: id,
        from: held.from_stage.clone(),
        into: held.into_stage.clone(),
        on: day,
        note: held.note.clone(),
        unmet: unmet.into_iter().map(|problem| problem.field).collect(),
        why: held.override_reason.clone(),
        grounds,
        first: held.first_id.or(Some(held.id)),
    };
    gate::insert_passages(cx, &[corrected]).await?;
    standing[place].effective_on = day;
    let stage_on = |day: Date| {
        let passed = standing.iter().rev().find(|passage| passage.effective_on <= day);
        passed.map_or_else(|| standing[0].from_stage.clone(), |passage| passage.into_stage.clone())
    };
    // From the earlier of both days on, each day that tells a stage tells it anew.
    let since = day.min(held.effective_on);
    let mut days: BTreeSet<Date> = store::later_facts(cx, id, "stage", since).await?.into_iter().collect();
    days.extend([since, day]);
    for on in days {
        store::add_fact(cx, &project, "stage", Some(&stage_on(on)), on, Some(&reason)).await?;
    }
    store::touch(cx, &granted, id).await?;
    cx.record(
        Change::new("passage.corrected", "project", id)
            .label(&project.title)
            .version(project.version + 1)
            .note(Some(reason))
            .set("into", told_stage(&held.into_stage))
            .field("effective_on", Told::Day(held.effective_on), Told::Day(day)),
    );
    Ok(())
}

/// The refusal of a gate: everything that is missing.
fn refused(reasons: Vec<Problem>) -> Error {
    Error::Conflict(Box::new(platform::error::Conflict {
        key: "project-gate-refuses".to_owned(),
        reasons,
        ..Default::default()
    }))
}

/// Says how a project fares. An end needs a reason and a day; coming back from one needs a reason.
/// A day before the latest known change of status, an end before the latest move or milestone, or a day on which
/// the stage then contradicts the status, is refused on `effective_on`.
pub async fn fare(cx: &mut Cx, id: Id, status: &str, on: &str, reason: &str) -> Result<()> {
    let project = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, project.relation())?;
    refuse_retired(cx, &project).await?;
    let mut problems = Problems::default();
    let day = problems.required_day("effective_on", Some(on));
    let asked = Faring { status: status.to_owned(), on: day, reason: reason.to_owned() };
    let dated = store::dated(cx, &[id]).await?.remove(&id).unwrap_or_default();
    let held = gate::held(cx, &[id]).await?.remove(&id).unwrap_or_default();
    problems.extend(asked.problems(&project, &dated, &held.milestones, cx.today()));
    problems.into_result()?;
    if !stage::fits(&project.stage, status) {
        return Err(Error::conflict("project-stage-status"));
    }
    let Some(day) = day else { return Err(Error::invalid("effective_on", "problem-day-missing")) };
    store::add_fact(cx, &project, "status", Some(status), day, Some(asked.reason.trim())).await?;
    store::set_status(cx, &granted, id, status).await?;
    cx.record(asked.told(&project, day));
    Ok(())
}
