//! Names of an enterprise: in any language, of a kind, with the days on which they hold. One is
//! shown first and another may stand beside it.

use std::collections::HashMap;

use platform::audit::{Change, Told};
use platform::forms::Loose;
use platform::sql::AT_ONCE;
use platform::{Cx, Error, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use time::Date;

use crate::enterprise::{self, Enterprise, NAME_KINDS, NewName};
use crate::entry::{self, agree, period};

pub mod api;
mod batch;
pub mod export;
pub mod import;
pub mod pages;
mod store;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = EnterpriseName)]
pub struct Name {
    pub id: Id,
    pub enterprise_id: Id,
    pub name: String,
    pub language: String,
    pub kind: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub version: i64,
}

/// A name as it is given, whichever way it arrives.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct GivenName {
    pub name: String,
    /// BCP 47; told from the script when left out.
    pub language: String,
    /// legal, trading, brand, former or transliterated; trading when left out.
    pub kind: String,
    pub valid_from: Loose,
    pub valid_to: Loose,
}

/// A name that meets the rules.
#[derive(Clone, Debug)]
pub struct Checked {
    name: String,
    language: String,
    kind: String,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
}

/// Where problems of a name, of its language and of its kind stand.
const FIELDS: [&str; 3] = ["name", "language", "kind"];

impl GivenName {
    /// `held` is the one that is corrected.
    fn checked(self, held: Option<&Name>) -> Result<Checked> {
        let mut problems = Problems::default();
        let plain = NewName { name: self.name, language: self.language, kind: self.kind };
        let NewName { name, language, kind } = match held {
            Some(held) if held.name == plain.name.trim() => {
                NewName { name: held.name.clone(), ..plain }.described(&mut problems, FIELDS)
            }
            _ => plain.checked(&mut problems, FIELDS),
        };
        let (valid_from, valid_to) = period(&mut problems, &self.valid_from, &self.valid_to);
        problems.into_result()?;
        Ok(Checked { name, language, kind, valid_from, valid_to })
    }
}

/// The text key of a kind of name.
pub fn kind_key(kind: &str) -> String {
    format!("name-kind-{kind}")
}

/// All names of an enterprise and of those merged into it, ended ones included.
pub async fn of(cx: &mut Cx, survivor: Id) -> Result<Vec<Name>> {
    let members = enterprise::members(cx, survivor).await?;
    store::of(cx, &members).await
}

/// As [`of`], of several at once.
pub(crate) async fn of_many(cx: &mut Cx, survivors: &[Id]) -> Result<HashMap<Id, Vec<Name>>> {
    let members: HashMap<Id, Id> = enterprise::members_of(cx, survivors).await?.into_iter().collect();
    let all: Vec<Id> = members.keys().copied().collect();
    let mut found: HashMap<Id, Vec<Name>> = HashMap::new();
    for chunk in all.chunks(AT_ONCE) {
        for name in store::of(cx, chunk).await? {
            if let Some(survivor) = members.get(&name.enterprise_id) {
                found.entry(*survivor).or_default().push(name);
            }
        }
    }
    Ok(found)
}

/// One name of an enterprise that the actor may edit.
pub(crate) async fn to_edit(
    cx: &mut Cx,
    enterprise: Id,
    id: Id,
) -> Result<(Enterprise, platform::permission::Granted, Name)> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let name = store::get(cx, id).await?;
    enterprise::belongs(cx, held.id, name.enterprise_id).await?;
    Ok((held, granted, name))
}

/// Adds a name; it can be searched for at once.
pub async fn add(cx: &mut Cx, enterprise: Id, given: GivenName) -> Result<Name> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let checked = given.checked(None)?;
    let known = of(cx, held.id).await?;
    refuse_twice(&known, None, &checked)?;
    let id = store::insert(cx, &granted, held.id, &checked).await?;
    store::index(cx, held.id, &[], std::slice::from_ref(&checked.name)).await?;
    let change = Change::new("enterprise.named", "enterprise", held.id)
        .set("names", Told::Text(checked.name.clone()))
        .set("name_kind", Told::code(&checked.kind, &kind_key(&checked.kind)))
        .set("name_language", Told::languages(Some(&checked.language)))
        .set("valid_from", Told::day(checked.valid_from))
        .set("valid_to", Told::day(checked.valid_to))
        .set("_name", Told::record("name", id, &checked.name));
    enterprise::note(cx, &granted, &held, change).await?;
    store::get(cx, id).await
}

