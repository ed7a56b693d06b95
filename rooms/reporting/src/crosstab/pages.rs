//! The page of the cross-tab: its whole state is in the address, so that a link shows the same.

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Html, View};
use platform::units::Unit;
use platform::web::Routes;
use platform::{Cx, Error, Problems, Result};
use projects::figures::{self, Dimension, Measure, Record};
use projects::stage;
use ui::{Choice, Fields};

use super::api::PAGE;
use super::show::{self, Shown, dimension_name};
use super::{BatchNamed, Definition, NOT_STATED, Shares, as_of, download, read, read_table};
use crate::figures::{dates_told, key};
use crate::{READ, release, saved};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/figures/crosstab", index)
        .get("/figures/crosstab/records", records)
        .get("/figures/crosstab/download", save_as)
}

/// A choice of a list, and whether it is chosen.
struct Pick {
    value: String,
    label: String,
    chosen: bool,
}

/// The values one dimension can be limited to.
struct Limit {
    code: &'static str,
    name: String,
    /// None for what is typed: years.
    options: Vec<Pick>,
    typed: String,
    open: bool,
}

#[derive(Template)]
#[template(path = "crosstab/pages/crosstab.html")]
struct CrosstabPage {
    view: View,
    problems: Vec<(String, String)>,
    measures: Vec<Pick>,
    /// Name, label and choices of the four places a dimension can take.
    places: Vec<(&'static str, String, String, Vec<Pick>)>,
    shares: Vec<Pick>,
    sub_totals: bool,
    as_at: String,
    known_at: String,
    limits: Vec<Limit>,
    limited: bool,
    shown: Option<Shown>,
    counted: Option<Html>,
    query: String,
    saved: Vec<saved::Saved>,
    may_save: bool,
    may_freeze: bool,
    sharings: Vec<Choice>,
    saving: Saving,
}

/// The form that keeps the table, as it was sent where that was refused.
#[derive(Default)]
struct Saving {
    refused: bool,
    name: String,
    wrong: Html,
    shared: String,
}

fn choices(all: impl Iterator<Item = (String, String)>, chosen: &[&str]) -> Vec<Pick> {
    all.map(|(value, label)| Pick { chosen: chosen.contains(&value.as_str()), value, label }).collect()
}

fn limits(cx: &Cx, view: &View, form: &Form, batches: &[BatchNamed]) -> Vec<Limit> {
    let mut limits = Vec::new();
    for dimension in Dimension::ALL {
        let given: Vec<String> = form.chosen(dimension.code());
        let parts: Vec<&str> = match dimension {
            Dimension::Batch => given.iter().map(String::as_str).collect(),
            _ => given.iter().flat_map(|text| text.split(',')).map(str::trim).collect(),
        };
        let mut all: Vec<String> = match (dimension, dimension.list()) {
            (_, Some(list)) => cx.house.codes.all(list).into_iter().map(|code| code.code).collect(),
            (Dimension::Stage, _) => stage::STAGES.iter().map(|code| (*code).to_owned()).collect(),
            (Dimension::Status, _) => stage::STATUSES.iter().map(|code| (*code).to_owned()).collect(),
            (Dimension::Batch, _) => batches.iter().map(|batch| batch.code.clone()).collect(),
            _ => Vec::new(),
        };
        let typed = all.is_empty();
        if !typed {
            all.push(NOT_STATED.to_owned());
        }
        let named = all.into_iter().map(|code| {
            let label = show::name(view, batches, dimension, &code);
            (code, label)
        });
        limits.push(Limit {
            code: dimension.code(),
            name: dimension_name(view, dimension),
            options: choices(named, &parts),
            typed: if typed { given.first().cloned().unwrap_or_default() } else { String::new() },
            open: !parts.is_empty(),
        });
    }
    limits
}

fn places(view: &View, form: &Form) -> Vec<(&'static str, String, String, Vec<Pick>)> {
    let mut places = Vec::new();
    for (field, keys) in [
        ("rows", ["crosstab-rows", "crosstab-rows-within"]),
        ("columns", ["crosstab-columns", "crosstab-columns-within"]),
    ] {
        let given = form.chosen(field);
        let parts: Vec<&str> = given.iter().flat_map(|text| text.split(',')).map(str::trim).collect();
        for (place, key) in keys.into_iter().enumerate() {
            let chosen: Vec<&str> = parts.get(place).copied().into_iter().collect();
            let named = Dimension::ALL.map(|dimension| (dimension.code().to_owned(), dimension_name(view, dimension)));
            let id = format!("{field}-{place}");
            places.push((field, id, view.t(key), choices(named.into_iter(), &chosen)));
        }
    }
    places
}

/// What is shown before anything was asked for.
fn asked(view: &View) -> Form {
    let form = Form::decode(&view.query);
    if form.has("rows") || form.has("measure") {
        return form;
    }
    form.with("rows", "industry").with("columns", "nature").with("measure", Measure::EnterprisesAttracted.code())
}

/// The dates of an address, to go on with: `&as_at=…&known_at=…`.
pub(crate) fn dates(form: &Form) -> String {
    let given = ["as_at", "known_at"].into_iter().filter_map(|name| Some((name, form.optional(name)?)));
    given.map(|(name, value)| format!("&{name}={}", platform::web::encode(&value))).collect()
}

async fn index(mut cx: Cx) -> Result<Response> {
    let form = asked(&cx.view());
    draw(&mut cx, 200, &form, Form::default()).await
}

/// The page of a table that could not be kept as `saving` asked, with what is wrong with that.
pub(crate) async fn not_saved(cx: &mut Cx, status: u16, saving: Form) -> Result<Response> {
    let form = Form::decode(saving.value("definition"));
    draw(cx, status, &form, saving).await
}

async fn draw(cx: &mut Cx, status: u16, form: &Form, saving: Form) -> Result<Response> {
    cx.require_along(&READ)?;
    let view = cx.view();
    let mut problems = saving.problems().clone();
    let found = match (read_table(cx, form), as_of(cx, form)) {
        (Ok(definition), Ok(as_of)) => Some((definition, as_of)),
        (definition, as_of) => {
            for error in [definition.err(), as_of.err()].into_iter().flatten() {
                match error {
                    // What could not be kept for that reason has said so.
                    Error::Invalid(more) if saving.problems().is_empty() => problems.extend(more),
                    Error::Invalid(_) => {}
                    other => return Err(other),
                }
            }
            None
        }
    };
    let mut shown = None;
    let mut query = String::new();
    if let Some((definition, as_of)) = &found {
        let table = super::table(cx, definition, *as_of).await?;
        query = format!("{}{}", definition.address(), dates(form));
        shown = Some(show::shown(&view, definition, &table, &dates(form)));
    }
    let status = if found.is_some() { status } else { 422 };
    let mut page = page(cx, &view, form, problems, shown, query).await?;
    page.counted = found.as_ref().map(|(_, as_of)| dates_told(&view, form, *as_of));
    if !saving.problems().is_empty() {
        page.saving = Saving {
            refused: true,
            name: saving.text("name"),
            wrong: Fields::new(&view, &saving, "saved").wrong("name"),
            shared: saving.text("shared"),
        };
    }
    cx.page(status, page).await
}

async fn page(
    cx: &mut Cx,
    view: &View,
    form: &Form,
    problems: Problems,
    shown: Option<Shown>,
    query: String,
) -> Result<CrosstabPage> {
    let measures = Measure::every().map(|measure| (measure.code().to_owned(), view.t(&key(measure))));
    let share_names =
        Shares::ALL.map(|shares| (shares.code().to_owned(), view.t(&format!("crosstab-shares-{}", shares.code()))));
    let chosen_share = form.optional("shares").unwrap_or_else(|| "none".to_owned());
    let batches = BatchNamed::all(cx).await?;
    let limits = limits(cx, view, form, &batches);
    Ok(CrosstabPage {
        problems: problems.all().iter().map(|one| (one.field.clone(), view.said(&one.key, &one.args))).collect(),
        measures: choices(measures, &[form.value("measure")]),
        places: places(view, form),
        shares: choices(share_names.into_iter(), &[&chosen_share]),
        sub_totals: form.value("sub_totals") != "no",
        as_at: form.text("as_at"),
        known_at: form.text("known_at"),
        limited: limits.iter().any(|limit| limit.open),
        limits,
        shown,
        counted: None,
        query,
        saved: saved::page(cx, None, 12).await?,
        may_save: cx.may(&saved::KEEP),
        may_freeze: cx.may(&release::FREEZE) && !figures::partial(cx),
        sharings: saved::sharings(cx).await?,
        saving: Saving::default(),
        view: view.clone(),
    })
}

#[derive(Template)]
#[template(path = "crosstab/pages/records.html")]
struct RecordsPage {
    view: View,
    name: String,
    limits: Vec<(String, String)>,
    value: String,
    as_at: String,
    known_at: String,
    partial: bool,
    /// Whether things are counted and each record is one, so that no amounts are shown.
    counted: bool,
    records: Vec<(Record, String)>,
    next: Option<String>,
}

fn limits_in_words(view: &View, definition: &Definition, batches: &[BatchNamed]) -> Vec<(String, String)> {
    let words = |(dimension, values): &(Dimension, Vec<String>)| {
        let values: Vec<String> = values.iter().map(|value| show::name(view, batches, *dimension, value)).collect();
        (dimension_name(view, *dimension), view.list(values))
    };
    definition.filters.iter().map(words).collect()
}

async fn records(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let definition = read(&cx, &form)?;
    let as_of = as_of(&cx, &form)?;
    let (total, unit) = super::value(&mut cx, &definition, as_of).await?;
    let after = form.optional("after");
    let found = super::records(&mut cx, &definition, as_of, after.as_deref(), PAGE).await?;
    let last = found.last().filter(|_| found.len() as i64 == PAGE);
    let next = last.map(|last| ui::lists::address(&view.path, &view.query, &[("after", last.reference.as_str())]));
    let counted = unit == "count";
    let said = |record: &Record| if counted { String::new() } else { view.amount(record.value, &unit) };
    let page = RecordsPage {
        name: view.t(&key(definition.measure)),
        limits: limits_in_words(&view, &definition, &BatchNamed::all(&mut cx).await?),
        value: match Unit::from_code(&unit) {
            Some(Unit::Money(currency)) => view.money_exact(total, &currency),
            _ => view.amount(total, &unit),
        },
        as_at: view.date(as_of.as_at),
        known_at: view.at(as_of.known_at),
        partial: figures::partial(&cx),
        counted,
        records: found.into_iter().map(|record| (record.clone(), said(&record))).collect(),
        next,
        view: view.clone(),
    };
    cx.page(200, page).await
}

async fn save_as(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let definition = read_table(&cx, &form)?;
    let as_of = as_of(&cx, &form)?;
    let table = super::table(&mut cx, &definition, as_of).await?;
    download::send(&mut cx, &table, form.value("format"), "crosstab", None).await
}
