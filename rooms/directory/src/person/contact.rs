//! Ways of reaching a person: personal data, shown only to those with permission and only while a
//! consent stands. The audit says that there was one of a kind, never what it is.

use platform::audit::{Change, Told};
use platform::permission::Granted;
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use super::{Person, consent, get, note, to_edit};
use crate::CONTACT;
use crate::entry::{self, agree};

pub mod pages;
mod store;

pub const KINDS: [&str; 6] = ["email", "telephone", "wechat", "whatsapp", "linkedin", "address"];

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = PersonContact)]
pub struct Contact {
    pub id: Id,
    pub person_id: Id,
    /// email, telephone, wechat, whatsapp, linkedin or address.
    pub kind: String,
    pub value: String,
    pub version: i64,
}

/// A way of contact as it is given.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct GivenContact {
    pub kind: String,
    pub value: String,
}

/// The ways of reaching somebody, or why they are not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    Told(Vec<Contact>),
    /// The actor may not see them.
    NotPermitted,
    /// There are some, and no consent stands.
    NoConsent,
}

/// The text key of a kind's name.
pub fn kind_key(kind: &str) -> String {
    format!("contact-kind-{kind}")
}

/// A value that fits its kind.
pub(super) fn value(problems: &mut Problems, field: &str, kind: &str, text: &str) -> String {
    let value = problems.line(field, text, 300);
    problems.require(!value.is_empty(), field, "problem-contact-missing");
    let fits = match kind {
        "email" => {
            let parts: Vec<&str> = value.split('@').collect();
            matches!(parts[..], [name, host] if !name.is_empty() && host.contains('.')) && !value.contains(' ')
        }
        "telephone" | "whatsapp" => value.chars().filter(char::is_ascii_digit).count() >= 5,
        _ => true,
    };
    if kind == "email" {
        problems.require(fits, field, "problem-email");
    } else {
        problems.require(fits, field, "problem-telephone");
    }
    value
}

impl GivenContact {
    fn checked(self) -> Result<(String, String)> {
        let mut problems = Problems::default();
        let kind = self.kind.trim().to_lowercase();
        problems.require(KINDS.contains(&kind.as_str()), "kind", "problem-contact-kind");
        let value = value(&mut problems, "value", &kind, &self.value);
        problems.into_result()?;
        Ok((kind, value))
    }
}

/// How a person may be reached.
pub async fn of(cx: &mut Cx, person: Id) -> Result<Reach> {
    get(cx, person).await?;
    if !cx.may(&CONTACT) {
        return Ok(Reach::NotPermitted);
    }
    let held = store::of(cx, &[person]).await?;
    if held.is_empty() || consent::stands(cx, person).await? { Ok(Reach::Told(held)) } else { Ok(Reach::NoConsent) }
}

/// How several people may be reached, for a page of an export; none where it may not be told.
pub async fn of_many(cx: &mut Cx, people: &[Id]) -> Result<Vec<Contact>> {
    if !cx.may(&CONTACT) {
        return Ok(Vec::new());
    }
    let standing = consent::standing_of(cx, people).await?;
    store::of(cx, &standing).await
}

async fn one(cx: &mut Cx, person: &Person, id: Id) -> Result<Contact> {
    // What one may not see one can't correct either.
    cx.require(&CONTACT)?;
    let held = store::of(cx, &[person.id]).await?;
    held.into_iter().find(|contact| contact.id == id).ok_or(Error::NotFound)
}

fn told(kind: &str) -> Told {
    Told::code(kind, &kind_key(kind))
}

/// Adds a way of contact. Without a consent that stands there is nothing to keep.
pub async fn add(cx: &mut Cx, person: Id, given: GivenContact) -> Result<Contact> {
    let (person, _, granted) = to_edit(cx, person).await?;
    cx.require(&CONTACT)?;
    let (kind, value) = given.checked()?;
    if !consent::stands(cx, person.id).await? {
        return Err(Error::invalid("value", "problem-consent-first"));
    }
    let held = store::of(cx, &[person.id]).await?;
    if held.iter().any(|contact| contact.kind == kind && contact.value == value) {
        return Err(Error::invalid("value", "contact-already-held"));
    }
    let id = keep(cx, &granted, &person, &kind, &value).await?;
    one(cx, &person, id).await
}

pub(super) async fn keep(cx: &mut Cx, granted: &Granted, person: &Person, kind: &str, value: &str) -> Result<Id> {
    let id = store::insert(cx, granted, person.id, kind, value).await?;
    let change = Change::new("person.contact_added", "person", person.id)
        .set("contact", told(kind))
        .set("_contact", Told::record("contact", id, kind));
    note(cx, granted, person, change).await?;
    Ok(id)
}

/// Corrects a way of contact.
pub async fn correct(cx: &mut Cx, person: Id, id: Id, version: i64, given: GivenContact) -> Result<Contact> {
    let (person, _, granted) = to_edit(cx, person).await?;
    let before = one(cx, &person, id).await?;
    let (kind, value) = given.checked()?;
    agree(
        version,
        before.version,
        &[
            ("kind", Some(kind.clone()), Some(before.kind.clone())),
            ("value", Some(value.clone()), Some(before.value.clone())),
        ],
    )?;
    if (&kind, &value) == (&before.kind, &before.value) {
        return Ok(before);
    }
    store::update(cx, &granted, id, &kind, &value).await?;
    let change = Change::new("person.contact_corrected", "person", person.id)
        .set("contact", told(&kind))
        .set("_contact", Told::record("contact", id, &kind));
    note(cx, &granted, &person, change).await?;
    one(cx, &person, id).await
}

/// Takes a way of contact off.
pub async fn withdraw(cx: &mut Cx, person: Id, id: Id, reason: &str) -> Result<()> {
    let (person, _, granted) = to_edit(cx, person).await?;
    let contact = one(cx, &person, id).await?;
    let reason = entry::reason(reason)?;
    store::set_withdrawn(cx, &granted, id, Some(&reason)).await?;
    let change = Change::new("person.contact_withdrawn", "person", person.id)
        .note(Some(reason))
        .field("contact", told(&contact.kind), Told::Nothing)
        .set("_contact", Told::record("contact", id, &contact.kind));
    note(cx, &granted, &person, change).await
}

/// Puts back a way of contact that an import replaced, when the import is undone.
pub(super) async fn reinstate(cx: &mut Cx, person: Id, id: Id) -> Result<()> {
    let (person, _, granted) = to_edit(cx, person).await?;
    store::set_withdrawn(cx, &granted, id, None).await?;
    let contact = one(cx, &person, id).await?;
    let change = Change::new("person.contact_added", "person", person.id)
        .set("contact", told(&contact.kind))
        .set("_contact", Told::record("contact", id, &contact.kind));
    note(cx, &granted, &person, change).await
}
