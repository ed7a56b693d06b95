//! Resemblance: which enterprises mean the same, with reasons. Asked at every way in: while a name is typed, when one is
//! registered by form or by program, for each row of a file, and for the whole register as a queue for people.
//!
//! The register is held in memory as long as somebody asks ([`memory`]); until it is there, names and identifiers that are
//! equal to the letter still answer. What one may not see is not found, and weighs nothing in what one is told.

use std::collections::HashMap;

use platform::{Cx, Id, Result};
use serde::{Deserialize, Serialize};

use crate::EDIT;
use crate::enterprise::{self, Brief, Enterprise, NewIdentifier};

pub mod api;
mod asking;
pub(crate) mod memory;
pub mod model;
pub mod pages;
pub mod review;
pub(crate) mod rows;
mod store;
pub mod words;

pub use asking::Asked;
pub use memory::{LONG_PATIENCE, PATIENCE, ready};
pub(crate) use store::Standing;

/// From this probability on, in millionths, what is alike stands in the way of registering until a person says that it is
/// another: where the matcher would join records of a file, so that a wrong one and a missed one cost about the same.
const REFUSES: i64 = (matching::THRESHOLD * 1_000_000.0) as i64;
/// That a name is the same but for marks and signs.
const NEARLY: &str = "resembles-name-nearly";
/// So many are told at a time.
pub const TOLD: usize = 6;

/// What a pair is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ResemblanceVerdict)]
pub enum Verdict {
    Same,
    /// One family, different legal entities.
    Related,
    Different,
}

impl Verdict {
    pub const ALL: [Self; 3] = [Self::Same, Self::Related, Self::Different];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Related => "related",
            Self::Different => "different",
        }
    }

    pub const fn key(self) -> &'static str {
        match self {
            Self::Same => "resemblance-verdict-same",
            Self::Related => "resemblance-verdict-related",
            Self::Different => "resemblance-verdict-different",
        }
    }

    /// The text key of what a person said, who is not only likely right.
    pub const fn decided_key(self) -> &'static str {
        match self {
            Self::Same => "resemblance-decided-same",
            Self::Related => "resemblance-decided-related",
            Self::Different => "resemblance-decided-different",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.code() == code)
    }

    const fn of(verdict: matching::Verdict) -> Self {
        match verdict {
            matching::Verdict::Same => Self::Same,
            matching::Verdict::Related => Self::Related,
            matching::Verdict::Different => Self::Different,
        }
    }
}

/// One field's part in an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ResemblanceReason)]
pub struct Reason {
    /// name, whole, trade, legal, place, country, address, website, telephone, registration or year.
    pub field: String,
    /// The values as they are compared: folded, names without legal form and trade.
    pub one: String,
    pub other: String,
    /// The level of agreement, as the model names it.
    pub level: String,
    /// Thousandths of a bit by which the field moves the odds of being the same.
    pub weight: i64,
}

/// From what was so before anything was compared to the outcome, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = ResemblanceWaterfall)]
pub struct Waterfall {
    /// Thousandths of a bit before anything is compared; with the weights they add up to the outcome.
    pub before: i64,
    pub reasons: Vec<Reason>,
}

/// How much two records resemble each other, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Resemblance)]
pub struct Resemblance {
    pub verdict: Verdict,
    /// Of being the same enterprise, in millionths.
    pub probability: i64,
    /// Of being of one family, in millionths.
    pub kin: i64,
    pub waterfall: Waterfall,
}

impl Resemblance {
    fn of(explanation: &matching::Explanation) -> Self {
        let thousandths = |bits: f64| (bits * 1_000.0).round() as i64;
        let millionths = |share: f64| (share * 1_000_000.0).round() as i64;
        Self {
            verdict: Verdict::of(explanation.verdict),
            probability: millionths(explanation.probability),
            kin: millionths(explanation.kin),
            waterfall: Waterfall {
                before: thousandths(explanation.prior),
                reasons: explanation
                    .reasons
                    .iter()
                    .map(|reason| Reason {
                        field: reason.field.name().to_owned(),
                        one: reason.values.0.clone(),
                        other: reason.values.1.clone(),
                        level: reason.level.to_owned(),
                        weight: thousandths(reason.weight),
                    })
                    .collect(),
            },
        }
    }

    /// Whether it is so likely the same that a person must say it is another. A website alone never is enough, which those
    /// of one family share.
    fn refuses(&self) -> bool {
        self.verdict != Verdict::Related && self.probability >= REFUSES && !self.rests_on_website()
    }

    /// The registrable domain that both have, if they have one.
    fn site(&self) -> Option<&str> {
        let equal = |reason: &&Reason| reason.field == "website" && reason.level == "equal";
        self.waterfall.reasons.iter().find(equal).map(|reason| reason.one.as_str())
    }

    /// Whether one website is all that brings two together: their names differ, or none was given, and no number agrees.
    fn rests_on_website(&self) -> bool {
        let telling = |reason: &Reason| match reason.field.as_str() {
            "name" => !matches!(reason.level.as_str(), "different" | "another number"),
            "registration" => reason.weight > 0,
            _ => false,
        };
        self.site().is_some() && !self.waterfall.reasons.iter().any(telling)
    }

    /// Whether one website asks what the rest does not answer: the same, or of one family.
    fn is_asked_by_website(&self) -> bool {
        self.site().is_some() && self.verdict != Verdict::Related && !self.refuses()
    }

    fn rank(&self) -> (i64, i64) {
        (self.probability + self.kin / 2, self.probability)
    }
}

