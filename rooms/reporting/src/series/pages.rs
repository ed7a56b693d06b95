//! The page of charts, and each chart as a picture and as data.

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::export::{Cell, day, text};
use platform::forms::Form;
use platform::pages::{Html, View};
use platform::web::{Routes, encode};
use platform::{Cx, Error, Result};
use projects::figures::{self, Measure};
use time::Date;

pub(crate) use super::draw::words as words_of;
use super::draw::{self, Asked, Chart, Drawn, Subject};
use crate::READ;
use crate::figures::{as_of, dates_told, defined, unit_told};
use crate::published::metric_name;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/figures/charts", index).get("/figures/charts/{file}", file)
}

#[derive(Template)]
#[template(path = "series/pages/charts.html")]
struct ChartsPage {
    view: View,
    charts: Vec<Html>,
    /// (code, name, whether it is shown alone)
    tabs: Vec<(&'static str, String, bool)>,
    all: bool,
    as_at: String,
    known_at: String,
    subjects: Vec<(&'static str, String, bool)>,
    of: String,
    /// The dates and subject of the address, for the tabs.
    query: String,
    partial: bool,
    counted: Html,
}

fn asked(cx: &Cx, form: &Form) -> Result<Asked> {
    let as_of = as_of(cx, form)?;
    let subject = match form.optional("subject") {
        Some(code) => Subject::from_code(&code).ok_or_else(|| Error::invalid("subject", "chart-subject-unknown"))?,
        None => Subject::default(),
    };
    let known = form.optional("known_at").map(|given| {
        // A day that is not over counts to now.
        let day = platform::clock::parse_day(&given).ok().filter(|day| *day < cx.today() && !given.contains('T'));
        (given, day)
    });
    let query = ["as_at", "known_at", "subject"]
        .iter()
        .filter_map(|name| form.optional(name).map(|value| format!("{name}={}", encode(&value))))
        .collect::<Vec<_>>()
        .join("&");
    Ok(Asked { as_of, known, subject, query })
}

async fn index(mut cx: Cx) -> Result<Response> {
    cx.require_along(&READ)?;
    let view = cx.view();
    let form = Form::decode(&view.query);
    let asked = asked(&cx, &form)?;
    let of = match form.optional("of") {
        Some(code) => Some(Chart::from_code(&code).ok_or(Error::NotFound)?),
        None => None,
    };
    let partial = figures::partial(&cx);
    let mut charts = Vec::new();
    for chart in Chart::ALL.into_iter().filter(|chart| of.is_none_or(|of| of == *chart)) {
        let drawn = draw::chart(&mut cx, &view, chart, &asked).await?;
        let around = draw::around(&view, chart, &asked, &drawn, partial, of.is_some());
        let unit = draw::unit_of(&cx, chart, asked.subject);
        let write = |value: i64| draw::short_words(&view, value, &unit);
        let exact = |value: i64| draw::words(&view, value, &unit);
        charts.push(match &drawn {
            Drawn::Steps(steps, _) => ui::charts::steps(&view, &around, steps, write, exact),
            Drawn::Bars(bars) => ui::charts::bars(&view, &around, bars, write, exact),
        });
    }
    let name = |chart: Chart| view.t(&format!("{}-tab", chart.key()));
    let page = ChartsPage {
        charts,
        tabs: Chart::ALL.iter().map(|chart| (chart.code(), name(*chart), of == Some(*chart))).collect(),
        all: of.is_none(),
        as_at: asked.as_of.as_at.to_string(),
        known_at: form.text("known_at"),
        subjects: Subject::ALL
            .iter()
            .map(|subject| (subject.code(), view.t(subject.key()), *subject == asked.subject))
            .collect(),
        of: of.map(|chart| chart.code().to_owned()).unwrap_or_default(),
        query: asked.query,
        counted: dates_told(&view, &form, asked.as_of),
        partial,
        view: view.clone(),
    };
    cx.page(200, page).await
}

/// `investment.svg` is the picture, `investment.csv` the data.
async fn file(mut cx: Cx, Path(file): Path<String>) -> Result<Response> {
    cx.require_along(&READ)?;
    let view = cx.view();
    let (code, ending) = file.split_once('.').ok_or(Error::NotFound)?;
    let chart = Chart::from_code(code).ok_or(Error::NotFound)?;
    let asked = asked(&cx, &Form::decode(&view.query))?;
    let name = format!("{code}-{}", asked.as_of.as_at);
    match ending {
        "svg" => {
            let drawn = draw::chart(&mut cx, &view, chart, &asked).await?;
            let around = draw::around(&view, chart, &asked, &drawn, figures::partial(&cx), true);
            let unit = draw::unit_of(&cx, chart, asked.subject);
            let write = |value: i64| draw::short_words(&view, value, &unit);
            let svg = match &drawn {
                Drawn::Steps(steps, _) => ui::charts::steps_picture(&view, &around, steps, write),
                Drawn::Bars(bars) => ui::charts::bars_picture(&view, &around, bars, write),
            };
            cx.commit().await?;
            let said = format!("attachment; filename=\"{name}.svg\"");
            Ok(([(header::CONTENT_TYPE, "image/svg+xml".to_owned()), (header::CONTENT_DISPOSITION, said)], svg)
                .into_response())
        }
        "csv" => {
            let rows = data(&mut cx, &view, chart, &asked).await?;
            cx.commit().await?;
            crate::sheet::csv(&name, &HEADERS, &rows)
        }
        _ => Err(Error::NotFound),
    }
}

const HEADERS: [&str; 14] = [
    "kind",
    "metric",
    "day",
    "group",
    "value",
    "unit",
    "comparator",
    "body",
    "source",
    "basis",
    "scope",
    "definition",
    "as_at",
    "known_at",
];

/// Every value behind a chart: the register's, and what was published, each with what it counts.
async fn data(cx: &mut Cx, view: &View, chart: Chart, asked: &Asked) -> Result<Vec<Vec<Cell>>> {
    let word = |word: &str| text(Some(word));
    let own = super::own_body(cx);
    let scope = crate::figures::scope(cx);
    let as_of = asked.as_of;
    let dates = || [day(Some(as_of.as_at)), word(&as_of.known_at.to_string())];
    let counted = |measure: Measure, on: Date, group: Option<&str>, value: i64, unit: &str| {
        let mut row = vec![
            word("register"),
            word(measure.code()),
            day(Some(on)),
            text(group),
            amount(value, unit),
            word(&unit_told(measure.code(), unit)),
            word("exactly"),
            word(&own),
            Cell::Empty,
            word(measure.basis()),
            word(&scope),
            word(&defined(view, measure.code(), &as_of.as_at.to_string())),
        ];
        row.extend(dates());
        row
    };
    let mut rows = Vec::new();
    if let Chart::Cut(by) = chart {
        for measure in asked.subject.measures() {
            let parts = super::parts(cx, as_of, measure, by).await?;
            for (_, group) in parts.groups {
                rows.push(counted(measure, as_of.as_at, group.code.as_deref(), group.value, &parts.unit));
            }
        }
        return Ok(rows);
    }
    let Drawn::Steps(_, lines) = draw::chart(cx, view, chart, asked).await? else { return Ok(rows) };
    for (line, said) in lines {
        for point in &line.points {
            rows.push(counted(line.measure, point.day, None, point.value, &line.unit));
        }
        for one in said {
            let mut row = vec![
                word("published"),
                word(&one.figure.metric),
                day(Some(one.figure.as_at)),
                Cell::Empty,
                amount(one.value, &line.unit),
                word(&unit_told(line.measure.code(), &line.unit)),
                word(&one.figure.comparator),
                word(&one.figure.body),
                word(&one.figure.source),
                word(&one.figure.basis),
                word(&one.figure.scope),
                word(&metric_name(view, &one.figure.metric)),
            ];
            row.extend(dates());
            rows.push(row);
        }
    }
    Ok(rows)
}

fn amount(value: i64, unit: &str) -> Cell {
    match platform::units::Unit::from_code(unit).map_or(0, |unit| unit.decimals()) {
        0 => Cell::Integer(value),
        scale => Cell::Decimal { unscaled: value, scale },
    }
}
