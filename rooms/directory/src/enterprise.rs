//! Enterprises: a group or a legal entity, known by names in any script.
//!
//! Pages, the API, import and the command line all call the verbs here, so a rule written here
//! holds for every way in. A merge is a pointer: what belonged to the loser stays its own and is
//! read with the survivor.

use std::collections::{BTreeMap, HashMap};

use identity::reader::Record;
use identity::responsible;
use platform::audit::{self, Change, Entry, Told};
use platform::own_field;
use platform::permission::{Relation, Secrecy, Tier};
use platform::room::{Check, Findings, Found};
use platform::{Cx, Error, Id, Problems, Result, sequences, version};

use crate::resemblance::{self, Asked, Likely};
use crate::{EDIT, READ, group};

pub mod api;
mod batch;
pub mod correct;
pub mod export;
pub mod import;
pub mod list;
pub mod merge;
mod named;
mod new;
pub mod pages;
pub mod reader;
mod search;
mod store;
pub mod trash;
mod write;

pub(crate) use named::Bearers;
pub use named::{identified_many, named_many};
pub(crate) use new::Checked;
pub use new::{NAME_KINDS, NewEnterprise, NewIdentifier, NewName};
pub use store::Enterprise;
pub use trash::{restore, retire};
pub(crate) use write::{
    belongs, changed_since, chosen, may_name, members_of, note, note_beside, note_of, record, to_edit, told_on,
};
use write::{
    differing, refuse_hidden_parent, refuse_retired, refuse_stale, settle_holders, settle_parent, told_holder,
};

/// The columns that decide who sees an enterprise, under the alias `e`.
pub const SECRECY: Secrecy =
    Secrecy { kind: "enterprise", id: "e.id", tier: "e.tier", team_id: "e.team_id", owner_id: "e.owner_id" };

/// Fields that may be edited one by one, and the code list of those that have one.
pub const FIELDS: &[(&str, Option<&str>)] = &[
    ("kind", None),
    ("parent_id", None),
    ("reporting_origin", Some("origin")),
    ("incorporation", Some("jurisdiction")),
    ("headquarters", Some("jurisdiction")),
    ("main_listing", None),
    ("value_chain", Some("value_chain")),
    ("website", None),
    ("description", None),
    ("tier", None),
    ("team_id", None),
    ("owner_id", None),
];

/// An enterprise's name and where it stands, for other rooms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brief {
    pub id: Id,
    pub reference: String,
    pub name: String,
    pub name_language: String,
    pub second_name: Option<String>,
    pub tier: Tier,
    pub relation: Relation,
    pub retired: bool,
}

impl Enterprise {
    pub fn tier(&self) -> Tier {
        Tier::from_rank(self.tier)
    }

    pub fn relation(&self) -> Relation {
        Relation { team: self.team_id, owner: self.owner_id }
    }

    pub fn brief(&self) -> Brief {
        Brief {
            id: self.id,
            reference: self.reference.clone(),
            name: self.name.clone(),
            name_language: self.name_language.clone(),
            second_name: self.second_name.clone(),
            tier: self.tier(),
            relation: self.relation(),
            retired: self.retired_at.is_some(),
        }
    }

    /// A field as a form holds it.
    pub fn value(&self, field: &str) -> Option<String> {
        match field {
            "kind" => Some(self.kind.clone()),
            "parent_id" => self.parent_id.map(|id| id.to_string()),
            "reporting_origin" => self.reporting_origin.clone(),
            "incorporation" => self.incorporation.clone(),
            "headquarters" => self.headquarters.clone(),
            "main_listing" => self.main_listing.clone(),
            "value_chain" => self.value_chain.clone(),
            "website" => self.website.clone(),
            "description" => self.description.clone(),
            "tier" => Some(self.tier().code().to_owned()),
            "team_id" => self.team_id.map(|id| id.to_string()),
            "owner_id" => self.owner_id.map(|id| id.to_string()),
            field => self.own.get(own_field::code_of(field)?).map(str::to_owned),
        }
    }

