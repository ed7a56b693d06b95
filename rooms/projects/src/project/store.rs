//! SQL of projects.

use std::collections::{HashMap, HashSet};

use platform::clock::At;
use platform::own_field::{self, Own};
use platform::permission::{Granted, Tier};
use platform::search::{fold, prefix_condition};
use platform::sql::{AT_ONCE, Sql, insert_many as insert_rows};
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

use super::moves::Dated;
use super::{SECRECY, SUBJECT, words};

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Project {
    pub id: Id,
    pub reference: String,
    pub enterprise_id: Id,
    pub title: String,
    pub nature: Option<String>,
    pub hq_kind: Option<String>,
    pub activities: String,
    pub stage: String,
    pub status: String,
    pub proposal_received_on: Option<Date>,
    pub assessment: Option<String>,
    pub description: Option<String>,
    pub tier: i64,
    pub team_id: Option<Id>,
    pub owner_id: Option<Id>,
    pub override_reason: Option<String>,
    pub version: i64,
    pub created_at: At,
    pub updated_at: At,
    pub retired_at: Option<At>,
    pub retired_reason: Option<String>,
    #[sqlx(try_from = "String")]
    pub own: Own,
}

pub(super) const COLUMNS: &str = "SELECT p.id, p.reference, p.enterprise_id, p.title, p.nature, p.hq_kind, p.activities, \
     p.stage, p.status, p.proposal_received_on, p.assessment, p.description, p.tier, p.team_id, p.owner_id, \
     p.override_reason, p.version, p.created_at, p.updated_at, p.retired_at, p.retired_reason, p.own FROM projects p";

impl Project {
    /// A project of an enterprise before anything is filled in.
    pub(crate) fn blank(cx: &Cx, enterprise: Id) -> Self {
        Self {
            id: cx.new_id(),
            reference: String::new(),
            enterprise_id: enterprise,
            title: String::new(),
            nature: None,
            hq_kind: None,
            activities: String::new(),
            stage: "identified".to_owned(),
            status: "active".to_owned(),
            proposal_received_on: None,
            assessment: None,
            description: None,
            tier: Tier::Office.rank(),
            team_id: None,
            owner_id: None,
            override_reason: None,
            version: 1,
            created_at: cx.now(),
            updated_at: cx.now(),
            retired_at: None,
            retired_reason: None,
            own: Own::default(),
        }
    }
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Project> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE p.id = ").bind(id);
    sql.fetch_one(cx).await
}

/// Of these projects those that their own tier lets the actor see, with the enterprise of each.
pub(super) async fn seen(cx: &mut Cx, ids: &[Id]) -> Result<Vec<(Id, Id)>> {
    let mut sql = Sql::new("SELECT p.id, p.enterprise_id FROM projects p WHERE p.id");
    sql.bind_in(ids.iter().copied()).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.push(" ORDER BY p.id");
    sql.fetch_all(cx).await
}

pub(super) async fn by_reference(cx: &mut Cx, reference: &str) -> Result<Option<Id>> {
    let mut sql = Sql::new("SELECT id FROM projects WHERE reference = ");
    sql.bind(reference);
    Ok(sql.fetch_optional::<(Id,)>(cx).await?.map(|(id,)| id))
}

pub(super) async fn is_reader(cx: &mut Cx, id: Id) -> Result<bool> {
    let Some(account) = cx.account() else { return Ok(false) };
    let sql = "SELECT 1 FROM readers WHERE subject_kind = 'project' AND subject_id = $1 AND account_id = $2";
    let found: Option<(i32,)> = on!(cx, db => sqlx::query_as(sql).bind(id).bind(account).fetch_optional(db).await)?;
    Ok(found.is_some())
}

/// Adds projects.
pub(crate) async fn insert_many(cx: &mut Cx, granted: &Granted, projects: &[Project]) -> Result<()> {
    write_many(cx, granted, projects, "").await
}

