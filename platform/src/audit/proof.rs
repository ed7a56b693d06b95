//! What the audit says of many records at once, for proofs that the tables hold what it tells.

use sqlx::FromRow;

use super::FieldChange;
use crate::cx::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::sql::Sql;

/// An entry, as far as a proof asks.
#[derive(Clone, Debug, FromRow)]
pub struct Said {
    pub subject_id: Id,
    pub verb: String,
    detail: String,
}

impl Said {
    pub fn fields(&self) -> Vec<FieldChange> {
        serde_json::from_str(&self.detail).unwrap_or_default()
    }
}

/// The entries of these verbs about the records of a kind that come after one key, up to another if
/// given and with it: record by record, each in the order they were made.
pub async fn said(
    cx: &mut Cx,
    kind: &'static str,
    after: Id,
    up_to: Option<Id>,
    verbs: &[&'static str],
) -> Result<Vec<Said>> {
    let mut sql = Sql::new("SELECT subject_id, verb, detail FROM audit_entries WHERE subject_kind = ");
    sql.bind(kind).push(" AND subject_id > ").bind(after);
    if let Some(up_to) = up_to {
        sql.push(" AND subject_id <= ").bind(up_to);
    }
    sql.push(" AND verb").bind_in(verbs.iter().copied()).push(" ORDER BY subject_id, id");
    sql.fetch_all(cx).await
}
