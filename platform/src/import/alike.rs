//! Rows that are likely the same as records we hold without being equal to them.

use serde::{Deserialize, Serialize};

use crate::id::Id;

/// A record that a row is likely the same as, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alike {
    pub id: Id,
    pub name: String,
    pub reference: String,
    /// In millionths.
    pub probability: i64,
    /// Whether it is so likely that such a row is left for a person where whoever imports chose so.
    pub likely: bool,
    /// What weighs most, first.
    pub reasons: Vec<AlikeReason>,
}

/// One reason: text keys of a field and of how it agrees, and thousandths of a bit by which it weighs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlikeReason {
    pub field_key: String,
    pub level_key: String,
    pub weight: i64,
}

/// Why a row is likely the same, in a line, by whoever knows the reader's words.
pub fn alike_words(alike: &Alike, say: impl Fn(&str, &[(&str, String)]) -> String) -> String {
    let told = alike.reasons.iter().map(|reason| {
        let tenths = (reason.weight.abs() + 50) / 100;
        let sign = if reason.weight < 0 { "\u{2212}" } else { "+" };
        let bits = format!("{sign}{}.{}", tenths / 10, tenths % 10);
        let (field, level) = (say(&reason.field_key, &[]), say(&reason.level_key, &[]));
        say("import-alike-reason", &[("field", field), ("level", level), ("bits", bits)])
    });
    told.collect::<Vec<_>>().join("; ")
}

/// Whether rows that are likely the same are left for a person, as whoever imports chose; kept with the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left(pub bool);