    fn set(&mut self, field: &str, value: Option<String>) {
        let id = |value: &Option<String>| value.as_deref().and_then(|text| text.parse().ok());
        match field {
            "kind" => self.kind = value.unwrap_or_else(|| "legal_entity".to_owned()),
            "parent_id" => self.parent_id = id(&value),
            "reporting_origin" => self.reporting_origin = value,
            "incorporation" => self.incorporation = value,
            "headquarters" => self.headquarters = value,
            "main_listing" => self.main_listing = value,
            "value_chain" => self.value_chain = value,
            "website" => self.website = value,
            "description" => self.description = value,
            "tier" => self.tier = value.as_deref().and_then(Tier::from_code).unwrap_or(Tier::Office).rank(),
            "team_id" => self.team_id = id(&value),
            "owner_id" => self.owner_id = id(&value),
            field => {
                if let Some(code) = own_field::code_of(field) {
                    self.own.set(code, value);
                }
            }
        }
    }
}

/// The kind of record that enterprises are, where the office has fields of its own.
pub(crate) const SUBJECT: &str = "enterprise";

/// A field's value as the audit tells it.
fn told(cx: &Cx, field: &str, value: Option<&str>) -> Told {
    match (field, value) {
        (own, value) if own_field::code_of(own).is_some() => own_field::told(cx, SUBJECT, own, value),
        (_, None) => Told::Nothing,
        ("tier", Some(code)) => Told::code(code, Tier::from_code(code).unwrap_or(Tier::Named).key()),
        ("kind", Some(code @ "group")) => Told::code(code, "enterprise-kind-group"),
        ("kind", Some(code)) => Told::code(code, "enterprise-kind-legal-entity"),
        (field, Some(code)) => match FIELDS.iter().find(|(name, _)| *name == field) {
            Some((_, Some(list))) => Told::listed(list, Some(code)),
            _ => Told::Text(code.to_owned()),
        },
    }
}

fn told_industries(codes: &[String]) -> Told {
    Told::listed("industry", Some(codes.join(", ").as_str()).filter(|codes| !codes.is_empty()))
}

/// Registers an enterprise. One that resembles what the actor can see is refused with the likely
/// ones named, unless it is said to be none of them.
pub async fn register(cx: &mut Cx, new: NewEnterprise) -> Result<Enterprise> {
    cx.require(&EDIT)?;
    let distinct = new.distinct_from_resembling;
    let others = new.distinct_from.clone();
    if !distinct {
        resemblance::ready(&cx.house.clone(), resemblance::PATIENCE).await;
    }
    let mut problems = Problems::default();
    let parent = group::written(cx, &mut problems, &new.parent).await?;
    responsible::check(cx, &mut problems, &EDIT, new.relation(), Relation::default()).await?;
    let mut checked = match new.checked(cx) {
        Ok(checked) => checked,
        Err(Error::Invalid(more)) => {
            problems.extend(more);
            return Err(Error::Invalid(problems));
        }
        Err(error) => return Err(error),
    };
    problems.into_result()?;
    checked.parent = parent.map(|parent| parent.brief());
    if !distinct {
        let mut likely = resemblance::likely(cx, &Asked::of_new(cx, &checked)).await?;
        likely.retain(Likely::refuses);
        if !likely.is_empty() {
            return Err(Error::Conflict(Box::new(platform::error::Conflict {
                key: "enterprise-resembles".to_owned(),
                reasons: resemblance::words::reasons(cx, &likely),
                ..Default::default()
            })));
        }
    }
    let ids = write_many(cx, vec![checked]).await?;
    let id = ids.first().copied().ok_or_else(|| Error::unexpected("nothing was registered"))?;
    let registered = store::get(cx, id).await?;
    if distinct {
        for other in others {
            resemblance::review::told_apart(cx, &registered, other).await?;
        }
    }
    Ok(registered)
}

/// Registers checked enterprises in few statements; answers their keys in order.
pub async fn register_many(cx: &mut Cx, news: Vec<new::Checked>) -> Result<Vec<Id>> {
    let held: Vec<Relation> = news.iter().map(new::Checked::relation).collect();
    let known = responsible::among(cx, &EDIT, &held).await?;
    let mut problems = Problems::default();
    for relation in held {
        known.check(&mut problems, relation, Relation::default());
    }
    problems.into_result()?;
    write_many(cx, news).await
}

