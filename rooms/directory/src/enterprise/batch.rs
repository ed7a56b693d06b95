//! A batch of an import: looked up in two queries, written in a handful.

use std::collections::{BTreeMap, HashMap};

use platform::audit::{Entry, Told};
use platform::import::{Ahead, Left, Mode, Outcome, Row, Undone};
use platform::search::fold;
use platform::{Cx, Error, Id, Problems, Result};

use super::import::read;
use super::new::Checked;
use super::{Enterprise, FIELDS, NewIdentifier, NewName, edit, register_many, store};
use crate::identifier::{self, GivenIdentifier};
use crate::name::{self, GivenName};
use crate::resemblance::{self, Asked};
use crate::written::{self, UNKNOWN, Written};
use crate::{EDIT, group};

/// Whom a row is about, among those held: by identifier first, then by a name that only one has.
enum Known {
    Nobody,
    One(Id),
    Several(Vec<Id>),
}

struct Held {
    identifiers: HashMap<(String, String, String), Id>,
    names: HashMap<String, Vec<Id>>,
    enterprises: HashMap<Id, Enterprise>,
}

impl Held {
    async fn look_up(cx: &mut Cx, rows: &[Result<Checked>]) -> Result<Self> {
        let good: Vec<&Checked> = rows.iter().filter_map(|row| row.as_ref().ok()).collect();
        let values: Vec<String> =
            good.iter().flat_map(|new| new.identifiers.iter().map(|identifier| identifier.value.clone())).collect();
        let keys: Vec<String> =
            good.iter().flat_map(|new| new.names.iter().map(|name| fold::sort_key(&name.name))).collect();
        let mut names: HashMap<String, Vec<Id>> = HashMap::new();
        for (key, id) in store::holders(cx, &keys).await? {
            names.entry(key).or_default().push(id);
        }
        let identifiers: HashMap<_, _> = store::identifier_holders(cx, &values)
            .await?
            .into_iter()
            .map(|(scheme, register, value, id)| ((scheme, register, value), id))
            .collect();
        let mut ids: Vec<Id> = identifiers.values().copied().chain(names.values().flatten().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        let enterprises = store::by_ids(cx, &ids).await?.into_iter().map(|held| (held.id, held)).collect();
        Ok(Self { identifiers, names, enterprises })
    }

    fn holder(&self, new: &NewIdentifier) -> Option<Id> {
        self.identifiers.get(&(new.scheme.clone(), new.register.clone(), new.value.clone())).copied()
    }

    fn has_name(&self, id: Id, name: &NewName) -> bool {
        self.names.get(&fold::sort_key(&name.name)).is_some_and(|ids| ids.contains(&id))
    }

    fn known(&self, new: &Checked) -> Known {
        let by_identifier = new.identifiers.iter().find_map(|identifier| self.holder(identifier));
        let mut ids: Vec<Id> = new
            .names
            .iter()
            .filter_map(|name| self.names.get(&fold::sort_key(&name.name)))
            .flatten()
            .copied()
            .collect();
        if let Some(id) = by_identifier {
            // The number is one's and the name another's: a person must say which it is.
            if ids.is_empty() || ids.contains(&id) {
                return Known::One(id);
            }
            ids.push(id);
        }
        ids.sort_unstable();
        ids.dedup();
        match ids[..] {
            [] => Known::Nobody,
            [id] => Known::One(id),
            _ => Known::Several(ids),
        }
    }
}

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    if mode == Mode::Check || cx.kept.get::<Left>().0 {
        // Before the first question to the database: nobody waits for a transaction meanwhile.
        resemblance::ready(&cx.house.clone(), resemblance::LONG_PATIENCE).await;
    }
    let mut checked: Vec<Result<Checked>> = rows.iter().map(|row| read(cx, row)).collect();
    find_parents(cx, rows, &mut checked).await?;
    // What is told before anything is kept need not be found again, unless such rows are left for a person.
    let leaves = cx.kept.get::<Left>().0;
    let looks = leaves || mode == Mode::Check;
    let (held, mut alike) = if looks {
        let asked: Vec<Asked> = checked
            .iter()
            .map(|row| row.as_ref().map_or_else(|_| Asked::default(), |new| Asked::of_new(cx, new)))
            .collect();
        // Memory is asked on other cores while the database answers.
        let house = cx.house.clone();
        let (held, found) = tokio::join!(Held::look_up(cx, &checked), resemblance::rows::find(&house, &asked));
        let found = resemblance::rows::alike(cx, found?).await?;
        (held?, found)
    } else {
        (Held::look_up(cx, &checked).await?, Vec::new())
    };
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut news: Vec<(usize, Checked)> = Vec::new();
    // A name that comes twice in one batch is the same enterprise the second time.
    let mut here: HashMap<String, usize> = HashMap::new();
    for (place, new) in checked.into_iter().enumerate() {
        let new = match new {
            Ok(new) => new,
            Err(Error::Invalid(problems)) => {
                outcomes.push(Outcome::Refused(problems));
                continue;
            }
            Err(other) => return Err(other),
        };
        let known_as = match held.known(&new) {
            // Several that people said are the same are one.
            Known::Several(ids) => match resemblance::review::one_of(cx, &ids).await? {
                Some(id) => Known::One(id),
                None => Known::Several(ids),
            },
            other => other,
        };
        match known_as {
            Known::Several(ids) => {
                let likely = ids.iter().filter_map(|id| held.enterprises.get(id));
                outcomes.push(Outcome::Resembles(
                    likely.map(|held| (held.id, held.name.clone(), "resembles-name")).collect(),
                ));
            }
            Known::One(id) => {
                let outcome = known(cx, &held, id, &new, mode).await;
                outcomes.push(written::outcome(outcome, "names")?);
            }
            Known::Nobody => {
                let keys: Vec<String> = new.names.iter().map(|name| fold::sort_key(&name.name)).collect();
                let identifiers =
                    new.identifiers.iter().map(|id| format!("\u{1}{}|{}|{}", id.scheme, id.register, id.value));
                let all: Vec<String> = keys.into_iter().chain(identifiers).collect();
                if all.iter().any(|key| here.contains_key(key)) {
                    outcomes.push(Outcome::Same(Id(0)));
                    continue;
                }
                let alike = alike.get_mut(place).map(std::mem::take).unwrap_or_default();
                if leaves && alike.iter().any(|one| one.likely) {
                    let likely =
                        alike.into_iter().filter(|one| one.likely).map(|one| (one.id, one.name, "resembles-name"));
                    outcomes.push(Outcome::Resembles(likely.collect()));
                    continue;
                }
                here.extend(all.into_iter().map(|key| (key, place)));
                outcomes.push(if alike.is_empty() { Outcome::Created(Id(0)) } else { Outcome::Alike(Id(0), alike) });
                news.push((place, new));
            }
        }
    }
    if mode == Mode::Keep && !news.is_empty() {
        let (places, news): (Vec<usize>, Vec<Checked>) = news.into_iter().unzip();
        let ids = register_many(cx, news).await?;
        for (place, id) in places.into_iter().zip(ids) {
            outcomes[place] = Outcome::Created(id);
        }
    }
    Ok(outcomes)
}

