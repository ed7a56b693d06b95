//! Targets: enterprises the office means to win, each with why it was chosen and how it stands. A team reserves one
//! before it is approached, so that no two court the same; who declined stays on the list and is not asked again
//! unawares.

use std::collections::{BTreeMap, HashMap};

use ::screening::{Ranked, Source};
use directory::enterprise;
use identity::responsible;
use platform::audit::{Change, Told};
use platform::clock::At;
use platform::forms::Loose;
use platform::permission::{Relation, Secrecy, Tier};
use platform::room::{Check, Findings};
use platform::{Cx, Error, Id, Problems, Result, sequences, version};
use projects::project::{self, NewProject};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use time::Date;

use crate::{READ, TARGET};
pub(crate) use holder::team_for;

pub mod api;
pub mod export;
pub mod find;
mod holder;
pub mod list;
pub mod pages;
pub mod reader;
mod store;

/// The columns that decide who sees a target, under the alias `t`.
pub const SECRECY: Secrecy =
    Secrecy { kind: "target", id: "t.id", tier: "t.tier", team_id: "t.team_id", owner_id: "t.owner_id" };

/// A standing lies so many days before its target came on the list at most.
const EARLIER: i64 = 366;

/// How a target stands, in the order of the work.
pub const STANDINGS: [&str; 5] = ["proposed", "reserved", "approached", "declined", "dropped"];

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
pub struct Target {
    pub id: Id,
    pub reference: String,
    pub enterprise_id: Id,
    /// Of which refreshing of the list: `2026 Q4`.
    pub round: String,
    /// proposed, reserved, approached, declined or dropped.
    pub standing: String,
    pub standing_on: Date,
    pub screening_id: Option<Id>,
    pub company_id: Option<String>,
    pub rank: Option<i64>,
    #[serde(skip)]
    pub reasons: Option<String>,
    pub note: Option<String>,
    pub project_id: Option<Id>,
    pub tier: i64,
    pub team_id: Option<Id>,
    pub owner_id: Option<Id>,
    pub version: i64,
    pub created_at: At,
    pub updated_at: At,
    pub retired_at: Option<At>,
    pub retired_reason: Option<String>,
}

/// Why a company was chosen, as it was known when it was.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reasons {
    pub screening: Id,
    pub criteria: String,
    pub version: i64,
    pub universe_as_at: Option<Date>,
    /// The total of a company that has all points.
    pub full: i64,
    /// The office's own words for criteria, by key; empty where the measure's name does.
    pub names: BTreeMap<String, String>,
    pub sources: Vec<Source>,
    pub ranked: Ranked,
}

/// What is filled in to put an enterprise on the list.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewTarget {
    /// The enterprise's key, its reference, or a name that only one has.
    pub enterprise_id: Loose,
    /// The quarter when left out.
    pub round: Loose,
    /// office, team or named; team when left out.
    pub tier: Loose,
    pub team_id: Loose,
    pub owner_id: Loose,
    pub note: Loose,
}

/// A standing with its day.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = TargetStanding)]
pub struct Standing {
    pub id: Id,
    pub standing: String,
    pub effective_on: Date,
    pub note: String,
    pub recorded_by_name: String,
    pub recorded_at: At,
}

/// What putting an enterprise on the list came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    New(Id),
    /// There is a live one already.
    Already(Id),
}

impl Target {
    pub fn tier(&self) -> Tier {
        Tier::from_rank(self.tier)
    }

    pub fn relation(&self) -> Relation {
        Relation { team: self.team_id, owner: self.owner_id }
    }

    /// Why it was chosen; none where a person simply put it on the list.
    pub fn reasons(&self) -> Option<Reasons> {
        serde_json::from_str(self.reasons.as_deref()?).ok()
    }

