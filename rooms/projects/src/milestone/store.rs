//! SQL of milestones. Rows are added and superseded, never changed otherwise.

use std::collections::HashMap;

use platform::clock::At;
use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, insert_many as insert_rows};
use platform::{Cx, Id, Result, on};
use sqlx::FromRow;
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Milestone {
    pub id: Id,
    pub project_id: Id,
    pub kind: String,
    pub effective_on: Date,
    /// Code of the batch or the ceremony.
    pub batch: Option<String>,
    pub recorded_at: At,
    pub recorded_by_name: String,
    pub superseded_at: Option<At>,
    pub superseded_reason: Option<String>,
}

/// A milestone to be written.
#[derive(Clone, Debug)]
pub(crate) struct New {
    pub id: Id,
    pub project: Id,
    pub kind: String,
    pub day: Date,
    pub batch: Option<String>,
    pub corrects: Option<Id>,
}

/// A signing that stands.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Signing {
    /// The enterprise that stands for the project's own.
    pub survivor_id: Id,
    pub project_id: Id,
    pub on: Date,
    pub batch: Option<String>,
}

/// All milestones, superseded ones included, by day.
pub(crate) async fn all(cx: &mut Cx, project: Id) -> Result<Vec<Milestone>> {
    let sql = "SELECT id, project_id, kind, effective_on, batch, recorded_at, recorded_by_name, superseded_at,
                 superseded_reason FROM milestones WHERE project_id = $1 ORDER BY effective_on, id";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(project).fetch_all(db).await)?)
}

/// What stands of several projects: (project, key, kind, day).
pub(crate) async fn standing_of(cx: &mut Cx, projects: &[Id]) -> Result<Vec<(Id, Id, String, Date)>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT project_id, id, kind, effective_on FROM milestones WHERE superseded_at IS NULL AND project_id",
        );
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<(Id, Id, String, Date)>(cx).await?);
    }
    Ok(found)
}

/// The enterprises that stand for these.
pub(crate) async fn survivors(cx: &mut Cx, enterprises: &[Id]) -> Result<HashMap<Id, Id>> {
    let mut found = HashMap::new();
    for chunk in enterprises.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT id, survivor_id FROM directory_enterprise_brief WHERE id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<(Id, Id)>(cx).await?);
    }
    Ok(found)
}

/// What the enterprises that these stand for have signed by projects within reach: what one may not see is in nobody's way.
pub(crate) async fn signings(cx: &mut Cx, survivors: &[Id]) -> Result<Vec<Signing>> {
    let mut found = Vec::new();
    for chunk in survivors.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT b.survivor_id, m.project_id, m.effective_on AS \"on\", m.batch FROM directory_enterprise_brief b
             JOIN projects p ON p.enterprise_id = b.id JOIN milestones m ON m.project_id = p.id
             WHERE m.kind = 'signed' AND m.superseded_at IS NULL AND p.retired_at IS NULL AND b.survivor_id",
        );
        sql.bind_in(chunk.iter().copied()).push(" AND ");
        cx.visible().condition(&mut sql, crate::project::SECRECY);
        sql.push(" ORDER BY m.id");
        found.extend(sql.fetch_all::<Signing>(cx).await?);
    }
    Ok(found)
}

pub(crate) async fn insert_many(cx: &mut Cx, _: &Granted, news: &[New]) -> Result<()> {
    let now = cx.now();
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    let rows = news
        .iter()
        .map(|new| {
            vec![
                new.id.into(),
                new.project.into(),
                new.kind.clone().into(),
                new.day.into(),
                new.batch.clone().into(),
                now.into(),
                name.clone().into(),
            ]
        })
        .collect();
    let head = "INSERT INTO milestones (id, project_id, kind, effective_on, batch, recorded_at, recorded_by_name)";
    insert_rows(cx, head, "", rows).await?;
    Ok(())
}

pub(crate) async fn supersede_many(cx: &mut Cx, _: &Granted, ids: &[Id], reason: &str) -> Result<()> {
    let now = cx.now();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("UPDATE milestones SET superseded_at = ");
        sql.bind(now).push(", superseded_reason = ").bind(reason).push(" WHERE superseded_at IS NULL AND id");
        sql.bind_in(chunk.iter().copied());
        sql.execute(cx).await?;
    }
    Ok(())
}
