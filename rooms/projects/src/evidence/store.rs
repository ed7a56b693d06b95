//! SQL of evidence. Rows are added and withdrawn, never changed otherwise.

use platform::clock::At;
use platform::files::{Kind, Received};
use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, insert_many as insert_rows};
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Evidence {
    pub id: Id,
    pub kind: String,
    pub dated_on: Date,
    pub reference: String,
    pub recorded_at: At,
    pub recorded_by_name: String,
    pub file_name: Option<String>,
    /// SHA-256 of the file's content.
    pub file_digest: Option<String>,
    pub file_size: Option<i64>,
    /// What the content was told to be.
    pub file_type: Option<String>,
    pub withdrawn_at: Option<At>,
    pub withdrawn_reason: Option<String>,
    pub withdrawn_by_name: Option<String>,
}

/// A paper to be written.
pub(crate) struct New {
    pub id: Id,
    pub project: Id,
    pub kind: String,
    pub dated: Date,
    pub reference: String,
    pub file: Option<(String, Kind, Received)>,
}

const COLUMNS: &str = "SELECT id, kind, dated_on, reference, recorded_at, recorded_by_name, file_name, file_digest, \
     file_size, file_type, withdrawn_at, withdrawn_reason, withdrawn_by_name FROM evidence WHERE project_id = ";

pub(crate) async fn insert_many(cx: &mut Cx, _: &Granted, news: &[New]) -> Result<()> {
    let now = cx.now();
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    let rows = news
        .iter()
        .map(|new| {
            let file = new.file.as_ref();
            vec![
                new.id.into(),
                new.project.into(),
                new.kind.clone().into(),
                new.dated.into(),
                new.reference.clone().into(),
                now.into(),
                name.clone().into(),
                file.map(|(name, ..)| name.clone()).into(),
                file.map(|(_, _, received)| received.digest.clone()).into(),
                file.map(|(_, _, received)| received.size as i64).into(),
                file.map(|(_, kind, _)| kind.code()).into(),
            ]
        })
        .collect();
    let head = "INSERT INTO evidence (id, project_id, kind, dated_on, reference, recorded_at, recorded_by_name, file_name, \
                file_digest, file_size, file_type)";
    insert_rows(cx, head, "", rows).await?;
    Ok(())
}

/// Papers that stand, latest first.
pub(crate) async fn of(cx: &mut Cx, project: Id) -> Result<Vec<Evidence>> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(project).push(" AND withdrawn_at IS NULL ORDER BY dated_on DESC, id DESC");
    sql.fetch_all(cx).await
}

/// All papers, latest first.
pub(super) async fn all(cx: &mut Cx, project: Id) -> Result<Vec<Evidence>> {
    let mut sql = Sql::new(COLUMNS);
    sql.bind(project).push(" ORDER BY dated_on DESC, id DESC");
    sql.fetch_all(cx).await
}

/// What stands of several projects: (project, key, kind, day, reference).
pub(crate) async fn standing_of(cx: &mut Cx, projects: &[Id]) -> Result<Vec<(Id, Id, String, Date, String)>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT project_id, id, kind, dated_on, reference FROM evidence WHERE withdrawn_at IS NULL AND project_id",
        );
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<(Id, Id, String, Date, String)>(cx).await?);
    }
    Ok(found)
}

pub(crate) async fn withdraw_many(cx: &mut Cx, _: &Granted, ids: &[Id], reason: &str) -> Result<()> {
    let now = cx.now();
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("UPDATE evidence SET withdrawn_at = ");
        sql.bind(now).push(", withdrawn_reason = ").bind(reason).push(", withdrawn_by_name = ").bind(name.as_str());
        sql.push(" WHERE withdrawn_at IS NULL AND id").bind_in(chunk.iter().copied());
        sql.execute(cx).await?;
    }
    Ok(())
}

/// Papers with files by key, after one: (key, digest, size).
pub(super) async fn files(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<(Id, String, i64)>> {
    let mut sql = Sql::new("SELECT id, file_digest, file_size FROM evidence WHERE file_digest IS NOT NULL AND id > ");
    sql.bind(after).push(" ORDER BY id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}
