//! A batch of people from a file: new ones in a few statements, known ones brought up to date by the
//! same verbs a person would use.

use std::collections::{BTreeMap, HashMap, HashSet};

use platform::audit::{Entry, FieldChange, Told};
use platform::forms::Loose;
use platform::import::{Earlier, Mode, Outcome, Row, Said, Seen, Undone, said_otherwise};
use platform::search::fold::{identity_key, sort_key};
use platform::{Cx, Error, Id, Problems, Result};

use super::contact::{Contact, GivenContact};
use super::import::read;
use super::post::{GivenPost, Post};
use super::{Checked, Person, add_many, consent, contact, edit, post, store, told};
use crate::enterprise::Brief;
use crate::written::{self, Written};
use crate::{CONTACT, EDIT, enterprise};

/// What is held of the people that a batch may be about.
#[derive(Default)]
struct Held {
    people: HashMap<Id, Person>,
    /// The record that stands for the enterprise of each.
    at: HashMap<Id, Id>,
    /// By the record that stands for their enterprise, and by either name.
    names: HashMap<(Id, String), Vec<Id>>,
    /// As `names`, by the folded form: whose name is nearly so.
    nearly: HashMap<(Id, String), Vec<Id>>,
    posts: HashMap<Id, Vec<Post>>,
    contacts: HashMap<Id, Vec<Contact>>,
    consented: HashSet<Id>,
}

impl Held {
    async fn look_up(cx: &mut Cx, enterprises: &[Id]) -> Result<Self> {
        let members: HashMap<Id, Id> = enterprise::members_of(cx, enterprises).await?.into_iter().collect();
        let all: Vec<Id> = members.keys().copied().collect();
        let mut held = Self::default();
        let people = store::held(cx, &all).await?;
        let ids: Vec<Id> = people.iter().map(|person| person.id).collect();
        for person in people {
            let Some(survivor) = members.get(&person.enterprise_id).copied() else { continue };
            for name in [Some(&person.name), person.second_name.as_ref()].into_iter().flatten() {
                for (held, key) in [(&mut held.names, identity_key(name)), (&mut held.nearly, sort_key(name))] {
                    let ids = held.entry((survivor, key)).or_default();
                    if !ids.contains(&person.id) {
                        ids.push(person.id);
                    }
                }
            }
            held.at.insert(person.id, survivor);
            held.people.insert(person.id, person);
        }
        for post in post::present_of(cx, &ids).await? {
            held.posts.entry(post.person_id).or_default().push(post);
        }
        for contact in contact::of_many(cx, &ids).await? {
            held.contacts.entry(contact.person_id).or_default().push(contact);
        }
        held.consented = consent::standing_of(cx, &ids).await?.into_iter().collect();
        Ok(held)
    }

    /// Whom a row is about: by the key it gives, which is of that enterprise, else by a name that only
    /// one there has.
    fn known(&self, enterprise: Id, row: &Row, new: &Checked) -> Result<Vec<Id>, Problems> {
        let Some(key) = row.get("id") else {
            return Ok(self.names.get(&(enterprise, identity_key(&new.name))).cloned().unwrap_or_default());
        };
        let found = key.parse::<Id>().ok().filter(|id| self.at.get(id) == Some(&enterprise));
        found.map(|id| vec![id]).ok_or_else(|| {
            let mut problems = Problems::default();
            problems.add("id", "person-id-unknown");
            problems
        })
    }

    /// Those there whose name is a row's but for marks and signs: a person says whether they are the same.
    fn nearly(&self, enterprise: Id, new: &Checked) -> Outcome {
        let key = sort_key(&new.name);
        let ids = self.nearly.get(&(enterprise, key.clone())).filter(|_| !key.is_empty());
        resembling(ids.into_iter().flatten().filter_map(|id| self.people.get(id)))
    }
}

