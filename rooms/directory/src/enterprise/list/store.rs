//! SQL of the list.

use std::collections::HashMap;

use identity::account::Holder;
use platform::db::Dialect;
use platform::order::{By, Order, Rows, Sort};
use platform::own_field;
use platform::sql::{AT_ONCE, Sql};
use platform::{Cx, Id, Result};
use ui::lists::COUNTED;

use super::super::search::condition;
#[cfg(test)]
use super::super::store::COLUMNS;
use super::super::{Enterprise, SECRECY, SUBJECT};
use super::Filter;

const NAME: By = By::Text("e.name_key");
const KEY: By = By::Number("e.id");
const ORIGIN: By = By::Text("COALESCE(e.reporting_origin, '')");

pub const ORDERS: &[Order] = &[
    Order { name: "name", by: &[NAME, KEY] },
    Order { name: "updated", by: &[By::Number("e.updated_at"), KEY] },
    Order { name: "created", by: &[KEY] },
    Order { name: "reporting_origin", by: &[ORIGIN, NAME, KEY] },
    Order { name: "tier", by: &[By::Number("e.tier"), NAME, KEY] },
];

/// A condition that leaves many rows is taken from an index only where that index also holds the
/// list's order; elsewhere the list is read in its order and the rest passed over. A sign before a
/// number, or nothing joined to a text, is what says so.
fn column(sort: Option<Sort>, orders: &[&str], indexed: &'static str, passed: &'static str) -> &'static str {
    // A count has no order to lose.
    if sort.is_none_or(|sort| orders.iter().any(|order| sort.is_by(order))) { indexed } else { passed }
}

/// `sort` is the order of the rows; none where they are only counted.
fn conditions(filter: &Filter, sort: Option<Sort>, cx: &Cx, sql: &mut Sql) {
    sql.push(" WHERE e.merged_into IS NULL AND e.retired_at IS ").push(if filter.retired {
        "NOT NULL"
    } else {
        "NULL"
    });
    sql.push(" AND ");
    cx.visible().condition(sql, SECRECY);
    if let Some(typed) = &filter.q {
        sql.push(" AND ");
        condition(sql, typed, &filter.looked);
    }
    if let Some(code) = &filter.industry {
        let literal: String = code
            .chars()
            .flat_map(|sign| matches!(sign, '%' | '_' | '!').then_some('!').into_iter().chain([sign]))
            .collect();
        sql.push(" AND e.industries LIKE ").bind(format!("%,{literal},%")).push(" ESCAPE '!'");
    }
    if let Some(code) = &filter.origin {
        let passed = " AND e.reporting_origin || '' = ";
        // The index that answers alone is of plain columns on PostgreSQL, and of the order's on SQLite.
        let indexed = match sort {
            Some(sort) if sort.is_by("updated") => " AND e.reporting_origin = ",
            _ if cx.dialect() == Dialect::Sqlite => " AND COALESCE(e.reporting_origin, '') = ",
            _ => " AND e.reporting_origin = ",
        };
        sql.push(column(sort, &["name", "updated"], indexed, passed)).bind(code.as_str());
    }
    if let Some(kind) = &filter.kind {
        sql.push(" AND e.kind = ").bind(kind.as_str());
    }
    if let Some(tier) = filter.tier {
        sql.push(column(sort, &["name", "tier"], " AND e.tier = ", " AND +e.tier = ")).bind(tier.rank());
    }
    match filter.owner {
        None => {}
        Some(Holder::Nobody) => drop(sql.push(" AND e.owner_id IS NULL")),
        Some(Holder::Me) => drop(sql.push(" AND e.owner_id = ").bind(cx.account().unwrap_or(Id(0)))),
        Some(Holder::Account(owner)) => drop(sql.push(" AND e.owner_id = ").bind(owner)),
    }
    if let Some(team) = filter.team {
        sql.push(column(sort, &["name", "updated"], " AND e.team_id = ", " AND +e.team_id = ")).bind(team);
    }
    own_field::condition(sql, SUBJECT, "e.id", &filter.own);
    if !filter.ids.is_empty() {
        sql.push(" AND e.id").bind_in(filter.ids.iter().copied());
    }
}

#[derive(sqlx::FromRow)]
struct Keyed {
    #[sqlx(flatten)]
    enterprise: Enterprise,
    name_key: String,
}

fn mark(filter: &Filter, row: &Keyed) -> Vec<String> {
    let (held, key) = (&row.enterprise, row.enterprise.id.to_string());
    match filter.sort.order.name {
        "updated" => vec![held.updated_at.0.to_string(), key],
        "created" => vec![key],
        "reporting_origin" => vec![held.reporting_origin.clone().unwrap_or_default(), row.name_key.clone(), key],
        "tier" => vec![held.tier.to_string(), row.name_key.clone(), key],
        _ => vec![row.name_key.clone(), key],
    }
}

/// One page; out of reach is left out, and counted nowhere.
pub(super) async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<Rows<Enterprise>> {
    let mut sql = Sql::new(COLUMNS_KEYED);
    conditions(filter, Some(filter.sort), cx, &mut sql);
    filter.sort.page(&mut sql, &filter.place, limit)?;
    let rows: Vec<Keyed> = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, &filter.place, limit, |row| mark(filter, row)).map(|row| row.enterprise))
}

/// How many a filter shows, counted a little past a thousand at most unless all are asked for.
pub(super) async fn count(cx: &mut Cx, filter: &Filter, whole: bool) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT e.id FROM enterprises e");
    conditions(filter, None, cx, &mut sql);
    if !whole {
        sql.push(" LIMIT ").bind(COUNTED + 1);
    }
    sql.push(") counted");
    sql.fetch_count(cx).await
}

/// The industries of these enterprises and of those merged into them, as they hold now.
pub(super) async fn industries(cx: &mut Cx, ids: &[Id]) -> Result<HashMap<Id, Vec<String>>> {
    let mut found: HashMap<Id, Vec<String>> = HashMap::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT m.survivor_id, i.industry FROM enterprises m JOIN enterprise_industries i ON i.enterprise_id = m.id \
             WHERE m.survivor_id",
        );
        sql.bind_in(chunk.iter().copied());
        sql.push(" AND i.valid_to IS NULL AND i.superseded_at IS NULL ORDER BY m.survivor_id, i.id");
        for (id, industry) in sql.fetch_all::<(Id, String)>(cx).await? {
            let held = found.entry(id).or_default();
            if !held.contains(&industry) {
                held.push(industry);
            }
        }
    }
    Ok(found)
}

/// The list's order needs its own column beside the record's.
const COLUMNS_KEYED: &str = "SELECT e.name_key, e.id, e.reference, e.survivor_id, e.merged_into, e.kind, e.parent_id, e.name, \
     e.name_language, e.second_name, e.second_language, e.tier, e.team_id, e.owner_id, e.incorporation, e.headquarters, \
     e.main_listing, e.reporting_origin, e.value_chain, e.website, e.description, e.version, e.created_at, e.updated_at, \
     e.retired_at, e.retired_reason, e.own FROM enterprises e";

#[cfg(test)]
mod tests {
    #[test]
    fn the_keyed_columns_are_the_records_and_one_more() {
        assert_eq!(super::COLUMNS_KEYED.replacen("e.name_key, ", "", 1), super::COLUMNS);
    }
}