    fn value(&self, field: &str) -> Option<String> {
        match field {
            "round" => Some(self.round.clone()),
            "note" => self.note.clone(),
            "tier" => Some(self.tier().code().to_owned()),
            "team_id" => self.team_id.map(|id| id.to_string()),
            "owner_id" => self.owner_id.map(|id| id.to_string()),
            _ => None,
        }
    }
}

pub(crate) fn standing_key(standing: &str) -> String {
    format!("target-standing-{standing}")
}

/// How a standing is coloured; the word always stands beside it.
pub(crate) fn tone(standing: &str) -> &'static str {
    match standing {
        "reserved" | "approached" => "good",
        "declined" => "danger",
        "dropped" => "attention",
        _ => "information",
    }
}

/// The list is refreshed every quarter.
pub fn round_of(day: Date) -> String {
    format!("{} Q{}", day.year(), (u8::from(day.month()) - 1) / 3 + 1)
}

/// The fields that are kept of a target, each as it is to stand.
pub(crate) struct Checked {
    round: String,
    note: Option<String>,
    tier: Tier,
    team: Option<Id>,
    owner: Option<Id>,
}

/// `held` says who holds it already, in which tier.
pub(crate) async fn checked(
    cx: &mut Cx,
    new: &NewTarget,
    problems: &mut Problems,
    held: Relation,
    held_tier: Option<Tier>,
) -> Result<Checked> {
    let round = problems.line("round", new.round.get().unwrap_or_default(), 40);
    let round = if round.is_empty() { round_of(cx.today()) } else { round };
    let note = new.note.get().map(|text| problems.running("note", text, 4_000)).filter(|text| !text.is_empty());
    let tier = match new.tier.get() {
        None => Some(Tier::Team),
        // Nothing about a target is seen outside the office before its name is cleared.
        Some(code) => Tier::from_code(code).filter(|tier| *tier > Tier::Public),
    };
    problems.require(tier.is_some(), "tier", "target-tier-unknown");
    let mut read = |field: &str, given: &Loose| {
        let text = given.get()?;
        let id = text.parse::<Id>().ok();
        if id.is_none() {
            problems.add_with(field, "problem-code-unknown", &[("value", text.chars().take(60).collect())]);
        }
        id
    };
    let (team, owner) = (read("team_id", &new.team_id), read("owner_id", &new.owner_id));
    let team = if held_tier.is_none() { team_for(cx, tier.unwrap_or(Tier::Team), team) } else { team };
    // A team's target without a team would be seen by nobody but its owner; what stands so already may be mended by field.
    let as_before = held_tier == tier && held.team == team;
    problems.require(tier != Some(Tier::Team) || team.is_some() || as_before, "team_id", "target-needs-team");
    responsible::check(cx, problems, &TARGET, Relation { team, owner }, held).await?;
    // Whoever puts it there holds it, where nobody else is named: a record of a team's tier would be nobody's.
    let owner = if owner.is_none() && team.is_none() { cx.account() } else { owner };
    Ok(Checked { round, note, tier: tier.unwrap_or(Tier::Team), team, owner })
}

