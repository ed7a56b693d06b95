//! The ledger and the milestones held in memory, so that the figures of a large office as at any
//! date come in a moment.
//!
//! What is held is what the tables hold, as far as the audit tells: every change is an entry of a
//! chain without gaps, so each question first reads which records have changed since the last one,
//! in its own transaction, and takes those in anew. The rules are those of [`super::store`], and a
//! story holds the two to the same answers. A small office asks the database, and so does the first
//! question after a start, while the memory fills.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, RwLock};

use platform::audit::read::{self, Heads};
use platform::permission::{Relation, Tier, Visible};
use platform::text::Language;
use platform::{Cx, Error, Id, Result, Way};
use time::Date;

use super::{AsOf, Counted, Measure};
use crate::{ledger, milestone};

mod store;

use store::{EnterpriseRow, EntryRow, MilestoneRow, ProjectRow};

/// A ledger up to this long is added up by the database as quickly.
const SMALL: i64 = 20_000;
/// With more changes than this since the last question, everything is read anew.
const MOST_CHANGES: i64 = 50_000;
const PAGE: i64 = 2_000;

/// What a house holds; empty until somebody asks.
#[derive(Default)]
pub(super) struct Memory {
    held: RwLock<Option<Held>>,
    /// Who brings it up to date, one at a time.
    turn: tokio::sync::Mutex<()>,
    filling: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Held {
    seen: Heads,
    projects: Vec<Project>,
    project_places: HashMap<Id, usize>,
    enterprises: Vec<Enterprise>,
    enterprise_places: HashMap<Id, usize>,
}

struct Project {
    enterprise: usize,
    tier: Tier,
    relation: Relation,
    id: Id,
    /// `i64::MAX` while it is not.
    retired_at: i64,
    entries: Box<[Entry]>,
    milestones: Box<[Milestone]>,
}

struct Enterprise {
    id: Id,
    survivor: usize,
    tier: Tier,
    relation: Relation,
}

struct Entry {
    amount: i64,
    recorded_at: i64,
    effective_on: i32,
    measure: u8,
    realised: bool,
}

struct Milestone {
    recorded_at: i64,
    /// `i64::MAX` while it stands.
    superseded_at: i64,
    effective_on: i32,
    kind: u8,
}

/// Value and number of projects of each measure, or nothing where the database is to be asked.
pub(super) async fn totals(cx: &mut Cx, as_of: AsOf, measures: &[Measure]) -> Result<Option<Vec<(i64, i64)>>> {
    // A writer may have written what no chain tells of before it commits; and when a project began
    // is not held.
    if !cx.is_reading() || measures.iter().any(|measure| matches!(measure.counted(), Counted::Projects)) {
        return Ok(None);
    }
    let memory = cx.house.kept.get::<Memory>();
    if !memory.is_filled() {
        if store::is_longer_than(cx, SMALL).await? {
            fill_meanwhile(cx, memory);
        }
        return Ok(None);
    }
    if !memory.catch_up(cx).await? {
        fill_meanwhile(cx, memory);
        return Ok(None);
    }
    memory.answer(cx, as_of, measures).await.map(Some)
}

/// Fills the memory beside the questions, which the database answers until then.
fn fill_meanwhile(cx: &Cx, memory: Arc<Memory>) {
    let house = cx.house.clone();
    tokio::spawn(async move {
        // Somebody who fills it already spares the others.
        let Ok(_filling) = memory.filling.try_lock() else { return };
        let mut cx = Cx::reading(house, None, Way::Job, Language::English);
        if let Err(error) = memory.fill(&mut cx).await {
            tracing::warn!(%error, "the figures are not held in memory");
        }
    });
}

impl Memory {
    fn is_filled(&self) -> bool {
        self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner()).is_some()
    }

