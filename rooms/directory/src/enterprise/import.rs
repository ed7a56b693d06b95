//! Import of enterprises: a batch is looked up in two queries and written in a handful.

use std::collections::{BTreeMap, HashMap};

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::forms::Loose;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone};
use platform::permission::Permission;
use platform::search::fold;
use platform::{Cx, Error, Id, Problems, Result};

use super::new::{Checked, NewEnterprise, NewIdentifier, NewName};
use super::{Enterprise, FIELDS, edit, register_many, store};
use crate::EDIT;

pub struct Enterprises;

const fn column(field: &'static str, key: &'static str, aliases: &'static [&'static str]) -> Column {
    Column { field, key, aliases, required: false }
}

const COLUMNS: &[Column] = &[
    column("name_en", "enterprise-name-en", &["name", "english name", "company", "company name", "enterprise"]),
    column("name_zh_hant", "enterprise-name-zh-hant", &["name_zh", "chinese name", "中文名稱", "名稱"]),
    column("name_zh_hans", "enterprise-name-zh-hans", &["中文名称", "名称"]),
    column("name_other", "enterprise-name-other", &["other name", "native name"]),
    column("lei", "enterprise-lei", &[]),
    column("registry", "enterprise-registry", &["register"]),
    column("registry_number", "enterprise-registry-number", &["registration number", "company number"]),
    column("reporting_origin", "enterprise-reporting-origin", &["origin", "country"]),
    column("incorporation", "enterprise-incorporation", &["place of incorporation"]),
    column("headquarters", "enterprise-headquarters", &["hq"]),
    column("main_listing", "enterprise-main-listing", &["listing"]),
    column("industry", "enterprise-industry", &["industries", "sector"]),
    column("value_chain", "enterprise-value-chain", &[]),
    column("kind", "enterprise-kind-label", &[]),
    column("website", "enterprise-website", &["web", "url"]),
    column("description", "enterprise-description", &["note", "notes"]),
    column("tier", "enterprise-tier", &[]),
];

/// The codes an industry cell names: parts between slashes or semicolons, words in brackets left off.
pub fn industries_written(cx: &Cx, cell: &str) -> Result<Vec<String>, String> {
    let mut codes = Vec::new();
    let plain = cell.split('(').next().unwrap_or(cell);
    for part in plain.split([';', '/']).map(str::trim).filter(|part| !part.is_empty()) {
        match cx.house.codes.written("industry", part) {
            Some(code) if codes.contains(&code.code) => {}
            Some(code) => codes.push(code.code),
            None => return Err(part.to_owned()),
        }
    }
    Ok(codes)
}

fn read(cx: &Cx, row: &Row) -> Result<Checked> {
    let mut problems = Problems::default();
    let name = |field: &str, language: &str| {
        row.get(field).map(|name| NewName { name: name.to_owned(), language: language.to_owned(), kind: String::new() })
    };
    let names = [
        name("name_en", "en"),
        name("name_zh_hant", "zh-Hant"),
        name("name_zh_hans", "zh-Hans"),
        name("name_other", ""),
    ];
    let mut identifiers = Vec::new();
    if let Some(lei) = row.get("lei") {
        identifiers.push(NewIdentifier { scheme: "lei".into(), register: String::new(), value: lei.to_owned() });
    }
    if let Some(number) = row.get("registry_number") {
        identifiers.push(NewIdentifier {
            scheme: "registry".into(),
            register: row.text("registry"),
            value: number.to_owned(),
        });
    }
    let industries = match industries_written(cx, row.get("industry").unwrap_or_default()) {
        Ok(codes) => codes,
        Err(part) => {
            problems.add_with("industry", "problem-code-unknown", &[("value", part)]);
            Vec::new()
        }
    };
    let loose = |field: &str| Loose::from(row.optional(field));
    let new = NewEnterprise {
        names: names.into_iter().flatten().collect(),
        identifiers,
        industries,
        kind: loose("kind"),
        reporting_origin: loose("reporting_origin"),
        incorporation: loose("incorporation"),
        headquarters: loose("headquarters"),
        main_listing: loose("main_listing"),
        value_chain: loose("value_chain"),
        website: loose("website"),
        description: loose("description"),
        tier: loose("tier"),
        ..NewEnterprise::default()
    };
    match new.checked(cx) {
        Ok(checked) => problems.into_result().map(|()| checked),
        Err(Error::Invalid(more)) => {
            problems.extend(more);
            Err(Error::Invalid(problems))
        }
        Err(other) => Err(other),
    }
}

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

    fn known(&self, new: &Checked) -> Known {
        let by_identifier = new.identifiers.iter().find_map(|identifier| {
            let key = (identifier.scheme.clone(), identifier.register.clone(), identifier.value.clone());
            self.identifiers.get(&key).copied()
        });
        if let Some(id) = by_identifier {
            return Known::One(id);
        }
        let mut ids: Vec<Id> = new
            .names
            .iter()
            .filter_map(|name| self.names.get(&fold::sort_key(&name.name)))
            .flatten()
            .copied()
            .collect();
        ids.sort_unstable();
        ids.dedup();
        match ids[..] {
            [] => Known::Nobody,
            [id] => Known::One(id),
            _ => Known::Several(ids),
        }
    }
}

