//! The list of what was published, and the form that keeps one more.

use askama::Template;
use axum::response::Response;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, View};
use platform::web::Routes;
use platform::{Cx, Error, Result};
use ui::{Choice, Fields};

use super::{BASES, COMPARATORS, NewPublished, Published};
use crate::PUBLISHED;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/figures/published", index).post("/figures/published", keep)
}

#[derive(Template)]
#[template(path = "published/pages/list.html")]
struct ListPage<'a> {
    view: View,
    figures: Vec<Published>,
    next: Option<String>,
    metric: String,
    fields: Fields<'a>,
    comparators: Vec<Choice>,
    bases: Vec<Choice>,
    may_keep: bool,
}

fn choices(view: &View, prefix: &str, codes: &[&str]) -> Vec<Choice> {
    codes.iter().map(|code| Choice::new(code, view.t(&format!("{prefix}-{}", code.replace('_', "-"))))).collect()
}

async fn page(cx: &mut Cx, status: u16, form: &Form) -> Result<Response> {
    let view = cx.view();
    let asked = Form::decode(&view.query);
    let metric = asked.optional("metric");
    let after = asked.optional("after");
    let figures = super::page(cx, metric.as_deref(), None, after.as_deref(), 100).await?;
    let next = super::api::next(&figures, 100);
    let page = ListPage {
        next: next.map(|mark| ui::lists::address(&view.path, &view.query, &[("after", mark.as_str())])),
        figures,
        metric: metric.unwrap_or_default(),
        fields: Fields::new(&view, form, "published"),
        comparators: choices(&view, "comparator", &COMPARATORS),
        bases: choices(&view, "basis", &BASES),
        may_keep: cx.may(&PUBLISHED),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn index(mut cx: Cx) -> Result<Response> {
    page(&mut cx, 200, &Form::default().with("comparator", "exactly")).await
}

async fn keep(mut cx: Cx, form: Form) -> Result<Response> {
    let new = NewPublished {
        as_at: form.text("as_at"),
        metric: form.text("metric"),
        value: Loose(form.text("value")),
        unit: form.text("unit"),
        comparator: form.text("comparator"),
        basis: form.text("basis"),
        scope: form.text("scope"),
        denominator: form.text("denominator"),
        body: form.text("body"),
        source: form.text("source"),
        note: form.text("note"),
    };
    match super::keep(&mut cx, new).await {
        Ok(_) => cx.see_other_saying("/figures/published", Flash::new("published-was-kept", &[])).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            page(&mut cx, 422, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}
