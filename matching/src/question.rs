//! What an index doesn't know for sure: pairs worth asking a person about, and learning from what people said.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::cluster::Decisions;
use crate::compare::{FIELDS, Levels};
use crate::error::Error;
use crate::explain::{Explanation, Verdict, explain};
use crate::index::Index;
use crate::model::{Model, Scales};
use crate::spill::Pairs;
use crate::train::Lesson;

/// How many decisions as the model expected weigh against those it learns from, where these say how common sameness is.
const SMOOTHING: f64 = 10.0;

/// Pairs less likely the same than this are not asked about.
pub const LEAST: f64 = 0.05;

/// A pair to ask a person about.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub ids: (String, String),
    pub explanation: Explanation,
    /// What an answer teaches: how unsure the pair is (1 at one half, 0 at certainty), times how many pairs are alike
    /// field by field, over how many of these are asked or answered before it.
    pub teaches: f64,
    /// How many pairs agree in the same fields at the same levels, this one with them.
    pub alike: usize,
}

struct Asked {
    pair: u64,
    levels: [u8; FIELDS],
    probability: f64,
    unsure: f64,
}

impl Index {
    /// The pairs that an answer teaches most about, the most telling first: at most `most`. `apart` says whether two ids
    /// are worth a question: not where somebody has answered, or where they are known to be one.
    pub fn questions(
        &self,
        most: usize,
        answered: &[(String, String, bool)],
        apart: impl Fn(&str, &str) -> bool + Sync,
    ) -> Result<Vec<Question>, Error> {
        let comparer = self.comparer(&[]);
        let profiles = &self.corpus.profiles;
        let pairs = self.pairs();
        let mut asked: Vec<Asked> = Vec::new();
        for at in 0..pairs.partitions() {
            asked.par_extend(pairs.take(at)?.par_iter().filter_map(|pair| {
                let (a, b) = ends(*pair);
                if self.dropped.contains(&a) || self.dropped.contains(&b) {
                    return None;
                }
                let found: Levels = comparer.profiles(&profiles[a as usize], &profiles[b as usize]);
                let probability = self.scales.odds(&found).probability();
                (probability >= LEAST && apart(self.corpus.id(a), self.corpus.id(b))).then_some(Asked {
                    pair: *pair,
                    levels: found.level,
                    probability,
                    unsure: 4.0 * probability * (1.0 - probability),
                })
            }));
        }
        if self.corpus.has_further() {
            // Two enterprises are one question, however many records they have.
            asked.par_sort_unstable_by(|a, b| b.probability.total_cmp(&a.probability).then(a.pair.cmp(&b.pair)));
            let mut told: HashSet<u64> = HashSet::new();
            asked.retain(|one| told.insert(self.enterprises(one.pair)));
        }
        let mut before: HashMap<[u8; FIELDS], (usize, usize)> = HashMap::new();
        for (a, b, _) in answered {
            if let (Some(a), Some(b)) = (self.place(a), self.place(b)) {
                let found = comparer.profiles(&profiles[a as usize], &profiles[b as usize]);
                before.entry(found.level).or_default().1 += 1;
            }
        }
        for one in &asked {
            before.entry(one.levels).or_default().0 += 1;
        }
        // Within a pattern the least sure is asked first, and each further one teaches less.
        asked.par_sort_unstable_by(|a, b| {
            a.levels.cmp(&b.levels).then(b.unsure.total_cmp(&a.unsure)).then(a.pair.cmp(&b.pair))
        });
        let mut worth: Vec<(f64, usize, usize)> = Vec::with_capacity(asked.len());
        let mut last = None;
        let mut nth = 0;
        for (at, one) in asked.iter().enumerate() {
            nth = if last == Some(one.levels) { nth + 1 } else { 0 };
            last = Some(one.levels);
            let (alike, done) = before[&one.levels];
            worth.push((one.unsure * alike as f64 / (1 + nth + done) as f64, alike, at));
        }
        worth.sort_unstable_by(|a, b| {
            let sure = |at: usize| asked[at].probability;
            b.0.total_cmp(&a.0).then(sure(b.2).total_cmp(&sure(a.2))).then(asked[a.2].pair.cmp(&asked[b.2].pair))
        });
        worth.truncate(most);
        Ok(worth
            .into_iter()
            .map(|(teaches, alike, at)| {
                let (a, b) = ends(asked[at].pair);
                Question {
                    ids: (self.corpus.id(a).to_owned(), self.corpus.id(b).to_owned()),
                    explanation: explain(&comparer, &self.scales, &profiles[a as usize], &profiles[b as usize]),
                    teaches,
                    alike,
                }
            })
            .collect())
    }

