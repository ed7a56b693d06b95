//! What an officer composes: criteria with curves and weights, conditions, and companies left out.

use serde::{Deserialize, Serialize};
use time::Date;

use crate::{Curve, Error, Factor, Measure};

/// One version of the criteria.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    pub name: String,
    #[serde(default = "first")]
    pub version: u32,
    /// The day they were decided.
    #[serde(default, with = "crate::day::maybe", skip_serializing_if = "Option::is_none")]
    pub as_at: Option<Date>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Ids or LEIs of companies that are not to be ranked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// What a company must meet to be ranked at all.
    #[serde(default, rename = "condition", skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    #[serde(default, rename = "criterion", skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion>,
}

/// One reason for which a company gets points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Its own within these criteria, and kept from version to version: `rd-share`.
    pub key: String,
    /// The office's own words for it, where the measure's name does not do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub factor: Factor,
    pub measure: Measure,
    /// 0 to 1,000. Only its share of all weights counts.
    pub weight: u32,
    #[serde(default)]
    pub missing: Missing,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub curve: Curve,
}

/// What is done where the fact is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// So many points are given instead.
    Points(u32),
    /// The company is not ranked.
    LeaveOut,
}

/// A condition on one measure: between two numbers, or one or none of some codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub measure: Measure,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub one_of: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub none_of: Vec<String>,
    /// Whether a company of which it is not known stays in.
    #[serde(default)]
    pub keep_missing: bool,
}

fn first() -> u32 {
    1
}

impl Default for Missing {
    fn default() -> Self {
        Self::Points(0)
    }
}

impl Condition {
    /// Asks nothing but that the measure is known.
    pub fn on(measure: Measure) -> Self {
        Self { measure, at_least: None, at_most: None, one_of: Vec::new(), none_of: Vec::new(), keep_missing: false }
    }
}

impl Criteria {
    /// Reads the TOML that `to_toml` writes, and checks it.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        let read: Self = toml::from_str(text).map_err(|source| Error::Toml(Box::new(source)))?;
        read.checked()
    }

    /// Reads the JSON that serde writes, and checks it.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let read: Self = serde_json::from_str(text).map_err(Error::Json)?;
        read.checked()
    }

    pub fn to_toml(&self) -> String {
        // Every field has a form in TOML, so that only memory could fail here.
        toml::to_string(self).unwrap_or_default()
    }

    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn all_weights(&self) -> u64 {
        self.criteria.iter().map(|criterion| u64::from(criterion.weight)).sum()
    }

    /// What criteria and conditions ask for.
    pub fn measures(&self) -> impl Iterator<Item = Measure> {
        let conditions = self.conditions.iter().map(|condition| condition.measure);
        self.criteria.iter().map(|criterion| criterion.measure).chain(conditions)
    }

    pub fn by_key(&self, key: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|criterion| criterion.key == key)
    }
}
