//! Screenings: a version of criteria run over the universe. What was found is kept as it was found, with the universe's
//! day, the facts and their sources.
//!
//! A screening is the same for all who may read it. Which of its companies the office already courts is said when the
//! list is read, within the reader's own reach: were they left out when it is run, a gap would tell of what is hidden.

use ::screening::{Change as Move, Company, Facet, Plan, Ranked, Screened, Source};
use platform::audit::{Change, Told};
use platform::clock::At;
use platform::jobs as work;
use platform::order::{Place, Rows};
use platform::permission::Relation;
use platform::room::{Check, Findings};
use platform::{Cx, Error, Id, Problems, Result};
use serde::de::DeserializeOwned;
use sqlx::FromRow;
use time::Date;

use crate::criteria::{self, Version};
use crate::{READ, RETIRE, SCREEN, chain};

pub mod api;
pub mod compare;
pub mod export;
pub mod jobs;
pub mod links;
pub mod list;
pub mod pages;
pub mod send;
mod store;

/// A screening ranks so many unless told otherwise, and at most so many.
pub const USUAL_TOP: i64 = 500;
pub const MOST_TOP: i64 = 2_000;

/// So many are kept below the list: they move up for readers from whom some above are left out as courted.
pub(crate) fn spare(top: usize) -> usize {
    (top / 4).max(50)
}

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Screening {
    pub id: Id,
    pub set_id: Id,
    /// Which version of the criteria.
    pub number: i64,
    pub name: String,
    /// How many are ranked at most.
    pub top: i64,
    /// waiting, running, done, failed or cancelled.
    pub state: String,
    /// Companies looked at so far, and how many there are to look at, over all passes.
    pub done: i64,
    pub expected: i64,
    /// Which state of the universe.
    pub snapshot: String,
    pub universe_as_at: Option<Date>,
    pub companies: i64,
    /// How many met the conditions.
    pub ranked: i64,
    #[serde(skip)]
    pub about: String,
    #[serde(skip)]
    pub known: String,
    #[serde(skip)]
    pub facets: String,
    #[serde(skip)]
    pub context: String,
    /// Text key of why it failed; empty where it did not.
    pub failure: String,
    pub made_by: Option<Id>,
    pub made_by_name: String,
    pub made_at: At,
    pub finished_at: Option<At>,
    pub version: i64,
    pub retired_at: Option<At>,
    pub retired_reason: Option<String>,
}

impl Screening {
    pub fn relation(&self) -> Relation {
        Relation { team: None, owner: self.made_by }
    }

    pub fn is_at_work(&self) -> bool {
        matches!(self.state.as_str(), "waiting" | "running")
    }

    pub fn sources(&self) -> Vec<Source> {
        read(&self.about)
    }

    pub fn facets(&self) -> Vec<Facet> {
        read(&self.facets)
    }

    /// Of how many of those ranked each criterion's fact is known.
    pub fn known(&self) -> Vec<u64> {
        read(&self.known)
    }
}

/// What the job kept; what it did not get to is empty.
fn read<T: DeserializeOwned + Default>(text: &str) -> T {
    serde_json::from_str(text).unwrap_or_default()
}

/// Has a version of criteria run over the universe.
pub async fn run(cx: &mut Cx, set: Id, number: i64, top: i64) -> Result<Screening> {
    let granted = cx.require(&SCREEN)?;
    let set = criteria::get(cx, set).await?;
    if set.retired_at.is_some() {
        return Err(Error::conflict("criteria-retired"));
    }
    let version = criteria::version_at(cx, set.id, number).await?;
    if !(1..=MOST_TOP).contains(&top) {
        let mut problems = Problems::default();
        problems.add_with("top", "screening-top-range", &[("most", MOST_TOP.to_string())]);
        return Err(Error::Invalid(problems));
    }
    crate::universe::engine(cx)?;
    let context = chain::context(cx).await?;
    let screening = Screening {
        id: cx.new_id(),
        set_id: set.id,
        number,
        name: version.criteria.name,
        top,
        state: "waiting".to_owned(),
        done: 0,
        expected: 0,
        snapshot: String::new(),
        universe_as_at: None,
        companies: 0,
        ranked: 0,
        about: String::new(),
        known: String::new(),
        facets: String::new(),
        context: serde_json::to_string(&context)?,
        failure: String::new(),
        made_by: cx.account(),
        made_by_name: cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone()),
        made_at: cx.now(),
        finished_at: None,
        version: 1,
        retired_at: None,
        retired_reason: None,
    };
    store::insert(cx, &granted, &screening).await?;
    enqueue(cx, screening.id).await?;
    cx.record(
        Change::new("screening.asked", "screening", screening.id)
            .label(&screening.name)
            .version(1)
            .set("criteria", Told::record("criteria", set.id, &set.name))
            .set("number", Told::Number(number)),
    );
    Ok(screening)
}

async fn enqueue(cx: &mut Cx, id: Id) -> Result<()> {
    work::enqueue(cx, jobs::NAME, serde_json::json!({ "subject": id }), None).await.map(drop)
}

