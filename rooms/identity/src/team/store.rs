//! SQL of teams.

use std::collections::HashMap;

use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

use super::NewTeam;

#[derive(Clone, Debug, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Team {
    pub id: Id,
    pub code: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    pub ended_on: Option<Date>,
    pub version: i64,
}

pub(super) async fn all(cx: &mut Cx) -> Result<Vec<Team>> {
    let sql = "SELECT id, code, name_en, name_zh_hant, name_zh_hans, ended_on, version FROM teams ORDER BY id";
    Ok(on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?)
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Team> {
    let sql = "SELECT id, code, name_en, name_zh_hant, name_zh_hans, ended_on, version FROM teams WHERE id = $1";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(id).fetch_one(db).await)?)
}

pub(super) async fn counts(cx: &mut Cx) -> Result<HashMap<Id, i64>> {
    let sql = "SELECT t.team_id, COUNT(*) FROM account_teams t JOIN accounts a ON a.id = t.account_id
               WHERE a.ended_at IS NULL GROUP BY t.team_id ORDER BY t.team_id";
    let rows: Vec<(Id, i64)> = on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?;
    Ok(rows.into_iter().collect())
}

pub(super) async fn update(cx: &mut Cx, id: Id, names: &[String; 3], ended_on: Option<Date>) -> Result<()> {
    let sql = "UPDATE teams SET name_en = $2, name_zh_hant = $3, name_zh_hans = $4, ended_on = $5,
                 version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(&names[0]).bind(&names[1]).bind(&names[2]).bind(ended_on)
        .execute(db).await)?;
    Ok(())
}

pub(super) async fn members(cx: &mut Cx, id: Id) -> Result<Vec<(Id, String, String)>> {
    let sql = "SELECT a.id, a.name, a.email FROM account_teams t JOIN accounts a ON a.id = t.account_id
               WHERE t.team_id = $1 AND a.ended_at IS NULL ORDER BY a.name_key, a.id LIMIT 1000";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(id).fetch_all(db).await)?)
}

pub(super) async fn set_member(cx: &mut Cx, id: Id, account: Id, belongs: bool) -> Result<()> {
    let sql = if belongs {
        "INSERT INTO account_teams (team_id, account_id) VALUES ($1, $2)"
    } else {
        "DELETE FROM account_teams WHERE team_id = $1 AND account_id = $2"
    };
    run!(cx, db => sqlx::query(sql).bind(id).bind(account).execute(db).await)?;
    Ok(())
}

pub(super) async fn insert_team(cx: &mut Cx, id: Id, team: &NewTeam) -> Result<bool> {
    let sql = "INSERT INTO teams (id, code, name_en, name_zh_hant, name_zh_hans) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (code) DO NOTHING";
    Ok(run!(cx, db => sqlx::query(sql).bind(id).bind(&team.code).bind(&team.name_en).bind(&team.name_zh_hant)
        .bind(&team.name_zh_hans).execute(db).await)?
        == 1)
}
