//! Identifiers of an enterprise: LEI, the number in a register, the code on an exchange; several,
//! each with the days on which it holds. What is in force has one holder.

use platform::audit::{Change, Coded, Told};
use platform::forms::Loose;
use platform::pages::View;
use platform::permission::Granted;
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use time::Date;

use crate::enterprise::{self, Enterprise, NewIdentifier};
use crate::entry::{self, agree, period};

pub mod api;
mod batch;
pub mod export;
pub mod import;
pub mod pages;
mod store;

pub const SCHEMES: [&str; 3] = ["lei", "registry", "listing"];

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = EnterpriseIdentifier)]
pub struct Identifier {
    pub id: Id,
    pub enterprise_id: Id,
    pub scheme: String,
    /// The register, or the exchange by its market identifier code (ISO 10383); empty for an LEI.
    pub register: String,
    pub value: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub version: i64,
}

/// An identifier as it is given, whichever way it arrives.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct GivenIdentifier {
    /// lei, registry or listing.
    pub scheme: String,
    /// The register's code or name, or the exchange; left out for an LEI.
    pub register: String,
    pub value: String,
    pub valid_from: Loose,
    pub valid_to: Loose,
}

/// An identifier that meets the rules.
#[derive(Clone, Debug)]
pub struct Checked {
    identifier: NewIdentifier,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
}

impl GivenIdentifier {
    /// `held` is the one that is corrected: what of it stays was taken once and is not asked about again.
    fn checked(self, cx: &Cx, held: Option<&Identifier>) -> Result<Checked> {
        let mut problems = Problems::default();
        let plain = NewIdentifier { scheme: self.scheme, register: self.register, value: self.value };
        // Problems of the three parts stand at the part itself.
        let mut found = Problems::default();
        let identifier = plain.checked(cx, &mut found);
        let stays = held.is_some_and(|held| {
            (&held.scheme, &held.register, &held.value) == (&identifier.scheme, &identifier.register, &identifier.value)
        });
        if stays {
            found = Problems::default();
        }
        for problem in found.all() {
            let field = match problem.key.as_str() {
                "problem-register-missing"
                | "problem-register-unknown"
                | "problem-exchange"
                | "problem-exchange-unknown" => "register",
                "problem-identifier-scheme" => "scheme",
                _ => "value",
            };
            // What is not there is asked for below, not called wrong.
            if field == "value" && identifier.value.is_empty() {
                continue;
            }
            let args: Vec<(&str, String)> =
                problem.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            problems.add_with(field, &problem.key, &args);
        }
        problems.require(!identifier.value.is_empty(), "value", "problem-identifier-missing");
        let (valid_from, valid_to) = period(&mut problems, &self.valid_from, &self.valid_to);
        problems.into_result()?;
        Ok(Checked { identifier, valid_from, valid_to })
    }
}

/// The text key of a scheme's name.
pub fn scheme_key(scheme: &str) -> String {
    format!("identifier-scheme-{scheme}")
}

/// The register or exchange in the reader's words.
pub fn register_name(view: &View, held: &Identifier) -> String {
    match held.scheme.as_str() {
        "listing" => view.code("exchange", &held.register),
        "registry" => view.code("register", &held.register),
        _ => "–".to_owned(),
    }
}

/// All identifiers of an enterprise and of those merged into it, ended ones included.
pub async fn of(cx: &mut Cx, survivor: Id) -> Result<Vec<Identifier>> {
    let members = enterprise::members(cx, survivor).await?;
    store::of(cx, &members).await
}

pub(crate) async fn to_edit(cx: &mut Cx, enterprise: Id, id: Id) -> Result<(Enterprise, Granted, Identifier)> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let identifier = store::get(cx, id).await?;
    enterprise::belongs(cx, held.id, identifier.enterprise_id).await?;
    Ok((held, granted, identifier))
}

/// An identifier as the audit tells it: its scheme by name, and its number.
fn told(scheme: &str, value: &str) -> Told {
    let args = vec![("scheme".to_owned(), scheme_key(scheme)), ("value".to_owned(), value.to_owned())];
    Told::Codes(vec![Coded { code: format!("{scheme} {value}"), key: "identifier-told".to_owned(), args }])
}

/// The register or exchange of an identifier as the audit tells it.
fn told_register(scheme: &str, register: &str) -> Told {
    let list = if scheme == "listing" { "exchange" } else { "register" };
    Told::listed(list, Some(register).filter(|register| !register.is_empty()))
}

/// Adds an identifier. One in force that another holds is refused, with the holder's name where the
/// actor may see it.
pub async fn add(cx: &mut Cx, enterprise: Id, given: GivenIdentifier) -> Result<Identifier> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let checked = given.checked(cx, None)?;
    refuse_second_holder(cx, &held, None, &checked).await?;
    let id = store::insert(cx, &granted, held.id, &checked).await?;
    let new = &checked.identifier;
    let change = Change::new("enterprise.identified", "enterprise", held.id)
        .set("identifiers", told(&new.scheme, &new.value))
        .set("register", told_register(&new.scheme, &new.register))
        .set("valid_from", Told::day(checked.valid_from))
        .set("valid_to", Told::day(checked.valid_to))
        .set("_identifier", Told::record("identifier", id, &new.value));
    enterprise::note(cx, &granted, &held, change).await?;
    store::get(cx, id).await
}

