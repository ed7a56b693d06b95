//! The whole way from records to clusters.

use rayon::prelude::*;

use crate::block;
use crate::cluster::{Clusters, Decisions, Edge, Growing};
use crate::corpus::Corpus;
use crate::error::Error;
use crate::explain::{Explanation, explain};
use crate::lexicon::Symbol;
use crate::model::{Model, Scales};
use crate::record::{FORMS, Profile};
use crate::spill::Pairs;
use crate::train::Lesson;

/// Pairs less likely than this (log odds) are not kept: no neighbour could lift them.
pub(crate) const KEPT: f32 = -3.5;
/// Pairs whose records are fetched from memory together.
const TOGETHER: usize = 64;
/// So many pairs teach enough.
const LESSONS: u64 = 1_500_000;
/// Probability from which records are joined: errors of both kinds weigh alike there, counted by pairs.
pub const THRESHOLD: f64 = 0.35;

impl Corpus {
    /// All pairs that blocking finds, into a store; says how many came, some of them twice.
    pub(crate) fn block(&self, pairs: &Pairs) -> u64 {
        let came = std::sync::atomic::AtomicU64::new(0);
        block::candidates(&self.profiles, &self.lexicon, &|found: Vec<u64>| {
            came.fetch_add(found.len() as u64, std::sync::atomic::Ordering::Relaxed);
            pairs.add(found);
        });
        came.into_inner()
    }

    fn pairs_in_memory(&self) -> (Pairs, u64) {
        let pairs = Pairs::new(self.len(), std::path::Path::new("."), usize::MAX);
        let came = self.block(&pairs);
        (pairs, came)
    }

    /// Learns a model from these records, starting from another.
    pub fn train(&self, start: &Model, decisions: &Decisions) -> Result<Model, Error> {
        let (pairs, came) = self.pairs_in_memory();
        self.train_on(&pairs, came, start, decisions)
    }

    pub(crate) fn train_on(
        &self,
        pairs: &Pairs,
        came: u64,
        start: &Model,
        decisions: &Decisions,
    ) -> Result<Model, Error> {
        let step = came.div_ceil(LESSONS).max(1);
        let comparer = self.comparer();
        let mut lessons: Vec<Lesson> = Vec::new();
        for at in 0..pairs.partitions() {
            lessons.par_extend(
                pairs
                    .some(at, |pair| step == 1 || crate::distance::key(0, pair, 0, 0).is_multiple_of(step))?
                    .par_iter()
                    .map(|pair| {
                        let (a, b) = ((pair >> 32) as u32, *pair as u32);
                        let levels = comparer.profiles(&self.profiles[a as usize], &self.profiles[b as usize]);
                        Lesson { levels, decided: decisions.of(a, b) }
                    }),
            );
        }
        Ok(start.learn(&lessons, self.len(), 1.0 / step as f64))
    }

    /// Clusters under a model; `threshold` is the probability from which records are joined, such as [`THRESHOLD`].
    pub fn cluster(&self, model: &Model, decisions: &Decisions, threshold: f64) -> Result<Clusters, Error> {
        let (pairs, _) = self.pairs_in_memory();
        let scales = Scales::new(model, self.len());
        let mut edges = Vec::new();
        for at in 0..pairs.partitions() {
            edges.extend(self.edges(&pairs.take(at)?, &scales, false));
        }
        Ok(self.grow(&edges, &scales, decisions, threshold))
    }

    pub(crate) fn grow(&self, edges: &[Edge], scales: &Scales, decisions: &Decisions, threshold: f64) -> Clusters {
        let threshold = threshold.clamp(1e-6, 1.0 - 1e-6);
        Growing {
            profiles: &self.profiles,
            comparer: self.comparer(),
            scales,
            decisions,
            threshold: (threshold / (1.0 - threshold)).ln(),
        }
        .grow(edges)
    }

    /// Pairs that clusters may grow from; pairs of kin only where somebody wants to read of them.
    pub(crate) fn edges(&self, pairs: &[u64], scales: &Scales, with_kin: bool) -> Vec<Edge> {
        let comparer = self.comparer();
        let edge = |pair: &u64| {
            let (a, b) = ((pair >> 32) as usize, *pair as u32 as usize);
            let odds = scales.odds(&comparer.profiles(&self.profiles[a], &self.profiles[b]));
            let logit = odds.logit();
            let kin = if with_kin { odds.shares()[1] } else { 0.0 };
            (logit > f64::from(KEPT) || kin > 0.5).then_some(Edge { pair: *pair, logit: logit as f32, kin: kin as f32 })
        };
        pairs
            .par_chunks(TOGETHER)
            .flat_map_iter(|pairs| {
                self.fetch(pairs);
                pairs.iter().filter_map(edge)
            })
            .collect()
    }

    /// Has the higher records of some pairs fetched from memory together; the lower ones are those of the pairs before.
    fn fetch(&self, pairs: &[u64]) {
        let highers = || pairs.iter().map(|pair| &self.profiles[*pair as u32 as usize]);
        std::hint::black_box(highers().fold(0, |sum, profile| sum ^ profile.fetched()));
        let mut symbols = [Symbol::default(); TOGETHER * FORMS * 2];
        let mut count = 0;
        for form in highers().flat_map(Profile::forms) {
            symbols[count] = form.core;
            symbols[count + 1] = form.sound;
            count += if form.sound == form.core { 1 } else { 2 };
        }
        self.lexicon.fetch(&symbols[..count]);
    }

    /// Why two records are taken for one, or not.
    pub fn explain(&self, model: &Model, a: u32, b: u32) -> Explanation {
        let scales = Scales::new(model, self.len());
        explain(&self.comparer(), &scales, &self.profiles[a as usize], &self.profiles[b as usize])
    }

    /// Whether two records say the same in every field, and say something.
    pub(crate) fn alike(&self, a: u32, b: u32) -> bool {
        let (a, b) = (&self.profiles[a as usize], &self.profiles[b as usize]);
        !a.forms().is_empty() && a == b
    }

    /// The record with an id of its holder's, the first if there are several.
    pub fn position(&self, id: &str) -> Option<u32> {
        (0..self.len() as u32).find(|at| self.id(*at) == id)
    }
}