/// Finds the parents that rows name, each spelling once. One that comes later in the same file is not
/// there yet: its rows are taken again when it is.
async fn find_parents(cx: &mut Cx, rows: &[Row], checked: &mut [Result<Checked>]) -> Result<()> {
    let mut names = Written::default();
    let ahead = cx.kept.get::<Ahead>();
    for (row, new) in rows.iter().zip(checked) {
        let (Some(text), Ok(held)) = (row.get("parent"), new.as_mut()) else { continue };
        let mut problems = Problems::default();
        held.parent = names.find(cx, &mut problems, "parent", text).await?;
        let comes = ahead.has(text) && problems.all().iter().all(|problem| problem.key == UNKNOWN);
        if !problems.is_empty() && !comes {
            *new = Err(Error::Invalid(problems));
        }
    }
    Ok(())
}

/// A row about an enterprise we hold: what it says differently is changed, and nothing else.
async fn known(cx: &mut Cx, held: &Held, id: Id, new: &Checked, mode: Mode) -> Result<Outcome> {
    let Some(enterprise) = held.enterprises.get(&id) else {
        // An identifier of a record out of reach: told, without telling whose it is.
        let mut problems = Problems::default();
        problems.add(identified_in(new), "enterprise-identifier-held");
        return Ok(Outcome::Refused(problems));
    };
    if enterprise.retired_at.is_some() {
        let mut problems = Problems::default();
        problems.add(identified_in(new), "enterprise-retired");
        return Ok(Outcome::Refused(problems));
    }
    let mut differing: BTreeMap<String, Option<String>> = new
        .fields
        .iter()
        .filter(|(field, value)| value.is_some() && enterprise.value(field) != **value)
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    if let Some(parent) = new.parent.as_ref().filter(|parent| enterprise.parent_id != Some(parent.id)) {
        let mut problems = Problems::default();
        group::fits(cx, &mut problems, id, parent.id).await?;
        if !problems.is_empty() {
            return Ok(Outcome::Refused(at_parent(&problems)));
        }
        differing.insert("parent_id".to_owned(), Some(parent.id.to_string()));
    }
    let names: Vec<&NewName> = new.names.iter().filter(|name| !held.has_name(id, name)).collect();
    let identifiers: Vec<&NewIdentifier> =
        new.identifiers.iter().filter(|identifier| held.holder(identifier) != Some(id)).collect();
    if differing.is_empty() && names.is_empty() && identifiers.is_empty() {
        return Ok(Outcome::Same(id));
    }
    let counted = super::correct::COUNTED.into_iter().find(|field| differing.contains_key(*field));
    if let Some(field) = counted
        && let Some(release) = platform::frozen::of(cx, "enterprise", id).await?
    {
        let mut problems = Problems::default();
        problems.add_with(field, "enterprise-frozen", &[("release", release)]);
        return Ok(Outcome::Refused(problems));
    }
    let mut changes: Vec<platform::audit::FieldChange> = differing
        .iter()
        .map(|(field, value)| platform::audit::FieldChange {
            field: field.clone(),
            old: super::told(field, enterprise.value(field).as_deref()),
            new: match &new.parent {
                Some(parent) if field == "parent_id" => Told::record("enterprise", parent.id, &parent.name),
                _ => super::told(field, value.as_deref()),
            },
        })
        .collect();
    let added = |field: &str, words: &str| platform::audit::FieldChange {
        field: field.to_owned(),
        old: Told::Nothing,
        new: Told::Text(words.to_owned()),
    };
    changes.extend(names.iter().map(|name| added("names", &name.name)));
    changes.extend(identifiers.iter().map(|identifier| added("identifiers", &identifier.value)));
    if let Some(other) = identifiers.iter().find_map(|identifier| held.holder(identifier)) {
        return Err(identifier::held_by(cx, other).await?);
    }
    if mode == Mode::Keep {
        if !differing.is_empty() {
            edit(cx, id, enterprise.version, differing).await?;
        }
        for NewName { name, language, kind } in names.into_iter().cloned() {
            name::add(cx, id, GivenName { name, language, kind, ..GivenName::default() }).await?;
        }
        for NewIdentifier { scheme, register, value } in identifiers.into_iter().cloned() {
            identifier::add(cx, id, GivenIdentifier { scheme, register, value, ..Default::default() }).await?;
        }
    }
    Ok(Outcome::Changed(id, changes))
}

