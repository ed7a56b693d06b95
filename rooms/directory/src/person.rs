//! People in enterprises: names, posts, languages, ways of contact and the consent for them. Who may
//! see the enterprise may see its people; ways of contact need a permission of their own.

use std::collections::BTreeMap;

use platform::audit::{self, Change, Told};
use platform::clock::At;
use platform::forms::{Loose, says_again};
use platform::own_field::{self, Own};
use platform::permission::Granted;
use platform::room::Found;
use platform::search::fold;
use platform::{Cx, Error, Id, Problem, Problems, Result, version};
use serde::Serialize;
use sqlx::FromRow;

use crate::enterprise::{self, Enterprise};
use crate::entry::{self, Both};
use crate::{EDIT, READ};

pub mod api;
mod batch;
pub mod consent;
pub mod contact;
pub mod export;
mod history;
pub mod import;
pub mod list;
mod new;
pub mod pages;
pub mod post;
mod store;

pub use new::{Checked, NewPerson};
pub use store::count_of;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
pub struct Person {
    pub id: Id,
    pub enterprise_id: Id,
    pub name: String,
    pub second_name: Option<String>,
    pub languages: Option<String>,
    pub version: i64,
    pub created_at: At,
    pub retired_at: Option<At>,
    pub retired_reason: Option<String>,
    #[sqlx(try_from = "String")]
    pub own: Own,
}

/// The kind of record that people are, where the office has fields of its own.
pub(crate) const SUBJECT: &str = "person";

/// Fields that may be edited one by one.
pub const FIELDS: [&str; 3] = ["name", "second_name", "languages"];

impl Person {
    pub fn value(&self, field: &str) -> Option<String> {
        match field {
            "name" => Some(self.name.clone()),
            "second_name" => self.second_name.clone(),
            "languages" => self.languages.clone(),
            field => self.own.get(own_field::code_of(field)?).map(str::to_owned),
        }
    }

    /// As a program is told of them: with what the caller sees of fields of the office's own.
    fn told(mut self, cx: &Cx) -> Self {
        self.own.give(cx, SUBJECT);
        self
    }
}

/// A person within reach, and the enterprise they are with.
pub async fn get(cx: &mut Cx, id: Id) -> Result<(Person, Enterprise)> {
    cx.require(&READ)?;
    let person = store::get(cx, id).await?;
    let held = enterprise::get(cx, person.enterprise_id).await?;
    Ok((person, held))
}

/// A person that the actor may write to now: neither they nor their enterprise is retired.
pub(crate) async fn to_edit(cx: &mut Cx, id: Id) -> Result<(Person, Enterprise, Granted)> {
    let person = store::get(cx, id).await?;
    let (held, granted) = enterprise::to_edit(cx, person.enterprise_id).await?;
    match person.retired_at {
        Some(_) => Err(Error::conflict("person-retired")),
        None => Ok((person, held, granted)),
    }
}

/// Notes a change of a person, who goes one version on.
pub(crate) async fn note(cx: &mut Cx, granted: &Granted, person: &Person, change: Change) -> Result<()> {
    let version = store::touch(cx, granted, person.id).await?;
    cx.record(change.label(&person.name).version(version));
    Ok(())
}

/// Adds a person to an enterprise. One whom the enterprise's people resemble is refused with the
/// likely ones named, unless it is said to be none of them.
pub async fn add(cx: &mut Cx, enterprise: Id, new: NewPerson) -> Result<Person> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let checked = new.checked(cx)?;
    if !new.distinct_from_resembling {
        let likely = resembling(cx, held.id, &checked).await?;
        if !likely.is_empty() {
            let reasons = likely
                .into_iter()
                .map(|person| Problem {
                    field: person.id.to_string(),
                    key: "resembles-person".to_owned(),
                    args: vec![
                        ("name".to_owned(), person.name),
                        ("second".to_owned(), person.second_name.unwrap_or_default()),
                    ],
                })
                .collect();
            return Err(Error::Conflict(Box::new(platform::error::Conflict {
                key: "person-resembles".to_owned(),
                reasons,
                ..Default::default()
            })));
        }
    }
    let ids = add_many(cx, &granted, vec![(held.id, held.name, checked)]).await?;
    let id = ids.first().copied().ok_or_else(|| Error::unexpected("nobody was added"))?;
    store::get(cx, id).await
}

