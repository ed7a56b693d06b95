//! What a screening gathers while rows go by: the best, those close behind, and counts. Tallies of parts add up.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};

use arrow_array::Array;
use screening::{FACETS, Facet, Firm, Firmness, Plan, facet_code};

use super::kernel::{Column, Columns, Kernel, Scores};
use crate::id;

/// Where a row stands: file, group of rows, row.
pub type Place = (u32, u32, u32);

/// The least total that can still be among the best, as far as any part has found out.
#[derive(Debug)]
pub struct Bar(AtomicI64);

impl Default for Bar {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

/// Bytes that those close behind may take, in all parts together.
const NEAR: usize = 384 << 20;

/// Of one part of a universe, or of all.
pub struct Tally<'a> {
    kernel: &'a Kernel,
    bar: &'a Bar,
    pub ranked: u64,
    pub known: Vec<u64>,
    facets: Vec<(HashMap<String, u64>, u64)>,
    /// The best: total and id; the worst of them on top.
    best: BinaryHeap<Reverse<(i64, Reverse<u64>)>>,
    near: Near,
    most: usize,
    /// Too many were close behind to remember them all.
    pub over: bool,
    counts: Vec<u64>,
}

/// Rows that are among the best, or so close behind that they matter to how firm the ranks are.
#[derive(Default)]
struct Near {
    ids: Vec<u64>,
    totals: Vec<i64>,
    places: Vec<Place>,
    /// Row by row.
    points: Vec<u32>,
}

/// One of the best.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Best {
    pub id: u64,
    pub total: i64,
    pub points: Vec<u32>,
    pub place: Place,
}

impl<'a> Tally<'a> {
    /// `threads` share what may be remembered.
    pub fn new(kernel: &'a Kernel, bar: &'a Bar, threads: usize) -> Self {
        let steps = kernel.plan.steps.len();
        Self {
            kernel,
            bar,
            ranked: 0,
            known: vec![0; steps],
            facets: vec![(HashMap::new(), 0); FACETS.len()],
            best: BinaryHeap::new(),
            near: Near::default(),
            most: (NEAR / threads.max(1) / (28 + 4 * steps)).max(4 * kernel.plan.top),
            over: false,
            counts: Vec::new(),
        }
    }

    /// Takes in scored rows. `ids` gives the ids of the rows it is asked for, and nothing else has to be read of them.
    pub fn see<E>(
        &mut self,
        columns: &Columns,
        scores: &Scores,
        place: (u32, u32),
        ids: impl FnOnce(&[u32]) -> Result<Vec<u64>, E>,
    ) -> Result<(), E> {
        self.count(columns, scores);
        if self.kernel.plan.top == 0 {
            return Ok(());
        }
        let least = self.least();
        let rows: Vec<u32> = (0..scores.rows)
            .filter(|row| scores.ranked[*row] && scores.totals[*row] >= least)
            .map(|row| row as u32)
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        for (row, id) in rows.iter().zip(ids(&rows)?) {
            let at = *row as usize;
            self.add(id, scores.totals[at], (place.0, place.1, *row), scores.of(at));
        }
        Ok(())
    }

    fn add(&mut self, id: u64, total: i64, place: Place, points: impl Iterator<Item = u32>) {
        let top = self.kernel.plan.top;
        let entry = Reverse((total, Reverse(id)));
        if self.best.len() < top {
            self.best.push(entry);
        } else if self.best.peek().is_some_and(|worst| worst.0 < entry.0) {
            self.best.pop();
            self.best.push(entry);
        }
        if self.best.len() == top
            && let Some(worst) = self.best.peek()
        {
            self.bar.0.fetch_max(worst.0.0, Ordering::Relaxed);
        }
        self.near.ids.push(id);
        self.near.totals.push(total);
        self.near.places.push(place);
        self.near.points.extend(points);
        if self.near.ids.len() >= self.most {
            self.prune();
        }
    }

    /// No row below this matters.
    fn least(&self) -> i64 {
        self.bar.0.load(Ordering::Relaxed).saturating_sub(if self.over { 0 } else { self.kernel.margin() })
    }

    fn prune(&mut self) {
        self.near.keep(self.least(), self.kernel.plan.steps.len());
        if self.near.ids.len() > self.most / 2 {
            // They are remembered no longer; a second pass will see them again.
            self.over = true;
            self.near.keep(self.least(), self.kernel.plan.steps.len());
            // As many with the very same total as can be: of these only the first by id can be among the best.
            if self.near.ids.len() > self.most / 2 {
                self.near.keep_first(self.kernel.plan.top, self.kernel.plan.steps.len());
            }
        }
    }