/// The column by which a row says whom it is about.
fn identified_in(new: &Checked) -> &'static str {
    match new.identifiers.first().map(|identifier| identifier.scheme.as_str()) {
        Some("lei") => "lei",
        Some("registry") => "registry_number",
        Some(_) => "listing_code",
        None => "name_en",
    }
}

/// What is said of a parent, at the column that names it.
fn at_parent(found: &Problems) -> Problems {
    let mut problems = Problems::default();
    for problem in found.all() {
        let args: Vec<(&str, String)> =
            problem.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        problems.add_with("parent", &problem.key, &args);
    }
    problems
}

/// Reverses entries, latest first: what was registered is retired, what was edited is put back.
pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let granted = cx.require(&EDIT)?;
    let note = written::reason(cx, cx.note.clone().as_deref());
    let ids: Vec<Id> = entries.iter().map(|entry| entry.subject_id).collect();
    let mut versions: HashMap<Id, i64> = store::versions(cx, &ids).await?.into_iter().collect();
    let mut answers = Vec::with_capacity(entries.len());
    let mut retire: Vec<&Entry> = Vec::new();
    for entry in entries {
        let untouched = versions.get(&entry.subject_id).copied() == entry.subject_version;
        let known = versions.contains_key(&entry.subject_id);
        answers.push(match entry.verb.as_str() {
            "enterprise.registered" | "enterprise.edited" if !known => Undone::Nothing,
            "enterprise.registered" if untouched => {
                retire.push(entry);
                Undone::Reversed
            }
            "enterprise.edited" if untouched => {
                let before = store::get(cx, entry.subject_id).await?;
                let back: BTreeMap<String, Option<String>> = entry
                    .fields()
                    .into_iter()
                    .filter(|change| FIELDS.iter().any(|(field, _)| *field == change.field))
                    .map(|change| (change.field, change.old.raw()))
                    .collect();
                let done = edit(cx, entry.subject_id, before.version, back).await.map(drop);
                if done.is_ok() {
                    // The record now stands as the entry before this one left it.
                    versions.insert(entry.subject_id, entry.subject_version.unwrap_or_default() - 1);
                }
                written::undone(done)?
            }
            // What was added is taken back whatever else was changed since: nothing stands on it.
            "enterprise.named" | "enterprise.identified" => {
                let part = written::told_record(entry, "name").or_else(|| written::told_record(entry, "identifier"));
                let done = match (part, entry.verb.as_str()) {
                    (None, _) => Err(Error::NotFound),
                    (Some(part), "enterprise.named") => name::withdraw(cx, entry.subject_id, part, &note).await,
                    (Some(part), _) => identifier::withdraw(cx, entry.subject_id, part, &note).await,
                };
                if untouched && done.is_ok() {
                    // The record now stands as the entry before this one left it.
                    versions.insert(entry.subject_id, entry.subject_version.unwrap_or_default() - 1);
                }
                written::undone(done)?
            }
            "enterprise.registered" | "enterprise.edited" => Undone::KeptTouched,
            _ => Undone::Nothing,
        });
    }
    let ids: Vec<Id> = retire.iter().map(|entry| entry.subject_id).collect();
    store::set_retired(cx, &granted, &ids, Some(&note)).await?;
    for entry in retire {
        cx.record(
            platform::audit::Change::new("enterprise.retired", "enterprise", entry.subject_id)
                .label(entry.subject_label.clone())
                .version(entry.subject_version.unwrap_or_default() + 1),
        );
    }
    Ok(answers)
}