/// Puts an enterprise on the list, with the reasons it was chosen for if a screening chose it. One that stands there
/// already, as far as the actor may see, is not doubled.
pub async fn propose(cx: &mut Cx, new: NewTarget, chosen: Option<(String, Reasons)>) -> Result<Held> {
    let granted = cx.require_along(&TARGET)?;
    let mut problems = Problems::default();
    let written = new.enterprise_id.get().unwrap_or_default().to_owned();
    let brief = match written.parse::<Id>() {
        Ok(id) => match enterprise::brief(cx, id).await {
            Ok(brief) => Some(brief),
            Err(Error::NotFound) => None,
            Err(other) => return Err(other),
        },
        Err(_) if written.is_empty() => None,
        Err(_) => enterprise::written(cx, &written).await?,
    };
    problems.require(!written.is_empty(), "enterprise_id", "problem-enterprise-missing");
    if !written.is_empty() && brief.is_none() {
        problems.add_with("enterprise_id", "problem-enterprise-unknown", &[("value", written)]);
    }
    let checked = checked(cx, &new, &mut problems, Relation::default(), None).await?;
    problems.into_result()?;
    let Some(brief) = brief else { return Err(Error::NotFound) };
    if brief.retired {
        return Err(Error::conflict("enterprise-retired"));
    }
    if let Some(live) = store::live(cx, brief.id).await? {
        return Ok(Held::Already(live));
    }
    let year = cx.today().year();
    let number = sequences::take(cx, &format!("T-{year}"), 1).await?;
    let (company_id, reasons) = chosen.unzip();
    let target = Target {
        id: cx.new_id(),
        reference: sequences::reference("T", year, number),
        enterprise_id: brief.id,
        round: checked.round,
        standing: "proposed".to_owned(),
        standing_on: cx.today(),
        screening_id: reasons.as_ref().map(|reasons| reasons.screening),
        company_id,
        rank: reasons.as_ref().and_then(|reasons| i64::try_from(reasons.ranked.rank).ok()),
        reasons: reasons.as_ref().map(serde_json::to_string).transpose()?,
        note: checked.note,
        project_id: None,
        // A target is never easier to see than its enterprise.
        tier: checked.tier.max(brief.tier).rank(),
        team_id: checked.team,
        owner_id: checked.owner,
        version: 1,
        created_at: cx.now(),
        updated_at: cx.now(),
        retired_at: None,
        retired_reason: None,
    };
    store::insert(cx, &granted, &target).await?;
    let today = cx.today();
    store::insert_standing(cx, &granted, target.id, "proposed", today, "").await?;
    let mut change = Change::new("target.proposed", "target", target.id)
        .label(&target.reference)
        .version(1)
        .set("enterprise", Told::record("enterprise", brief.id, &brief.name))
        .set("round", Told::Text(target.round.clone()))
        .set("tier", Told::code(target.tier().code(), target.tier().key()));
    if let Some(reasons) = &reasons {
        change = change
            .set("screening", Told::record("screening", reasons.screening, &reasons.criteria))
            .set("rank", Told::number(target.rank));
    }
    cx.record(change);
    identity::reader::keep_in_sight(cx, &granted, &reader::record(&target)).await?;
    Ok(Held::New(target.id))
}

/// The reference of an enterprise's latest target, as far as the actor may see, where that was declined.
pub(crate) async fn declined(cx: &mut Cx, enterprise: Id) -> Result<Option<String>> {
    cx.require_along(&READ)?;
    store::declined(cx, enterprise).await
}

/// As [`propose`]; refuses to put an enterprise on the list once more, naming the target that is there.
pub async fn propose_new(cx: &mut Cx, new: NewTarget) -> Result<Id> {
    match propose(cx, new, None).await? {
        Held::New(id) => Ok(id),
        Held::Already(live) => {
            let live = get(cx, live).await?;
            Err(Error::conflict_with("target-is-on-the-list", &[("reference", live.reference)]))
        }
    }
}

/// A target within reach, its enterprise's reach included.
pub async fn get(cx: &mut Cx, id: Id) -> Result<Target> {
    cx.require_along(&READ)?;
    let target = store::get(cx, id).await?;
    let visible = cx.visible();
    let named = !visible.reaches(target.tier(), target.relation(), false) && store::is_reader(cx, id).await?;
    if !visible.reaches(target.tier(), target.relation(), named) {
        return Err(Error::NotFound);
    }
    enterprise::brief(cx, target.enterprise_id).await?;
    cx.look("target", target.id, &target.reference, target.tier());
    Ok(target)
}

fn refuse_retired(target: &Target) -> Result<()> {
    if target.retired_at.is_some() { Err(Error::conflict("target-retired")) } else { Ok(()) }
}