    /// Reads everything, in one transaction and so as at one instant.
    pub(super) async fn fill(&self, cx: &mut Cx) -> Result<()> {
        let _turn = self.turn.lock().await;
        let mut held = Held { seen: read::heads(cx).await?, ..Held::default() };
        let mut after = Id(0);
        loop {
            let rows = store::projects_after(cx, after, PAGE).await?;
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else { break };
            after = last.id;
            let belongings = store::between(cx, first.id, last.id).await?;
            held.take_projects(cx, rows, belongings).await?;
        }
        *self.held.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(held);
        Ok(())
    }

    /// Takes in what has changed; answers whether it could.
    async fn catch_up(&self, cx: &mut Cx) -> Result<bool> {
        let now = read::heads(cx).await?;
        if self.reaches(&now) {
            return Ok(true);
        }
        // Whoever waits holds no connection that the one whose turn it is may need; and a view begun
        // in one's turn is later than that of whoever had it before: nothing newer is put back.
        cx.look_anew().await?;
        let _turn = self.turn.lock().await;
        let now = read::heads(cx).await?;
        if self.reaches(&now) {
            return Ok(true);
        }
        let seen = self.seen();
        let Some(changed) = read::changed_since(cx, &seen, &["project", "enterprise"], MOST_CHANGES).await? else {
            *self.held.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = None;
            return Ok(false);
        };
        let of = |kind: &str| changed.iter().filter(|(of, _)| of == kind).map(|(_, id)| *id).collect::<Vec<Id>>();
        let mut news = News::default();
        for chunk in of("project").chunks(500) {
            news.projects.push((store::projects(cx, chunk).await?, store::of(cx, chunk).await?));
        }
        let enterprises = of("enterprise");
        if !enterprises.is_empty() {
            let mut ids = store::stood_for(cx, &enterprises).await?;
            ids.extend(enterprises);
            news.enterprises = store::enterprises(cx, &self.known(ids)).await?;
        }
        let mut wanted: Vec<Id> = news.enterprises.iter().map(|row| row.survivor_id).collect();
        wanted.extend(news.projects.iter().flat_map(|(rows, _)| rows).map(|row| row.enterprise_id));
        news.also = with_survivors(cx, &self.unknown(wanted)).await?;
        let mut held = self.held.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(held) = held.as_mut() {
            held.take_news(news);
            held.seen.join(&now);
        }
        Ok(true)
    }

    fn reaches(&self, heads: &Heads) -> bool {
        let held = self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        held.as_ref().is_some_and(|held| held.seen.reaches(heads))
    }

    fn seen(&self) -> Heads {
        let held = self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        held.as_ref().map(|held| held.seen.clone()).unwrap_or_default()
    }

    fn sorted_out(&self, ids: Vec<Id>, known: bool) -> Vec<Id> {
        let held = self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        let places = held.as_ref().map(|held| &held.enterprise_places);
        let mut ids: Vec<Id> =
            ids.into_iter().filter(|id| places.is_some_and(|places| places.contains_key(id)) == known).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    fn known(&self, ids: Vec<Id>) -> Vec<Id> {
        self.sorted_out(ids, true)
    }

    fn unknown(&self, ids: Vec<Id>) -> Vec<Id> {
        self.sorted_out(ids, false)
    }

    /// Adds up what the actor may see. It takes a core for some hundredths of a second, so it is
    /// done beside the threads that answer.
    async fn answer(self: Arc<Self>, cx: &mut Cx, as_of: AsOf, measures: &[Measure]) -> Result<Vec<(i64, i64)>> {
        let mut named = Named::default();
        for (kind, id) in store::named(cx).await? {
            if kind == "project" { &mut named.projects } else { &mut named.enterprises }.insert(id);
        }
        let (visible, measures) = (cx.visible(), measures.to_vec());
        let counted = tokio::task::spawn_blocking(move || {
            let held = self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner());
            held.as_ref().map(|held| held.totals(as_of, &measures, &visible, &named))
        });
        let counted = counted.await.map_err(|error| Error::Unexpected(Box::new(error)))?;
        counted.ok_or_else(|| Error::unexpected("the figures went out of memory while they were counted"))
    }
}

