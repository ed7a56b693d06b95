//! SQL of API keys.

use platform::order::{By, Order, Place, Rows, Sort};
use platform::sql::Sql;
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

use super::Key;

pub(super) async fn insert(
    cx: &mut Cx,
    id: Id,
    account: Id,
    label: &str,
    start: &str,
    digest: &str,
    scopes: &str,
    expires: Date,
) -> Result<()> {
    let sql = "INSERT INTO api_keys (id, account_id, label, start, key_hash, scopes, expires_on, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(account).bind(label).bind(start).bind(digest).bind(scopes)
        .bind(expires).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn list(cx: &mut Cx, account: Id) -> Result<Vec<Key>> {
    let sql = "SELECT id, account_id, label, start, scopes, expires_on, used_at, created_at, ended_at FROM api_keys
               WHERE account_id = $1 AND ended_at IS NULL ORDER BY id DESC";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(account).fetch_all(db).await)?)
}

/// A key with whose it is.
#[derive(Clone, Debug, FromRow)]
pub struct Held {
    #[sqlx(flatten)]
    pub key: Key,
    pub account_name: String,
}

const LATEST: &[Order] = &[Order { name: "made", by: &[By::Number("k.id")] }];

pub(super) async fn all(cx: &mut Cx, place: &Place, limit: i64) -> Result<Rows<Held>> {
    let mut sql = Sql::new(
        "SELECT k.id, k.account_id, k.label, k.start, k.scopes, k.expires_on, k.used_at, k.created_at, k.ended_at, \
         a.name AS account_name FROM api_keys k JOIN accounts a ON a.id = k.account_id WHERE k.ended_at IS NULL",
    );
    Sort { order: &LATEST[0], down: true }.page(&mut sql, place, limit)?;
    let rows = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, place, limit, |held: &Held| vec![held.key.id.to_string()]))
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Key> {
    let sql = "SELECT id, account_id, label, start, scopes, expires_on, used_at, created_at, ended_at FROM api_keys
               WHERE id = $1 AND ended_at IS NULL";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(id).fetch_one(db).await)?)
}

pub(super) async fn by_digest(cx: &mut Cx, digest: &str) -> Result<Option<Key>> {
    let sql = "SELECT id, account_id, label, start, scopes, expires_on, used_at, created_at, ended_at FROM api_keys
               WHERE key_hash = $1";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(digest).fetch_optional(db).await)?)
}

pub(super) async fn used(cx: &mut Cx, id: Id) -> Result<()> {
    let now = cx.now();
    run!(cx, db => sqlx::query("UPDATE api_keys SET used_at = $2 WHERE id = $1").bind(id).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn end(cx: &mut Cx, id: Id) -> Result<()> {
    let now = cx.now();
    run!(cx, db => sqlx::query("UPDATE api_keys SET ended_at = $2 WHERE id = $1").bind(id).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn end_all(cx: &mut Cx, account: Id) -> Result<()> {
    let sql = "UPDATE api_keys SET ended_at = $2 WHERE account_id = $1 AND ended_at IS NULL";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(account).bind(now).execute(db).await)?;
    Ok(())
}
