//! SQL of teams and bodies.

use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

use super::{NewBody, NewTeam};

#[derive(Clone, Debug, FromRow)]
pub struct Team {
    pub id: Id,
    pub code: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct Body {
    pub id: Id,
    pub code: String,
    pub kind: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    pub abbreviation: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub source: String,
}

pub(super) async fn bodies(cx: &mut Cx) -> Result<Vec<Body>> {
    let sql = "SELECT id, code, kind, name_en, name_zh_hant, name_zh_hans, abbreviation, valid_from, valid_to, source
               FROM bodies ORDER BY id";
    Ok(on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?)
}

pub(super) async fn all(cx: &mut Cx) -> Result<Vec<Team>> {
    let sql = "SELECT id, code, name_en, name_zh_hant, name_zh_hans FROM teams WHERE ended_on IS NULL ORDER BY id";
    Ok(on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?)
}

pub(super) async fn insert_team(cx: &mut Cx, id: Id, team: &NewTeam) -> Result<bool> {
    let sql = "INSERT INTO teams (id, code, name_en, name_zh_hant, name_zh_hans) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (code) DO NOTHING";
    Ok(run!(cx, db => sqlx::query(sql).bind(id).bind(&team.code).bind(&team.name_en).bind(&team.name_zh_hant)
        .bind(&team.name_zh_hans).execute(db).await)?
        == 1)
}

pub(super) async fn insert_body(cx: &mut Cx, id: Id, body: &NewBody) -> Result<bool> {
    let sql = "INSERT INTO bodies (id, code, kind, name_en, name_zh_hant, name_zh_hans, abbreviation, valid_from,
                 valid_to, source) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (code) DO NOTHING";
    Ok(run!(cx, db => sqlx::query(sql).bind(id).bind(&body.code).bind(&body.kind).bind(&body.name_en)
        .bind(&body.name_zh_hant).bind(&body.name_zh_hans).bind(&body.abbreviation).bind(body.valid_from)
        .bind(body.valid_to).bind(&body.source).execute(db).await)?
        == 1)
}
