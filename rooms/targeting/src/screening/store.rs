//! SQL of screenings and what they found.

use ::screening::{Measure, Ranked, Screened};
use platform::order::{By, Order, Place, Rows, Sort};
use platform::permission::Granted;
use platform::search::fold;
use platform::sql::{AT_ONCE, Sql, insert_many};
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;

use super::Screening;

const COLUMNS: &str = "SELECT id, set_id, number, name, top, state, done, expected, snapshot, universe_as_at, companies, \
     ranked, about, known, facets, context, failure, made_by, made_by_name, made_at, finished_at, version, retired_at, \
     retired_reason FROM screenings";

const ORDERS: &[Order] = &[Order { name: "made", by: &[By::Number("id")] }];

pub(super) async fn insert(cx: &mut Cx, _: &Granted, one: &Screening) -> Result<()> {
    let sql =
        "INSERT INTO screenings (id, set_id, number, name, top, state, done, expected, snapshot, companies, ranked,
                 about, known, facets, context, failure, made_by, made_by_name, made_at, version)
               VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '', 0, 0, '', '', '', $7, '', $8, $9, $10, 1)";
    run!(cx, db => sqlx::query(sql).bind(one.id).bind(one.set_id).bind(one.number).bind(&one.name).bind(one.top)
        .bind(&one.state).bind(&one.context).bind(one.made_by).bind(&one.made_by_name).bind(one.made_at)
        .execute(db).await)?;
    Ok(())
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Screening> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn page(
    cx: &mut Cx,
    set: Option<Id>,
    retired: bool,
    place: &Place,
    limit: i64,
) -> Result<Rows<Screening>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE retired_at IS ").push(if retired { "NOT NULL" } else { "NULL" });
    if let Some(set) = set {
        sql.push(" AND set_id = ").bind(set);
    }
    Sort { order: &ORDERS[0], down: true }.page(&mut sql, place, limit)?;
    let rows: Vec<Screening> = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, place, limit, |one| vec![one.id.to_string()]))
}

pub(super) async fn set_retired(cx: &mut Cx, _: &Granted, id: Id, reason: Option<&str>) -> Result<()> {
    let now = cx.now();
    let mut sql = Sql::new("UPDATE screenings SET version = version + 1, retired_at = ");
    sql.bind(reason.map(|_| now)).push(", retired_reason = ").bind(reason).push(" WHERE id = ").bind(id);
    sql.execute(cx).await?;
    Ok(())
}

/// Answers whether it is still to be done: what was cancelled stays so.
pub(super) async fn progress(cx: &mut Cx, id: Id, done: i64, expected: i64) -> Result<bool> {
    let sql = "UPDATE screenings SET state = 'running', done = $2, expected = $3
               WHERE id = $1 AND state IN ('waiting', 'running')";
    Ok(run!(cx, db => sqlx::query(sql).bind(id).bind(done).bind(expected).execute(db).await)? == 1)
}

pub(super) async fn end(cx: &mut Cx, _: &Granted, id: Id, state: &str, failure: &str) -> Result<bool> {
    let sql = "UPDATE screenings SET state = $2, failure = $3, finished_at = $4, version = version + 1
               WHERE id = $1 AND state IN ('waiting', 'running')";
    let now = cx.now();
    let ended = run!(cx, db => sqlx::query(sql).bind(id).bind(state).bind(failure).bind(now).execute(db).await)?;
    Ok(ended == 1)
}

/// Keeps what was found, in place of what an earlier try had written.
pub(super) async fn keep(cx: &mut Cx, _: &Granted, id: Id, found: &Screened) -> Result<bool> {
    let sql =
        "UPDATE screenings SET state = 'done', done = expected, snapshot = $2, universe_as_at = $3, companies = $4,
                 ranked = $5, about = $6, known = $7, facets = $8, finished_at = $9, version = version + 1
               WHERE id = $1 AND state IN ('waiting', 'running')";
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let (companies, ranked) = (number(found.universe.companies), number(found.ranked));
    let about = serde_json::to_string(&found.universe.sources)?;
    let (known, facets) = (serde_json::to_string(&found.known)?, serde_json::to_string(&found.facets)?);
    let now = cx.now();
    let kept = run!(cx, db => sqlx::query(sql).bind(id).bind(&found.universe.snapshot).bind(found.universe.as_at)
        .bind(companies).bind(ranked).bind(&about).bind(&known).bind(&facets).bind(now).execute(db).await)?;
    if kept != 1 {
        return Ok(false);
    }
    run!(cx, db => sqlx::query("DELETE FROM screening_rows WHERE screening_id = $1").bind(id).execute(db).await)?;
    let mut rows = Vec::with_capacity(found.top.len());
    for one in &found.top {
        let code = |measure: Measure| one.company.code(measure).unwrap_or_default().to_owned();
        rows.push(vec![
            id.into(),
            number(one.rank).into(),
            one.company.id.clone().into(),
            one.company.name.clone().into(),
            fold::sort_key(&one.company.name).into(),
            code(Measure::Country).into(),
            code(Measure::Industry).into(),
            code(Measure::Listing).into(),
            code(Measure::Chain).into(),
            one.total.into(),
            number(one.firm.best).into(),
            number(one.firm.worst).into(),
            serde_json::to_string(one)?.into(),
        ]);
    }
    let head = "INSERT INTO screening_rows (screening_id, rank, company_id, name, name_key, country, industry, listing, chain, \
                total, best, worst, body)";
    insert_many(cx, head, "", rows).await?;
    Ok(true)
}

