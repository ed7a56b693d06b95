//! The list of what was published, the record with its history, and the forms that keep, correct
//! and withdraw.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::audit;
use platform::error::Conflict;
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Problems, Result};
use ui::{Choice, Fields};

use super::list::{self, Filter};
use super::{
    BASES, Bodies, COMPARATORS, FIELDS, HELD, METRICS, NewPublished, Published, basis_key, comparator_key, metric_name,
};
use crate::{PUBLISHED, reconciliation};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/figures/published", index)
        .get("/figures/published/new", new)
        .post("/figures/published", keep)
        .get("/figures/published/{id}", show)
        .get("/figures/published/{id}/correct", correct_page)
        .post("/figures/published/{id}", correct)
        .post("/figures/published/{id}/withdraw", withdraw)
}

/// A figure as a person reads it: “over 60 HKD_billion”.
pub(crate) fn value_in_words(view: &View, figure: &Published) -> String {
    compared(view, &figure.comparator, amount_in_words(view, figure))
}

/// The value with its unit, without its comparator.
pub(crate) fn amount_in_words(view: &View, figure: &Published) -> String {
    match figure.money() {
        Some((currency, scale)) => view.money_printed(figure.value, scale, &currency),
        _ if figure.unit == "percent" => format!("{}%", figure.written()),
        _ => match view.has(&format!("unit-{}", platform::text::kebab(&figure.unit))) {
            true => view.t1(&format!("unit-{}", platform::text::kebab(&figure.unit)), "n", figure.written()),
            false => format!("{} {}", figure.written(), figure.unit),
        },
    }
}

/// An amount in words with its comparator: “over HK$60 billion”.
pub(crate) fn compared(view: &View, comparator: &str, amount: String) -> String {
    if comparator == "exactly" {
        return amount;
    }
    view.t1(&format!("said-{}", platform::text::kebab(comparator)), "value", amount)
}

/// An amount of money such as 13.3 of `HKD_billion` in minor units, exactly or not at all.
pub(crate) fn minor(figure: &Published, currency: &str) -> Option<i64> {
    let (_, scale) = figure.money().filter(|(of, _)| of == currency)?;
    let step = 10_i64.checked_pow(platform::units::decimals(currency))?;
    let minor = i128::from(figure.value) * i128::from(scale) * i128::from(step);
    (minor % 1_000 == 0).then(|| i64::try_from(minor / 1_000).ok()).flatten()
}

/// A metric's code, which may be broken after each of its words.
pub(crate) fn metric_in_parts(metric: &str) -> Html {
    Html(Html::escape(metric).0.replace('_', "_<wbr>"))
}

#[derive(Template)]
#[template(path = "published/pages/list.html")]
struct ListPage {
    view: View,
    /// Figure, the name of its metric, its value in words, the short name of its body.
    figures: Vec<(Published, String, String, String)>,
    filtered: bool,
    chips: Html,
    paging: Html,
    form: Form,
    /// Codes and names.
    metrics: Vec<(String, String)>,
    bodies: Vec<(String, String)>,
    bases: Vec<Choice>,
    export_query: String,
    may_keep: bool,
}

/// Metrics with their names, in the order of the names.
fn named(view: &View, metrics: Vec<String>) -> Vec<(String, String)> {
    let mut named: Vec<(String, String)> =
        metrics.into_iter().map(|code| (code.clone(), metric_name(view, &code))).collect();
    named.sort_by(|one, other| (&one.1, &one.0).cmp(&(&other.1, &other.0)));
    named
}

fn choices(view: &View, key: fn(&str) -> String, codes: &[&str]) -> Vec<Choice> {
    codes.iter().map(|code| Choice::new(code, view.t(&key(code)))).collect()
}

