//! A table as a page draws it: headers with their spans, cells with links to their records, and the
//! words around it.

use platform::format;
use platform::pages::View;
use platform::units::{self, Unit};
use projects::figures::{Dimension, Measure};
use projects::stage;

use super::{BatchNamed, Definition, ListInForce, NOT_STATED, Shares, Table};
use crate::figures::defined;

/// One header of a column, over one or several of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub name: String,
    pub columns: usize,
    pub rows: usize,
    pub scope: &'static str,
}

/// One header of a row, beside one or several of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    pub name: String,
    pub rows: usize,
    pub columns: usize,
    pub scope: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownCell {
    pub value: String,
    pub href: Option<String>,
    pub share: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownRow {
    pub sides: Vec<Side>,
    pub cells: Vec<ShownCell>,
    pub total: bool,
}

/// A table ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    pub caption: String,
    /// How many columns belong together.
    pub column_groups: Vec<usize>,
    /// The names of the rows' dimensions, over their headers.
    pub corner: Vec<String>,
    /// As many rows as the corner is high.
    pub heads: Vec<Vec<Head>>,
    /// Rows that belong together.
    pub row_groups: Vec<Vec<ShownRow>>,
    pub notes: Vec<String>,
    pub warnings: Vec<String>,
    /// Whether only what the reader may see was counted.
    pub partial: bool,
    pub definition: String,
    pub empty: bool,
    /// The same on paper, where one sheet does not hold it.
    pub sheets: Vec<Shown>,
}

/// What a value of a dimension is called; `batches` are those known.
pub fn name(view: &View, batches: &[BatchNamed], dimension: Dimension, value: &str) -> String {
    match (dimension, dimension.list()) {
        _ if value == NOT_STATED => view.t("not-stated"),
        (_, Some(list)) => view.code(list, value),
        (Dimension::Stage, _) => view.t(&stage::stage_key(value)),
        (Dimension::Status, _) => view.t(&stage::status_key(value)),
        (Dimension::Batch, _) => batches
            .iter()
            .find(|batch| batch.code == value)
            .map_or_else(|| value.to_owned(), |batch| batch.name(view.lang).to_owned()),
        _ => value.to_owned(),
    }
}

pub fn dimension_name(view: &View, dimension: Dimension) -> String {
    view.t(&format!("dimension-{}", dimension.code().replace('_', "-")))
}

fn names_of(view: &View, batches: &[BatchNamed], codes: &[String], line: &[Option<String>]) -> Vec<Option<String>> {
    let named = |(code, value): (&String, &Option<String>)| {
        let value = value.as_deref()?;
        Some(
            Dimension::from_code(code)
                .map_or_else(|| value.to_owned(), |dimension| name(view, batches, dimension, value)),
        )
    };
    codes.iter().zip(line).map(named).collect()
}

/// A line's name in one piece, for files and the terminal.
pub fn line_name(view: &View, batches: &[BatchNamed], codes: &[String], line: &[Option<String>]) -> String {
    let names: Vec<String> = names_of(view, batches, codes, line).into_iter().flatten().collect();
    match (names.len(), codes.len()) {
        (0, _) => view.t("crosstab-total"),
        (some, all) if some < all => view.t1("crosstab-sub-total", "name", names.join(" · ")),
        _ => names.join(" · "),
    }
}

pub fn column_names(view: &View, table: &Table) -> Vec<String> {
    table.column_lines.iter().map(|line| line_name(view, &table.batches, &table.columns, line)).collect()
}

pub fn row_name(view: &View, table: &Table, row: usize) -> String {
    table.row_lines.get(row).map(|line| line_name(view, &table.batches, &table.rows, line)).unwrap_or_default()
}

/// A value alone, its unit standing in the caption.
pub fn exact(value: i64, unit: &str) -> String {
    format::scaled_short(value, Unit::from_code(unit).map_or(0, |unit| unit.decimals()))
}

pub fn value(view: &View, value: i64, unit: &str) -> String {
    match Unit::from_code(unit) {
        Some(Unit::Money(currency)) => view.money_exact(value, &currency),
        Some(other) => format::scaled_short(value, other.decimals()),
        None => format::number(value),
    }
}

/// The table ready to be drawn. `dates` are those of the records' links, beginning with `&`.
pub fn shown(view: &View, definition: &Definition, table: &Table, dates: &str) -> Shown {
    let (column_groups, heads) = heads(view, table);
    let corner = table.rows.iter().filter_map(|code| Dimension::from_code(code));
    let mut shown = Shown {
        caption: caption(view, table),
        column_groups,
        corner: corner.map(|dimension| dimension_name(view, dimension)).collect(),
        heads,
        row_groups: rows(view, definition, table, dates),
        notes: notes(view, table),
        warnings: warnings(view, table),
        partial: table.partial,
        definition: defined(view, &table.measure, &table.as_at),
        empty: table.is_empty(),
        sheets: Vec::new(),
    };
    shown.sheets = super::sheets::sheets(&shown);
    shown
}

