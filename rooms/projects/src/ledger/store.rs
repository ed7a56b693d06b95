//! SQL of the ledger. There is no update and no delete; the database's own triggers refuse both.

use platform::api::Mark;
use platform::clock::At;
use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, Value, insert_many as insert_rows};
use platform::{Cx, Error, Id, Result, on};
use sqlx::FromRow;
use time::Date;

use super::Checked;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Entry {
    pub id: Id,
    pub project_id: Id,
    pub measure: String,
    pub kind: String,
    /// As entered, in `unit`: of a revision the new total. A reversal has that of the entry it takes back,
    /// with the other sign.
    pub amount: i64,
    pub unit: String,
    /// What it adds to the measure or takes off.
    pub base_amount: i64,
    pub period_from: Option<Date>,
    pub period_to: Option<Date>,
    pub effective_on: Date,
    pub recorded_at: At,
    pub recorded_by_name: String,
    /// For money of another currency: units of the office's currency for one, in millionths.
    pub rate: Option<i64>,
    pub rate_source: Option<String>,
    pub evidence: Option<String>,
    /// The recorded paper that shows it.
    pub evidence_id: Option<Id>,
    pub note: Option<String>,
    pub reverses_id: Option<Id>,
    /// When the paper was taken back, and why; the entry stays as it was made.
    pub evidence_withdrawn_at: Option<At>,
    pub evidence_withdrawn_reason: Option<String>,
}

/// A revision that stands.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Revision {
    pub id: Id,
    pub project_id: Id,
    pub measure: String,
    /// The total it states, in the steps of its unit.
    pub amount: i64,
    pub unit: String,
    pub effective_on: Date,
    pub recorded_at: At,
}

const COLUMNS: &str = "SELECT id, project_id, measure, kind, amount, unit, base_amount, period_from, period_to, \
     effective_on, recorded_at, recorded_by_name, rate, rate_source, evidence, evidence_id, note, reverses_id, \
     (SELECT v.withdrawn_at FROM evidence v WHERE v.id = ledger_entries.evidence_id) AS evidence_withdrawn_at, \
     (SELECT v.withdrawn_reason FROM evidence v WHERE v.id = ledger_entries.evidence_id) AS evidence_withdrawn_reason \
     FROM ledger_entries";

#[derive(FromRow)]
pub(super) struct Sum {
    pub measure: String,
    pub kind: String,
    pub sum: i64,
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Entry> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn entries(cx: &mut Cx, project: Id, after: Option<&Mark>, limit: i64) -> Result<Vec<Entry>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE project_id = ").bind(project);
    if let Some(mark) = after {
        let day = platform::clock::parse_day(mark.text(0)).map_err(|_| Error::invalid("after", "problem-mark"))?;
        sql.push(" AND (effective_on, id) < (").bind(day).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(" ORDER BY effective_on DESC, id DESC LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

/// Entries by key, for an undo that has checked the permission to write.
pub(super) async fn by_ids(cx: &mut Cx, _: &Granted, ids: &[Id]) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE id").bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<Entry>(cx).await?);
    }
    Ok(found)
}

/// Those of several entries that were taken back.
pub(super) async fn reversed_among(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Id>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT reverses_id FROM ledger_entries WHERE reverses_id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY reverses_id");
        found.extend(sql.fetch_all::<(Id,)>(cx).await?.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

pub(super) async fn totals(cx: &mut Cx, project: Id, as_at: Date, known_at: At) -> Result<Vec<Sum>> {
    let sql = "SELECT measure, kind, CAST(SUM(base_amount) AS BIGINT) AS sum FROM ledger_entries
               WHERE project_id = $1 AND effective_on <= $2 AND recorded_at <= $3
               GROUP BY measure, kind ORDER BY measure, kind";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(project).bind(as_at).bind(known_at).fetch_all(db).await)?)
}

/// What makes up the pledges of several projects: (project, measure, kind, day, change).
pub(super) async fn pledges(cx: &mut Cx, projects: &[Id]) -> Result<Vec<(Id, String, String, Date, i64)>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT project_id, measure, kind, effective_on, base_amount FROM ledger_entries
             WHERE kind <> 'realised' AND project_id",
        );
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<(Id, String, String, Date, i64)>(cx).await?);
    }
    Ok(found)
}

/// The revisions of several projects that were not taken back.
pub(super) async fn revisions(cx: &mut Cx, projects: &[Id]) -> Result<Vec<Revision>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT l.id, l.project_id, l.measure, l.amount, l.unit, l.effective_on, l.recorded_at FROM ledger_entries l
             WHERE l.kind = 'revised' AND l.reverses_id IS NULL
               AND NOT EXISTS (SELECT 1 FROM ledger_entries r WHERE r.reverses_id = l.id) AND l.project_id",
        );
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY l.id");
        found.extend(sql.fetch_all::<Revision>(cx).await?);
    }
    Ok(found)
}

