//! Projects: one thing an enterprise means to do here. Started, edited, moved from stage to stage
//! through gates, ended with a reason and a day.

use std::collections::BTreeMap;

use directory::enterprise;
use identity::responsible;
use platform::audit::{Change, Told};
use platform::error::Conflict;
use platform::forms::Loose;
use platform::own_field::{self, Given};
use platform::permission::{Granted, Relation, Secrecy, Tier};
use platform::room::Found;
use platform::{Cx, Error, Id, Problem, Problems, Result, audit, sequences, version};

use crate::{EDIT, READ, clearance, stage};

pub mod api;
mod batch;
mod checks;
pub(crate) mod correction;
pub mod export;
mod fields;
pub mod import;
pub mod list;
mod moves;
pub mod pages;
pub mod reader;
pub mod steps;
mod store;
mod undo;
mod words;

pub(crate) use batch::renamed;
pub use checks::{check, check_tiers};
use fields::{Names, checked_fields, differing, settle_holders};
pub(crate) use moves::{Dated, Move};
pub use moves::{advance, correct_day, fare};
pub use store::Project;
pub(crate) use store::{
    by_references, count_of, dated, enterprise_in_reach, insert_many, insert_stages, standing_of, under_retired,
};
pub(crate) use undo::undo as take_back;

/// Notes that these projects, which are within reach, were shown with more than their names.
pub(crate) async fn look_over(cx: &mut Cx, ids: &[Id]) -> Result<()> {
    let restricted = store::restricted(cx, ids).await?;
    cx.look_over(restricted.into_iter().map(|(id, title, tier)| ("project", id, title, Tier::from_rank(tier))));
    Ok(())
}

/// The columns that decide who sees a project, under the alias `p`.
pub const SECRECY: Secrecy =
    Secrecy { kind: "project", id: "p.id", tier: "p.tier", team_id: "p.team_id", owner_id: "p.owner_id" };

/// Fields that may be edited one by one, and the code list of those that have one.
pub const FIELDS: &[(&str, Option<&str>)] = &[
    ("title", None),
    ("nature", Some("nature")),
    ("hq_kind", Some("hq_kind")),
    ("activities", None),
    ("proposal_received_on", None),
    ("assessment", None),
    ("description", None),
    ("tier", None),
    ("team_id", None),
    ("owner_id", None),
];

/// The kind of record that projects are, where the office has fields of its own.
pub(crate) const SUBJECT: &str = "project";

/// Fields that figures are cut by: dated, and once a frozen release has counted them not overwritten.
pub const COUNTED: [&str; 3] = ["nature", "hq_kind", "activities"];

/// What is filled in to start a project.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewProject {
    pub enterprise_id: Loose,
    pub title: Loose,
    pub nature: Loose,
    pub hq_kind: Loose,
    /// Codes of the list `activity`, with commas between.
    pub activities: Loose,
    pub description: Loose,
    pub tier: Loose,
    pub team_id: Loose,
    pub owner_id: Loose,
    pub own: Given,
    /// The stage to start at; its gates hold as for a move. `identified` when left out.
    pub stage: Loose,
}

impl Project {
    pub fn tier(&self) -> Tier {
        Tier::from_rank(self.tier)
    }

    pub fn relation(&self) -> Relation {
        Relation { team: self.team_id, owner: self.owner_id }
    }

    pub fn activities(&self) -> Vec<&str> {
        self.activities.split(',').map(str::trim).filter(|code| !code.is_empty()).collect()
    }

