//! A batch of an import: looked up in two queries, written in a handful.

use std::collections::{BTreeMap, HashMap, HashSet};

use platform::audit::Entry;
use platform::import::{
    Ahead, Alike, Earlier, Elsewhere, Left, Mode, Outcome, Row, Said, Seen, Undone, changed_since, said_otherwise,
};
use platform::own_field;
use platform::search::fold::identity_key;
use platform::{Cx, Error, Id, Problems, Result, sequences};

use super::import::{ELSEWHERE, read};
use super::new::Checked;
use super::{Bearers, Enterprise, FIELDS, NewIdentifier, NewName, edit, register_many, store};
use crate::resemblance::{self, Asked};
use crate::written::{self, UNKNOWN, Written};
use crate::{EDIT, identifier, name};

mod known;

use known::known;

/// Whom a row is about, among those held: by reference where it gives one, else by identifier, else by
/// a name that only one has.
enum Known {
    Nobody,
    One(Id),
    Several(Vec<Id>),
}

struct Held {
    references: HashMap<String, Id>,
    identifiers: HashMap<(String, String, String), Id>,
    bearers: Bearers,
    enterprises: HashMap<Id, Enterprise>,
}

impl Held {
    async fn look_up(cx: &mut Cx, rows: &[Row], checked: &[Result<Checked>]) -> Result<Self> {
        let good: Vec<&Checked> = checked.iter().filter_map(|row| row.as_ref().ok()).collect();
        let written: Vec<String> = rows.iter().filter_map(reference).collect();
        let references: HashMap<String, Id> = store::by_references(cx, &written).await?.into_iter().collect();
        let values: Vec<String> =
            good.iter().flat_map(|new| new.identifiers.iter().map(|identifier| identifier.value.clone())).collect();
        let names: Vec<&str> = good.iter().flat_map(|new| new.names.iter().map(|name| name.name.as_str())).collect();
        let bearers = Bearers::of(cx, &names).await?;
        let identifiers: HashMap<_, _> = store::identifier_holders(cx, &values)
            .await?
            .into_iter()
            .map(|(scheme, register, value, id)| ((scheme, register, value), id))
            .collect();
        let mut ids: Vec<Id> = references.values().chain(identifiers.values()).copied().collect();
        ids.extend(bearers.all());
        ids.sort_unstable();
        ids.dedup();
        let enterprises = store::by_ids(cx, &ids).await?.into_iter().map(|held| (held.id, held)).collect();
        Ok(Self { references, identifiers, bearers, enterprises })
    }

    fn holder(&self, new: &NewIdentifier) -> Option<Id> {
        self.identifiers.get(&(new.scheme.clone(), new.register.clone(), new.value.clone())).copied()
    }

    fn has_name(&self, id: Id, name: &NewName) -> bool {
        self.bearers.same(&name.name).contains(&id)
    }

    /// Adds to those that a row resembles the ones whose names are its own but for marks and signs.
    fn nearly_named(&self, new: &Checked, alike: &mut Vec<Alike>) {
        for id in new.names.iter().flat_map(|name| self.bearers.nearly(&name.name)) {
            match (alike.iter_mut().find(|one| one.id == id), self.enterprises.get(&id)) {
                (Some(told), _) => told.likely = true,
                (None, Some(held)) => alike.push(resemblance::rows::nearly_named(held)),
                (None, None) => {}
            }
        }
    }

    fn known(&self, row: &Row, new: &Checked) -> Result<Known, Problems> {
        let Some(written) = reference(row) else { return Ok(self.by_content(new)) };
        match self.references.get(&written).filter(|id| self.enterprises.contains_key(id)) {
            Some(id) => Ok(Known::One(*id)),
            None => {
                let mut problems = Problems::default();
                let value = ("value", written.chars().take(100).collect::<String>());
                problems.add_with("reference", "enterprise-reference-unknown", &[value]);
                Err(problems)
            }
        }
    }