/// Changes who holds it, its round, its tier or its note; all are given as they are to stand.
pub async fn edit(cx: &mut Cx, id: Id, seen: i64, new: NewTarget) -> Result<Target> {
    let before = get(cx, id).await?;
    let granted = cx.require_on(&TARGET, before.relation())?;
    refuse_retired(&before)?;
    version::expect(seen, before.version, Vec::new())?;
    let mut problems = Problems::default();
    let checked = checked(cx, &new, &mut problems, before.relation(), Some(before.tier())).await?;
    problems.into_result()?;
    let brief = enterprise::brief(cx, before.enterprise_id).await?;
    let after = Target {
        round: checked.round,
        note: checked.note,
        tier: checked.tier.max(brief.tier).rank(),
        team_id: checked.team,
        owner_id: checked.owner,
        version: before.version + 1,
        updated_at: cx.now(),
        ..before.clone()
    };
    let fields = ["round", "note", "tier", "team_id", "owner_id"];
    if fields.iter().all(|field| before.value(field) == after.value(field)) {
        return Ok(before);
    }
    store::update(cx, &granted, &after).await?;
    let owners = identity::account::names(cx, before.owner_id.into_iter().chain(after.owner_id)).await?;
    let teams = identity::team::names(cx).await?;
    let mut change = Change::new("target.edited", "target", id).label(&after.reference).version(after.version);
    for field in fields {
        let told = |of: &Target| match field {
            "tier" => Told::code(of.tier().code(), of.tier().key()),
            "team_id" => held_by("team", of.team_id, &teams),
            "owner_id" => held_by("account", of.owner_id, &owners),
            _ => Told::text(of.value(field).as_deref()),
        };
        change = change.field(field, told(&before), told(&after));
    }
    cx.record(change);
    identity::reader::keep_in_sight(cx, &granted, &reader::record(&after)).await?;
    Ok(after)
}

fn held_by(kind: &str, id: Option<Id>, names: &HashMap<Id, String>) -> Told {
    id.map_or(Told::Nothing, |id| Told::record(kind, id, names.get(&id).map_or("–", String::as_str)))
}

/// Writes how a target stands, from a day on. The latest day decides how it stands now.
pub async fn stand(cx: &mut Cx, id: Id, standing: &str, on: &str, note: &str) -> Result<Target> {
    let before = get(cx, id).await?;
    let granted = cx.require_on(&TARGET, before.relation())?;
    refuse_retired(&before)?;
    let mut problems = Problems::default();
    problems.require(STANDINGS.contains(&standing), "standing", "target-standing-unknown");
    let day = problems.required_day("standing_on", Some(on));
    if let Some(day) = day {
        problems.require(day <= cx.today(), "standing_on", "problem-day-future");
        // Of what was known before it came on the list some may be written; a day years before is another year's slip.
        let listed = store::listed_on(cx, id).await?;
        if day < listed - time::Duration::days(EARLIER) {
            problems.add_with("standing_on", "target-standing-before", &[("day", listed.to_string())]);
        }
    }
    let note = problems.line("standing_note", note, 500);
    let ends = matches!(standing, "declined" | "dropped");
    problems.require(!ends || !note.is_empty(), "standing_note", "target-needs-reason");
    let holder = before.owner_id.is_some() || before.team_id.is_some();
    problems.require(standing != "reserved" || holder, "standing", "target-needs-holder");
    problems.into_result()?;
    let Some(day) = day else { return Err(Error::invalid("standing_on", "problem-day-missing")) };
    store::insert_standing(cx, &granted, id, standing, day, &note).await?;
    let (now, since) = store::latest_standing(cx, id).await?;
    let after = Target {
        standing: now,
        standing_on: since,
        version: before.version + 1,
        updated_at: cx.now(),
        ..before.clone()
    };
    store::update(cx, &granted, &after).await?;
    let told = |standing: &str| Told::code(standing, &standing_key(standing));
    cx.record(
        Change::new("target.stood", "target", id)
            .label(&after.reference)
            .version(after.version)
            .note(Some(note).filter(|note| !note.is_empty()))
            .field("standing", told(&before.standing), told(standing))
            .set("standing_on", Told::Day(day)),
    );
    Ok(after)
}

