//! SQL of groups.

use platform::sql::{AT_ONCE, Sql};
use platform::{Cx, Id, Result, on};
use sqlx::FromRow;

use crate::enterprise::{Enterprise, SECRECY};

#[derive(FromRow)]
struct Child {
    #[sqlx(flatten)]
    enterprise: Enterprise,
    above: Id,
}

/// The living enterprises within reach under any of these, with the one above each.
pub(super) async fn children(cx: &mut Cx, parents: &[Id], limit: i64) -> Result<Vec<(Enterprise, Id)>> {
    let mut found = Vec::new();
    for chunk in parents.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT p.survivor_id AS above, e.id, e.reference, e.survivor_id, e.merged_into, e.kind, e.parent_id, \
             e.name, e.name_language, e.second_name, e.second_language, e.tier, e.team_id, e.owner_id, \
             e.incorporation, e.headquarters, e.main_listing, e.reporting_origin, e.value_chain, e.website, \
             e.description, e.version, e.created_at, e.updated_at, e.retired_at, e.retired_reason, e.own \
             FROM enterprises p JOIN enterprises e ON e.parent_id = p.id WHERE p.survivor_id",
        );
        sql.bind_in(chunk.iter().copied());
        sql.push(" AND e.merged_into IS NULL AND e.retired_at IS NULL AND e.id <> p.survivor_id AND ");
        cx.visible().condition(&mut sql, SECRECY);
        sql.push(" ORDER BY e.name_key, e.id LIMIT ").bind(limit);
        let rows: Vec<Child> = sql.fetch_all(cx).await?;
        found.extend(rows.into_iter().map(|row| (row.enterprise, row.above)));
    }
    Ok(found)
}

/// The record that stands for the parent of the record that stands for this one.
pub(super) async fn above(cx: &mut Cx, id: Id) -> Result<Option<Id>> {
    let sql = "SELECT p.survivor_id FROM enterprises m JOIN enterprises e ON e.id = m.survivor_id
               JOIN enterprises p ON p.id = e.parent_id WHERE m.id = $1 AND p.survivor_id <> e.id";
    let found: Option<(Id,)> = on!(cx, db => sqlx::query_as(sql).bind(id).fetch_optional(db).await)?;
    Ok(found.map(|(id,)| id))
}

/// How many within reach have one of these as their parent.
pub async fn count_children(cx: &mut Cx, ids: &[Id]) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM enterprises e WHERE e.parent_id");
    sql.bind_in(ids.iter().copied()).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.fetch_number(cx).await
}
