//! SQL of name clearances. Rows are added and withdrawn, never changed otherwise.

use platform::clock::At;
use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, insert_many as insert_rows};
use platform::{Cx, Id, Result, on};
use sqlx::FromRow;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Clearance {
    pub id: Id,
    pub project_id: Id,
    pub cleared_on: Date,
    pub source: String,
    /// The name to use, where it is not the enterprise's own.
    pub named_as: Option<String>,
    pub recorded_at: At,
    pub recorded_by_name: String,
    pub withdrawn_on: Option<Date>,
    pub withdrawn_reason: Option<String>,
}

/// A clearance to be written.
#[derive(Clone, Debug)]
pub(crate) struct New {
    pub project: Id,
    pub day: Date,
    pub source: String,
    pub named_as: Option<String>,
}

pub(super) async fn of(cx: &mut Cx, project: Id) -> Result<Vec<Clearance>> {
    let sql = "SELECT id, project_id, cleared_on, source, named_as, recorded_at, recorded_by_name, withdrawn_on,
                 withdrawn_reason FROM name_clearances WHERE project_id = $1 ORDER BY id DESC";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(project).fetch_all(db).await)?)
}

pub(crate) async fn insert_many(cx: &mut Cx, _: &Granted, news: &[New]) -> Result<()> {
    let now = cx.now();
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    let rows = news
        .iter()
        .map(|new| {
            vec![
                cx.new_id().into(),
                new.project.into(),
                new.day.into(),
                new.source.clone().into(),
                new.named_as.clone().into(),
                now.into(),
                name.clone().into(),
            ]
        })
        .collect();
    let head =
        "INSERT INTO name_clearances (id, project_id, cleared_on, source, named_as, recorded_at, recorded_by_name)";
    insert_rows(cx, head, "", rows).await?;
    Ok(())
}

pub(crate) async fn withdraw_many(cx: &mut Cx, _: &Granted, ids: &[Id], day: Date, reason: &str) -> Result<()> {
    let now = cx.now();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("UPDATE name_clearances SET withdrawn_on = ");
        sql.bind(day).push(", withdrawn_at = ").bind(now).push(", withdrawn_reason = ").bind(reason);
        sql.push(" WHERE withdrawn_on IS NULL AND id").bind_in(chunk.iter().copied());
        sql.execute(cx).await?;
    }
    Ok(())
}

/// Clearances that stand of several projects: (project, key).
pub(crate) async fn standing_of(cx: &mut Cx, projects: &[Id]) -> Result<Vec<(Id, Id)>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT project_id, id FROM name_clearances WHERE withdrawn_on IS NULL AND project_id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<(Id, Id)>(cx).await?);
    }
    Ok(found)
}
