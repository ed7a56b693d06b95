//! SQL of figures. One condition for reach, on the project and on the enterprise that stands for it.

use platform::clock::At;
use platform::sql::Sql;
use platform::{Cx, Result};

use super::{AsOf, Record};

/// Adds what makes one record stand for another as known at an instant. `of` is the standing's alias.
pub(super) fn stands(known_at: At, of: &'static str, sql: &mut Sql) {
    sql.push(of).push("since_at <= ").bind(known_at);
    sql.push(" AND (").push(of).push("until_at IS NULL OR ").push(of).push("until_at > ").bind(known_at).push(")");
}

/// Joins the enterprise that stood for that of the project `p` as known at an instant, as `e`: merging
/// two today leaves what was known yesterday as it was.
pub(super) fn enterprises(known_at: At, sql: &mut Sql) {
    sql.push(" LEFT JOIN directory_enterprise_standing w ON w.enterprise_id = p.enterprise_id AND ");
    stands(known_at, "w.", sql);
    sql.push(" JOIN directory_enterprise_brief e ON e.id = COALESCE(w.survivor_id, p.enterprise_id)");
}

/// Adds that the project `p` was not retired as known at an instant: one brought back since was then
/// away all the same.
pub(super) fn living(known_at: At, sql: &mut Sql) {
    sql.push("p.id NOT IN (SELECT t.project_id FROM project_retirements t WHERE ");
    stands(known_at, "t.", sql);
    sql.push(")");
}

/// The projects that count: not retired then, within reach, with the enterprise that stands for
/// theirs as `e`.
pub(super) fn projects(cx: &Cx, as_of: AsOf, sql: &mut Sql) {
    sql.push(" JOIN projects p ON p.id = x.project_id");
    enterprises(as_of.known_at, sql);
    sql.push(" WHERE ");
    living(as_of.known_at, sql);
    sql.push(" AND ");
    cx.visible().condition(sql, crate::project::SECRECY);
    sql.push(" AND ");
    cx.visible().condition(sql, directory::enterprise::SECRECY);
}

/// Standing milestones of a kind as `x`, one row for each project.
fn milestones(as_of: AsOf, kind: &'static str, sql: &mut Sql) {
    sql.push("(SELECT DISTINCT project_id FROM milestones WHERE kind = ").bind(kind);
    sql.push(" AND effective_on <= ").bind(as_of.as_at).push(" AND recorded_at <= ").bind(as_of.known_at);
    sql.push(" AND (superseded_at IS NULL OR superseded_at > ").bind(as_of.known_at).push(")) x");
}

/// What the ledger adds up to for each project, as `x`.
fn ledger(as_of: AsOf, measures: &[&'static str], kinds: &[&'static str], sql: &mut Sql) {
    sql.push("(SELECT project_id, CAST(SUM(base_amount) AS BIGINT) AS amount FROM ledger_entries WHERE measure");
    sql.bind_in(measures.iter().copied()).push(" AND kind").bind_in(kinds.iter().copied());
    sql.push(" AND effective_on <= ").bind(as_of.as_at).push(" AND recorded_at <= ").bind(as_of.known_at);
    sql.push(" GROUP BY project_id) x");
}

pub(super) async fn count(cx: &mut Cx, as_of: AsOf, kind: &'static str) -> Result<(i64, i64)> {
    let mut sql = Sql::new("SELECT COUNT(DISTINCT e.id), COUNT(*) FROM ");
    milestones(as_of, kind, &mut sql);
    projects(cx, as_of, &mut sql);
    sql.fetch_one(cx).await
}

pub(super) async fn sum(
    cx: &mut Cx,
    as_of: AsOf,
    measures: &[&'static str],
    kinds: &[&'static str],
) -> Result<(i64, i64)> {
    let mut sql = Sql::new("SELECT CAST(COALESCE(SUM(x.amount), 0) AS BIGINT), COUNT(*) FROM ");
    ledger(as_of, measures, kinds, &mut sql);
    projects(cx, as_of, &mut sql);
    sql.fetch_one(cx).await
}

const RECORD: &str = "SELECT p.id AS project_id, p.reference, p.title, e.id AS enterprise_id, e.name AS enterprise_name, \
     e.name_language, ";

/// The projects that count, in the order of their references, so that a page of them stops early.
fn by_reference(cx: &Cx, as_of: AsOf, after: Option<&str>, sql: &mut Sql) {
    sql.push(" FROM projects p");
    enterprises(as_of.known_at, sql);
    sql.push(" WHERE ");
    living(as_of.known_at, sql);
    sql.push(" AND ");
    cx.visible().condition(sql, crate::project::SECRECY);
    sql.push(" AND ");
    cx.visible().condition(sql, directory::enterprise::SECRECY);
    sql.push(" AND p.reference > ").bind(after.unwrap_or_default());
}

pub(super) async fn milestone_records(
    cx: &mut Cx,
    as_of: AsOf,
    kind: &'static str,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Record>> {
    let mut sql = Sql::new(RECORD);
    sql.push("CAST(1 AS BIGINT) AS value");
    by_reference(cx, as_of, after, &mut sql);
    sql.push(" AND EXISTS (SELECT 1 FROM milestones x WHERE x.project_id = p.id AND x.kind = ").bind(kind);
    sql.push(" AND x.effective_on <= ").bind(as_of.as_at).push(" AND x.recorded_at <= ").bind(as_of.known_at);
    sql.push(" AND (x.superseded_at IS NULL OR x.superseded_at > ").bind(as_of.known_at);
    sql.push(")) ORDER BY p.reference LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

/// Adds the entries that count of the project at hand, as `x`.
fn entries_of(as_of: AsOf, measures: &[&'static str], kinds: &[&'static str], sql: &mut Sql) {
    sql.push(" FROM ledger_entries x WHERE x.project_id = p.id AND x.measure").bind_in(measures.iter().copied());
    sql.push(" AND x.kind").bind_in(kinds.iter().copied());
    sql.push(" AND x.effective_on <= ").bind(as_of.as_at).push(" AND x.recorded_at <= ").bind(as_of.known_at);
}

pub(super) async fn ledger_records(
    cx: &mut Cx,
    as_of: AsOf,
    measures: &[&'static str],
    kinds: &[&'static str],
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Record>> {
    let mut sql = Sql::new(RECORD);
    sql.push("(SELECT CAST(SUM(x.base_amount) AS BIGINT)");
    entries_of(as_of, measures, kinds, &mut sql);
    sql.push(") AS value");
    by_reference(cx, as_of, after, &mut sql);
    sql.push(" AND EXISTS (SELECT 1");
    entries_of(as_of, measures, kinds, &mut sql);
    sql.push(") ORDER BY p.reference LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}