    /// Learns a model from the records and from what people said of pairs (`true`: the same), starting from the one that
    /// is in use. `apart` is false for ids that are known to be one, which teach nothing.
    ///
    /// How common sameness is moves no further than what people said bears out: towards how many they said are the same,
    /// over how many the model had expected of the same pairs. How common families are stays, of which they said nothing.
    pub fn learn(
        &self,
        answered: &[(String, String, bool)],
        apart: impl Fn(&str, &str) -> bool + Sync,
    ) -> Result<Model, Error> {
        let mut decisions = Decisions::default();
        let mut told: Vec<u64> = Vec::new();
        for (a, b, same) in answered {
            if let (Some(a), Some(b)) = (self.place(a), self.place(b)) {
                if *same {
                    decisions.same(a, b)
                } else {
                    decisions.different(a, b)
                }
                told.push(crate::block::pair(a, b));
            }
        }
        let pairs = self.pairs();
        // What a person said teaches even where nothing would have brought the two together.
        pairs.add(told);
        let mut lessons: Vec<(u64, f64, Lesson)> = Vec::new();
        let comparer = self.comparer(&[]);
        let profiles = &self.corpus.profiles;
        for at in 0..pairs.partitions() {
            lessons.par_extend(pairs.take(at)?.par_iter().filter_map(|pair| {
                let (a, b) = ends(*pair);
                let (one, other) = (self.corpus.first_of(a), self.corpus.first_of(b));
                if one == other {
                    return None;
                }
                let decided = decisions.of(one, other);
                let lesson = || {
                    let levels = comparer.profiles(&profiles[a as usize], &profiles[b as usize]);
                    (crate::block::pair(one, other), self.scales.odds(&levels).logit(), Lesson { levels, decided })
                };
                let gone = self.dropped.contains(&a) || self.dropped.contains(&b);
                (!gone && (decided.is_some() || apart(self.corpus.id(a), self.corpus.id(b)))).then(lesson)
            }));
        }
        if self.corpus.has_further() {
            // Of two enterprises with several records the pair most alike is the lesson.
            lessons.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
            lessons.dedup_by_key(|lesson| lesson.0);
        }
        let (mut said, mut expected) = (SMOOTHING, SMOOTHING);
        for (_, logit, lesson) in &lessons {
            if let Some(same) = lesson.decided {
                said += f64::from(u8::from(same));
                expected += 1.0 / (1.0 + (-logit).exp());
            }
        }
        let (now, borne_out) = (self.model.same_per_record, self.model.same_per_record * said / expected);
        let lessons: Vec<Lesson> = lessons.into_iter().map(|(.., lesson)| lesson).collect();
        let enterprises =
            (0..self.corpus.len() as u32).filter(|at| !self.dropped.contains(at) && !self.corpus.is_further(*at));
        let within = Some((now.min(borne_out), now.max(borne_out)));
        Ok(self.model.learn_within(&lessons, enterprises.count(), 1.0, within))
    }

    /// What a model takes pairs of ids for, and how likely the same; nothing of a pair that is not here. Of an enterprise's
    /// records those most alike speak.
    pub fn judge(&self, model: &Model, pairs: &[(String, String)]) -> Vec<Option<(Verdict, f64)>> {
        let scales = Scales::new(model, self.counted);
        let comparer = self.comparer(&[]);
        let profiles = &self.corpus.profiles;
        let judged = |(one, other): &(String, String)| {
            let (one, other) = (self.place(one)?, self.place(other)?);
            let here = |at: &u32| !self.dropped.contains(at);
            let odds = self.corpus.records_of(one).filter(here).flat_map(|a| {
                let others = self.corpus.records_of(other).filter(here);
                others.map(move |b| (a, b))
            });
            let odds = odds.map(|(a, b)| scales.odds(&comparer.profiles(&profiles[a as usize], &profiles[b as usize])));
            let best = odds.max_by(|a, b| a.logit().total_cmp(&b.logit()))?;
            Some((Verdict::of(best), best.shares()[0]))
        };
        pairs.par_iter().map(judged).collect()
    }

    /// The pair of enterprises that a pair of records is of.
    fn enterprises(&self, pair: u64) -> u64 {
        let (a, b) = ends(pair);
        crate::block::pair(self.corpus.first_of(a), self.corpus.first_of(b))
    }

    fn pairs(&self) -> Pairs {
        let pairs = Pairs::new(self.corpus.len(), std::path::Path::new("."), usize::MAX);
        self.corpus.block(&pairs);
        pairs
    }
}

fn ends(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}
