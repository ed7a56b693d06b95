//! Laying a table out: which rows and columns there are, in which order, and what stands in them.

use platform::codes::Code;
use platform::text::Language;
use platform::{Cx, Result};
use projects::batch;
use projects::figures::cut::Tally;
use projects::figures::{self, AsOf, Dimension};
use projects::stage;
use serde::{Deserialize, Serialize};
use time::Date;

use super::{Definition, Line, NOT_STATED, Table};

/// A dated code list as it was in force on the table's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ListInForce {
    pub list: String,
    /// The day of its latest change by then; none before its first code.
    pub since: Option<String>,
    /// The last day before its next change; none while it stands.
    pub until: Option<String>,
    pub codes: Vec<String>,
}

impl ListInForce {
    pub fn on(cx: &Cx, list: &str, day: Date) -> Self {
        let all = cx.house.codes.all(list);
        let changes = |code: &Code| [Some(code.valid_from), code.valid_to.and_then(Date::next_day)];
        let mut days: Vec<Date> = all.iter().flat_map(changes).flatten().collect();
        days.sort_unstable();
        let until = days.iter().find(|change| **change > day).and_then(|change| change.previous_day());
        Self {
            list: list.to_owned(),
            since: days.iter().rfind(|change| **change <= day).map(Date::to_string),
            until: until.map(|day| day.to_string()),
            codes: all.into_iter().filter(|code| code.holds_on(day)).map(|code| code.code).collect(),
        }
    }
}

/// A batch of attractions or a ceremony, by the name it had when the table was counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct BatchNamed {
    pub code: String,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
}

impl BatchNamed {
    /// All of them in the order of their days, those given up included: earlier figures name them too.
    pub async fn all(cx: &mut Cx) -> Result<Vec<Self>> {
        let mut all = batch::all(cx, true).await?;
        all.sort_by(|one, other| (one.held_on, &one.code).cmp(&(other.held_on, &other.code)));
        let named = |one: batch::Batch| Self {
            code: one.code,
            name_en: one.name_en,
            name_zh_hant: one.name_zh_hant,
            name_zh_hans: one.name_zh_hans,
        };
        Ok(all.into_iter().map(named).collect())
    }

    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::English => &self.name_en,
            Language::Traditional => &self.name_zh_hant,
            Language::Simplified => &self.name_zh_hans,
        }
    }
}

/// Lists short enough that a table shows all of their codes, counted or not: a nought is an answer.
const WHOLE: [Dimension; 5] =
    [Dimension::Industry, Dimension::Nature, Dimension::HqKind, Dimension::Stage, Dimension::Status];

/// The values a dimension is shown with, in the order of its list; what is not stated comes last.
fn values(
    cx: &Cx,
    definition: &Definition,
    dimension: Dimension,
    day: Date,
    found: &[String],
    batches: &[BatchNamed],
    whole: bool,
) -> Vec<String> {
    let mut all: Vec<String> = found.to_vec();
    if whole && WHOLE.contains(&dimension) {
        let listed: Vec<String> = match dimension {
            Dimension::Stage => stage::STAGES.iter().map(|code| (*code).to_owned()).collect(),
            Dimension::Status => stage::STATUSES.iter().map(|code| (*code).to_owned()).collect(),
            _ => cx.house.codes.on(dimension.list().unwrap_or_default(), day).into_iter().map(|one| one.code).collect(),
        };
        let limit = definition.filters.iter().find(|(limited, _)| *limited == dimension);
        let wanted = |code: &String| limit.is_none_or(|(_, only)| only.contains(code));
        all.extend(listed.into_iter().filter(wanted));
    }
    let order: Vec<String> = match dimension {
        Dimension::Stage => stage::STAGES.iter().map(|code| (*code).to_owned()).collect(),
        Dimension::Status => stage::STATUSES.iter().map(|code| (*code).to_owned()).collect(),
        Dimension::Batch => batches.iter().map(|batch| batch.code.clone()).collect(),
        _ => dimension
            .list()
            .map_or_else(Vec::new, |list| cx.house.codes.all(list).into_iter().map(|code| code.code).collect()),
    };
    let rank = |value: &String| {
        let listed = order.iter().position(|code| code == value).unwrap_or(order.len());
        (value == figures::NOT_STATED, listed, value.clone())
    };
    all.sort_by_key(rank);
    all.dedup();
    all
}