fn resembling<'a>(likely: impl Iterator<Item = &'a Person>) -> Outcome {
    Outcome::Resembles(likely.map(|person| (person.id, person.name.clone(), "resembles-person")).collect())
}

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let granted = cx.require(&EDIT)?;
    let mut names = Written::default();
    let mut read_rows: Vec<(Option<(Brief, Checked)>, Problems)> = Vec::with_capacity(rows.len());
    for row in rows {
        let mut problems = Problems::default();
        let brief = names.find(cx, &mut problems, "enterprise", &row.text("enterprise")).await?;
        let checked = match checked(cx, row) {
            Ok(checked) => Some(checked),
            Err(Error::Invalid(more)) => {
                problems.extend(more);
                None
            }
            Err(other) => return Err(other),
        };
        read_rows.push((brief.zip(checked), problems));
    }
    let mut enterprises: Vec<Id> =
        read_rows.iter().filter_map(|(good, _)| good.as_ref().map(|(brief, _)| brief.id)).collect();
    enterprises.sort_unstable();
    enterprises.dedup();
    let held = Held::look_up(cx, &enterprises).await?;
    let seen = cx.kept.get::<Seen>();
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut news: Vec<(usize, (Id, String, Checked))> = Vec::new();
    for (place, (row, (good, problems))) in rows.iter().zip(read_rows).enumerate() {
        let Some((brief, new)) = good.filter(|_| problems.is_empty()) else {
            outcomes.push(Outcome::Refused(problems));
            continue;
        };
        let people = match held.known(brief.id, row, &new) {
            Ok(people) => people,
            Err(problems) => {
                outcomes.push(Outcome::Refused(problems));
                continue;
            }
        };
        // Who has a key is told apart by it from others of the same name.
        let by_key = row.get("id").is_some();
        let mut marks: Vec<String> = people.iter().map(|id| format!("key {id}")).collect();
        if !by_key {
            marks.push(format!("name {} {}", brief.id, identity_key(&new.name)));
        }
        let said = Said::in_row(row, &["enterprise", "id"]);
        let earlier = if people.len() > 1 { None } else { seen.earlier(&marks, row, &said) };
        match earlier {
            Some(Earlier::Same(_)) => {
                outcomes.push(Outcome::Same(people.first().copied().unwrap_or(Id(0))));
                continue;
            }
            Some(Earlier::Otherwise(earlier)) => {
                let column = if by_key { "id" } else { "name" };
                outcomes.push(Outcome::Refused(said_otherwise(column, earlier)));
                continue;
            }
            None => {}
        }
        match people[..] {
            [] => match (reachable(&new, false), held.nearly(brief.id, &new)) {
                (Ok(()), Outcome::Resembles(likely)) if !likely.is_empty() => {
                    outcomes.push(Outcome::Resembles(likely));
                }
                (Ok(()), _) => {
                    outcomes.push(Outcome::Created(Id(0)));
                    seen.note(&marks, row, said);
                    news.push((place, (brief.id, brief.name, new)));
                }
                (Err(problems), _) => outcomes.push(Outcome::Refused(problems)),
            },
            [id] => {
                let outcome = written::outcome(known(cx, &held, id, by_key, &new, mode).await, "name")?;
                if !matches!(outcome, Outcome::Refused(_)) {
                    seen.note(&marks, row, said);
                }
                outcomes.push(outcome);
            }
            ref several => outcomes.push(resembling(several.iter().filter_map(|id| held.people.get(id)))),
        }
    }
    if mode == Mode::Keep && !news.is_empty() {
        let (places, news): (Vec<usize>, Vec<_>) = news.into_iter().unzip();
        let ids = add_many(cx, &granted, news).await?;
        for (place, id) in places.into_iter().zip(ids) {
            outcomes[place] = Outcome::Created(id);
        }
    }
    Ok(outcomes)
}

/// A row that meets the rules; whether a consent is missing depends on whom it is about.
fn checked(cx: &Cx, row: &Row) -> Result<Checked> {
    match read(row).checked(cx) {
        Err(Error::Invalid(problems)) => {
            let missing = |problem: &platform::Problem| problem.key == "problem-consent-missing";
            if problems.all().iter().any(|problem| !missing(problem)) {
                return Err(Error::Invalid(problems));
            }
            let mut dated = read(row);
            dated.consent_on = cx.today().to_string();
            let mut checked = dated.checked(cx)?;
            checked.consent_on = None;
            Ok(checked)
        }
        other => other,
    }
}

fn reachable(new: &Checked, consented: bool) -> Result<(), Problems> {
    let mut problems = Problems::default();
    let fits = new.contacts.is_empty() || new.consent_on.is_some() || consented;
    problems.require(fits, "consent_on", "problem-consent-missing");
    if fits { Ok(()) } else { Err(problems) }
}

