//! SQL of the list.

use platform::api::Mark;
use platform::sql::Sql;
use platform::{Cx, Result};
use ui::lists::COUNTED;

use super::super::{SECRECY, store};
use super::{Filter, ListPage, Listed};

fn conditions(filter: &Filter, cx: &Cx, sql: &mut Sql) {
    sql.push(" WHERE p.retired_at IS ").push(if filter.retired { "NOT NULL" } else { "NULL" }).push(" AND ");
    cx.visible().condition(sql, SECRECY);
    sql.push(" AND ");
    store::enterprise_in_reach(cx, sql);
    if let Some(typed) = &filter.q {
        sql.push(" AND (p.reference = ").bind(typed.trim().to_uppercase()).push(" OR (1 = 1");
        let mut prefix = Sql::default();
        if platform::search::prefix_condition(&mut prefix, "p.title_key", typed) {
            sql.push(" AND ");
            platform::search::prefix_condition(sql, "p.title_key", typed);
        }
        sql.push("))");
    }
    let equal = [("p.stage = ", &filter.stage), ("p.status = ", &filter.status), ("p.nature = ", &filter.nature)];
    for (column, value) in equal {
        if let Some(value) = value {
            sql.push(" AND ").push(column).bind(value.as_str());
        }
    }
    if let Some(owner) = filter.owner {
        sql.push(" AND p.owner_id = ").bind(owner);
    }
    if !filter.enterprises.is_empty() {
        sql.push(" AND p.enterprise_id").bind_in(filter.enterprises.iter().copied());
    }
}

fn mark(project: &Listed) -> String {
    Mark(vec![project.updated_at.0.to_string(), project.id.to_string()]).encode()
}

/// One page, latest change first.
pub(super) async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<ListPage> {
    let backwards = filter.before.is_some();
    let mut sql = Sql::new(
        "SELECT p.id, p.reference, p.title, p.stage, p.status, p.nature, p.override_reason, p.updated_at, p.version, \
         s.id AS enterprise_id, s.name AS enterprise_name, s.name_language FROM projects p \
         JOIN directory_enterprise_brief b ON b.id = p.enterprise_id \
         JOIN directory_enterprise_brief s ON s.id = b.survivor_id",
    );
    conditions(filter, cx, &mut sql);
    if let Some(given) = filter.before.as_ref().or(filter.after.as_ref()) {
        let mark = Mark::decode(given, 2)?;
        sql.push(" AND (p.updated_at, p.id) ").push(if backwards { "> (" } else { "< (" });
        sql.bind(mark.number(0)?).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(if backwards {
        " ORDER BY p.updated_at, p.id LIMIT "
    } else {
        " ORDER BY p.updated_at DESC, p.id DESC LIMIT "
    });
    sql.bind(limit + 1);
    let mut projects: Vec<Listed> = sql.fetch_all(cx).await?;
    let more = projects.len() as i64 > limit;
    projects.truncate(usize::try_from(limit).unwrap_or_default());
    if backwards {
        projects.reverse();
    }
    let (has_previous, has_next) = if backwards { (more, true) } else { (filter.after.is_some(), more) };
    Ok(ListPage {
        previous: projects.first().map(mark).filter(|_| has_previous),
        next: projects.last().map(mark).filter(|_| has_next),
        projects,
    })
}

/// How many a filter shows, counted a little past a thousand at most.
pub(super) async fn count(cx: &mut Cx, filter: &Filter) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT p.id FROM projects p");
    conditions(filter, cx, &mut sql);
    sql.push(" LIMIT ").bind(COUNTED + 1).push(") counted");
    sql.fetch_number(cx).await
}
