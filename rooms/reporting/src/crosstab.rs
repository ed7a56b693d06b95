//! The cross-tab: a measure by up to two dimensions down and two across, as at a day as known at an
//! instant, with sub-totals and totals counted on their own.
//!
//! A definition is what a table counts and how it is laid out. Its address form is what pages,
//! links, saved definitions and releases carry; the API and the command line read the same names.

use std::collections::BTreeMap;

use platform::audit::{Change, Coded, Told};
use platform::clock::At;
use platform::text::kebab;
use platform::{Cx, Result};
use projects::figures::cut::{self, Cut};
use projects::figures::{self, AsOf, Dimension, Measure, Record};
use projects::stage;
use serde::{Deserialize, Serialize};

pub use crate::figures::as_of;

use crate::READ;

pub mod api;
pub mod download;
mod layout;
pub mod pages;
mod read;
pub mod report;
mod sheets;
pub mod show;

pub use layout::{BatchNamed, ListInForce};
pub use read::{read, read_table};

#[cfg(test)]
pub(crate) mod tests;

/// The value of a dimension that nothing states, in addresses and answers.
pub const NOT_STATED: &str = "not_stated";

/// Of what a share is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = CrosstabShares)]
#[serde(rename_all = "snake_case")]
pub enum Shares {
    #[default]
    None,
    /// Of the row's own total.
    Row,
    /// Of the column's own total.
    Column,
    /// Of the whole table's.
    Total,
}

impl Shares {
    pub const ALL: [Self; 4] = [Self::None, Self::Row, Self::Column, Self::Total];

    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Row => "row",
            Self::Column => "column",
            Self::Total => "total",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shares| shares.code() == code)
    }
}

/// What a table counts, and how it is laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    pub rows: Vec<Dimension>,
    pub columns: Vec<Dimension>,
    pub measure: Measure,
    /// Only what has one of these values; [`NOT_STATED`] for nothing stated.
    pub filters: Vec<(Dimension, Vec<String>)>,
    pub sub_totals: bool,
    pub shares: Shares,
}

impl Definition {
    /// The definition as an address carries it.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        pairs.extend(self.rows.iter().map(|dimension| ("rows", dimension.code().to_owned())));
        pairs.extend(self.columns.iter().map(|dimension| ("columns", dimension.code().to_owned())));
        pairs.push(("measure", self.measure.code().to_owned()));
        pairs.push(("sub_totals", if self.sub_totals { "yes" } else { "no" }.to_owned()));
        pairs.push(("shares", self.shares.code().to_owned()));
        pairs.extend(self.limits());
        pairs
    }

    fn limits(&self) -> Vec<(&'static str, String)> {
        let each = |(dimension, values): &(Dimension, Vec<String>)| {
            let code = dimension.code();
            values.iter().map(|value| (code, value.clone())).collect::<Vec<_>>()
        };
        self.filters.iter().flat_map(each).collect()
    }

    pub fn address(&self) -> String {
        written(&self.pairs())
    }

    /// What the audit keeps of it, in fields that can be read in any language.
    pub fn told(&self, mut change: Change) -> Change {
        let dimensions = |all: &[Dimension]| {
            let coded = |one: &Dimension| Coded {
                code: one.code().to_owned(),
                key: format!("dimension-{}", kebab(one.code())),
                args: Vec::new(),
            };
            if all.is_empty() { Told::Nothing } else { Told::Codes(all.iter().map(coded).collect()) }
        };
        let measure = self.measure.code();
        change = change
            .set("measure", Told::code(measure, &crate::figures::key(self.measure)))
            .set("rows", dimensions(&self.rows))
            .set("columns", dimensions(&self.columns));
        for (dimension, values) in &self.filters {
            let told = match dimension.list() {
                Some(list) => Told::Listed { list: list.to_owned(), code: values.join(", ") },
                None => Told::Codes(values.iter().map(|value| limit_told(*dimension, value)).collect()),
            };
            change = change.set(&format!("limit_{}", dimension.code()), told);
        }
        let shares = self.shares.code();
        change
            .set("sub_totals", Told::Yes(self.sub_totals))
            .set("shares", Told::code(shares, &format!("crosstab-shares-{shares}")))
    }

    /// The address of what is behind a cell: the measure, and the limits with the cell's own values.
    pub fn records_of(&self, cell: &[(Dimension, Option<&str>)]) -> String {
        let mut limited = self.clone();
        for (dimension, value) in cell {
            if let Some(value) = value {
                limited.filters.retain(|(held, _)| held != dimension);
                limited.filters.push((*dimension, vec![(*value).to_owned()]));
            }
        }
        let mut pairs = vec![("measure", self.measure.code().to_owned())];
        pairs.extend(limited.limits());
        written(&pairs)
    }

    /// Every dimension that has a part in it, each once.
    pub fn dimensions(&self) -> Vec<Dimension> {
        let mut all: Vec<Dimension> = self.rows.iter().chain(&self.columns).copied().collect();
        all.extend(self.filters.iter().map(|(dimension, _)| *dimension));
        let mut seen = Vec::new();
        all.retain(|dimension| {
            !seen.contains(dimension) && {
                seen.push(*dimension);
                true
            }
        });
        all
    }

    fn cut(&self, as_of: AsOf, by: Vec<Dimension>) -> Cut {
        let stated = |value: &String| {
            if value == NOT_STATED { figures::NOT_STATED.to_owned() } else { value.clone() }
        };
        let only = self.filters.iter().map(|(dimension, values)| (*dimension, values.iter().map(stated).collect()));
        Cut { measure: self.measure, as_of, by, only: only.collect() }
    }
}

