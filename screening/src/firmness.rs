//! How firm a rank is: between which ranks a company stays when any one weight moves by a fifth, up or down.
//!
//! Bringing the weights back to one sum afterwards would divide all totals by the same number and change no rank, so
//! it isn't done. With all weights taken five times, a move is a whole number: `5 T ± w p`, `T` the total, `w` the
//! weight that moves and `p` the points it multiplies.

use serde::{Deserialize, Serialize};

use crate::{FULL, Plan};

/// Between which ranks a company stays, and the weight whose move takes it furthest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Firm {
    pub best: u64,
    pub worst: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_by: Option<Moved>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_by: Option<Moved>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub key: String,
    pub up: bool,
}

/// Counts, for each move of a weight, how many companies stand before each of those ranked.
///
/// Show it every company whose total is at least `least()`, those ranked among them, once each, in any order; several
/// counters over parts of the universe add up. None below `least()` can come before any of those ranked, whichever
/// weight moves: it was reckoned with all points on the weight that goes up, and none on the one that goes down.
#[derive(Clone, Debug)]
pub struct Firmness {
    moves: Vec<Move>,
    weights: Vec<i64>,
    keys: Vec<String>,
    least: i64,
}

#[derive(Clone, Debug)]
struct Move {
    step: usize,
    up: bool,
    /// Moved totals and ids of those ranked, the first in front, and which row each is.
    order: Vec<(i64, String, usize)>,
    /// How many companies stand before exactly the rows from here on.
    before: Vec<u64>,
}

impl Firmness {
    /// Of those ranked: id, total, points.
    pub fn new<'a>(plan: &Plan, ranked: impl Iterator<Item = (&'a str, i64, &'a [u32])> + Clone) -> Self {
        let weights: Vec<i64> = plan.steps.iter().map(|step| step.weight).collect();
        let mut moves = Vec::new();
        let mut least = i64::MAX;
        for (step, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight > 0) {
            for up in [true, false] {
                let mut order: Vec<(i64, String, usize)> = ranked
                    .clone()
                    .enumerate()
                    .map(|(row, (id, total, points))| (moved(total, *weight, points[step], up), id.to_owned(), row))
                    .collect();
                order.sort_by(|one, other| other.0.cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
                if let Some((last, _, _)) = order.last() {
                    let most = if up { weight * i64::from(FULL) } else { 0 };
                    least = least.min((last - most).div_euclid(5));
                }
                let before = vec![0; order.len() + 1];
                moves.push(Move { step, up, order, before });
            }
        }
        Self { moves, weights, keys: plan.steps.iter().map(|step| step.key.clone()).collect(), least }
    }

    /// No company with a smaller total has to be shown.
    pub fn least(&self) -> i64 {
        self.least
    }

    pub fn see(&mut self, id: &str, total: i64, points: &[u32]) {
        for each in &mut self.moves {
            let mine = moved(total, self.weights[each.step], points[each.step], each.up);
            let ahead = |row: &(i64, String, usize)| row.0 > mine || (row.0 == mine && row.1.as_str() <= id);
            // Those in front of it, and itself where it is one of them, stay; the rest stand one further back.
            each.before[each.order.partition_point(ahead)] += 1;
        }
    }

    /// Takes in what a counter over another part of the universe saw.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.moves.iter_mut().zip(&other.moves) {
            for (sum, more) in mine.before.iter_mut().zip(&theirs.before) {
                *sum += more;
            }
        }
    }

    /// The counts as plain numbers, to be carried elsewhere and added there by `add_counts`.
    pub fn counts(&self) -> Vec<u64> {
        self.moves.iter().flat_map(|each| each.before.iter().copied()).collect()
    }

    pub fn add_counts(&mut self, counts: &[u64]) {
        let mine = self.moves.iter_mut().flat_map(|each| each.before.iter_mut());
        for (sum, more) in mine.zip(counts) {
            *sum += more;
        }
    }

    /// For each of those ranked, in their order.
    pub fn told(&self, ranked: usize) -> Vec<Firm> {
        let mut told: Vec<Firm> =
            (1..).take(ranked).map(|rank| Firm { best: rank, worst: rank, ..Firm::default() }).collect();
        for each in &self.moves {
            let by = || Some(Moved { key: self.keys[each.step].clone(), up: each.up });
            let mut ahead = 0;
            for (place, (_, _, row)) in each.order.iter().enumerate() {
                ahead += each.before[place];
                let (rank, firm) = (ahead + 1, &mut told[*row]);
                if rank < firm.best {
                    (firm.best, firm.best_by) = (rank, by());
                }
                if rank > firm.worst {
                    (firm.worst, firm.worst_by) = (rank, by());
                }
            }
        }
        told
    }
}

fn moved(total: i64, weight: i64, points: u32, up: bool) -> i64 {
    let by = weight * i64::from(points);
    5 * total + if up { by } else { -by }
}
