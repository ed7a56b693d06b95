//! SQL of milestones and name clearances. Rows are added and superseded, never changed otherwise.

use platform::clock::At;
use platform::permission::Granted;
use platform::sql::insert_many as insert_rows;
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Milestone {
    pub id: Id,
    pub project_id: Id,
    pub kind: String,
    pub effective_on: Date,
    pub batch: Option<String>,
    pub recorded_at: At,
    pub recorded_by_name: String,
    pub superseded_at: Option<At>,
    pub superseded_reason: Option<String>,
}

/// All milestones, superseded ones included, by day.
pub(crate) async fn all(cx: &mut Cx, project: Id) -> Result<Vec<Milestone>> {
    let sql = "SELECT id, project_id, kind, effective_on, batch, recorded_at, recorded_by_name, superseded_at,
                 superseded_reason FROM milestones WHERE project_id = $1 ORDER BY effective_on, id";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(project).fetch_all(db).await)?)
}

/// Adds milestones: (project, kind, day, batch).
pub(crate) async fn insert_many(cx: &mut Cx, _: &Granted, news: &[(Id, String, Date, Option<String>)]) -> Result<()> {
    let now = cx.now();
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    let rows = news
        .iter()
        .map(|(project, kind, day, batch)| {
            vec![
                cx.new_id().into(),
                (*project).into(),
                kind.clone().into(),
                (*day).into(),
                batch.clone().into(),
                now.into(),
                name.clone().into(),
            ]
        })
        .collect();
    let head = "INSERT INTO milestones (id, project_id, kind, effective_on, batch, recorded_at, recorded_by_name)";
    insert_rows(cx, head, "", rows).await?;
    Ok(())
}

pub(super) async fn supersede(cx: &mut Cx, _: &Granted, id: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE milestones SET superseded_at = $2, superseded_reason = $3
               WHERE id = $1 AND superseded_at IS NULL";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).bind(reason).execute(db).await)?;
    Ok(())
}
