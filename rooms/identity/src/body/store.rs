//! SQL of bodies.

use std::collections::HashMap;

use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

use super::NewBody;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Body {
    pub id: Id,
    pub code: String,
    pub kind: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    pub abbreviation: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub source: String,
    pub version: i64,
}

pub(super) async fn all(cx: &mut Cx) -> Result<Vec<Body>> {
    let sql = "SELECT id, code, kind, name_en, name_zh_hant, name_zh_hans, abbreviation, valid_from, valid_to,
                 source, version FROM bodies ORDER BY id LIMIT 1000";
    Ok(on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?)
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Body> {
    let sql = "SELECT id, code, kind, name_en, name_zh_hant, name_zh_hans, abbreviation, valid_from, valid_to,
                 source, version FROM bodies WHERE id = $1";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(id).fetch_one(db).await)?)
}

pub(super) async fn counts(cx: &mut Cx) -> Result<HashMap<Id, i64>> {
    let sql = "SELECT body_id, COUNT(*) FROM accounts WHERE body_id IS NOT NULL AND ended_at IS NULL
               GROUP BY body_id ORDER BY body_id";
    let rows: Vec<(Id, i64)> = on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?;
    Ok(rows.into_iter().collect())
}

/// False where the code is held.
pub(super) async fn insert(cx: &mut Cx, id: Id, new: &NewBody) -> Result<bool> {
    let sql = "INSERT INTO bodies (id, code, kind, name_en, name_zh_hant, name_zh_hans, abbreviation, valid_from,
                 valid_to, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (code) DO NOTHING";
    Ok(run!(cx, db => sqlx::query(sql).bind(id).bind(&new.code).bind(&new.kind).bind(&new.name_en)
        .bind(&new.name_zh_hant).bind(&new.name_zh_hans).bind(&new.abbreviation).bind(new.valid_from)
        .bind(new.valid_to).bind(&new.source).execute(db).await)?
        == 1)
}

pub(super) async fn update(cx: &mut Cx, id: Id, new: &NewBody) -> Result<()> {
    let sql = "UPDATE bodies SET kind = $2, name_en = $3, name_zh_hant = $4, name_zh_hans = $5, abbreviation = $6,
                 valid_from = $7, valid_to = $8, source = $9, version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(&new.kind).bind(&new.name_en).bind(&new.name_zh_hant)
        .bind(&new.name_zh_hans).bind(&new.abbreviation).bind(new.valid_from).bind(new.valid_to).bind(&new.source)
        .execute(db).await)?;
    Ok(())
}
