//! Figures through time and by group, as charts show them: the register's own count, and beside it,
//! plainly apart, what the office has published.

use platform::{Cx, Result};
use projects::figures::series::{self, Group, Point};
use projects::figures::{self, AsOf, Dimension, Measure};

use crate::READ;
use crate::published::{self, Published};

pub mod api;
mod draw;
pub mod pages;

/// The office's own body, as the pack names it: what it published stands beside the register's count.
pub(crate) fn own_body(cx: &Cx) -> String {
    cx.house.settings.get("office-body").unwrap_or_default()
}

/// A figure of the register through time.
#[derive(Clone, Debug)]
pub struct Line {
    pub measure: Measure,
    pub unit: String,
    pub points: Vec<Point>,
}

/// A published figure as a mark beside a line, in the smallest steps of the line's unit.
#[derive(Clone, Debug)]
pub struct Said {
    pub value: i64,
    pub figure: Published,
}

/// A figure of the register by group, each with its name in the reader's language.
#[derive(Clone, Debug)]
pub struct Parts {
    pub measure: Measure,
    pub unit: String,
    pub groups: Vec<(String, Group)>,
}

/// A measure through time.
pub async fn line(cx: &mut Cx, as_of: AsOf, measure: Measure) -> Result<Line> {
    cx.require_along(&READ)?;
    Ok(Line { measure, unit: figures::unit(cx, measure), points: series::cumulative(cx, as_of, measure).await? })
}

/// A measure by the values of one dimension.
pub async fn parts(cx: &mut Cx, as_of: AsOf, measure: Measure, by: Dimension) -> Result<Parts> {
    cx.require_along(&READ)?;
    let groups = series::groups(cx, as_of, measure, by).await?;
    let named = groups.into_iter().map(|group| {
        let name = match &group.code {
            Some(code) => by.list().map_or_else(|| code.clone(), |list| cx.house.codes.name(list, code, cx.language)),
            None => cx.text("not-stated", &[]),
        };
        (name, group)
    });
    Ok(Parts { measure, unit: figures::unit(cx, measure), groups: named.collect() })
}

/// Under which metric the office publishes what a measure counts, and whether each figure is a part
/// that adds to those before it.
pub(crate) const fn metric_of(measure: Measure) -> Option<(&'static str, bool)> {
    match measure {
        Measure::InvestmentPledged => Some(("investment_expected_cumulative", false)),
        Measure::JobsPledged => Some(("jobs_expected_cumulative", false)),
        Measure::EnterprisesAttracted => Some(("enterprises_attracted_cumulative", false)),
        Measure::PartnersSigned => Some(("partners_signed_in_batch", true)),
        Measure::EnterprisesMet => Some(("enterprises_met", false)),
        Measure::FloorAreaPledged => Some(("floor_area_expected_cumulative", false)),
        _ => None,
    }
}

/// What the office has published of what a measure counts, oldest first. A figure in another unit,
/// or one that can't be said exactly in the measure's steps, is left out: it would stand in the
/// wrong place.
pub async fn said(cx: &mut Cx, as_of: AsOf, measure: Measure) -> Result<Vec<Said>> {
    cx.require_along(&READ)?;
    let Some((metric, adds)) = metric_of(measure) else { return Ok(Vec::new()) };
    let unit = figures::unit(cx, measure);
    let own = own_body(cx);
    let rows = published::of_metrics(cx, as_of, &[metric], &own).await?;
    let mut so_far = 0;
    let mut said = Vec::new();
    for figure in rows {
        let Some(value) = steps_of(&figure, &unit) else { continue };
        so_far += value;
        said.push(Said { value: if adds { so_far } else { value }, figure });
    }
    Ok(said)
}

pub(crate) fn steps_of(figure: &Published, unit: &str) -> Option<i64> {
    let whole = |known: &[&str]| {
        (known.contains(&figure.unit.as_str()) && figure.value % 1_000 == 0).then_some(figure.value / 1_000)
    };
    match unit {
        "count" => whole(&["enterprises", "companies", "partners"]),
        "jobs" => whole(&["jobs"]),
        // Hundredths of a square foot; square metres are never taken for them.
        "sq_ft" => (figure.unit == "square_feet" && figure.value % 10 == 0).then_some(figure.value / 10),
        currency => published::pages::minor(figure, currency),
    }
}
