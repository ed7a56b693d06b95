//! Name clearance: who may be named in public, under which name, since when, and by which source.
//! Before it, nothing about a target is seen outside its tier.

use platform::audit::{Change, Told};
use platform::permission::{Permission, Role, Scope};
use platform::{Cx, Error, Id, Problems, Result};

use crate::project::{self, Project};

pub mod api;
pub mod pages;
mod store;

pub use store::Clearance;
pub(crate) use store::{New, insert_many, standing_of, withdraw_many};

/// Clearing a name for the public, and taking that back.
pub const CLEAR: Permission = Permission::write(
    "projects.name.clear",
    &[(Role::Director, Scope::All), (Role::TeamLead, Scope::All), (Role::Officer, Scope::Own)],
);

/// What is given to clear a name.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewClearance {
    /// Since when it may be named.
    pub cleared_on: String,
    /// Who said so, and where.
    pub source: String,
    /// The name to use; the enterprise's own when left out.
    pub named_as: String,
}

/// Clears a name.
pub async fn clear(cx: &mut Cx, project: Id, new: NewClearance) -> Result<()> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&CLEAR, held.relation())?;
    project::refuse_retired(cx, &held).await?;
    let mut problems = Problems::default();
    let day = problems.required_day("cleared_on", Some(&new.cleared_on));
    if let Some(day) = day {
        problems.require(day <= cx.today(), "cleared_on", "problem-day-future");
    }
    let source = problems.line("source", &new.source, 500);
    problems.require(!source.is_empty(), "source", "problem-source-missing");
    let named_as = problems.line("named_as", &new.named_as, 300);
    problems.into_result()?;
    if standing(cx, held.id).await?.is_some() {
        return Err(Error::conflict("clearance-stands"));
    }
    let Some(day) = day else { return Err(Error::invalid("cleared_on", "problem-day-missing")) };
    let new = New { project: held.id, day, source, named_as: Some(named_as).filter(|name| !name.is_empty()) };
    insert_many(cx, &granted, std::slice::from_ref(&new)).await?;
    let version = project::touch(cx, &granted, &held).await?;
    cx.record(new.told(&held.title).version(version));
    Ok(())
}

impl New {
    pub(crate) fn told(&self, title: &str) -> Change {
        Change::new("name.cleared", "project", self.project)
            .label(title)
            .set("cleared_on", Told::Day(self.day))
            .set("clearance_source", Told::Text(self.source.clone()))
            .set("named_as", Told::text(self.named_as.as_deref()))
    }
}

/// Takes a clearance back from a day on, with the reason; both stay to be seen. A project that
/// anybody may see is first put back behind its tier.
pub async fn withdraw(cx: &mut Cx, project: Id, id: Id, from: &str, reason: &str) -> Result<()> {
    let held = project::get(cx, project).await?;
    let clearance = standing(cx, held.id).await?.filter(|one| one.id == id).ok_or(Error::NotFound)?;
    let granted = cx.require_on(&CLEAR, held.relation())?;
    project::refuse_retired(cx, &held).await?;
    let mut problems = Problems::default();
    let day = problems.required_day("withdrawn_on", Some(from));
    if let Some(day) = day {
        problems.require(day >= clearance.cleared_on, "withdrawn_on", "problem-period-backwards");
        problems.require(day <= cx.today(), "withdrawn_on", "problem-day-future");
    }
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    if held.tier() == platform::permission::Tier::Public {
        return Err(Error::conflict("clearance-tier-public"));
    }
    let Some(day) = day else { return Err(Error::invalid("withdrawn_on", "problem-day-missing")) };
    withdraw_many(cx, &granted, &[id], day, &reason).await?;
    let version = project::touch(cx, &granted, &held).await?;
    cx.record(
        Change::new("name.clearance_withdrawn", "project", held.id)
            .label(held.title)
            .version(version)
            .note(Some(reason))
            .field("cleared_on", Told::Day(clearance.cleared_on), Told::Nothing)
            .set("withdrawn_on", Told::Day(day)),
    );
    Ok(())
}

/// The clearance that stands, if one does; the caller has made sure of the project's reach.
pub async fn standing(cx: &mut Cx, project: Id) -> Result<Option<Clearance>> {
    Ok(of(cx, project).await?.into_iter().find(|one| one.withdrawn_on.is_none()))
}

/// Which of several projects have a clearance that stands.
pub(crate) async fn cleared_among(cx: &mut Cx, projects: &[Id]) -> Result<Vec<Id>> {
    Ok(standing_of(cx, projects).await?.into_iter().map(|(project, _)| project).collect())
}

/// Every clearance of a project, withdrawn ones included, latest first.
pub async fn of(cx: &mut Cx, project: Id) -> Result<Vec<Clearance>> {
    store::of(cx, project).await
}

/// As a page shows it beside a project.
pub(crate) fn may_clear(cx: &Cx, project: &Project) -> bool {
    cx.may_on(&CLEAR, project.relation()) && project.retired_at.is_none()
}
