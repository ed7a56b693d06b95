//! SQL of the list.

use directory::enterprise::SECRECY as OF_ENTERPRISE;
use identity::account::Holder;
use platform::order::{By, Order, Rows};
use platform::search::prefix_condition;
use platform::sql::Sql;
use platform::{Cx, Id, Result};
use ui::lists::COUNTED;

use super::super::SECRECY;
use super::{Filter, Listed};

const UPDATED: By = By::Number("t.updated_at");
const KEY: By = By::Number("t.id");

pub const ORDERS: &[Order] = &[
    Order { name: "updated", by: &[UPDATED, KEY] },
    Order { name: "created", by: &[KEY] },
    Order { name: "standing", by: &[By::Text("t.standing"), UPDATED, KEY] },
    Order { name: "round", by: &[By::Text("t.round"), UPDATED, KEY] },
    Order { name: "tier", by: &[By::Number("t.tier"), UPDATED, KEY] },
];

fn conditions(filter: &Filter, cx: &Cx, sql: &mut Sql) {
    let visible = cx.visible();
    sql.push(" WHERE t.retired_at IS ").push(if filter.retired { "NOT NULL" } else { "NULL" }).push(" AND ");
    visible.condition(sql, SECRECY);
    if !visible.everything() {
        sql.push(
            " AND EXISTS (SELECT 1 FROM directory_enterprise_brief m JOIN directory_enterprise_brief e ON e.id = m.survivor_id \
             WHERE m.id = t.enterprise_id AND ",
        );
        visible.condition(sql, OF_ENTERPRISE);
        sql.push(")");
    }
    if let Some(typed) = &filter.q {
        sql.push(" AND (t.reference = ").bind(typed.trim().to_uppercase());
        sql.push(" OR t.enterprise_id IN (SELECT k.enterprise_id FROM directory_enterprise_name_key k WHERE ");
        if !prefix_condition(sql, "k.key", typed) {
            sql.push("1 = 0");
        }
        if let Some(keys) = filter.keys {
            sql.push(" ORDER BY k.key, k.enterprise_id LIMIT ").bind(keys);
        }
        sql.push("))");
    }
    // Nothing joined to a text keeps an index from being taken that would lose the list's order.
    if let Some(standing) = &filter.standing {
        sql.push(" AND t.standing || '' = ").bind(standing.as_str());
    }
    if let Some(round) = &filter.round {
        sql.push(" AND t.round || '' = ").bind(round.as_str());
    }
    if let Some(tier) = filter.tier {
        sql.push(" AND +t.tier = ").bind(tier.rank());
    }
    match filter.owner {
        None => {}
        Some(Holder::Nobody) => drop(sql.push(" AND t.owner_id IS NULL")),
        Some(Holder::Me) => drop(sql.push(" AND t.owner_id = ").bind(cx.account().unwrap_or(Id(0)))),
        Some(Holder::Account(owner)) => drop(sql.push(" AND t.owner_id = ").bind(owner)),
    }
    if let Some(team) = filter.team {
        sql.push(" AND t.team_id = ").bind(team);
    }
    if let Some(enterprise) = filter.enterprise {
        sql.push(" AND t.enterprise_id IN (SELECT m.id FROM directory_enterprise_brief m WHERE m.survivor_id = ");
        sql.bind(enterprise).push(")");
    }
    if !filter.ids.is_empty() {
        sql.push(" AND t.id").bind_in(filter.ids.iter().copied());
    }
}

fn mark(filter: &Filter, row: &Listed) -> Vec<String> {
    let (updated, key) = (row.updated_at.0.to_string(), row.id.to_string());
    match filter.sort.order.name {
        "created" => vec![key],
        "standing" => vec![row.standing.clone(), updated, key],
        "round" => vec![row.round.clone(), updated, key],
        "tier" => vec![row.tier.to_string(), updated, key],
        _ => vec![updated, key],
    }
}

pub(super) async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<Rows<Listed>> {
    let mut sql = Sql::new(
        "SELECT t.id, t.reference, t.round, t.standing, t.standing_on, t.rank, t.screening_id, t.project_id, t.tier, \
         t.team_id, t.owner_id, t.version, t.created_at, t.updated_at, t.retired_at, s.id AS enterprise_id, s.name AS enterprise, \
         s.name_language FROM targets t JOIN directory_enterprise_brief b ON b.id = t.enterprise_id \
         JOIN directory_enterprise_brief s ON s.id = b.survivor_id",
    );
    conditions(filter, cx, &mut sql);
    filter.sort.page(&mut sql, &filter.place, limit)?;
    let rows: Vec<Listed> = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, &filter.place, limit, |row| mark(filter, row)))
}

pub(super) async fn count(cx: &mut Cx, filter: &Filter, whole: bool) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT t.id FROM targets t");
    conditions(filter, cx, &mut sql);
    if !whole {
        sql.push(" LIMIT ").bind(COUNTED + 1);
    }
    sql.push(") counted");
    sql.fetch_count(cx).await
}

pub(super) async fn rounds(cx: &mut Cx) -> Result<Vec<String>> {
    let mut sql = Sql::new("SELECT DISTINCT t.round FROM targets t WHERE ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.push(" ORDER BY t.round DESC LIMIT 40");
    let found: Vec<(String,)> = sql.fetch_all(cx).await?;
    Ok(found.into_iter().map(|(round,)| round).collect())
}