/// Corrects a name, or ends it by giving its last day. Where it is shown first or second, what is
/// shown follows.
pub async fn correct(cx: &mut Cx, enterprise: Id, id: Id, version: i64, given: GivenName) -> Result<Name> {
    let (held, granted, before) = to_edit(cx, enterprise, id).await?;
    let after = given.checked(Some(&before))?;
    let day = |day: Option<Date>| day.map(|day| day.to_string());
    agree(
        version,
        before.version,
        &[
            ("name", Some(after.name.clone()), Some(before.name.clone())),
            ("language", Some(after.language.clone()), Some(before.language.clone())),
            ("kind", Some(after.kind.clone()), Some(before.kind.clone())),
            ("valid_from", day(after.valid_from), day(before.valid_from)),
            ("valid_to", day(after.valid_to), day(before.valid_to)),
        ],
    )?;
    let change = Change::new("enterprise.name_corrected", "enterprise", held.id)
        .field("names", Told::Text(before.name.clone()), Told::Text(after.name.clone()))
        .field(
            "name_kind",
            Told::code(&before.kind, &kind_key(&before.kind)),
            Told::code(&after.kind, &kind_key(&after.kind)),
        )
        .field("name_language", Told::languages(Some(&before.language)), Told::languages(Some(&after.language)))
        .field("valid_from", Told::day(before.valid_from), Told::day(after.valid_from))
        .field("valid_to", Told::day(before.valid_to), Told::day(after.valid_to));
    if change.fields.is_empty() {
        return Ok(before);
    }
    let known = of(cx, held.id).await?;
    refuse_twice(&known, Some(id), &after)?;
    // What the old name was found by and no other name of the record is, goes.
    let owned = |name: &&Name| name.enterprise_id == before.enterprise_id;
    let old: Vec<String> = known.iter().filter(owned).map(|name| name.name.clone()).collect();
    let new: Vec<String> = known
        .iter()
        .filter(owned)
        .map(|name| if name.id == id { after.name.clone() } else { name.name.clone() })
        .collect();
    store::update(cx, &granted, id, &after).await?;
    store::index(cx, before.enterprise_id, &old, &new).await?;
    store::show_corrected(cx, &granted, before.enterprise_id, &before, &after).await?;
    let change = change.set("_name", Told::record("name", id, &after.name));
    enterprise::note_of(cx, &granted, &held, before.enterprise_id, change).await?;
    store::get(cx, id).await
}

/// Takes back a name that was never the enterprise's. One that is shown stays until another is.
pub async fn withdraw(cx: &mut Cx, enterprise: Id, id: Id, reason: &str) -> Result<()> {
    let (held, granted, name) = to_edit(cx, enterprise, id).await?;
    let reason = entry::reason(reason)?;
    let owner =
        if name.enterprise_id == held.id { held.clone() } else { enterprise::record(cx, name.enterprise_id).await? };
    if is_shown(&owner, &name) {
        return Err(Error::conflict("name-is-shown"));
    }
    let known = of(cx, held.id).await?;
    let owned: Vec<&Name> = known.iter().filter(|other| other.enterprise_id == name.enterprise_id).collect();
    let old: Vec<String> = owned.iter().map(|other| other.name.clone()).collect();
    let new: Vec<String> = owned.iter().filter(|other| other.id != id).map(|other| other.name.clone()).collect();
    store::withdraw(cx, &granted, id, &reason).await?;
    store::index(cx, name.enterprise_id, &old, &new).await?;
    let change = Change::new("enterprise.name_withdrawn", "enterprise", held.id).note(Some(reason)).field(
        "names",
        Told::Text(name.name),
        Told::Nothing,
    );
    enterprise::note_of(cx, &granted, &held, owner.id, change).await
}

/// Whether a name is the one shown first or beside it.
pub fn is_shown(enterprise: &Enterprise, name: &Name) -> bool {
    name.enterprise_id == enterprise.id
        && ((enterprise.name == name.name && enterprise.name_language == name.language)
            || (enterprise.second_name.as_ref() == Some(&name.name)
                && enterprise.second_language.as_ref() == Some(&name.language)))
}

/// Chooses which of its names an enterprise is shown by, and which stands beside it.
pub async fn show(cx: &mut Cx, enterprise: Id, version: i64, first: Id, second: Option<Id>) -> Result<Enterprise> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let names = of(cx, held.id).await?;
    let own = |id: Id| match names.iter().find(|name| name.id == id) {
        Some(name) if name.enterprise_id == held.id => Ok(name.clone()),
        // After an unmerge it would be shown by a name that is not its own.
        Some(_) => Err(Error::conflict("name-of-merged")),
        None => Err(Error::NotFound),
    };
    let first = own(first)?;
    let second = match second.filter(|id| *id != first.id) {
        Some(id) => Some(own(id)?),
        None => None,
    };
    let text = |name: Option<&Name>| name.map(|name| name.name.clone());
    let since = enterprise::changed_since(cx, &held, Some(version)).await?;
    if since.contains("name") || since.contains("second_name") {
        let both = [
            ("first", text(Some(&first)), Some(held.name.clone())),
            ("second", text(second.as_ref()), held.second_name.clone()),
        ];
        agree(version, held.version, &both)?;
    }
    let change = Change::new("enterprise.name_shown", "enterprise", held.id)
        .field("name", Told::Text(held.name.clone()), Told::Text(first.name.clone()))
        .field("second_name", Told::text(held.second_name.as_deref()), Told::text(text(second.as_ref()).as_deref()));
    if change.fields.is_empty() {
        return Ok(held);
    }
    store::show(cx, &granted, held.id, &first, second.as_ref()).await?;
    enterprise::note(cx, &granted, &held, change).await?;
    enterprise::get(cx, held.id).await
}

fn refuse_twice(known: &[Name], but: Option<Id>, new: &Checked) -> Result<()> {
    let twice = known.iter().any(|name| {
        Some(name.id) != but && name.language == new.language && name.kind == new.kind && name.name == new.name
    });
    if twice { Err(Error::invalid("name", "name-already-held")) } else { Ok(()) }
}

/// The kinds of name as choices.
pub(crate) fn kinds(view: &platform::pages::View) -> Vec<ui::Choice> {
    NAME_KINDS.iter().map(|kind| ui::Choice::new(*kind, view.t(&kind_key(kind)))).collect()
}
