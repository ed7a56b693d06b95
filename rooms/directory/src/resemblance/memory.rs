//! The register in memory, as the matcher reads it: made when somebody first asks, kept up with what this and other
//! servers change, dropped when nobody asks any more, so that a server at rest is small.
//!
//! Changes are read from the audit's lanes ([`platform::audit::feed`]): each record that an entry tells of is read anew.
//! A merge changes nothing here, since records are found as themselves and told as the one that stands for them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use matching::{Breadth, Corpus, Index, Model};
use platform::audit::feed::{self, Ends};
use platform::house::House;
use platform::permission::{Actor, Tier};
use platform::text::Language;
use platform::{Cx, Error, Id, Result, Way};
use rayon::prelude::*;
use tokio::sync::watch;

use super::asking::{key_of, records};
use super::{Asked, Resemblance, Standing, model, store};

/// How long a page waits for memory that is being made, before names equal to the letter have to do.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// How long an import waits, which asks for many.
pub const LONG_PATIENCE: Duration = Duration::from_secs(60);
/// Without a question for so long, memory is given back.
const IDLE: Duration = Duration::from_secs(600);
const TICK: Duration = Duration::from_secs(1);
const PAGE: i64 = 2_000;
/// Entries of the audit taken in before a question is answered; more are taken in behind it.
const AT_ONCE: i64 = 1_000;

/// How many hits are looked at for one question, since some may be out of reach or merged, and how likely at least.
#[derive(Clone, Copy, Debug)]
pub(super) struct Depth {
    hits: usize,
    least: f64,
    breadth: Breadth,
}

impl Depth {
    /// For somebody who looks at one name.
    pub const PERSON: Self = Self { hits: 40, least: matching::LEAST, breadth: Breadth::TYPED };
    /// For a row among thousands.
    pub const ROW: Self = Self { hits: 12, least: 0.2, breadth: Breadth::WHOLE };
}

/// The register in memory, if it is there.
#[derive(Default)]
pub(crate) struct Memory {
    held: RwLock<Option<Held>>,
    /// Whether it is there, for those who wait for it.
    made: watch::Sender<bool>,
    kept: AtomicBool,
    asked: Mutex<Option<Instant>>,
    /// Whether somebody has asked while more had changed than could be taken in before answering.
    behind: AtomicBool,
    following: tokio::sync::Mutex<()>,
}

/// What a model takes pairs for, and how likely the same.
pub(super) type Judged = Vec<Option<(matching::Verdict, f64)>>;

struct Held {
    index: Index,
    read: Ends,
}

impl Memory {
    fn read(&self) -> RwLockReadGuard<'_, Option<Held>> {
        self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn write(&self) -> RwLockWriteGuard<'_, Option<Held>> {
        self.held.write().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn is_asked(&self) {
        *self.asked.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(Instant::now());
    }

    fn rests(&self) -> bool {
        let asked = *self.asked.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        asked.is_none_or(|asked| asked.elapsed() > IDLE)
    }
}

/// Has memory made if it is not there, and waits so long for it; says whether it is there. Called before a request's first
/// question to the database, so that nobody waits for a transaction meanwhile.
pub async fn ready(house: &Arc<House>, patience: Duration) -> bool {
    let memory = house.kept.get::<Memory>();
    memory.is_asked();
    let mut made = memory.made.subscribe();
    if !memory.kept.swap(true, Ordering::SeqCst) {
        tokio::spawn(keep(house.clone(), memory.clone()));
    }
    tokio::time::timeout(patience, made.wait_for(|made| *made)).await.is_ok_and(|made| made.is_ok())
}

/// Makes memory, keeps it up and gives it back.
async fn keep(house: Arc<House>, memory: Arc<Memory>) {
    if let Err(error) = make_and_follow(&house, &memory).await {
        // Names equal to the letter still answer; the next question tries again.
        tracing::warn!(%error, "the register is not held in memory");
    }
    memory.made.send_replace(false);
    *memory.write() = None;
    memory.kept.store(false, Ordering::SeqCst);
}

async fn make_and_follow(house: &Arc<House>, memory: &Arc<Memory>) -> Result<()> {
    loop {
        let made = make(house).await?;
        *memory.write() = Some(made);
        memory.made.send_replace(true);
        // Past an eighth, what came later is slower to look through than to sort in anew.
        let stale = |held: &Held| held.index.unsorted() > 20_000.max(held.index.len() / 8);
        while !memory.read().as_ref().is_some_and(stale) {
            tokio::time::sleep(TICK).await;
            if memory.rests() {
                return Ok(());
            }
            // Nothing is followed that nobody asks about: an import is not read back while it is written.
            if memory.behind.swap(false, Ordering::SeqCst) {
                while follow(house, memory).await? {}
            }
        }
    }
}

fn reader(house: &Arc<House>) -> Cx {
    Cx::reading(house.clone(), Some(Actor::operator("oases")), Way::Job, Language::English)
}

/// The whole register as an index of its own.
async fn make(house: &Arc<House>) -> Result<Held> {
    let mut cx = reader(house);
    // First how far the audit has come: what changes while pages are read is read again.
    let read = feed::ends(&mut cx).await?;
    let model = model::in_use(&mut cx).await?;
    let mut corpus = Corpus::default();
    let mut page = store::page(&mut cx, Id(0), PAGE).await?;
    while let Some(last) = page.last() {
        let after = last.id;
        let house = house.clone();
        // The database reads the next page while this one is taken apart.
        let taken = on_all_cores(move || {
            with_records(&house, &page, |records| corpus.extend(records));
            corpus
        });
        let next = async {
            cx.look_anew().await?;
            store::page(&mut cx, after, PAGE).await
        };
        let (taken, next) = tokio::join!(taken, next);
        (corpus, page) = (taken?, next?);
    }
    cx.commit().await?;
    let index = on_all_cores(move || Index::new(corpus, model)).await?;
    Ok(Held { index, read })
}

