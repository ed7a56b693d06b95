//! Pages of bodies for administrators.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::audit;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Id, Result};
use ui::{Choice, Fields};

use super::{Body, Filled, KINDS, kind_key};
use crate::stale::refused;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/bodies", index)
        .get("/admin/bodies/new", new)
        .post("/admin/bodies", make)
        .get("/admin/bodies/{id}", edit_page)
        .post("/admin/bodies/{id}", edit)
}

#[derive(Template)]
#[template(path = "body/pages/list.html")]
struct ListPage {
    view: View,
    bar: Html,
    bodies: Vec<(Body, i64)>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let bodies = super::all(&mut cx).await?;
    let page = ListPage { bar: ui::administration::bar(&cx), view: cx.view(), bodies };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "body/pages/form.html")]
struct FormPage<'a> {
    view: View,
    bar: Html,
    body: Option<Body>,
    fields: Fields<'a>,
    kinds: Vec<Choice>,
    timeline: Html,
}

async fn form_page(cx: &mut Cx, status: u16, body: Option<Body>, form: &Form) -> Result<Response> {
    let view = cx.view();
    let timeline = match &body {
        Some(body) => {
            let entries = audit::read::history(cx, "body", body.id, None, 20).await?;
            ui::history::timeline(&view, &entries, "body")
        }
        None => Html::default(),
    };
    let page = FormPage {
        bar: ui::administration::bar(cx),
        body,
        fields: Fields::new(&view, form, "body"),
        kinds: KINDS.iter().map(|kind| Choice::new(kind, view.t(kind_key(kind)))).collect(),
        timeline,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn new(mut cx: Cx) -> Result<Response> {
    cx.require(&crate::ADMINISTER)?;
    let form = Form::default().with("valid_from", cx.today().to_string());
    form_page(&mut cx, 200, None, &form).await
}

fn filled(form: &Form) -> Filled {
    let loose = |name: &str| Loose(form.text(name));
    Filled {
        code: loose("code"),
        kind: loose("kind"),
        name_en: loose("name_en"),
        name_zh_hant: loose("name_zh_hant"),
        name_zh_hans: loose("name_zh_hans"),
        abbreviation: loose("abbreviation"),
        valid_from: loose("valid_from"),
        valid_to: loose("valid_to"),
        source: loose("source"),
    }
}

async fn make(mut cx: Cx, form: Form) -> Result<Response> {
    match super::make(&mut cx, filled(&form)).await {
        Ok(_) => cx.see_other_saying("/admin/bodies", Flash::new("body-was-saved", &[])).await,
        Err(error) => {
            let (status, form) = refused(&mut cx, error, form).await?;
            form_page(&mut cx, status, None, &form).await
        }
    }
}

async fn edit_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let body = super::get(&mut cx, id).await?;
    let form = Form::default()
        .with("version", body.version.to_string())
        .with("kind", &body.kind)
        .with("name_en", &body.name_en)
        .with("name_zh_hant", &body.name_zh_hant)
        .with("name_zh_hans", &body.name_zh_hans)
        .with("abbreviation", &body.abbreviation)
        .with("valid_from", body.valid_from.to_string())
        .with("valid_to", body.valid_to.map(|day| day.to_string()).unwrap_or_default())
        .with("source", &body.source);
    form_page(&mut cx, 200, Some(body), &form).await
}

async fn edit(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::change(&mut cx, id, version, filled(&form)).await {
        Ok(_) => cx.see_other_saying("/admin/bodies", Flash::new("body-was-saved", &[])).await,
        Err(error) => {
            let (status, form) = refused(&mut cx, error, form).await?;
            let body = super::get(&mut cx, id).await?;
            form_page(&mut cx, status, Some(body), &form).await
        }
    }
}