/// Adds projects, and writes over those that are there already: a batch of an import in few
/// statements.
pub(super) async fn write_over(cx: &mut Cx, granted: &Granted, projects: &[Project]) -> Result<()> {
    let tail = " ON CONFLICT (id) DO UPDATE SET title = excluded.title, title_key = excluded.title_key, \
                nature = excluded.nature, hq_kind = excluded.hq_kind, activities = excluded.activities, \
                stage = excluded.stage, status = excluded.status, \
                proposal_received_on = excluded.proposal_received_on, assessment = excluded.assessment, \
                description = excluded.description, tier = excluded.tier, team_id = excluded.team_id, \
                owner_id = excluded.owner_id, own = excluded.own, version = excluded.version, updated_at = excluded.updated_at";
    write_many(cx, granted, projects, tail).await
}

async fn write_many(cx: &mut Cx, granted: &Granted, projects: &[Project], tail: &'static str) -> Result<()> {
    let rows = projects
        .iter()
        .map(|project| {
            vec![
                project.id.into(),
                project.reference.clone().into(),
                project.enterprise_id.into(),
                project.title.clone().into(),
                fold::sort_key(&project.title).into(),
                project.nature.clone().into(),
                project.hq_kind.clone().into(),
                project.activities.clone().into(),
                project.stage.clone().into(),
                project.status.clone().into(),
                project.proposal_received_on.into(),
                project.assessment.clone().into(),
                project.description.clone().into(),
                project.tier.into(),
                project.team_id.into(),
                project.owner_id.into(),
                project.override_reason.clone().into(),
                project.own.kept().into(),
                project.version.into(),
                project.created_at.into(),
                project.updated_at.into(),
            ]
        })
        .collect();
    let head = "INSERT INTO projects (id, reference, enterprise_id, title, title_key, nature, hq_kind, activities, stage, \
                status, proposal_received_on, assessment, description, tier, team_id, owner_id, override_reason, own, version, \
                created_at, updated_at)";
    insert_rows(cx, head, tail, rows).await?;
    own_field::index(cx, SUBJECT, projects.iter().map(|project| (project.id, &project.own))).await?;
    words::put(cx, granted, projects, tail.is_empty()).await
}

pub(super) async fn update(cx: &mut Cx, granted: &Granted, after: &Project) -> Result<()> {
    let sql = "UPDATE projects SET title = $2, title_key = $3, nature = $4, hq_kind = $5, activities = $6,
                 proposal_received_on = $7, assessment = $8, description = $9, tier = $10, team_id = $11, owner_id = $12,
                 updated_at = $13, own = $14, version = version + 1 WHERE id = $1";
    let (now, key, own) = (cx.now(), fold::sort_key(&after.title), after.own.kept());
    run!(cx, db => sqlx::query(sql).bind(after.id).bind(&after.title).bind(&key).bind(&after.nature)
        .bind(&after.hq_kind).bind(&after.activities).bind(after.proposal_received_on).bind(&after.assessment)
        .bind(&after.description).bind(after.tier).bind(after.team_id).bind(after.owner_id).bind(now)
        .bind(own).execute(db).await)?;
    own_field::index(cx, SUBJECT, [(after.id, &after.own)]).await?;
    words::put(cx, granted, std::slice::from_ref(after), false).await
}

