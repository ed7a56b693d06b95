//! People in enterprises: names, posts, languages, ways of contact and the consent for them.

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use time::Date;

use crate::{CONTACT, EDIT, enterprise};

pub mod api;
mod batch;
pub mod import;
pub mod pages;
mod store;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
pub struct Person {
    pub id: Id,
    pub enterprise_id: Id,
    pub name: String,
    pub second_name: Option<String>,
    pub post: Option<String>,
    pub languages: Option<String>,
    pub email: Option<String>,
    pub telephone: Option<String>,
    pub consent_on: Option<Date>,
    pub consent_how: Option<String>,
    pub version: i64,
    pub created_at: At,
    pub retired_at: Option<At>,
}

/// What is filled in to add a person.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewPerson {
    pub name: String,
    pub second_name: String,
    pub post: String,
    pub languages: String,
    pub email: String,
    pub telephone: String,
    /// When the person agreed to be written to; needed with a way of contact.
    pub consent_on: String,
    pub consent_how: String,
}

/// A person who meets the rules.
#[derive(Clone, Debug)]
pub struct Checked {
    name: String,
    second_name: Option<String>,
    post: Option<String>,
    languages: Option<String>,
    email: Option<String>,
    telephone: Option<String>,
    consent_on: Option<Date>,
    consent_how: Option<String>,
}

impl NewPerson {
    pub fn checked(&self) -> Result<Checked> {
        let mut problems = Problems::default();
        let name = problems.line("name", &self.name, 200);
        problems.require(!name.is_empty(), "name", "problem-name-missing");
        let mut line = |field: &str, text: &str| Some(problems.line(field, text, 300)).filter(|text| !text.is_empty());
        let (second_name, post) = (line("second_name", &self.second_name), line("post", &self.post));
        let (languages, email) = (line("languages", &self.languages), line("email", &self.email));
        let (telephone, consent_how) = (line("telephone", &self.telephone), line("consent_how", &self.consent_how));
        let consent_on = problems.day("consent_on", Some(&self.consent_on));
        if let Some(email) = &email {
            problems.require(email.contains('@') && !email.contains(' '), "email", "problem-email");
        }
        let reachable = email.is_some() || telephone.is_some();
        problems.require(!reachable || consent_on.is_some(), "consent_on", "problem-consent-missing");
        problems.into_result()?;
        Ok(Checked { name, second_name, post, languages, email, telephone, consent_on, consent_how })
    }
}

/// Adds a person to an enterprise. A retired enterprise takes none.
pub async fn add(cx: &mut Cx, enterprise: Id, new: NewPerson) -> Result<Person> {
    let held = enterprise::get(cx, enterprise).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
    if held.retired_at.is_some() {
        return Err(Error::conflict("enterprise-retired"));
    }
    let checked = new.checked()?;
    let ids = store::insert_many(cx, &granted, &[(held.id, checked.clone())]).await?;
    let id = ids.first().copied().ok_or_else(|| Error::unexpected("nobody was added"))?;
    // Ways of contact are personal data: the audit says that they were given, not what they are.
    cx.record(
        Change::new("person.added", "enterprise", held.id)
            .label(held.name)
            .set("person", Told::record("person", id, &checked.name))
            .set("post", Told::text(checked.post.as_deref())),
    );
    store::get(cx, id).await
}

/// The people of an enterprise, by name. Without permission for contact details they come without.
pub async fn of_enterprise(cx: &mut Cx, enterprise: Id) -> Result<Vec<Person>> {
    let held = enterprise::get(cx, enterprise).await?;
    let members = enterprise::members(cx, held.id).await?;
    let mut people = store::of(cx, &members).await?;
    if !cx.may(&CONTACT) {
        for person in &mut people {
            (person.email, person.telephone) = (None, None);
        }
    }
    Ok(people)
}

/// Takes a person off the list with a reason.
pub async fn retire(cx: &mut Cx, enterprise: Id, id: Id, reason: &str) -> Result<()> {
    let held = enterprise::get(cx, enterprise).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
    let person = store::get(cx, id).await?;
    let members = enterprise::members(cx, held.id).await?;
    if !members.contains(&person.enterprise_id) {
        // A contact of another enterprise is not one of this.
        return Err(Error::NotFound);
    }
    let mut problems = Problems::default();
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    store::retire(cx, &granted, &[id], &reason).await?;
    cx.record(
        Change::new("person.retired", "enterprise", held.id)
            .label(held.name)
            .note(Some(reason))
            .set("person", Told::record("person", id, &person.name)),
    );
    Ok(())
}
