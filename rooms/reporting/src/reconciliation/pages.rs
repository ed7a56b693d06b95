//! The reconciliation page, and the same as data.

use std::collections::HashMap;

use askama::Template;
use axum::response::Response;
use platform::export::{Cell, text};
use platform::forms::Form;
use platform::pages::View;
use platform::web::{Routes, encode};
use platform::{Cx, Id, Result};

use super::{Finding, Reconciliation, Severity};
use crate::figures::api::as_of;
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
    /// The dates of the address, for the links to records.
    dates: String,
    findings: Vec<Shown>,
    days: Vec<String>,
}

/// A finding with the published rows it rests on, each in words.
struct Shown {
    warns: bool,
    words: String,
    rests_on: Vec<(Id, String)>,
    /// The register's records that it concerns: address and name of the metric.
    register: Option<(String, String)>,
}

/// How many of the rows that a finding rests on are listed beside it.
const LISTED: usize = 8;

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
        findings: found.findings.iter().map(|one| shown(&view, one, &by_id, &dates)).collect(),
        days: found
            .ceremonies
            .iter()
            .map(|one| platform::clock::parse_day(&one.day).map_or_else(|_| one.day.clone(), |day| view.date(day)))
            .collect(),
        as_at: as_of.as_at.to_string(),
        known_at,
        dates,
        found,
        view: view.clone(),
    };
    cx.page(200, page).await
}

fn shown(view: &View, finding: &Finding, rows: &HashMap<Id, &Published>, dates: &str) -> Shown {
    let said = |row: &Published| {
        format!("{} {}: {}", row.metric, view.date(row.as_at), published::pages::value_in_words(view, row))
    };
    Shown {
        warns: finding.severity == Severity::Warns,
        words: finding.message.clone(),
        rests_on: finding
            .rests_on
            .iter()
            .take(LISTED)
            .filter_map(|id| rows.get(id).map(|row| (*id, said(row))))
            .collect(),
        register: finding.register.map(|metric| {
            let name = view.t(&format!("metric-{}", platform::text::kebab(metric)));
            (format!("/figures/records?metric={metric}{dates}"), name)
        }),
    }
}

const HEADERS: [&str; 7] = ["severity", "kind", "finding", "metric", "as_at", "value", "source"];

/// One row for each published figure a finding rests on; one for a finding that rests on none.
async fn data(mut cx: Cx) -> Result<Response> {
    let as_of = as_of(&cx, &Form::decode(&cx.view().query))?;
    let found = super::reconcile(&mut cx, as_of).await?;
    let published = published::until(&mut cx, as_of).await?;
    cx.commit().await?;
    let by_id: HashMap<Id, &Published> = published.iter().map(|row| (row.id, row)).collect();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for finding in &found.findings {
        let severity = if finding.severity == Severity::Warns { "warns" } else { "explains" };
        let head = || vec![text(Some(severity)), text(Some(finding.kind)), text(Some(&finding.message))];
        let mut rested = finding.rests_on.iter().filter_map(|id| by_id.get(id)).peekable();
        if rested.peek().is_none() {
            let mut row = head();
            row.resize(HEADERS.len(), Cell::Empty);
            rows.push(row);
        }
        for figure in rested {
            let mut row = head();
            row.push(text(Some(&figure.metric)));
            row.push(platform::export::day(Some(figure.as_at)));
            row.push(text(Some(&format!("{} {}", figure.written(), figure.unit))));
            row.push(text(Some(&figure.source)));
            rows.push(row);
        }
    }
    crate::sheet::csv(&format!("reconciliation-{}", as_of.as_at), &HEADERS, &rows)
}
