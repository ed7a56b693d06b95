//! What a frozen release has counted: records that are from then on corrected by dated entries and
//! no longer overwritten.

use crate::cx::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::on;
use crate::sql::insert_many;

/// Marks records as counted by a release.
pub async fn freeze(cx: &mut Cx, kind: &str, ids: &[Id], release: &str) -> Result<()> {
    let rows = ids.iter().map(|id| vec![kind.into(), (*id).into(), release.into()]).collect();
    let head = "INSERT INTO frozen (subject_kind, subject_id, release)";
    insert_many(cx, head, " ON CONFLICT DO NOTHING", rows).await?;
    Ok(())
}

/// The first release that counted a record, if one has.
pub async fn of(cx: &mut Cx, kind: &str, id: Id) -> Result<Option<String>> {
    let sql = "SELECT MIN(release) FROM frozen WHERE subject_kind = $1 AND subject_id = $2";
    let (release,): (Option<String>,) = on!(cx, db => sqlx::query_as(sql).bind(kind).bind(id).fetch_one(db).await)?;
    Ok(release)
}
