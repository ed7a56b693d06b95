//! Why two records are taken for one, or not: a waterfall from the prior to the outcome, field by field.

use crate::compare::{Comparer, Field};
use crate::contact::Country;
use crate::lexicon::Symbol;
use crate::model::{Odds, Scales};
use crate::record::Profile;

/// What a pair is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Same,
    /// One family, different legal entities.
    Related,
    Different,
}

impl Verdict {
    pub fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Related => "related",
            Self::Different => "different",
        }
    }

    pub(crate) fn of(odds: Odds) -> Self {
        let [same, kin, chance] = odds.shares();
        if same >= kin && same >= chance {
            Self::Same
        } else if kin >= chance {
            Self::Related
        } else {
            Self::Different
        }
    }
}

/// One field's part in an outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    pub field: Field,
    /// The values compared, as they are compared (folded, names without form and trade).
    pub values: (String, String),
    pub level: &'static str,
    /// Bits by which the field moves the odds of being the same (log base 2); with the prior they add up to the outcome.
    pub weight: f64,
}

/// A waterfall.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    pub verdict: Verdict,
    /// Probability of being the same enterprise, 0 to 1.
    pub probability: f64,
    /// Probability of being kin.
    pub kin: f64,
    /// Bits before anything is compared.
    pub prior: f64,
    /// Fields that both sides have, in the order they are told.
    pub reasons: Vec<Reason>,
    /// What settles it whatever the fields weigh, where something does.
    pub settled: Option<Settled>,
}

/// What a pair is taken for without weighing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// People decided so, be it by way of other records.
    Decided(bool),
    /// The two say the same in every field.
    Alike,
}

impl Explanation {
    pub(crate) fn settle(&mut self, settled: Option<Settled>) {
        self.settled = settled;
        self.verdict = match settled {
            Some(Settled::Decided(true) | Settled::Alike) => Verdict::Same,
            Some(Settled::Decided(false)) if self.verdict == Verdict::Same => Verdict::Different,
            _ => self.verdict,
        };
    }
}

pub(crate) fn explain(comparer: &Comparer<'_>, scales: &Scales, a: &Profile, b: &Profile) -> Explanation {
    let levels = comparer.profiles(a, b);
    let bits = |logit: f64| logit / std::f64::consts::LN_2;
    let mut odds = scales.prior();
    let prior = bits(odds.logit());
    let mut reasons = Vec::new();
    for field in Field::ALL {
        let at = levels.level[field as usize];
        if at == 0 {
            continue;
        }
        let before = odds.logit();
        let part = scales.field(field, &levels);
        odds = Odds { same: odds.same + part.same, kin: odds.kin + part.kin };
        reasons.push(Reason {
            field,
            values: (value(comparer, field, a), value(comparer, field, b)),
            level: field.levels()[usize::from(at) - 1],
            weight: bits(odds.logit() - before),
        });
    }
    let [same, kin, _] = odds.shares();
    Explanation { verdict: Verdict::of(odds), probability: same, kin, prior, reasons, settled: None }
}

fn value(comparer: &Comparer<'_>, field: Field, profile: &Profile) -> String {
    let text = |symbol: Symbol| comparer.text(symbol).to_owned();
    let known = |country: Country| country.code();
    let forms = || profile.forms().iter();
    let concept = |trades: &[u16]| {
        let words = &crate::words::WORDS.concepts;
        let names: Vec<&str> =
            trades.iter().filter(|t| **t > 0).map(|t| words[usize::from(*t) - 1].name.as_str()).collect();
        names.join(" ")
    };
    let join = |parts: Vec<String>| {
        let mut kept: Vec<String> = Vec::new();
        for part in parts {
            if !part.is_empty() && !kept.contains(&part) {
                kept.push(part);
            }
        }
        kept.join(", ")
    };
    match field {
        Field::Name => join(forms().map(|f| text(f.core)).collect()),
        // The parts that are compared as one: own word, trade, place, form.
        Field::Whole => join(
            forms()
                .filter(|f| f.script != crate::text::Script::Web)
                .map(|f| {
                    let region = (f.wide > 0).then(|| crate::words::WORDS.places[usize::from(f.wide) - 1].name.clone());
                    let parts = [
                        text(f.core),
                        concept(&f.trades),
                        region.unwrap_or_default(),
                        crate::words::Legal::names(f.legal),
                    ];
                    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
                })
                .collect(),
        ),
        Field::Trade => {
            let named = join(forms().map(|f| concept(&f.trades)).collect());
            if named.is_empty() { concept(&profile.industry) } else { named }
        }
        Field::Legal => join(forms().map(|f| crate::words::Legal::names(f.legal)).collect()),
        Field::Place => join(profile.places().iter().map(|p| text(*p)).collect()),
        Field::Country => known(profile.country),
        Field::Address => text(profile.address.0),
        Field::Website => text(profile.web),
        // The first digit only keeps leading zeros.
        Field::Telephone => text(profile.phone).chars().skip(1).collect(),
        Field::Registration => text(profile.registration),
        Field::Year => profile.year.to_string(),
    }
}
