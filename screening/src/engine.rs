//! What a room asks of a universe, whoever keeps it.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use time::Date;

use crate::{Company, Criteria, Error, Firm, Measure, Plan, Ranked};

pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Keeps a universe and ranks its companies. Every engine gives byte for byte what `scan` gives.
pub trait Engine: Send + Sync {
    fn about(&self) -> Answer<'_, About>;

    fn screen<'a>(&'a self, plan: &'a Plan, watch: &'a Watch) -> Answer<'a, Screened>;

    fn company<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Company>>;

    /// The companies with these ids or LEIs, by id.
    fn known<'a>(&'a self, keys: &'a [String]) -> Answer<'a, Vec<Company>>;

    /// Companies with these words in a name, or with this id or LEI: those whose name begins with them first, then
    /// by name, then by id.
    fn search<'a>(&'a self, words: &'a str, most: usize) -> Answer<'a, Vec<Company>>;
}

/// What a universe holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub companies: u64,
    /// Names this state of the universe; another after each update.
    pub snapshot: String,
    #[serde(with = "crate::day::maybe")]
    pub as_at: Option<Date>,
    pub sources: Vec<Source>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// As facts name it.
    pub name: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub licence: String,
    #[serde(default)]
    pub url: String,
    #[serde(with = "crate::day::maybe")]
    pub as_at: Option<Date>,
    pub records: u64,
    /// Whether it was made up, to try the house with.
    #[serde(default)]
    pub made_up: bool,
}

/// How far an engine has come, and the word to stop.
#[derive(Debug, Default)]
pub struct Watch {
    stop: AtomicBool,
    done: AtomicU64,
    of: AtomicU64,
}

impl Watch {
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// To be asked now and then; an error once one was told to stop.
    pub fn go_on(&self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { Ok(()) }
    }

    pub fn expect(&self, of: u64) {
        self.of.store(of, Ordering::Relaxed);
    }

    pub fn did(&self, more: u64) {
        self.done.fetch_add(more, Ordering::Relaxed);
    }

    /// Companies looked at, and how many there are to look at (over all passes).
    pub fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.of.load(Ordering::Relaxed))
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screened {
    pub criteria: Criteria,
    pub universe: About,
    /// How many met the conditions and were ranked; the rest was left out.
    pub ranked: u64,
    /// For each criterion, of how many of those ranked its fact is known.
    pub known: Vec<u64>,
    pub facets: Vec<Facet>,
    pub top: Vec<Ranked>,
}

/// How many of those ranked have which code: the most frequent first, then by code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    pub measure: Measure,
    pub counts: Vec<(String, u64)>,
    /// Of how many it is not known.
    pub unknown: u64,
}

/// By what those ranked are counted. Industries are counted by their first two digits.
pub const FACETS: [Measure; 4] = [Measure::Country, Measure::Industry, Measure::Listing, Measure::Chain];

/// A facet keeps so many codes at most; a universe with more has them added up under no name.
pub const MOST_IN_FACET: usize = 500;

/// The code as a facet counts it.
pub fn facet_code(measure: Measure, code: &str) -> &str {
    if measure.by_beginning() { code.get(..2).unwrap_or(code) } else { code }
}

impl Facet {
    /// Puts counts in order.
    pub fn new(measure: Measure, counts: impl IntoIterator<Item = (String, u64)>, unknown: u64) -> Self {
        let mut counts: Vec<(String, u64)> = counts.into_iter().collect();
        counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        let rest: u64 = counts.iter().skip(MOST_IN_FACET).map(|count| count.1).sum();
        counts.truncate(MOST_IN_FACET);
        if rest > 0 {
            counts.push((String::new(), rest));
        }
        Self { measure, counts, unknown }
    }
}

impl Screened {
    /// Put together from what an engine found: the companies in order, and how firm each rank is. Points and reasons
    /// are reckoned here, so that an engine need not explain.
    pub fn new(
        plan: &Plan,
        universe: About,
        ranked: u64,
        known: Vec<u64>,
        facets: Vec<Facet>,
        companies: Vec<Company>,
        firm: Vec<Firm>,
    ) -> Self {
        let top = (1..).zip(companies.into_iter().zip(firm)).map(|(rank, (company, firm))| {
            let points = plan.points(&company).unwrap_or_default();
            let reasons = plan.reasons(&company, &points);
            Ranked { rank, total: plan.total(&points), reasons, company, firm }
        });
        Self { criteria: plan.criteria.clone(), universe, ranked, known, facets, top: top.collect() }
    }

    /// The same, each rank as firm as that of those it is level with: of equals the order says nothing, and each may stand
    /// at any of their ranks.
    pub fn levelled(mut self) -> Self {
        let levels: Vec<(u64, u64)> = self.top.iter().map(|ranked| self.level_with(ranked)).collect();
        for (ranked, (first, last)) in self.top.iter_mut().zip(levels) {
            ranked.firm.best = ranked.firm.best.min(first);
            ranked.firm.worst = ranked.firm.worst.max(last);
        }
        self
    }

    /// The total of a company that has all points.
    pub fn full(&self) -> i64 {
        i64::try_from(self.criteria.all_weights()).unwrap_or(0) * i64::from(crate::FULL)
    }
}