async fn write_many(cx: &mut Cx, news: Vec<new::Checked>) -> Result<Vec<Id>> {
    let granted = cx.require(&EDIT)?;
    let year = cx.today().year();
    let first = sequences::take(cx, &format!("E-{year}"), news.len() as i64).await?;
    let mut ids = Vec::with_capacity(news.len());
    let mut holders: HashMap<(String, Id), Told> = HashMap::new();
    for (place, new) in news.iter().enumerate() {
        let id = cx.new_id();
        let mut change = Change::new("enterprise.registered", "enterprise", id)
            .label(&new.shown.0.name)
            .version(1)
            .set("names", Told::Text(new.names.iter().map(|name| name.name.as_str()).collect::<Vec<_>>().join(" · ")));
        if let Some(parent) = &new.parent {
            change = change.set("parent_id", Told::record("enterprise", parent.id, &parent.name));
        }
        for (field, value) in &new.fields {
            let holder = match field.as_str() {
                "owner_id" | "team_id" => value.as_deref().and_then(|text| text.parse::<Id>().ok()),
                _ => None,
            };
            let told = match holder {
                Some(id) => match holders.get(&(field.clone(), id)) {
                    Some(told) => told.clone(),
                    None => {
                        let told = told_holder(cx, field, id).await?;
                        holders.insert((field.clone(), id), told.clone());
                        told
                    }
                },
                None => told(cx, field, value.as_deref()),
            };
            change = change.set(field, told);
        }
        if !new.industries.is_empty() {
            change = change.set("industries", told_industries(&new.industries));
        }
        change = change.set(import::ELSEWHERE, Told::text(new.elsewhere.as_deref()));
        cx.record(change);
        ids.push((id, sequences::reference("E", year, first + place as i64)));
    }
    store::insert_many(cx, &granted, &ids, &news).await?;
    for ((id, _), new) in ids.iter().zip(&news).filter(|(_, new)| new.tier() >= Tier::Team) {
        let label = new.shown.0.name.clone();
        let on = Record { kind: "enterprise", id: *id, label, tier: new.tier(), relation: new.relation() };
        identity::reader::keep_in_sight(cx, &granted, &on).await?;
    }
    Ok(ids.into_iter().map(|(id, _)| id).collect())
}

/// Who holds these identifiers, within reach or not: what is done with it is for the caller to sort out.
pub(crate) async fn holders(
    cx: &mut Cx,
    identifiers: &[NewIdentifier],
) -> Result<HashMap<(String, String, String), Id>> {
    let values: Vec<String> = identifiers.iter().map(|identifier| identifier.value.clone()).collect();
    let held = store::identifier_holders(cx, &values).await?;
    Ok(held.into_iter().map(|(scheme, register, value, id)| ((scheme, register, value), id)).collect())
}

/// Those of these enterprises that live and are within reach.
pub(crate) async fn living(cx: &mut Cx, ids: &[Id]) -> Result<HashMap<Id, Enterprise>> {
    let held = store::by_ids(cx, ids).await?;
    Ok(held.into_iter().filter(|held| held.retired_at.is_none()).map(|held| (held.id, held)).collect())
}

