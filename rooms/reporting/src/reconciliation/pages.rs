//! The reconciliation page, and the same as data.

use std::collections::HashMap;

use askama::Template;
use axum::response::Response;
use platform::export::{Cell, day, text};
use platform::forms::Form;
use platform::pages::{Html, View};
use platform::units::Decimal;
use platform::web::{Routes, encode};
use platform::{Cx, Id, Result};
use projects::figures::{self, Measure};

use super::{Beside, Finding, Reconciliation, Severity, Told};
use crate::figures::{as_of, dates_told};
use crate::published::{self, Published};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/figures/reconciliation", index).get("/figures/reconciliation.csv", data)
}

#[derive(Template)]
#[template(path = "reconciliation/pages/reconciliation.html")]
struct Page {
    view: View,
    found: Reconciliation,
    as_at: String,
    known_at: String,
    counted: Html,
    /// The dates of the address, for the links to records.
    dates: String,
    metrics: Vec<Metric>,
    findings: Vec<Shown>,
    days: Vec<String>,
    partial: bool,
}

/// A metric of the register, and what was published of it, in words.
struct Metric {
    name: String,
    register: String,
    records: String,
    published: Option<Said>,
}

struct Said {
    words: String,
    href: String,
    day: String,
    comparator: String,
    basis: String,
    scope: String,
    note: String,
}

/// A finding with the published rows it rests on, each in words.
struct Shown {
    warns: bool,
    words: String,
    rests_on: Vec<(Id, String)>,
    /// Where all of them are listed, and how many they are, if they are more than stand here.
    more: Option<(String, usize)>,
    /// The register's records that it concerns: address and name of the metric.
    register: Option<(String, String)>,
}

/// How many of the rows that a finding rests on are listed beside it.
const LISTED: usize = 12;

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let as_of = as_of(&cx, &form)?;
    let found = super::reconcile(&mut cx, as_of).await?;
    let rows = published::until(&mut cx, as_of).await?;
    let by_id: HashMap<Id, &Published> = rows.iter().map(|row| (row.id, row)).collect();
    let known_at = form.text("known_at");
    let mut dates = format!("&as_at={}", as_of.as_at);
    if !known_at.is_empty() {
        dates.push_str(&format!("&known_at={}", encode(&known_at)));
    }
    let page = Page {
        metrics: found.metrics.iter().map(|one| metric(&view, one, &dates)).collect(),
        partial: figures::partial(&cx),
        findings: found.findings.iter().map(|one| shown(&view, one, &by_id, &dates)).collect(),
        days: found.ceremonies.iter().map(|one| said_day(&view, &one.day)).collect(),
        as_at: as_of.as_at.to_string(),
        counted: dates_told(&view, &form, as_of),
        known_at,
        dates,
        found,
        view: view.clone(),
    };
    cx.page(200, page).await
}

fn said_day(view: &View, day: &str) -> String {
    platform::clock::parse_day(day).map_or_else(|_| day.to_owned(), |day| view.date(day))
}

fn metric(view: &View, beside: &Beside, dates: &str) -> Metric {
    let (counted, unit) = &beside.exact;
    let said = |told: &Told| Said {
        words: told.words.clone(),
        href: match told.published_figures[..] {
            [only] => format!("/figures/published/{only}"),
            // Several that were added up are of one metric.
            _ => format!("/figures/published?metric=partners_signed_in_batch&until={}", told.as_at),
        },
        day: said_day(view, &told.as_at),
        comparator: view.t(&published::comparator_key(&told.comparator)),
        basis: view.t(&published::basis_key(&told.basis)),
        scope: told.scope.clone(),
        note: told.note.clone(),
    };
    Metric {
        name: view.t(&format!("metric-{}", platform::text::kebab(beside.metric))),
        register: crate::series::pages::words_of(view, *counted, unit),
        records: format!("/figures/records?metric={}{dates}", beside.metric),
        published: beside.published.as_ref().map(said),
    }
}

/// A published figure with all that belongs to it.
fn in_words(view: &View, row: &Published) -> String {
    let words = published::pages::value_in_words(view, row);
    let basis = view.t(&published::basis_key(&row.basis));
    let name = published::metric_name(view, &row.metric);
    format!("{name} · {} · {words} · {basis} · {}", view.date(row.as_at), row.scope)
}

