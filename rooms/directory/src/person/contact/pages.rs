//! Forms of ways of contact; they are listed on the person's page.

use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::Html;
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::{Choice, Fields};

use super::{GivenContact, KINDS, Reach, kind_key};
use crate::entry::{self, Against, Entry};
use crate::person::pages::{form_page, said};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/people/{id}/contacts/new", new)
        .post("/people/{id}/contacts", add)
        .get("/people/{id}/contacts/{contact}/edit", edit)
        .post("/people/{id}/contacts/{contact}", correct)
        .post("/people/{id}/contacts/{contact}/withdraw", withdraw)
}

async fn form(cx: &mut Cx, status: u16, id: Id, contact: Option<Id>, form: Form, against: Against) -> Result<Response> {
    let view = cx.view();
    let fields = Fields::new(&view, &form, "contact");
    let at = format!("/people/{id}/contacts");
    let kinds: Vec<Choice> = KINDS.iter().map(|kind| Choice::new(*kind, view.t(&kind_key(kind)))).collect();
    let entry = Entry {
        heading: Html::default(),
        title: if contact.is_some() { "contact-correct" } else { "contact-add" },
        fields: vec![fields.hidden("version"), fields.radios("kind", &kinds), fields.text("value")],
        action: contact.map_or_else(|| at.clone(), |contact| format!("{at}/{contact}")),
        button: if contact.is_some() { "save" } else { "contact-add" },
        back: format!("/people/{id}"),
        withdraw: contact.map(|contact| (format!("{at}/{contact}/withdraw"), "contact-withdraw")),
    };
    form_page(cx, status, id, fields.summary(), entry, against).await
}

fn given(form: &Form) -> GivenContact {
    GivenContact { kind: form.text("kind"), value: form.text("value") }
}

async fn new(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    form(&mut cx, 200, id, None, Form::default().with("kind", "email"), Against::default()).await
}

async fn add(mut cx: Cx, Path(id): Path<Id>, sent: Form) -> Result<Response> {
    match super::add(&mut cx, id, given(&sent)).await {
        Ok(_) => said(&mut cx, id, "contact-added").await,
        Err(error) => {
            let (status, sent, against) = entry::refused(&mut cx, error, sent, "contact").await?;
            form(&mut cx, status, id, None, sent, against).await
        }
    }
}

async fn edit(mut cx: Cx, Path((id, contact)): Path<(Id, Id)>) -> Result<Response> {
    let Reach::Told(held) = super::of(&mut cx, id).await? else { return Err(Error::NotFound) };
    let held = held.into_iter().find(|held| held.id == contact).ok_or(Error::NotFound)?;
    let filled =
        Form::default().with("version", held.version.to_string()).with("kind", held.kind).with("value", held.value);
    form(&mut cx, 200, id, Some(contact), filled, Against::default()).await
}

async fn correct(mut cx: Cx, Path((id, contact)): Path<(Id, Id)>, sent: Form) -> Result<Response> {
    let version = sent.number("version").unwrap_or_default();
    match super::correct(&mut cx, id, contact, version, given(&sent)).await {
        Ok(_) => said(&mut cx, id, "enterprise-saved").await,
        Err(error) => {
            let (status, sent, against) = entry::refused(&mut cx, error, sent, "contact").await?;
            form(&mut cx, status, id, Some(contact), sent, against).await
        }
    }
}

async fn withdraw(mut cx: Cx, Path((id, contact)): Path<(Id, Id)>, sent: Form) -> Result<Response> {
    super::withdraw(&mut cx, id, contact, sent.value("reason")).await?;
    said(&mut cx, id, "contact-withdrawn").await
}
