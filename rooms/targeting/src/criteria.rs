//! Criteria: what a company is ranked by. Composed by an officer, saved version by version; none is ever written over.

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::order::{Place, Rows};
use platform::permission::Relation;
use platform::search::fold;
use platform::{Cx, Error, Id, Problems, Result, version};
use screening::{Company, Criteria};
use sqlx::FromRow;

use crate::universe::refused;
use crate::{READ, RETIRE, SCREEN, universe};

pub mod api;
pub mod compose;
mod draft;
pub mod draw;
mod meanwhile;
pub mod pages;
mod place;
mod store;

/// A set of criteria as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
#[schema(as = CriteriaSet)]
pub struct Set {
    pub id: Id,
    pub name: String,
    /// Number of the latest version.
    pub latest: i64,
    /// The file of the pack that it began as; empty for the office's own.
    pub origin: String,
    pub made_by: Option<Id>,
    pub version: i64,
    pub updated_at: At,
    pub retired_at: Option<At>,
    pub retired_reason: Option<String>,
}

/// A version as it was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub number: i64,
    pub note: String,
    pub made_by_name: String,
    pub made_at: At,
    pub criteria: Criteria,
}

impl Set {
    pub fn relation(&self) -> Relation {
        Relation { team: None, owner: self.made_by }
    }
}

/// Makes a set with its first version.
pub async fn compose(cx: &mut Cx, criteria: Criteria, origin: &str) -> Result<Set> {
    let granted = cx.require(&SCREEN)?;
    let criteria = Criteria { version: 1, ..tidied(criteria) }.checked().map_err(refused)?;
    refuse_strange(&criteria)?;
    let set = Set {
        id: cx.new_id(),
        name: criteria.name.clone(),
        latest: 1,
        origin: origin.to_owned(),
        made_by: cx.account(),
        version: 1,
        updated_at: cx.now(),
        retired_at: None,
        retired_reason: None,
    };
    store::insert(cx, &granted, &set, &fold::sort_key(&set.name)).await?;
    store::insert_version(cx, &granted, set.id, &version_of(cx, 1, "", criteria)).await?;
    cx.record(Change::new("criteria.composed", "criteria", set.id).label(&set.name).version(1));
    Ok(set)
}

/// Brings in a pack's starter set; one that is held already stays as the office has made it.
pub async fn load(cx: &mut Cx, text: &str, origin: &str) -> Result<()> {
    let criteria = Criteria::from_toml(text).map_err(refused)?;
    if store::by_origin(cx, origin).await?.is_none() {
        compose(cx, criteria, origin).await?;
    }
    Ok(())
}

/// Saves a further version. `seen` is the number of the one that was changed; a version that came meanwhile is not
/// lost, since all stay, but the editor has to know of it.
pub async fn save(cx: &mut Cx, id: Id, seen: i64, criteria: Criteria, note: &str) -> Result<Set> {
    let before = get(cx, id).await?;
    let granted = cx.require(&SCREEN)?;
    refuse_retired(&before)?;
    if seen != before.latest {
        let theirs = version_at(cx, id, before.latest).await?.criteria;
        version::expect(seen, before.latest, meanwhile::differing(&criteria, &theirs))?;
    }
    let number = before.latest + 1;
    let mut problems = Problems::default();
    let note = problems.line("note", note, 500);
    problems.into_result()?;
    let criteria = Criteria { version: u32::try_from(number).unwrap_or(u32::MAX), ..tidied(criteria) };
    let criteria = criteria.checked().map_err(refused)?;
    refuse_strange(&criteria)?;
    let held = version_at(cx, id, before.latest).await?.criteria;
    if (Criteria { version: held.version, ..criteria.clone() }) == held {
        return Ok(before);
    }
    let after = Set {
        name: criteria.name.clone(),
        latest: number,
        version: before.version + 1,
        updated_at: cx.now(),
        ..before.clone()
    };
    store::update(cx, &granted, &after, &fold::sort_key(&after.name)).await?;
    store::insert_version(cx, &granted, id, &version_of(cx, number, &note, criteria)).await?;
    cx.record(
        Change::new("criteria.saved", "criteria", id)
            .label(&after.name)
            .version(after.version)
            .note(Some(note).filter(|note| !note.is_empty()))
            .field("latest", Told::Number(before.latest), Told::Number(number)),
    );
    Ok(after)
}

