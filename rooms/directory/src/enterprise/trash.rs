//! Retired enterprises: out of lists, search and counts, with the reason and a way back. Nothing that
//! belongs to them is touched, so that restoring brings back exactly what was there.

use platform::audit::{self, Change};
use platform::clock::At;
use platform::{Cx, Error, Id, Result};
use sqlx::FromRow;
use ui::lists::Total;

use super::write::refuse_retired;
use super::{Enterprise, get, store as enterprises};
use crate::entry;
use crate::{MERGE, READ};

pub mod pages;
mod store;

/// How long the offer to take a retirement back stands without asking why.
const MINUTES_TO_TAKE_BACK: i64 = 10;

/// A retired enterprise as the trash shows it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Retired {
    pub id: Id,
    pub reference: String,
    pub name: String,
    pub name_language: String,
    pub second_name: Option<String>,
    pub team_id: Option<Id>,
    pub owner_id: Option<Id>,
    pub retired_at: At,
    pub retired_reason: String,
}

/// A page of the trash, latest first.
#[derive(Clone, Debug, Default)]
pub struct TrashPage {
    pub retired: Vec<Retired>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// One page of retired enterprises within reach.
pub async fn page(cx: &mut Cx, after: Option<&str>, before: Option<&str>, limit: i64) -> Result<TrashPage> {
    cx.require(&READ)?;
    store::page(cx, after, before, limit).await
}

pub async fn total(cx: &mut Cx) -> Result<Total> {
    cx.require(&READ)?;
    Ok(Total::bounded(store::count(cx).await?))
}

/// Takes a record out of lists, search and counts, with a reason and a way back.
pub async fn retire(cx: &mut Cx, id: Id, reason: &str) -> Result<()> {
    let enterprise = get(cx, id).await?;
    let granted = cx.require_on(&MERGE, enterprise.relation())?;
    refuse_retired(&enterprise)?;
    let reason = entry::reason(reason)?;
    enterprises::set_retired(cx, &granted, &[enterprise.id], Some(&reason)).await?;
    cx.record(
        Change::new("enterprise.retired", "enterprise", enterprise.id)
            .label(enterprise.name)
            .version(enterprise.version + 1)
            .note(Some(reason)),
    );
    Ok(())
}

/// Brings a retired record back as it was, with a reason; whoever has just retired it may take that back without one.
pub async fn restore(cx: &mut Cx, id: Id, reason: &str) -> Result<()> {
    let enterprise = get(cx, id).await?;
    let granted = cx.require_on(&MERGE, enterprise.relation())?;
    if enterprise.retired_at.is_none() {
        return Err(Error::conflict("enterprise-not-retired"));
    }
    let takes_back = reason.trim().is_empty() && has_just_retired(cx, &enterprise).await?;
    let reason = if takes_back { None } else { Some(entry::reason(reason)?) };
    enterprises::set_retired(cx, &granted, &[enterprise.id], None).await?;
    cx.record(
        Change::new("enterprise.restored", "enterprise", enterprise.id)
            .label(enterprise.name)
            .version(enterprise.version + 1)
            .note(reason),
    );
    Ok(())
}

/// Whether the last that happened to a record is that the actor retired it, a few minutes ago.
async fn has_just_retired(cx: &mut Cx, enterprise: &Enterprise) -> Result<bool> {
    let since = cx.now().plus_seconds(-MINUTES_TO_TAKE_BACK * 60);
    let last = audit::read::history(cx, "enterprise", enterprise.id, None, 1).await?;
    Ok(last
        .first()
        .is_some_and(|entry| entry.verb == "enterprise.retired" && entry.actor_id == cx.account() && entry.at >= since))
}