/// What has been read and is taken in at once.
#[derive(Default)]
struct News {
    projects: Vec<(Vec<ProjectRow>, (Vec<EntryRow>, Vec<MilestoneRow>))>,
    enterprises: Vec<EnterpriseRow>,
    also: Vec<EnterpriseRow>,
}

/// These enterprises, and those that stand for them.
async fn with_survivors(cx: &mut Cx, ids: &[Id]) -> Result<Vec<EnterpriseRow>> {
    let mut rows = store::enterprises(cx, ids).await?;
    let mut survivors: Vec<Id> =
        rows.iter().filter(|row| row.survivor_id != row.id).map(|row| row.survivor_id).collect();
    survivors.retain(|id| !ids.contains(id));
    survivors.sort_unstable();
    survivors.dedup();
    rows.extend(store::enterprises(cx, &survivors).await?);
    Ok(rows)
}

/// The records on which the reader is named.
#[derive(Default)]
struct Named {
    projects: HashSet<Id>,
    enterprises: HashSet<Id>,
}

fn relation(team: Option<Id>, owner: Option<Id>) -> Relation {
    Relation { team, owner }
}

impl Held {
    async fn take_projects(
        &mut self,
        cx: &mut Cx,
        rows: Vec<ProjectRow>,
        belongings: (Vec<EntryRow>, Vec<MilestoneRow>),
    ) -> Result<()> {
        let mut unknown: Vec<Id> =
            rows.iter().map(|row| row.enterprise_id).filter(|id| !self.enterprise_places.contains_key(id)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        let also = with_survivors(cx, &unknown).await?;
        self.take_news(News { projects: vec![(rows, belongings)], enterprises: Vec::new(), also });
        Ok(())
    }

    fn take_news(&mut self, news: News) {
        // A survivor has a place before what points at it is told.
        for row in news.also.iter().chain(&news.enterprises) {
            self.place_of(row.id);
        }
        for row in news.also.into_iter().chain(news.enterprises) {
            let (place, survivor) = (self.place_of(row.id), self.place_of(row.survivor_id));
            let (tier, relation) = (Tier::from_rank(row.tier), relation(row.team_id, row.owner_id));
            self.enterprises[place] = Enterprise { id: row.id, survivor, tier, relation };
        }
        for (rows, (entries, milestones)) in news.projects {
            self.take_rows(rows, entries, milestones);
        }
    }

    fn place_of(&mut self, id: Id) -> usize {
        if let Some(place) = self.enterprise_places.get(&id) {
            return *place;
        }
        let place = self.enterprises.len();
        self.enterprise_places.insert(id, place);
        // Named until it is told: what is not known yet is shown to nobody.
        self.enterprises.push(Enterprise { id, survivor: place, tier: Tier::Named, relation: Relation::default() });
        place
    }

    fn take_rows(&mut self, rows: Vec<ProjectRow>, entries: Vec<EntryRow>, milestones: Vec<MilestoneRow>) {
        let mut entries = entries.into_iter().peekable();
        let mut milestones = milestones.into_iter().peekable();
        for row in rows {
            let mut own = Vec::new();
            while let Some(entry) = entries.next_if(|entry| entry.project_id <= row.id) {
                own.push(Entry {
                    amount: entry.base_amount,
                    recorded_at: entry.recorded_at.0,
                    effective_on: entry.effective_on.to_julian_day(),
                    measure: u8::try_from(entry.measure).unwrap_or_default(),
                    realised: entry.realised == 1,
                });
            }
            let mut happened = Vec::new();
            while let Some(milestone) = milestones.next_if(|milestone| milestone.project_id <= row.id) {
                happened.push(Milestone {
                    recorded_at: milestone.recorded_at.0,
                    superseded_at: milestone.superseded_at.map_or(i64::MAX, |at| at.0),
                    effective_on: milestone.effective_on.to_julian_day(),
                    kind: u8::try_from(milestone.kind).unwrap_or_default(),
                });
            }
            let project = Project {
                enterprise: self.place_of(row.enterprise_id),
                tier: Tier::from_rank(row.tier),
                relation: relation(row.team_id, row.owner_id),
                id: row.id,
                retired_at: row.retired_at.map_or(i64::MAX, |at| at.0),
                entries: own.into_boxed_slice(),
                milestones: happened.into_boxed_slice(),
            };
            match self.project_places.get(&row.id) {
                Some(place) => self.projects[*place] = project,
                None => {
                    self.project_places.insert(row.id, self.projects.len());
                    self.projects.push(project);
                }
            }
        }
    }

    fn totals(&self, as_of: AsOf, measures: &[Measure], visible: &Visible, named: &Named) -> Vec<(i64, i64)> {
        let day = |day: Date| day.to_julian_day();
        let (as_at, known_at) = (day(as_of.as_at), as_of.known_at.0);
        let plan = Plan::of(measures);
        let reach = |tier: Tier, relation: Relation, named: &dyn Fn() -> bool| {
            visible.reaches(tier, relation, false) || visible.reaches(tier, relation, named())
        };
        let seen: Vec<bool> = self
            .enterprises
            .iter()
            .map(|one| reach(one.tier, one.relation, &|| named.enterprises.contains(&one.id)))
            .collect();
        let mut met = vec![HashSet::new(); measures.len()];
        let mut totals = vec![(0_i64, 0_i64); measures.len()];
        let mut touched = vec![false; measures.len()];
        for project in self.projects.iter().filter(|project| project.retired_at > known_at) {
            let survivor = self.enterprises[project.enterprise].survivor;
            if !seen[survivor] || !reach(project.tier, project.relation, &|| named.projects.contains(&project.id)) {
                continue;
            }
            touched.fill(false);
            for entry in &project.entries {
                if entry.effective_on <= as_at && entry.recorded_at <= known_at {
                    for place in &plan.entries[usize::from(entry.realised)][usize::from(entry.measure)] {
                        totals[*place].0 += entry.amount;
                        touched[*place] = true;
                    }
                }
            }
            for one in &project.milestones {
                if one.effective_on <= as_at && one.recorded_at <= known_at && one.superseded_at > known_at {
                    for place in &plan.milestones[usize::from(one.kind)] {
                        met[*place].insert(survivor);
                        touched[*place] = true;
                    }
                }
            }
            for (place, touched) in touched.iter().enumerate() {
                totals[place].1 += i64::from(*touched);
            }
        }
        for (place, met) in met.into_iter().enumerate().filter(|(_, met)| !met.is_empty()) {
            totals[place].0 = met.len() as i64;
        }
        totals
    }
}

/// Which measures an entry or a milestone counts in.
struct Plan {
    /// By whether it is realised, then by its measure's place.
    entries: [[Vec<usize>; ledger::MEASURES.len()]; 2],
    milestones: [Vec<usize>; milestone::KINDS.len()],
}

impl Plan {
    fn of(measures: &[Measure]) -> Self {
        let mut plan = Self { entries: Default::default(), milestones: Default::default() };
        for (place, measure) in measures.iter().enumerate() {
            let (realised, of) = match measure.counted() {
                Counted::Milestone(kind) => {
                    if let Some(kind) = milestone::KINDS.iter().position(|known| *known == kind) {
                        plan.milestones[kind].push(place);
                    }
                    continue;
                }
                Counted::Projects => continue,
                Counted::Pledges(of) => (0, of),
                Counted::Outcomes(of) => (1, of),
            };
            for (known, name) in ledger::MEASURES.iter().enumerate() {
                if of.contains(name) {
                    plan.entries[realised][known].push(place);
                }
            }
        }
        plan
    }
}
