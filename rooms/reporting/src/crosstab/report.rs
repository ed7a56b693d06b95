//! A table for programs and for the terminal. The JSON is stable; see docs/API.md.

use std::collections::BTreeMap;

use platform::pages::View;
use platform::units::Decimal;
use platform::{Cx, Result};
use projects::figures::{Dimension, Measure};
use serde::Serialize;

use super::{Line, Shares, Table, show};
use crate::figures::{defined, unit_told};

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = CrosstabCell)]
pub struct Cell {
    /// The value of each dimension of the rows; null for a sub-total or total over it.
    #[schema(value_type = Vec<Option<String>>)]
    pub row: Line,
    #[schema(value_type = Vec<Option<String>>)]
    pub column: Line,
    /// In whole units, as in figures.
    pub value: Decimal,
    /// The share in hundredths of a percent, where shares were asked for and there is something to share.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_basis_points: Option<i64>,
    /// What the share is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_of: Option<Decimal>,
}

/// Which release a table is, whether it may be quoted, and who stands behind it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = CrosstabRelease)]
pub struct Released {
    pub reference: String,
    /// drafted, signed_off or withdrawn.
    pub state: &'static str,
    pub frozen_by: String,
    pub frozen_at: platform::clock::At,
    /// Absent while nobody has signed it off.
    pub signed_by: Option<String>,
    pub signed_at: Option<platform::clock::At>,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = CrosstabReport)]
pub struct Report {
    /// Which release the table is; absent for one that was counted when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Released>,
    pub as_at: String,
    pub known_at: platform::clock::At,
    pub measure: String,
    pub unit: String,
    /// The register counts; it does not say “about”.
    pub comparator: &'static str,
    pub basis: &'static str,
    pub scope: String,
    /// Whose register was counted.
    pub source: String,
    /// The metric's rule in words, and the version of it that was counted by.
    pub definition: String,
    pub version: i64,
    pub rows: Vec<String>,
    pub columns: Vec<String>,
    pub filters: BTreeMap<String, Vec<String>>,
    pub shares: Shares,
    pub lists: Vec<super::ListInForce>,
    pub notes: Vec<String>,
    /// What each value of each dimension is called, in the reader's language.
    pub names: BTreeMap<String, BTreeMap<String, String>>,
    pub cells: Vec<Cell>,
}

fn names(view: &View, table: &Table) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut names: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (codes, lines) in [(&table.rows, &table.row_lines), (&table.columns, &table.column_lines)] {
        for (place, code) in codes.iter().enumerate() {
            let Some(dimension) = Dimension::from_code(code) else { continue };
            let of = names.entry(code.clone()).or_default();
            for value in lines.iter().filter_map(|line| line.get(place)?.as_deref()) {
                of.insert(value.to_owned(), show::name(view, &table.batches, dimension, value));
            }
        }
    }
    names
}

/// A table with its words.
pub fn report(cx: &Cx, table: &Table) -> Report {
    let view = cx.view();
    let mut cells = Vec::new();
    for (place, row) in table.row_lines.iter().enumerate() {
        for (across, column) in table.column_lines.iter().enumerate() {
            let share = table.share(place, across);
            cells.push(Cell {
                row: row.clone(),
                column: column.clone(),
                value: Decimal::of(table.values[place][across], &table.unit),
                share_basis_points: share.map(|(share, _)| share),
                share_of: share.map(|(_, of)| Decimal::of(of, &table.unit)),
            });
        }
    }
    Report {
        release: None,
        as_at: table.as_at.clone(),
        known_at: table.known_at,
        measure: table.measure.clone(),
        unit: unit_told(&table.measure, &table.unit),
        comparator: "exactly",
        source: crate::figures::source(&view),
        basis: Measure::from_code(&table.measure).map_or("counted", Measure::basis),
        scope: view.t(if table.partial { "figures-scope-partial" } else { "figures-scope-all" }),
        definition: defined(&view, &table.measure, &table.as_at),
        version: table.version,
        rows: table.rows.clone(),
        columns: table.columns.clone(),
        filters: table.filters.clone(),
        shares: table.shares,
        lists: table.lists.clone(),
        notes: show::warnings(&view, table).into_iter().chain(show::notes(&view, table)).collect(),
        names: names(&view, table),
        cells,
    }
}

pub fn as_json(report: &Report) -> Result<String> {
    Ok(serde_json::to_string_pretty(report)?)
}

/// As a table for a terminal: the rows' names, then a column of numbers for each column.
pub fn as_text(cx: &Cx, table: &Table) -> String {
    let view = cx.view();
    let heads: Vec<String> = show::column_names(&view, table);
    let mut text = format!(
        "{}, {} {}, {} {}\n",
        view.t(&format!("metric-{}", table.measure.replace('_', "-"))),
        view.t("as-at"),
        table.as_at,
        view.t("known-at"),
        view.at(table.known_at)
    );
    let row_names: Vec<String> = (0..table.row_lines.len()).map(|row| show::row_name(&view, table, row)).collect();
    let wide = row_names.iter().map(|name| name.chars().count()).max().unwrap_or_default().max(12);
    text.push_str(&" ".repeat(wide));
    for head in &heads {
        text.push_str(&format!("  {head:>14}"));
    }
    text.push('\n');
    for (row, name) in row_names.iter().enumerate() {
        text.push_str(&format!("{name:<wide$}"));
        for (column, head) in heads.iter().enumerate() {
            let mut said = show::exact(table.values[row][column], &table.unit);
            if let Some((share, of)) = table.share(row, column) {
                said = format!("{said} ({} / {})", platform::format::percent(share), show::exact(of, &table.unit));
            }
            let across = head.chars().count().max(14);
            text.push_str(&format!("  {said:>across$}"));
        }
        text.push('\n');
    }
    for note in show::warnings(&view, table).into_iter().chain(show::notes(&view, table)) {
        text.push_str(&format!("{note}\n"));
    }
    text
}
