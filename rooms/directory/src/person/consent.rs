//! Consent to be reached: given on a day, in some way, for a purpose, and perhaps withdrawn. While
//! none stands, ways of contact are not told.

use platform::audit::{Change, Told};
use platform::forms::Loose;
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use time::Date;

use super::{Person, get, note, to_edit};
use crate::entry::{agree, some};

pub mod pages;
mod store;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = PersonConsent)]
pub struct Consent {
    pub id: Id,
    pub person_id: Id,
    pub given_on: Date,
    pub how: String,
    pub purpose: String,
    pub withdrawn_on: Option<Date>,
    pub withdrawn_how: Option<String>,
    pub version: i64,
}

/// A consent as it is given; with a day of withdrawal it has ended.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct GivenConsent {
    pub given_on: Loose,
    pub how: String,
    pub purpose: String,
    pub withdrawn_on: Loose,
    pub withdrawn_how: String,
}

pub(super) struct Checked {
    pub given_on: Date,
    pub how: String,
    pub purpose: String,
    pub withdrawn_on: Option<Date>,
    pub withdrawn_how: Option<String>,
}

impl GivenConsent {
    fn checked(self, cx: &Cx) -> Result<Checked> {
        let mut problems = Problems::default();
        let today = cx.today();
        let given_on = problems.required_day("given_on", self.given_on.get());
        problems.require(given_on.is_none_or(|day| day <= today), "given_on", "problem-consent-future");
        let how = problems.line("how", &self.how, 300);
        problems.require(!how.is_empty(), "how", "problem-consent-how");
        let purpose = problems.line("purpose", &self.purpose, 300);
        problems.require(!purpose.is_empty(), "purpose", "problem-consent-purpose");
        let withdrawn_on = problems.day("withdrawn_on", self.withdrawn_on.get());
        if let (Some(given), Some(withdrawn)) = (given_on, withdrawn_on) {
            problems.require(given <= withdrawn, "withdrawn_on", "problem-period-backwards");
            problems.require(withdrawn <= today, "withdrawn_on", "problem-consent-withdrawn-future");
        }
        let withdrawn_how = some(&problems.line("withdrawn_how", &self.withdrawn_how, 300));
        problems.require(withdrawn_how.is_none() || withdrawn_on.is_some(), "withdrawn_on", "problem-day-missing");
        problems.into_result()?;
        Ok(Checked { given_on: given_on.unwrap_or(today), how, purpose, withdrawn_on, withdrawn_how })
    }
}

/// A person's consents, latest first.
pub async fn of(cx: &mut Cx, person: Id) -> Result<Vec<Consent>> {
    get(cx, person).await?;
    store::of(cx, person).await
}

/// Whether a consent stands today.
pub(super) async fn stands(cx: &mut Cx, person: Id) -> Result<bool> {
    Ok(!standing_of(cx, &[person]).await?.is_empty())
}

/// Those of these people for whom a consent stands today.
pub(super) async fn standing_of(cx: &mut Cx, people: &[Id]) -> Result<Vec<Id>> {
    store::standing_of(cx, people).await
}

/// The days on which standing consents were given, for a page of an export.
pub(super) async fn days_of(cx: &mut Cx, people: &[Id]) -> Result<Vec<(Id, Date)>> {
    store::days_of(cx, people).await
}

async fn one(cx: &mut Cx, person: &Person, id: Id) -> Result<Consent> {
    store::of(cx, person.id).await?.into_iter().find(|consent| consent.id == id).ok_or(Error::NotFound)
}

/// Records that a person agreed to be reached.
pub async fn give(cx: &mut Cx, person: Id, given: GivenConsent) -> Result<Consent> {
    let (person, _, granted) = to_edit(cx, person).await?;
    let new = given.checked(cx)?;
    let id = store::insert(cx, &granted, person.id, &new).await?;
    let change = Change::new("person.consent_given", "person", person.id)
        .set("given_on", Told::Day(new.given_on))
        .set("how", Told::Text(new.how.clone()))
        .set("purpose", Told::Text(new.purpose.clone()))
        .set("withdrawn_on", Told::day(new.withdrawn_on))
        .set("withdrawn_how", Told::text(new.withdrawn_how.as_deref()));
    note(cx, &granted, &person, change).await?;
    one(cx, &person, id).await
}

/// Corrects a consent, or records that it was withdrawn.
pub async fn correct(cx: &mut Cx, person: Id, id: Id, version: i64, given: GivenConsent) -> Result<Consent> {
    let (person, _, granted) = to_edit(cx, person).await?;
    let before = one(cx, &person, id).await?;
    let after = given.checked(cx)?;
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    agree(
        version,
        before.version,
        &[
            ("given_on", day(Some(after.given_on)), day(Some(before.given_on))),
            ("how", Some(after.how.clone()), Some(before.how.clone())),
            ("purpose", Some(after.purpose.clone()), Some(before.purpose.clone())),
            ("withdrawn_on", day(after.withdrawn_on), day(before.withdrawn_on)),
            ("withdrawn_how", after.withdrawn_how.clone(), before.withdrawn_how.clone()),
        ],
    )?;
    let change = Change::new("person.consent_corrected", "person", person.id)
        .field("given_on", Told::Day(before.given_on), Told::Day(after.given_on))
        .field("how", Told::Text(before.how.clone()), Told::Text(after.how.clone()))
        .field("purpose", Told::Text(before.purpose.clone()), Told::Text(after.purpose.clone()))
        .field("withdrawn_on", Told::day(before.withdrawn_on), Told::day(after.withdrawn_on))
        .field(
            "withdrawn_how",
            Told::text(before.withdrawn_how.as_deref()),
            Told::text(after.withdrawn_how.as_deref()),
        );
    if change.fields.is_empty() {
        return Ok(before);
    }
    store::update(cx, &granted, id, &after).await?;
    note(cx, &granted, &person, change).await?;
    one(cx, &person, id).await
}

/// A consent that came with a file, which may not say how or what for.
pub(super) async fn take_over(cx: &mut Cx, person: Id, given_on: Date, how: &str, purpose: &str) -> Result<()> {
    let (person, _, granted) = to_edit(cx, person).await?;
    let new =
        Checked { given_on, how: how.to_owned(), purpose: purpose.to_owned(), withdrawn_on: None, withdrawn_how: None };
    let id = store::insert(cx, &granted, person.id, &new).await?;
    let change = Change::new("person.consent_given", "person", person.id)
        .set("given_on", Told::Day(given_on))
        .set("how", Told::Text(how.to_owned()))
        .set("purpose", Told::Text(purpose.to_owned()))
        .set("_consent", Told::record("consent", id, ""));
    note(cx, &granted, &person, change).await
}

/// A consent that an import brought no longer stands once the import is undone.
pub(super) async fn take_back(cx: &mut Cx, person: Id, id: Id, note_given: &str) -> Result<()> {
    let (person, _, granted) = to_edit(cx, person).await?;
    let held = one(cx, &person, id).await?;
    if held.withdrawn_on.is_some() {
        return Err(Error::conflict("record-changed-meanwhile"));
    }
    let day = cx.today().max(held.given_on);
    let after = Checked {
        given_on: held.given_on,
        how: held.how,
        purpose: held.purpose,
        withdrawn_on: Some(day),
        withdrawn_how: Some(note_given.to_owned()),
    };
    store::update(cx, &granted, id, &after).await?;
    let change = Change::new("person.consent_corrected", "person", person.id)
        .set("withdrawn_on", Told::Day(day))
        .set("withdrawn_how", Told::Text(note_given.to_owned()));
    note(cx, &granted, &person, change).await
}
