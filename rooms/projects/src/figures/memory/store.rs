//! SQL of what is held in memory: whole projects and enterprises, never parts of one.

use platform::clock::At;
use platform::sql::{AT_ONCE, Sql};
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
    pub created_at: At,
    pub nature: Option<String>,
    pub hq_kind: Option<String>,
    pub stage: Option<String>,
    pub status: Option<String>,
    pub activities: Option<String>,
}

#[derive(FromRow)]
pub(super) struct EnterpriseRow {
    pub id: Id,
    pub tier: i64,
    pub team_id: Option<Id>,
    pub owner_id: Option<Id>,
    pub reporting_origin: Option<String>,
    pub value_chain: Option<String>,
}

/// A dated fact of a project or an enterprise.
#[derive(FromRow)]
pub(super) struct FactRow {
    pub subject_id: Id,
    /// The place of its field in [`PROJECT_FIELDS`] or [`ENTERPRISE_FIELDS`].
    pub field: i64,
    pub value: Option<String>,
    pub effective_on: Date,
    pub recorded_at: At,
}

/// The fields of a project that figures are cut by.
pub(super) const PROJECT_FIELDS: [&str; 5] = ["nature", "hq_kind", "stage", "status", "activities"];
pub(super) const ENTERPRISE_FIELDS: [&str; 2] = ["reporting_origin", "value_chain"];

/// Which record stood for an enterprise, from when until when.
#[derive(FromRow)]
pub(super) struct StandingRow {
    pub enterprise_id: Id,
    pub survivor_id: Id,
    pub since_at: At,
    pub until_at: Option<At>,
}

/// An industry of an enterprise, or of one that another stood for from one instant to another.
#[derive(FromRow)]
pub(super) struct IndustryRow {
    pub survivor_id: Id,
    pub since_at: Option<At>,
    pub until_at: Option<At>,
    pub industry: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub recorded_at: At,
    pub superseded_at: Option<At>,
}

#[derive(FromRow)]
pub(super) struct PassageRow {
    pub project_id: Id,
    pub effective_on: Date,
    pub passed_at: At,
    pub superseded_at: Option<At>,
}

/// From when until when a project was retired.
#[derive(FromRow)]
pub(super) struct RetirementRow {
    pub project_id: Id,
    pub since_at: At,
    pub until_at: Option<At>,
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
    pub batch: Option<String>,
    pub effective_on: Date,
    pub recorded_at: At,
    pub superseded_at: Option<At>,
}

/// All that belongs to some projects, each list in their order.
pub(super) struct Belongings {
    pub entries: Vec<EntryRow>,
    pub milestones: Vec<MilestoneRow>,
    pub passages: Vec<PassageRow>,
    pub retirements: Vec<RetirementRow>,
    pub facts: Vec<FactRow>,
}

/// What is said of some enterprises.
#[derive(Default)]
pub(super) struct More {
    pub facts: Vec<FactRow>,
    pub industries: Vec<IndustryRow>,
    pub standings: Vec<StandingRow>,
}

/// Whether the ledger is longer than this.
pub(super) async fn is_longer_than(cx: &mut Cx, entries: i64) -> Result<bool> {
    let sql = "SELECT id FROM ledger_entries ORDER BY id LIMIT 1 OFFSET $1";
    let found: Option<(i64,)> = on!(cx, db => sqlx::query_as(sql).bind(entries).fetch_optional(db).await)?;
    Ok(found.is_some())
}

const PROJECTS: &str = "SELECT id, enterprise_id, tier, team_id, owner_id, created_at, nature, hq_kind, stage, \
     status, activities FROM projects WHERE id";

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

const ENTERPRISES: &str = "SELECT b.id, b.tier, b.team_id, b.owner_id, b.reporting_origin, v.value_chain \
     FROM directory_enterprise_brief b JOIN directory_enterprise_position v ON v.id = b.id WHERE b.id";

pub(super) async fn enterprises(cx: &mut Cx, ids: &[Id]) -> Result<Vec<EnterpriseRow>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(ENTERPRISES);
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY b.id");
        found.extend(sql.fetch_all::<EnterpriseRow>(cx).await?);
    }
    Ok(found)
}

/// What is said of these enterprises: their facts, who stood for them, and the industries of all they
/// ever stood for.
pub(super) async fn more(cx: &mut Cx, ids: &[Id]) -> Result<More> {
    let mut more = More::default();
    for chunk in ids.chunks(AT_ONCE) {
        let mut facts = Sql::new(
            "SELECT enterprise_id AS subject_id, CAST(CASE field WHEN 'reporting_origin' THEN 0 ELSE 1 END AS BIGINT) AS field, \
             value, effective_on, recorded_at FROM directory_enterprise_fact WHERE field",
        );
        facts.bind_in(ENTERPRISE_FIELDS).push(" AND enterprise_id").bind_in(chunk.iter().copied());
        facts.push(" ORDER BY enterprise_id, effective_on, recorded_at, id");
        more.facts.extend(facts.fetch_all::<FactRow>(cx).await?);
        let mut own = Sql::new(
            "SELECT enterprise_id AS survivor_id, CAST(NULL AS BIGINT) AS since_at, CAST(NULL AS BIGINT) AS until_at, \
             industry, valid_from, valid_to, recorded_at, superseded_at \
             FROM directory_enterprise_industry WHERE enterprise_id",
        );
        own.bind_in(chunk.iter().copied()).push(" ORDER BY enterprise_id, industry, valid_from, recorded_at");
        more.industries.extend(own.fetch_all::<IndustryRow>(cx).await?);
        let mut merged = Sql::new(
            "SELECT w.survivor_id, w.since_at, w.until_at, i.industry, i.valid_from, i.valid_to, i.recorded_at, \
             i.superseded_at FROM directory_enterprise_standing w \
             JOIN directory_enterprise_industry i ON i.enterprise_id = w.enterprise_id WHERE w.survivor_id",
        );
        merged.bind_in(chunk.iter().copied());
        merged.push(" ORDER BY w.survivor_id, w.enterprise_id, w.since_at, i.industry, i.valid_from, i.recorded_at");
        more.industries.extend(merged.fetch_all::<IndustryRow>(cx).await?);
        let mut standings = Sql::new(
            "SELECT enterprise_id, survivor_id, since_at, until_at FROM directory_enterprise_standing \
             WHERE enterprise_id",
        );
        standings.bind_in(chunk.iter().copied()).push(" ORDER BY enterprise_id, since_at");
        more.standings.extend(standings.fetch_all::<StandingRow>(cx).await?);
    }
    Ok(more)
}

