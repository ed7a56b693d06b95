//! SQL of the registry, and of the index of values.

use super::OwnField;
use crate::cx::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::permission::Granted;
use crate::sql::{AT_ONCE, Sql, Value, insert_many};
use crate::{on, run};

const COLUMNS: &str = "SELECT id, subject, code, kind, label_en, label_zh_hant, label_zh_hans, note, valid_from, valid_to, \
     see_role, edit_role, personal, filterable, version, created_at, updated_at, retired_at, retired_reason FROM own_fields";

pub(super) async fn all(cx: &mut Cx) -> Result<Vec<OwnField>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" ORDER BY subject, id");
    sql.fetch_all(cx).await
}

pub(super) async fn by_code(cx: &mut Cx, subject: &str, code: &str) -> Result<Option<OwnField>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE subject = ").bind(subject).push(" AND code = ").bind(code);
    sql.fetch_optional(cx).await
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, new: &OwnField) -> Result<()> {
    let sql =
        "INSERT INTO own_fields (id, subject, code, kind, label_en, label_zh_hant, label_zh_hans, note, valid_from,
                 valid_to, see_role, edit_role, personal, filterable, version, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    run!(cx, db => sqlx::query(sql).bind(new.id).bind(&new.subject).bind(&new.code).bind(&new.kind)
        .bind(&new.label_en).bind(&new.label_zh_hant).bind(&new.label_zh_hans).bind(&new.note).bind(new.valid_from)
        .bind(new.valid_to).bind(&new.see_role).bind(&new.edit_role).bind(new.personal).bind(new.filterable)
        .bind(new.version).bind(new.created_at).bind(new.updated_at).execute(db).await)?;
    Ok(())
}

/// Writes what may be changed of a field, and goes one version on.
pub(super) async fn update(cx: &mut Cx, _: &Granted, new: &OwnField) -> Result<()> {
    let sql = "UPDATE own_fields SET label_en = $2, label_zh_hant = $3, label_zh_hans = $4, note = $5, valid_from = $6,
                 valid_to = $7, see_role = $8, edit_role = $9, personal = $10, filterable = $11, updated_at = $12,
                 retired_at = $13, retired_reason = $14, version = version + 1 WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(new.id).bind(&new.label_en).bind(&new.label_zh_hant).bind(&new.label_zh_hans)
        .bind(&new.note).bind(new.valid_from).bind(new.valid_to).bind(&new.see_role).bind(&new.edit_role)
        .bind(new.personal).bind(new.filterable).bind(now).bind(new.retired_at).bind(&new.retired_reason)
        .execute(db).await)?;
    Ok(())
}

/// Puts what these records say in the place of what they said.
pub(super) async fn replace(cx: &mut Cx, ids: &[Id], rows: Vec<Vec<Value>>) -> Result<()> {
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("DELETE FROM own_values WHERE subject_id");
        sql.bind_in(chunk.iter().copied());
        sql.execute(cx).await?;
    }
    let head = "INSERT INTO own_values (subject, code, value, subject_id)";
    insert_many(cx, head, "", rows).await?;
    Ok(())
}

/// How these records stand in the index: record, code, value.
pub(super) async fn indexed(cx: &mut Cx, subject: &str, ids: &[Id]) -> Result<Vec<(Id, String, String)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT subject_id, code, value FROM own_values WHERE subject_id");
        sql.bind_in(chunk.iter().copied()).push(" AND subject = ").bind(subject).push(" ORDER BY subject_id, code");
        found.extend(sql.fetch_all::<(Id, String, String)>(cx).await?);
    }
    Ok(found)
}

/// How many values of a kind of record are in the index.
pub(super) async fn indexed_of(cx: &mut Cx, subject: &str) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM own_values WHERE subject = ");
    sql.bind(subject);
    sql.fetch_number(cx).await
}

/// The records of a kind in the index.
pub(super) fn condition(sql: &mut Sql, subject: &'static str, code: &str, value: &str) {
    sql.push(" IN (SELECT v.subject_id FROM own_values v WHERE v.subject = ").bind(subject);
    sql.push(" AND v.code = ").bind(code).push(" AND v.value = ").bind(value).push(")");
}

/// The remembered mappings of a kind of import, with whose they are.
pub(super) async fn mappings(cx: &mut Cx, kind: &str) -> Result<Vec<(Id, String)>> {
    let sql = "SELECT account_id, reading FROM import_mappings WHERE kind = $1 ORDER BY account_id, headers";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(kind).fetch_all(db).await)?)
}
