//! SQL of criteria and their versions.

use platform::clock::At;
use platform::order::{By, Order, Place, Rows, Sort};
use platform::permission::Granted;
use platform::sql::Sql;
use platform::{Cx, Id, Result, on, run};
use screening::Criteria;
use sqlx::FromRow;

use super::{Set, Version};

const COLUMNS: &str = "SELECT id, name, latest, origin, made_by, version, updated_at, retired_at, retired_reason FROM \
     criteria_sets";

const ORDERS: &[Order] = &[Order { name: "updated", by: &[By::Number("updated_at"), By::Number("id")] }];

pub(super) async fn insert(cx: &mut Cx, _: &Granted, set: &Set, key: &str) -> Result<()> {
    let sql = "INSERT INTO criteria_sets (id, name, name_key, latest, origin, made_by, version, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8)";
    run!(cx, db => sqlx::query(sql).bind(set.id).bind(&set.name).bind(key).bind(set.latest).bind(&set.origin)
        .bind(set.made_by).bind(set.updated_at).bind(set.updated_at).execute(db).await)?;
    Ok(())
}

pub(super) async fn update(cx: &mut Cx, _: &Granted, set: &Set, key: &str) -> Result<()> {
    let sql =
        "UPDATE criteria_sets SET name = $2, name_key = $3, latest = $4, version = $5, updated_at = $6 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(set.id).bind(&set.name).bind(key).bind(set.latest).bind(set.version)
        .bind(set.updated_at).execute(db).await)?;
    Ok(())
}

pub(super) async fn insert_version(cx: &mut Cx, _: &Granted, set: Id, version: &Version) -> Result<()> {
    let sql = "INSERT INTO criteria_versions (set_id, number, body, note, made_by_name, made_at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let body = version.criteria.to_json();
    run!(cx, db => sqlx::query(sql).bind(set).bind(version.number).bind(&body).bind(&version.note)
        .bind(&version.made_by_name).bind(version.made_at).execute(db).await)?;
    Ok(())
}

pub(super) async fn set_retired(cx: &mut Cx, _: &Granted, id: Id, reason: Option<&str>) -> Result<()> {
    let now = cx.now();
    let mut sql = Sql::new("UPDATE criteria_sets SET version = version + 1, updated_at = ");
    sql.bind(now).push(", retired_at = ").bind(reason.map(|_| now)).push(", retired_reason = ").bind(reason);
    sql.push(" WHERE id = ").bind(id);
    sql.execute(cx).await?;
    Ok(())
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Set> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn by_origin(cx: &mut Cx, origin: &str) -> Result<Option<Id>> {
    let sql = "SELECT id FROM criteria_sets WHERE origin = $1 ORDER BY id LIMIT 1";
    let found: Option<(Id,)> = on!(cx, db => sqlx::query_as(sql).bind(origin).fetch_optional(db).await)?;
    Ok(found.map(|(id,)| id))
}

pub(super) async fn page(cx: &mut Cx, retired: bool, place: &Place, limit: i64) -> Result<Rows<Set>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE retired_at IS ").push(if retired { "NOT NULL" } else { "NULL" });
    Sort { order: &ORDERS[0], down: true }.page(&mut sql, place, limit)?;
    let rows: Vec<Set> = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, place, limit, |set| vec![set.updated_at.0.to_string(), set.id.to_string()]))
}

#[derive(FromRow)]
struct Row {
    number: i64,
    body: String,
    note: String,
    made_by_name: String,
    made_at: At,
}

impl Row {
    fn read(self) -> Result<Version> {
        let criteria: Criteria = serde_json::from_str(&self.body)?;
        Ok(Version {
            number: self.number,
            note: self.note,
            made_by_name: self.made_by_name,
            made_at: self.made_at,
            criteria,
        })
    }
}

const VERSIONS: &str = "SELECT number, body, note, made_by_name, made_at FROM criteria_versions WHERE set_id = ";

pub(super) async fn version(cx: &mut Cx, set: Id, number: i64) -> Result<Version> {
    let mut sql = Sql::new(VERSIONS);
    sql.bind(set).push(" AND number = ").bind(number);
    sql.fetch_one::<Row>(cx).await?.read()
}

pub(super) async fn versions(cx: &mut Cx, set: Id, below: Option<i64>, limit: i64) -> Result<Vec<Version>> {
    let mut sql = Sql::new(VERSIONS);
    sql.bind(set);
    if let Some(below) = below {
        sql.push(" AND number < ").bind(below);
    }
    sql.push(" ORDER BY number DESC LIMIT ").bind(limit);
    sql.fetch_all::<Row>(cx).await?.into_iter().map(Row::read).collect()
}