/// A row about somebody held: what it says differently is changed, and nothing else; their name where
/// the row tells them by their key. Everything that may refuse it is asked before any of it is written.
async fn known(cx: &mut Cx, held: &Held, id: Id, by_key: bool, new: &Checked, mode: Mode) -> Result<Outcome> {
    let Some(person) = held.people.get(&id) else { return Err(Error::NotFound) };
    let mut changes: Vec<FieldChange> = Vec::new();
    let mut fields: BTreeMap<String, Option<String>> = BTreeMap::new();
    let name = Some(new.name.clone()).filter(|_| by_key);
    let standard = [("name", &name), ("second_name", &new.second_name), ("languages", &new.languages)];
    let own = new.own.iter().map(|(field, value)| (field.as_str(), value));
    for (field, value) in standard.into_iter().chain(own) {
        if value.is_some() && person.value(field) != *value {
            fields.insert(field.to_owned(), value.clone());
            let (old, new) = (told(cx, field, person.value(field)), told(cx, field, value.clone()));
            changes.push(FieldChange { field: field.into(), old, new });
        }
    }
    let posts = held.posts.get(&id).map(Vec::as_slice).unwrap_or_default();
    let title = new.post.as_ref().filter(|title| !posts.iter().any(|post| post.title == **title));
    if let Some(title) = title {
        let old = posts.last().map(|post| post.title.as_str());
        changes.push(FieldChange { field: "post".into(), old: Told::text(old), new: Told::Text(title.clone()) });
    }
    let reach = held.contacts.get(&id).map(Vec::as_slice).unwrap_or_default();
    let ways: Vec<&(String, String)> = new
        .contacts
        .iter()
        .filter(|(kind, value)| !reach.iter().any(|held| held.kind == *kind && held.value == *value))
        .collect();
    for (kind, _) in &ways {
        // What it is stays out of the preview, which is kept.
        let there = reach.iter().any(|held| held.kind == *kind);
        let told = Told::code(kind, &contact::kind_key(kind));
        let old = if there { told.clone() } else { Told::Nothing };
        changes.push(FieldChange { field: "contact".into(), old, new: told });
    }
    if !ways.is_empty() {
        cx.require(&CONTACT)?;
        reachable(new, held.consented.contains(&id)).map_err(Error::Invalid)?;
    }
    if changes.is_empty() {
        return Ok(Outcome::Same(id));
    }
    enterprise::to_edit(cx, person.enterprise_id).await?;
    let from = new.post_from.unwrap_or_else(|| cx.today());
    if title.is_some() && posts.iter().any(|post| post.valid_from.is_some_and(|began| began > from)) {
        return Err(Error::invalid("post_from", "person-post-before"));
    }
    if mode == Mode::Keep {
        keep(cx, person, fields, posts, title, reach, &ways, new, held.consented.contains(&id)).await?;
    }
    Ok(Outcome::Changed(id, changes))
}

#[allow(clippy::too_many_arguments)] // What differs, part by part.
async fn keep(
    cx: &mut Cx,
    person: &Person,
    fields: BTreeMap<String, Option<String>>,
    posts: &[Post],
    title: Option<&String>,
    reach: &[Contact],
    ways: &[&(String, String)],
    new: &Checked,
    consented: bool,
) -> Result<()> {
    if !fields.is_empty() {
        edit(cx, person.id, person.version, fields).await?;
    }
    if let Some(title) = title {
        let from = new.post_from.unwrap_or_else(|| cx.today());
        for former in posts {
            let began = former.valid_from.map(|day| day.to_string());
            let end = from.previous_day().filter(|end| former.valid_from.is_none_or(|began| began <= *end));
            let given = GivenPost {
                title: former.title.clone(),
                valid_from: began.into(),
                valid_to: Loose(end.unwrap_or(from).to_string()),
            };
            post::correct(cx, person.id, former.id, former.version, given).await?;
        }
        let given = GivenPost { title: title.clone(), valid_from: Loose(from.to_string()), valid_to: Loose::default() };
        post::hold(cx, person.id, given).await?;
    }
    if let (Some(day), false, false) = (new.consent_on, ways.is_empty(), consented) {
        consent::take_over(cx, person.id, day, &new.consent_how, &new.consent_purpose).await?;
    }
    let note = written::reason(cx, None);
    for (kind, value) in ways {
        for former in reach.iter().filter(|held| held.kind == *kind) {
            contact::withdraw(cx, person.id, former.id, &note).await?;
        }
        contact::add(cx, person.id, GivenContact { kind: kind.clone(), value: value.clone() }).await?;
    }
    Ok(())
}

