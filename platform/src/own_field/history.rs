//! What a history tells of fields of the office's own.

use super::is_hidden;
use crate::audit::{Entry, FieldChange};
use crate::cx::Cx;
use crate::error::Result;

/// Takes fields of the office's own that the actor's role does not see out of what entries tell, and entries that tell of
/// nothing else out of the history.
pub(crate) fn leave_unseen(cx: &Cx, kind: &str, entries: &mut Vec<Entry>) -> Result<()> {
    let is_unseen = |change: &FieldChange| is_hidden(cx, kind, &change.field);
    let mut seen = Vec::with_capacity(entries.len());
    for mut entry in entries.drain(..) {
        let fields = entry.fields();
        if fields.iter().any(is_unseen) {
            let left: Vec<FieldChange> = fields.into_iter().filter(|change| !is_unseen(change)).collect();
            if left.iter().all(|change| change.field.starts_with('_')) {
                continue;
            }
            entry.detail = serde_json::to_string(&left)?;
        }
        seen.push(entry);
    }
    *entries = seen;
    Ok(())
}
