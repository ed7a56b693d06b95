//! Forms of identifiers; they are listed on the tab of names.

use axum::extract::Path;
use axum::response::Response;
use platform::forms::{Form, Loose};
use platform::pages::Flash;
use platform::web::Routes;
use platform::{Cx, Id, Result};
use ui::{Choice, Fields};

use super::{GivenIdentifier, SCHEMES, scheme_key};
use crate::enterprise;
use crate::entry::{self, Against, Entry, written};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/{id}/identifiers/new", new)
        .post("/enterprises/{id}/identifiers", add)
        .get("/enterprises/{id}/identifiers/{identifier}/edit", edit)
        .post("/enterprises/{id}/identifiers/{identifier}", correct)
        .post("/enterprises/{id}/identifiers/{identifier}/withdraw", withdraw)
}

async fn form_page(
    cx: &mut Cx,
    status: u16,
    id: Id,
    identifier: Option<Id>,
    form: Form,
    against: Against,
) -> Result<Response> {
    let (held, _) = enterprise::to_edit(cx, id).await?;
    let view = cx.view();
    let fields = Fields::new(&view, &form, "identifier");
    let at = format!("/enterprises/{}/identifiers", held.id);
    let schemes: Vec<Choice> = SCHEMES.iter().map(|scheme| Choice::new(*scheme, view.t(&scheme_key(scheme)))).collect();
    let parts = vec![
        fields.hidden("version"),
        fields.radios("scheme", &schemes),
        fields.select("register", &registers(cx, &form), true),
        fields.text("value"),
        fields.optional_day("valid_from"),
        fields.optional_day("valid_to"),
    ];
    let entry = Entry {
        heading: enterprise::pages::heading(cx, &held, "names").await?,
        title: if identifier.is_some() { "identifier-correct" } else { "identifier-add" },
        fields: parts,
        action: identifier.map_or_else(|| at.clone(), |identifier| format!("{at}/{identifier}")),
        button: if identifier.is_some() { "save" } else { "identifier-add" },
        back: format!("/enterprises/{}/names", held.id),
        withdraw: identifier.map(|identifier| (format!("{at}/{identifier}/withdraw"), "identifier-withdraw")),
    };
    entry::page(cx, status, fields.summary(), entry, against).await
}

/// The registers and exchanges of the lists, with the one that a form holds.
fn registers(cx: &Cx, form: &Form) -> Vec<Choice> {
    let held = form.value("register");
    let codes = |list: &str| Choice::codes(cx, list, cx.today(), [held]);
    [codes("register"), codes("exchange")].concat()
}

fn given(form: &Form) -> GivenIdentifier {
    GivenIdentifier {
        scheme: form.text("scheme"),
        register: form.text("register"),
        value: form.text("value"),
        valid_from: Loose(form.text("valid_from")),
        valid_to: Loose(form.text("valid_to")),
    }
}

async fn new(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    form_page(&mut cx, 200, id, None, Form::default().with("scheme", "lei"), Against::default()).await
}

async fn add(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::add(&mut cx, id, given(&form)).await {
        Ok(_) => said(&mut cx, id, "identifier-added").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "identifier").await?;
            form_page(&mut cx, status, id, None, form, against).await
        }
    }
}

async fn edit(mut cx: Cx, Path((id, identifier)): Path<(Id, Id)>) -> Result<Response> {
    let (_, _, held) = super::to_edit(&mut cx, id, identifier).await?;
    let form = Form::default()
        .with("version", held.version.to_string())
        .with("scheme", held.scheme)
        .with("register", held.register)
        .with("value", held.value)
        .with("valid_from", written(held.valid_from))
        .with("valid_to", written(held.valid_to));
    form_page(&mut cx, 200, id, Some(identifier), form, Against::default()).await
}

async fn correct(mut cx: Cx, Path((id, identifier)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::correct(&mut cx, id, identifier, version, given(&form)).await {
        Ok(_) => said(&mut cx, id, "enterprise-saved").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "identifier").await?;
            form_page(&mut cx, status, id, Some(identifier), form, against).await
        }
    }
}

async fn withdraw(mut cx: Cx, Path((id, identifier)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    super::withdraw(&mut cx, id, identifier, form.value("reason")).await?;
    said(&mut cx, id, "identifier-withdrawn").await
}

async fn said(cx: &mut Cx, id: Id, key: &str) -> Result<Response> {
    cx.see_other_saying(format!("/enterprises/{id}/names"), Flash::new(key, &[])).await
}
