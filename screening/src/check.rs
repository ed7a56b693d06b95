//! What criteria must keep to; everything wrong is told at once, field by field.

use std::collections::BTreeSet;

use crate::curve::{FULL, FURTHEST};
use crate::{Condition, Criteria, Criterion, Curve, Error, Measure, Missing, Unit};

pub const MOST_CRITERIA: usize = 64;
pub const MOST_CONDITIONS: usize = 32;
pub const MOST_ROWS: usize = 200;
pub const MOST_CODES: usize = 1_000;
pub const MOST_EXCLUDED: usize = 10_000;
pub const MOST_WEIGHT: u32 = 1_000;
const LONGEST: usize = 200;
const LONGEST_NOTE: usize = 2_000;

/// One thing that is wrong: where, as `criterion[2].curve.to`, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub field: String,
    pub wrong: Wrong,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Wrong {
    #[error("is missing")]
    Missing,
    #[error("is too long")]
    TooLong,
    #[error("holds more than can be taken")]
    TooMany,
    #[error("is there twice")]
    Twice,
    #[error("is no key: small letters, digits and hyphens")]
    Key,
    #[error("is above what can be given")]
    TooHigh,
    #[error("is out of range")]
    Range,
    #[error("must lie above where the curve begins")]
    NotAbove,
    #[error("must rise from row to row")]
    NotRising,
    #[error("is for whole numbers, and this measure has codes")]
    NeedsNumber,
    #[error("is for codes, and this measure is a whole number")]
    NeedsCode,
    #[error("is no code of this measure")]
    Code,
    #[error("are all nothing, so that nothing is ranked")]
    NoWeight,
}

impl Wrong {
    pub const ALL: [Self; 13] = [
        Self::Missing,
        Self::TooLong,
        Self::TooMany,
        Self::Twice,
        Self::Key,
        Self::TooHigh,
        Self::Range,
        Self::NotAbove,
        Self::NotRising,
        Self::NeedsNumber,
        Self::NeedsCode,
        Self::Code,
        Self::NoWeight,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::TooLong => "too-long",
            Self::TooMany => "too-many",
            Self::Twice => "twice",
            Self::Key => "key",
            Self::TooHigh => "too-high",
            Self::Range => "range",
            Self::NotAbove => "not-above",
            Self::NotRising => "not-rising",
            Self::NeedsNumber => "needs-number",
            Self::NeedsCode => "needs-code",
            Self::Code => "code",
            Self::NoWeight => "no-weight",
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.field, self.wrong)
    }
}

impl Criteria {
    /// The same criteria, if they can be reckoned with.
    pub fn checked(self) -> Result<Self, Error> {
        let problems = self.problems();
        if problems.is_empty() { Ok(self) } else { Err(Error::Criteria(problems)) }
    }

    /// Everything that is wrong.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Found::default();
        found.say(self.name.trim().is_empty(), "name", Wrong::Missing);
        found.say(self.name.chars().count() > LONGEST, "name", Wrong::TooLong);
        found.say(self.note.chars().count() > LONGEST_NOTE, "note", Wrong::TooLong);
        found.say(self.version == 0, "version", Wrong::Range);
        found.say(self.criteria.is_empty(), "criterion", Wrong::Missing);
        found.say(self.criteria.len() > MOST_CRITERIA, "criterion", Wrong::TooMany);
        found.say(self.conditions.len() > MOST_CONDITIONS, "condition", Wrong::TooMany);
        found.say(self.exclude.len() > MOST_EXCLUDED, "exclude", Wrong::TooMany);
        found.say(!self.criteria.is_empty() && self.all_weights() == 0, "criterion", Wrong::NoWeight);
        let mut keys = BTreeSet::new();
        for (at, criterion) in self.criteria.iter().enumerate() {
            found.within(format!("criterion[{at}]"), |found| {
                found.say(!keys.insert(criterion.key.as_str()), "key", Wrong::Twice);
                criterion.look(found);
            });
        }
        for (at, condition) in self.conditions.iter().enumerate() {
            found.within(format!("condition[{at}]"), |found| condition.look(found));
        }
        found.problems
    }
}

impl Criterion {
    fn look(&self, found: &mut Found) {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        found.say(self.key.is_empty() || !self.key.chars().all(is_plain), "key", Wrong::Key);
        found.say(self.key.len() > 60, "key", Wrong::TooLong);
        found.say(self.name.chars().count() > LONGEST, "name", Wrong::TooLong);
        found.say(self.note.chars().count() > LONGEST_NOTE, "note", Wrong::TooLong);
        found.say(self.weight > MOST_WEIGHT, "weight", Wrong::TooHigh);
        found.say(matches!(self.missing, Missing::Points(points) if points > FULL), "missing", Wrong::TooHigh);
        let codes = matches!(self.curve, Curve::Codes { .. });
        found.say(codes && !self.measure.is_code(), "curve.kind", Wrong::NeedsCode);
        found.say(!codes && self.measure.is_code(), "curve.kind", Wrong::NeedsNumber);
        found.within("curve".to_owned(), |found| self.curve.look(found, self.measure));
    }
}

