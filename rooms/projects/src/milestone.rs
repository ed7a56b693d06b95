//! Milestones: met, attracted, signed, commenced. Three of them are what the public mixes up:
//! an attraction, a signing at a ceremony, and the batch each belongs to are kept apart.

use platform::audit::{Change, Told};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use crate::evidence::{self, COMMENCEMENT};
use crate::gate::{Happened, Paper};
use crate::{EDIT, batch, project};

mod store;

pub use store::Milestone;
pub(crate) use store::{New, all, insert_many, standing_of, supersede_many};

pub const KINDS: [&str; 4] = ["met", "attracted", "signed", "commenced"];

/// What is given to record a milestone.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewMilestone {
    /// met, attracted, signed or commenced.
    pub kind: String,
    pub effective_on: String,
    /// The batch of an attraction, or the ceremony of a signing: its code.
    pub batch: String,
    /// The milestone that this one corrects, with the reason.
    pub corrects: Option<Id>,
    pub reason: String,
}

/// What the rules ask of a milestone, of what stands on its project beside it.
pub(crate) struct Standing<'a> {
    /// Each milestone that stands, without the one that is corrected.
    pub milestones: &'a [Happened],
    /// Each paper that was not withdrawn.
    pub papers: &'a [Paper],
    /// The day on which the project ended, while it stands ended.
    pub ended: Option<Date>,
}

impl Standing<'_> {
    fn day_of(&self, kind: &str) -> Option<Date> {
        self.milestones.iter().filter(|held| held.kind == kind).map(|held| held.on).min()
    }

    /// What is wrong with recording another milestone. What is signed or commences was attracted by
    /// then, so that no count of signings or operations ever exceeds the attractions.
    pub(crate) fn problems(&self, kind: &str, day: Option<Date>, today: Date) -> Problems {
        let mut problems = Problems::default();
        problems.require(KINDS.contains(&kind), "kind", "problem-milestone-kind");
        if let Some(day) = day {
            problems.require(day <= today, "effective_on", "problem-day-future");
        }
        problems.require(kind == "met" || self.day_of(kind).is_none(), "kind", "problem-milestone-twice");
        let attracted = self.day_of("attracted");
        match kind {
            "signed" => problems.require(attracted.is_some(), "kind", "problem-signed-before-attracted"),
            "commenced" => {
                problems.require(attracted.is_some(), "kind", "problem-commenced-before-attracted");
                let shows = |paper: &&Paper| COMMENCEMENT.contains(&paper.kind.as_str());
                let shown = self.papers.iter().filter(shows).any(|paper| day.is_none_or(|day| paper.on <= day));
                problems.require(shown, "kind", "problem-commenced-evidence");
            }
            _ => {}
        }
        let Some(day) = day else { return problems };
        let mut order = |held: Option<Date>, wrong: fn(Date, Date) -> bool, key: &str| {
            if let Some(held) = held.filter(|held| wrong(day, *held)) {
                problems.add_with("effective_on", key, &[("day", held.to_string())]);
            }
        };
        // What has ended comes back first: nothing is attracted, signs or commences after the end.
        if kind != "met" {
            order(self.ended, |day, held| day > held, "problem-day-after-end");
        }
        match kind {
            "signed" => order(attracted, |day, held| day < held, "problem-day-before-attraction"),
            "commenced" => order(attracted, |day, held| day < held, "problem-day-before-attraction"),
            "attracted" => {
                order(self.day_of("signed"), |day, held| day > held, "problem-day-after-signing");
                order(self.day_of("commenced"), |day, held| day > held, "problem-day-after-commencement");
            }
            _ => {}
        }
        problems
    }
}

