//! SQL of accounts.

use std::collections::HashMap;

use platform::audit::proof::Held;
use platform::clock::At;
use platform::search::fold;
use platform::sql::{AT_ONCE, Sql};
use platform::text::Language;
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;

use super::NewAccount;

#[derive(Clone, FromRow)]
pub struct Account {
    pub id: Id,
    pub email: String,
    pub name: String,
    pub roles: String,
    pub body_id: Option<Id>,
    pub language: Option<String>,
    pub password_hash: Option<String>,
    pub code_secret: Option<String>,
    pub code_last_step: Option<i64>,
    pub version: i64,
    pub created_at: At,
    pub ended_at: Option<At>,
    pub ended_reason: Option<String>,
}

/// Without its secrets: an account that is logged by mistake gives nothing away.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).field("email", &self.email).finish_non_exhaustive()
    }
}

pub async fn get(cx: &mut Cx, id: Id) -> Result<Account> {
    let sql = "SELECT id, email, name, roles, body_id, language, password_hash, code_secret, code_last_step, version,
                 created_at, ended_at, ended_reason FROM accounts WHERE id = $1";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(id).fetch_one(db).await)?)
}

pub async fn by_email(cx: &mut Cx, email: &str) -> Result<Option<Account>> {
    let sql = "SELECT id, email, name, roles, body_id, language, password_hash, code_secret, code_last_step, version,
                 created_at, ended_at, ended_reason FROM accounts WHERE email = $1";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(email).fetch_optional(db).await)?)
}

pub(super) async fn all(cx: &mut Cx) -> Result<Vec<Account>> {
    let sql = "SELECT id, email, name, roles, body_id, language, password_hash, code_secret, code_last_step, version,
                 created_at, ended_at, ended_reason FROM accounts
               ORDER BY CASE WHEN ended_at IS NULL THEN 0 ELSE 1 END, name, id LIMIT 1000";
    Ok(on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?)
}

/// Those still there, by name, with the codes of their roles.
pub(super) async fn standing(cx: &mut Cx) -> Result<Vec<(Id, String, String)>> {
    let sql = "SELECT id, name, roles FROM accounts WHERE ended_at IS NULL ORDER BY name, id";
    Ok(on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?)
}

pub(super) async fn standings(cx: &mut Cx, ids: &[Id]) -> Result<Vec<(Id, String, Option<At>)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT id, roles, ended_at FROM accounts WHERE id");
        sql.bind_in(chunk.iter().copied());
        found.extend(sql.fetch_all::<(Id, String, Option<At>)>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn everybody(cx: &mut Cx) -> Result<Vec<(Id, String)>> {
    let sql = "SELECT id, name FROM accounts ORDER BY CASE WHEN ended_at IS NULL THEN 1 ELSE 0 END, id";
    Ok(on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?)
}

pub(super) async fn name(cx: &mut Cx, id: Id) -> Result<Option<String>> {
    let found: Option<(String,)> =
        on!(cx, db => sqlx::query_as("SELECT name FROM accounts WHERE id = $1").bind(id).fetch_optional(db).await)?;
    Ok(found.map(|(name,)| name))
}

pub(super) async fn insert(cx: &mut Cx, id: Id, new: &NewAccount, hash: Option<String>) -> Result<()> {
    let sql = "INSERT INTO accounts (id, email, name, roles, password_hash, version, created_at, body_id, name_key)
               VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $8)";
    let (roles, now, key) = (super::codes(&new.roles), cx.now(), key(&new.name, &new.email));
    run!(cx, db => sqlx::query(sql).bind(id).bind(&new.email).bind(&new.name).bind(&roles).bind(&hash).bind(now)
        .bind(new.body).bind(&key).execute(db).await)?;
    Ok(())
}

/// By what accounts are sorted and found: the name, then the address.
fn key(name: &str, email: &str) -> String {
    fold::sort_key(&format!("{name} {email}"))
}

pub(super) async fn update(cx: &mut Cx, before: &Account, name: &str, roles: &str, body: Option<Id>) -> Result<()> {
    let sql =
        "UPDATE accounts SET name = $2, roles = $3, body_id = $4, name_key = $5, version = version + 1 WHERE id = $1";
    let key = key(name, &before.email);
    run!(cx, db => sqlx::query(sql).bind(before.id).bind(name).bind(roles).bind(body).bind(&key).execute(db).await)?;
    Ok(())
}