/// The enterprises that stand for these, or ever did.
pub(super) async fn survivors(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT DISTINCT survivor_id FROM directory_enterprise_standing WHERE enterprise_id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY survivor_id");
        found.extend(sql.fetch_all::<(Id,)>(cx).await?.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// The enterprises that any of these stands for, or ever did.
pub(super) async fn stood_for(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT DISTINCT enterprise_id FROM directory_enterprise_standing WHERE survivor_id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY enterprise_id");
        found.extend(sql.fetch_all::<(Id,)>(cx).await?.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

const ENTRIES: &str = "SELECT project_id, CAST(CASE measure WHEN 'investment' THEN 0 WHEN 'jobs_rd' THEN 1 \
     WHEN 'jobs_management' THEN 2 WHEN 'jobs_other' THEN 3 WHEN 'jobs_unspecified' THEN 4 ELSE 5 END AS BIGINT) AS measure, \
     CAST(CASE kind WHEN 'realised' THEN 1 ELSE 0 END AS BIGINT) AS realised, base_amount, effective_on, recorded_at \
     FROM ledger_entries WHERE project_id";

const MILESTONES: &str = "SELECT project_id, CAST(CASE kind WHEN 'met' THEN 0 WHEN 'attracted' THEN 1 WHEN 'signed' THEN 2 \
     ELSE 3 END AS BIGINT) AS kind, batch, effective_on, recorded_at, superseded_at FROM milestones WHERE project_id";

const PASSAGES: &str = "SELECT project_id, effective_on, passed_at, superseded_at FROM gate_passages WHERE project_id";

const RETIREMENTS: &str = "SELECT project_id, since_at, until_at FROM project_retirements WHERE project_id";

const FACTS: &str = "SELECT project_id AS subject_id, CAST(CASE field WHEN 'nature' THEN 0 WHEN 'hq_kind' THEN 1 WHEN 'stage' THEN 2 \
     WHEN 'status' THEN 3 ELSE 4 END AS BIGINT) AS field, value, effective_on, recorded_at FROM project_facts WHERE field";

/// Which projects.
#[derive(Clone, Copy)]
pub(super) enum Of<'a> {
    /// Those from one key to another, both included.
    Between(Id, Id),
    These(&'a [Id]),
}

impl Of<'_> {
    fn condition(self, sql: &mut Sql) {
        match self {
            Self::Between(from, to) => sql.push(" >= ").bind(from).push(" AND project_id <= ").bind(to),
            Self::These(ids) => sql.bind_in(ids.iter().copied()),
        };
    }
}

/// All that belongs to these projects.
pub(super) async fn belongings(cx: &mut Cx, of: Of<'_>) -> Result<Belongings> {
    let mut entries = Sql::new(ENTRIES);
    of.condition(&mut entries);
    entries.push(" ORDER BY project_id, id");
    let mut milestones = Sql::new(MILESTONES);
    of.condition(&mut milestones);
    milestones.push(" ORDER BY project_id, id");
    let mut passages = Sql::new(PASSAGES);
    of.condition(&mut passages);
    passages.push(" ORDER BY project_id, id");
    let mut retirements = Sql::new(RETIREMENTS);
    of.condition(&mut retirements);
    retirements.push(" ORDER BY project_id, since_at");
    let mut facts = Sql::new(FACTS);
    facts.bind_in(PROJECT_FIELDS).push(" AND project_id");
    of.condition(&mut facts);
    facts.push(" ORDER BY project_id, effective_on, recorded_at, id");
    Ok(Belongings {
        entries: entries.fetch_all(cx).await?,
        milestones: milestones.fetch_all(cx).await?,
        passages: passages.fetch_all(cx).await?,
        retirements: retirements.fetch_all(cx).await?,
        facts: facts.fetch_all(cx).await?,
    })
}

/// The records on which the actor is named: (kind, key).
pub(super) async fn named(cx: &mut Cx) -> Result<Vec<(String, Id)>> {
    let Some(account) = cx.account() else { return Ok(Vec::new()) };
    let sql = "SELECT subject_kind, subject_id FROM readers WHERE account_id = $1 AND subject_kind IN ('project', 'enterprise')
               ORDER BY subject_kind, subject_id";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(account).fetch_all(db).await)?)
}