pub(super) async fn set_stage(cx: &mut Cx, _: &Granted, id: Id, stage: &str, why: Option<&str>) -> Result<()> {
    let sql = "UPDATE projects SET stage = $2, override_reason = COALESCE($3, override_reason), updated_at = $4,
                 version = version + 1 WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(stage).bind(why).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn set_status(cx: &mut Cx, _: &Granted, id: Id, status: &str) -> Result<()> {
    let sql = "UPDATE projects SET status = $2, updated_at = $3, version = version + 1 WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(status).bind(now).execute(db).await)?;
    Ok(())
}

/// Retires projects, or with no reason brings them back, and keeps from when until when they were.
pub(super) async fn set_retired(cx: &mut Cx, _: &Granted, ids: &[Id], reason: Option<&str>) -> Result<()> {
    let now = cx.now();
    if reason.is_some() {
        let rows = ids.iter().map(|id| vec![(*id).into(), now.into()]).collect();
        let head = "INSERT INTO project_retirements (project_id, since_at)";
        insert_rows(cx, head, " ON CONFLICT (project_id, since_at) DO UPDATE SET until_at = NULL", rows).await?;
    } else {
        let mut sql = Sql::new("UPDATE project_retirements SET until_at = ");
        sql.bind(now).push(" WHERE until_at IS NULL AND project_id").bind_in(ids.iter().copied());
        sql.execute(cx).await?;
    }
    let mut sql = Sql::new("UPDATE projects SET version = version + 1, updated_at = ");
    sql.bind(now).push(", retired_at = ").bind(reason.map(|_| now)).push(", retired_reason = ").bind(reason);
    sql.push(" WHERE id").bind_in(ids.iter().copied());
    sql.execute(cx).await?;
    Ok(())
}

/// A field's value from a day on.
pub(crate) struct Fact {
    pub project: Id,
    pub field: String,
    pub value: Option<String>,
    pub from: Date,
    pub recorded_at: At,
    pub reason: Option<String>,
}

impl Fact {
    /// What a field began with.
    pub(crate) fn beginning(project: &Project, field: &str) -> Self {
        let from = time::macros::date!(1900 - 01 - 01);
        let (field, value) = (field.to_owned(), project.counted(field));
        Self { project: project.id, field, value, from, recorded_at: project.created_at, reason: None }
    }
}

pub(super) async fn insert_facts(cx: &mut Cx, facts: Vec<Fact>) -> Result<()> {
    let rows = facts
        .into_iter()
        .map(|fact| {
            vec![
                cx.new_id().into(),
                fact.project.into(),
                fact.field.into(),
                fact.value.into(),
                fact.from.into(),
                fact.recorded_at.into(),
                fact.reason.into(),
            ]
        })
        .collect();
    let head = "INSERT INTO project_facts (id, project_id, field, value, effective_on, recorded_at, reason)";
    insert_rows(cx, head, "", rows).await?;
    Ok(())
}

/// The stage's history of new projects: identified until the day, the stage from then on.
pub(crate) async fn insert_stages(cx: &mut Cx, projects: &[(&Project, Date)]) -> Result<()> {
    let mut facts = Vec::new();
    for (project, day) in projects {
        let before = Project { stage: "identified".to_owned(), ..(*project).clone() };
        facts.push(Fact::beginning(&before, "stage"));
        facts.push(Fact { from: *day, recorded_at: cx.now(), ..Fact::beginning(project, "stage") });
    }
    insert_facts(cx, facts).await
}

/// Which fields of these projects have a history already.
pub(super) async fn fields_with_facts(cx: &mut Cx, projects: &[Id]) -> Result<Vec<(Id, String)>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT DISTINCT project_id, field FROM project_facts WHERE project_id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY project_id, field");
        found.extend(sql.fetch_all::<(Id, String)>(cx).await?);
    }
    Ok(found)
}

/// The days from which fields of these projects have facts.
pub(super) async fn days_of_facts(cx: &mut Cx, projects: &[Id]) -> Result<Vec<(Id, String, Date)>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT DISTINCT project_id, field, effective_on FROM project_facts WHERE project_id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY project_id, field, effective_on");
        found.extend(sql.fetch_all::<(Id, String, Date)>(cx).await?);
    }
    Ok(found)
}

/// How far several projects were and how they fared, by day.
pub(crate) async fn dated(cx: &mut Cx, projects: &[Id]) -> Result<HashMap<Id, Dated>> {
    let mut found: HashMap<Id, Dated> = HashMap::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT project_id, field, value, effective_on FROM project_facts
             WHERE field IN ('stage', 'status') AND value IS NOT NULL AND project_id",
        );
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY effective_on, recorded_at, id");
        for (project, field, value, day) in sql.fetch_all::<(Id, String, String, Date)>(cx).await? {
            found.entry(project).or_default().put(&field, day, &value);
        }
    }
    found.values_mut().for_each(Dated::settle);
    Ok(found)
}

/// Keeps a field's new value with its day; before the first change also what it began with.
pub(super) async fn add_fact(
    cx: &mut Cx,
    before: &Project,
    field: &str,
    value: Option<&str>,
    from: Date,
    reason: Option<&str>,
) -> Result<()> {
    let known = "SELECT COUNT(*) FROM project_facts WHERE project_id = $1 AND field = $2";
    let (count,): (i64,) = on!(cx, db => sqlx::query_as(known).bind(before.id).bind(field).fetch_one(db).await)?;
    let (value, reason) = (value.map(str::to_owned), reason.map(str::to_owned));
    let mut facts = Vec::new();
    if count == 0 {
        facts.push(Fact::beginning(before, field));
    }
    facts.push(Fact { project: before.id, field: field.to_owned(), value, from, recorded_at: cx.now(), reason });
    insert_facts(cx, facts).await
}

