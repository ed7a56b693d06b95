//! SQL of the list.

use std::collections::HashMap;

use identity::account::Holder;
use platform::order::{By, Order, Rows, Sort};
use platform::own_field;
use platform::search::prefix_condition;
use platform::sql::{AT_ONCE, Sql};
use platform::{Cx, Id, Result};
use ui::lists::COUNTED;

use super::super::{SECRECY, SUBJECT, store, words};
use super::{Filter, Listed};
use crate::gate::LAPSED;

const UPDATED: By = By::Number("p.updated_at");
const KEY: By = By::Number("p.id");
/// As the index has it: the stages in their own order.
const STAGE: By = By::Number(
    "CASE p.stage WHEN 'identified' THEN 0 WHEN 'contacted' THEN 1 WHEN 'engaged' THEN 2 WHEN 'proposal_received' THEN 3 \
     WHEN 'negotiating' THEN 4 WHEN 'agreed' THEN 5 WHEN 'landed' THEN 6 ELSE 7 END",
);
const NATURE: By = By::Text("COALESCE(p.nature, '')");

pub const ORDERS: &[Order] = &[
    Order { name: "updated", by: &[UPDATED, KEY] },
    Order { name: "created", by: &[KEY] },
    Order { name: "title", by: &[By::Text("p.title_key"), KEY] },
    Order { name: "stage", by: &[STAGE, UPDATED, KEY] },
    Order { name: "status", by: &[By::Text("p.status"), UPDATED, KEY] },
    Order { name: "nature", by: &[NATURE, UPDATED, KEY] },
    Order { name: "tier", by: &[By::Number("p.tier"), UPDATED, KEY] },
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
    sql.push(" WHERE p.retired_at IS ").push(if filter.retired { "NOT NULL" } else { "NULL" }).push(" AND ");
    cx.visible().condition(sql, SECRECY);
    sql.push(" AND ");
    store::enterprise_in_reach(cx, sql);
    if let Some(typed) = &filter.q {
        // The reference, the words of the title, or any name of the enterprise where a search may begin.
        sql.push(" AND p.id IN (");
        words::found(sql, typed);
        sql.push(
            " UNION SELECT o.id FROM projects o WHERE o.enterprise_id IN \
             (SELECT k.enterprise_id FROM directory_enterprise_name_key k WHERE ",
        );
        if !prefix_condition(sql, "k.key", typed) {
            sql.push("1 = 0");
        }
        sql.push("))");
    }
    let stage = column(sort, &["updated"], " AND p.stage = ", " AND p.stage || '' = ");
    let status = column(sort, &["updated", "status"], " AND p.status = ", " AND p.status || '' = ");
    let nature = column(sort, &["updated"], " AND COALESCE(p.nature, '') = ", " AND p.nature || '' = ");
    for (column, value) in [(stage, &filter.stage), (status, &filter.status), (nature, &filter.nature)] {
        if let Some(value) = value {
            sql.push(column).bind(value.as_str());
        }
    }
    if let Some(tier) = filter.tier {
        sql.push(column(sort, &["updated", "tier"], " AND p.tier = ", " AND +p.tier = ")).bind(tier.rank());
    }
    match filter.owner {
        None => {}
        Some(Holder::Nobody) => drop(sql.push(" AND p.owner_id IS NULL")),
        Some(Holder::Me) => drop(sql.push(" AND p.owner_id = ").bind(cx.account().unwrap_or(Id(0)))),
        Some(Holder::Account(owner)) => drop(sql.push(" AND p.owner_id = ").bind(owner)),
    }
    if let Some(team) = filter.team {
        sql.push(column(sort, &["updated"], " AND p.team_id = ", " AND +p.team_id = ")).bind(team);
    }
    if let Some(batch) = &filter.batch {
        sql.push(" AND p.id IN (SELECT m.project_id FROM milestones m WHERE m.superseded_at IS NULL AND m.batch = ");
        sql.bind(batch.as_str()).push(")");
    }
    if filter.unborne {
        sql.push(
            " AND EXISTS (SELECT 1 FROM gate_passage_grounds g JOIN gate_passages s ON s.id = g.passage_id
              WHERE g.project_id = p.id AND ",
        );
        sql.push(LAPSED).push(")");
    }
    if !filter.enterprises.is_empty() {
        // Whatever was merged into it is the same enterprise, and so is what it was merged into.
        sql.push(
            " AND p.enterprise_id IN (SELECT m.id FROM directory_enterprise_brief m WHERE m.survivor_id IN \
             (SELECT a.survivor_id FROM directory_enterprise_brief a WHERE a.id",
        );
        sql.bind_in(filter.enterprises.iter().copied()).push("))");
    }
    own_field::condition(sql, SUBJECT, "p.id", &filter.own);
    if !filter.ids.is_empty() {
        sql.push(" AND p.id").bind_in(filter.ids.iter().copied());
    }
}

#[derive(sqlx::FromRow)]
struct Keyed {
    #[sqlx(flatten)]
    project: Listed,
    title_key: String,
}

fn mark(filter: &Filter, row: &Keyed) -> Vec<String> {
    let held = &row.project;
    let (updated, key) = (held.updated_at.0.to_string(), held.id.to_string());
    match filter.sort.order.name {
        "created" => vec![key],
        "title" => vec![row.title_key.clone(), key],
        "stage" => vec![crate::stage::place(&held.stage).unwrap_or(7).to_string(), updated, key],
        "status" => vec![held.status.clone(), updated, key],
        "nature" => vec![held.nature.clone().unwrap_or_default(), updated, key],
        "tier" => vec![held.tier.to_string(), updated, key],
        _ => vec![updated, key],
    }
}

/// One page in the order asked for.
pub(super) async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<Rows<Listed>> {
    let mut sql = Sql::new(
        "SELECT p.title_key, p.id, p.reference, p.title, p.stage, p.status, p.nature, p.hq_kind, p.tier, p.team_id, \
         p.owner_id, p.override_reason, p.created_at, p.updated_at, p.retired_at, p.version, p.own, s.id AS enterprise_id, \
         s.name AS enterprise_name, s.name_language FROM projects p \
         JOIN directory_enterprise_brief b ON b.id = p.enterprise_id \
         JOIN directory_enterprise_brief s ON s.id = b.survivor_id",
    );
    conditions(filter, Some(filter.sort), cx, &mut sql);
    filter.sort.page(&mut sql, &filter.place, limit)?;
    let rows: Vec<Keyed> = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, &filter.place, limit, |row| mark(filter, row)).map(|row| row.project))
}

/// How many a filter shows, counted a little past a thousand at most unless all are asked for.
pub(super) async fn count(cx: &mut Cx, filter: &Filter, whole: bool) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT p.id FROM projects p");
    conditions(filter, None, cx, &mut sql);
    if !whole {
        sql.push(" LIMIT ").bind(COUNTED + 1);
    }
    sql.push(") counted");
    sql.fetch_count(cx).await
}

pub(super) async fn batches_of(cx: &mut Cx, ids: &[Id]) -> Result<HashMap<Id, Vec<String>>> {
    let mut found: HashMap<Id, Vec<String>> = HashMap::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT DISTINCT project_id, batch FROM milestones WHERE superseded_at IS NULL AND batch IS NOT NULL \
             AND batch <> '' AND project_id",
        );
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY project_id, batch");
        for (id, batch) in sql.fetch_all::<(Id, String)>(cx).await? {
            found.entry(id).or_default().push(batch);
        }
    }
    Ok(found)
}
