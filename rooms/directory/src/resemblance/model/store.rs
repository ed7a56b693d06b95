//! SQL of learnt models.

use platform::permission::Granted;
use platform::{Cx, Id, Result, on, run};

use super::Learnt;

pub(super) async fn all(cx: &mut Cx, limit: i64) -> Result<Vec<Learnt>> {
    let sql = "SELECT id, records, pairs, decisions, made_by, made_at, in_use FROM enterprise_resemblance_models
               ORDER BY id DESC LIMIT $1";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(limit).fetch_all(db).await)?)
}

pub(super) async fn text(cx: &mut Cx, id: Id) -> Result<Option<String>> {
    let sql = "SELECT model FROM enterprise_resemblance_models WHERE id = $1";
    let found: Option<(String,)> = on!(cx, db => sqlx::query_as(sql).bind(id).fetch_optional(db).await)?;
    Ok(found.map(|(text,)| text))
}

/// How many decisions a model was learnt from.
pub(super) async fn decisions(cx: &mut Cx, id: Id) -> Result<i64> {
    let sql = "SELECT decisions FROM enterprise_resemblance_models WHERE id = $1";
    let (decisions,): (i64,) = on!(cx, db => sqlx::query_as(sql).bind(id).fetch_one(db).await)?;
    Ok(decisions)
}

pub(super) async fn in_use(cx: &mut Cx) -> Result<Option<String>> {
    let sql = "SELECT model FROM enterprise_resemblance_models WHERE in_use ORDER BY id";
    let found: Option<(String,)> = on!(cx, db => sqlx::query_as(sql).fetch_optional(db).await)?;
    Ok(found.map(|(text,)| text))
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, learnt: &Learnt, text: &str) -> Result<()> {
    let sql =
        "INSERT INTO enterprise_resemblance_models (id, model, records, pairs, decisions, made_by, made_at, in_use)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    run!(cx, db => sqlx::query(sql).bind(learnt.id).bind(text).bind(learnt.records).bind(learnt.pairs)
        .bind(learnt.decisions).bind(learnt.made_by).bind(learnt.made_at).bind(learnt.in_use).execute(db).await)?;
    Ok(())
}

pub(super) async fn use_none(cx: &mut Cx, _: &Granted) -> Result<()> {
    let sql = "UPDATE enterprise_resemblance_models SET in_use = FALSE WHERE in_use";
    run!(cx, db => sqlx::query(sql).execute(db).await)?;
    Ok(())
}

pub(super) async fn use_one(cx: &mut Cx, _: &Granted, id: Id) -> Result<u64> {
    let sql = "UPDATE enterprise_resemblance_models SET in_use = TRUE WHERE id = $1";
    Ok(run!(cx, db => sqlx::query(sql).bind(id).execute(db).await)?)
}