pub(super) async fn ranked(cx: &mut Cx, id: Id, rank: i64) -> Result<Option<Ranked>> {
    let sql = "SELECT body FROM screening_rows WHERE screening_id = $1 AND rank = $2";
    let found: Option<(String,)> = on!(cx, db => sqlx::query_as(sql).bind(id).bind(rank).fetch_optional(db).await)?;
    Ok(found.map(|(body,)| serde_json::from_str(&body)).transpose()?)
}

/// These of a screening, whole, in the order of their ranks.
pub(super) async fn ranked_many(cx: &mut Cx, id: Id, ranks: &[i64]) -> Result<Vec<Ranked>> {
    let mut found = Vec::new();
    for chunk in ranks.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT body FROM screening_rows WHERE screening_id = ");
        sql.bind(id).push(" AND rank").bind_in(chunk.iter().copied()).push(" ORDER BY rank");
        for (body,) in sql.fetch_all::<(String,)>(cx).await? {
            found.push(serde_json::from_str(&body)?);
        }
    }
    Ok(found)
}

/// A company's place, without its reasons.
#[derive(Clone, Debug, FromRow)]
pub struct Standing {
    pub rank: i64,
    pub company_id: String,
    pub name: String,
    pub total: i64,
}

/// All places of a screening in order, those kept below its list too.
pub(super) async fn standing(cx: &mut Cx, id: Id) -> Result<Vec<Standing>> {
    let mut sql = Sql::new("SELECT rank, company_id, name, total FROM screening_rows WHERE screening_id = ");
    sql.bind(id).push(" ORDER BY rank");
    sql.fetch_all(cx).await
}

/// Forgets the links of these companies that nobody but the machine made.
pub(super) async fn unlink(cx: &mut Cx, _: &Granted, companies: &[String]) -> Result<()> {
    for chunk in companies.chunks(AT_ONCE) {
        let mut sql = Sql::new("DELETE FROM company_links WHERE how NOT IN ('person', 'made') AND company_id");
        sql.bind_in(chunk.iter().map(String::as_str));
        sql.execute(cx).await?;
    }
    Ok(())
}

/// Links companies to enterprises; what a person said or was made of one stays.
pub(super) async fn link(cx: &mut Cx, _: &Granted, links: &[(String, Id, &'static str)]) -> Result<()> {
    let now = cx.now();
    let rows = links
        .iter()
        .map(|(company, enterprise, how)| vec![company.clone().into(), (*enterprise).into(), (*how).into(), now.into()])
        .collect();
    let tail = " ON CONFLICT (company_id) DO UPDATE SET enterprise_id = excluded.enterprise_id, how = excluded.how, \
                linked_at = excluded.linked_at WHERE company_links.how NOT IN ('person', 'made') OR excluded.how IN \
                ('person', 'made')";
    insert_many(cx, "INSERT INTO company_links (company_id, enterprise_id, how, linked_at)", tail, rows).await?;
    Ok(())
}

/// The enterprises that these companies are linked to.
pub(super) async fn links(cx: &mut Cx, companies: &[String]) -> Result<Vec<(String, Id, String)>> {
    let mut found = Vec::new();
    for chunk in companies.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT company_id, enterprise_id, how FROM company_links WHERE company_id");
        sql.bind_in(chunk.iter().map(String::as_str)).push(" ORDER BY company_id");
        found.extend(sql.fetch_all::<(String, Id, String)>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn count_links(cx: &mut Cx, enterprises: &[Id]) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM company_links WHERE how <> 'unsure' AND enterprise_id");
    sql.bind_in(enterprises.iter().copied());
    sql.fetch_number(cx).await
}

pub(super) async fn check(cx: &mut Cx) -> Result<(u64, Vec<String>)> {
    let sql = "SELECT s.id, CAST(COUNT(r.rank) AS BIGINT), COALESCE(MAX(r.rank), 0) FROM screenings s
               LEFT JOIN screening_rows r ON r.screening_id = s.id WHERE s.state = 'done' GROUP BY s.id, s.top, s.ranked
               HAVING COUNT(r.rank) <> COALESCE(MAX(r.rank), 0)
                 OR COUNT(r.rank) < (CASE WHEN s.ranked < s.top THEN s.ranked ELSE s.top END)
                 OR COUNT(r.rank) > s.ranked ORDER BY s.id";
    let wrong: Vec<(Id, i64, i64)> = on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?;
    let (looked_at,): (i64,) = on!(cx, db => sqlx::query_as("SELECT COUNT(*) FROM screenings").fetch_one(db).await)?;
    let told = wrong.into_iter().map(|(id, rows, last)| format!("screening {id} has {rows} rows up to rank {last}"));
    Ok((u64::try_from(looked_at).unwrap_or(0), told.collect()))
}
