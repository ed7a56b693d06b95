//! SQL of identifiers.

use platform::permission::Granted;
use platform::sql::{Sql, insert_many};
use platform::{Cx, Id, Result, Taken, run};

use super::{Checked, Identifier};
use crate::enterprise::{NewIdentifier, SECRECY};

const COLUMNS: &str =
    "SELECT id, enterprise_id, scheme, register, value, valid_from, valid_to, version FROM enterprise_identifiers";

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Identifier> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE withdrawn_at IS NULL AND id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn of(cx: &mut Cx, enterprises: &[Id]) -> Result<Vec<Identifier>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE withdrawn_at IS NULL AND enterprise_id").bind_in(enterprises.iter().copied());
    sql.push(" ORDER BY scheme, id");
    sql.fetch_all(cx).await
}

/// Who holds an identifier in force, within reach or not: a number is one either way. An LEI counts
/// even when it has ended.
pub(super) async fn holder(cx: &mut Cx, new: &NewIdentifier, but: Option<Id>) -> Result<Option<Id>> {
    let mut sql = Sql::new(
        "SELECT m.survivor_id FROM enterprise_identifiers i JOIN enterprises m ON m.id = i.enterprise_id \
         WHERE i.withdrawn_at IS NULL AND (i.valid_to IS NULL OR i.scheme = 'lei') AND i.value = ",
    );
    sql.bind(new.value.as_str()).push(" AND i.scheme = ").bind(new.scheme.as_str());
    sql.push(" AND i.register = ").bind(new.register.as_str());
    if let Some(id) = but {
        sql.push(" AND i.id <> ").bind(id);
    }
    sql.push(" ORDER BY i.id LIMIT 1");
    let found: Option<(Id,)> = sql.fetch_optional(cx).await?;
    Ok(found.map(|(id,)| id))
}

/// A row of the export: whose it is, by the record that stands for it.
#[derive(sqlx::FromRow)]
pub(super) struct Exported {
    pub reference: String,
    pub survivor_id: Id,
    pub survivor_name: String,
    pub tier: i64,
    #[sqlx(flatten)]
    pub identifier: Identifier,
}

/// What stands of enterprises within reach, from a key on.
pub(super) async fn exported(cx: &mut Cx, after: i64, limit: i64) -> Result<Vec<Exported>> {
    let mut sql = Sql::new(
        "SELECT e.reference, e.id AS survivor_id, e.name AS survivor_name, e.tier, x.id, x.enterprise_id, x.scheme, x.register, x.value, x.valid_from, x.valid_to, x.version \
         FROM enterprise_identifiers x JOIN enterprises m ON m.id = x.enterprise_id JOIN enterprises e ON e.id = m.survivor_id \
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
        new.identifier.scheme.clone().into(),
        new.identifier.register.clone().into(),
        new.identifier.value.clone().into(),
        new.valid_from.into(),
        new.valid_to.into(),
    ];
    let head = "INSERT INTO enterprise_identifiers (id, enterprise_id, scheme, register, value, valid_from, valid_to)";
    insert_many(cx, head, "", vec![row]).await.taken("enterprise-identifier-held")?;
    Ok(id)
}

pub(super) async fn update(cx: &mut Cx, _: &Granted, id: Id, after: &Checked) -> Result<()> {
    let sql = "UPDATE enterprise_identifiers SET scheme = $2, register = $3, value = $4, valid_from = $5,
                 valid_to = $6, version = version + 1 WHERE id = $1";
    let new = &after.identifier;
    run!(cx, db => sqlx::query(sql).bind(id).bind(&new.scheme).bind(&new.register).bind(&new.value)
        .bind(after.valid_from).bind(after.valid_to).execute(db).await)
    .taken("enterprise-identifier-held")?;
    Ok(())
}

pub(super) async fn withdraw(cx: &mut Cx, _: &Granted, id: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE enterprise_identifiers SET withdrawn_at = $2, withdrawn_reason = $3, version = version + 1
               WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).bind(reason).execute(db).await)?;
    Ok(())
}
