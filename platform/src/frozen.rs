//! What a frozen release has counted: records that are from then on corrected by dated entries and
//! no longer overwritten.

use crate::cx::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::on;
use crate::sql::{AT_ONCE, Sql, insert_many};

/// Marks records as counted by a release.
pub async fn freeze(cx: &mut Cx, kind: &str, ids: &[Id], release: &str) -> Result<()> {
    let rows = ids.iter().map(|id| vec![kind.into(), (*id).into(), release.into()]).collect();
    let head = "INSERT INTO frozen (subject_kind, subject_id, release)";
    insert_many(cx, head, " ON CONFLICT DO NOTHING", rows).await?;
    Ok(())
}

/// Frees what a release had marked: it is withdrawn and counts for nothing.
pub async fn free(cx: &mut Cx, release: &str) -> Result<()> {
    let mut sql = Sql::new("DELETE FROM frozen WHERE release = ");
    sql.bind(release.to_owned());
    sql.execute(cx).await?;
    Ok(())
}

/// The first release that counted a record, if one has.
pub async fn of(cx: &mut Cx, kind: &str, id: Id) -> Result<Option<String>> {
    let sql = "SELECT MIN(release) FROM frozen WHERE subject_kind = $1 AND subject_id = $2";
    let (release,): (Option<String>,) = on!(cx, db => sqlx::query_as(sql).bind(kind).bind(id).fetch_one(db).await)?;
    Ok(release)
}

/// Those of several records that a release has counted, each with the first release that did.
pub async fn among(cx: &mut Cx, kind: &'static str, ids: &[Id]) -> Result<Vec<(Id, String)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT subject_id, MIN(release) FROM frozen WHERE subject_kind = ");
        sql.bind(kind).push(" AND subject_id").bind_in(chunk.iter().copied());
        sql.push(" GROUP BY subject_id ORDER BY subject_id");
        found.extend(sql.fetch_all::<(Id, String)>(cx).await?);
    }
    Ok(found)
}