/// Adds checked people in few statements; answers their keys in order.
pub(crate) async fn add_many(cx: &mut Cx, granted: &Granted, news: Vec<(Id, String, Checked)>) -> Result<Vec<Id>> {
    let rows: Vec<(Id, Checked)> = news.iter().map(|(enterprise, _, new)| (*enterprise, new.clone())).collect();
    let ids = store::insert_many(cx, granted, &rows).await?;
    for (id, (enterprise, enterprise_name, new)) in ids.iter().zip(news) {
        // Ways of contact are personal data: the audit says which kinds were given, not what they are.
        let kinds: Vec<&str> = new.contacts.iter().map(|(kind, _)| kind.as_str()).collect();
        let mut change = Change::new("person.added", "person", *id);
        for (field, value) in &new.own {
            change = change.set(field, told(cx, field, value.clone()));
        }
        cx.record(
            change
                .label(&new.name)
                .version(1)
                .set("name", Told::Text(new.name.clone()))
                .set("second_name", Told::text(new.second_name.as_deref()))
                .set("languages", Told::languages(new.languages.as_deref()))
                .set("post", Told::text(new.post.as_deref()))
                .set("contact", if kinds.is_empty() { Told::Nothing } else { Told::Text(kinds.join(", ")) })
                .set("consent_on", Told::day(new.consent_on)),
        );
        cx.record(
            Change::new("person.added", "enterprise", enterprise)
                .label(enterprise_name)
                .set("person", Told::record("person", *id, &new.name)),
        );
    }
    Ok(ids)
}

/// People of an enterprise whom a new one may be, by any of their names.
pub async fn resembling(cx: &mut Cx, survivor: Id, new: &Checked) -> Result<Vec<Person>> {
    let members = enterprise::members(cx, survivor).await?;
    let keys: Vec<String> =
        [Some(&new.name), new.second_name.as_ref()].into_iter().flatten().map(|name| fold::sort_key(name)).collect();
    store::by_keys(cx, &members, &keys).await
}

/// A field's value as the audit tells it.
pub(crate) fn told(cx: &Cx, field: &str, value: Option<String>) -> Told {
    match field {
        "languages" => Told::languages(value.as_deref()),
        own if own_field::code_of(own).is_some() => own_field::told(cx, SUBJECT, own, value.as_deref()),
        _ => Told::text(value.as_deref()),
    }
}

/// Changes fields. Where somebody changed other fields since, both edits live; where they changed
/// the same, this one is refused with both versions.
pub async fn edit(cx: &mut Cx, id: Id, version: i64, edit: BTreeMap<String, Option<String>>) -> Result<Person> {
    let (before, _, granted) = to_edit(cx, id).await?;
    let mut problems = Problems::default();
    let mut after = before.clone();
    for (field, value) in &edit {
        // What is held already is not asked about again: the rest can be repaired beside it.
        let own = own_field::code_of(field);
        let known = own.is_some() && !own_field::is_hidden(cx, SUBJECT, field) || FIELDS.contains(&field.as_str());
        if known && says_again(value.as_deref(), before.value(field).as_deref()) {
            continue;
        }
        if let Some(code) = own {
            if let Some(value) = own_field::checked(cx, &mut problems, SUBJECT, field, value.as_deref()) {
                after.own.set(code, value);
            }
            continue;
        }
        let value = new::field(&mut problems, field, value.as_deref().unwrap_or_default());
        match field.as_str() {
            "name" => after.name = value.unwrap_or_default(),
            "second_name" => after.second_name = value,
            "languages" => after.languages = value,
            _ => problems.add(field, "problem-field-unknown"),
        }
    }
    problems.into_result()?;
    let own = edit.keys().map(String::as_str).filter(|field| own_field::code_of(field).is_some());
    let changed: Vec<&str> =
        FIELDS.into_iter().chain(own).filter(|field| before.value(field) != after.value(field)).collect();
    if version::is_older(version, before.version)? {
        let since = audit::read::since_version(cx, "person", id, version).await?;
        let theirs: Vec<String> = since.iter().flat_map(audit::Entry::fields).map(|change| change.field).collect();
        let both: Vec<Both> = changed
            .iter()
            .copied()
            .filter(|field| theirs.iter().any(|changed| changed == field))
            .map(|field| (field, after.value(field), before.value(field)))
            .collect();
        entry::agree(version, before.version, &both)?;
    }
    if changed.is_empty() {
        return Ok(before);
    }
    let mut change = Change::new("person.edited", "person", id);
    for field in changed {
        change = change.field(field, told(cx, field, before.value(field)), told(cx, field, after.value(field)));
    }
    store::update(cx, &granted, &before, &after).await?;
    note(cx, &granted, &before, change).await?;
    store::get(cx, id).await
}