fn shown(view: &View, finding: &Finding, rows: &HashMap<Id, &Published>, dates: &str) -> Shown {
    let held = || finding.rests_on.iter().filter_map(|id| rows.get(id).map(|row| (*id, *row)));
    // What is left out is of one body, as the rest is.
    let more = held().nth(LISTED).map(|(_, row)| {
        let body = platform::web::encode(&row.body);
        (format!("/figures/published?body={body}&until={}", row.as_at), finding.rests_on.len())
    });
    Shown {
        warns: finding.severity == Severity::Warns,
        words: finding.message.clone(),
        rests_on: held().take(LISTED).map(|(id, row)| (id, in_words(view, row))).collect(),
        more,
        register: finding.register.map(|metric| {
            let name = view.t(&format!("metric-{}", platform::text::kebab(metric)));
            (format!("/figures/records?metric={metric}{dates}"), name)
        }),
    }
}

const HEADERS: [&str; 17] = [
    "severity",
    "kind",
    "finding",
    "metric",
    "metric_name",
    "as_at",
    "comparator",
    "value",
    "unit",
    "basis",
    "scope",
    "denominator",
    "body",
    "source",
    "note",
    "counted_as_at",
    "known_at",
];

/// First what the register counts and what was published beside it, then one row for each published
/// figure that a finding rests on; one for a finding that rests on none.
async fn data(mut cx: Cx) -> Result<Response> {
    let as_of = as_of(&cx, &Form::decode(&cx.view().query))?;
    let found = super::reconcile(&mut cx, as_of).await?;
    let published = published::until(&mut cx, as_of).await?;
    let view = cx.view();
    cx.commit().await?;
    let by_id: HashMap<Id, &Published> = published.iter().map(|row| (row.id, row)).collect();
    let word = |word: &str| text(Some(word).filter(|word| !word.is_empty()));
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for beside in &found.metrics {
        let Some(measure) = Measure::from_code(beside.metric) else { continue };
        let name = view.t(&crate::figures::key(measure));
        rows.push(vec![
            Cell::Empty,
            word("register"),
            Cell::Empty,
            word(beside.metric),
            word(&name),
            day(Some(as_of.as_at)),
            word("exactly"),
            decimal(beside.register),
            word(&beside.unit),
            word(measure.basis()),
            word(&found.scope),
        ]);
        if let Some(told) = &beside.published {
            rows.push(vec![
                Cell::Empty,
                word("published"),
                Cell::Empty,
                word(beside.metric),
                word(&name),
                word(&told.as_at),
                word(&told.comparator),
                decimal(told.value),
                word(&told.unit),
                word(&told.basis),
                word(&told.scope),
                Cell::Empty,
                word(&crate::series::own_body(&cx)),
                word(&told.source),
                word(&told.note),
            ]);
        }
    }
    for finding in &found.findings {
        let severity = if finding.severity == Severity::Warns { "warns" } else { "explains" };
        let head = || vec![word(severity), word(finding.kind), word(&finding.message)];
        let mut rested = finding.rests_on.iter().filter_map(|id| by_id.get(id)).peekable();
        if rested.peek().is_none() {
            rows.push(head());
        }
        for figure in rested {
            let mut row = head();
            row.extend([
                word(&figure.metric),
                word(&published::metric_name(&view, &figure.metric)),
                day(Some(figure.as_at)),
                word(&figure.comparator),
                decimal(Decimal { steps: figure.value, decimals: 3 }),
                word(&figure.unit),
                word(&figure.basis),
                word(&figure.scope),
                word(&figure.denominator),
                word(&figure.body),
                word(&figure.source),
                word(&figure.note),
            ]);
            rows.push(row);
        }
    }
    for row in &mut rows {
        row.resize(HEADERS.len() - 2, Cell::Empty);
        row.extend([day(Some(as_of.as_at)), word(&as_of.known_at.to_string())]);
    }
    crate::sheet::csv(&format!("reconciliation-{}", as_of.as_at), &HEADERS, &rows)
}

fn decimal(value: Decimal) -> Cell {
    let step = 10_i64.pow(value.decimals);
    match value.steps % step {
        0 => Cell::Integer(value.steps / step),
        _ => Cell::Decimal { unscaled: value.steps, scale: value.decimals },
    }
}
