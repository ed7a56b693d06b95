//! The form that corrects what figures count of a project: the pack's codes to choose from, a day and
//! a reason.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, View};
use platform::web::Routes;
use platform::{Cx, Id, Result};
use ui::{Choice, Fields};

use super::COUNTED;
use crate::EDIT;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/projects/{id}/corrections/new", form_page).post("/projects/{id}/corrections", correct)
}

#[derive(Template)]
#[template(path = "project/pages/correction.html")]
struct FormPage<'a> {
    view: View,
    id: Id,
    title: String,
    /// What is corrected, as the form says it and in words.
    field: &'static str,
    label: String,
    several: bool,
    fields: Fields<'a>,
    codes: Vec<Choice>,
}

/// Which of the counted fields is meant; the first, where none is.
fn meant(form: &Form) -> &'static str {
    COUNTED.into_iter().find(|field| *field == form.value("field")).unwrap_or(COUNTED[0])
}

fn label(view: &View, field: &str) -> String {
    view.t(&format!("project-{}", field.replace('_', "-")))
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let project = super::get(cx, id).await?;
    cx.require_on(&EDIT, project.relation())?;
    let view = cx.view();
    let field = meant(form);
    let list = if field == "activities" { "activity" } else { field };
    // A correction may be of an earlier day: what has ended since can be chosen too.
    let codes = cx.house.codes.all(list).into_iter();
    let page = FormPage {
        id,
        title: project.title.clone(),
        field,
        label: label(&view, field),
        several: field == "activities",
        fields: Fields::new(&view, form, "project-correction"),
        codes: codes.map(|code| Choice::new(&code.code, code.name(cx.language))).collect(),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn form_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let asked = Form::decode(&cx.view().query);
    let field = meant(&asked);
    let project = super::get(&mut cx, id).await?;
    let form = Form::default().with("field", field).with("effective_on", cx.today().to_string());
    // What was typed elsewhere and refused there can come along.
    let typed = asked.chosen("value").join(",");
    let held = if typed.is_empty() { project.value(field).unwrap_or_default() } else { typed };
    let form = held.split(',').map(str::trim).fold(form, |form, code| form.with("value", code));
    page(&mut cx, 200, id, &form).await
}

async fn correct(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let value = Some(form.chosen("value").join(",")).filter(|codes| !codes.is_empty());
    let field = form.value("field");
    match super::correct(&mut cx, id, field, value, form.value("effective_on"), form.value("reason")).await {
        Ok(()) => cx.see_other_saying(format!("/projects/{id}"), Flash::new("project-was-saved", &[])).await,
        Err(error) => {
            let field = field.to_owned();
            let (status, form) = form.refused(error, "value")?;
            cx.undo().await?;
            // What is said of the corrected field stands at its new value.
            page(&mut cx, status, id, &form.known_as(&[(&field, "value")])).await
        }
    }
}
