//! SQL of a person's own projects, by owner and so by index.

use platform::clock::At;
use platform::sql::Sql;
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use time::Date;

use crate::project::Project;

/// A project in a line.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Brief {
    pub id: Id,
    pub reference: String,
    pub title: String,
    pub stage: String,
    pub status: String,
    pub updated_at: At,
    pub enterprise_id: Id,
    pub enterprise_name: String,
    pub name_language: String,
}

/// A person's own projects in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Own {
    /// How many are neither ended nor retired.
    pub live: i64,
    /// What these pledged and realised: money in the office's currency, jobs as they are.
    pub investment_pledged: i64,
    pub investment_realised: i64,
    pub jobs_pledged: i64,
    pub jobs_realised: i64,
}

#[derive(FromRow)]
struct Row {
    nature: Option<String>,
    hq_kind: Option<String>,
    activities: String,
    proposal_received_on: Option<Date>,
    assessment: Option<String>,
    tier: i64,
    team_id: Option<Id>,
    version: i64,
    created_at: At,
    #[sqlx(flatten)]
    brief: Brief,
}

const LIVE: &str = " AND p.retired_at IS NULL AND p.status IN ('active', 'delayed', 'dormant')";

/// What a person owns stays in their reach, so that the owner is the only condition.
pub(super) async fn live(cx: &mut Cx, owner: Id, limit: i64) -> Result<Vec<(Project, Brief)>> {
    let mut sql = Sql::new(
        "SELECT p.id, p.reference, p.title, p.stage, p.status, p.updated_at, p.nature, p.hq_kind, p.activities, \
         p.proposal_received_on, p.assessment, p.tier, p.team_id, p.version, p.created_at, e.id AS enterprise_id, \
         e.name AS enterprise_name, e.name_language FROM projects p JOIN directory_enterprise_brief b ON \
         b.id = p.enterprise_id JOIN directory_enterprise_brief e ON e.id = b.survivor_id WHERE p.owner_id = ",
    );
    sql.bind(owner).push(LIVE).push(" AND ");
    crate::project::enterprise_in_reach(cx, &mut sql);
    sql.push(" ORDER BY p.updated_at, p.id LIMIT ").bind(limit);
    let rows: Vec<Row> = sql.fetch_all(cx).await?;
    Ok(rows.into_iter().map(|row| (project(&row, owner), row.brief)).collect())
}

fn project(row: &Row, owner: Id) -> Project {
    Project {
        id: row.brief.id,
        reference: row.brief.reference.clone(),
        enterprise_id: row.brief.enterprise_id,
        title: row.brief.title.clone(),
        nature: row.nature.clone(),
        hq_kind: row.hq_kind.clone(),
        activities: row.activities.clone(),
        stage: row.brief.stage.clone(),
        status: row.brief.status.clone(),
        proposal_received_on: row.proposal_received_on,
        assessment: row.assessment.clone(),
        description: None,
        tier: row.tier,
        team_id: row.team_id,
        owner_id: Some(owner),
        override_reason: None,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.brief.updated_at,
        retired_at: None,
        retired_reason: None,
        own: platform::own_field::Own::default(),
    }
}

pub(super) async fn own(cx: &mut Cx, owner: Id) -> Result<Own> {
    let mut sql = Sql::new(
        "SELECT COUNT(DISTINCT p.id) AS live, \
         CAST(COALESCE(SUM(CASE WHEN l.measure = 'investment' AND l.kind <> 'realised' THEN l.base_amount END), 0) AS BIGINT) AS investment_pledged, \
         CAST(COALESCE(SUM(CASE WHEN l.measure = 'investment' AND l.kind = 'realised' THEN l.base_amount END), 0) AS BIGINT) AS investment_realised, \
         CAST(COALESCE(SUM(CASE WHEN l.measure LIKE 'jobs%' AND l.kind <> 'realised' THEN l.base_amount END), 0) AS BIGINT) AS jobs_pledged, \
         CAST(COALESCE(SUM(CASE WHEN l.measure LIKE 'jobs%' AND l.kind = 'realised' THEN l.base_amount END), 0) AS BIGINT) AS jobs_realised \
         FROM projects p LEFT JOIN ledger_entries l ON l.project_id = p.id AND l.effective_on <= ",
    );
    sql.bind(cx.today()).push(" WHERE p.owner_id = ").bind(owner).push(LIVE);
    sql.fetch_one(cx).await
}
