//! What agreement is worth: Fellegi–Sunter with three classes of pairs, learnt without labels.
//!
//! A pair of records is of the *same* enterprise, of *kin* (one family, another legal entity) or met by *chance*. Every field's
//! level of agreement has a probability in each class; fields are taken to be independent within a class. A shared value is
//! worth more the fewer records hold it: chance shares it with the square of its frequency, sameness with the frequency.

use crate::compare::{FIELDS, Field, Levels, level};

pub(crate) const LEVELS: usize = 14;

/// How the version of a model file is written; a file of another version is refused.
pub const MODEL_VERSION: u32 = 1;

/// Probabilities of levels by field, and how many pairs of each class a record has.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// Pairs of the same enterprise, over records.
    pub(crate) same_per_record: f64,
    /// Pairs of one family, over records.
    pub(crate) kin_per_record: f64,
    pub(crate) same: [[f64; LEVELS]; FIELDS],
    pub(crate) kin: [[f64; LEVELS]; FIELDS],
    /// Of a level whose rarity counts: how much oftener than frequency squared chance shares a value.
    pub(crate) chance: [[f64; LEVELS]; FIELDS],
    /// Records and pairs that it was learnt from; none if it is as delivered.
    pub(crate) learnt_from: (u64, u64),
}

/// Levels where one value is shared, so that its rarity counts.
pub(crate) fn rarity_counts(field: Field, at: u8) -> bool {
    match field {
        Field::Name => (1..=level::LAST_AGREEING).contains(&at),
        Field::Place | Field::Telephone | Field::Registration => at == 1,
        Field::Address => at == 1,
        Field::Website => at == 1 || at == 2,
        _ => false,
    }
}

/// Starting points, from general experience with company records: same, kin, chance, for each level, best first.
fn start(field: Field) -> &'static [(f64, f64, f64)] {
    match field {
        Field::Name => &[
            (0.10, 0.05, 0.1),
            (0.20, 0.15, 0.1),
            (0.28, 0.40, 0.2),
            (0.02, 0.01, 0.1),
            (0.08, 0.08, 0.1),
            (0.05, 0.05, 0.15),
            (0.10, 0.04, 5.0),
            (0.02, 0.02, 5.0),
            (0.05, 0.12, 5.0),
            (0.06, 0.04, 0.25),
            (0.005, 0.02, 0.002),
            (0.035, 0.02, 0.72),
            (0.000001, 0.05, 0.01),
        ],
        Field::Trade => &[
            (0.86, 0.38, 0.10),
            (0.06, 0.06, 0.03),
            (0.02, 0.04, 0.03),
            (0.06, 0.52, 0.84),
            (0.80, 0.35, 0.10),
            (0.10, 0.10, 0.05),
            (0.10, 0.55, 0.85),
            (0.25, 0.65, 0.50),
        ],
        Field::Whole => &[(0.55, 0.02, 0.01), (0.25, 0.95, 0.97), (0.20, 0.03, 0.02)],
        Field::Legal => &[(0.80, 0.35, 0.35), (0.15, 0.25, 0.25), (0.05, 0.40, 0.40)],
        Field::Place => {
            &[(0.90, 0.30, 1.0), (0.06, 0.50, 0.90), (0.01, 0.18, 0.02), (0.03, 0.02, 0.01), (0.30, 0.60, 0.50)]
        }
        Field::Country => &[(0.97, 0.60, 0.35), (0.03, 0.40, 0.65)],
        Field::Address => &[(0.85, 0.03, 1.0), (0.05, 0.02, 0.002), (0.10, 0.95, 0.99)],
        Field::Website => &[(0.92, 0.60, 1.0), (0.03, 0.10, 1.0), (0.05, 0.30, 0.99)],
        Field::Telephone => &[(0.90, 0.12, 1.0), (0.02, 0.005, 0.001), (0.08, 0.875, 0.998)],
        Field::Registration => {
            &[(0.97, 0.0005, 1.0), (0.02, 0.0005, 0.0001), (0.001, 0.989, 0.9889), (0.009, 0.01, 0.011)]
        }
        Field::Year => &[(0.80, 0.06, 0.04), (0.13, 0.07, 0.06), (0.03, 0.09, 0.08), (0.04, 0.78, 0.82)],
    }
}

