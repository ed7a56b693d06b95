//! Reading a definition and its dates from an address or a form.

use platform::forms::Form;
use platform::{Cx, Problems, Result};
use projects::figures::{Dimension, Measure};
use projects::stage;

use super::{Definition, NOT_STATED, Shares};
use crate::READ;

/// A table has at most this many dimensions down, and across.
const MOST: usize = 2;

/// Reads a definition. All that is wrong with it is named at once.
pub fn read(cx: &Cx, form: &Form) -> Result<Definition> {
    cx.require(&READ)?;
    let mut problems = Problems::default();
    let rows = dimensions(form, "rows", &mut problems);
    let columns = dimensions(form, "columns", &mut problems);
    let measure = match form.value("measure").trim() {
        "" => Measure::EnterprisesAttracted,
        code => match Measure::from_code(code) {
            Some(measure) => measure,
            None => {
                problems.add_with("measure", "crosstab-measure-unknown", &[("value", code.chars().take(60).collect())]);
                Measure::EnterprisesAttracted
            }
        },
    };
    let shares = match form.value("shares").trim() {
        "" => Shares::None,
        code => Shares::from_code(code).unwrap_or_else(|| {
            problems.add("shares", "crosstab-shares-unknown");
            Shares::None
        }),
    };
    let mut filters = Vec::new();
    for dimension in Dimension::ALL {
        let values = limits(cx, form, dimension, &mut problems);
        if !values.is_empty() {
            filters.push((dimension, values));
        }
    }
    let sub_totals = !matches!(form.value("sub_totals").trim(), "no" | "off" | "false");
    let definition = Definition { rows, columns, measure, filters, sub_totals, shares };
    for (place, dimension) in definition.rows.iter().chain(&definition.columns).enumerate() {
        let field = if place < definition.rows.len() { "rows" } else { "columns" };
        let twice = definition.rows.iter().chain(&definition.columns).filter(|other| *other == dimension).count() > 1;
        problems.require(!(twice && field == "columns"), field, "crosstab-dimension-twice");
    }
    for dimension in definition.dimensions() {
        if !dimension.fits(measure) {
            problems.add("measure", "crosstab-dimension-unfit");
        }
    }
    problems.into_result()?;
    Ok(definition)
}

/// `rows=a&rows=b` as a form sends it, or `rows=a,b` as people write it.
fn dimensions(form: &Form, field: &str, problems: &mut Problems) -> Vec<Dimension> {
    let mut found: Vec<Dimension> = Vec::new();
    let chosen = form.chosen(field);
    for code in chosen.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|code| !code.is_empty()) {
        match Dimension::from_code(code) {
            Some(dimension) if found.contains(&dimension) => problems.add(field, "crosstab-dimension-twice"),
            Some(dimension) => found.push(dimension),
            None => {
                let value = code.chars().take(60).collect();
                problems.add_with(field, "crosstab-dimension-unknown", &[("value", value)]);
            }
        }
    }
    problems.require(found.len() <= MOST, field, "crosstab-too-many");
    found
}

/// The values a dimension is limited to, as codes.
fn limits(cx: &Cx, form: &Form, dimension: Dimension, problems: &mut Problems) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for text in form.chosen(dimension.code()) {
        let parts: Vec<&str> = match dimension {
            // The name of a batch may hold commas.
            Dimension::Batch => vec![text.as_str()],
            _ => text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect(),
        };
        for part in parts {
            let known = match (dimension, dimension.list()) {
                _ if part == NOT_STATED => Some(part.to_owned()),
                (_, Some(list)) => cx.house.codes.written(list, part).map(|code| code.code),
                (Dimension::Stage, _) => stage::STAGES.contains(&part).then(|| part.to_owned()),
                (Dimension::Status, _) => stage::STATUSES.contains(&part).then(|| part.to_owned()),
                (Dimension::Year, _) => {
                    (part.len() == 4 && part.bytes().all(|digit| digit.is_ascii_digit())).then(|| part.to_owned())
                }
                _ => (part.chars().count() <= 100 && !part.chars().any(char::is_control)).then(|| part.to_owned()),
            };
            match known {
                Some(code) if !values.contains(&code) => values.push(code),
                Some(_) => {}
                None => {
                    let value = part.chars().take(60).collect();
                    problems.add_with(dimension.code(), "crosstab-value-unknown", &[("value", value)]);
                }
            }
        }
    }
    problems.require(values.len() <= 200, dimension.code(), "crosstab-too-many");
    values
}

/// Reads the definition of a table, which has at least one dimension down.
pub fn read_table(cx: &Cx, form: &Form) -> Result<Definition> {
    let definition = read(cx, form)?;
    let mut problems = Problems::default();
    problems.require(!definition.rows.is_empty(), "rows", "crosstab-rows-missing");
    problems.into_result()?;
    Ok(definition)
}
