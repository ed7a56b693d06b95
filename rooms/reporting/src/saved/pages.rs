//! The list of saved definitions, and the forms that save, rename, share and retire them.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::Choice;

use super::{KEEP, NewSaved, Saved};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/figures/saved", index)
        .post("/figures/saved", save)
        .get("/figures/saved/{id}", show)
        .post("/figures/saved/{id}", change)
        .post("/figures/saved/{id}/retire", retire)
        .post("/figures/saved/{id}/restore", restore)
}

#[derive(Template)]
#[template(path = "saved/pages/list.html")]
struct ListPage {
    view: View,
    saved: Vec<(Saved, String, bool)>,
    next: Option<String>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let after = Form::decode(&view.query).optional("after");
    let saved = super::page(&mut cx, after.as_deref(), 100).await?;
    let next = super::api::next(&saved, 100);
    let rows = saved.into_iter().map(|one| {
        let words = view.t(match one.shared.as_str() {
            "office" => "saved-shared-office",
            "team" => "saved-shared-with-team",
            _ => "saved-shared-own",
        });
        let may = cx.may_on(&KEEP, one.relation());
        (one, words, may)
    });
    let page = ListPage {
        saved: rows.collect(),
        next: next.map(|mark| ui::lists::address(&view.path, &view.query, &[("after", mark.as_str())])),
        view: view.clone(),
    };
    cx.page(200, page).await
}

async fn save(mut cx: Cx, form: Form) -> Result<Response> {
    let new = NewSaved { name: form.text("name"), definition: form.text("definition"), shared: form.text("shared") };
    match super::save(&mut cx, new).await {
        Ok(saved) => cx.see_other_saying(saved.href(), Flash::new("saved-was-saved", &[])).await,
        Err(error) => {
            let (status, form) = form.refused(error, "name")?;
            cx.undo().await?;
            crate::crosstab::pages::not_saved(&mut cx, status, form).await
        }
    }
}

#[derive(Template)]
#[template(path = "saved/pages/show.html")]
struct ShowPage {
    view: View,
    saved: Saved,
    name: String,
    shared: String,
    sharings: Vec<Choice>,
    problems: Vec<(String, String)>,
}

async fn form_page(cx: &mut Cx, status: u16, id: Id, form: Option<&Form>) -> Result<Response> {
    let saved = super::get(cx, id).await?;
    cx.require_on(&KEEP, saved.relation())?;
    let view = cx.view();
    let problems = form.map(|form| form.problems().all().to_vec()).unwrap_or_default();
    let page = ShowPage {
        name: form.map_or_else(|| saved.name.clone(), |form| form.text("name")),
        shared: form.map_or_else(|| saved.sharing(), |form| form.text("shared")),
        sharings: super::sharings(cx).await?,
        problems: problems.into_iter().map(|one| (one.field.clone(), view.said(&one.key, &one.args))).collect(),
        saved,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    form_page(&mut cx, 200, id, None).await
}

async fn change(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::change(&mut cx, id, version, form.value("name"), form.value("shared")).await {
        Ok(_) => cx.see_other_saying("/figures/saved", Flash::new("saved-was-changed", &[])).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            form_page(&mut cx, 422, id, Some(&form.with_problems(problems))).await
        }
        Err(error) => Err(error),
    }
}

async fn retire(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::retire(&mut cx, id, true).await?;
    let said = Flash::new("saved-was-retired", &[]).with_undo(format!("/figures/saved/{id}/restore"));
    cx.see_other_saying("/figures/saved", said).await
}

async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::retire(&mut cx, id, false).await?;
    cx.see_other_saying("/figures/saved", Flash::new("saved-was-restored", &[])).await
}