impl Default for Model {
    fn default() -> Self {
        let mut model = Self {
            same_per_record: 0.5,
            kin_per_record: 0.3,
            same: [[1.0; LEVELS]; FIELDS],
            kin: [[1.0; LEVELS]; FIELDS],
            chance: [[1.0; LEVELS]; FIELDS],
            learnt_from: (0, 0),
        };
        for field in Field::ALL {
            for (at, (same, kin, chance)) in start(field).iter().enumerate() {
                model.same[field as usize][at + 1] = *same;
                model.kin[field as usize][at + 1] = *kin;
                model.chance[field as usize][at + 1] = *chance;
            }
        }
        model
    }
}

/// A model made ready for a number of records: logarithms, so that a pair is a few sums.
#[derive(Clone, Debug)]
pub(crate) struct Scales {
    prior: (f64, f64),
    weight: [[(f64, f64); LEVELS]; FIELDS],
}

/// How likely a pair is the same, as logarithms of odds (natural) against chance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Odds {
    pub same: f64,
    pub kin: f64,
}

impl Odds {
    /// Log odds of same against everything else.
    pub fn logit(self) -> f64 {
        self.same - softplus(self.kin)
    }

    pub fn probability(self) -> f64 {
        1.0 / (1.0 + (-self.logit()).exp())
    }

    /// Probabilities of same, kin and chance.
    pub fn shares(self) -> [f64; 3] {
        let most = self.same.max(self.kin).max(0.0);
        let parts = [(self.same - most).exp(), (self.kin - most).exp(), (-most).exp()];
        let sum: f64 = parts.iter().sum();
        parts.map(|p| p / sum)
    }
}

fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

impl Scales {
    pub fn new(model: &Model, records: usize) -> Self {
        let records = records.max(2) as f64;
        let prior = |per_record: f64| (2.0 * per_record / records).max(1e-12).ln();
        let mut scales = Self {
            prior: (prior(model.same_per_record), prior(model.kin_per_record)),
            weight: [[(0.0, 0.0); LEVELS]; FIELDS],
        };
        for field in 0..FIELDS {
            for at in 1..LEVELS {
                let chance = model.chance[field][at].max(1e-9).ln();
                let of = |p: f64| p.max(1e-9).ln() - chance;
                scales.weight[field][at] = (of(model.same[field][at]), of(model.kin[field][at]));
            }
        }
        scales
    }

    pub fn prior(&self) -> Odds {
        Odds { same: self.prior.0, kin: self.prior.1 }
    }

    /// What one field adds.
    pub fn field(&self, field: Field, levels: &Levels) -> Odds {
        let at = levels.level[field as usize];
        if at == 0 {
            return Odds::default();
        }
        let (same, kin) = self.weight[field as usize][usize::from(at)];
        let rare = if rarity_counts(field, at) { f64::from(levels.rarity[field as usize]).ln() } else { 0.0 };
        Odds { same: same + rare, kin: kin + rare }
    }

    pub fn odds(&self, levels: &Levels) -> Odds {
        Field::ALL.iter().fold(self.prior(), |sum, field| {
            let part = self.field(*field, levels);
            Odds { same: sum.same + part.same, kin: sum.kin + part.kin }
        })
    }
}

impl Model {
    /// How many records and pairs it was learnt from; none if it is as delivered.
    pub fn learnt_from(&self) -> (u64, u64) {
        self.learnt_from
    }

    /// All weights as a table for people: natural logarithms of same and kin against chance, before rarity.
    pub fn table(&self) -> String {
        use std::fmt::Write;
        let mut out =
            format!("same per record {:.4}, kin per record {:.4}\n", self.same_per_record, self.kin_per_record);
        for field in Field::ALL {
            for (at, name) in field.levels().iter().enumerate() {
                let at = at + 1;
                let (same, kin, chance) =
                    (self.same[field as usize][at], self.kin[field as usize][at], self.chance[field as usize][at]);
                let _ = writeln!(
                    out,
                    "{:<13}{:<32} same {same:8.4}  kin {kin:8.4}  chance {chance:8.4}  {:+.2} {:+.2}",
                    field.name(),
                    name,
                    (same / chance).ln(),
                    (kin / chance).ln()
                );
            }
        }
        out
    }
}
