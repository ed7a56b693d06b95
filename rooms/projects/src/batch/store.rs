//! SQL of batches and ceremonies. One condition for reach, on the project and on the enterprise
//! that stands for its own.

use platform::permission::Granted;
use platform::sql::Sql;
use platform::{Cx, Id, Result, Taken, run};
use sqlx::FromRow;
use time::Date;

use super::Batch;

const COLUMNS: &str = "SELECT id, code, kind, held_on, name_en, name_zh_hant, name_zh_hans, source, version, retired_at, \
     retired_reason FROM batches";

/// A project of a batch, with what happened and who may be named.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Member {
    pub project_id: Id,
    pub reference: String,
    pub title: String,
    pub enterprise_id: Id,
    pub enterprise_name: String,
    pub name_language: String,
    pub second_name: Option<String>,
    pub attracted_on: Option<Date>,
    pub signed_on: Option<Date>,
    /// Since when it may be named; absent when it may not.
    pub cleared_on: Option<Date>,
    pub named_as: Option<String>,
}

/// What there is of a batch within reach.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Count {
    pub batch: String,
    pub attracted: i64,
    pub signed: i64,
    pub cleared: i64,
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, batch: &Batch) -> Result<()> {
    let sql = "INSERT INTO batches (id, code, kind, held_on, name_en, name_zh_hant, name_zh_hans, source, version)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)";
    run!(cx, db => sqlx::query(sql).bind(batch.id).bind(&batch.code).bind(&batch.kind).bind(batch.held_on)
        .bind(&batch.name_en).bind(&batch.name_zh_hant).bind(&batch.name_zh_hans).bind(&batch.source)
        .execute(db).await)
    .taken("batch-code-taken")?;
    Ok(())
}

pub(super) async fn update(cx: &mut Cx, _: &Granted, after: &Batch) -> Result<()> {
    let sql = "UPDATE batches SET held_on = $2, name_en = $3, name_zh_hant = $4, name_zh_hans = $5, source = $6,
                 version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(after.id).bind(after.held_on).bind(&after.name_en)
        .bind(&after.name_zh_hant).bind(&after.name_zh_hans).bind(&after.source).execute(db).await)?;
    Ok(())
}

pub(super) async fn set_retired(cx: &mut Cx, _: &Granted, id: Id, reason: Option<&str>) -> Result<()> {
    let sql = "UPDATE batches SET retired_at = $2, retired_reason = $3, version = version + 1 WHERE id = $1";
    let at = reason.map(|_| cx.now());
    run!(cx, db => sqlx::query(sql).bind(id).bind(at).bind(reason).execute(db).await)?;
    Ok(())
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Batch> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    sql.fetch_one(cx).await
}

/// All of them: a few a year.
pub(super) async fn all(cx: &mut Cx, retired: bool) -> Result<Vec<Batch>> {
    let mut sql = Sql::new(COLUMNS);
    if !retired {
        sql.push(" WHERE retired_at IS NULL");
    }
    sql.push(" ORDER BY held_on DESC, id DESC LIMIT 1000");
    sql.fetch_all(cx).await
}

/// Whether any standing milestone names it, within reach or not.
pub(super) async fn is_named(cx: &mut Cx, code: &str) -> Result<bool> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM milestones WHERE superseded_at IS NULL AND batch = ");
    sql.bind(code);
    Ok(sql.fetch_number(cx).await? > 0)
}

fn joined(cx: &Cx, sql: &mut Sql) {
    sql.push(
        " FROM milestones m JOIN projects p ON p.id = m.project_id \
         JOIN directory_enterprise_brief b ON b.id = p.enterprise_id \
         JOIN directory_enterprise_brief e ON e.id = b.survivor_id \
         LEFT JOIN name_clearances c ON c.project_id = p.id AND c.withdrawn_on IS NULL \
         WHERE m.superseded_at IS NULL AND p.retired_at IS NULL AND ",
    );
    cx.visible().condition(sql, crate::project::SECRECY);
    sql.push(" AND ");
    cx.visible().condition(sql, directory::enterprise::SECRECY);
}

pub(super) async fn members(
    cx: &mut Cx,
    code: &str,
    cleared: bool,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Member>> {
    let mut sql = Sql::new(
        "SELECT p.id AS project_id, p.reference, p.title, e.id AS enterprise_id, e.name AS enterprise_name, \
         e.name_language, e.second_name, \
         MAX(CASE WHEN m.kind = 'attracted' THEN m.effective_on END) AS attracted_on, \
         MAX(CASE WHEN m.kind = 'signed' THEN m.effective_on END) AS signed_on, \
         MAX(c.cleared_on) AS cleared_on, MAX(c.named_as) AS named_as",
    );
    joined(cx, &mut sql);
    sql.push(" AND m.batch = ").bind(code);
    if cleared {
        sql.push(" AND c.id IS NOT NULL");
    }
    if let Some(after) = after {
        sql.push(" AND p.reference > ").bind(after);
    }
    sql.push(" GROUP BY p.id, p.reference, p.title, e.id, e.name, e.name_language, e.second_name");
    sql.push(" ORDER BY p.reference LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

pub(super) async fn counts(cx: &mut Cx) -> Result<Vec<Count>> {
    let mut sql = Sql::new(
        "SELECT m.batch, COUNT(DISTINCT CASE WHEN m.kind = 'attracted' THEN e.id END) AS attracted, \
         COUNT(DISTINCT CASE WHEN m.kind = 'signed' THEN e.id END) AS signed, \
         COUNT(DISTINCT CASE WHEN c.id IS NOT NULL THEN e.id END) AS cleared",
    );
    joined(cx, &mut sql);
    sql.push(" AND m.batch IS NOT NULL GROUP BY m.batch ORDER BY m.batch");
    sql.fetch_all(cx).await
}