impl ImportKind for Enterprises {
    fn name(&self) -> &'static str {
        "enterprises"
    }

    fn key(&self) -> &'static str {
        "import-enterprises"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>> {
        Box::pin(take(cx, rows, mode))
    }

    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [Entry]) -> BoxFuture<'a, Result<Vec<Undone>>> {
        Box::pin(undo(cx, entries))
    }
}

async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let checked: Vec<Result<Checked>> = rows.iter().map(|row| read(cx, row)).collect();
    let held = Held::look_up(cx, &checked).await?;
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
        match held.known(&new) {
            Known::Several(ids) => {
                let likely = ids.iter().filter_map(|id| held.enterprises.get(id));
                outcomes.push(Outcome::Resembles(
                    likely.map(|held| (held.id, held.name.clone(), "resembles-name")).collect(),
                ));
            }
            Known::One(id) => outcomes.push(known(cx, &held, id, &new, mode).await?),
            Known::Nobody => {
                let keys: Vec<String> = new.names.iter().map(|name| fold::sort_key(&name.name)).collect();
                let identifiers =
                    new.identifiers.iter().map(|id| format!("\u{1}{}|{}|{}", id.scheme, id.register, id.value));
                let all: Vec<String> = keys.into_iter().chain(identifiers).collect();
                if all.iter().any(|key| here.contains_key(key)) {
                    outcomes.push(Outcome::Same(Id(0)));
                    continue;
                }
                here.extend(all.into_iter().map(|key| (key, place)));
                outcomes.push(Outcome::Created(Id(0)));
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

/// A row about an enterprise we hold: what it says differently is changed, and nothing else.
async fn known(cx: &mut Cx, held: &Held, id: Id, new: &Checked, mode: Mode) -> Result<Outcome> {
    let Some(enterprise) = held.enterprises.get(&id) else {
        // An identifier of a record out of reach: told, without telling whose it is.
        let mut problems = Problems::default();
        problems.add("identifiers", "enterprise-identifier-held");
        return Ok(Outcome::Refused(problems));
    };
    let differing: BTreeMap<String, Option<String>> = new
        .fields
        .iter()
        .filter(|(field, value)| value.is_some() && enterprise.value(field) != **value)
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    if differing.is_empty() {
        return Ok(Outcome::Same(id));
    }
    let changes = differing
        .iter()
        .map(|(field, value)| platform::audit::FieldChange {
            field: field.clone(),
            old: super::told(field, enterprise.value(field).as_deref()),
            new: super::told(field, value.as_deref()),
        })
        .collect();
    if mode == Mode::Keep {
        edit(cx, id, enterprise.version, differing).await?;
    }
    Ok(Outcome::Changed(id, changes))
}

/// Reverses entries, latest first: what was registered is retired, what was edited is put back.
async fn undo(cx: &mut Cx, entries: &[Entry]) -> Result<Vec<Undone>> {
    let granted = cx.require(&EDIT)?;
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
                edit(cx, entry.subject_id, before.version, back).await?;
                // The record now stands as the entry before this one left it.
                versions.insert(entry.subject_id, entry.subject_version.unwrap_or_default() - 1);
                Undone::Reversed
            }
            "enterprise.registered" | "enterprise.edited" => Undone::KeptTouched,
            _ => Undone::Nothing,
        });
    }
    let ids: Vec<Id> = retire.iter().map(|entry| entry.subject_id).collect();
    let note = cx.note.clone().unwrap_or_else(|| "import undone".to_owned());
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