    fn count(&mut self, columns: &Columns, scores: &Scores) {
        let ranked = &scores.ranked;
        let all: u64 = ranked.iter().map(|mark| u64::from(*mark)).sum();
        self.ranked += all;
        for (known, step) in self.known.iter_mut().zip(&self.kernel.plan.steps) {
            let nulls = match columns.get(step.column) {
                Column::Numbers(array) => array.nulls(),
                Column::Codes(array, _) => array.nulls(),
                Column::None => continue,
            };
            *known += match nulls {
                None => all,
                Some(nulls) if all == scores.rows as u64 => all - nulls.null_count() as u64,
                Some(nulls) => ranked.iter().zip(nulls.iter()).map(|(mark, there)| u64::from(*mark & there)).sum(),
            };
        }
        for (measure, (codes, unknown)) in FACETS.iter().zip(&mut self.facets) {
            let Column::Codes(words, values) = columns.get(*measure) else {
                *unknown += all;
                continue;
            };
            // One slot more, for those of which it isn't known.
            self.counts.clear();
            self.counts.resize(values.len() + 1, 0);
            if words.null_count() == 0 {
                for (key, mark) in words.keys().values().iter().zip(ranked) {
                    self.counts[*key as usize] += u64::from(*mark);
                }
            } else {
                for (row, mark) in ranked.iter().enumerate() {
                    self.counts[words.key(row).unwrap_or(values.len())] += u64::from(*mark);
                }
            }
            *unknown += self.counts[values.len()];
            for (at, count) in self.counts[..values.len()].iter().enumerate().filter(|(_, count)| **count > 0) {
                let code = facet_code(*measure, values.value(at));
                match codes.get_mut(code) {
                    Some(sum) => *sum += count,
                    None => {
                        codes.insert(code.to_owned(), *count);
                    }
                }
            }
        }
    }

    /// Takes in the tally of another part.
    pub fn join(&mut self, other: Self) {
        self.ranked += other.ranked;
        for (mine, theirs) in self.known.iter_mut().zip(other.known) {
            *mine += theirs;
        }
        for ((codes, unknown), (more, also)) in self.facets.iter_mut().zip(other.facets) {
            *unknown += also;
            for (code, count) in more {
                *codes.entry(code).or_default() += count;
            }
        }
        self.over |= other.over;
        let steps = self.kernel.plan.steps.len();
        let Near { ids, totals, places, points } = other.near;
        for (at, id) in ids.into_iter().enumerate() {
            self.add(id, totals[at], places[at], points[at * steps..(at + 1) * steps].iter().copied());
        }
    }

    pub fn facets(&mut self) -> Vec<Facet> {
        let counts = std::mem::take(&mut self.facets);
        FACETS.iter().zip(counts).map(|(measure, (codes, unknown))| Facet::new(*measure, codes, unknown)).collect()
    }

    /// The best in order.
    pub fn best(&self) -> Vec<Best> {
        let mut order: Vec<(Reverse<i64>, u64, usize)> =
            self.near.ids.iter().enumerate().map(|(at, id)| (Reverse(self.near.totals[at]), *id, at)).collect();
        order.sort_unstable();
        order.truncate(self.kernel.plan.top);
        let steps = self.kernel.plan.steps.len();
        order
            .into_iter()
            .map(|(Reverse(total), id, at)| Best {
                id,
                total,
                points: self.near.points[at * steps..(at + 1) * steps].to_vec(),
                place: self.near.places[at],
            })
            .collect()
    }

    /// What was counted, as it can be carried elsewhere.
    #[cfg(feature = "cluster")]
    pub fn counted(self) -> super::count::Counted {
        super::count::Counted {
            rows: 0,
            ranked: self.ranked,
            best: self.best().into_iter().map(|one| (one.id, one.total, one.points)).collect(),
            known: self.known,
            facets: self.facets.into_iter().map(|(codes, unknown)| (codes.into_iter().collect(), unknown)).collect(),
            before: Vec::new(),
        }
    }

    /// How firm the ranks are by what was remembered; nothing if too many were close behind.
    pub fn firm(&self, best: &[Best]) -> Option<Vec<Firm>> {
        if self.over {
            return None;
        }
        let mut firmness = firmness(&self.kernel.plan, best);
        let steps = self.kernel.plan.steps.len();
        for (at, id) in self.near.ids.iter().enumerate() {
            if self.near.totals[at] >= firmness.least() {
                let points = &self.near.points[at * steps..(at + 1) * steps];
                firmness.see(&id::written(*id), self.near.totals[at], points);
            }
        }
        Some(firmness.told(best.len()))
    }
}

/// A counter that has seen nothing yet.
pub(crate) fn firmness(plan: &Plan, best: &[Best]) -> Firmness {
    let named: Vec<(String, i64, &[u32])> =
        best.iter().map(|one| (id::written(one.id), one.total, one.points.as_slice())).collect();
    Firmness::new(plan, named.iter().map(|(id, total, points)| (id.as_str(), *total, *points)))
}

impl Near {
    fn keep(&mut self, least: i64, steps: usize) {
        let keep: Vec<usize> = (0..self.ids.len()).filter(|at| self.totals[*at] >= least).collect();
        self.only(&keep, steps);
    }

    fn keep_first(&mut self, most: usize, steps: usize) {
        let mut order: Vec<usize> = (0..self.ids.len()).collect();
        order.sort_unstable_by_key(|at| (Reverse(self.totals[*at]), self.ids[*at]));
        order.truncate(most);
        order.sort_unstable();
        self.only(&order, steps);
    }

    /// Keeps the rows at these places, which rise.
    fn only(&mut self, keep: &[usize], steps: usize) {
        for (to, from) in keep.iter().enumerate() {
            self.ids[to] = self.ids[*from];
            self.totals[to] = self.totals[*from];
            self.places[to] = self.places[*from];
            self.points.copy_within(from * steps..(from + 1) * steps, to * steps);
        }
        self.ids.truncate(keep.len());
        self.totals.truncate(keep.len());
        self.places.truncate(keep.len());
        self.points.truncate(keep.len() * steps);
    }
}
