//! A record's version as whoever writes to it saw it, beside the one that stands. Every way in asks
//! here, so that a form and a program are refused alike.

use serde::Serialize;
use serde_json::{Value, json};

use crate::error::{Conflict, Error, Result};

/// Refuses a write with both versions of what it would have changed.
pub fn changed_meanwhile(stands: i64, fields: Vec<Value>) -> Error {
    let fields: Vec<Value> = fields.into_iter().filter(|both| both["yours"] != both["theirs"]).collect();
    Error::Conflict(Box::new(Conflict {
        key: "record-changed-meanwhile".to_owned(),
        versions: Some(json!({ "version": stands, "fields": fields })),
        ..Default::default()
    }))
}

/// A field as it was written and as it stands.
pub fn both(field: &str, yours: impl Serialize, theirs: impl Serialize) -> Value {
    json!({ "field": field, "yours": yours, "theirs": theirs })
}

/// Refuses any version but the one that stands.
pub fn expect(seen: i64, stands: i64, fields: Vec<Value>) -> Result<()> {
    if seen == stands { Ok(()) } else { Err(changed_meanwhile(stands, fields)) }
}

/// Whether somebody has written since. Nobody has seen a version that is still to come: a write that
/// means one is refused like a stale one.
pub fn is_older(seen: i64, stands: i64) -> Result<bool> {
    if seen > stands { Err(changed_meanwhile(stands, Vec::new())) } else { Ok(seen < stands) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_that_stands_or_an_earlier_one_has_been_seen() {
        assert!(expect(3, 3, vec![]).is_ok() && expect(2, 3, vec![]).is_err() && expect(4, 3, vec![]).is_err());
        assert!(matches!(is_older(2, 3), Ok(true)) && matches!(is_older(3, 3), Ok(false)));
        let Err(Error::Conflict(conflict)) = is_older(4, 3) else { panic!("refused") };
        assert_eq!(conflict.versions, Some(json!({ "version": 3, "fields": [] })));
    }
}
