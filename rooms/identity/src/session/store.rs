//! SQL of sessions and sign-in attempts.

use platform::clock::At;
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;

use super::From;

#[derive(Clone, Debug, FromRow)]
pub struct Session {
    pub id: Id,
    pub account_id: Id,
    pub awaits_code: bool,
    pub address: String,
    pub agent: String,
    pub created_at: At,
    pub seen_at: At,
    pub ended_at: Option<At>,
}

pub(super) async fn insert(
    cx: &mut Cx,
    id: Id,
    account: Id,
    digest: &str,
    awaits_code: bool,
    from: &From,
) -> Result<()> {
    let sql = "INSERT INTO sessions (id, account_id, token_hash, awaits_code, address, agent, created_at, seen_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $7)";
    let now = cx.now();
    let agent: String = from.agent.chars().take(300).collect();
    run!(cx, db => sqlx::query(sql).bind(id).bind(account).bind(digest).bind(awaits_code).bind(&from.address)
        .bind(&agent).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn by_token(cx: &mut Cx, digest: &str) -> Result<Option<Session>> {
    let sql = "SELECT id, account_id, awaits_code, address, agent, created_at, seen_at, ended_at
               FROM sessions WHERE token_hash = $1";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(digest).fetch_optional(db).await)?)
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Session> {
    let sql = "SELECT id, account_id, awaits_code, address, agent, created_at, seen_at, ended_at
               FROM sessions WHERE id = $1";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(id).fetch_one(db).await)?)
}

pub(super) async fn list(cx: &mut Cx, account: Id, idle: At, whole: At) -> Result<Vec<Session>> {
    let sql = "SELECT id, account_id, awaits_code, address, agent, created_at, seen_at, ended_at FROM sessions
               WHERE account_id = $1 AND ended_at IS NULL AND awaits_code = $4 AND seen_at > $2 AND created_at > $3
               ORDER BY id DESC";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(account).bind(idle).bind(whole).bind(false).fetch_all(db).await)?)
}

pub(super) async fn seen(cx: &mut Cx, id: Id) -> Result<()> {
    let now = cx.now();
    run!(cx, db => sqlx::query("UPDATE sessions SET seen_at = $2 WHERE id = $1").bind(id).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn end(cx: &mut Cx, id: Id) -> Result<()> {
    let sql = "UPDATE sessions SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn end_all(cx: &mut Cx, account: Id, but: Option<Id>) -> Result<()> {
    let sql = "UPDATE sessions SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL AND id <> $3";
    let (now, but) = (cx.now(), but.unwrap_or(Id(0)));
    run!(cx, db => sqlx::query(sql).bind(account).bind(now).bind(but).execute(db).await)?;
    Ok(())
}

pub(super) async fn attempt(cx: &mut Cx, email: &str, address: &str, succeeded: bool) -> Result<()> {
    let sql = "INSERT INTO sign_in_attempts (id, email, address, succeeded, at) VALUES ($1, $2, $3, $4, $5)";
    let (id, now) = (cx.new_id(), cx.now());
    let email: String = email.chars().take(200).collect();
    run!(cx, db => sqlx::query(sql).bind(id).bind(&email).bind(address).bind(succeeded).bind(now).execute(db).await)?;
    Ok(())
}

/// Failed attempts since an instant: for this account since its last success, and from this address.
pub(super) async fn failures(cx: &mut Cx, email: &str, address: &str, since: At) -> Result<(i64, i64)> {
    let by_account = "SELECT COUNT(*) FROM sign_in_attempts WHERE email = $1 AND at > $2 AND succeeded = $3
                      AND at > COALESCE((SELECT MAX(at) FROM sign_in_attempts WHERE email = $1 AND succeeded = $4), 0)";
    let (account,): (i64,) =
        on!(cx, db => sqlx::query_as(by_account).bind(email).bind(since).bind(false).bind(true).fetch_one(db).await)?;
    if address.is_empty() {
        return Ok((account, 0));
    }
    let sql = "SELECT COUNT(*) FROM sign_in_attempts WHERE address = $1 AND at > $2 AND succeeded = $3";
    let (from,): (i64,) = on!(cx, db => sqlx::query_as(sql).bind(address).bind(since).bind(false).fetch_one(db).await)?;
    Ok((account, from))
}

impl Session {
    /// Whether this is the session that asks.
    pub fn is(&self, asking: &Option<Id>) -> bool {
        *asking == Some(self.id)
    }
}