/// An enterprise within reach that may be the one asked about.
#[derive(Clone, Debug)]
pub struct Likely {
    pub enterprise: Enterprise,
    /// What is equal, to the letter or but for marks and signs: the text key that says so.
    pub equal: Option<&'static str>,
    /// None until the register is in memory.
    pub resemblance: Option<Resemblance>,
}

impl Likely {
    pub fn brief(&self) -> Brief {
        self.enterprise.brief()
    }

    /// Whether it stands in the way of registering another until a person has looked.
    pub fn refuses(&self) -> bool {
        self.equal.is_some() || self.resemblance.as_ref().is_some_and(Resemblance::refuses)
    }

    /// The registrable domain that it shares with the one asked about.
    pub fn site(&self) -> Option<&str> {
        self.resemblance.as_ref().and_then(Resemblance::site)
    }

    fn rank(&self) -> (bool, bool, bool, (i64, i64)) {
        let rank = self.resemblance.as_ref().map_or((0, 0), Resemblance::rank);
        (self.equal.is_some_and(|key| key != NEARLY), self.refuses(), self.site().is_some(), rank)
    }
}

/// Enterprises within reach that may be the one asked about, the likeliest first.
pub async fn likely(cx: &mut Cx, asked: &Asked) -> Result<Vec<Likely>> {
    Ok(likely_many(cx, std::slice::from_ref(asked)).await?.pop().unwrap_or_default())
}

/// As [`likely`], for many at once: memory is asked on all cores, the database in a handful of questions.
pub async fn likely_many(cx: &mut Cx, asked: &[Asked]) -> Result<Vec<Vec<Likely>>> {
    cx.require(&EDIT)?;
    let found = memory::find(&cx.house.clone(), asked, memory::Depth::PERSON).await?;
    let equal = equal_to(cx, asked).await?;
    let mut ids: Vec<Id> = found.iter().flat_map(|hits| hits.iter().map(|(id, _)| *id)).collect();
    ids.extend(equal.iter().flatten().map(|(id, _)| *id));
    ids.sort_unstable();
    ids.dedup();
    let standing = store::standing(cx, &ids).await?;
    let mut told = Vec::with_capacity(asked.len());
    for ((asked, hits), equal) in asked.iter().zip(found).zip(equal) {
        let mut likely: HashMap<Id, Likely> = HashMap::new();
        for (id, resemblance) in hits {
            let Some(enterprise) = standing.get(&id) else { continue };
            let one = likely.entry(enterprise.id).or_insert_with(|| Likely {
                enterprise: enterprise.clone(),
                equal: None,
                resemblance: None,
            });
            // Of the records that one stands for, the one that is most alike speaks.
            if one.resemblance.as_ref().is_none_or(|held| held.rank() < resemblance.rank()) {
                one.resemblance = Some(resemblance);
            }
        }
        for (id, key) in equal {
            let Some(enterprise) = standing.get(&id) else { continue };
            let one = likely.entry(enterprise.id).or_insert_with(|| Likely {
                enterprise: enterprise.clone(),
                equal: None,
                resemblance: None,
            });
            one.equal = one.equal.or(Some(key));
        }
        let mut likely: Vec<Likely> = likely.into_values().collect();
        obey(cx, asked, &mut likely).await?;
        likely.sort_by(|a, b| b.rank().cmp(&a.rank()).then(a.enterprise.id.cmp(&b.enterprise.id)));
        likely.truncate(TOLD);
        told.push(likely);
    }
    Ok(told)
}

/// For each one asked about, who holds one of its identifiers or bears one of its names, to the letter or but for marks and
/// signs.
async fn equal_to(cx: &mut Cx, asked: &[Asked]) -> Result<Vec<Vec<(Id, &'static str)>>> {
    let names: Vec<&str> = asked.iter().flat_map(|one| one.names.iter().map(String::as_str)).collect();
    let bearers = enterprise::Bearers::of(cx, &names).await?;
    let identifiers: Vec<NewIdentifier> = asked.iter().flat_map(|one| one.identifiers.iter().cloned()).collect();
    let held = enterprise::holders(cx, &identifiers).await?;
    Ok(asked
        .iter()
        .map(|one| {
            let by_number = one.identifiers.iter().filter_map(|identifier| {
                Some((
                    *held.get(&(identifier.scheme.clone(), identifier.register.clone(), identifier.value.clone()))?,
                    "resembles-identifier",
                ))
            });
            let same = one.names.iter().flat_map(|name| bearers.same(name)).map(|id| (*id, "resembles-name"));
            let nearly = one.names.iter().flat_map(|name| bearers.nearly(name)).map(|id| (id, NEARLY));
            by_number.chain(same).chain(nearly).collect()
        })
        .collect())
}

/// What people decided holds: those said to be others are left out, those said to be of the family are told as such.
async fn obey(cx: &mut Cx, asked: &Asked, likely: &mut Vec<Likely>) -> Result<()> {
    let Some(itself) = asked.itself else { return Ok(()) };
    likely.retain(|one| one.enterprise.id != itself);
    let others: Vec<Id> = likely.iter().map(|one| one.enterprise.id).collect();
    let decided = review::decided_between(cx, itself, &others).await?;
    likely.retain_mut(|one| match decided.get(&one.enterprise.id) {
        Some(Verdict::Different) => false,
        Some(verdict) => {
            if let Some(resemblance) = one.resemblance.as_mut() {
                resemblance.verdict = *verdict;
            }
            true
        }
        None => true,
    });
    Ok(())
}
