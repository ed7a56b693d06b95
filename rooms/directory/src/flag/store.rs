//! SQL of flags.

use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, insert_many};
use platform::{Cx, Id, Result, Taken, run};

use super::{Checked, Flag};
use crate::enterprise::SECRECY;

const COLUMNS: &str = "SELECT id, enterprise_id, flag, source, valid_from, valid_to, version FROM enterprise_flags";

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Flag> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE withdrawn_at IS NULL AND id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn of(cx: &mut Cx, enterprises: &[Id]) -> Result<Vec<Flag>> {
    let mut found = Vec::new();
    for chunk in enterprises.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE withdrawn_at IS NULL AND enterprise_id").bind_in(chunk.iter().copied());
        sql.push(" ORDER BY valid_from DESC, id DESC");
        found.extend(sql.fetch_all::<Flag>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, enterprise: Id, new: &Checked) -> Result<Id> {
    let id = cx.new_id();
    let row = vec![
        id.into(),
        enterprise.into(),
        new.flag.clone().into(),
        new.source.clone().into(),
        new.valid_from.into(),
        new.valid_to.into(),
        1_i64.into(),
        cx.now().into(),
    ];
    let head =
        "INSERT INTO enterprise_flags (id, enterprise_id, flag, source, valid_from, valid_to, version, recorded_at)";
    insert_many(cx, head, "", vec![row]).await.taken("flag-already-set")?;
    Ok(id)
}

pub(super) async fn update(cx: &mut Cx, _: &Granted, id: Id, after: &Checked) -> Result<()> {
    let sql = "UPDATE enterprise_flags SET flag = $2, source = $3, valid_from = $4, valid_to = $5,
                 version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(&after.flag).bind(&after.source).bind(after.valid_from)
        .bind(after.valid_to).execute(db).await)
    .taken("flag-already-set")?;
    Ok(())
}

pub(super) async fn withdraw(cx: &mut Cx, _: &Granted, id: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE enterprise_flags SET withdrawn_at = $2, withdrawn_reason = $3, version = version + 1
               WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).bind(reason).execute(db).await)?;
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
    pub flag: Flag,
}

/// What is set within reach, from a key on.
pub(super) async fn exported(cx: &mut Cx, after: i64, limit: i64) -> Result<Vec<Exported>> {
    let mut sql = Sql::new(
        "SELECT e.reference, e.name, e.id AS survivor_id, e.tier, x.id, x.enterprise_id, x.flag, x.source, \
         x.valid_from, x.valid_to, x.version FROM enterprise_flags x JOIN enterprises m ON m.id = x.enterprise_id \
         JOIN enterprises e ON e.id = m.survivor_id WHERE x.withdrawn_at IS NULL AND e.retired_at IS NULL AND x.id > ",
    );
    sql.bind(after).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.push(" ORDER BY x.id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}
