//! The report of figures: each metric once, with its value, unit, comparator, basis, scope, the words
//! of its definition and the records behind it.

use platform::forms::Form;
use platform::pages::{Html, View};
use platform::units::Decimal;
use platform::{Cx, Problems, Result};
use projects::figures::{self, AsOf, Measure};
use serde::Serialize;

use crate::READ;

pub mod api;
pub mod pages;

/// One metric as reported.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Figure {
    pub metric: &'static str,
    /// In whole units: dollars, jobs, square feet, enterprises.
    pub value: Decimal,
    pub unit: String,
    /// The register counts; it does not say “about”.
    pub comparator: &'static str,
    /// counted, pledged or realised.
    pub basis: &'static str,
    /// Which bodies' records are counted, and how far the reader sees.
    pub scope: String,
    pub definition: String,
    /// References of the projects behind the figure, in order; by API the first hundred.
    pub records: Vec<String>,
    /// How many projects there are behind it, where not all of them are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub records_total: Option<i64>,
    /// The exact amount, in the smallest steps of its unit.
    #[serde(skip)]
    pub exact: i64,
}

#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct FiguresReport {
    pub as_at: String,
    pub known_at: platform::clock::At,
    pub metrics: Vec<Figure>,
}

/// Text key of a metric's name, and with `-definition` of its rule.
pub fn key(measure: Measure) -> String {
    format!("metric-{}", measure.code().replace('_', "-"))
}

/// A metric's rule in words, with the version in force on a day and since when it holds.
pub fn defined(view: &View, measure: &str, day: &str) -> String {
    let (Some(measure), Ok(day)) = (Measure::from_code(measure), platform::clock::parse_day(day)) else {
        return String::new();
    };
    let metric = figures::metric(measure, day);
    view.tn(
        "metric-version",
        &[
            ("rule", view.t(&metric.definition_key())),
            ("version", metric.version.to_string()),
            ("day", view.date(metric.valid_from)),
        ],
    )
}

/// The unit of a measure as programs are told it.
pub(crate) fn unit_told(measure: &str, unit: &str) -> String {
    match unit {
        "count" if measure == Measure::Projects.code() => "projects".to_owned(),
        "count" => "enterprises".to_owned(),
        other => other.to_owned(),
    }
}

/// The two dates of an address or a form; what is left out is today, and all that is known. A day
/// counts to its end; a release's links give the very instant at which it was frozen. What will be
/// recorded later is not known yet, so that no answer says it knew more than there was: a later
/// instant is now.
pub fn as_of(cx: &Cx, form: &Form) -> Result<AsOf> {
    let mut problems = Problems::default();
    let as_at = problems.day("as_at", Some(form.value("as_at"))).unwrap_or_else(|| cx.today());
    let known_at = problems.known("known_at", Some(form.value("known_at")), &cx.house.zone);
    problems.into_result()?;
    Ok(AsOf { as_at, known_at: known_at.map_or(cx.now(), |known| known.min(cx.now())) })
}

/// Whose register is counted, in words.
pub(crate) fn source(view: &View) -> String {
    view.t1("chart-source-register", "office", &view.office)
}

/// The two dates by which an answer was counted: on paper always, on the screen where it was asked as known at one, since
/// the form there says the other.
pub(crate) fn dates_told(view: &View, form: &Form, as_of: AsOf) -> Html {
    let words = view.t2("dates-known", "day", view.date(as_of.as_at), "known", view.at(as_of.known_at));
    let class = if form.optional("known_at").is_some() { "muted" } else { "printed" };
    Html(format!("<p class=\"{class}\">{}</p>", Html::escape(&words)))
}

/// Whose records a reader's figures count, in words.
pub(crate) fn scope(cx: &Cx) -> String {
    cx.text(if figures::partial(cx) { "figures-scope-partial" } else { "figures-scope-all" }, &[])
}

/// How many references are read at a time.
const PAGE: i64 = 5_000;

/// Every metric, as at a day as known at an instant, within the reader's reach, with at most so
/// many references of the records behind each.
pub async fn figures_report(cx: &mut Cx, as_of: AsOf, most: Option<i64>) -> Result<FiguresReport> {
    cx.require_along(&READ)?;
    let scope = scope(cx);
    let mut metrics = Vec::with_capacity(Measure::ALL.len());
    for (measure, value) in figures::totals(cx, as_of, &Measure::ALL).await? {
        let mut records: Vec<String> = Vec::new();
        loop {
            let wanted = most.map_or(PAGE, |most| (most - records.len() as i64).min(PAGE));
            let page = figures::records(cx, as_of, measure, records.last().map(String::as_str), wanted).await?;
            let full = page.len() as i64 == wanted;
            records.extend(page.into_iter().map(|record| record.reference));
            if !full || most == Some(records.len() as i64) {
                break;
            }
        }
        metrics.push(Figure {
            metric: measure.code(),
            value: Decimal::of(value.value, &value.unit),
            unit: unit_told(measure.code(), &value.unit),
            comparator: "exactly",
            basis: measure.basis(),
            scope: scope.clone(),
            definition: defined(&cx.view(), measure.code(), &as_of.as_at.to_string()),
            records,
            records_total: most.filter(|most| value.records > *most).map(|_| value.records),
            exact: value.value,
        });
    }
    Ok(FiguresReport { as_at: as_of.as_at.to_string(), known_at: as_of.known_at, metrics })
}

/// As JSON, stable for scripts.
pub fn as_json(report: &FiguresReport) -> Result<String> {
    Ok(serde_json::to_string_pretty(report)?)
}

/// As CSV: one row a metric, the records joined by spaces.
pub fn as_csv(report: &FiguresReport) -> String {
    let mut text = "metric,value,unit,comparator,basis,scope,definition,records,as_at,known_at\n".to_owned();
    for figure in &report.metrics {
        let quoted = |cell: &str| format!("\"{}\"", cell.replace('"', "\"\""));
        text.push_str(&format!(
            "{},{},{},{},{},{},{},{},{},{}\n",
            figure.metric,
            figure.value,
            figure.unit,
            figure.comparator,
            figure.basis,
            quoted(&figure.scope),
            quoted(&figure.definition),
            quoted(&figure.records.join(" ")),
            report.as_at,
            report.known_at
        ));
    }
    text
}

/// As a table for a terminal.
pub fn as_table(cx: &Cx, report: &FiguresReport) -> String {
    let view = cx.view();
    let mut text = format!("{}: {}\n", view.t("as-at"), report.as_at);
    text.push_str(&format!("{}: {}\n", view.t("known-at"), view.at(report.known_at)));
    for figure in &report.metrics {
        let Decimal { steps, decimals } = figure.value;
        let value = platform::format::scaled_short(steps, decimals);
        text.push_str(&format!("{:<24}{value:>22}  {:<12}{:>6}\n", figure.metric, figure.unit, figure.records.len()));
    }
    text
}