fn chips(view: &View, filter: &Filter, bodies: &Bodies) -> Vec<(&'static str, String)> {
    let mut set = Vec::new();
    if let Some(metric) = &filter.metric {
        set.push(("metric", metric_name(view, metric)));
    }
    if let Some(code) = &filter.body {
        set.push(("body", bodies.name(code)));
    }
    if let Some(code) = &filter.basis {
        set.push(("basis", view.t(&basis_key(code))));
    }
    if let Some(day) = filter.since {
        set.push(("since", view.t1("published-chip-since", "day", view.date(day))));
    }
    if let Some(day) = filter.until {
        set.push(("until", view.t1("published-chip-until", "day", view.date(day))));
    }
    if filter.withdrawn {
        set.push(("withdrawn", view.t("published-chip-withdrawn")));
    }
    set
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let filter = Filter::read(&form)?;
    let page = list::page(&mut cx, &filter, 50).await?;
    let total = list::total(&mut cx, &filter).await?;
    let bodies = Bodies::read(&mut cx).await?;
    let set = chips(&view, &filter, &bodies);
    let template = ListPage {
        filtered: !set.is_empty(),
        chips: ui::lists::chips(&view, "published", &set),
        paging: ui::lists::paging(&view, &total, page.previous.as_deref(), page.next.as_deref()),
        figures: page
            .figures
            .into_iter()
            .map(|figure| {
                let name = metric_name(&view, &figure.metric);
                let (words, body) = (value_in_words(&view, &figure), bodies.short(&figure.body));
                (figure, name, words, body)
            })
            .collect(),
        metrics: named(&view, super::metrics(&mut cx).await?),
        bodies: bodies.choices(),
        bases: choices(&view, basis_key, &BASES),
        export_query: ui::lists::address("", &view.query, &[("after", ""), ("before", "")]).replacen('?', "&", 1),
        may_keep: cx.may(&PUBLISHED),
        form,
        view: view.clone(),
    };
    cx.page(200, template).await
}

#[derive(Template)]
#[template(path = "published/pages/form.html")]
struct FormPage<'a> {
    view: View,
    /// What is corrected; none for a new one.
    figure: Option<Published>,
    fields: Fields<'a>,
    stale: Vec<(String, String, String)>,
    metrics: Vec<Choice>,
    comparators: Vec<Choice>,
    bases: Vec<Choice>,
}

async fn form_page(
    cx: &mut Cx,
    status: u16,
    figure: Option<Published>,
    form: &Form,
    stale: Vec<(String, String, String)>,
) -> Result<Response> {
    let view = cx.view();
    let mut metrics: Vec<String> = cx.house.codes.all(METRICS).into_iter().map(|entry| entry.code).collect();
    // One that the list no longer has stays chosen until another is.
    metrics.extend(Some(form.text("metric")).filter(|given| !given.is_empty() && !metrics.contains(given)));
    let named = named(&view, metrics).into_iter();
    let page = FormPage {
        figure,
        metrics: named.map(|(code, name)| Choice::new(&code, view.bracketed(name, &code))).collect(),
        fields: Fields::new(&view, form, "published"),
        stale,
        comparators: choices(&view, comparator_key, &COMPARATORS),
        bases: choices(&view, basis_key, &BASES),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn new(mut cx: Cx) -> Result<Response> {
    cx.require(&PUBLISHED)?;
    form_page(&mut cx, 200, None, &Form::default().with("comparator", "exactly"), Vec::new()).await
}

fn given(form: &Form) -> BTreeMap<String, String> {
    FIELDS.iter().map(|field| ((*field).to_owned(), form.text(field))).collect()
}

async fn keep(mut cx: Cx, form: Form) -> Result<Response> {
    match super::keep(&mut cx, NewPublished::of(&given(&form))).await {
        Ok(figure) => {
            let place = format!("/figures/published/{}", figure.record_id);
            cx.see_other_saying(place, Flash::new("published-was-kept", &[])).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            form_page(&mut cx, 422, None, &form.with_problems(problems), Vec::new()).await
        }
        Err(Error::Conflict(conflict)) if conflict.key == HELD => {
            cx.undo().await?;
            form_page(&mut cx, 409, None, &form.with_problems(held(&conflict)), Vec::new()).await
        }
        Err(error) => Err(error),
    }
}

/// That the figure is kept already, beside the field that tells figures of one day apart.
fn held(conflict: &Conflict) -> Problems {
    let mut problems = Problems::default();
    let args: Vec<(&str, String)> = conflict.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    problems.add_with("source", HELD, &args);
    problems
}

#[derive(Template)]
#[template(path = "published/pages/show.html")]
struct ShowPage<'a> {
    view: View,
    figure: Published,
    name: String,
    words: String,
    /// What somebody should look at, in words.
    warnings: Vec<String>,
    body: String,
    /// When it stopped to stand, if it has.
    ended_at: String,
    /// All versions with their values in words, latest first.
    versions: Vec<(Published, String)>,
    timeline: Html,
    fields: Fields<'a>,
    may_keep: bool,
}

async fn show_page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let view = cx.view();
    let versions = super::versions(cx, id).await?;
    let figure = versions.first().cloned().ok_or(Error::NotFound)?;
    let bodies = Bodies::read(cx).await?;
    let entries = audit::read::history(cx, "published", figure.record_id, None, 50).await?;
    let warnings = if figure.stands() { reconciliation::warnings(cx, &figure).await? } else { Vec::new() };
    let page = ShowPage {
        name: metric_name(&view, &figure.metric),
        warnings: warnings.into_iter().map(|finding| finding.message).collect(),
        words: value_in_words(&view, &figure),
        body: bodies.name(&figure.body),
        ended_at: figure.superseded_at.map_or_else(String::new, |at| view.at(at)),
        versions: versions
            .into_iter()
            .map(|one| (value_in_words(&view, &one), one))
            .map(|(words, one)| (one, words))
            .collect(),
        timeline: ui::history::timeline(&view, &entries, "published"),
        fields: Fields::new(&view, form, "published"),
        may_keep: cx.may(&PUBLISHED) && figure.stands(),
        figure,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    show_page(&mut cx, 200, id, &Form::default()).await
}

async fn correct_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    cx.require(&PUBLISHED)?;
    let figure = super::get(&mut cx, id).await?;
    if !figure.stands() {
        return Err(Error::conflict("published-ended"));
    }
    let mut form = Form::default().with("version", figure.version.to_string());
    for field in FIELDS {
        form = form.with(field, figure.field(field));
    }
    form_page(&mut cx, 200, Some(figure), &form, Vec::new()).await
}

