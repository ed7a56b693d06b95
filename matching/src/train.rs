//! Learning a model from pairs without labels, by expectation and maximisation.

use std::collections::HashSet;

use crate::compare::{FIELDS, Field, Levels, level};
use crate::model::{LEVELS, Model, Scales, rarity_counts};

/// A pair to learn from: what its comparison found, what a person decided of it, and how many pairs it stands for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lesson {
    pub levels: Levels,
    pub decided: Option<bool>,
}

/// How much the starting points weigh, in pairs.
const START_WEIGHS: f64 = 40.0;
/// How much it weighs how common sameness and kinship were at the start, in records.
const START_RECORDS: f64 = 50.0;
/// So many pairs have to say more than their names do, or be decided by people: where names are all there is, rounds take a
/// script that differs for chance, and chance for the rule.
const TELLING: usize = 50;
/// At least one pair in so many has to be of those.
const TELLING_ONE_IN: usize = 20;
/// Pairs that agree and differ in fewer ways than this have nothing to teach.
const FEW: usize = 12;
/// So many pairs show in how many ways there are.
const FEW_LOOKED_AT: usize = 100_000;

struct Sums {
    same: [[f64; LEVELS]; FIELDS],
    kin: [[f64; LEVELS]; FIELDS],
    chance: [[f64; LEVELS]; FIELDS],
    /// Chance pairs of a level, each times the rarity of what it shares.
    rarity: [[f64; LEVELS]; FIELDS],
    total: [f64; 3],
}

impl Model {
    /// Learns from `lessons`, which stand for all pairs that blocking found among `records` records; `share` of those pairs
    /// were taken. Rounds go on until nothing moves, twenty-five at most.
    pub(crate) fn learn(&self, lessons: &[Lesson], records: usize, share: f64) -> Self {
        self.learn_within(lessons, records, share, None)
    }

    /// As [`Model::learn`], with the pairs of one enterprise over records kept within a least and a most; those of one
    /// family then stay as they are.
    pub(crate) fn learn_within(
        &self,
        lessons: &[Lesson],
        records: usize,
        share: f64,
        same: Option<(f64, f64)>,
    ) -> Self {
        let start = self.clone();
        let mut model = self.clone();
        let kinds: HashSet<[u8; FIELDS]> =
            lessons.iter().map(|lesson| lesson.levels.level).take(FEW_LOOKED_AT).collect();
        if lessons.len() < 20 || kinds.len() < FEW || (same.is_none() && !telling(lessons)) {
            return model;
        }
        let mut seen = [[0.0; LEVELS]; FIELDS];
        let all_pairs = records as f64 * (records as f64 - 1.0) / 2.0;
        for _ in 0..25 {
            let scales = Scales::new(&model, records);
            let sums = expect(&scales, lessons, share);
            let mut next = maximise(&start, &sums, records, all_pairs);
            if let Some((least, most)) = same {
                next.same_per_record = next.same_per_record.clamp(least, most);
                next.kin_per_record = start.kin_per_record;
            }
            seen = sums.seen();
            let moved = (next.same_per_record / model.same_per_record).ln().abs();
            model = next;
            if moved < 1e-4 {
                break;
            }
        }
        if !model.straighten(&seen) {
            return start;
        }
        model.learnt_from = (records as u64, lessons.len() as u64);
        model
    }

    /// Sees to it that full agreement of a field weighs no less than disagreement. Where too few pairs were seen to say so, the
    /// disagreement is brought down to it; where many pairs say otherwise, nothing that was learnt can be trusted.
    fn straighten(&mut self, seen: &[[f64; LEVELS]; FIELDS]) -> bool {
        for field in Field::ALL {
            let f = field as usize;
            for scale in scales_of(field) {
                let (best, worst) = (scale.start, scale.end - 1);
                // What a shared value is worth is told by its rarity, not by the level.
                if rarity_counts(field, u8::try_from(best).unwrap_or(0)) {
                    continue;
                }
                let worth = |at: usize| self.same[f][at].max(1e-9) / self.chance[f][at].max(1e-9);
                if worth(worst) <= worth(best) {
                    continue;
                }
                if seen[f][best].min(seen[f][worst]) >= START_WEIGHS {
                    return false;
                }
                self.chance[f][worst] = self.same[f][worst].max(1e-9) / worth(best);
            }
        }
        true
    }
}

impl Sums {
    /// Pairs seen of each level, whatever they were taken for.
    fn seen(&self) -> [[f64; LEVELS]; FIELDS] {
        let mut seen = self.same;
        for (seen, (kin, chance)) in seen.iter_mut().zip(self.kin.iter().zip(&self.chance)) {
            for (at, seen) in seen.iter_mut().enumerate() {
                *seen += kin[at] + chance[at];
            }
        }
        seen
    }
}

