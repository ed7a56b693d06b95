//! SQL of published figures.

use platform::api::Mark;
use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, insert_many as insert_rows};
use platform::{Cx, Error, Id, Result, Taken};
use projects::figures::AsOf;
use sha2::{Digest, Sha256};
use time::Date;
use ui::lists::COUNTED;

use super::Published;
use super::list::{Filter, ListPage};

const COLUMNS: &str = "SELECT id, record_id, version, as_at, metric, value, unit, comparator, basis, scope, denominator, \
     body, source, note, recorded_at, recorded_by_name, reason, superseded_at, ended, ended_reason, ended_by_name \
     FROM published_figures WHERE ";

pub(super) async fn insert_many(cx: &mut Cx, _: &Granted, figures: &[Published]) -> Result<()> {
    let rows = figures
        .iter()
        .map(|figure| {
            vec![
                figure.id.into(),
                figure.record_id.into(),
                figure.version.into(),
                figure.as_at.into(),
                figure.metric.clone().into(),
                figure.value.into(),
                figure.unit.clone().into(),
                figure.comparator.clone().into(),
                figure.basis.clone().into(),
                figure.scope.clone().into(),
                figure.denominator.clone().into(),
                figure.body.clone().into(),
                figure.source.clone().into(),
                figure.note.clone().into(),
                figure.recorded_at.into(),
                figure.recorded_by_name.clone().into(),
                figure.reason.clone().into(),
                digest(figure).into(),
            ]
        })
        .collect();
    let head = "INSERT INTO published_figures (id, record_id, version, as_at, metric, value, unit, comparator, basis, \
                scope, denominator, body, source, note, recorded_at, recorded_by_name, reason, claim)";
    // Two corrections at once would both be the next version: the later one is told.
    insert_rows(cx, head, "", rows).await.taken("record-changed-meanwhile")?;
    Ok(())
}

/// A claim as the index that holds each once keeps it.
fn digest(figure: &Published) -> String {
    let (day, parts) = super::claim(figure);
    let mut digest = Sha256::new();
    for part in std::iter::once(day.to_string().as_str()).chain(parts) {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Ends versions that stand.
pub(super) async fn end(cx: &mut Cx, _: &Granted, ids: &[Id], how: &'static str, reason: Option<&str>) -> Result<()> {
    let who = cx.actor.as_ref().map(|actor| actor.name.clone()).unwrap_or_default();
    let mut sql = Sql::new("UPDATE published_figures SET superseded_at = ");
    sql.bind(cx.now()).push(", ended = ").bind(how).push(", ended_reason = ");
    sql.bind(reason.map(str::to_owned)).push(", ended_by_name = ").bind(who);
    sql.push(" WHERE superseded_at IS NULL AND id").bind_in(ids.iter().copied());
    sql.execute(cx).await?;
    Ok(())
}

/// Narrows to the record that a key, of any of its versions, belongs to.
fn of_record(id: Id, sql: &mut Sql) {
    sql.push("record_id = (SELECT record_id FROM published_figures WHERE id = ").bind(id).push(")");
}

pub(super) async fn latest(cx: &mut Cx, id: Id) -> Result<Published> {
    let mut sql = Sql::new(COLUMNS);
    of_record(id, &mut sql);
    sql.push(" ORDER BY version DESC LIMIT 1");
    sql.fetch_one(cx).await
}

pub(super) async fn versions(cx: &mut Cx, id: Id) -> Result<Vec<Published>> {
    let mut sql = Sql::new(COLUMNS);
    of_record(id, &mut sql);
    sql.push(" ORDER BY version DESC LIMIT 200");
    sql.fetch_all(cx).await
}

pub(super) async fn version(cx: &mut Cx, record: Id, version: i64) -> Result<Published> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("record_id = ").bind(record).push(" AND version = ").bind(version);
    sql.fetch_one(cx).await
}

/// The last versions of several records.
pub(super) async fn latest_of(cx: &mut Cx, records: &[Id]) -> Result<Vec<Published>> {
    let mut all = Vec::new();
    for some in records.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push("record_id").bind_in(some.iter().copied());
        sql.push(
            " AND version = (SELECT MAX(later.version) FROM published_figures later WHERE later.record_id = \
                  published_figures.record_id) ORDER BY id",
        );
        all.extend(sql.fetch_all::<Published>(cx).await?);
    }
    Ok(all)
}

/// What stands as at any of these days.
pub(super) async fn of_days(cx: &mut Cx, days: &[Date]) -> Result<Vec<Published>> {
    let mut all = Vec::new();
    for some in days.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push("superseded_at IS NULL AND as_at").bind_in(some.iter().copied()).push(" ORDER BY as_at, id");
        all.extend(sql.fetch_all::<Published>(cx).await?);
    }
    Ok(all)
}

fn known(as_of: AsOf, sql: &mut Sql) {
    sql.push("as_at <= ").bind(as_of.as_at).push(" AND recorded_at <= ").bind(as_of.known_at);
    sql.push(" AND (superseded_at IS NULL OR superseded_at > ").bind(as_of.known_at).push(")");
}