/// Moves a person to another enterprise from a day on: the posts at the former one end the day
/// before and stay readable.
pub async fn move_to(cx: &mut Cx, id: Id, to: &Loose, post: &str, from: &Loose) -> Result<Person> {
    let (person, held, granted) = to_edit(cx, id).await?;
    let mut problems = Problems::default();
    let other = enterprise::chosen(cx, &mut problems, "enterprise", to).await?;
    if other.as_ref().is_some_and(|other| other.id == held.id) {
        problems.add("enterprise", "person-already-there");
    }
    let title = problems.line("post", post, 300);
    let day = problems.day("valid_from", from.get()).unwrap_or_else(|| cx.today());
    problems.into_result()?;
    let other = other.ok_or(Error::NotFound)?;
    cx.require_on(&EDIT, other.relation())?;
    post::end_all(cx, &granted, id, day).await?;
    if !title.is_empty() {
        post::start(cx, &granted, id, other.id, &title, Some(day)).await?;
    }
    store::set_enterprise(cx, &granted, id, other.id).await?;
    // A person's history is read by who may read the enterprise they are with now, and each
    // enterprise's by its own readers: neither names one that they may not see.
    let named = |on: &Enterprise, of: &Enterprise| match enterprise::may_name(on, of) {
        true => Told::record("enterprise", of.id, &of.name),
        false => Told::Nothing,
    };
    let change = Change::new("person.moved", "person", id)
        .set("from", named(&other, &held))
        .set("to", Told::record("enterprise", other.id, &other.name))
        .set("valid_from", Told::Day(day))
        .set("post", if title.is_empty() { Told::Nothing } else { Told::Text(title) });
    note(cx, &granted, &person, change).await?;
    for (one, elsewhere, field) in [(&held, &other, "to"), (&other, &held, "from")] {
        cx.record(
            Change::new("person.moved", "enterprise", one.id)
                .label(&one.name)
                .set("person", Told::record("person", id, &person.name))
                .set(field, named(one, elsewhere)),
        );
    }
    store::get(cx, id).await
}

/// Of these people those whose enterprise is within reach.
pub(crate) async fn seen(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Id>> {
    let people = store::by_ids(cx, ids).await?;
    let at: Vec<Id> = people.iter().map(|person| person.enterprise_id).collect();
    let reached = enterprise::seen(cx, &at).await?;
    Ok(people.into_iter().filter(|person| reached.contains(&person.enterprise_id)).map(|person| person.id).collect())
}

/// Takes a person out of lists and search, with a reason and a way back.
pub async fn retire(cx: &mut Cx, id: Id, reason: &str) -> Result<()> {
    let (person, held, granted) = to_edit(cx, id).await?;
    let reason = entry::reason(reason)?;
    store::retire(cx, &granted, &[id], &reason).await?;
    said_of(cx, "person.retired", &person, &held, Some(reason));
    Ok(())
}

/// Brings a retired person back as they were.
pub async fn restore(cx: &mut Cx, id: Id, reason: &str) -> Result<()> {
    let person = store::get(cx, id).await?;
    let (held, granted) = enterprise::to_edit(cx, person.enterprise_id).await?;
    if person.retired_at.is_none() {
        return Err(Error::conflict("person-not-retired"));
    }
    let reason = entry::reason(reason)?;
    store::restore(cx, &granted, id).await?;
    said_of(cx, "person.restored", &person, &held, Some(reason));
    Ok(())
}

/// Notes on the person and on their enterprise what became of them.
fn said_of(cx: &mut Cx, verb: &'static str, person: &Person, held: &Enterprise, reason: Option<String>) {
    cx.record(
        Change::new(verb, "person", person.id).label(&person.name).version(person.version + 1).note(reason.clone()),
    );
    cx.record(
        Change::new(verb, "enterprise", held.id)
            .label(&held.name)
            .note(reason)
            .set("person", Told::record("person", person.id, &person.name)),
    );
}

/// For the palette and the search page: by any name, in any script.
pub async fn find(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<Found>> {
    let people = list::suggest(cx, typed, limit.clamp(1, 50)).await?;
    Ok(people
        .into_iter()
        .map(|listed| Found {
            kind: "person",
            href: format!("/people/{}", listed.id),
            sublabel: match listed.post {
                Some(post) => format!("{post} · {}", listed.enterprise_name),
                None => listed.enterprise_name,
            },
            label: listed.name,
            lang: String::new(),
        })
        .collect())
}