impl Curve {
    fn look(&self, found: &mut Found, measure: Measure) {
        let far = |x: i64| x.unsigned_abs() > FURTHEST.unsigned_abs();
        match self {
            Self::Threshold { at, below, above } => {
                found.say(far(*at), "at", Wrong::Range);
                found.say(*below > FULL, "below", Wrong::TooHigh);
                found.say(*above > FULL, "above", Wrong::TooHigh);
            }
            Self::Linear { from, to, low, high } | Self::Log { from, to, low, high } => {
                let least_is_one = matches!(self, Self::Log { .. });
                found.say(far(*from) || (least_is_one && *from < 1), "from", Wrong::Range);
                found.say(far(*to), "to", Wrong::Range);
                found.say(to <= from, "to", Wrong::NotAbove);
                found.say(*low > FULL, "low", Wrong::TooHigh);
                found.say(*high > FULL, "high", Wrong::TooHigh);
            }
            Self::Table { rows, below, .. } => {
                found.say(rows.is_empty(), "rows", Wrong::Missing);
                found.say(rows.len() > MOST_ROWS, "rows", Wrong::TooMany);
                found.say(*below > FULL, "below", Wrong::TooHigh);
                found.say(rows.windows(2).any(|pair| pair[1].at <= pair[0].at), "rows", Wrong::NotRising);
                for (at, row) in rows.iter().enumerate().take(MOST_ROWS) {
                    found.say(far(row.at), &format!("rows[{at}].at"), Wrong::Range);
                    found.say(row.points > FULL, &format!("rows[{at}].points"), Wrong::TooHigh);
                }
            }
            Self::Codes { points, otherwise } => {
                found.say(points.is_empty(), "points", Wrong::Missing);
                found.say(points.len() > MOST_CODES, "points", Wrong::TooMany);
                found.say(*otherwise > FULL, "otherwise", Wrong::TooHigh);
                for (code, given) in points.iter().take(MOST_CODES) {
                    let field = format!("points.{}", shown(code));
                    found.say(*given > FULL, &field, Wrong::TooHigh);
                    found.say(measure.is_code() && !measure.takes(code), &field, Wrong::Code);
                }
            }
        }
    }
}

impl Condition {
    fn look(&self, found: &mut Found) {
        let numbers = self.at_least.is_some() || self.at_most.is_some();
        let codes = !self.one_of.is_empty() || !self.none_of.is_empty();
        found.say(numbers && self.measure.is_code(), "at_least", Wrong::NeedsNumber);
        found.say(codes && !self.measure.is_code(), "one_of", Wrong::NeedsCode);
        let empty = matches!((self.at_least, self.at_most), (Some(least), Some(most)) if least > most);
        found.say(empty, "at_most", Wrong::Range);
        for (field, list) in [("one_of", &self.one_of), ("none_of", &self.none_of)] {
            found.say(list.len() > MOST_CODES, field, Wrong::TooMany);
            for code in list.iter().take(MOST_CODES).filter(|code| self.measure.is_code() && !self.measure.takes(code))
            {
                found.say(true, &format!("{field}.{}", shown(code)), Wrong::Code);
            }
        }
    }
}

impl Measure {
    /// Whether a code is written as this measure's are.
    pub fn takes(self, code: &str) -> bool {
        let letters = |code: &str| code.bytes().all(|byte| byte.is_ascii_uppercase());
        match self.unit() {
            Unit::Country => code.len() == 2 && letters(code),
            Unit::Status => matches!(code, "active" | "ended"),
            Unit::Category => crate::CATEGORIES.contains(&code),
            Unit::Exchange => {
                code == "none"
                    || (code.len() == 4 && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()))
            }
            Unit::Isic => (1..=4).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()),
            Unit::Position => {
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
                (1..=80).contains(&code.len()) && code.chars().all(plain)
            }
            _ => false,
        }
    }
}

fn shown(code: &str) -> String {
    code.chars().take(20).collect()
}

#[derive(Default)]
struct Found {
    at: String,
    problems: Vec<Problem>,
}

impl Found {
    fn say(&mut self, is_wrong: bool, field: &str, wrong: Wrong) {
        if is_wrong {
            let field = if self.at.is_empty() { field.to_owned() } else { format!("{}.{field}", self.at) };
            self.problems.push(Problem { field, wrong });
        }
    }

    fn within(&mut self, step: String, look: impl FnOnce(&mut Self)) {
        let outer = self.at.clone();
        self.at = if outer.is_empty() { step } else { format!("{outer}.{step}") };
        look(self);
        self.at = outer;
    }
}
