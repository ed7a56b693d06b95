//! SQL of a screening's companies.

use directory::enterprise::SECRECY as OF_ENTERPRISE;
use platform::order::{By, Order, Rows, Sort};
use platform::search::prefix_condition;
use platform::sql::Sql;
use platform::{Cx, Id, Result};
use projects::project::SECRECY as OF_PROJECT;

use super::{Column, Courted, Extent, Filter, Known, Listed};
use crate::target::SECRECY as OF_TARGET;

const ORDERS: &[Order] = &[Order { name: "rank", by: &[By::Number("r.rank")] }];

/// True for a company that an enterprise within reach is, which the office reserved, approached or saw decline, or has
/// a project with. What is out of reach says nothing.
fn courted(cx: &Cx, sql: &mut Sql) {
    let visible = cx.visible();
    sql.push(
        "EXISTS (SELECT 1 FROM company_links l JOIN directory_enterprise_brief b ON b.id = l.enterprise_id \
         JOIN directory_enterprise_brief e ON e.id = b.survivor_id \
         WHERE l.company_id = r.company_id AND l.how <> 'unsure' AND e.retired_at IS NULL AND ",
    );
    visible.condition(sql, OF_ENTERPRISE);
    sql.push(
        " AND (EXISTS (SELECT 1 FROM directory_enterprise_brief m JOIN targets t ON t.enterprise_id = m.id \
         WHERE m.survivor_id = e.id AND t.retired_at IS NULL AND t.standing IN ('reserved', 'approached', 'declined') AND ",
    );
    visible.condition(sql, OF_TARGET);
    sql.push(
        ") OR EXISTS (SELECT 1 FROM directory_enterprise_brief m JOIN projects_project_brief p ON p.enterprise_id = m.id \
         WHERE m.survivor_id = e.id AND p.retired_at IS NULL AND ",
    );
    visible.condition(sql, OF_PROJECT);
    sql.push(")))");
}

/// The last rank of the list: that of the last of so many that are not courted, as far as some are kept.
pub(super) async fn last(cx: &mut Cx, screening: Id, top: i64) -> Result<i64> {
    let mut sql = Sql::new("SELECT COALESCE(MAX(rank), 0) FROM screening_rows WHERE screening_id = ");
    sql.bind(screening);
    let kept = sql.fetch_number(cx).await?;
    if kept <= top {
        return Ok(kept);
    }
    let mut sql = Sql::new("SELECT r.rank FROM screening_rows r WHERE r.screening_id = ");
    sql.bind(screening).push(" AND NOT ");
    courted(cx, &mut sql);
    sql.push(" ORDER BY r.rank LIMIT 1 OFFSET ").bind(top - 1);
    let found: Vec<(i64,)> = sql.fetch_all(cx).await?;
    Ok(found.first().map_or(kept, |(rank,)| *rank))
}

fn conditions(cx: &Cx, extent: Extent, filter: &Filter, sql: &mut Sql) {
    sql.push(" WHERE r.screening_id = ").bind(extent.screening).push(" AND r.rank <= ").bind(extent.last);
    if let Some(typed) = &filter.q {
        sql.push(" AND (");
        if !prefix_condition(sql, "r.name_key", typed) {
            sql.push("1 = 0");
        }
        sql.push(")");
    }
    if let Some(country) = &filter.country {
        sql.push(" AND r.country = ").bind(country.as_str());
    }
    if let Some(industry) = &filter.industry {
        let length = i64::try_from(industry.chars().count()).unwrap_or(0);
        sql.push(" AND substr(r.industry, 1, CAST(").bind(length).push(" AS INTEGER)) = ").bind(industry.as_str());
    }
    if let Some(listing) = &filter.listing {
        sql.push(" AND r.listing = ").bind(listing.as_str());
    }
    if let Some(chain) = &filter.chain {
        sql.push(" AND r.chain = ").bind(chain.as_str());
    }
    if !filter.ids.is_empty() {
        sql.push(" AND r.rank").bind_in(filter.ids.iter().copied());
        return;
    }
    match filter.courted {
        Courted::All => return,
        Courted::Only => sql.push(" AND "),
        Courted::Without => sql.push(" AND NOT "),
    };
    courted(cx, sql);
}

