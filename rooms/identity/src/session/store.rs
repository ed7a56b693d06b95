//! SQL of sessions and sign-in attempts.

use platform::clock::At;
use platform::order::{By, Order, Place, Rows, Sort};
use platform::sql::Sql;
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;

use super::{Attempts, From};

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

/// A session with whose it is.
#[derive(Clone, Debug, FromRow)]
pub struct Open {
    pub id: Id,
    pub account_id: Id,
    pub account_name: String,
    pub address: String,
    pub agent: String,
    pub created_at: At,
    pub seen_at: At,
}

impl Open {
    /// Whether this is the session that asks.
    pub fn is(&self, asking: &Option<Id>) -> bool {
        *asking == Some(self.id)
    }
}

const LATEST: &[Order] = &[Order { name: "begun", by: &[By::Number("s.id")] }];

pub(super) async fn all(cx: &mut Cx, idle: At, whole: At, place: &Place, limit: i64) -> Result<Rows<Open>> {
    let mut sql = Sql::new(
        "SELECT s.id, s.account_id, a.name AS account_name, s.address, s.agent, s.created_at, s.seen_at FROM sessions s \
         JOIN accounts a ON a.id = s.account_id WHERE s.ended_at IS NULL AND s.awaits_code = ",
    );
    sql.bind(false).push(" AND s.seen_at > ").bind(idle).push(" AND s.created_at > ").bind(whole);
    Sort { order: &LATEST[0], down: true }.page(&mut sql, place, limit)?;
    let rows = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, place, limit, |open: &Open| vec![open.id.to_string()]))
}

/// One attempt to sign in.
#[derive(Clone, Debug, FromRow)]
pub struct Attempt {
    pub id: Id,
    pub email: String,
    pub address: String,
    pub succeeded: bool,
    /// The password was right and the one-time code was not given yet.
    pub awaits_code: bool,
    pub at: At,
}

/// What an attempt came to that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    SignedIn,
    AwaitsCode,
}

const TRIED: &[Order] = &[Order { name: "at", by: &[By::Number("t.id")] }];

pub(super) async fn attempts(cx: &mut Cx, wanted: &Attempts, place: &Place, limit: i64) -> Result<Rows<Attempt>> {
    let mut sql = Sql::new(
        "SELECT t.id, t.email, t.address, t.succeeded, t.awaits_code, t.at FROM sign_in_attempts t WHERE 1 = 1",
    );
    if wanted.failed {
        sql.push(" AND NOT t.succeeded AND NOT t.awaits_code");
    }
    if let Some(text) = &wanted.text {
        sql.push(" AND (t.email = ").bind(text.to_lowercase()).push(" OR t.address = ").bind(text.as_str()).push(")");
    }
    Sort { order: &TRIED[0], down: true }.page(&mut sql, place, limit)?;
    let rows = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, place, limit, |attempt: &Attempt| vec![attempt.id.to_string()]))
}

/// Accounts and addresses with too many failures since an instant. The key tells the time, so only
/// the last minutes' rows are read.
pub(super) async fn stopped(cx: &mut Cx, since: At, account: i64, address: i64) -> Result<Vec<(String, i64)>> {
    let first = Id::first_at(since);
    let mut found = Vec::new();
    let by_email = "SELECT t.email, COUNT(*) FROM sign_in_attempts t WHERE t.id >= $1 AND t.succeeded = $2 AND t.awaits_code = $2
          AND t.at > $3 AND t.at > COALESCE((SELECT MAX(s.at) FROM sign_in_attempts s WHERE s.email = t.email AND s.succeeded = $5), 0)
        GROUP BY t.email HAVING COUNT(*) >= $4 ORDER BY 2 DESC, 1 LIMIT 50";
    let by_address = "SELECT t.address, COUNT(*) FROM sign_in_attempts t WHERE t.id >= $1 AND t.succeeded = $2
          AND t.awaits_code = $2 AND t.at > $3 AND t.address <> '' GROUP BY t.address HAVING COUNT(*) >= $4 ORDER BY 2 DESC, 1 LIMIT 50";
    let rows: Vec<(String, i64)> = on!(cx, db => sqlx::query_as(by_email).bind(first).bind(false).bind(since)
        .bind(account).bind(true).fetch_all(db).await)?;
    found.extend(rows);
    let rows: Vec<(String, i64)> = on!(cx, db => sqlx::query_as(by_address).bind(first).bind(false).bind(since)
        .bind(address).fetch_all(db).await)?;
    found.extend(rows);
    Ok(found)
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

/// Notes an attempt, which counts as failed until [`came_to`] says otherwise.
pub(super) async fn attempt(cx: &mut Cx, email: &str, address: &str) -> Result<Id> {
    let sql = "INSERT INTO sign_in_attempts (id, email, address, succeeded, awaits_code, at)
               VALUES ($1, $2, $3, $4, $4, $5)";
    let (id, now) = (cx.new_id(), cx.now());
    let email: String = email.chars().take(200).collect();
    run!(cx, db => sqlx::query(sql).bind(id).bind(&email).bind(address).bind(false).bind(now).execute(db).await)?;
    Ok(id)
}

pub(super) async fn came_to(cx: &mut Cx, attempt: Id, outcome: Outcome) -> Result<()> {
    let sql = "UPDATE sign_in_attempts SET succeeded = $2, awaits_code = $3 WHERE id = $1";
    let (succeeded, awaits_code) = (outcome == Outcome::SignedIn, outcome == Outcome::AwaitsCode);
    run!(cx, db => sqlx::query(sql).bind(attempt).bind(succeeded).bind(awaits_code).execute(db).await)?;
    Ok(())
}

pub(super) async fn was_none(cx: &mut Cx, attempt: Id) -> Result<()> {
    run!(cx, db => sqlx::query("DELETE FROM sign_in_attempts WHERE id = $1").bind(attempt).execute(db).await)?;
    Ok(())
}

/// Failed attempts since an instant: for this account since its last success, and from this address.
pub(super) async fn failures(cx: &mut Cx, email: &str, address: &str, since: At) -> Result<(i64, i64)> {
    let by_account =
        "SELECT COUNT(*) FROM sign_in_attempts WHERE email = $1 AND at > $2 AND succeeded = $3 AND awaits_code = $3
                      AND at > COALESCE((SELECT MAX(at) FROM sign_in_attempts WHERE email = $1 AND succeeded = $4), 0)";
    let (account,): (i64,) =
        on!(cx, db => sqlx::query_as(by_account).bind(email).bind(since).bind(false).bind(true).fetch_one(db).await)?;
    if address.is_empty() {
        return Ok((account, 0));
    }
    let sql = "SELECT COUNT(*) FROM sign_in_attempts WHERE address = $1 AND at > $2 AND succeeded = $3
                 AND awaits_code = $3";
    let (from,): (i64,) = on!(cx, db => sqlx::query_as(sql).bind(address).bind(since).bind(false).fetch_one(db).await)?;
    Ok((account, from))
}

impl Session {
    /// Whether this is the session that asks.
    pub fn is(&self, asking: &Option<Id>) -> bool {
        *asking == Some(self.id)
    }
}
