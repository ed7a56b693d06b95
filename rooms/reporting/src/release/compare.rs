//! Comparing a release with another, or with what is counted now: cell by cell, and first of all
//! whether the two count the same thing.

use std::collections::HashMap;

use platform::clock::At;
use platform::{Cx, Id, Result};
use projects::figures::{self, AsOf};
use serde::Serialize;

use super::{Release, get};
use crate::crosstab::{self, Line, Table};
use crate::figures::unit_told;

/// What a release is set beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    Release(Id),
    /// The same day, by what is known now: corrections show.
    Now,
    /// Today, by what is known now.
    Today,
}

impl With {
    pub fn read(text: &str) -> Option<Self> {
        match text.trim() {
            "" | "now" => Some(Self::Now),
            "today" => Some(Self::Today),
            id => id.parse().ok().map(Self::Release),
        }
    }
}

/// One of the two that are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ReleaseCompared)]
pub struct Compared {
    /// The release's reference; none for what is counted now.
    pub reference: Option<String>,
    pub as_at: String,
    pub known_at: At,
    pub version: i64,
    /// What its values are told in.
    pub unit: String,
}

/// Why the two do not count the same: a text key with arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ReleaseWarning)]
pub struct Warning {
    pub key: &'static str,
    pub args: Vec<(String, String)>,
}

/// One cell in both. Values are whole numbers of the unit's smallest step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    pub row: Line,
    pub column: Line,
    /// None where the table has no such cell.
    pub old: Option<i64>,
    pub new: Option<i64>,
    /// None where the two can't be set against each other.
    pub difference: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub old: Compared,
    pub new: Compared,
    pub warnings: Vec<Warning>,
    pub cells: Vec<Pair>,
    pub old_table: Table,
    pub new_table: Table,
}

/// Sets a release beside another, the earlier first, or beside what is counted now.
pub async fn compare(cx: &mut Cx, id: Id, with: With) -> Result<Comparison> {
    let release = get(cx, id).await?;
    let mut old = (Some(release.reference.clone()), release.table()?);
    let mut new = match with {
        With::Release(other) => {
            let other = get(cx, other).await?;
            (Some(other.reference.clone()), other.table()?)
        }
        With::Now => (None, counted_now(cx, &release, release.as_of().as_at).await?),
        With::Today => {
            let today = cx.today();
            (None, counted_now(cx, &release, today).await?)
        }
    };
    let order = |table: &Table| (table.as_at.clone(), table.known_at);
    if new.0.is_some() && order(&new.1) < order(&old.1) {
        std::mem::swap(&mut old, &mut new);
    }
    let mut warnings = differences(&old.1, &new.1);
    if new.0.is_none() && figures::partial(cx) {
        warnings.push(Warning { key: "compare-partial", args: Vec::new() });
    }
    let cells = pairs(&old.1, &new.1);
    let side = |(reference, table): &(Option<String>, Table)| Compared {
        reference: reference.clone(),
        as_at: table.as_at.clone(),
        known_at: table.known_at,
        version: table.version,
        unit: unit_told(&table.measure, &table.unit),
    };
    let (before, after) = (side(&old), side(&new));
    Ok(Comparison { old: before, new: after, warnings, cells, old_table: old.1, new_table: new.1 })
}

async fn counted_now(cx: &mut Cx, release: &Release, as_at: time::Date) -> Result<Table> {
    let definition = release.definition(cx)?;
    let known_at = cx.now();
    crosstab::table(cx, &definition, AsOf { as_at, known_at }).await
}

/// Everything in which the two definitions differ.
pub fn differences(old: &Table, new: &Table) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let mut warn = |key: &'static str, args: &[(&str, String)]| {
        let args = args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        warnings.push(Warning { key, args });
    };
    if old.measure != new.measure {
        warn("compare-measure", &[("old", old.measure.clone()), ("new", new.measure.clone())]);
    } else if old.version != new.version {
        warn("compare-version", &[("old", old.version.to_string()), ("new", new.version.to_string())]);
    }
    if old.rows != new.rows || old.columns != new.columns {
        warn("compare-dimensions", &[]);
    }
    if old.filters != new.filters {
        warn("compare-filters", &[]);
    }
    for list in &old.lists {
        let then = new.lists.iter().find(|other| other.list == list.list);
        if let Some(then) = then.filter(|then| then.codes != list.codes) {
            let (before, after) = (list.codes.len().to_string(), then.codes.len().to_string());
            warn("compare-list", &[("list", list.list.clone()), ("old", before), ("new", after)]);
        }
    }
    if old.unit != new.unit {
        warn("compare-unit", &[("old", old.unit.clone()), ("new", new.unit.clone())]);
    }
    if old.partial != new.partial {
        warn("compare-scope", &[]);
    }
    warnings
}

type Cells = (Vec<(Line, Line)>, HashMap<(Line, Line), i64>);

fn cells(table: &Table, only_total: bool) -> Cells {
    let mut order = Vec::new();
    let mut values = HashMap::new();
    for (row, line) in table.row_lines.iter().enumerate() {
        for (column, across) in table.column_lines.iter().enumerate() {
            let total = line.iter().chain(across).all(Option::is_none);
            if only_total && !total {
                continue;
            }
            // Where the dimensions differ only the totals are of the same thing.
            let key = if only_total { (Vec::new(), Vec::new()) } else { (line.clone(), across.clone()) };
            values.insert(key.clone(), table.values[row][column]);
            order.push(key);
        }
    }
    (order, values)
}

/// Every cell of either, in the order of the tables. With other dimensions only the totals.
pub fn pairs(old: &Table, new: &Table) -> Vec<Pair> {
    let other = old.rows != new.rows || old.columns != new.columns;
    let ((mut order, before), (later, after)) = (cells(old, other), cells(new, other));
    let known: std::collections::HashSet<(Line, Line)> = order.iter().cloned().collect();
    order.extend(later.into_iter().filter(|key| !known.contains(key)));
    let like = old.unit == new.unit && old.measure == new.measure;
    let pair = |key: (Line, Line)| {
        let (old, new) = (before.get(&key).copied(), after.get(&key).copied());
        let difference = like.then(|| new.unwrap_or_default() - old.unwrap_or_default());
        Pair { row: key.0, column: key.1, old, new, difference }
    };
    order.into_iter().map(pair).collect()
}
