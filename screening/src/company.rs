//! One row of the universe.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::Date;

use crate::Measure;

/// A company as open data tells of it. Its id stays the same from one update to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Company {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lei: Option<String>,
    /// Number in the register of its home, and which register that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registration_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub register: Option<String>,
    pub name: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other_names: Vec<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
    /// The id of the company at the head of its group, where that is another and known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub facts: BTreeMap<Measure, Fact>,
}

/// A further name, with its language (BCP 47) where that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

/// What is known, of which day, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub value: Value,
    #[serde(with = "crate::day")]
    pub as_at: Date,
    /// The name of a source in the universe's catalogue.
    pub source: String,
}

/// A whole number in the measure's unit, or a code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    Number(i64),
    Code(String),
}

impl Company {
    pub fn number(&self, measure: Measure) -> Option<i64> {
        match self.facts.get(&measure)?.value {
            Value::Number(number) => Some(number),
            Value::Code(_) => None,
        }
    }

    pub fn code(&self, measure: Measure) -> Option<&str> {
        match &self.facts.get(&measure)?.value {
            Value::Code(code) => Some(code),
            Value::Number(_) => None,
        }
    }
}

impl Value {
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Code(_) => None,
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Code(code) => code.fmt(f),
        }
    }
}

/// Whether a text can name a company: an id as a universe writes it, thirteen digits and small letters up to v, or an LEI
/// with its check digits (ISO 17442). That there is such a company isn't said.
pub fn names_company(key: &str) -> bool {
    let id = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'v').contains(&byte);
    match key.len() {
        13 => key.bytes().all(id) && key.as_bytes()[0] <= b'f',
        20 => !key.bytes().any(|byte| byte.is_ascii_lowercase()) && matching::is_lei(key),
        _ => false,
    }
}
