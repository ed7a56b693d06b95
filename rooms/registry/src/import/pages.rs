//! Pages of imports.

use askama::Template;
use axum::extract::{DefaultBodyLimit, Multipart, Path};
use axum::response::Response;
use axum::routing::post;
use platform::forms::Form;
use platform::import::ImportKind;
use platform::import::run;
use platform::pages::{Flash, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::{Choice, Fields};

use super::receive;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/imports/new", new)
        .post_with("/imports", post(upload).layer(DefaultBodyLimit::disable()))
        .post("/imports/{id}/keep", keep)
        .post("/imports/{id}/cancel", cancel)
        .post("/imports/{id}/undo", undo)
        .get("/imports/{id}/problems.csv", problem_file)
        .merge(super::show::routes())
        .merge(super::list::routes())
}

/// The kinds that the reader may bring in.
pub(super) fn kinds(cx: &Cx) -> Vec<&'static dyn ImportKind> {
    cx.house.imports.iter().copied().filter(|kind| cx.may(kind.permission())).collect()
}

pub(super) fn state_key(state: &str) -> String {
    format!("import-state-{state}")
}

#[derive(Template)]
#[template(path = "import/pages/new.html")]
struct NewPage<'a> {
    view: View,
    fields: Fields<'a>,
    kinds: Vec<Choice>,
}

async fn new_page(cx: &mut Cx, status: u16, form: &Form) -> Result<Response> {
    let view = cx.view();
    let kinds: Vec<Choice> = kinds(cx).iter().map(|kind| Choice::new(kind.name(), view.t(kind.key()))).collect();
    if kinds.is_empty() {
        return Err(Error::Forbidden("import"));
    }
    let page = NewPage { kinds, fields: Fields::new(&view, form, "import"), view: view.clone() };
    cx.page(status, page).await
}

async fn new(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    new_page(&mut cx, 200, &form).await
}

async fn upload(mut cx: Cx, parts: Multipart) -> Result<Response> {
    let mut chosen = String::new();
    match receive::parts(&mut cx, parts, &mut chosen).await {
        Ok(import) => cx.see_other(format!("/imports/{}", import.id)).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            new_page(&mut cx, 422, &Form::default().with("kind", chosen).with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

async fn keep(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    run::keep(&mut cx, id).await?;
    cx.see_other(format!("/imports/{id}")).await
}

async fn cancel(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    run::cancel(&mut cx, id).await?;
    cx.see_other_saying(format!("/imports/{id}"), Flash::new("import-was-cancelled", &[])).await
}

async fn undo(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    run::undo(&mut cx, id).await?;
    cx.see_other(format!("/imports/{id}")).await
}

async fn problem_file(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::problems::sent(&mut cx, id).await
}
