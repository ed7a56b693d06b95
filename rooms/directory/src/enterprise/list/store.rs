//! SQL of the list.

use platform::api::Mark;
use platform::search::prefix_condition;
use platform::sql::Sql;
use platform::{Cx, Result};
use ui::lists::COUNTED;

#[cfg(test)]
use super::super::store::COLUMNS;
use super::super::{Enterprise, SECRECY};
use super::{Filter, ListPage};

fn conditions(filter: &Filter, cx: &Cx, sql: &mut Sql) {
    sql.push(" WHERE e.merged_into IS NULL AND e.retired_at IS ").push(if filter.retired {
        "NOT NULL"
    } else {
        "NULL"
    });
    sql.push(" AND ");
    cx.visible().condition(sql, SECRECY);
    if let Some(typed) = &filter.q {
        sql.push(" AND e.id IN (SELECT m.survivor_id FROM enterprise_name_keys k JOIN enterprises m ON m.id = k.enterprise_id WHERE ");
        if !prefix_condition(sql, "k.key", typed) {
            sql.push("1 = 0");
        }
        sql.push(")");
    }
    if let Some(code) = &filter.industry {
        sql.push(" AND EXISTS (SELECT 1 FROM enterprise_industries i WHERE i.enterprise_id = e.id AND i.industry = ");
        sql.bind(code.as_str()).push(" AND i.valid_to IS NULL AND i.superseded_at IS NULL)");
    }
    if let Some(code) = &filter.origin {
        sql.push(" AND e.reporting_origin = ").bind(code.as_str());
    }
    if let Some(kind) = &filter.kind {
        sql.push(" AND e.kind = ").bind(kind.as_str());
    }
    if let Some(owner) = filter.owner {
        sql.push(" AND e.owner_id = ").bind(owner);
    }
    if let Some(team) = filter.team {
        sql.push(" AND e.team_id = ").bind(team);
    }
}

fn mark(filter: &Filter, enterprise: &Enterprise, key: &str) -> String {
    let by = if filter.sort == "updated" { enterprise.updated_at.0.to_string() } else { key.to_owned() };
    Mark(vec![by, enterprise.id.to_string()]).encode()
}

#[derive(sqlx::FromRow)]
struct Keyed {
    #[sqlx(flatten)]
    enterprise: Enterprise,
    name_key: String,
}

/// One page; out of reach is left out, and counted nowhere.
pub(super) async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<ListPage> {
    let backwards = filter.before.is_some();
    let mut sql = Sql::new(COLUMNS_KEYED);
    conditions(filter, cx, &mut sql);
    let by_name = filter.sort != "updated";
    if let Some(given) = filter.before.as_ref().or(filter.after.as_ref()) {
        let mark = Mark::decode(given, 2)?;
        // Names go up, changes go down: the next page lies beyond the mark in that direction.
        let up = by_name != backwards;
        sql.push(if by_name { " AND (e.name_key, e.id) " } else { " AND (e.updated_at, e.id) " });
        sql.push(if up { "> (" } else { "< (" });
        if by_name {
            sql.bind(mark.text(0));
        } else {
            sql.bind(mark.number(0)?);
        }
        sql.push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(match (by_name, backwards) {
        (true, false) => " ORDER BY e.name_key, e.id",
        (true, true) => " ORDER BY e.name_key DESC, e.id DESC",
        (false, false) => " ORDER BY e.updated_at DESC, e.id DESC",
        (false, true) => " ORDER BY e.updated_at, e.id",
    });
    sql.push(" LIMIT ").bind(limit + 1);
    let mut rows: Vec<Keyed> = sql.fetch_all(cx).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    if backwards {
        rows.reverse();
    }
    let (has_previous, has_next) = if backwards { (more, true) } else { (filter.after.is_some(), more) };
    let at = |row: Option<&Keyed>| row.map(|row| mark(filter, &row.enterprise, &row.name_key));
    Ok(ListPage {
        previous: at(rows.first()).filter(|_| has_previous),
        next: at(rows.last()).filter(|_| has_next),
        enterprises: rows.into_iter().map(|row| row.enterprise).collect(),
    })
}

/// How many a filter shows, counted a little past a thousand at most.
pub(super) async fn count(cx: &mut Cx, filter: &Filter) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT e.id FROM enterprises e");
    conditions(filter, cx, &mut sql);
    sql.push(" LIMIT ").bind(COUNTED + 1).push(") counted");
    sql.fetch_number(cx).await
}

/// The list's order needs its own column beside the record's.
const COLUMNS_KEYED: &str = "SELECT e.name_key, e.id, e.reference, e.survivor_id, e.merged_into, e.kind, e.parent_id, e.name, \
     e.name_language, e.second_name, e.second_language, e.tier, e.team_id, e.owner_id, e.incorporation, e.headquarters, \
     e.main_listing, e.reporting_origin, e.value_chain, e.website, e.description, e.version, e.created_at, e.updated_at, \
     e.retired_at, e.retired_reason FROM enterprises e";

#[cfg(test)]
mod tests {
    #[test]
    fn the_keyed_columns_are_the_records_and_one_more() {
        assert_eq!(super::COLUMNS_KEYED.replacen("e.name_key, ", "", 1), super::COLUMNS);
    }
}