    fn by_content(&self, new: &Checked) -> Known {
        let by_identifier = new.identifiers.iter().find_map(|identifier| self.holder(identifier));
        let mut ids: Vec<Id> = new.names.iter().flat_map(|name| self.bearers.same(&name.name)).copied().collect();
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

/// The reference that a row gives.
fn reference(row: &Row) -> Option<String> {
    row.get("reference").map(str::to_uppercase)
}

/// What tells the record of a row from others of its file: its numbers, and whom it is about.
struct Marks {
    numbers: Vec<String>,
    who: Vec<String>,
}

impl Marks {
    fn of(row: &Row, new: &Checked, known_as: &Known) -> Self {
        let number = |one: &NewIdentifier| format!("{}|{}|{}", one.scheme, one.register, one.value);
        let names = new.names.iter().filter(|_| reference(row).is_none());
        let mut who: Vec<String> = names.map(|name| format!("name {}", identity_key(&name.name))).collect();
        if let Known::One(id) = known_as {
            who.push(format!("record {id}"));
        }
        Self { numbers: new.identifiers.iter().map(number).collect(), who }
    }

    /// An earlier row of the file about the same, and the column by which it is.
    fn earlier(&self, seen: &Seen, row: &Row, new: &Checked, said: &Said) -> Option<(&'static str, Earlier)> {
        let by_number = seen.earlier(&self.numbers, row, said).map(|earlier| (known::identified_in(row, new), earlier));
        by_number.or_else(|| seen.earlier(&self.who, row, said).map(|earlier| (known::named_in(row), earlier)))
    }

    fn note(&self, seen: &Seen, row: &Row, said: Said) {
        let all: Vec<&String> = self.numbers.iter().chain(&self.who).collect();
        seen.note(&all, row, said);
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
        let (held, found) = tokio::join!(Held::look_up(cx, rows, &checked), resemblance::rows::find(&house, &asked));
        let found = resemblance::rows::alike(cx, found?).await?;
        (held?, found)
    } else {
        (Held::look_up(cx, rows, &checked).await?, Vec::new())
    };
    let mut outcomes = Vec::with_capacity(rows.len());
    let mut news: Vec<(usize, Checked)> = Vec::new();
    let seen = cx.kept.get::<Seen>();
    for (place, (row, new)) in rows.iter().zip(checked).enumerate() {
        let new = match new {
            Ok(new) => new,
            Err(Error::Invalid(problems)) => {
                outcomes.push(Outcome::Refused(problems));
                continue;
            }
            Err(other) => return Err(other),
        };
        let known_as = match held.known(row, &new) {
            // Several that people said are the same are one.
            Ok(Known::Several(ids)) => match resemblance::review::one_of(cx, &ids).await? {
                Some(id) => Known::One(id),
                None => Known::Several(ids),
            },
            Ok(other) => other,
            Err(problems) => {
                outcomes.push(Outcome::Refused(problems));
                continue;
            }
        };
        let (marks, said) = (Marks::of(row, &new, &known_as), Said::in_row(row, &["reference"]));
        match marks.earlier(&seen, row, &new, &said) {
            Some((_, Earlier::Same(_))) => {
                outcomes.push(Outcome::Same(if let Known::One(id) = known_as { id } else { Id(0) }));
                continue;
            }
            Some((field, Earlier::Otherwise(earlier))) => {
                outcomes.push(Outcome::Refused(said_otherwise(field, earlier)));
                continue;
            }
            None => {}
        }
        match known_as {
            Known::Several(ids) => {
                let likely = ids.iter().filter_map(|id| held.enterprises.get(id));
                outcomes.push(Outcome::Resembles(
                    likely.map(|held| (held.id, held.name.clone(), "resembles-name")).collect(),
                ));
            }
            Known::One(id) => {
                let outcome = written::outcome(known(cx, &held, id, row, &new, mode).await, known::named_in(row))?;
                if !matches!(outcome, Outcome::Refused(_)) {
                    marks.note(&seen, row, said);
                }
                outcomes.push(outcome);
            }
            Known::Nobody => {
                let mut alike = alike.get_mut(place).map(std::mem::take).unwrap_or_default();
                if looks {
                    held.nearly_named(&new, &mut alike);
                }
                if leaves && alike.iter().any(|one| one.likely) {
                    let likely =
                        alike.into_iter().filter(|one| one.likely).map(|one| (one.id, one.name, "resembles-name"));
                    outcomes.push(Outcome::Resembles(likely.collect()));
                    continue;
                }
                marks.note(&seen, row, said);
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
    let (ahead, elsewhere) = (cx.kept.get::<Ahead>(), cx.kept.get::<Elsewhere>());
    for (row, new) in rows.iter().zip(checked) {
        let (Some(text), Ok(held)) = (row.get("parent"), new.as_mut()) else { continue };
        let mut problems = Problems::default();
        let text = match elsewhere.called(text) {
            Some(name) => name,
            // What looks like a reference of ours is another's in the file of another office.
            None if row.has(ELSEWHERE) && sequences::is_reference("E", text) => {
                let value = ("value", text.chars().take(100).collect::<String>());
                problems.add_with("parent", "enterprise-parent-elsewhere", &[value]);
                *new = Err(Error::Invalid(problems));
                continue;
            }
            None => text,
        };
        held.parent = names.find(cx, &mut problems, "parent", text).await?;
        let comes = ahead.has(text) && problems.all().iter().all(|problem| problem.key == UNKNOWN);
        if !problems.is_empty() && !comes {
            *new = Err(Error::Invalid(problems));
        }
    }
    Ok(())
}

/// Reverses entries, latest first: what was registered is retired, what was edited is put back.
pub(super) async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let granted = cx.require(&EDIT)?;
    let note = written::reason(cx, cx.note.clone().as_deref());
    let ids: Vec<Id> = entries.iter().map(|entry| entry.subject_id).collect();
    let (retired, versions): (Vec<_>, Vec<_>) =
        store::versions(cx, &ids).await?.into_iter().partition(|(.., is_retired)| *is_retired);
    let retired: HashSet<Id> = retired.into_iter().map(|(id, ..)| id).collect();
    let mut versions: HashMap<Id, i64> = versions.into_iter().map(|(id, version, _)| (id, version)).collect();
    let mut answers = Vec::with_capacity(entries.len());
    let mut retire: Vec<&Entry> = Vec::new();
    for entry in entries {
        let untouched = versions.get(&entry.subject_id).copied() == entry.subject_version;
        answers.push(match entry.verb.as_str() {
            // Registered and retired by whomever, it is as an undo would leave it; what else was changed of it stays with
            // it, to be taken back when it is restored.
            "enterprise.registered" if retired.contains(&entry.subject_id) => Undone::Nothing,
            "enterprise.registered" if untouched => {
                retire.push(entry);
                Undone::Reversed
            }
            "enterprise.edited" => {
                let (left, done) = put_back(cx, entry, untouched).await?;
                if untouched && done.is_ok() {
                    // The record now stands as the entry before this one left it.
                    versions.insert(entry.subject_id, entry.subject_version.unwrap_or_default() - 1);
                }
                match written::undone(done)? {
                    Undone::Reversed if left => Undone::InPart,
                    other => other,
                }
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
            "enterprise.name_shown" => {
                let done = show_again(cx, entry).await;
                if untouched && done.is_ok() {
                    versions.insert(entry.subject_id, entry.subject_version.unwrap_or_default() - 1);
                }
                written::undone(done)?
            }
            "enterprise.registered" => Undone::KeptTouched,
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

/// Puts the fields of an entry back, but those that others have changed since: answers whether any of them stays.
async fn put_back(cx: &mut Cx, entry: &Entry, untouched: bool) -> Result<(bool, Result<()>)> {
    let before = store::get(cx, entry.subject_id).await?;
    let mut fields = entry.fields();
    fields.retain(|change| own_field::code_of(&change.field).is_some() || is_standard(&change.field));
    let all = fields.len();
    if !untouched {
        let others = changed_since(cx, entry).await?;
        fields.retain(|change| !others.contains(&change.field) && before.value(&change.field) == change.new.raw());
    }
    if fields.is_empty() {
        return Ok((true, Err(Error::conflict("record-changed-meanwhile"))));
    }
    let left = fields.len() < all;
    let back: BTreeMap<String, Option<String>> =
        fields.into_iter().map(|change| (change.field, change.old.raw())).collect();
    Ok((left, edit(cx, entry.subject_id, before.version, back).await.map(drop)))
}

/// Whether a change is of a field that is edited one by one.
fn is_standard(changed: &str) -> bool {
    FIELDS.iter().any(|(field, _)| *field == changed)
}

/// Shows an enterprise by the names it was shown by before an entry, unless others are shown since.
async fn show_again(cx: &mut Cx, entry: &Entry) -> Result<()> {
    let held = super::get(cx, entry.subject_id).await?;
    let stands = |field: &str| if field == "name" { Some(held.name.clone()) } else { held.second_name.clone() };
    let mut before = HashMap::new();
    for change in entry.fields() {
        if stands(&change.field) != change.new.raw() {
            return Err(Error::conflict("record-changed-meanwhile"));
        }
        before.insert(change.field, change.old.raw());
    }
    let names = name::of(cx, held.id).await?;
    let find = |field: &str| {
        let text = before.get(field).cloned().unwrap_or_else(|| stands(field))?;
        names.iter().find(|name| name.enterprise_id == held.id && name.name == text).map(|name| name.id)
    };
    let first = find("name").ok_or(Error::NotFound)?;
    name::show(cx, held.id, held.version, first, find("second_name")).await.map(drop)
}
