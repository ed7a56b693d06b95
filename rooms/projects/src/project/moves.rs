//! How a project moves: from stage to stage through gates, and from status to status. The rules
//! stand apart from the verbs, since an import asks them of a thousand rows at once.

use platform::audit::{Change, Told};
use platform::{Cx, Error, Id, Problem, Problems, Result};
use time::Date;

use super::{Project, get, refuse_retired, store};
use crate::gate::{self, Ground, Judged, NewPassage};
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
            grounds,
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
    pub(crate) fn problems(&self, project: &Project, dated: &Dated, today: Date) -> Problems {
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
/// stays visible. Back is allowed with a note. A day before the latest known change of stage, or
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
    refuse_retired(&project)?;
    if stage::is_end(&project.status) {
        return Err(Error::conflict("project-ended"));
    }
    let mut asked = Move { into: into.to_owned(), on, note: note.unwrap_or_default().to_owned() };
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
        asked.note.clone_from(&why);
    }
    let unmet: Vec<String> = missing.into_iter().map(|problem: Problem| problem.field).collect();
    let (passage, change) = asked.told(&project, &unmet, grounds);
    gate::insert_passages(cx, &[passage]).await?;
    store::add_fact(cx, &project, "stage", Some(into), on, None).await?;
    store::set_stage(cx, &granted, id, into, (!unmet.is_empty()).then_some(why.as_str())).await?;
    cx.record(change);
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
/// A day before the latest known change of status, an end before the latest move, or a day on which
/// the stage then contradicts the status, is refused on `effective_on`.
pub async fn fare(cx: &mut Cx, id: Id, status: &str, on: &str, reason: &str) -> Result<()> {
    let project = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, project.relation())?;
    refuse_retired(&project)?;
    let mut problems = Problems::default();
    let day = problems.required_day("effective_on", Some(on));
    let asked = Faring { status: status.to_owned(), on: day, reason: reason.to_owned() };
    let dated = store::dated(cx, &[id]).await?.remove(&id).unwrap_or_default();
    problems.extend(asked.problems(&project, &dated, cx.today()));
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