pub(super) async fn until(cx: &mut Cx, as_of: AsOf) -> Result<Vec<Published>> {
    let mut sql = Sql::new(COLUMNS);
    known(as_of, &mut sql);
    sql.push(" ORDER BY as_at DESC, id DESC LIMIT 20000");
    let mut rows: Vec<Published> = sql.fetch_all(cx).await?;
    rows.reverse();
    Ok(rows)
}

pub(super) async fn of_metrics(
    cx: &mut Cx,
    as_of: AsOf,
    metrics: &[&'static str],
    body: &str,
) -> Result<Vec<Published>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("metric").bind_in(metrics.iter().copied()).push(" AND body = ").bind(body).push(" AND ");
    known(as_of, &mut sql);
    sql.push(" ORDER BY as_at, id LIMIT 2000");
    sql.fetch_all(cx).await
}

pub(super) async fn standing_of(cx: &mut Cx, metrics: [String; 2]) -> Result<Vec<Published>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("superseded_at IS NULL AND metric").bind_in(metrics).push(" ORDER BY as_at DESC, id DESC LIMIT 5000");
    let mut rows: Vec<Published> = sql.fetch_all(cx).await?;
    rows.reverse();
    Ok(rows)
}

pub(super) async fn metrics(cx: &mut Cx) -> Result<Vec<String>> {
    let sql =
        Sql::new("SELECT DISTINCT metric FROM published_figures WHERE superseded_at IS NULL ORDER BY metric LIMIT 500");
    let rows: Vec<(String,)> = sql.fetch_all(cx).await?;
    Ok(rows.into_iter().map(|(metric,)| metric).collect())
}

fn conditions(filter: &Filter, sql: &mut Sql) {
    if filter.withdrawn {
        sql.push("ended IN ('withdrawn', 'undone')");
    } else {
        sql.push("superseded_at IS NULL");
    }
    let equal = [("metric = ", &filter.metric), ("body = ", &filter.body), ("basis = ", &filter.basis)];
    for (column, value) in equal {
        if let Some(value) = value {
            sql.push(" AND ").push(column).bind(value.as_str());
        }
    }
    if let Some(day) = filter.since {
        sql.push(" AND as_at >= ").bind(day);
    }
    if let Some(day) = filter.until {
        sql.push(" AND as_at <= ").bind(day);
    }
}

fn mark(figure: &Published) -> String {
    Mark(vec![figure.as_at.to_string(), figure.id.to_string()]).encode()
}

/// One page, latest day first.
pub(super) async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<ListPage> {
    let backwards = filter.before.is_some();
    let mut sql = Sql::new(COLUMNS);
    conditions(filter, &mut sql);
    if let Some(given) = filter.before.as_ref().or(filter.after.as_ref()) {
        let mark = Mark::decode(given, 2)?;
        let day = platform::clock::parse_day(mark.text(0)).map_err(|_| Error::invalid("after", "problem-mark"))?;
        sql.push(" AND (as_at, id) ").push(if backwards { "> (" } else { "< (" });
        sql.bind(day).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(if backwards { " ORDER BY as_at, id LIMIT " } else { " ORDER BY as_at DESC, id DESC LIMIT " });
    sql.bind(limit + 1);
    let mut figures: Vec<Published> = sql.fetch_all(cx).await?;
    let more = figures.len() as i64 > limit;
    figures.truncate(usize::try_from(limit).unwrap_or_default());
    if backwards {
        figures.reverse();
    }
    let (has_previous, has_next) = if backwards { (more, true) } else { (filter.after.is_some(), more) };
    Ok(ListPage {
        previous: figures.first().map(mark).filter(|_| has_previous),
        next: figures.last().map(mark).filter(|_| has_next),
        figures,
    })
}

/// How many a filter shows, counted a little past a thousand at most.
pub(super) async fn count(cx: &mut Cx, filter: &Filter) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT id FROM published_figures WHERE ");
    conditions(filter, &mut sql);
    sql.push(" LIMIT ").bind(COUNTED + 1).push(") counted");
    sql.fetch_number(cx).await
}

/// The keys of the next records after one.
pub(super) async fn records(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<Id>> {
    let mut sql = Sql::new("SELECT DISTINCT record_id FROM published_figures WHERE record_id > ");
    sql.bind(after).push(" ORDER BY record_id LIMIT ").bind(limit);
    Ok(sql.fetch_all::<(Id,)>(cx).await?.into_iter().map(|(id,)| id).collect())
}

/// Every version of the records after one key up to another, record by record.
pub(super) async fn between(cx: &mut Cx, after: Id, up_to: Id) -> Result<Vec<Published>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push("record_id > ").bind(after).push(" AND record_id <= ").bind(up_to);
    sql.push(" ORDER BY record_id, version");
    sql.fetch_all(cx).await
}