async fn correct(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::correct(&mut cx, id, version, &given(&form), form.value("reason")).await {
        Ok(figure) => {
            let place = format!("/figures/published/{}", figure.record_id);
            cx.see_other_saying(place, Flash::new("published-was-corrected", &[])).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            let figure = super::get(&mut cx, id).await?;
            form_page(&mut cx, 422, Some(figure), &form.with_problems(problems), Vec::new()).await
        }
        Err(Error::Conflict(conflict)) if conflict.versions.is_some() => {
            cx.undo().await?;
            let figure = super::get(&mut cx, id).await?;
            let stale = stale(&cx.view(), &conflict);
            let pairs = form.pairs().iter().filter(|(name, _)| name != "version").cloned();
            let form = Form::new(pairs).with("version", figure.version.to_string());
            form_page(&mut cx, 409, Some(figure), &form, stale).await
        }
        Err(Error::Conflict(conflict)) if conflict.key == HELD => {
            cx.undo().await?;
            let figure = super::get(&mut cx, id).await?;
            form_page(&mut cx, 409, Some(figure), &form.with_problems(held(&conflict)), Vec::new()).await
        }
        Err(error) => Err(error),
    }
}

/// What both typed, by field: its name, mine, theirs.
fn stale(view: &View, conflict: &Conflict) -> Vec<(String, String, String)> {
    let listed = conflict.versions.as_ref().and_then(|both| both["fields"].as_array()).cloned();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("–").to_owned();
    listed
        .unwrap_or_default()
        .iter()
        .map(|both| {
            let key = format!("published-{}", platform::text::kebab(&text(&both["field"])));
            (view.t(&key), text(&both["yours"]), text(&both["theirs"]))
        })
        .collect()
}

async fn withdraw(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::withdraw(&mut cx, id, version, form.value("reason")).await {
        Ok(figure) => {
            let place = format!("/figures/published/{}", figure.record_id);
            cx.see_other_saying(place, Flash::new("published-was-withdrawn", &[])).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            show_page(&mut cx, 422, id, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}
