//! SQL of evidence.

use platform::permission::Granted;
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Evidence {
    pub id: Id,
    pub kind: String,
    pub dated_on: Date,
    pub reference: String,
    pub recorded_by_name: String,
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, project: Id, kind: &str, dated: Date, text: &str) -> Result<()> {
    let sql = "INSERT INTO evidence (id, project_id, kind, dated_on, reference, recorded_at, recorded_by_name)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let (id, now) = (cx.new_id(), cx.now());
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    run!(cx, db => sqlx::query(sql).bind(id).bind(project).bind(kind).bind(dated).bind(text).bind(now).bind(&name)
        .execute(db).await)?;
    Ok(())
}

/// Papers that stand, latest first.
pub(crate) async fn of(cx: &mut Cx, project: Id) -> Result<Vec<Evidence>> {
    let sql = "SELECT id, kind, dated_on, reference, recorded_by_name FROM evidence
               WHERE project_id = $1 AND withdrawn_at IS NULL ORDER BY dated_on DESC, id DESC";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(project).fetch_all(db).await)?)
}