/// Stops one that waits or runs; a running one stops within a second.
pub async fn cancel(cx: &mut Cx, id: Id) -> Result<()> {
    let screening = get(cx, id).await?;
    let granted = cx.require(&SCREEN)?;
    if !screening.is_at_work() {
        return Err(Error::conflict("screening-has-ended"));
    }
    store::end(cx, &granted, id, "cancelled", "").await?;
    cx.record(Change::new("screening.cancelled", "screening", id).label(screening.name).version(screening.version + 1));
    Ok(())
}

/// Takes a screening out of the lists, or with no reason given brings it back.
pub async fn retire(cx: &mut Cx, id: Id, reason: Option<&str>) -> Result<()> {
    let screening = get(cx, id).await?;
    let granted = cx.require_on(&RETIRE, screening.relation())?;
    let verb = match (reason, screening.retired_at) {
        (Some(_), Some(_)) => return Err(Error::conflict("screening-retired")),
        (None, None) => return Err(Error::conflict("screening-not-retired")),
        (Some(_), None) => "screening.retired",
        (None, Some(_)) => "screening.restored",
    };
    if screening.is_at_work() {
        return Err(Error::conflict("screening-at-work"));
    }
    let mut problems = Problems::default();
    let reason = reason.map(|text| problems.line("reason", text, 500));
    problems.require(reason.as_deref() != Some(""), "reason", "problem-reason-missing");
    problems.into_result()?;
    store::set_retired(cx, &granted, id, reason.as_deref()).await?;
    cx.record(Change::new(verb, "screening", id).label(screening.name).version(screening.version + 1).note(reason));
    Ok(())
}

pub async fn get(cx: &mut Cx, id: Id) -> Result<Screening> {
    cx.require(&READ)?;
    store::get(cx, id).await
}

/// A page of them, latest first, of one set of criteria if given.
pub async fn page(cx: &mut Cx, set: Option<Id>, retired: bool, place: &Place, limit: i64) -> Result<Rows<Screening>> {
    cx.require(&READ)?;
    store::page(cx, set, retired, place, limit).await
}

/// The version of the criteria that it ran.
pub async fn version_of(cx: &mut Cx, screening: &Screening) -> Result<Version> {
    criteria::version_at(cx, screening.set_id, screening.number).await
}

/// One company of a screening: what it was ranked by, and what would change its rank.
pub struct Explained {
    pub ranked: Ranked,
    pub changes: Vec<Move>,
    pub version: Version,
    /// The companies before and after it: rank, name, total.
    pub before: Option<(i64, String, i64)>,
    pub after: Option<(i64, String, i64)>,
    /// The nearest before it with a higher total.
    pub above: Option<(i64, String, i64)>,
    /// The first and the last rank of those with its total.
    pub level: (u64, u64),
    /// Whether companies beyond the last that was kept may have it too.
    pub level_beyond: bool,
}

pub async fn explained(cx: &mut Cx, screening: &Screening, rank: i64) -> Result<Explained> {
    let version = version_of(cx, screening).await?;
    let extent = list::extent(cx, screening).await?;
    let ranked = store::ranked(cx, screening.id, rank).await?.filter(|_| rank <= extent.last).ok_or(Error::NotFound)?;
    let standing = store::standing(cx, screening.id).await?;
    let place = standing.iter().position(|one| one.rank == rank).ok_or(Error::NotFound)?;
    let told =
        |at: Option<usize>| at.and_then(|at| standing.get(at)).map(|one| (one.rank, one.name.clone(), one.total));
    let (before, after) = (told(place.checked_sub(1)), told(Some(place + 1)).filter(|(rank, ..)| *rank <= extent.last));
    // The next that has more: what stands level isn't behind.
    let above = told(standing.iter().take(place).rposition(|one| one.total > standing[place].total));
    // Only this one's reasons are asked for; of the others the totals do.
    let top = standing.into_iter().map(|one| {
        if one.rank == rank {
            return ranked.clone();
        }
        Ranked {
            rank: u64::try_from(one.rank).unwrap_or(0),
            total: one.total,
            company: Company { id: one.company_id, ..Company::default() },
            reasons: Vec::new(),
            firm: ::screening::Firm::default(),
        }
    });
    let screened = Screened {
        criteria: version.criteria.clone(),
        universe: ::screening::About::default(),
        ranked: u64::try_from(screening.ranked).unwrap_or(0),
        known: Vec::new(),
        facets: Vec::new(),
        top: top.collect(),
    };
    let (level, level_beyond) = (screened.level_with(&ranked), screened.level_beyond(&ranked));
    Ok(Explained { changes: screened.changes(place), ranked, version, before, after, above, level, level_beyond })
}

/// The whole weight of its criteria in points: what a company with all of them has.
pub fn full(version: &Version) -> i64 {
    Plan::new(&version.criteria, &::screening::Context::default(), 0).map_or(0, |plan| plan.full())
}

/// How many companies are linked to any of these enterprises.
pub async fn count_of(cx: &mut Cx, enterprises: &[Id]) -> Result<i64> {
    store::count_links(cx, enterprises).await
}

/// Every screening that is done has its rows, in ranks without a gap.
pub(crate) fn check() -> Check {
    Check {
        name: "screenings",
        run: |cx| {
            Box::pin(async move {
                let (looked_at, wrong) = store::check(cx).await?;
                Ok(Findings { looked_at, wrong })
            })
        },
    }
}