fn version_of(cx: &Cx, number: i64, note: &str, criteria: Criteria) -> Version {
    let made_by_name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    Version { number, note: note.to_owned(), made_by_name, made_at: cx.now(), criteria }
}

fn tidied(mut criteria: Criteria) -> Criteria {
    criteria.name = criteria.name.trim().to_owned();
    criteria.note = criteria.note.trim().to_owned();
    for criterion in &mut criteria.criteria {
        criterion.name = criterion.name.trim().to_owned();
        criterion.note = criterion.note.trim().to_owned();
    }
    for key in &mut criteria.exclude {
        if key.len() == 20 {
            key.make_ascii_uppercase();
        }
    }
    criteria
}

/// What can name no company leaves none out: it is refused, a few of them by name.
fn refuse_strange(criteria: &Criteria) -> Result<()> {
    let strange = criteria.exclude.iter().filter(|key| !screening::names_company(key));
    let named: Vec<String> = strange.take(5).map(|key| key.chars().take(40).collect()).collect();
    let mut problems = Problems::default();
    if !named.is_empty() {
        problems.add_with("exclude", "criteria-problem-no-company", &[("keys", named.join(", "))]);
    }
    problems.into_result()
}

/// So many companies that are left out are looked up.
pub const NAMED: usize = 50;

/// The first of the companies that are left out: as they were written, and as the universe calls them. Nothing where there
/// is no universe to say so.
pub async fn left_out(cx: &mut Cx, keys: &[String]) -> Result<Option<Vec<(String, Option<Company>)>>> {
    if keys.is_empty() || universe::about(cx).await?.is_none() {
        return Ok(None);
    }
    let some: Vec<String> = keys.iter().take(NAMED).cloned().collect();
    let known = universe::known(cx, &some).await?;
    let is = |company: &Company, key: &str| company.id == key || company.lei.as_deref() == Some(key);
    let named = some.into_iter().map(|key| {
        let company = known.iter().find(|company| is(company, &key)).cloned();
        (key, company)
    });
    Ok(Some(named.collect()))
}

fn refuse_retired(set: &Set) -> Result<()> {
    if set.retired_at.is_some() { Err(Error::conflict("criteria-retired")) } else { Ok(()) }
}

/// Takes a set out of the lists, or with no reason given brings it back. Its versions and screenings stay.
pub async fn retire(cx: &mut Cx, id: Id, reason: Option<&str>) -> Result<()> {
    let set = get(cx, id).await?;
    let granted = cx.require_on(&RETIRE, set.relation())?;
    let verb = match (reason, set.retired_at) {
        (Some(_), Some(_)) => return Err(Error::conflict("criteria-retired")),
        (None, None) => return Err(Error::conflict("criteria-not-retired")),
        (Some(_), None) => "criteria.retired",
        (None, Some(_)) => "criteria.restored",
    };
    let mut problems = Problems::default();
    let reason = reason.map(|text| problems.line("reason", text, 500));
    problems.require(reason.as_deref() != Some(""), "reason", "problem-reason-missing");
    problems.into_result()?;
    store::set_retired(cx, &granted, id, reason.as_deref()).await?;
    cx.record(Change::new(verb, "criteria", id).label(set.name).version(set.version + 1).note(reason));
    Ok(())
}

pub async fn get(cx: &mut Cx, id: Id) -> Result<Set> {
    cx.require(&READ)?;
    store::get(cx, id).await
}

/// A version by its number.
pub async fn version_at(cx: &mut Cx, id: Id, number: i64) -> Result<Version> {
    cx.require(&READ)?;
    store::version(cx, id, number).await
}

/// The versions of a set, latest first, below one if given.
pub async fn versions(cx: &mut Cx, id: Id, below: Option<i64>, limit: i64) -> Result<Vec<Version>> {
    cx.require(&READ)?;
    store::versions(cx, id, below, limit).await
}

/// A page of the sets, latest change first.
pub async fn page(cx: &mut Cx, retired: bool, place: &Place, limit: i64) -> Result<Rows<Set>> {
    cx.require(&READ)?;
    store::page(cx, retired, place, limit).await
}
