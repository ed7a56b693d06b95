//! SQL of the board.

use platform::api::Mark;
use platform::sql::Sql;
use platform::{Cx, Id, Result};
use sqlx::FromRow;

use super::Filter;
use crate::project::SECRECY;

/// A project as a card shows it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Card {
    pub id: Id,
    pub reference: String,
    pub title: String,
    pub status: String,
    pub override_reason: Option<String>,
    pub updated_at: i64,
    pub enterprise_name: String,
    pub name_language: String,
}

/// The projects on the board, within reach, with the enterprise that stands for theirs as `e`.
fn shown(cx: &Cx, filter: &Filter, sql: &mut Sql) {
    sql.push(
        " FROM projects p JOIN directory_enterprise_brief b ON b.id = p.enterprise_id \
         JOIN directory_enterprise_brief e ON e.id = b.survivor_id",
    );
    sql.push(" WHERE p.retired_at IS NULL AND ");
    cx.visible().condition(sql, SECRECY);
    sql.push(" AND ");
    cx.visible().condition(sql, directory::enterprise::SECRECY);
    if !filter.ended {
        sql.push(" AND p.status IN ('active', 'delayed', 'dormant')");
    }
    if filter.own {
        sql.push(" AND p.owner_id = ").bind(cx.account());
    }
}

/// Count and standing pledges of each stage, in one statement.
pub(super) async fn sums(cx: &mut Cx, filter: &Filter) -> Result<Vec<(String, i64, i64)>> {
    let mut sql =
        Sql::new("SELECT s.stage, COUNT(*), CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM (SELECT p.id, p.stage");
    shown(cx, filter, &mut sql);
    sql.push(
        ") s LEFT JOIN (SELECT project_id, CAST(SUM(base_amount) AS BIGINT) AS amount FROM ledger_entries \
         WHERE measure = 'investment' AND kind IN ('pledged', 'revised', 'withdrawn') GROUP BY project_id) l \
         ON l.project_id = s.id GROUP BY s.stage ORDER BY s.stage",
    );
    sql.fetch_all(cx).await
}

/// One page of a column, latest change first.
pub(super) async fn cards(
    cx: &mut Cx,
    stage: &'static str,
    filter: &Filter,
    after: Option<&str>,
    limit: i64,
) -> Result<(Vec<Card>, Option<String>)> {
    let mut sql = Sql::new(
        "SELECT p.id, p.reference, p.title, p.status, p.override_reason, p.updated_at, e.name AS enterprise_name, \
         e.name_language",
    );
    shown(cx, filter, &mut sql);
    sql.push(" AND p.stage = ").bind(stage);
    if let Some(after) = after {
        let mark = Mark::decode(after, 2)?;
        sql.push(" AND (p.updated_at, p.id) < (").bind(mark.number(0)?).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(" ORDER BY p.updated_at DESC, p.id DESC LIMIT ").bind(limit + 1);
    let mut cards: Vec<Card> = sql.fetch_all(cx).await?;
    let more = cards.len() as i64 > limit;
    cards.truncate(usize::try_from(limit).unwrap_or_default());
    let mark = |card: &Card| Mark(vec![card.updated_at.to_string(), card.id.to_string()]).encode();
    let next = cards.last().filter(|_| more).map(mark);
    Ok((cards, next))
}