/// Whom an import added is retired; what it changed goes back, unless somebody changed it since.
pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let note = written::reason(cx, cx.note.clone().as_deref());
    let ids: Vec<Id> =
        entries.iter().filter(|entry| entry.subject_kind == "person").map(|entry| entry.subject_id).collect();
    let mut people: HashMap<Id, Person> =
        store::by_ids(cx, &ids).await?.into_iter().map(|person| (person.id, person)).collect();
    let mut answers = Vec::with_capacity(entries.len());
    for entry in entries {
        let person = people.get(&entry.subject_id).filter(|_| entry.subject_kind == "person");
        // What is told of the person on their enterprise follows from their own entry.
        let Some(person) = person.cloned() else {
            answers.push(Undone::Nothing);
            continue;
        };
        // Added and retired by whomever, they are as an undo would leave them.
        if person.retired_at.is_some() && entry.verb == "person.added" {
            answers.push(Undone::Nothing);
            continue;
        }
        let (id, mut left) = (person.id, false);
        let done = match (entry.verb.as_str(), told_part(entry)) {
            ("person.added", _) if entry.subject_version != Some(person.version) => {
                Err(Error::conflict("record-changed-meanwhile"))
            }
            ("person.added", _) => super::retire(cx, id, &note).await,
            ("person.edited", _) => {
                let put = put_back(cx, entry, &person).await;
                left = matches!(put, Ok(true));
                put.map(drop)
            }
            ("person.post_held", Some(part)) => post::withdraw(cx, id, part, &note).await,
            ("person.post_corrected", Some(part)) => reopen(cx, entry, id, part).await,
            ("person.contact_added", Some(part)) => contact::withdraw(cx, id, part, &note).await,
            ("person.consent_given", Some(part)) => consent::take_back(cx, id, part, &note).await,
            ("person.contact_withdrawn", Some(part)) => contact::reinstate(cx, id, part).await,
            _ => {
                answers.push(Undone::Nothing);
                continue;
            }
        };
        let reversed = done.is_ok() && !left;
        answers.push(match written::undone(done)? {
            Undone::Reversed if left => Undone::InPart,
            other => other,
        });
        if reversed {
            // As the entry before this one left them, so that it can be reversed too.
            if let Some(held) = people.get_mut(&id) {
                held.version = entry.subject_version.unwrap_or_default() - 1;
            }
        }
    }
    Ok(answers)
}

fn told_part(entry: &Entry) -> Option<Id> {
    ["post", "contact", "consent"].into_iter().find_map(|kind| written::told_record(entry, kind))
}

/// Puts the fields of an entry back, but those that somebody has changed since: answers whether any of them stays.
async fn put_back(cx: &mut Cx, entry: &Entry, person: &Person) -> Result<bool> {
    let stands = store::by_ids(cx, &[person.id]).await?.into_iter().next().ok_or(Error::NotFound)?;
    let (mut fields, mut left) = (BTreeMap::new(), false);
    for change in entry.fields() {
        if stands.value(&change.field) == change.new.raw() {
            fields.insert(change.field, change.old.raw());
        } else {
            left = true;
        }
    }
    if fields.is_empty() {
        return Err(Error::conflict("record-changed-meanwhile"));
    }
    edit(cx, person.id, stands.version, fields).await.map(|_| left)
}

/// A post that the import ended is held again.
async fn reopen(cx: &mut Cx, entry: &Entry, person: Id, id: Id) -> Result<()> {
    let held = post::of(cx, person).await?.into_iter().find(|post| post.id == id).ok_or(Error::NotFound)?;
    let end = entry.fields().into_iter().find(|change| change.field == "valid_to");
    let Some(end) = end.filter(|end| Told::day(held.valid_to) == end.new) else {
        return Err(Error::conflict("record-changed-meanwhile"));
    };
    let given = GivenPost {
        title: held.title.clone(),
        valid_from: held.valid_from.map(|day| day.to_string()).into(),
        valid_to: end.old.raw().into(),
    };
    post::correct(cx, person, id, held.version, given).await.map(drop)
}
