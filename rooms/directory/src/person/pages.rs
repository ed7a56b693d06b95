//! The people tab of an enterprise.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::Fields;

use super::{NewPerson, Person};
use crate::{EDIT, enterprise};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/{id}/people", index)
        .post("/enterprises/{id}/people", add)
        .post("/enterprises/{id}/people/{person}/retire", retire)
}

#[derive(Template)]
#[template(path = "person/pages/list.html")]
struct PeoplePage<'a> {
    view: View,
    heading: Html,
    id: Id,
    people: Vec<Person>,
    fields: Fields<'a>,
    may_edit: bool,
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let held = enterprise::get(cx, id).await?;
    let view = cx.view();
    let page = PeoplePage {
        heading: enterprise::pages::heading(cx, &held, "people").await?,
        id: held.id,
        people: super::of_enterprise(cx, held.id).await?,
        fields: Fields::new(&view, form, "person"),
        may_edit: cx.may_on(&EDIT, held.relation()) && held.retired_at.is_none(),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    page(&mut cx, 200, id, &Form::default()).await
}

async fn add(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let new = NewPerson {
        name: form.text("name"),
        second_name: form.text("second_name"),
        post: form.text("post"),
        languages: form.text("languages"),
        email: form.text("email"),
        telephone: form.text("telephone"),
        consent_on: form.text("consent_on"),
        consent_how: form.text("consent_how"),
    };
    match super::add(&mut cx, id, new).await {
        Ok(person) => {
            let said = Flash::new("person-was-added", &[("name", person.name)]);
            cx.see_other_saying(format!("/enterprises/{id}/people"), said).await
        }
        Err(Error::Invalid(problems)) => page(&mut cx, 422, id, &form.with_problems(problems)).await,
        Err(error) => Err(error),
    }
}

async fn retire(mut cx: Cx, Path((id, person)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    super::retire(&mut cx, id, person, form.value("reason")).await?;
    cx.see_other_saying(format!("/enterprises/{id}/people"), Flash::new("person-was-retired", &[])).await
}