pub(super) async fn names(cx: &mut Cx, ids: &[Id]) -> Result<HashMap<Id, String>> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT id, name FROM accounts WHERE id");
        sql.bind_in(chunk.iter().copied());
        found.extend(sql.fetch_all::<(Id, String)>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn set_teams(cx: &mut Cx, id: Id, teams: &[Id]) -> Result<()> {
    run!(cx, db => sqlx::query("DELETE FROM account_teams WHERE account_id = $1").bind(id).execute(db).await)?;
    for team in teams {
        let sql = "INSERT INTO account_teams (account_id, team_id) VALUES ($1, $2)";
        run!(cx, db => sqlx::query(sql).bind(id).bind(*team).execute(db).await)?;
    }
    Ok(())
}

pub async fn teams_of(cx: &mut Cx, id: Id) -> Result<Vec<Id>> {
    let sql = "SELECT team_id FROM account_teams WHERE account_id = $1 ORDER BY team_id";
    let rows: Vec<(Id,)> = on!(cx, db => sqlx::query_as(sql).bind(id).fetch_all(db).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// None where no password opens until one is chosen by a link.
pub(super) async fn set_password(cx: &mut Cx, id: Id, hash: Option<&str>) -> Result<()> {
    let sql = "UPDATE accounts SET password_hash = $2, version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(hash).execute(db).await)?;
    Ok(())
}

/// Not a change that somebody who edits the account could run into, so the version stays.
pub(super) async fn set_language(cx: &mut Cx, id: Id, language: Language) -> Result<()> {
    let sql = "UPDATE accounts SET language = $2 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(language.code()).execute(db).await)?;
    Ok(())
}

pub(super) async fn set_code(cx: &mut Cx, id: Id, secret: Option<&str>) -> Result<()> {
    let sql = "UPDATE accounts SET code_secret = $2, code_last_step = NULL, version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(secret).execute(db).await)?;
    Ok(())
}

/// Uses up a step of the one-time code; false where it, or a later one, was used already.
pub async fn use_step(cx: &mut Cx, id: Id, step: i64) -> Result<bool> {
    let sql = "UPDATE accounts SET code_last_step = $2
               WHERE id = $1 AND (code_last_step IS NULL OR code_last_step < $2)";
    Ok(run!(cx, db => sqlx::query(sql).bind(id).bind(step).execute(db).await)? == 1)
}

pub(super) async fn end(cx: &mut Cx, id: Id, reason: Option<&str>) -> Result<()> {
    let sql = "UPDATE accounts SET ended_at = $2, ended_reason = $3, version = version + 1 WHERE id = $1";
    let at = reason.map(|_| cx.now());
    run!(cx, db => sqlx::query(sql).bind(id).bind(at).bind(reason).execute(db).await)?;
    Ok(())
}

/// Administrators who can still sign in, but one.
pub(super) async fn administrators(cx: &mut Cx, but: Id) -> Result<i64> {
    let sql = "SELECT COUNT(*) FROM accounts WHERE id <> $1 AND ended_at IS NULL AND password_hash IS NOT NULL
               AND ',' || roles || ',' LIKE '%,administrator,%'";
    let (count,): (i64,) = on!(cx, db => sqlx::query_as(sql).bind(but).fetch_one(db).await)?;
    Ok(count)
}

pub(super) async fn insert_link(cx: &mut Cx, digest: &str, account: Option<Id>, expires: At) -> Result<()> {
    let sql = "INSERT INTO one_time_links (token_hash, account_id, expires_at) VALUES ($1, $2, $3)";
    run!(cx, db => sqlx::query(sql).bind(digest).bind(account).bind(expires).execute(db).await)?;
    Ok(())
}

/// The account of a link that is still good; none within for the first administrator's.
pub(super) async fn link(cx: &mut Cx, digest: &str) -> Result<Option<Option<Id>>> {
    let sql = "SELECT account_id FROM one_time_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    let now = cx.now();
    let found: Option<(Option<Id>,)> =
        on!(cx, db => sqlx::query_as(sql).bind(digest).bind(now).fetch_optional(db).await)?;
    Ok(found.map(|(account,)| account))
}

/// Links of an account that were not used open no more; with no account, those of the first administrator.
pub(super) async fn void_links(cx: &mut Cx, account: Option<Id>) -> Result<()> {
    let sql = "UPDATE one_time_links SET used_at = $2 WHERE COALESCE(account_id, 0) = $1 AND used_at IS NULL";
    let (account, now) = (account.unwrap_or(Id(0)), cx.now());
    run!(cx, db => sqlx::query(sql).bind(account).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn use_link(cx: &mut Cx, digest: &str) -> Result<bool> {
    let sql = "UPDATE one_time_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL";
    let now = cx.now();
    Ok(run!(cx, db => sqlx::query(sql).bind(digest).bind(now).execute(db).await)? == 1)
}

/// The next accounts after a key, with their address, roles and body.
pub(super) async fn held(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<Held>> {
    let mut sql = Sql::new("SELECT id, email, roles, body_id FROM accounts WHERE id > ");
    sql.bind(after).push(" ORDER BY id LIMIT ").bind(limit);
    let rows: Vec<(Id, String, String, Option<Id>)> = sql.fetch_all(cx).await?;
    let held = |(id, email, roles, body): (Id, String, String, Option<Id>)| Held {
        id,
        called: email.clone(),
        values: vec![Some(email), Some(roles), body.map(|id| id.to_string())],
    };
    Ok(rows.into_iter().map(held).collect())
}

/// The next accounts after a key, with their address and whether each has ended.
pub(super) async fn ended(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<(Id, String, bool)>> {
    let mut sql = Sql::new("SELECT id, email, ended_at IS NOT NULL FROM accounts WHERE id > ");
    sql.bind(after).push(" ORDER BY id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}
