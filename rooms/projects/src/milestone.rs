//! Milestones: met, attracted, signed, commenced. Three of them are what the public mixes up:
//! an attraction, a signing at a ceremony, and the batch each belongs to are kept apart.

use platform::audit::{Change, Told};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use crate::evidence::{self, COMMENCEMENT};
use crate::gate::{Happened, Paper};
use crate::project::{self, Dated};
use crate::{EDIT, batch, stage};

mod store;

pub use store::Milestone;
pub(crate) use store::{New, Signing, all, insert_many, signings, standing_of, supersede_many, survivors};

pub const KINDS: [&str; 4] = ["met", "attracted", "signed", "commenced"];

/// What is given to record a milestone.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewMilestone {
    /// met, attracted, signed or commenced.
    pub kind: String,
    /// Of a signing the day of its ceremony, which is taken where none is given.
    pub effective_on: String,
    /// The batch of an attraction, or the ceremony of a signing, which none is without: its code.
    pub batch: String,
    /// The milestone that this one corrects, with the reason.
    pub corrects: Option<Id>,
    /// Needed for a correction, and for a signing of an enterprise that signed at another ceremony by
    /// another project.
    pub reason: String,
}

/// A milestone as the rules judge it.
pub(crate) struct Asked<'a> {
    pub kind: &'a str,
    pub day: Option<Date>,
    /// The batch or the ceremony that is named.
    pub batch: Option<&'a str>,
    pub reason: &'a str,
}

/// What the rules ask of a milestone, of what stands on its project beside it.
pub(crate) struct Standing<'a> {
    /// Each milestone that stands, without the one that is corrected.
    pub milestones: &'a [Happened],
    /// Each paper that was not withdrawn.
    pub papers: &'a [Paper],
    /// How the project fared, by day.
    pub dated: &'a Dated,
    /// What the enterprise signed by its other projects.
    pub elsewhere: &'a [Signing],
}

impl Standing<'_> {
    fn day_of(&self, kind: &str) -> Option<Date> {
        self.milestones.iter().filter(|held| held.kind == kind).map(|held| held.on).min()
    }

    /// What is wrong with recording another milestone. What is signed or commences was attracted by
    /// then, so that no count of signings or operations ever exceeds the attractions; what is signed
    /// is signed at a ceremony, at one only unless somebody says why.
    pub(crate) fn problems(&self, asked: &Asked<'_>, today: Date) -> Problems {
        let Asked { kind, day, batch, reason } = *asked;
        let mut problems = Problems::default();
        problems.require(KINDS.contains(&kind), "kind", "problem-milestone-kind");
        if let Some(day) = day {
            problems.require(day <= today, "effective_on", "problem-day-future");
        }
        problems.require(kind == "met" || self.day_of(kind).is_none(), "kind", "problem-milestone-twice");
        let attracted = self.day_of("attracted");
        match kind {
            "signed" => {
                problems.require(attracted.is_some(), "kind", "problem-signed-before-attracted");
                problems.require(batch.is_some(), "batch", "problem-signed-without-ceremony");
                let other = self.elsewhere.iter().find(|held| batch.is_some() && !held.is_at(batch, day));
                if let Some(other) = other.filter(|_| reason.is_empty()) {
                    problems.add_with("reason", "problem-signed-elsewhere", &[("day", other.on.to_string())]);
                }
            }
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
        // What has ended comes back first: nothing is attracted, signs or commences between the two.
        if kind != "met" {
            order(self.dated.ended_before(day, stage::is_end), |_, _| true, "problem-day-after-end");
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
/// paper of one of the four kinds dated by its day. None of the three comes after the project's end and
/// before its return. A signing bears the day of the ceremony it names; an enterprise that signed at
/// another ceremony by another project signs with a reason, which the history keeps. A correction that
/// names no batch keeps that of what it corrects.
pub async fn record(cx: &mut Cx, project: Id, new: NewMilestone) -> Result<()> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
    project::refuse_retired(cx, &held).await?;
    let mut problems = Problems::default();
    let reason = problems.line("reason", &new.reason, 500);
    let mut day = problems.day("effective_on", Some(new.effective_on.as_str()));
    let standing: Vec<Milestone> =
        all(cx, held.id).await?.into_iter().filter(|one| one.superseded_at.is_none()).collect();
    let beside = standing.iter().filter(|one| Some(one.id) != new.corrects);
    let milestones: Vec<Happened> =
        beside.map(|one| Happened { id: one.id, kind: one.kind.clone(), on: one.effective_on }).collect();
    let papers: Vec<Paper> = evidence::of(cx, held.id).await?.into_iter().map(Paper::from).collect();
    let dated = project::dated(cx, &[held.id]).await?.remove(&held.id).unwrap_or_default();
    let corrected = standing.iter().find(|one| Some(one.id) == new.corrects);
    let kept = corrected.filter(|_| new.batch.trim().is_empty()).and_then(|one| one.batch.clone());
    let mut elsewhere = Vec::new();
    let batch = match batch::named(cx, &new.batch, kept.as_deref(), &new.kind, day).await {
        Ok(named) => {
            if new.kind == "signed" {
                elsewhere = signed_elsewhere(cx, &held).await?;
                day = day.or_else(|| named.as_ref().filter(|_| new.effective_on.trim().is_empty())?.held_on);
            }
            named.map(|named| named.code)
        }
        Err(Error::Invalid(more)) => {
            problems.extend(more);
            Some(new.batch.clone())
        }
        Err(other) => return Err(other),
    };
    problems.require(day.is_some() || !new.effective_on.trim().is_empty(), "effective_on", "problem-day-missing");
    let rules = Standing { milestones: &milestones, papers: &papers, dated: &dated, elsewhere: &elsewhere };
    let asked = Asked { kind: &new.kind, day, batch: batch.as_deref(), reason: &reason };
    problems.extend(rules.problems(&asked, cx.today()));
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

/// What the enterprise of a project signed by its other projects.
async fn signed_elsewhere(cx: &mut Cx, project: &project::Project) -> Result<Vec<Signing>> {
    let survivors: Vec<Id> = survivors(cx, &[project.enterprise_id]).await?.into_values().collect();
    let mut signed = signings(cx, &survivors).await?;
    signed.retain(|one| one.project_id != project.id);
    Ok(signed)
}

impl Signing {
    /// Whether it was signed at this ceremony; one that names none is told by its day.
    fn is_at(&self, batch: Option<&str>, day: Option<Date>) -> bool {
        match (&self.batch, batch) {
            (Some(held), Some(batch)) => held == batch,
            _ => Some(self.on) == day,
        }
    }
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
