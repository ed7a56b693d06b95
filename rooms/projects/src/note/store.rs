//! SQL of notes. There is no update and no delete.

use platform::clock::At;
use platform::permission::Granted;
use platform::sql::Sql;
use platform::{Cx, Id, Result, run};
use sqlx::FromRow;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Note {
    pub id: Id,
    pub project_id: Id,
    pub text: String,
    pub written_at: At,
    pub written_by_name: String,
}

pub(super) async fn insert(cx: &mut Cx, granted: &Granted, project: Id, text: &str) -> Result<()> {
    let sql = "INSERT INTO project_notes (id, project_id, text, written_at, written_by, written_by_name)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let (id, now, by) = (cx.new_id(), cx.now(), granted.by());
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    run!(cx, db => sqlx::query(sql).bind(id).bind(project).bind(text).bind(now).bind(by).bind(&name)
        .execute(db).await)?;
    Ok(())
}

pub(super) async fn of(cx: &mut Cx, project: Id, before: Option<Id>, limit: i64) -> Result<Vec<Note>> {
    let mut sql =
        Sql::new("SELECT id, project_id, text, written_at, written_by_name FROM project_notes WHERE project_id = ");
    sql.bind(project);
    if let Some(before) = before {
        sql.push(" AND id < ").bind(before);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}