/// Projects by their references, within reach.
pub(crate) async fn by_references(cx: &mut Cx, references: &[String]) -> Result<Vec<Project>> {
    let mut found = Vec::new();
    for chunk in references.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE p.reference").bind_in(chunk.iter().map(String::as_str)).push(" AND ");
        within_reach(cx, &mut sql);
        found.extend(sql.fetch_all::<Project>(cx).await?);
    }
    Ok(found)
}

/// Living projects by enterprise and folded title, within reach.
pub(super) async fn by_titles(cx: &mut Cx, wanted: &[(Id, String)]) -> Result<Vec<(Id, Project)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        project: Project,
        survivor_id: Id,
    }
    let mut found = Vec::new();
    for chunk in wanted.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT p.id, p.reference, p.enterprise_id, p.title, p.nature, p.hq_kind, p.activities, p.stage, p.status, \
             p.proposal_received_on, p.assessment, p.description, p.tier, p.team_id, p.owner_id, p.override_reason, \
             p.version, p.created_at, p.updated_at, p.retired_at, p.retired_reason, p.own, b.survivor_id \
             FROM projects p JOIN directory_enterprise_brief b ON b.id = p.enterprise_id WHERE b.survivor_id",
        );
        sql.bind_in(chunk.iter().map(|(enterprise, _)| *enterprise)).push(" AND p.title_key");
        sql.bind_in(chunk.iter().map(|(_, key)| key.as_str())).push(" AND p.retired_at IS NULL AND ");
        within_reach(cx, &mut sql);
        let rows: Vec<Row> = sql.fetch_all(cx).await?;
        found.extend(rows.into_iter().map(|row| (row.survivor_id, row.project)));
    }
    Ok(found)
}

/// Projects by key, whatever their reach: an undo has checked the permission to write.
pub(super) async fn by_ids(cx: &mut Cx, _: &Granted, ids: &[Id]) -> Result<Vec<Project>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE p.id").bind_in(chunk.iter().copied()).push(" ORDER BY p.id");
        found.extend(sql.fetch_all::<Project>(cx).await?);
    }
    Ok(found)
}

fn within_reach(cx: &Cx, sql: &mut Sql) {
    cx.visible().condition(sql, SECRECY);
    sql.push(" AND ");
    enterprise_in_reach(cx, sql);
    sql.push(" ORDER BY p.id");
}

/// The living enterprises that references name, within reach: (reference, key, name, tier, retired).
pub(super) async fn enterprises(cx: &mut Cx, references: &[String]) -> Result<Vec<(String, Id, String, i64, bool)>> {
    let mut found = Vec::new();
    for chunk in references.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT m.reference, e.id, e.name, e.tier, e.retired_at IS NOT NULL FROM directory_enterprise_brief m \
             JOIN directory_enterprise_brief e ON e.id = m.survivor_id WHERE m.reference",
        );
        sql.bind_in(chunk.iter().map(String::as_str)).push(" AND ");
        cx.visible().condition(&mut sql, directory::enterprise::SECRECY);
        sql.push(" ORDER BY m.reference");
        found.extend(sql.fetch_all::<(String, Id, String, i64, bool)>(cx).await?);
    }
    Ok(found)
}

