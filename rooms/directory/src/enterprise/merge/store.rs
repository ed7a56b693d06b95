//! SQL of merges: pointers, and who stands for whom.

use platform::audit::{FieldChange, Told};
use platform::clock::At;
use platform::permission::Granted;
use platform::sql::Sql;
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;

use super::super::store::{COLUMNS, Enterprise};

#[derive(FromRow)]
pub(super) struct Merge {
    pub id: Id,
    pub chosen: String,
    pub merged_at: At,
}

/// Points a record, and all it stands for, at a survivor.
pub(super) async fn point(cx: &mut Cx, _: &Granted, loser: &Enterprise, survivor: Id) -> Result<()> {
    let now = cx.now();
    let pointer = "UPDATE enterprises SET merged_into = $2, updated_at = $3, version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(pointer).bind(loser.id).bind(survivor).bind(now).execute(db).await)?;
    stood(cx, "UPDATE enterprise_standings SET until_at = $2 WHERE until_at IS NULL AND survivor_id = $1", loser.id)
        .await?;
    let stand = "INSERT INTO enterprise_standings (enterprise_id, survivor_id, since_at)
                 SELECT id, CAST($2 AS BIGINT), CAST($3 AS BIGINT) FROM enterprises WHERE survivor_id = $1
                 ON CONFLICT (enterprise_id, since_at) DO UPDATE SET survivor_id = excluded.survivor_id, until_at = NULL";
    run!(cx, db => sqlx::query(stand).bind(loser.id).bind(survivor).bind(now).execute(db).await)?;
    let stands = "UPDATE enterprises SET survivor_id = $2 WHERE survivor_id = $1";
    run!(cx, db => sqlx::query(stands).bind(loser.id).bind(survivor).execute(db).await)?;
    Ok(())
}

/// Takes the pointer off; the record stands again for itself and for what still points at it.
pub(super) async fn unpoint(cx: &mut Cx, _: &Granted, loser: &Enterprise) -> Result<()> {
    let now = cx.now();
    let pointer = "UPDATE enterprises SET merged_into = NULL, updated_at = $2, version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(pointer).bind(loser.id).bind(now).execute(db).await)?;
    let stands = "WITH RECURSIVE under (id) AS (
                    SELECT id FROM enterprises WHERE id = $1
                    UNION
                    SELECT e.id FROM enterprises e JOIN under u ON e.merged_into = u.id WHERE e.survivor_id = $2
                  )
                  UPDATE enterprises SET survivor_id = $1 WHERE id IN (SELECT id FROM under)";
    run!(cx, db => sqlx::query(stands).bind(loser.id).bind(loser.survivor_id).execute(db).await)?;
    let ended = "UPDATE enterprise_standings SET until_at = $2 WHERE until_at IS NULL
                   AND enterprise_id IN (SELECT id FROM enterprises WHERE survivor_id = $1)";
    stood(cx, ended, loser.id).await?;
    let stand = "INSERT INTO enterprise_standings (enterprise_id, survivor_id, since_at)
                 SELECT id, survivor_id, CAST($2 AS BIGINT) FROM enterprises WHERE survivor_id = $1 AND id <> $1
                 ON CONFLICT (enterprise_id, since_at) DO UPDATE SET survivor_id = excluded.survivor_id, until_at = NULL";
    stood(cx, stand, loser.id).await
}

/// Keeps who stood for whom until now, or does from now on.
async fn stood(cx: &mut Cx, sql: &'static str, loser: Id) -> Result<()> {
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(loser).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn insert(cx: &mut Cx, loser: &Enterprise, into: Id, reason: &str, chosen: &str) -> Result<()> {
    let sql = "INSERT INTO enterprise_merges (id, loser_id, into_id, reason, chosen, merged_at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let (id, now) = (cx.new_id(), cx.now());
    run!(cx, db => sqlx::query(sql).bind(id).bind(loser.id).bind(into).bind(reason).bind(chosen).bind(now)
        .execute(db).await)?;
    Ok(())
}

pub(super) async fn latest(cx: &mut Cx, loser: Id) -> Result<Option<Merge>> {
    let sql = "SELECT id, chosen, merged_at FROM enterprise_merges WHERE loser_id = $1 AND undone_at IS NULL
               ORDER BY id DESC LIMIT 1";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(loser).fetch_optional(db).await)?)
}

/// What a survivor's field was before a merge took another value into it: where that came from a merge that was undone
/// meanwhile, what it was before that one.
pub(super) async fn before(cx: &mut Cx, into: Id, merged_at: At, field: &str, old: Told) -> Result<Told> {
    let sql = "SELECT id, chosen, merged_at FROM enterprise_merges
               WHERE into_id = $1 AND merged_at <= $2 AND undone_at >= $2 ORDER BY id DESC";
    let undone: Vec<Merge> = on!(cx, db => sqlx::query_as(sql).bind(into).bind(merged_at).fetch_all(db).await)?;
    let mut was = old;
    for merge in undone {
        let chosen: Vec<FieldChange> = serde_json::from_str(&merge.chosen)?;
        if let Some(taken) = chosen.into_iter().find(|taken| taken.field == field && taken.new.raw() == was.raw()) {
            was = taken.old;
        }
    }
    Ok(was)
}

pub(super) async fn undo(cx: &mut Cx, id: Id) -> Result<()> {
    let now = cx.now();
    let sql = "UPDATE enterprise_merges SET undone_at = $2 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn merged(cx: &mut Cx, id: Id) -> Result<Vec<Enterprise>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE e.survivor_id = ").bind(id).push(" AND e.merged_into IS NOT NULL ORDER BY e.id");
    sql.fetch_all(cx).await
}

async fn count(cx: &mut Cx, text: &'static str, ids: &[Id]) -> Result<i64> {
    let mut sql = Sql::new(text);
    sql.bind_in(ids.iter().copied());
    sql.fetch_number(cx).await
}

pub async fn count_names(cx: &mut Cx, ids: &[Id]) -> Result<i64> {
    count(cx, "SELECT COUNT(*) FROM enterprise_names WHERE withdrawn_at IS NULL AND enterprise_id", ids).await
}

pub async fn count_identifiers(cx: &mut Cx, ids: &[Id]) -> Result<i64> {
    count(cx, "SELECT COUNT(*) FROM enterprise_identifiers WHERE withdrawn_at IS NULL AND enterprise_id", ids).await
}

pub async fn count_industries(cx: &mut Cx, ids: &[Id]) -> Result<i64> {
    count(cx, "SELECT COUNT(*) FROM enterprise_industries WHERE superseded_at IS NULL AND enterprise_id", ids).await
}

pub async fn count_measurements(cx: &mut Cx, ids: &[Id]) -> Result<i64> {
    count(cx, "SELECT COUNT(*) FROM enterprise_measurements WHERE superseded_at IS NULL AND enterprise_id", ids).await
}

pub async fn count_flags(cx: &mut Cx, ids: &[Id]) -> Result<i64> {
    count(cx, "SELECT COUNT(*) FROM enterprise_flags WHERE withdrawn_at IS NULL AND enterprise_id", ids).await
}
