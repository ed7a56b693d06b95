//! SQL of names, and of the keys under which they are found.

use std::collections::BTreeSet;

use platform::permission::Granted;
use platform::search::fold;
use platform::sql::{AT_ONCE, Sql, insert_many};
use platform::{Cx, Id, Result, run};

use super::{Checked, Name};
use crate::enterprise::SECRECY;

const COLUMNS: &str =
    "SELECT id, enterprise_id, name, language, kind, valid_from, valid_to, version FROM enterprise_names";

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Name> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE withdrawn_at IS NULL AND id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn of(cx: &mut Cx, enterprises: &[Id]) -> Result<Vec<Name>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE withdrawn_at IS NULL AND enterprise_id").bind_in(enterprises.iter().copied());
    sql.push(" ORDER BY id");
    sql.fetch_all(cx).await
}

/// A row of the export: whose it is, by the record that stands for it.
#[derive(sqlx::FromRow)]
pub(super) struct Exported {
    pub reference: String,
    pub survivor_id: Id,
    pub survivor_name: String,
    pub tier: i64,
    #[sqlx(flatten)]
    pub name: Name,
}

/// What stands of enterprises within reach, from a key on.
pub(super) async fn exported(cx: &mut Cx, after: i64, limit: i64) -> Result<Vec<Exported>> {
    let mut sql = Sql::new(
        "SELECT e.reference, e.id AS survivor_id, e.name AS survivor_name, e.tier, x.id, x.enterprise_id, x.name, x.language, x.kind, x.valid_from, x.valid_to, x.version \
         FROM enterprise_names x JOIN enterprises m ON m.id = x.enterprise_id JOIN enterprises e ON e.id = m.survivor_id \
         WHERE x.withdrawn_at IS NULL AND e.retired_at IS NULL AND x.id > ",
    );
    sql.bind(after).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.push(" ORDER BY x.id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, enterprise: Id, new: &Checked) -> Result<Id> {
    let id = cx.new_id();
    let row = vec![
        id.into(),
        enterprise.into(),
        new.name.clone().into(),
        new.language.clone().into(),
        new.kind.clone().into(),
        new.valid_from.into(),
        new.valid_to.into(),
        fold::sort_key(&new.name).into(),
    ];
    let head = "INSERT INTO enterprise_names (id, enterprise_id, name, language, kind, valid_from, valid_to, name_key)";
    insert_many(cx, head, "", vec![row]).await?;
    Ok(id)
}

pub(super) async fn update(cx: &mut Cx, _: &Granted, id: Id, after: &Checked) -> Result<()> {
    let sql = "UPDATE enterprise_names SET name = $2, language = $3, kind = $4, valid_from = $5, valid_to = $6,
                 name_key = $7, version = version + 1 WHERE id = $1";
    let key = fold::sort_key(&after.name);
    run!(cx, db => sqlx::query(sql).bind(id).bind(&after.name).bind(&after.language).bind(&after.kind)
        .bind(after.valid_from).bind(after.valid_to).bind(&key).execute(db).await)?;
    Ok(())
}

pub(super) async fn withdraw(cx: &mut Cx, _: &Granted, id: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE enterprise_names SET withdrawn_at = $2, withdrawn_reason = $3, version = version + 1
               WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).bind(reason).execute(db).await)?;
    Ok(())
}

/// Makes a record found by its names as they are now, from what they were.
pub(super) async fn index(cx: &mut Cx, enterprise: Id, old: &[String], new: &[String]) -> Result<()> {
    let keys =
        |names: &[String]| -> BTreeSet<String> { names.iter().flat_map(|name| fold::search_keys(name)).collect() };
    let (old, new) = (keys(old), keys(new));
    let gone: Vec<&str> = old.difference(&new).map(String::as_str).collect();
    for chunk in gone.chunks(AT_ONCE) {
        let mut sql = Sql::new("DELETE FROM enterprise_name_keys WHERE enterprise_id = ");
        sql.bind(enterprise).push(" AND key").bind_in(chunk.iter().copied());
        sql.execute(cx).await?;
    }
    let rows = new.difference(&old).map(|key| vec![key.as_str().into(), enterprise.into()]).collect();
    insert_many(cx, "INSERT INTO enterprise_name_keys (key, enterprise_id)", " ON CONFLICT DO NOTHING", rows).await?;
    Ok(())
}

/// Where a record is shown by a name, it is shown by the corrected one.
pub(super) async fn show_corrected(
    cx: &mut Cx,
    _: &Granted,
    enterprise: Id,
    before: &Name,
    after: &Checked,
) -> Result<()> {
    let key = fold::sort_key(&after.name);
    let first = "UPDATE enterprises SET name = $4, name_language = $5, name_key = $6
                 WHERE id = $1 AND name = $2 AND name_language = $3";
    run!(cx, db => sqlx::query(first).bind(enterprise).bind(&before.name).bind(&before.language).bind(&after.name)
        .bind(&after.language).bind(&key).execute(db).await)?;
    let second = "UPDATE enterprises SET second_name = $4, second_language = $5
                  WHERE id = $1 AND second_name = $2 AND second_language = $3";
    run!(cx, db => sqlx::query(second).bind(enterprise).bind(&before.name).bind(&before.language).bind(&after.name)
        .bind(&after.language).execute(db).await)?;
    Ok(())
}

pub(super) async fn show(cx: &mut Cx, _: &Granted, enterprise: Id, first: &Name, second: Option<&Name>) -> Result<()> {
    let key = fold::sort_key(&first.name);
    let sql = "UPDATE enterprises SET name = $2, name_language = $3, second_name = $4, second_language = $5,
                 name_key = $6 WHERE id = $1";
    let (name, language) = (second.map(|name| name.name.clone()), second.map(|name| name.language.clone()));
    run!(cx, db => sqlx::query(sql).bind(enterprise).bind(&first.name).bind(&first.language).bind(name)
        .bind(language).bind(&key).execute(db).await)?;
    Ok(())
}