/// Starts a project of it, by projects' own verb and rules; the target then stands as approached.
pub async fn start_project(cx: &mut Cx, id: Id, title: &str) -> Result<Id> {
    let target = get(cx, id).await?;
    let granted = cx.require_on(&TARGET, target.relation())?;
    refuse_retired(&target)?;
    if target.project_id.is_some() {
        return Err(Error::conflict("target-has-project"));
    }
    let mut problems = Problems::default();
    responsible::check(cx, &mut problems, &projects::EDIT, target.relation(), Relation::default()).await?;
    if !problems.is_empty() {
        return Err(Error::conflict("target-needs-standing-holder"));
    }
    let holder = |id: Option<Id>| Loose(id.map_or_else(String::new, |id| id.to_string()));
    let new = NewProject {
        enterprise_id: Loose(target.enterprise_id.to_string()),
        title: Loose(title.to_owned()),
        tier: Loose(target.tier().code().to_owned()),
        team_id: holder(target.team_id),
        owner_id: holder(target.owner_id),
        ..NewProject::default()
    };
    let project = project::start(cx, new).await?;
    let today = cx.today();
    if matches!(target.standing.as_str(), "proposed" | "reserved") {
        store::insert_standing(cx, &granted, id, "approached", today, "").await?;
    }
    let (standing, standing_on) = store::latest_standing(cx, id).await?;
    let after = Target {
        standing,
        standing_on,
        project_id: Some(project.id),
        version: target.version + 1,
        updated_at: cx.now(),
        ..target.clone()
    };
    store::update(cx, &granted, &after).await?;
    cx.record(
        Change::new("target.project_started", "target", id)
            .label(&after.reference)
            .version(after.version)
            .set("project", Told::record("project", project.id, &project.reference)),
    );
    Ok(project.id)
}

/// Takes a target out of the list, or with no reason given brings it back.
pub async fn retire(cx: &mut Cx, id: Id, reason: Option<&str>) -> Result<()> {
    let target = get(cx, id).await?;
    let granted = cx.require_on(&TARGET, target.relation())?;
    let verb = match (reason, target.retired_at) {
        (Some(_), Some(_)) => return Err(Error::conflict("target-retired")),
        (None, None) => return Err(Error::conflict("target-not-retired")),
        (Some(_), None) => "target.retired",
        (None, Some(_)) => "target.restored",
    };
    let mut problems = Problems::default();
    let reason = reason.map(|text| problems.line("reason", text, 500));
    problems.require(reason.as_deref() != Some(""), "reason", "problem-reason-missing");
    problems.into_result()?;
    store::set_retired(cx, &granted, id, reason.as_deref()).await?;
    cx.record(Change::new(verb, "target", id).label(target.reference).version(target.version + 1).note(reason));
    Ok(())
}

/// Every standing of a target, latest day first.
pub async fn standings(cx: &mut Cx, id: Id) -> Result<Vec<Standing>> {
    cx.require(&READ)?;
    store::standings(cx, id).await
}

/// How many targets these enterprises have.
pub async fn count_of(cx: &mut Cx, enterprises: &[Id]) -> Result<i64> {
    store::count_of(cx, enterprises).await
}

pub(crate) async fn standing_of(cx: &mut Cx, enterprises: &[Id]) -> Result<i64> {
    store::standing_of(cx, enterprises).await
}

/// A target stands as its latest dated standing says.
pub(crate) fn check() -> Check {
    Check {
        name: "targets",
        run: |cx| {
            Box::pin(async move {
                let (looked_at, wrong) = store::check(cx).await?;
                Ok(Findings { looked_at, wrong })
            })
        },
    }
}