pub(super) async fn page(cx: &mut Cx, extent: Extent, filter: &Filter, limit: i64) -> Result<Rows<Listed>> {
    let mut sql = Sql::new(
        "SELECT r.rank, r.company_id, r.name, r.country, r.industry, r.listing, r.chain, r.total, \
         CASE WHEN r.best < l.level_from THEN r.best ELSE l.level_from END AS best, \
         CASE WHEN r.worst > l.level_to THEN r.worst ELSE l.level_to END AS worst, l.level_from, l.level_to, \
         (l.level_to < s.ranked AND l.level_to = (SELECT MAX(k.rank) FROM screening_rows k WHERE k.screening_id = s.id)) \
         AS level_beyond FROM screening_rows r JOIN screenings s ON s.id = r.screening_id \
         JOIN (SELECT total, MIN(rank) AS level_from, MAX(rank) AS level_to FROM screening_rows WHERE screening_id = ",
    );
    sql.bind(extent.screening).push(" GROUP BY total) l ON l.total = r.total");
    conditions(cx, extent, filter, &mut sql);
    Sort { order: &ORDERS[0], down: false }.page(&mut sql, &filter.place, limit)?;
    let rows: Vec<Listed> = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, &filter.place, limit, |row| vec![row.rank.to_string()]))
}

pub(super) async fn count(cx: &mut Cx, extent: Extent, filter: &Filter) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM screening_rows r");
    conditions(cx, extent, filter, &mut sql);
    sql.fetch_count(cx).await
}

/// For each company the enterprise within reach that it is, with its latest target and its projects within reach.
pub(super) async fn known(cx: &mut Cx, companies: &[String]) -> Result<Vec<Known>> {
    let visible = cx.visible();
    let mut found = Vec::new();
    for chunk in companies.chunks(200) {
        let mut sql = Sql::new(
            "SELECT l.company_id, e.id AS enterprise_id, e.name AS enterprise, e.name_language, e.reference, l.how, \
             (SELECT MAX(t.id) FROM directory_enterprise_brief m JOIN targets t ON t.enterprise_id = m.id \
              WHERE m.survivor_id = e.id AND t.retired_at IS NULL AND ",
        );
        visible.condition(&mut sql, OF_TARGET);
        sql.push(
            ") AS target_id, (SELECT t.standing FROM directory_enterprise_brief m JOIN targets t ON t.enterprise_id = m.id \
             WHERE m.survivor_id = e.id AND t.retired_at IS NULL AND ",
        );
        visible.condition(&mut sql, OF_TARGET);
        sql.push(
            " ORDER BY t.id DESC LIMIT 1) AS standing, (SELECT COUNT(*) FROM directory_enterprise_brief m \
             JOIN projects_project_brief p ON p.enterprise_id = m.id WHERE m.survivor_id = e.id AND p.retired_at IS NULL AND ",
        );
        visible.condition(&mut sql, OF_PROJECT);
        sql.push(
            ") AS projects FROM company_links l JOIN directory_enterprise_brief b ON b.id = l.enterprise_id \
             JOIN directory_enterprise_brief e ON e.id = b.survivor_id WHERE e.retired_at IS NULL AND l.company_id",
        );
        sql.bind_in(chunk.iter().map(String::as_str)).push(" AND ");
        visible.condition(&mut sql, OF_ENTERPRISE);
        sql.push(" ORDER BY l.company_id");
        found.extend(sql.fetch_all::<Known>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn choices(
    cx: &mut Cx,
    extent: Extent,
    column: Column,
    courted: Courted,
) -> Result<Vec<(String, i64)>> {
    let (head, tail) = match column {
        Column::Country => ("SELECT r.country, COUNT(*) FROM screening_rows r", " GROUP BY r.country"),
        Column::Industry => {
            ("SELECT substr(r.industry, 1, 2), COUNT(*) FROM screening_rows r", " GROUP BY substr(r.industry, 1, 2)")
        }
        Column::Listing => ("SELECT r.listing, COUNT(*) FROM screening_rows r", " GROUP BY r.listing"),
        Column::Chain => ("SELECT r.chain, COUNT(*) FROM screening_rows r", " GROUP BY r.chain"),
    };
    let mut sql = Sql::new(head);
    conditions(cx, extent, &Filter { courted, ..Filter::default() }, &mut sql);
    sql.push(tail).push(" ORDER BY 2 DESC, 1");
    let found: Vec<(String, i64)> = sql.fetch_all(cx).await?;
    Ok(found.into_iter().filter(|(code, _)| !code.is_empty()).collect())
}
