//! SQL of what is held in memory: whole projects and enterprises, never parts of one.

use platform::clock::At;
use platform::sql::Sql;
use platform::{Cx, Id, Result, on};
use sqlx::FromRow;
use time::Date;

#[derive(FromRow)]
pub(super) struct ProjectRow {
    pub id: Id,
    pub enterprise_id: Id,
    pub tier: i64,
    pub team_id: Option<Id>,
    pub owner_id: Option<Id>,
    pub retired_at: Option<At>,
}

#[derive(FromRow)]
pub(super) struct EnterpriseRow {
    pub id: Id,
    pub survivor_id: Id,
    pub tier: i64,
    pub team_id: Option<Id>,
    pub owner_id: Option<Id>,
}

#[derive(FromRow)]
pub(super) struct EntryRow {
    pub project_id: Id,
    /// The place of its measure in [`crate::ledger::MEASURES`].
    pub measure: i64,
    pub realised: i64,
    pub base_amount: i64,
    pub effective_on: Date,
    pub recorded_at: At,
}

#[derive(FromRow)]
pub(super) struct MilestoneRow {
    pub project_id: Id,
    /// The place of its kind in [`crate::milestone::KINDS`].
    pub kind: i64,
    pub effective_on: Date,
    pub recorded_at: At,
    pub superseded_at: Option<At>,
}

/// Whether the ledger is longer than this.
pub(super) async fn is_longer_than(cx: &mut Cx, entries: i64) -> Result<bool> {
    let sql = "SELECT id FROM ledger_entries ORDER BY id LIMIT 1 OFFSET $1";
    let found: Option<(i64,)> = on!(cx, db => sqlx::query_as(sql).bind(entries).fetch_optional(db).await)?;
    Ok(found.is_some())
}

const PROJECTS: &str = "SELECT id, enterprise_id, tier, team_id, owner_id, retired_at FROM projects WHERE id";

/// The next projects after a key.
pub(super) async fn projects_after(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<ProjectRow>> {
    let mut sql = Sql::new(PROJECTS);
    sql.push(" > ").bind(after).push(" ORDER BY id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

pub(super) async fn projects(cx: &mut Cx, ids: &[Id]) -> Result<Vec<ProjectRow>> {
    let mut sql = Sql::new(PROJECTS);
    sql.bind_in(ids.iter().copied()).push(" ORDER BY id");
    sql.fetch_all(cx).await
}

const ENTERPRISES: &str = "SELECT id, survivor_id, tier, team_id, owner_id FROM directory_enterprise_brief WHERE id";

pub(super) async fn enterprises(cx: &mut Cx, ids: &[Id]) -> Result<Vec<EnterpriseRow>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(500) {
        let mut sql = Sql::new(ENTERPRISES);
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<EnterpriseRow>(cx).await?);
    }
    Ok(found)
}

/// The enterprises that any of these stands for.
pub(super) async fn stood_for(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(500) {
        let mut sql = Sql::new("SELECT id FROM directory_enterprise_brief WHERE survivor_id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<(Id,)>(cx).await?.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

const ENTRIES: &str = "SELECT project_id, CAST(CASE measure WHEN 'investment' THEN 0 WHEN 'jobs_rd' THEN 1 \
     WHEN 'jobs_management' THEN 2 WHEN 'jobs_other' THEN 3 WHEN 'jobs_unspecified' THEN 4 ELSE 5 END AS BIGINT) AS measure, \
     CAST(CASE kind WHEN 'realised' THEN 1 ELSE 0 END AS BIGINT) AS realised, base_amount, effective_on, recorded_at \
     FROM ledger_entries WHERE project_id";

const MILESTONES: &str = "SELECT project_id, CAST(CASE kind WHEN 'met' THEN 0 WHEN 'attracted' THEN 1 WHEN 'signed' THEN 2 \
     ELSE 3 END AS BIGINT) AS kind, effective_on, recorded_at, superseded_at FROM milestones WHERE project_id";

/// All that belongs to the projects between two keys, both included.
pub(super) async fn between(cx: &mut Cx, from: Id, to: Id) -> Result<(Vec<EntryRow>, Vec<MilestoneRow>)> {
    let mut entries = Sql::new(ENTRIES);
    entries.push(" >= ").bind(from).push(" AND project_id <= ").bind(to).push(" ORDER BY project_id, id");
    let mut milestones = Sql::new(MILESTONES);
    milestones.push(" >= ").bind(from).push(" AND project_id <= ").bind(to).push(" ORDER BY project_id, id");
    Ok((entries.fetch_all(cx).await?, milestones.fetch_all(cx).await?))
}

/// All that belongs to these projects.
pub(super) async fn of(cx: &mut Cx, projects: &[Id]) -> Result<(Vec<EntryRow>, Vec<MilestoneRow>)> {
    let mut entries = Sql::new(ENTRIES);
    entries.bind_in(projects.iter().copied()).push(" ORDER BY project_id, id");
    let mut milestones = Sql::new(MILESTONES);
    milestones.bind_in(projects.iter().copied()).push(" ORDER BY project_id, id");
    Ok((entries.fetch_all(cx).await?, milestones.fetch_all(cx).await?))
}

/// The records on which the actor is named: (kind, key).
pub(super) async fn named(cx: &mut Cx) -> Result<Vec<(String, Id)>> {
    let Some(account) = cx.account() else { return Ok(Vec::new()) };
    let sql = "SELECT subject_kind, subject_id FROM readers WHERE account_id = $1 AND subject_kind IN ('project', 'enterprise')
               ORDER BY subject_kind, subject_id";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(account).fetch_all(db).await)?)
}