/// Corrects an identifier, or ends it by giving its last day.
pub async fn correct(cx: &mut Cx, enterprise: Id, id: Id, version: i64, given: GivenIdentifier) -> Result<Identifier> {
    let (held, granted, before) = to_edit(cx, enterprise, id).await?;
    let after = given.checked(cx, Some(&before))?;
    let new = &after.identifier;
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    agree(
        version,
        before.version,
        &[
            ("scheme", Some(new.scheme.clone()), Some(before.scheme.clone())),
            ("register", entry::some(&new.register), entry::some(&before.register)),
            ("value", Some(new.value.clone()), Some(before.value.clone())),
            ("valid_from", day(after.valid_from), day(before.valid_from)),
            ("valid_to", day(after.valid_to), day(before.valid_to)),
        ],
    )?;
    let change = Change::new("enterprise.identifier_corrected", "enterprise", held.id)
        .field("identifiers", told(&before.scheme, &before.value), told(&new.scheme, &new.value))
        .field("register", told_register(&before.scheme, &before.register), told_register(&new.scheme, &new.register))
        .field("valid_from", Told::day(before.valid_from), Told::day(after.valid_from))
        .field("valid_to", Told::day(before.valid_to), Told::day(after.valid_to));
    if change.fields.is_empty() {
        return Ok(before);
    }
    refuse_second_holder(cx, &held, Some(id), &after).await?;
    store::update(cx, &granted, id, &after).await?;
    // Which of several it was must be told even where only a day changed.
    let change = match change.fields.iter().any(|field| field.field == "identifiers") {
        true => change,
        false => change.set("identifier", told(&before.scheme, &before.value)),
    };
    let change = change.set("_identifier", Told::record("identifier", id, &new.value));
    enterprise::note_of(cx, &granted, &held, before.enterprise_id, change).await?;
    store::get(cx, id).await
}

/// Takes back an identifier that was never the enterprise's.
pub async fn withdraw(cx: &mut Cx, enterprise: Id, id: Id, reason: &str) -> Result<()> {
    let (held, granted, identifier) = to_edit(cx, enterprise, id).await?;
    let reason = entry::reason(reason)?;
    store::withdraw(cx, &granted, id, &reason).await?;
    let change = Change::new("enterprise.identifier_withdrawn", "enterprise", held.id)
        .note(Some(reason))
        .field("identifiers", told(&identifier.scheme, &identifier.value), Told::Nothing)
        .field("register", told_register(&identifier.scheme, &identifier.register), Told::Nothing);
    enterprise::note_of(cx, &granted, &held, identifier.enterprise_id, change).await
}

/// A legal entity has one LEI at a time; a group may bear those of several.
async fn refuse_second_lei(cx: &mut Cx, held: &Enterprise, but: Option<Id>, new: &Checked) -> Result<()> {
    let today = cx.today();
    let stands = |valid_to: Option<Date>| valid_to.is_none_or(|last| last >= today);
    if new.identifier.scheme != "lei" || held.kind == "group" || !stands(new.valid_to) {
        return Ok(());
    }
    let is_other = |one: &Identifier| {
        one.scheme == "lei" && Some(one.id) != but && one.value != new.identifier.value && stands(one.valid_to)
    };
    match of(cx, held.id).await?.iter().any(is_other) {
        true => Err(Error::invalid("value", "identifier-second-lei")),
        false => Ok(()),
    }
}

/// Refuses an identifier in force that an enterprise can't bear, before anything else of it is written.
pub(crate) async fn refuse_unfit(cx: &mut Cx, held: &Enterprise, new: &NewIdentifier) -> Result<()> {
    let new = Checked { identifier: new.clone(), valid_from: None, valid_to: None };
    refuse_second_holder(cx, held, None, &new).await
}

async fn refuse_second_holder(cx: &mut Cx, held: &Enterprise, but: Option<Id>, new: &Checked) -> Result<()> {
    refuse_second_lei(cx, held, but, new).await?;
    // A number given up may be another's later, but an LEI is never given twice.
    if new.valid_to.is_some() && new.identifier.scheme != "lei" {
        return Ok(());
    }
    let Some(holder) = store::holder(cx, &new.identifier, but).await? else { return Ok(()) };
    if holder == held.id {
        return Err(Error::invalid("value", "identifier-already-here"));
    }
    Err(held_by(cx, holder).await?)
}

/// That another holds an identifier, with its name where the actor may see it.
async fn held_by(cx: &mut Cx, holder: Id) -> Result<Error> {
    match enterprise::get(cx, holder).await {
        Ok(other) => {
            Ok(Error::conflict_with("identifier-held-by", &[("name", other.name), ("reference", other.reference)]))
        }
        Err(Error::NotFound) => Ok(Error::conflict("enterprise-identifier-held")),
        Err(error) => Err(error),
    }
}