    /// A field as a form holds it.
    pub fn value(&self, field: &str) -> Option<String> {
        match field {
            "title" => Some(self.title.clone()),
            "nature" => self.nature.clone(),
            "hq_kind" => self.hq_kind.clone(),
            "activities" => Some(self.activities.clone()).filter(|text| !text.is_empty()),
            "proposal_received_on" => self.proposal_received_on.map(|day| day.to_string()),
            "assessment" => self.assessment.clone(),
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
            "title" => self.title = value.unwrap_or_default(),
            "nature" => self.nature = value,
            "hq_kind" => self.hq_kind = value,
            "activities" => self.activities = value.unwrap_or_default(),
            "proposal_received_on" => {
                self.proposal_received_on = value.as_deref().and_then(|text| platform::clock::parse_day(text).ok());
            }
            "assessment" => self.assessment = value,
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

/// Starts a project for an enterprise. Started at a later stage, it must meet the gates up to it.
pub async fn start(cx: &mut Cx, new: NewProject) -> Result<Project> {
    let granted = cx.require_along(&EDIT)?;
    let mut problems = Problems::default();
    let into = new.stage.get().unwrap_or("identified").to_owned();
    problems.require(stage::place(&into).is_some(), "stage", "problem-stage-unknown");
    let enterprise = match new.enterprise_id.get() {
        None => {
            problems.add("enterprise_id", "problem-enterprise-missing");
            None
        }
        Some(text) => match find_enterprise(cx, text).await? {
            Some(brief) => Some(brief),
            None => {
                problems.add_with("enterprise_id", "problem-enterprise-unknown", &[("value", text.to_owned())]);
                None
            }
        },
    };
    let id = |given: &Loose| given.get().and_then(|text| text.parse().ok());
    let holders = Relation { team: id(&new.team_id), owner: id(&new.owner_id) };
    responsible::check(cx, &mut problems, &EDIT, holders, Relation::default()).await?;
    let given = [
        ("title", &new.title),
        ("nature", &new.nature),
        ("hq_kind", &new.hq_kind),
        ("activities", &new.activities),
        ("description", &new.description),
        ("tier", &new.tier),
        ("team_id", &new.team_id),
        ("owner_id", &new.owner_id),
    ];
    let mut given: BTreeMap<String, Option<String>> =
        given.into_iter().map(|(field, value)| (field.to_owned(), value.get().map(str::to_owned))).collect();
    given.extend(new.own.fields(cx, SUBJECT, &mut problems).into_iter().filter(|(_, value)| value.is_some()));
    let fields = match checked_fields(cx, &given) {
        Ok(fields) => fields,
        Err(Error::Invalid(more)) => {
            problems.extend(more);
            BTreeMap::new()
        }
        Err(other) => return Err(other),
    };
    let public = fields.get("tier").is_some_and(|tier| tier.as_deref() == Some(Tier::Public.code()));
    problems.require(!public, "tier", "project-public-needs-clearance");
    problems.into_result()?;
    let Some(enterprise) = enterprise else { return Err(Error::NotFound) };
    if enterprise.retired {
        return Err(Error::conflict("enterprise-retired"));
    }
    let mut project = Project::blank(cx, enterprise.id);
    for (field, value) in &fields {
        project.set(field, value.clone());
    }
    // A project is never easier to see than its enterprise.
    project.tier = project.tier.max(enterprise.tier.rank());
    project.reference = next_reference(cx, 1).await?.remove(0);
    let mut change = Change::new("project.started", "project", project.id)
        .label(&project.title)
        .version(1)
        .set("enterprise", Told::record("enterprise", enterprise.id, &enterprise.name));
    let names = Names::in_edit(cx, None, &fields).await?;
    for (field, value) in fields.iter().filter(|(field, _)| *field != "tier") {
        change = change.set(field, names.told(field, value.as_deref()));
    }
    change = change.set("tier", names.told("tier", project.value("tier").as_deref()));
    insert_many(cx, &granted, std::slice::from_ref(&project)).await?;
    cx.record(change);
    identity::reader::keep_in_sight(cx, &granted, &reader::record(&project)).await?;
    if into != "identified" {
        let today = cx.today();
        advance(cx, project.id, &into, today, None, None).await?;
    }
    store::get(cx, project.id).await
}

async fn find_enterprise(cx: &mut Cx, text: &str) -> Result<Option<enterprise::Brief>> {
    if let Ok(id) = text.parse::<Id>() {
        return match enterprise::brief(cx, id).await {
            Ok(brief) => Ok(Some(brief)),
            Err(Error::NotFound) => Ok(None),
            Err(other) => Err(other),
        };
    }
    enterprise::written(cx, text).await
}

/// The next references of this year, in order.
pub(crate) async fn next_reference(cx: &mut Cx, count: i64) -> Result<Vec<String>> {
    let year = cx.today().year();
    let first = sequences::take(cx, &format!("P-{year}"), count).await?;
    Ok((first..first + count).map(|number| sequences::reference("P", year, number)).collect())
}

/// Of these projects those within reach, the enterprise's reach included.
pub(crate) async fn seen(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Id>> {
    let held = store::seen(cx, ids).await?;
    let at: Vec<Id> = held.iter().map(|(_, enterprise)| *enterprise).collect();
    let reached = directory::enterprise::seen(cx, &at).await?;
    Ok(held.into_iter().filter(|(_, enterprise)| reached.contains(enterprise)).map(|(id, _)| id).collect())
}

/// A project within reach, its enterprise's reach included.
pub async fn get(cx: &mut Cx, id: Id) -> Result<Project> {
    cx.require_along(&READ)?;
    let project = store::get(cx, id).await?;
    let visible = cx.visible();
    let named = !visible.reaches(project.tier(), project.relation(), false) && store::is_reader(cx, id).await?;
    if !visible.reaches(project.tier(), project.relation(), named) {
        return Err(Error::NotFound);
    }
    enterprise::brief(cx, project.enterprise_id).await?;
    cx.look("project", project.id, &project.title, project.tier());
    Ok(project)
}

/// A project by its reference, within reach.
pub async fn written(cx: &mut Cx, text: &str) -> Result<Option<Project>> {
    match store::by_reference(cx, &text.trim().to_uppercase()).await? {
        Some(id) => match get(cx, id).await {
            Ok(project) => Ok(Some(project)),
            Err(Error::NotFound) => Ok(None),
            Err(other) => Err(other),
        },
        None => Ok(None),
    }
}

/// Refuses what is new on a project that is retired, or whose enterprise is.
pub(crate) async fn refuse_retired(cx: &mut Cx, project: &Project) -> Result<()> {
    if project.retired_at.is_some() {
        return Err(Error::conflict("project-retired"));
    }
    if under_retired(cx, &[project.id]).await?.is_empty() {
        return Ok(());
    }
    Err(Error::conflict("project-enterprise-retired"))
}

/// Refuses a write that means another version than the one held; a write that means none passes.
pub async fn expected(cx: &mut Cx, id: Id, version: Option<i64>) -> Result<()> {
    let Some(version) = version else { return Ok(()) };
    version::expect(version, get(cx, id).await?.version, Vec::new())
}

/// Counts the record's version up for what hangs on it: its page and its ETag show both.
pub(crate) async fn touch(cx: &mut Cx, granted: &Granted, project: &Project) -> Result<i64> {
    store::touch(cx, granted, project.id).await?;
    Ok(project.version + 1)
}

/// Changes fields. A record that breaks today's rules elsewhere can still be repaired field by
/// field: only what is edited is checked. What a frozen release has counted is refused here; it
/// is corrected by [`correct`], with a day and a reason.
pub async fn edit(cx: &mut Cx, id: Id, version: i64, edit: BTreeMap<String, Option<String>>) -> Result<Project> {
    let before = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, before.relation())?;
    refuse_retired(cx, &before).await?;
    let checked = checked_fields(cx, &differing(cx, &before, edit))?;
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
    // Nothing about a target is seen outside its tier before its name is cleared.
    let public = changed.contains(&"tier") && checked.get("tier").cloned().flatten().as_deref() == Some("public");
    if public && clearance::standing(cx, before.id).await?.is_none() {
        return Err(Error::invalid("tier", "project-public-needs-clearance"));
    }
    let counted: Vec<&str> = changed.iter().copied().filter(|field| COUNTED.contains(field)).collect();
    if !counted.is_empty()
        && let Some(release) = counted_in(cx, before.id).await?
    {
        return Err(frozen(&counted, &release));
    }
    let mut after = before.clone();
    let mut change =
        Change::new("project.edited", "project", before.id).label(&before.title).version(before.version + 1);
    let names = Names::in_edit(cx, Some(&before), &checked).await?;
    for (field, value) in &checked {
        let old = names.told(field, before.value(field).as_deref());
        change = change.field(field, old, names.told(field, value.as_deref()));
        after.set(field, value.clone());
    }
    let today = cx.today();
    for field in changed.iter().filter(|field| COUNTED.contains(field)) {
        store::add_fact(cx, &before, field, after.value(field).as_deref(), today, None).await?;
    }
    store::update(cx, &granted, &after).await?;
    cx.record(change);
    identity::reader::keep_in_sight(cx, &granted, &reader::record(&after)).await?;
    store::get(cx, id).await
}

/// The frozen release that has counted a project, if one has: its counted fields are then corrected, not edited.
pub(crate) async fn counted_in(cx: &mut Cx, id: Id) -> Result<Option<String>> {
    platform::frozen::of(cx, "project", id).await
}

/// The refusal of an edit that a frozen release stands in the way of, told at each field that it has counted.
fn frozen(fields: &[&str], release: &str) -> Error {
    let args = vec![("release".to_owned(), release.to_owned())];
    let key = "project-frozen".to_owned();
    let reason = |field: &&str| Problem { field: (*field).to_owned(), key: key.clone(), args: args.clone() };
    let reasons = fields.iter().map(reason).collect();
    Error::Conflict(Box::new(Conflict { key: key.clone(), args: args.clone(), reasons, versions: None }))
}

/// Corrects what a figure counted by a dated entry with its reason; the frozen release stays.
pub async fn correct(cx: &mut Cx, id: Id, field: &str, value: Option<String>, from: &str, reason: &str) -> Result<()> {
    let before = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, before.relation())?;
    refuse_retired(cx, &before).await?;
    let mut problems = Problems::default();
    problems.require(COUNTED.contains(&field), "field", "problem-field-unknown");
    let day = problems.required_day("effective_on", Some(from));
    if let Some(day) = day {
        problems.require(day <= cx.today(), "effective_on", "problem-day-future");
    }
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    let Some(day) = day else { return Err(Error::invalid("effective_on", "problem-day-missing")) };
    let checked = checked_fields(cx, &BTreeMap::from([(field.to_owned(), value)]))?;
    let value = checked.get(field).cloned().flatten();
    // The new value holds from that day on: entries of later days give way to it too.
    for day in std::iter::once(day).chain(store::later_facts(cx, id, field, day).await?) {
        store::add_fact(cx, &before, field, value.as_deref(), day, Some(&reason)).await?;
    }
    let mut after = before.clone();
    after.set(field, value.clone());
    store::update(cx, &granted, &after).await?;
    let names = Names::default();
    cx.record(
        Change::new("project.corrected", "project", id)
            .label(&before.title)
            .version(before.version + 1)
            .note(Some(reason))
            .field(field, names.told(field, before.value(field).as_deref()), names.told(field, value.as_deref()))
            .set("effective_on", Told::Day(day)),
    );
    Ok(())
}

async fn refuse_stale(
    cx: &mut Cx,
    before: &Project,
    version: i64,
    mine: &BTreeMap<String, Option<String>>,
    changed: &[&str],
) -> Result<()> {
    let since = audit::read::since_version(cx, "project", before.id, version).await?;
    let fields = since.iter().flat_map(audit::Entry::fields).map(|change| change.field);
    let theirs: Vec<String> = fields.filter(|field| changed.contains(&field.as_str())).collect();
    if theirs.is_empty() {
        return Ok(());
    }
    let both = |field: &String| version::both(field, mine.get(field).cloned().flatten(), before.value(field));
    Err(version::changed_meanwhile(before.version, theirs.iter().map(both).collect()))
}

/// Takes a project out of lists and later counts, or with no reason given brings it back.
pub async fn retire(cx: &mut Cx, id: Id, reason: Option<&str>) -> Result<()> {
    let project = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, project.relation())?;
    let verb = match (reason, project.retired_at) {
        (Some(_), Some(_)) => return Err(Error::conflict("project-retired")),
        (None, None) => return Err(Error::conflict("project-not-retired")),
        (Some(_), None) => "project.retired",
        (None, Some(_)) => "project.restored",
    };
    let mut problems = Problems::default();
    let reason = reason.map(|text| problems.line("reason", text, 500));
    problems.require(reason.as_deref() != Some(""), "reason", "problem-reason-missing");
    problems.into_result()?;
    store::set_retired(cx, &granted, &[id], reason.as_deref()).await?;
    cx.record(Change::new(verb, "project", id).label(project.title).version(project.version + 1).note(reason));
    Ok(())
}

/// For the palette and the search page.
pub async fn find(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<Found>> {
    cx.require(&READ)?;
    let found = store::suggest(cx, typed, limit).await?;
    Ok(found
        .into_iter()
        .map(|project| Found {
            kind: "project",
            label: project.title,
            sublabel: project.reference,
            href: format!("/projects/{}", project.id),
            lang: String::new(),
        })
        .collect())
}