/// An index for a job that works on it for long, while the one in memory goes on answering.
pub(super) async fn copy(house: &Arc<House>) -> Result<Index> {
    Ok(make(house).await?.index)
}

pub(super) async fn on_all_cores<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Unexpected(Box::new(error)))
}

/// Hands over the matcher's records of a page of the register.
fn with_records(house: &House, page: &[Standing], mut with: impl FnMut(&[matching::Record<'_>])) {
    let mut known: HashMap<Option<&str>, String> = HashMap::new();
    let countries: Vec<String> =
        page.iter().map(|one| known.entry(one.origin()).or_insert_with(|| one.country(&house.codes)).clone()).collect();
    let mut all = Vec::with_capacity(page.len() + page.len() / 4);
    for (standing, country) in page.iter().zip(&countries) {
        let names: Vec<&str> = standing.names.iter().map(String::as_str).collect();
        let website = standing.website.as_deref().unwrap_or_default();
        // What not everybody who asks may see weighs nothing, or its weight would tell that it is there.
        let silent = standing.tier.max(standing.survivor_tier) > Tier::Office.rank();
        all.extend(records(&standing.id.to_string(), &names, &standing.numbers(), country, website, silent));
    }
    with(&all);
}

/// Takes in what was changed since, by whomever; says whether there is more.
async fn follow(house: &Arc<House>, memory: &Arc<Memory>) -> Result<bool> {
    let _one = memory.following.lock().await;
    let Some(mut read) = memory.read().as_ref().map(|held| held.read.clone()) else { return Ok(false) };
    let mut cx = reader(house);
    let seen = feed::since(&mut cx, &mut read, AT_ONCE).await?;
    if seen.is_empty() {
        cx.commit().await?;
        return Ok(false);
    }
    let mut ids: Vec<Id> = seen.iter().filter(|(kind, _)| kind == "enterprise").map(|(_, id)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    let changed = store::of(&mut cx, &ids).await?;
    let model = match seen.iter().any(|(kind, _)| kind == model::KIND) {
        true => Some(model::in_use(&mut cx).await?),
        false => None,
    };
    cx.commit().await?;
    let (house, memory) = (house.clone(), memory.clone());
    on_all_cores(move || {
        if let Some(held) = memory.write().as_mut() {
            held.take_in(&house, &changed, model, read);
        }
    })
    .await?;
    Ok(seen.len() as i64 >= AT_ONCE)
}

impl Held {
    fn take_in(&mut self, house: &House, changed: &[Standing], model: Option<Model>, read: Ends) {
        for standing in changed {
            // One that has lost names or numbers has fewer records than before.
            let key = standing.id.to_string();
            self.index.remove(&key);
            for nth in 1.. {
                if !self.index.remove(&format!("{key}.{nth}")) {
                    break;
                }
            }
        }
        with_records(house, changed, |records| records.iter().for_each(|record| self.index.put(record)));
        if let Some(model) = model {
            self.index.set_model(model);
        }
        self.read = read;
    }
}

/// What each of two models takes pairs of records for; nothing of a pair that is not in the register. None while memory is
/// not there.
pub(super) async fn judge(house: &Arc<House>, models: [Model; 2], pairs: Vec<(Id, Id)>) -> Result<Option<[Judged; 2]>> {
    let memory = house.kept.get::<Memory>();
    memory.is_asked();
    while follow(house, &memory).await? {}
    on_all_cores(move || {
        let held = memory.read();
        let index = &held.as_ref()?.index;
        let pairs: Vec<(String, String)> = pairs.iter().map(|(a, b)| (a.to_string(), b.to_string())).collect();
        Some(models.map(|model| index.judge(&model, &pairs)))
    })
    .await
}

/// For each one asked about the records most like it, as they stand now, each with how and why. Empty while memory is
/// not there. What may be seen of them is for the caller to sort out.
pub(super) async fn find(house: &Arc<House>, asked: &[Asked], depth: Depth) -> Result<Vec<Vec<(Id, Resemblance)>>> {
    let memory = house.kept.get::<Memory>();
    memory.is_asked();
    if asked.iter().all(Asked::is_empty) || !*memory.made.borrow() {
        return Ok(vec![Vec::new(); asked.len()]);
    }
    if follow(house, &memory).await? {
        memory.behind.store(true, Ordering::SeqCst);
    }
    let asked = asked.to_vec();
    on_all_cores(move || {
        let held = memory.read();
        let Some(held) = held.as_ref() else { return vec![Vec::new(); asked.len()] };
        asked.par_iter().map(|one| find_one(&held.index, one, depth)).collect()
    })
    .await
}

fn find_one(index: &Index, asked: &Asked, depth: Depth) -> Vec<(Id, Resemblance)> {
    let mut best: HashMap<Id, Resemblance> = HashMap::new();
    for record in asked.records() {
        for hit in index.find_within(&record, depth.hits, depth.least, depth.breadth) {
            let Some(id) = key_of(hit.id) else { continue };
            let found = Resemblance::of(&hit.explanation);
            if best.get(&id).is_none_or(|held| held.rank() < found.rank()) {
                best.insert(id, found);
            }
        }
    }
    best.into_iter().collect()
}
