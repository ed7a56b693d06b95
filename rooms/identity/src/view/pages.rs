//! The tabs of saved views above a list, and the page on which one keeps them in order.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::web::{Routes, safe_back};
use platform::{Cx, Error, Id, Result};
use ui::{Choice, Fields};

use super::{Edit, KEEP, NewView, SavedView};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/views", index)
        .post("/views", save)
        .get("/views/{id}", edit_page)
        .post("/views/{id}", edit)
        .post("/views/{id}/address", keep_address)
        .post("/views/{id}/retire", retire)
        .post("/views/{id}/restore", restore)
}

#[derive(Template)]
#[template(path = "view/pages/tabs.html")]
struct Tabs {
    view: View,
    path: String,
    views: Vec<Tab>,
    whole: bool,
    query: String,
    sharings: Vec<Choice>,
    may_keep: bool,
    /// The view one came by, if it is one's own and the address has changed since.
    changed: Option<SavedView>,
}

struct Tab {
    href: String,
    name: String,
    current: bool,
    /// Who shares it, where it is not one's own.
    by: Option<String>,
}

/// The tabs of a list, and the form that keeps its present address; for the list's own page.
pub async fn tabs(cx: &mut Cx) -> Result<Html> {
    let view = cx.view();
    let held = super::of_list(cx, &view.path).await?;
    let asked: Option<Id> = Form::decode(&view.query).value("view").parse().ok();
    let sharings = super::sharings(cx, None).await?;
    let current = held.iter().find(|one| asked == Some(one.id));
    let tabs = Tabs {
        whole: current.is_none(),
        changed: current.filter(|one| cx.account() == Some(one.account_id) && !one.is(&view.query)).cloned(),
        views: held
            .iter()
            .map(|one| Tab {
                href: one.href(),
                name: one.name.clone(),
                current: asked == Some(one.id),
                by: (cx.account() != Some(one.account_id)).then(|| one.account_name.clone()),
            })
            .collect(),
        path: view.path.clone(),
        query: super::settled(&view.query),
        sharings: sharings.into_iter().map(|(value, label)| Choice::new(value, label)).collect(),
        may_keep: cx.may(&KEEP) && cx.account().is_some(),
        view,
    };
    tabs.render().map(Html).map_err(|error| Error::Unexpected(Box::new(error)))
}

#[derive(Template)]
#[template(path = "view/pages/list.html")]
struct ListPage {
    view: View,
    /// Each with what it is shared with, and whether it is one's own.
    views: Vec<(SavedView, String, bool)>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let views = super::all(&mut cx)
        .await?
        .into_iter()
        .map(|held| {
            let sharing = view.t(held.sharing().key());
            let mine = cx.account() == Some(held.account_id);
            (held, sharing, mine)
        })
        .collect();
    cx.page(200, ListPage { views, view }).await
}

#[derive(Template)]
#[template(path = "view/pages/form.html")]
struct FormPage<'a> {
    view: View,
    held: Option<SavedView>,
    fields: Fields<'a>,
    sharings: Vec<Choice>,
}

async fn form_page(cx: &mut Cx, status: u16, held: Option<SavedView>, form: &Form) -> Result<Response> {
    let view = cx.view();
    let mut reader = Cx::reading(cx.house.clone(), cx.actor.clone(), cx.way, cx.language);
    let present = held.as_ref().map(SavedView::sharing);
    let sharings = super::sharings(&mut reader, present).await?;
    reader.commit().await?;
    let page = FormPage {
        held,
        fields: Fields::new(&view, form, "view"),
        sharings: sharings.into_iter().map(|(value, label)| Choice::new(value, label)).collect(),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn save(mut cx: Cx, form: Form) -> Result<Response> {
    let new = NewView {
        path: form.text("path"),
        query: form.text("query"),
        name: form.text("name"),
        sharing: form.text("sharing"),
    };
    match super::save(&mut cx, new).await {
        Ok(held) => {
            let said = Flash::new("view-was-saved", &[("name", held.name.clone())]);
            cx.see_other_saying(held.href(), said).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            form_page(&mut cx, 422, None, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

async fn edit_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = super::own(&mut cx, id).await?;
    let sharing = held.sharing();
    let value = sharing.team().map_or_else(|| sharing.code().to_owned(), |team| team.to_string());
    let form = Form::default().with("name", &held.name).with("sharing", value);
    form_page(&mut cx, 200, Some(held), &form).await
}

async fn edit(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let edit = Edit { name: Some(form.text("name")), sharing: Some(form.text("sharing")), query: None };
    match super::change(&mut cx, id, &edit).await {
        Ok(_) => cx.see_other_saying("/views", Flash::new("view-was-changed", &[])).await,
        Err(Error::Invalid(problems)) => {
            let held = super::own(&mut cx, id).await?;
            cx.undo().await?;
            form_page(&mut cx, 422, Some(held), &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

async fn keep_address(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let edit = Edit { query: Some(form.text("query")), ..Edit::default() };
    let held = super::change(&mut cx, id, &edit).await?;
    cx.see_other_saying(held.href(), Flash::new("view-was-changed", &[])).await
}

async fn retire(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let held = super::retire(&mut cx, id, true).await?;
    let said = Flash::new("view-was-retired", &[("name", held.name)]).with_undo(format!("/views/{id}/restore"));
    let back = form.optional("back").unwrap_or_else(|| "/views".to_owned());
    cx.see_other_saying(safe_back(&back), said).await
}

async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = super::retire(&mut cx, id, false).await?;
    cx.see_other_saying(held.href(), Flash::new("view-was-restored", &[])).await
}