/// Records a milestone, or corrects one by a later dated entry; nothing is overwritten. A signing
/// and a commencement come on or after the day of the attraction; a commencement also needs a
/// paper of one of the four kinds dated by its day. None of the three comes after the project's end, no
/// signing before its ceremony is held. A correction that names no batch keeps that of what it corrects.
pub async fn record(cx: &mut Cx, project: Id, new: NewMilestone) -> Result<()> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
    project::refuse_retired(cx, &held).await?;
    let mut problems = Problems::default();
    let day = problems.required_day("effective_on", Some(&new.effective_on));
    let standing: Vec<Milestone> =
        all(cx, held.id).await?.into_iter().filter(|one| one.superseded_at.is_none()).collect();
    let beside = standing.iter().filter(|one| Some(one.id) != new.corrects);
    let milestones: Vec<Happened> =
        beside.map(|one| Happened { id: one.id, kind: one.kind.clone(), on: one.effective_on }).collect();
    let papers: Vec<Paper> = evidence::of(cx, held.id).await?.into_iter().map(Paper::from).collect();
    let ended = project::ended_on(cx, &held).await?;
    let rules = Standing { milestones: &milestones, papers: &papers, ended };
    problems.extend(rules.problems(&new.kind, day, cx.today()));
    let corrected = standing.iter().find(|one| Some(one.id) == new.corrects);
    let kept = corrected.filter(|_| new.batch.trim().is_empty()).and_then(|one| one.batch.clone());
    let batch = match batch::named(cx, &new.batch, kept.as_deref(), &new.kind, day).await {
        Ok(batch) => batch,
        Err(Error::Invalid(more)) => {
            problems.extend(more);
            None
        }
        Err(other) => return Err(other),
    };
    let reason = problems.line("reason", &new.reason, 500);
    problems.require(new.corrects.is_none() || !reason.is_empty(), "reason", "problem-reason-missing");
    if let Some(corrected) = new.corrects {
        let known = standing.iter().any(|one| one.id == corrected && one.kind == new.kind);
        problems.require(known, "corrects", "problem-milestone-corrected");
    }
    problems.into_result()?;
    let Some(day) = day else { return Err(Error::invalid("effective_on", "problem-day-missing")) };
    if let Some(corrected) = new.corrects {
        supersede_many(cx, &granted, &[corrected], &reason).await?;
    }
    let version = project::touch(cx, &granted, &held).await?;
    let new = New { id: cx.new_id(), project: held.id, kind: new.kind, day, batch, corrects: new.corrects };
    insert_many(cx, &granted, std::slice::from_ref(&new)).await?;
    let earlier = standing.iter().find(|one| Some(one.id) == new.corrects).map(|one| one.effective_on);
    cx.record(new.told(&held.title, earlier).version(version).note(Some(reason)));
    Ok(())
}

impl New {
    pub(crate) fn told(&self, title: &str, earlier: Option<Date>) -> Change {
        let verb = if self.corrects.is_some() { "milestone.corrected" } else { "milestone.recorded" };
        Change::new(verb, "project", self.project)
            .label(title)
            .set("milestone", Told::code(&self.kind, &format!("milestone-{}", self.kind)))
            .field("effective_on", Told::day(earlier), Told::Day(self.day))
            .set("batch", Told::text(self.batch.as_deref()))
    }
}

/// Takes a milestone back, with the reason: figures of earlier knowledge keep it.
pub async fn withdraw(cx: &mut Cx, project: Id, id: Id, reason: &str) -> Result<()> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
    project::refuse_retired(cx, &held).await?;
    let mut problems = Problems::default();
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    let standing: Vec<Milestone> =
        all(cx, held.id).await?.into_iter().filter(|one| one.superseded_at.is_none()).collect();
    let milestone = standing.iter().find(|one| one.id == id).ok_or(Error::NotFound)?;
    if milestone.kind == "attracted" && standing.iter().any(|one| one.kind == "signed") {
        return Err(Error::conflict("milestone-signed-stands"));
    }
    if milestone.kind == "attracted" && standing.iter().any(|one| one.kind == "commenced") {
        return Err(Error::conflict("milestone-commenced-stands"));
    }
    supersede_many(cx, &granted, &[id], &reason).await?;
    let version = project::touch(cx, &granted, &held).await?;
    cx.record(
        Change::new("milestone.withdrawn", "project", held.id)
            .label(held.title)
            .version(version)
            .note(Some(reason))
            .field("milestone", Told::code(&milestone.kind, &format!("milestone-{}", milestone.kind)), Told::Nothing)
            .field("effective_on", Told::Day(milestone.effective_on), Told::Nothing),
    );
    Ok(())
}

/// The day of the standing milestone of a kind, if there is one.
pub fn day_of(milestones: &[Milestone], kind: &str) -> Option<Date> {
    milestones.iter().filter(|one| one.kind == kind && one.superseded_at.is_none()).map(|one| one.effective_on).min()
}