/// The entries of several projects as an import tells them apart.
pub(super) async fn held(cx: &mut Cx, projects: &[Id]) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    for chunk in projects.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE project_id").bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<Entry>(cx).await?);
    }
    Ok(found)
}

const HEAD: &str = "INSERT INTO ledger_entries (id, project_id, measure, kind, amount, unit, base_amount, rate, rate_source, \
     basis, period_from, period_to, effective_on, recorded_at, recorded_by, recorded_by_name, evidence, evidence_id, note, reverses_id)";

pub(super) async fn insert_many(cx: &mut Cx, _: &Granted, news: &[(Id, Checked)]) -> Result<Vec<Id>> {
    let ids: Vec<Id> = news.iter().map(|_| cx.new_id()).collect();
    let (now, by) = (cx.now(), cx.account());
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    let rows = ids
        .iter()
        .zip(news)
        .map(|(id, (project, new))| -> Vec<Value> {
            vec![
                (*id).into(),
                (*project).into(),
                new.measure.clone().into(),
                new.kind.clone().into(),
                new.amount.into(),
                new.unit.code().into(),
                new.base.into(),
                new.rate.into(),
                new.rate_source.clone().into(),
                "coming_years".into(),
                new.period_from.into(),
                new.period_to.into(),
                new.effective_on.into(),
                now.into(),
                by.into(),
                name.clone().into(),
                new.evidence.clone().into(),
                new.evidence_id.into(),
                new.note.clone().into(),
                Value::Int(None),
            ]
        })
        .collect();
    insert_rows(cx, HEAD, "", rows).await?;
    Ok(ids)
}

pub(super) async fn reverse_many(cx: &mut Cx, _: &Granted, held: &[Entry], reason: &str) -> Result<Vec<Id>> {
    let ids: Vec<Id> = held.iter().map(|_| cx.new_id()).collect();
    let (now, by) = (cx.now(), cx.account());
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    let rows = ids
        .iter()
        .zip(held)
        .map(|(id, held)| -> Vec<Value> {
            vec![
                (*id).into(),
                held.project_id.into(),
                held.measure.clone().into(),
                held.kind.clone().into(),
                (-held.amount).into(),
                held.unit.clone().into(),
                (-held.base_amount).into(),
                held.rate.into(),
                held.rate_source.clone().into(),
                "coming_years".into(),
                held.period_from.into(),
                held.period_to.into(),
                held.effective_on.into(),
                now.into(),
                by.into(),
                name.clone().into(),
                Value::Text(None),
                Value::Int(None),
                reason.into(),
                held.id.into(),
            ]
        })
        .collect();
    insert_rows(cx, HEAD, "", rows).await?;
    Ok(ids)
}

/// A page of all entries within reach for an export, after a key.
pub(super) async fn page(cx: &mut Cx, after: Option<Id>, limit: i64) -> Result<Vec<(Entry, String)>> {
    #[derive(FromRow)]
    struct Row {
        #[sqlx(flatten)]
        entry: Entry,
        reference: String,
    }
    let mut sql = Sql::new(
        "SELECT l.id, l.project_id, l.measure, l.kind, l.amount, l.unit, l.base_amount, l.period_from, l.period_to, \
         l.effective_on, l.recorded_at, l.recorded_by_name, l.rate, l.rate_source, l.evidence, l.evidence_id, l.note, \
         l.reverses_id, v.withdrawn_at AS evidence_withdrawn_at, v.withdrawn_reason AS evidence_withdrawn_reason, \
         p.reference FROM ledger_entries l LEFT JOIN evidence v ON v.id = l.evidence_id JOIN projects p ON p.id = l.project_id \
         JOIN directory_enterprise_brief b ON b.id = p.enterprise_id \
         JOIN directory_enterprise_brief e ON e.id = b.survivor_id WHERE ",
    );
    cx.visible().condition(&mut sql, crate::project::SECRECY);
    sql.push(" AND ");
    cx.visible().condition(&mut sql, directory::enterprise::SECRECY);
    if let Some(after) = after {
        sql.push(" AND l.id > ").bind(after);
    }
    sql.push(" ORDER BY l.id LIMIT ").bind(limit);
    let rows: Vec<Row> = sql.fetch_all(cx).await?;
    Ok(rows.into_iter().map(|row| (row.entry, row.reference)).collect())
}
