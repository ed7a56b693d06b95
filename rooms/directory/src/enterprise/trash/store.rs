//! SQL of the trash.

use platform::api::Mark;
use platform::sql::Sql;
use platform::{Cx, Result};
use ui::lists::COUNTED;

use super::{Retired, TrashPage};
use crate::enterprise::SECRECY;

fn conditions(cx: &Cx, sql: &mut Sql) {
    sql.push(" FROM enterprises e WHERE e.retired_at IS NOT NULL AND e.merged_into IS NULL AND ");
    cx.visible().condition(sql, SECRECY);
}

pub(super) async fn page(cx: &mut Cx, after: Option<&str>, before: Option<&str>, limit: i64) -> Result<TrashPage> {
    let backwards = before.is_some();
    let mut sql = Sql::new(
        "SELECT e.id, e.reference, e.name, e.name_language, e.second_name, e.team_id, e.owner_id, e.retired_at, \
         COALESCE(e.retired_reason, '') AS retired_reason",
    );
    conditions(cx, &mut sql);
    if let Some(given) = before.or(after) {
        let mark = Mark::decode(given, 2)?;
        sql.push(" AND (e.retired_at, e.id) ").push(if backwards { "> (" } else { "< (" });
        sql.bind(mark.number(0)?).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(if backwards { " ORDER BY e.retired_at, e.id" } else { " ORDER BY e.retired_at DESC, e.id DESC" });
    sql.push(" LIMIT ").bind(limit + 1);
    let mut rows: Vec<Retired> = sql.fetch_all(cx).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    if backwards {
        rows.reverse();
    }
    let (has_previous, has_next) = if backwards { (more, true) } else { (after.is_some(), more) };
    let mark =
        |row: Option<&Retired>| row.map(|row| Mark(vec![row.retired_at.0.to_string(), row.id.to_string()]).encode());
    Ok(TrashPage {
        previous: mark(rows.first()).filter(|_| has_previous),
        next: mark(rows.last()).filter(|_| has_next),
        retired: rows,
    })
}

pub(super) async fn count(cx: &mut Cx) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT e.id");
    conditions(cx, &mut sql);
    sql.push(" LIMIT ").bind(COUNTED + 1).push(") counted");
    sql.fetch_count(cx).await
}
