//! SQL of saved views.

use platform::clock::At;
use platform::sql::Sql;
use platform::{Cx, Id, Result, on, run};
use serde::Serialize;
use sqlx::FromRow;

use super::Sharing;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
pub struct SavedView {
    pub id: Id,
    /// Whose it is.
    pub account_id: Id,
    pub account_name: String,
    /// The list's page.
    pub path: String,
    pub name: String,
    /// The parameters of the list's address.
    pub query: String,
    /// private, team or office.
    pub sharing: String,
    /// The team it is shared with.
    pub team_id: Option<Id>,
    pub version: i64,
    pub updated_at: At,
    pub retired_at: Option<At>,
}

const COLUMNS: &str = "SELECT v.id, v.account_id, a.name AS account_name, v.path, v.name, v.query, v.sharing, v.team_id, \
     v.version, v.updated_at, v.retired_at FROM saved_views v JOIN accounts a ON a.id = v.account_id";

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<SavedView> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE v.id = ").bind(id);
    sql.fetch_one(cx).await
}

/// More tabs than these nobody reads; the page of views has the rest.
const MOST_TABS: i64 = 30;

pub(super) async fn of_list(
    cx: &mut Cx,
    path: &str,
    account: Id,
    teams: &[Id],
    inside: bool,
) -> Result<Vec<SavedView>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE v.path = ").bind(path).push(" AND v.retired_at IS NULL AND ");
    seen(&mut sql, account, teams, inside);
    sql.push(" ORDER BY v.id LIMIT ").bind(MOST_TABS);
    sql.fetch_all(cx).await
}

pub(super) async fn all(cx: &mut Cx, account: Id, teams: &[Id], inside: bool) -> Result<Vec<SavedView>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE (v.retired_at IS NULL OR v.account_id = ").bind(account).push(") AND ");
    seen(&mut sql, account, teams, inside);
    sql.push(" ORDER BY v.path, v.id LIMIT 500");
    sql.fetch_all(cx).await
}

/// What somebody's live views of a list are called.
pub(super) async fn names(cx: &mut Cx, account: Id, path: &str) -> Result<Vec<(Id, String)>> {
    let sql = "SELECT id, name FROM saved_views WHERE account_id = $1 AND path = $2 AND retired_at IS NULL ORDER BY id";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(account).bind(path).fetch_all(db).await)?)
}

pub(super) async fn of_path(cx: &mut Cx, path: &str) -> Result<Vec<SavedView>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE v.path = ").bind(path).push(" AND v.retired_at IS NULL ORDER BY a.name, v.id");
    sql.fetch_all(cx).await
}

fn seen(sql: &mut Sql, account: Id, teams: &[Id], inside: bool) {
    sql.push("(v.account_id = ").bind(account);
    if inside {
        sql.push(" OR v.sharing = 'office'");
    }
    if !teams.is_empty() {
        sql.push(" OR (v.sharing = 'team' AND v.team_id").bind_in(teams.iter().copied()).push(")");
    }
    sql.push(")");
}

pub(super) async fn insert(
    cx: &mut Cx,
    id: Id,
    account: Id,
    path: &str,
    name: &str,
    query: &str,
    sharing: Sharing,
) -> Result<()> {
    let sql =
        "INSERT INTO saved_views (id, account_id, path, name, query, sharing, team_id, version, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $8)";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(account).bind(path).bind(name).bind(query).bind(sharing.code())
        .bind(sharing.team()).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn update(cx: &mut Cx, id: Id, name: &str, query: &str, sharing: Sharing) -> Result<()> {
    let sql = "UPDATE saved_views SET name = $2, query = $3, sharing = $4, team_id = $5, updated_at = $6,
                 version = version + 1 WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(name).bind(query).bind(sharing.code()).bind(sharing.team()).bind(now)
        .execute(db).await)?;
    Ok(())
}

pub(super) async fn set_retired(cx: &mut Cx, id: Id, retired: bool) -> Result<()> {
    let sql = "UPDATE saved_views SET retired_at = $2, version = version + 1 WHERE id = $1";
    let at = retired.then(|| cx.now());
    run!(cx, db => sqlx::query(sql).bind(id).bind(at).execute(db).await)?;
    Ok(())
}
