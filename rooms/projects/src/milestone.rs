//! Milestones: met, attracted, signed, commenced. Three of them are what the public mixes up:
//! an attraction, a signing at a ceremony, and the batch each belongs to are kept apart.

use platform::audit::{Change, Told};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use crate::evidence::{self, COMMENCEMENT};
use crate::{EDIT, project};

mod store;

pub use store::Milestone;
pub(crate) use store::{all, insert_many};

pub const KINDS: [&str; 4] = ["met", "attracted", "signed", "commenced"];

/// What is given to record a milestone.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewMilestone {
    /// met, attracted, signed or commenced.
    pub kind: String,
    pub effective_on: String,
    /// The batch of an attraction, or the ceremony of a signing.
    pub batch: String,
    /// The milestone that this one corrects, with the reason.
    pub corrects: Option<Id>,
    pub reason: String,
}

/// Records a milestone, or corrects one by a later dated entry; nothing is overwritten.
pub async fn record(cx: &mut Cx, project: Id, new: NewMilestone) -> Result<()> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
    project::refuse_retired(&held)?;
    let mut problems = Problems::default();
    problems.require(KINDS.contains(&new.kind.as_str()), "kind", "problem-milestone-kind");
    let day = problems.required_day("effective_on", Some(&new.effective_on));
    if let Some(day) = day {
        problems.require(day <= cx.today(), "effective_on", "problem-day-future");
    }
    let batch = problems.line("batch", &new.batch, 100);
    let reason = problems.line("reason", &new.reason, 500);
    problems.require(new.corrects.is_none() || !reason.is_empty(), "reason", "problem-reason-missing");
    let standing: Vec<Milestone> =
        all(cx, held.id).await?.into_iter().filter(|one| one.superseded_at.is_none()).collect();
    if let Some(corrected) = new.corrects {
        let known = standing.iter().any(|one| one.id == corrected && one.kind == new.kind);
        problems.require(known, "corrects", "problem-milestone-corrected");
    } else if new.kind != "met" {
        let twice = standing.iter().any(|one| one.kind == new.kind);
        problems.require(!twice, "kind", "problem-milestone-twice");
    }
    if new.kind == "signed" {
        // What is signed was attracted: a count of signings never exceeds the attractions.
        let attracted = standing.iter().any(|one| one.kind == "attracted");
        problems.require(attracted, "kind", "problem-signed-before-attracted");
    }
    if new.kind == "commenced" {
        let papers = evidence::of(cx, held.id).await?;
        let shown = papers
            .iter()
            .any(|paper| COMMENCEMENT.contains(&paper.kind.as_str()) && day.is_none_or(|day| paper.dated_on <= day));
        problems.require(shown, "kind", "problem-commenced-evidence");
    }
    problems.into_result()?;
    let Some(day) = day else { return Err(Error::invalid("effective_on", "problem-day-missing")) };
    if let Some(corrected) = new.corrects {
        store::supersede(cx, &granted, corrected, &reason).await?;
    }
    insert_many(cx, &granted, &[(held.id, new.kind.clone(), day, Some(batch.clone()).filter(|text| !text.is_empty()))])
        .await?;
    let earlier = standing.iter().find(|one| Some(one.id) == new.corrects).map(|one| one.effective_on);
    cx.record(
        Change::new(
            if new.corrects.is_some() { "milestone.corrected" } else { "milestone.recorded" },
            "project",
            held.id,
        )
        .label(held.title)
        .note(Some(reason))
        .set("milestone", Told::code(&new.kind, &format!("milestone-{}", new.kind)))
        .field("effective_on", Told::day(earlier), Told::Day(day))
        .set("batch", Told::text(Some(&batch).filter(|text| !text.is_empty()).map(String::as_str))),
    );
    Ok(())
}

/// Takes a milestone back, with the reason: figures of earlier knowledge keep it.
pub async fn withdraw(cx: &mut Cx, project: Id, id: Id, reason: &str) -> Result<()> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
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
    store::supersede(cx, &granted, id, &reason).await?;
    cx.record(
        Change::new("milestone.withdrawn", "project", held.id)
            .label(held.title)
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