/// The lines of one side: every value, under it those of the second dimension that occur with it,
/// sub-totals if asked for, and the total at the end.
fn lines(
    cx: &Cx,
    definition: &Definition,
    side: &[Dimension],
    day: Date,
    tally: &Tally,
    at: &dyn Fn(&[Option<&str>]) -> bool,
    offset: usize,
    batches: &[BatchNamed],
) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let shown = |place: usize, whole: bool| {
        side.get(place)
            .map(|dimension| values(cx, definition, *dimension, day, tally.values(offset + place), batches, whole))
            .unwrap_or_default()
    };
    for first in shown(0, true) {
        if side.len() == 1 {
            lines.push(vec![Some(first)]);
            continue;
        }
        let second: Vec<String> =
            shown(1, false).into_iter().filter(|second| at(&[Some(first.as_str()), Some(second.as_str())])).collect();
        let alone = second.is_empty();
        lines.extend(second.into_iter().map(|second| vec![Some(first.clone()), Some(second)]));
        if definition.sub_totals || alone {
            lines.push(vec![Some(first), None]);
        }
    }
    lines.push(vec![None; side.len()]);
    lines
}

pub(super) fn lay_out(cx: &Cx, definition: &Definition, as_of: AsOf, tally: &Tally, batches: Vec<BatchNamed>) -> Table {
    let (down, across) = (definition.rows.len(), definition.columns.len());
    let row_at = |row: &[Option<&str>]| {
        let mut at = row.to_vec();
        at.resize(down + across, None);
        tally.has(&at)
    };
    let column_at = |column: &[Option<&str>]| {
        let mut at = vec![None; down];
        at.extend_from_slice(column);
        tally.has(&at)
    };
    let rows = lines(cx, definition, &definition.rows, as_of.as_at, tally, &row_at, 0, &batches);
    let columns = lines(cx, definition, &definition.columns, as_of.as_at, tally, &column_at, down, &batches);
    let cell = |row: &Line, column: &Line| {
        let at: Vec<Option<&str>> = row.iter().chain(column).map(Option::as_deref).collect();
        tally.value(&at)
    };
    let values = rows.iter().map(|row| columns.iter().map(|column| cell(row, column)).collect()).collect();
    let codes = |dimensions: &[Dimension]| dimensions.iter().map(|one| one.code().to_owned()).collect();
    let filters = definition.filters.iter().map(|(dimension, values)| (dimension.code().to_owned(), values.clone()));
    let lists = definition.dimensions().into_iter().filter_map(Dimension::list);
    Table {
        measure: definition.measure.code().to_owned(),
        version: figures::metric(definition.measure, as_of.as_at).version,
        unit: figures::unit(cx, definition.measure),
        as_at: as_of.as_at.to_string(),
        known_at: as_of.known_at,
        rows: codes(&definition.rows),
        columns: codes(&definition.columns),
        filters: filters.collect(),
        sub_totals: definition.sub_totals,
        shares: definition.shares,
        partial: figures::partial(cx),
        lists: lists.map(|list| ListInForce::on(cx, list, as_of.as_at)).collect(),
        batches,
        row_lines: rows.into_iter().map(said).collect(),
        column_lines: columns.into_iter().map(said).collect(),
        values,
    }
}

/// A line as answers name it.
fn said(line: Line) -> Line {
    let word = |value: String| if value == figures::NOT_STATED { NOT_STATED.to_owned() } else { value };
    line.into_iter().map(|value| value.map(word)).collect()
}
