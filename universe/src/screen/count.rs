//! A part of a screening that can be carried elsewhere and added up: what other machines answer with, and what is held against it.

use std::collections::{BTreeMap, HashSet};

use screening::{FACETS, Facet, Firm, Firmness, Measure, Plan};
use serde::{Deserialize, Serialize};

use super::kernel::{Columns, Kernel, Scores};
use super::tally::{Bar, Best, Tally};
use crate::id;

/// By what rows are looked at.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reckon {
    pub plan: Plan,
    /// Ids of companies that are not ranked.
    pub left_out: Vec<u64>,
    /// Those ranked, in order, with total and points. Once they are known, the rows are counted that stand before each of them,
    /// whichever weight moves; before, the best are sought.
    pub best: Option<Vec<Row>>,
}

/// One of the best: id, total, points.
pub type Row = (u64, i64, Vec<u32>);

/// What was seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub rows: u64,
    pub ranked: u64,
    pub known: Vec<u64>,
    pub facets: Vec<(BTreeMap<String, u64>, u64)>,
    /// In order.
    pub best: Vec<Row>,
    /// As `Firmness` counts.
    pub before: Vec<u64>,
}

/// A count under way.
pub struct Count {
    kernel: Kernel,
    measures: Vec<Measure>,
    left_out: HashSet<u64>,
    firmness: Option<Firmness>,
    counted: Counted,
    bar: Bar,
    scores: Scores,
}

impl Count {
    pub fn new(reckon: Reckon) -> Self {
        let kernel = Kernel::new(&reckon.plan);
        let firmness = reckon.best.as_ref().map(|best| firmness(&reckon.plan, best));
        let measures = match firmness {
            Some(_) => reckon.plan.columns().into_iter().collect(),
            None => kernel.measures().into_iter().collect(),
        };
        let mut counted = Counted::default();
        if firmness.is_none() {
            counted.known = vec![0; reckon.plan.steps.len()];
            counted.facets = vec![Default::default(); FACETS.len()];
        }
        Self {
            kernel,
            measures,
            left_out: reckon.left_out.into_iter().collect(),
            firmness,
            counted,
            bar: Bar::default(),
            scores: Scores::default(),
        }
    }

    /// The columns that are looked at.
    pub fn measures(&self) -> &[Measure] {
        &self.measures
    }

    pub fn see(&mut self, columns: &Columns, ids: &[u64]) {
        let out = ids.iter().enumerate().filter(|(_, id)| self.left_out.contains(id)).map(|(row, _)| row);
        self.kernel.score(columns, ids.len(), out, &mut self.scores);
        self.counted.rows += ids.len() as u64;
        if let Some(firmness) = &mut self.firmness {
            for (row, id) in ids.iter().enumerate() {
                if self.scores.ranked[row] && self.scores.totals[row] >= firmness.least() {
                    let points: Vec<u32> = self.scores.of(row).collect();
                    firmness.see(&id::written(*id), self.scores.totals[row], &points);
                }
            }
            return;
        }
        let mut tally = Tally::new(&self.kernel, &self.bar, 1);
        // Those close behind are counted when the best are known.
        tally.over = true;
        let seen: Result<(), std::convert::Infallible> =
            tally.see(columns, &self.scores, (0, 0), |rows| Ok(rows.iter().map(|row| ids[*row as usize]).collect()));
        if seen.is_ok() {
            let counted = tally.counted();
            self.add(counted);
        }
    }

    /// Takes in what another part has counted.
    pub fn add(&mut self, other: Counted) {
        self.counted.add(other, self.kernel.plan.top);
    }

    pub fn counted(&self) -> Counted {
        let mut counted = self.counted.clone();
        if let Some(firmness) = &self.firmness {
            let mut sum = firmness.clone();
            sum.add_counts(&counted.before);
            counted.before = sum.counts();
        }
        counted
    }
}

impl Counted {
    pub fn add(&mut self, other: Self, top: usize) {
        self.rows += other.rows;
        self.ranked += other.ranked;
        add(&mut self.known, &other.known);
        add(&mut self.before, &other.before);
        self.facets.resize(self.facets.len().max(other.facets.len()), Default::default());
        for ((codes, unknown), (more, also)) in self.facets.iter_mut().zip(other.facets) {
            *unknown += also;
            for (code, count) in more {
                *codes.entry(code).or_default() += count;
            }
        }
        self.best.extend(other.best);
        self.best.sort_unstable_by(|one, other| (other.1, one.0).cmp(&(one.1, other.0)));
        self.best.truncate(top);
    }

    pub fn facets(&self) -> Vec<Facet> {
        let counts = self.facets.iter().cloned();
        FACETS.iter().zip(counts).map(|(measure, (codes, unknown))| Facet::new(*measure, codes, unknown)).collect()
    }
}

/// How firm the ranks of the best are, by what was counted of all rows.
pub fn firm(plan: &Plan, best: &[Row], counted: &Counted) -> Vec<Firm> {
    let mut sum = firmness(plan, best);
    sum.add_counts(&counted.before);
    sum.told(best.len())
}

fn firmness(plan: &Plan, best: &[Row]) -> Firmness {
    let best: Vec<Best> = best
        .iter()
        .map(|(id, total, points)| Best { id: *id, total: *total, points: points.clone(), place: (0, 0, 0) })
        .collect();
    super::tally::firmness(plan, &best)
}

fn add(sums: &mut Vec<u64>, more: &[u64]) {
    sums.resize(sums.len().max(more.len()), 0);
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += more;
    }
}
