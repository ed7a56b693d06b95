//! The form that corrects what figures count of an enterprise.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::{Choice, Fields};

use super::{COUNTED, NewCorrection};
use crate::EDIT;
use crate::enterprise::{self, FIELDS};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/enterprises/{id}/corrections/new", form_page).post("/enterprises/{id}/corrections", correct)
}

#[derive(Template)]
#[template(path = "enterprise/correct/pages/form.html")]
struct FormPage<'a> {
    view: View,
    id: Id,
    name: String,
    fields: Fields<'a>,
    counted: Vec<Choice>,
    values: Vec<(String, Vec<Choice>)>,
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let enterprise = enterprise::get(cx, id).await?;
    cx.require_on(&EDIT, enterprise.relation())?;
    let view = cx.view();
    let name = |field: &str| view.t(&format!("correction-field-{}", field.replace('_', "-")));
    let values = FIELDS.iter().filter(|(field, _)| COUNTED.contains(field)).filter_map(|(field, list)| {
        let codes = cx.house.codes.all((*list)?).into_iter();
        let choices = codes.map(|code| Choice::new(&code.code, view.code(&code.list, &code.code))).collect();
        Some((name(field), choices))
    });
    let page = FormPage {
        id,
        name: enterprise.name.clone(),
        fields: Fields::new(&view, form, "correction"),
        counted: COUNTED.iter().map(|field| Choice::new(field, name(field))).collect(),
        values: values.collect(),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn form_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let today = cx.today().to_string();
    page(&mut cx, 200, id, &Form::default().with("field", COUNTED[0]).with("effective_on", today)).await
}

async fn correct(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let new = NewCorrection {
        field: form.text("field"),
        value: form.optional("value"),
        effective_on: form.text("effective_on"),
        reason: form.text("reason"),
    };
    match super::correct(&mut cx, id, new).await {
        Ok(()) => cx.see_other_saying(format!("/enterprises/{id}"), Flash::new("correction-was-made", &[])).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            page(&mut cx, 422, id, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}
