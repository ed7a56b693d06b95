//! SQL of the partners' import.

use platform::sql::{AT_ONCE, Sql};
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use time::Date;

/// Whether the register already holds this partner: a standing signing on that day, or for an
/// unconfirmed one any living project.
pub(super) async fn has_register_project(cx: &mut Cx, enterprises: &[Id], signed: Option<Date>) -> Result<bool> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM projects p WHERE p.retired_at IS NULL AND p.enterprise_id");
    sql.bind_in(enterprises.iter().copied());
    if let Some(day) = signed {
        sql.push(" AND EXISTS (SELECT 1 FROM milestones m WHERE m.project_id = p.id AND m.kind = 'signed' AND m.superseded_at IS NULL AND m.effective_on = ");
        sql.bind(day).push(")");
    }
    Ok(sql.fetch_number(cx).await? > 0)
}

/// A partner as the register's own columns have it.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Listed {
    pub reference: String,
    pub survivor_id: Id,
    pub name: String,
    pub name_language: String,
    pub second_name: Option<String>,
    pub reporting_origin: Option<String>,
    pub signed_on: Option<Date>,
    pub batch: Option<String>,
    pub attracted_on: Option<Date>,
    pub attracted_batch: Option<String>,
    pub cleared_on: Option<Date>,
    pub source: Option<String>,
}

/// Partners within reach by reference, after one if given; with `cleared` only those who may be
/// named.
pub(super) async fn page(
    cx: &mut Cx,
    batch: Option<&str>,
    cleared: bool,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Listed>> {
    let mut sql = Sql::new(
        "SELECT p.reference, e.id AS survivor_id, e.name, e.name_language, e.second_name, e.reporting_origin, \
         MAX(CASE WHEN m.kind = 'signed' THEN m.effective_on END) AS signed_on, \
         MAX(CASE WHEN m.kind = 'signed' THEN m.batch END) AS batch, \
         MAX(CASE WHEN m.kind = 'attracted' THEN m.effective_on END) AS attracted_on, \
         MAX(CASE WHEN m.kind = 'attracted' THEN m.batch END) AS attracted_batch, \
         MAX(c.cleared_on) AS cleared_on, COALESCE(MAX(c.source), MAX(k.source)) AS source \
         FROM milestones m JOIN projects p ON p.id = m.project_id \
         JOIN directory_enterprise_brief b ON b.id = p.enterprise_id \
         JOIN directory_enterprise_brief e ON e.id = b.survivor_id \
         LEFT JOIN batches k ON k.code = m.batch \
         LEFT JOIN name_clearances c ON c.project_id = p.id AND c.withdrawn_on IS NULL \
         WHERE m.superseded_at IS NULL AND m.kind IN ('attracted', 'signed') AND p.retired_at IS NULL AND ",
    );
    cx.visible().condition(&mut sql, crate::project::SECRECY);
    sql.push(" AND ");
    cx.visible().condition(&mut sql, directory::enterprise::SECRECY);
    if let Some(batch) = batch {
        sql.push(" AND p.id IN (SELECT project_id FROM milestones WHERE superseded_at IS NULL AND batch = ");
        sql.bind(batch).push(")");
    }
    if cleared {
        sql.push(" AND c.id IS NOT NULL");
    }
    if let Some(after) = after {
        sql.push(" AND p.reference > ").bind(after);
    }
    sql.push(" GROUP BY p.reference, e.id, e.name, e.name_language, e.second_name, e.reporting_origin");
    sql.push(" ORDER BY p.reference LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

/// The industries that stand of several enterprises: (enterprise, code).
pub(super) async fn industries(cx: &mut Cx, enterprises: &[Id]) -> Result<Vec<(Id, String)>> {
    let mut found = Vec::new();
    for chunk in enterprises.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT survivor_id, industry FROM directory_enterprise_industry WHERE superseded_at IS NULL \
             AND valid_to IS NULL AND survivor_id",
        );
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY survivor_id, industry");
        found.extend(sql.fetch_all::<(Id, String)>(cx).await?);
    }
    Ok(found)
}
