//! Figures added up from what is held.

use super::held::{Held, Reach, as_numbers};
use crate::figures::{AsOf, Counted, Measure};
use crate::{ledger, milestone};

impl Held {
    /// Value and number of projects of each measure.
    pub(super) fn totals(&self, as_of: AsOf, measures: &[Measure], reach: &Reach) -> Vec<(i64, i64)> {
        let (as_at, known_at) = as_numbers(as_of);
        let plan = Plan::of(measures);
        // Enterprises met, by place, for each measure that counts them.
        let mut met: Vec<Vec<bool>> = vec![Vec::new(); measures.len()];
        for place in plan.milestones.iter().flatten() {
            met[*place] = vec![false; self.enterprises.len()];
        }
        let mut totals = vec![(0_i64, 0_i64); measures.len()];
        let mut touched = vec![false; measures.len()];
        for (project, survivor) in self.within(known_at, reach) {
            touched.fill(false);
            for entry in &project.entries {
                if entry.effective_on <= as_at && entry.recorded_at <= known_at {
                    for place in &plan.entries[usize::from(entry.realised)][usize::from(entry.measure)] {
                        totals[*place].0 += entry.amount;
                        touched[*place] = true;
                    }
                }
            }
            for one in project.milestones.iter().filter(|one| one.stands(as_at, known_at)) {
                for place in &plan.milestones[usize::from(one.kind)] {
                    met[*place][survivor] = true;
                    touched[*place] = true;
                }
            }
            for (place, touched) in touched.iter().enumerate() {
                totals[place].1 += i64::from(*touched);
            }
        }
        for (place, met) in met.into_iter().enumerate().filter(|(_, met)| !met.is_empty()) {
            totals[place].0 = met.iter().filter(|met| **met).count() as i64;
        }
        totals
    }
}

/// Which measures an entry or a milestone counts in.
pub(super) struct Plan {
    /// By whether it is realised, then by its measure's place.
    pub entries: [[Vec<usize>; ledger::MEASURES.len()]; 2],
    pub milestones: [Vec<usize>; milestone::KINDS.len()],
}

impl Plan {
    pub fn of(measures: &[Measure]) -> Self {
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
