//! SQL of series: one statement each.

use platform::sql::Sql;
use platform::{Cx, Result};

use super::super::AsOf;
use super::super::store::projects;
use super::Step;

/// How many enterprises reached a milestone for the first time on each day.
pub(super) async fn firsts(cx: &mut Cx, as_of: AsOf, kind: &'static str) -> Result<Vec<Step>> {
    let mut sql = Sql::new(
        "SELECT first_on AS day, COUNT(*) AS change FROM (SELECT e.id, MIN(x.effective_on) AS first_on FROM \
         (SELECT project_id, effective_on FROM milestones WHERE kind = ",
    );
    sql.bind(kind).push(" AND effective_on <= ").bind(as_of.as_at).push(" AND recorded_at <= ").bind(as_of.known_at);
    sql.push(" AND (superseded_at IS NULL OR superseded_at > ").bind(as_of.known_at).push(")) x");
    projects(cx, as_of, &mut sql);
    sql.push(" GROUP BY e.id) firsts GROUP BY first_on ORDER BY first_on");
    sql.fetch_all(cx).await
}

/// By how much the ledger's sum changed on each day.
pub(super) async fn sums(
    cx: &mut Cx,
    as_of: AsOf,
    measures: &[&'static str],
    kinds: &[&'static str],
) -> Result<Vec<Step>> {
    let mut sql = Sql::new(
        "SELECT x.effective_on AS day, CAST(SUM(x.amount) AS BIGINT) AS change FROM (SELECT project_id, effective_on, \
         base_amount AS amount FROM ledger_entries WHERE measure",
    );
    sql.bind_in(measures.iter().copied()).push(" AND kind").bind_in(kinds.iter().copied());
    sql.push(" AND effective_on <= ").bind(as_of.as_at).push(" AND recorded_at <= ").bind(as_of.known_at).push(") x");
    projects(cx, as_of, &mut sql);
    sql.push(" GROUP BY x.effective_on ORDER BY x.effective_on");
    sql.fetch_all(cx).await
}