/// Those of these projects whose enterprise is retired.
pub(crate) async fn under_retired(cx: &mut Cx, projects: &[Id]) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT p.id FROM projects p JOIN directory_enterprise_brief b ON b.id = p.enterprise_id \
             JOIN directory_enterprise_brief e ON e.id = b.survivor_id WHERE e.retired_at IS NOT NULL AND p.id",
        );
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY p.id");
        found.extend(sql.fetch_all::<(Id,)>(cx).await?.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// Which of these projects have ledger entries that stand.
pub(super) async fn with_entries(cx: &mut Cx, projects: &[Id]) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT DISTINCT l.project_id FROM ledger_entries l WHERE l.project_id");
        sql.bind_in(chunk.iter().copied()).push(
            " AND l.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM ledger_entries r WHERE r.reverses_id = l.id) \
             ORDER BY 1",
        );
        found.extend(sql.fetch_all::<(Id,)>(cx).await?.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

pub(super) async fn touch(cx: &mut Cx, _: &Granted, id: Id) -> Result<()> {
    let now = cx.now();
    let sql = "UPDATE projects SET updated_at = $2, version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).execute(db).await)?;
    Ok(())
}

/// The later days on which a field has facts.
pub(super) async fn later_facts(cx: &mut Cx, id: Id, field: &str, day: Date) -> Result<Vec<Date>> {
    let sql = "SELECT DISTINCT effective_on FROM project_facts
               WHERE project_id = $1 AND field = $2 AND effective_on > $3 ORDER BY effective_on";
    let found: Vec<(Date,)> = on!(cx, db => sqlx::query_as(sql).bind(id).bind(field).bind(day).fetch_all(db).await)?;
    Ok(found.into_iter().map(|(day,)| day).collect())
}

/// Those of these projects that are kept from others, with title and tier.
pub(super) async fn restricted(cx: &mut Cx, ids: &[Id]) -> Result<Vec<(Id, String, i64)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT p.id, p.title, p.tier FROM projects p WHERE +p.tier >= ");
        sql.bind(Tier::Team.rank()).push(" AND p.id").bind_in(chunk.iter().copied()).push(" ORDER BY p.id");
        found.extend(sql.fetch_all::<(Id, String, i64)>(cx).await?);
    }
    Ok(found)
}

/// How many projects within reach belong to any of these enterprises.
pub(crate) async fn count_of(cx: &mut Cx, enterprises: &[Id]) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM projects p WHERE p.enterprise_id");
    sql.bind_in(enterprises.iter().copied()).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.fetch_number(cx).await
}

/// How many of all of them are not retired.
pub(crate) async fn standing_of(cx: &mut Cx, enterprises: &[Id]) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM projects WHERE retired_at IS NULL AND enterprise_id");
    sql.bind_in(enterprises.iter().copied());
    sql.fetch_number(cx).await
}

/// Adds that the project is not retired and within reach.
pub(super) fn living(cx: &Cx, sql: &mut Sql) {
    sql.push(" AND p.retired_at IS NULL AND ");
    cx.visible().condition(sql, SECRECY);
    sql.push(" AND ");
    enterprise_in_reach(cx, sql);
}

/// The project of a reference, then those whose title starts with what was typed, then those of which another word
/// does: each a scan of its own index, which no condition on all could be.
pub(super) async fn suggest(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<Project>> {
    let limit = limit.clamp(1, 50);
    let mut exact = Sql::new(COLUMNS);
    exact.push(" WHERE p.reference = ").bind(typed.trim().to_uppercase());
    living(cx, &mut exact);
    let mut found: Vec<Project> = exact.fetch_all(cx).await?;
    let mut starts = Sql::new(COLUMNS);
    starts.push(" WHERE ");
    if prefix_condition(&mut starts, "p.title_key", typed) {
        living(cx, &mut starts);
        starts.push(" ORDER BY p.title_key, p.id LIMIT ").bind(limit);
        found.extend(starts.fetch_all::<Project>(cx).await?);
    }
    if (found.len() as i64) < limit {
        found.extend(words::suggest(cx, typed, limit).await?);
    }
    let mut seen = HashSet::new();
    found.retain(|project| seen.insert(project.id));
    found.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(found)
}

/// Adds the condition that the project's enterprise is within reach too.
pub(crate) fn enterprise_in_reach(cx: &Cx, sql: &mut Sql) {
    if cx.visible().everything() {
        sql.push("(1 = 1)");
        return;
    }
    sql.push(
        "EXISTS (SELECT 1 FROM directory_enterprise_brief m JOIN directory_enterprise_brief e ON e.id = m.survivor_id \
         WHERE m.id = p.enterprise_id AND ",
    );
    cx.visible().condition(sql, directory::enterprise::SECRECY);
    sql.push(")");
}
