//! SQL of who is named on a record.

use platform::permission::Granted;
use platform::{Cx, Id, Result, on, run};

use super::{Reader, Record};

pub(super) async fn of(cx: &mut Cx, kind: &'static str, id: Id) -> Result<Vec<Reader>> {
    let sql = "SELECT r.account_id, a.name, r.added_at FROM readers r JOIN accounts a ON a.id = r.account_id
               WHERE r.subject_kind = $1 AND r.subject_id = $2 ORDER BY a.name, a.id";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(kind).bind(id).fetch_all(db).await)?)
}

/// Answers whether they were not named before.
pub(super) async fn add(cx: &mut Cx, _: &Granted, on: &Record, account: Id) -> Result<bool> {
    let sql = "INSERT INTO readers (subject_kind, subject_id, account_id, added_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT DO NOTHING";
    let now = cx.now();
    let rows = run!(cx, db => sqlx::query(sql).bind(on.kind).bind(on.id).bind(account).bind(now).execute(db).await)?;
    Ok(rows == 1)
}

/// Answers whether they were named.
pub(super) async fn remove(cx: &mut Cx, _: &Granted, on: &Record, account: Id) -> Result<bool> {
    let sql = "DELETE FROM readers WHERE subject_kind = $1 AND subject_id = $2 AND account_id = $3";
    let rows = run!(cx, db => sqlx::query(sql).bind(on.kind).bind(on.id).bind(account).execute(db).await)?;
    Ok(rows == 1)
}
