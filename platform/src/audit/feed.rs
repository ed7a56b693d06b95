//! What has changed since one last looked: for what rooms keep in memory, on as many servers as there are.
//!
//! A lane is held from the moment a transaction takes its end until it commits, so within a lane entries appear in their
//! order and without gaps: nothing commits late behind a place that has been read.

use std::collections::BTreeMap;

use crate::cx::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::on;
use crate::sql::Sql;

/// How far each lane has been read.
pub type Ends = BTreeMap<i64, i64>;

/// The lanes' ends as this transaction sees them.
pub async fn ends(cx: &mut Cx) -> Result<Ends> {
    let sql = "SELECT lane, seq FROM audit_lanes ORDER BY lane";
    let lanes: Vec<(i64, i64)> = on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?;
    Ok(lanes.into_iter().collect())
}

/// The records that entries past `read` tell of, as (kind, key), and `read` moved on to there: about `most` entries at a
/// time. Empty when nothing has changed.
pub async fn since(cx: &mut Cx, read: &mut Ends, most: i64) -> Result<Vec<(String, Id)>> {
    let mut seen = Vec::new();
    for (lane, end) in ends(cx).await? {
        let from = read.entry(lane).or_insert(0);
        let left = most - seen.len() as i64;
        if end <= *from || left <= 0 {
            continue;
        }
        let upto = end.min(*from + left);
        let mut sql = Sql::new("SELECT subject_kind, subject_id FROM audit_entries WHERE lane = ");
        sql.bind(lane).push(" AND seq > ").bind(*from).push(" AND seq <= ").bind(upto).push(" ORDER BY seq");
        seen.extend(sql.fetch_all::<(String, Id)>(cx).await?);
        *from = upto;
    }
    Ok(seen)
}