/// Whether enough pairs are told by something else than what their names say.
fn telling(lessons: &[Lesson]) -> bool {
    const BESIDE: [Field; 5] = [Field::Address, Field::Website, Field::Telephone, Field::Registration, Field::Year];
    let says = |lesson: &&Lesson| {
        lesson.decided.is_some() || BESIDE.iter().any(|field| lesson.levels.level[*field as usize] != 0)
    };
    let count = lessons.iter().filter(says).count();
    count >= TELLING && count * TELLING_ONE_IN >= lessons.len()
}

fn expect(scales: &Scales, lessons: &[Lesson], share: f64) -> Sums {
    let mut sums = Sums {
        same: [[0.0; LEVELS]; FIELDS],
        kin: [[0.0; LEVELS]; FIELDS],
        chance: [[0.0; LEVELS]; FIELDS],
        rarity: [[0.0; LEVELS]; FIELDS],
        total: [0.0; 3],
    };
    let weight = 1.0 / share;
    for lesson in lessons {
        let mut odds = scales.odds(&lesson.levels);
        // A number of one register settles it: what holds one number is one enterprise, what holds two is two.
        let decided = lesson.decided.or(match lesson.levels.level[Field::Registration as usize] {
            1 => Some(true),
            3 => Some(false),
            _ => None,
        });
        let mut shares = match decided {
            Some(true) => [1.0, 0.0, 0.0],
            Some(false) => {
                odds.same = -60.0;
                odds.shares()
            }
            None => odds.shares(),
        };
        shares.iter_mut().for_each(|s| *s *= weight);
        let name = lesson.levels.level[Field::Name as usize];
        let names_agree = (1..=level::LAST_AGREEING).contains(&name);
        for (total, part) in sums.total.iter_mut().zip(shares) {
            *total += part;
        }
        for field in Field::ALL {
            let at = usize::from(lesson.levels.level[field as usize]);
            if at == 0 {
                continue;
            }
            let f = field as usize;
            sums.same[f][at] += shares[0];
            sums.kin[f][at] += shares[1];
            // What chance brings is told by pairs that came together by name only.
            if field == Field::Name || names_agree {
                sums.chance[f][at] += shares[2];
                sums.rarity[f][at] += shares[2] * f64::from(lesson.levels.rarity[f]);
            }
        }
    }
    sums
}

fn maximise(start: &Model, sums: &Sums, records: usize, all_pairs: f64) -> Model {
    let mut next = start.clone();
    let records = records as f64;
    let common =
        |seen: f64, start: f64| ((seen + START_RECORDS * start) / (records + START_RECORDS)).clamp(0.005, 20.0);
    next.same_per_record = common(sums.total[0], start.same_per_record);
    next.kin_per_record = common(sums.total[1], start.kin_per_record);
    for field in Field::ALL {
        let f = field as usize;
        // Trade levels by name and by industry are two scales of one field.
        for scale in scales_of(field) {
            for (sums, start, next) in
                [(&sums.same, &start.same, &mut next.same), (&sums.kin, &start.kin, &mut next.kin)]
            {
                let seen: f64 = scale.clone().map(|at| sums[f][at]).sum();
                let starts: f64 = scale.clone().map(|at| start[f][at]).sum();
                for at in scale.clone() {
                    next[f][at] = (sums[f][at] + START_WEIGHS * start[f][at] / starts) / (seen + START_WEIGHS);
                }
            }
            let seen: f64 = scale.clone().map(|at| sums.chance[f][at]).sum();
            for at in scale.clone() {
                let at_level = u8::try_from(at).unwrap_or(0);
                next.chance[f][at] = if field == Field::Name {
                    if rarity_counts(field, at_level) {
                        let prior = 0.05 * all_pairs;
                        ((sums.rarity[f][at] + prior * start.chance[f][at]) / (all_pairs + prior)).clamp(0.02, 200.0)
                    } else {
                        start.chance[f][at]
                    }
                } else if field == Field::Place && at == 1 {
                    // How much oftener than by their frequencies cities are shared by names that agree.
                    let weighed = sums.rarity[f][at] + START_WEIGHS * start.chance[f][at];
                    (weighed / (seen + START_WEIGHS)).clamp(0.2, 20.0)
                } else if rarity_counts(field, at_level) {
                    start.chance[f][at]
                } else {
                    (sums.chance[f][at] + START_WEIGHS * start.chance[f][at]) / (seen + START_WEIGHS)
                };
            }
        }
    }
    // Companies of a series share everything but their number, so that pairs without labels teach nothing of it.
    let (name, another) = (Field::Name as usize, usize::from(level::ANOTHER));
    next.same[name][another] = start.same[name][another];
    next.kin[name][another] = start.kin[name][another];
    next
}

/// Levels that are alternatives of each other. What only one side says is none of them: it keeps what it began with.
fn scales_of(field: Field) -> impl Iterator<Item = std::ops::Range<usize>> {
    let upto = match field {
        Field::Trade => usize::from(level::ONE_TRADE),
        Field::Place => usize::from(level::ONE_PLACE),
        _ => field.levels().len() + 1,
    };
    let parted = if field == Field::Trade { 5 } else { upto };
    [1..parted, parted..upto].into_iter().filter(|scale| !scale.is_empty())
}