/// The metric, what it is cut by, its unit and its dates.
pub fn caption(view: &View, table: &Table) -> String {
    let by = table.rows.iter().chain(&table.columns).filter_map(|code| Dimension::from_code(code));
    let by: Vec<String> = by.map(|dimension| dimension_name(view, dimension)).collect();
    view.tn(
        "crosstab-caption",
        &[
            ("metric", view.t(&format!("metric-{}", table.measure.replace('_', "-")))),
            ("by", by.join(" × ")),
            ("unit", unit_name(view, table)),
            ("day", said_day(view, &table.as_at)),
            ("known", view.at(table.known_at)),
        ],
    )
}

fn unit_name(view: &View, table: &Table) -> String {
    match Unit::from_code(&table.unit) {
        Some(Unit::Money(currency)) => currency,
        Some(Unit::Jobs) => view.t("crosstab-unit-jobs"),
        Some(Unit::SquareFeet | Unit::SquareMetres) => view.t("crosstab-unit-sq-ft"),
        _ if table.measure == "projects" => view.t("crosstab-unit-projects"),
        _ => view.t("crosstab-unit-enterprises"),
    }
}

/// How a share of what this table counts is said.
fn share_key(table: &Table) -> &'static str {
    match Unit::from_code(&table.unit) {
        Some(Unit::Money(_) | Unit::SquareFeet | Unit::SquareMetres) => "crosstab-share",
        Some(Unit::Jobs) => "crosstab-share-jobs",
        _ if table.measure == "projects" => "crosstab-share-projects",
        _ => "crosstab-share-enterprises",
    }
}

pub fn said_day(view: &View, day: &str) -> String {
    platform::clock::parse_day(day).map_or_else(|_| day.to_owned(), |day| view.date(day))
}

fn heads(view: &View, table: &Table) -> (Vec<usize>, Vec<Vec<Head>>) {
    let names: Vec<Vec<Option<String>>> =
        table.column_lines.iter().map(|line| names_of(view, &table.batches, &table.columns, line)).collect();
    let total = || view.t("crosstab-total");
    if table.columns.len() < 2 {
        let head = |names: &Vec<Option<String>>| Head {
            name: names.first().cloned().flatten().unwrap_or_else(total),
            columns: 1,
            rows: 1,
            scope: "col",
        };
        return (vec![names.len()], vec![names.iter().map(head).collect()]);
    }
    let (mut groups, mut above, mut below): (Vec<usize>, Vec<Head>, Vec<Head>) = (Vec::new(), Vec::new(), Vec::new());
    let mut last: Option<&Option<String>> = None;
    for (line, values) in names.iter().zip(&table.column_lines) {
        let first = line.first().cloned().flatten();
        match (&first, groups.last_mut(), above.last_mut()) {
            (Some(_), Some(group), Some(head)) if last == values.first() => {
                *group += 1;
                head.columns += 1;
            }
            _ => {
                groups.push(1);
                let (rows, scope) = if first.is_none() { (2, "col") } else { (1, "colgroup") };
                above.push(Head { name: first.clone().unwrap_or_else(total), columns: 1, rows, scope });
            }
        }
        last = values.first();
        if first.is_some() {
            let name = line.get(1).cloned().flatten().unwrap_or_else(|| view.t("crosstab-together"));
            below.push(Head { name, columns: 1, rows: 1, scope: "col" });
        }
    }
    (groups, vec![above, below])
}