/// Of these records those within reach, each by itself: a merged one is kept as far from sight as before.
pub async fn seen(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Id>> {
    Ok(store::by_ids(cx, ids).await?.into_iter().map(|held| held.id).collect())
}

/// The enterprise that a key stands for, within reach: the survivor, if it was merged.
pub async fn get(cx: &mut Cx, id: Id) -> Result<Enterprise> {
    cx.require(&READ)?;
    let held = store::get(cx, id).await?;
    let enterprise = if held.survivor_id == held.id { held } else { store::get(cx, held.survivor_id).await? };
    in_reach(cx, &enterprise).await?;
    cx.look("enterprise", enterprise.id, &enterprise.name, enterprise.tier());
    Ok(enterprise)
}

/// Notes that these enterprises, which are within reach, were given out with more than their names.
fn look_over(cx: &mut Cx, given: &[Enterprise]) {
    cx.look_over(given.iter().map(|held| ("enterprise", held.id, held.name.clone(), held.tier())));
}

async fn in_reach(cx: &mut Cx, enterprise: &Enterprise) -> Result<()> {
    let visible = cx.visible();
    if visible.reaches(enterprise.tier(), enterprise.relation(), false) {
        return Ok(());
    }
    let named = store::is_reader(cx, enterprise.id).await?;
    if visible.reaches(enterprise.tier(), enterprise.relation(), named) { Ok(()) } else { Err(Error::NotFound) }
}

/// What happened to an enterprise, and to the records merged into it while they stand for it, latest first.
pub(crate) async fn history(cx: &mut Cx, survivor: Id, before: Option<Id>, limit: i64) -> Result<Vec<Entry>> {
    let members = store::members(cx, survivor).await?;
    audit::read::history_of(cx, "enterprise", &members, before, limit).await
}

/// A name and a link for another room; out of reach is not found.
pub async fn brief(cx: &mut Cx, id: Id) -> Result<Brief> {
    Ok(get(cx, id).await?.brief())
}

/// All records that an enterprise stands for: itself and those merged into it.
pub async fn members(cx: &mut Cx, survivor: Id) -> Result<Vec<Id>> {
    store::members(cx, survivor).await
}

/// Enterprises within reach with this very name, in any script.
pub async fn named(cx: &mut Cx, name: &str) -> Result<Vec<Brief>> {
    Ok(named_many(cx, &[name.to_owned()]).await?.remove(name).unwrap_or_default())
}

/// An enterprise by what people write: its reference, an identifier's value, or a name that only
/// one has.
pub async fn written(cx: &mut Cx, text: &str) -> Result<Option<Brief>> {
    if let Some(found) = store::by_reference(cx, text.trim()).await? {
        return Ok(Some(found.brief()));
    }
    let found = named(cx, text).await?;
    Ok(if found.len() == 1 { found.into_iter().next() } else { None })
}

/// Changes fields. `version` is the one the editor saw: where somebody changed other fields since,
/// both edits live; where they changed the same, this one is refused with both versions.
pub async fn edit(cx: &mut Cx, id: Id, version: i64, edit: BTreeMap<String, Option<String>>) -> Result<Enterprise> {
    let before = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, before.relation())?;
    refuse_retired(&before)?;
    let mut checked = new::checked_fields(cx, &differing(cx, &before, edit))?;
    settle_parent(cx, &before, &mut checked).await?;
    settle_holders(cx, &before, &checked).await?;
    let changed: Vec<&str> = checked
        .iter()
        .filter(|(field, value)| before.value(field) != **value)
        .map(|(field, _)| field.as_str())
        .collect();
    if version::is_older(version, before.version)? {
        refuse_stale(cx, &before, version, &checked, &changed).await?;
    }
    if changed.is_empty() {
        return Ok(before);
    }
    if changed.contains(&"parent_id") {
        let given = checked.get("parent_id").cloned().flatten().and_then(|id| id.parse().ok());
        refuse_hidden_parent(cx, &before, given, "parent_id").await?;
    }
    let mut after = before.clone();
    let mut change =
        Change::new("enterprise.edited", "enterprise", before.id).label(&before.name).version(before.version + 1);
    for (field, value) in &checked {
        let (old, new) = (before.value(field), value.clone());
        let old = told_on(cx, field, old.as_deref()).await?;
        change = change.field(field, old, told_on(cx, field, new.as_deref()).await?);
        after.set(field, value.clone());
    }
    let today = cx.today();
    let counted: Vec<&str> = correct::COUNTED.into_iter().filter(|field| changed.contains(field)).collect();
    if !counted.is_empty() {
        correct::refuse_frozen(cx, before.id, &counted).await?;
    }
    for field in counted {
        store::add_fact(cx, &before, field, before.value(field).as_deref(), None).await?;
        store::add_fact(cx, &before, field, after.value(field).as_deref(), Some(today)).await?;
    }
    store::update(cx, &granted, &after).await?;
    cx.record(change);
    identity::reader::keep_in_sight(cx, &granted, &reader::record(&after)).await?;
    store::get(cx, before.id).await
}

/// The likeliest enterprises for what is being typed: names that start so, then names that contain
/// it where a search may begin.
pub async fn suggest(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<Brief>> {
    cx.require(&READ)?;
    let found = search::suggest(cx, typed, limit.clamp(1, 50)).await?;
    Ok(found.iter().map(Enterprise::brief).collect())
}

/// For the palette and the search page.
pub async fn find(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<Found>> {
    let found = suggest(cx, typed, limit).await?;
    Ok(found
        .into_iter()
        .map(|brief| Found {
            kind: "enterprise",
            href: format!("/enterprises/{}", brief.id),
            sublabel: brief.second_name.unwrap_or(brief.reference),
            label: brief.name,
            lang: brief.name_language,
        })
        .collect())
}

/// Survivors stand for themselves, merged records point at a survivor, names can be searched.
pub fn check() -> Check {
    Check {
        name: "enterprises",
        run: |cx| {
            Box::pin(async move {
                let (looked_at, wrong) = store::check(cx).await?;
                Ok(Findings { looked_at, wrong })
            })
        },
    }
}
