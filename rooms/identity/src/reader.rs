//! People named on a record that its tier keeps from others: they see it wherever it is.
//!
//! The rooms that keep such records ask whether the actor may, and call the verbs here.

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::permission::{Granted, Relation, Tier};
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::account;

pub mod pages;
mod store;

/// Somebody who is named on a record.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = RecordReader)]
pub struct Reader {
    pub account_id: Id,
    pub name: String,
    pub added_at: At,
}

/// Who is to be named on a record.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[schema(as = GivenRecordReader)]
pub struct GivenReader {
    pub account_id: Id,
}

/// A record that people can be named on, as its room knows it.
#[derive(Clone, Debug)]
pub struct Record {
    pub kind: &'static str,
    pub id: Id,
    pub label: String,
    pub tier: Tier,
    pub relation: Relation,
}

/// Who is named on a record, by name. The caller has made sure that the actor may see it.
pub async fn of(cx: &mut Cx, kind: &'static str, id: Id) -> Result<Vec<Reader>> {
    store::of(cx, kind, id).await
}

/// Names somebody who is still there.
pub async fn name(cx: &mut Cx, granted: &Granted, on: &Record, account: Id) -> Result<()> {
    let is_there = account::standings(cx, &[account]).await?.get(&account).is_some_and(|(_, ended)| !ended);
    let name = account::name(cx, account).await?.filter(|_| is_there);
    let Some(name) = name else {
        let mut problems = Problems::default();
        problems.add("account_id", "problem-reader-unknown");
        return problems.into_result();
    };
    if store::add(cx, granted, on, account).await? {
        note(cx, on, "record.reader_named", Told::Nothing, Told::record("account", account, &name));
    }
    Ok(())
}

/// Names several on a record at once, but those who have left or are named already; answers whom it named, with their
/// names.
pub async fn name_all(cx: &mut Cx, granted: &Granted, on: &Record, accounts: &[Id]) -> Result<Vec<(Id, String)>> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let standings = account::standings(cx, accounts).await?;
    let names = account::names(cx, accounts.iter().copied()).await?;
    let mut named = Vec::new();
    for (account, name) in names {
        if standings.get(&account).is_some_and(|(_, ended)| !ended) && store::add(cx, granted, on, account).await? {
            note(cx, on, "record.reader_named", Told::Nothing, Told::record("account", account, &name));
            named.push((account, name));
        }
    }
    named.sort();
    Ok(named)
}

/// Takes somebody off a record that they are named on; what they saw of it stays in the audit.
pub async fn unname(cx: &mut Cx, granted: &Granted, on: &Record, account: Id) -> Result<()> {
    if !store::remove(cx, granted, on, account).await? {
        return Err(Error::NotFound);
    }
    let name = account::name(cx, account).await?.unwrap_or_else(|| account.to_string());
    note(cx, on, "record.reader_unnamed", Told::record("account", account, &name), Told::Nothing);
    Ok(())
}

/// Names the actor on a record that they have just made or kept from others, where it would be out of their own reach.
pub async fn keep_in_sight(cx: &mut Cx, granted: &Granted, on: &Record) -> Result<()> {
    let Some(account) = cx.account() else { return Ok(()) };
    if cx.visible().reaches(on.tier, on.relation, false) {
        return Ok(());
    }
    if store::add(cx, granted, on, account).await? {
        let name = account::name(cx, account).await?.unwrap_or_default();
        note(cx, on, "record.reader_named", Told::Nothing, Told::record("account", account, &name));
    }
    Ok(())
}

fn note(cx: &mut Cx, on: &Record, verb: &'static str, old: Told, new: Told) {
    cx.record(Change::new(verb, on.kind, on.id).label(&on.label).field("reader", old, new));
}