fn rows(view: &View, definition: &Definition, table: &Table, dates: &str) -> Vec<Vec<ShownRow>> {
    let mut groups: Vec<Vec<ShownRow>> = Vec::new();
    let mut last: Option<&Option<String>> = None;
    for (place, line) in table.row_lines.iter().enumerate() {
        let names = names_of(view, &table.batches, &table.rows, line);
        let total = line.iter().any(Option::is_none);
        let side = |name: String, columns: usize, scope| Side { name, rows: 1, columns, scope };
        let same_group = line.len() == 2 && line[0].is_some() && last == line.first();
        let sides = match (&names[..], same_group) {
            ([Some(_), Some(second)], true) => vec![side(second.clone(), 1, "row")],
            ([Some(_), None], true) => vec![side(view.t("crosstab-together"), 1, "row")],
            ([Some(first), Some(second)], false) => {
                vec![side(first.clone(), 1, "rowgroup"), side(second.clone(), 1, "row")]
            }
            ([Some(first), None], false) => vec![side(first.clone(), 2, "row")],
            ([Some(only)], _) => vec![side(only.clone(), 1, "row")],
            _ => vec![side(view.t("crosstab-total"), names.len().max(1), "row")],
        };
        let cells = (0..table.column_lines.len()).map(|column| cell(view, definition, table, place, column, dates));
        let row = ShownRow { sides, cells: cells.collect(), total };
        match groups.last_mut() {
            Some(group) if same_group => {
                if let Some(first) = group.first_mut().and_then(|row| row.sides.first_mut()) {
                    first.rows += 1;
                }
                group.push(row);
            }
            Some(group) if line.len() == 1 && !total => group.push(row),
            _ => groups.push(vec![row]),
        }
        last = line.first();
    }
    groups
}

fn cell(view: &View, definition: &Definition, table: &Table, row: usize, column: usize, dates: &str) -> ShownCell {
    let counted = table.values[row][column];
    let at: Vec<(Dimension, Option<&str>)> = definition
        .rows
        .iter()
        .zip(&table.row_lines[row])
        .chain(definition.columns.iter().zip(&table.column_lines[column]))
        .map(|(dimension, value)| (*dimension, value.as_deref()))
        .collect();
    let share = table.share(row, column).map(|(share, of)| {
        view.t2(share_key(table), "share", format::percent(share), "of", value(view, of, &table.unit))
    });
    let href = (counted != 0).then(|| format!("/figures/crosstab/records?{}{dates}", definition.records_of(&at)));
    ShownCell { value: value(view, counted, &table.unit), href, share }
}

/// The rule of counting, said under the table.
pub fn notes(view: &View, table: &Table) -> Vec<String> {
    let mut notes = Vec::new();
    let enterprises = Measure::from_code(&table.measure).is_some_and(Measure::counts_enterprises);
    if enterprises {
        notes.push(view.t("crosstab-note-once"));
    }
    if table.overlaps() {
        notes.push(view.t("crosstab-note-overlap"));
    }
    if table.shares != Shares::None {
        notes.push(view.t(&format!("crosstab-note-share-{}", table.shares.code())));
    }
    for (code, values) in &table.filters {
        if let Some(dimension) = Dimension::from_code(code) {
            let values: Vec<String> = values.iter().map(|value| name(view, &table.batches, dimension, value)).collect();
            let values = view.list(values);
            notes.push(view.t2("crosstab-note-filter", "dimension", dimension_name(view, dimension), "values", values));
        }
    }
    if table.partial {
        notes.push(view.t("figures-scope-partial"));
    }
    notes
}

/// The dated lists that the table used, where they are not always the same.
pub fn warnings(view: &View, table: &Table) -> Vec<String> {
    table.lists.iter().filter_map(|list| warning(view, list, table)).collect()
}

/// Names a dated list that is not always the same.
fn warning(view: &View, list: &ListInForce, table: &Table) -> Option<String> {
    if list.until.is_none() && list.since.as_deref().is_none_or(|since| first_of(view, list) == Some(since.to_owned()))
    {
        return None;
    }
    let count = list.codes.len().to_string();
    let names: Vec<String> = list.codes.iter().map(|code| view.code(&list.list, code)).collect();
    let dimension = Dimension::ALL.into_iter().find(|one| one.list() == Some(list.list.as_str()))?;
    let mut args = vec![
        ("list", dimension_name(view, dimension)),
        ("day", said_day(view, &table.as_at)),
        ("n", count),
        ("names", view.list(names)),
    ];
    let key = match (&list.since, &list.until) {
        (Some(since), Some(until)) => {
            args.extend([("since", said_day(view, since)), ("until", said_day(view, until))]);
            "crosstab-list-between"
        }
        (Some(since), None) => {
            args.push(("since", said_day(view, since)));
            "crosstab-list-since"
        }
        (None, Some(until)) => {
            args.push(("until", said_day(view, until)));
            "crosstab-list-before"
        }
        (None, None) => return None,
    };
    Some(view.tn(key, &args))
}

/// The first day of a list, before which there was none.
fn first_of(view: &View, list: &ListInForce) -> Option<String> {
    view.codes(&list.list).iter().map(|code| code.valid_from).min().map(|day| day.to_string())
}

/// Decimals of a unit, for files.
pub fn decimals(unit: &str) -> u32 {
    match Unit::from_code(unit) {
        Some(Unit::Money(currency)) => units::decimals(&currency),
        Some(other) => other.decimals(),
        None => 0,
    }
}
