//! Pages of figures.

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Result};
use projects::figures::{self, Measure, Record, Value};
use time::Date;

use super::{as_of, dates_told, defined, key};
use crate::READ;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/figures", index).get("/figures/records", records)
}

/// A figure as a page shows it: name, value in words, definition, address of its records.
pub(crate) struct Shown {
    pub name: String,
    pub value: String,
    pub definition: String,
    pub records: i64,
    pub href: String,
}

pub(crate) fn shown(view: &View, measure: Measure, value: &Value, query: &str, day: Date) -> Shown {
    let words = crate::series::pages::words_of(view, value.value, &value.unit);
    Shown {
        name: view.t(&key(measure)),
        value: words,
        definition: defined(view, measure.code(), &day.to_string()),
        records: value.records,
        href: format!("/figures/records?metric={}{query}", measure.code()),
    }
}

async fn all(cx: &mut Cx, form: &Form) -> Result<Vec<Shown>> {
    cx.require_along(&READ)?;
    let as_of = as_of(cx, form)?;
    let view = cx.view();
    let dates: String = ["as_at", "known_at"]
        .iter()
        .filter_map(|name| form.optional(name).map(|day| format!("&{name}={}", platform::web::encode(&day))))
        .collect();
    let totals = figures::totals(cx, as_of, &Measure::ALL).await?;
    Ok(totals.iter().map(|(measure, value)| shown(&view, *measure, value, &dates, as_of.as_at)).collect())
}

#[derive(Template)]
#[template(path = "figures/pages/figures.html")]
struct FiguresPage {
    view: View,
    figures: Vec<Shown>,
    as_at: String,
    known_at: String,
    /// By which dates it was counted.
    counted: Html,
    partial: bool,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let asked = as_of(&cx, &form)?;
    let page = FiguresPage {
        figures: all(&mut cx, &form).await?,
        as_at: asked.as_at.to_string(),
        known_at: form.text("known_at"),
        counted: dates_told(&view, &form, asked),
        partial: figures::partial(&cx),
        view,
    };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "figures/pages/records.html")]
struct RecordsPage {
    view: View,
    name: String,
    definition: String,
    value: String,
    as_at: String,
    counted: Html,
    partial: bool,
    /// Whether each record is one of what is counted, so that no amounts are shown.
    whole: bool,
    records: Vec<(Record, String)>,
    next: Option<String>,
}

async fn records(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let measure = Measure::from_code(form.value("metric")).ok_or(Error::NotFound)?;
    let as_of = as_of(&cx, &form)?;
    let value = figures::total(&mut cx, as_of, measure).await?;
    let found = figures::records(&mut cx, as_of, measure, form.optional("after").as_deref(), 100).await?;
    let head = shown(&view, measure, &value, "", as_of.as_at);
    let next = found
        .last()
        .filter(|_| found.len() == 100)
        .map(|last| ui::lists::address(&view.path, &view.query, &[("after", last.reference.as_str())]));
    let words = |record: &Record| match value.unit.as_str() {
        "count" => String::new(),
        unit => view.amount(record.value, unit),
    };
    let page = RecordsPage {
        name: head.name,
        definition: head.definition,
        value: head.value,
        as_at: view.date(as_of.as_at),
        counted: dates_told(&view, &form, as_of),
        partial: figures::partial(&cx),
        whole: value.unit == "count",
        records: found
            .into_iter()
            .map(|record| {
                let said = words(&record);
                (record, said)
            })
            .collect(),
        next,
        view: view.clone(),
    };
    cx.page(200, page).await
}