/// A value that a table is limited to and that is on no dated list.
fn limit_told(dimension: Dimension, value: &str) -> Coded {
    let key = match dimension {
        _ if value == NOT_STATED => "not-stated".to_owned(),
        Dimension::Stage => stage::stage_key(value),
        Dimension::Status => stage::status_key(value),
        // Years and the names of batches are words already.
        _ => {
            return Coded {
                code: value.to_owned(),
                key: "history-word".to_owned(),
                args: vec![("word".to_owned(), value.to_owned())],
            };
        }
    };
    Coded { code: value.to_owned(), key, args: Vec::new() }
}

fn written(pairs: &[(&'static str, String)]) -> String {
    let parts: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{name}={}", platform::web::encode(value))).collect();
    parts.join("&")
}

/// A row or a column: for each of its dimensions a value, or none for all of them.
pub type Line = Vec<Option<String>>;

/// A table as counted. Values are whole numbers of the unit's smallest step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Table {
    pub measure: String,
    /// The version of the metric's definition that was counted by.
    pub version: i64,
    pub unit: String,
    pub as_at: String,
    pub known_at: At,
    pub rows: Vec<String>,
    pub columns: Vec<String>,
    pub filters: BTreeMap<String, Vec<String>>,
    pub sub_totals: bool,
    pub shares: Shares,
    /// Whether something may be left out because the reader's reach is not everything.
    pub partial: bool,
    /// The dated code lists that have a part in it, as in force on the day.
    pub lists: Vec<ListInForce>,
    /// The batches and ceremonies as they were called, where batches have a part in it.
    #[serde(default)]
    pub batches: Vec<BatchNamed>,
    #[schema(value_type = Vec<Vec<Option<String>>>)]
    pub row_lines: Vec<Line>,
    #[schema(value_type = Vec<Vec<Option<String>>>)]
    pub column_lines: Vec<Line>,
    /// By row, then by column.
    pub values: Vec<Vec<i64>>,
}

impl Table {
    /// A cell's share in basis points, and of what; none where that is nothing.
    pub fn share(&self, row: usize, column: usize) -> Option<(i64, i64)> {
        let whole_row = self.values.get(row)?;
        let total_column = self.column_lines.iter().rposition(|line| line.iter().all(Option::is_none))?;
        let total_row = self.row_lines.iter().rposition(|line| line.iter().all(Option::is_none))?;
        let of = match self.shares {
            Shares::None => return None,
            Shares::Row => *whole_row.get(total_column)?,
            Shares::Column => *self.values.get(total_row)?.get(column)?,
            Shares::Total => *self.values.get(total_row)?.get(total_column)?,
        };
        if of == 0 {
            return None;
        }
        let value = i128::from(*whole_row.get(column)?) * 10_000;
        let half = i128::from(of.abs()) / 2 * if value < 0 { -1 } else { 1 };
        let share = (value + half * i128::from(of.signum())) / i128::from(of);
        Some((i64::try_from(share).unwrap_or_default(), of))
    }

    /// Whether nothing at all was counted.
    pub fn is_empty(&self) -> bool {
        self.values.iter().flatten().all(|value| *value == 0)
    }

    /// Whether one thing may stand in several cells, so that cells may add up to more than their total.
    pub fn overlaps(&self) -> bool {
        let several = |code: &String| Dimension::from_code(code).is_some_and(Dimension::several);
        Measure::from_code(&self.measure).is_some_and(Measure::counts_enterprises)
            || self.rows.iter().chain(&self.columns).any(several)
    }
}

/// Counts a table.
pub async fn table(cx: &mut Cx, definition: &Definition, as_of: AsOf) -> Result<Table> {
    cx.require_along(&READ)?;
    let by = definition.rows.iter().chain(&definition.columns).copied().collect();
    let tally = cut::tally(cx, &definition.cut(as_of, by)).await?;
    let batches = match definition.dimensions().contains(&Dimension::Batch) {
        true => BatchNamed::all(cx).await?,
        false => Vec::new(),
    };
    Ok(layout::lay_out(cx, definition, as_of, &tally, batches))
}

/// The projects behind what a definition is limited to, by reference.
pub async fn records(
    cx: &mut Cx,
    definition: &Definition,
    as_of: AsOf,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Record>> {
    cx.require_along(&READ)?;
    cut::records(cx, &definition.cut(as_of, Vec::new()), after, limit).await
}

/// What a definition is limited to, as one number, and its unit.
pub async fn value(cx: &mut Cx, definition: &Definition, as_of: AsOf) -> Result<(i64, String)> {
    cx.require_along(&READ)?;
    let tally = cut::tally(cx, &definition.cut(as_of, Vec::new())).await?;
    Ok((tally.value(&[]), figures::unit(cx, definition.measure)))
}
