//! SQL of measurements.

use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, insert_many};
use platform::{Cx, Id, Result, Taken, run};

use super::{Checked, Measurement};
use crate::enterprise::SECRECY;

const COLUMNS: &str = "SELECT id, enterprise_id, measure, year, amount, unit, source, version, corrects_id, reason, \
     recorded_at, superseded_at FROM enterprise_measurements";

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Measurement> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn of(cx: &mut Cx, survivor: Id, enterprises: &[Id]) -> Result<Vec<Measurement>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE enterprise_id").bind_in(enterprises.iter().copied());
    sql.push(" ORDER BY measure, year DESC, CASE WHEN superseded_at IS NULL THEN 0 ELSE 1 END, ");
    sql.push("CASE WHEN enterprise_id = ").bind(survivor).push(" THEN 0 ELSE 1 END, id DESC");
    sql.fetch_all(cx).await
}

/// What stands of a year; where several records that are read as one say it, what the survivor's own does.
pub(super) async fn standing(
    cx: &mut Cx,
    survivor: Id,
    enterprises: &[Id],
    measure: &str,
    year: i64,
) -> Result<Option<Measurement>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE enterprise_id").bind_in(enterprises.iter().copied());
    sql.push(" AND superseded_at IS NULL AND measure = ").bind(measure);
    sql.push(" AND year = ").bind(year).push(" ORDER BY CASE WHEN enterprise_id = ");
    sql.bind(survivor).push(" THEN 0 ELSE 1 END, id DESC LIMIT 1");
    sql.fetch_optional(cx).await
}

/// What stands of several enterprises, for a batch of an import.
pub(super) async fn standing_of(cx: &mut Cx, enterprises: &[Id]) -> Result<Vec<Measurement>> {
    let mut found = Vec::new();
    for chunk in enterprises.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE superseded_at IS NULL AND enterprise_id").bind_in(chunk.iter().copied());
        sql.push(" ORDER BY id");
        found.extend(sql.fetch_all::<Measurement>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn insert(
    cx: &mut Cx,
    _: &Granted,
    enterprise: Id,
    new: &Checked,
    corrected: Option<&Measurement>,
    reason: Option<&str>,
) -> Result<Id> {
    let id = cx.new_id();
    let row = vec![
        id.into(),
        enterprise.into(),
        new.measure.clone().into(),
        new.year.into(),
        new.amount.into(),
        new.unit.clone().into(),
        new.source.clone().into(),
        corrected.map_or(1, |before| before.version + 1).into(),
        corrected.map(|before| before.id).into(),
        reason.into(),
        cx.now().into(),
    ];
    let head = "INSERT INTO enterprise_measurements (id, enterprise_id, measure, year, amount, unit, source, version, \
                corrects_id, reason, recorded_at)";
    insert_many(cx, head, "", vec![row]).await.taken("measurement-already-held")?;
    Ok(id)
}

/// Ends a row's standing; with a reason where nothing takes its place.
pub(super) async fn supersede(cx: &mut Cx, _: &Granted, id: Id, reason: Option<&str>) -> Result<()> {
    let sql = "UPDATE enterprise_measurements SET superseded_at = $2, reason = COALESCE($3, reason) WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).bind(reason).execute(db).await)?;
    Ok(())
}

/// Lets a row stand again, when the import that superseded it is undone.
pub(super) async fn reinstate(cx: &mut Cx, _: &Granted, id: Id) -> Result<()> {
    let sql = "UPDATE enterprise_measurements SET superseded_at = NULL WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).execute(db).await)?;
    Ok(())
}

/// A row of the export: whose it is, by the record that stands for it.
#[derive(sqlx::FromRow)]
pub(super) struct Exported {
    pub reference: String,
    pub name: String,
    pub survivor_id: Id,
    pub tier: i64,
    #[sqlx(flatten)]
    pub measurement: Measurement,
}

/// What stands within reach, from a key on.
pub(super) async fn exported(cx: &mut Cx, after: i64, limit: i64) -> Result<Vec<Exported>> {
    let mut sql = Sql::new(
        "SELECT e.reference, e.name, e.id AS survivor_id, e.tier, x.id, x.enterprise_id, x.measure, x.year, x.amount, \
         x.unit, x.source, x.version, x.corrects_id, x.reason, x.recorded_at, x.superseded_at \
         FROM enterprise_measurements x JOIN enterprises m ON m.id = x.enterprise_id \
         JOIN enterprises e ON e.id = m.survivor_id WHERE x.superseded_at IS NULL AND e.retired_at IS NULL AND x.id > ",
    );
    sql.bind(after).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.push(" ORDER BY x.id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}
