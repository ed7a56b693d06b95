//! The whole way from records to clusters.

use std::sync::Mutex;

use rayon::prelude::*;

use crate::block;
use crate::cluster::{Clusters, Decisions, Edge, Growing};
use crate::corpus::Corpus;
use crate::model::{Model, Scales};
use crate::train::Lesson;

/// Pairs less likely than this (log odds) are not kept: no neighbour could lift them.
const KEPT: f64 = -5.0;
/// So many pairs teach enough.
const LESSONS: usize = 1_500_000;

impl Corpus {
    /// All pairs that blocking finds, each once, lower record first.
    pub(crate) fn pairs(&self) -> Vec<u64> {
        let all = Mutex::new(Vec::new());
        block::candidates(&self.profiles, &self.lexicon, &|pairs| {
            if let Ok(mut all) = all.lock() {
                all.extend(pairs);
            }
        });
        let mut all = all.into_inner().unwrap_or_default();
        all.par_sort_unstable();
        all.dedup();
        all
    }

    /// Learns a model from these records, starting from another.
    pub fn train(&self, start: &Model, decisions: &Decisions) -> Model {
        self.train_on(&self.pairs(), start, decisions)
    }

    pub(crate) fn train_on(&self, pairs: &[u64], start: &Model, decisions: &Decisions) -> Model {
        let step = pairs.len().div_ceil(LESSONS).max(1);
        let comparer = self.comparer();
        let lessons: Vec<Lesson> = pairs
            .par_iter()
            .filter(|pair| step == 1 || crate::distance::key(0, **pair, 0, 0).is_multiple_of(step as u64))
            .map(|pair| {
                let (a, b) = ((pair >> 32) as u32, *pair as u32);
                Lesson {
                    levels: comparer.profiles(&self.profiles[a as usize], &self.profiles[b as usize]),
                    decided: decisions.of(a, b),
                }
            })
            .collect();
        let share = if pairs.is_empty() { 1.0 } else { lessons.len() as f64 / pairs.len() as f64 };
        start.learn(&lessons, self.len(), share.max(1e-9))
    }

    /// Clusters under a model; `threshold` is the probability from which records are joined.
    pub fn cluster(&self, model: &Model, decisions: &Decisions, threshold: f64) -> Clusters {
        self.cluster_of(&self.pairs(), model, decisions, threshold)
    }

    pub(crate) fn cluster_of(&self, pairs: &[u64], model: &Model, decisions: &Decisions, threshold: f64) -> Clusters {
        let scales = Scales::new(model, self.len());
        let edges = self.edges(pairs, &scales);
        let threshold = threshold.clamp(1e-6, 1.0 - 1e-6);
        Growing {
            profiles: &self.profiles,
            comparer: self.comparer(),
            scales: &scales,
            decisions,
            threshold: (threshold / (1.0 - threshold)).ln(),
        }
        .grow(&edges)
    }

    pub(crate) fn edges(&self, pairs: &[u64], scales: &Scales) -> Vec<Edge> {
        let comparer = self.comparer();
        pairs
            .par_iter()
            .filter_map(|pair| {
                let (a, b) = ((pair >> 32) as usize, *pair as u32 as usize);
                let odds = scales.odds(&comparer.profiles(&self.profiles[a], &self.profiles[b]));
                let logit = odds.logit();
                (logit > KEPT).then_some(Edge { pair: *pair, logit: logit as f32, kin: odds.kin as f32 })
            })
            .collect()
    }
}
