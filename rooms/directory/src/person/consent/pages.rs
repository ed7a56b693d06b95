//! Forms of consents; they are listed on the person's page.

use axum::extract::Path;
use axum::response::Response;
use platform::forms::{Form, Loose};
use platform::pages::Html;
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::Fields;

use super::GivenConsent;
use crate::entry::{self, Against, Entry, written};
use crate::person::pages::{form_page, said};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/people/{id}/consents/new", new)
        .post("/people/{id}/consents", add)
        .get("/people/{id}/consents/{consent}/edit", edit)
        .post("/people/{id}/consents/{consent}", correct)
}

async fn form(cx: &mut Cx, status: u16, id: Id, consent: Option<Id>, form: Form, against: Against) -> Result<Response> {
    let view = cx.view();
    let fields = Fields::new(&view, &form, "consent");
    let at = format!("/people/{id}/consents");
    let entry = Entry {
        heading: Html::default(),
        title: if consent.is_some() { "consent-correct" } else { "consent-add" },
        fields: vec![
            fields.hidden("version"),
            fields.day("given_on"),
            fields.text("how"),
            fields.text("purpose"),
            fields.optional_day("withdrawn_on"),
            fields.optional_text("withdrawn_how"),
        ],
        action: consent.map_or_else(|| at.clone(), |consent| format!("{at}/{consent}")),
        button: if consent.is_some() { "save" } else { "consent-add" },
        back: format!("/people/{id}"),
        withdraw: None,
    };
    form_page(cx, status, id, fields.summary(), entry, against).await
}

fn given(form: &Form) -> GivenConsent {
    GivenConsent {
        given_on: Loose(form.text("given_on")),
        how: form.text("how"),
        purpose: form.text("purpose"),
        withdrawn_on: Loose(form.text("withdrawn_on")),
        withdrawn_how: form.text("withdrawn_how"),
    }
}

async fn new(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    form(&mut cx, 200, id, None, Form::default(), Against::default()).await
}

async fn add(mut cx: Cx, Path(id): Path<Id>, sent: Form) -> Result<Response> {
    match super::give(&mut cx, id, given(&sent)).await {
        Ok(_) => said(&mut cx, id, "consent-added").await,
        Err(error) => {
            let (status, sent, against) = entry::refused(&mut cx, error, sent, "consent").await?;
            form(&mut cx, status, id, None, sent, against).await
        }
    }
}

async fn edit(mut cx: Cx, Path((id, consent)): Path<(Id, Id)>) -> Result<Response> {
    let held = super::of(&mut cx, id).await?;
    let held = held.into_iter().find(|held| held.id == consent).ok_or(Error::NotFound)?;
    let filled = Form::default()
        .with("version", held.version.to_string())
        .with("given_on", written(Some(held.given_on)))
        .with("how", held.how)
        .with("purpose", held.purpose)
        .with("withdrawn_on", written(held.withdrawn_on))
        .with("withdrawn_how", held.withdrawn_how.unwrap_or_default());
    form(&mut cx, 200, id, Some(consent), filled, Against::default()).await
}

async fn correct(mut cx: Cx, Path((id, consent)): Path<(Id, Id)>, sent: Form) -> Result<Response> {
    let version = sent.number("version").unwrap_or_default();
    match super::correct(&mut cx, id, consent, version, given(&sent)).await {
        Ok(_) => said(&mut cx, id, "enterprise-saved").await,
        Err(error) => {
            let (status, sent, against) = entry::refused(&mut cx, error, sent, "consent").await?;
            form(&mut cx, status, id, Some(consent), sent, against).await
        }
    }
}
