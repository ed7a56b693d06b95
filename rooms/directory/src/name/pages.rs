//! The tab of names and identifiers.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::{Choice, Fields};

use super::{GivenName, Name};
use crate::entry::{self, Against, Entry, written};
use crate::identifier::{self, Identifier};
use crate::resemblance::{self, Asked, Likely};
use crate::{EDIT, enterprise};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/{id}/names", index)
        .post("/enterprises/{id}/names", add)
        .post("/enterprises/{id}/names/shown", show)
        .get("/enterprises/{id}/names/new", new)
        .get("/enterprises/{id}/names/{name}/edit", edit)
        .post("/enterprises/{id}/names/{name}", correct)
        .post("/enterprises/{id}/names/{name}/withdraw", withdraw)
}

#[derive(Template)]
#[template(path = "name/pages/names.html")]
struct NamesPage<'a> {
    view: View,
    heading: Html,
    id: Id,
    names: Vec<(Name, bool)>,
    identifiers: Vec<Identifier>,
    own: Vec<Choice>,
    fields: Fields<'a>,
    may_edit: bool,
    /// Whether the choice of the names shown came back.
    refused: bool,
    against: Against,
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    names_page(&mut cx, 200, id, None).await
}

/// The tab; `sent` is the choice of the names shown as it was refused.
async fn names_page(cx: &mut Cx, status: u16, id: Id, sent: Option<(Form, Against)>) -> Result<Response> {
    let held = enterprise::get(cx, id).await?;
    let view = cx.view();
    let names = super::of(cx, held.id).await?;
    let own: Vec<&Name> = names.iter().filter(|name| name.enterprise_id == held.id).collect();
    let chosen = |name: Option<&str>| {
        own.iter().find(|own| Some(own.name.as_str()) == name).map(|own| own.id.to_string()).unwrap_or_default()
    };
    let refused = sent.is_some();
    let (form, against) = sent.unwrap_or_else(|| {
        let form = Form::default()
            .with("version", held.version.to_string())
            .with("first", chosen(Some(&held.name)))
            .with("second", chosen(held.second_name.as_deref()));
        (form, Against::default())
    });
    let choices = own
        .iter()
        .map(|name| Choice::new(name.id, view.bracketed(&name.name, view.language(&name.language))))
        .collect();
    let page = NamesPage {
        heading: enterprise::pages::heading(cx, &held, "names").await?,
        id: held.id,
        own: choices,
        names: names.into_iter().map(|name| (name.clone(), super::is_shown(&held, &name))).collect(),
        identifiers: identifier::of(cx, held.id).await?,
        fields: Fields::new(&view, &form, "name"),
        may_edit: cx.may_on(&EDIT, held.relation()) && held.retired_at.is_none(),
        refused,
        against,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn form_page(
    cx: &mut Cx,
    status: u16,
    id: Id,
    name: Option<Id>,
    form: Form,
    against: Against,
) -> Result<Response> {
    let (held, _) = enterprise::to_edit(cx, id).await?;
    let view = cx.view();
    let fields = Fields::new(&view, &form, "name");
    let at = format!("/enterprises/{}/names", held.id);
    let parts = vec![
        fields.hidden("version"),
        fields.text("name"),
        resemblance::pages::watch(&view, Some(held.id)),
        fields.optional_short("language"),
        fields.select("kind", &super::kinds(&view), false),
        fields.optional_day("valid_from"),
        fields.optional_day("valid_to"),
    ];
    let entry = Entry {
        heading: enterprise::pages::heading(cx, &held, "names").await?,
        title: if name.is_some() { "name-correct" } else { "name-add" },
        fields: parts,
        action: name.map_or_else(|| at.clone(), |name| format!("{at}/{name}")),
        button: if name.is_some() { "save" } else { "name-add" },
        withdraw: name.map(|name| (format!("{at}/{name}/withdraw"), "name-withdraw")),
        back: at,
    };
    entry::page(cx, status, fields.summary(), entry, against).await
}

fn given(form: &Form) -> GivenName {
    GivenName {
        name: form.text("name"),
        language: form.text("language"),
        kind: form.text("kind"),
        valid_from: Loose(form.text("valid_from")),
        valid_to: Loose(form.text("valid_to")),
    }
}

async fn new(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    form_page(&mut cx, 200, id, None, Form::default().with("kind", "trading"), Against::default()).await
}

async fn add(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::add(&mut cx, id, given(&form)).await {
        Ok(added) => alike_or_said(&mut cx, id, &added, "enterprise-name-added").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "name").await?;
            form_page(&mut cx, status, id, None, form, against).await
        }
    }
}

async fn edit(mut cx: Cx, Path((id, name)): Path<(Id, Id)>) -> Result<Response> {
    let (_, _, held) = super::to_edit(&mut cx, id, name).await?;
    let form = Form::default()
        .with("version", held.version.to_string())
        .with("name", held.name)
        .with("language", held.language)
        .with("kind", held.kind)
        .with("valid_from", written(held.valid_from))
        .with("valid_to", written(held.valid_to));
    form_page(&mut cx, 200, id, Some(name), form, Against::default()).await
}

async fn correct(mut cx: Cx, Path((id, name)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::correct(&mut cx, id, name, version, given(&form)).await {
        Ok(corrected) => alike_or_said(&mut cx, id, &corrected, "enterprise-saved").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "name").await?;
            form_page(&mut cx, status, id, Some(name), form, against).await
        }
    }
}

async fn withdraw(mut cx: Cx, Path((id, name)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    super::withdraw(&mut cx, id, name, form.value("reason")).await?;
    said(&mut cx, id, "name-withdrawn").await
}

async fn show(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    enterprise::to_edit(&mut cx, id).await?;
    let version = form.number("version").unwrap_or_default();
    let shown = match form.value("first").parse() {
        Ok(first) => super::show(&mut cx, id, version, first, form.value("second").parse().ok()).await,
        Err(_) => Err(Error::invalid("first", "problem-name-missing")),
    };
    match shown {
        Ok(_) => said(&mut cx, id, "enterprise-saved").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "name").await?;
            names_page(&mut cx, status, id, Some((form, against))).await
        }
    }
}

/// Leads to those that the name resembles, if any are likely the same enterprise; else back to its names.
async fn alike_or_said(cx: &mut Cx, id: Id, name: &Name, key: &str) -> Result<Response> {
    cx.commit().await?;
    resemblance::ready(&cx.house.clone(), resemblance::PATIENCE).await;
    let asked = Asked { itself: Some(id), ..Asked::new(cx, vec![name.name.clone()], None) };
    let likely = resemblance::likely(cx, &asked).await?;
    if !likely.iter().any(Likely::refuses) {
        return said(cx, id, key).await;
    }
    let name = platform::web::encode(&name.name);
    cx.see_other_saying(format!("/enterprises/resembling?name={name}&itself={id}"), Flash::new(key, &[])).await
}

async fn said(cx: &mut Cx, id: Id, key: &str) -> Result<Response> {
    cx.see_other_saying(format!("/enterprises/{id}/names"), Flash::new(key, &[])).await
}
