//! Why a company stands where it stands, and what would move it.

use serde::{Deserialize, Serialize};

use crate::{Company, FULL, Fact, Factor, Firm, Measure, Plan, Screened, Value};

/// One company in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ranked {
    pub rank: u64,
    /// The sum of what each criterion adds.
    pub total: i64,
    pub company: Company,
    pub reasons: Vec<Reason>,
    pub firm: Firm,
}

/// What one criterion gave, by which fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub key: String,
    pub factor: Factor,
    pub measure: Measure,
    pub weight: u32,
    /// 0 to 1,000,000.
    pub points: u32,
    /// Weight times points.
    pub adds: i64,
    /// What the curve was asked: the fact's value, or what was worked out of it.
    pub value: Option<Value>,
    /// None: not known, and the points are those for that.
    pub fact: Option<Fact>,
}

/// What one criterion could do to a company's rank, all else as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub key: String,
    /// Its rank with all points that the curve can give.
    pub at_most: u64,
    /// Its rank with the fewest; none where that lies beyond what was ranked.
    pub at_least: Option<u64>,
    /// What would take it past the next company with a higher total, where this criterion alone can.
    pub to_rise: Option<ToRise>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToRise {
    pub points: u32,
    /// The nearest number that gives these points, where the measure is a number.
    pub value: Option<i64>,
}

impl Plan {
    pub fn reasons(&self, company: &Company, points: &[u32]) -> Vec<Reason> {
        let steps = self.criteria.criteria.iter().zip(&self.steps).zip(points);
        steps
            .map(|((criterion, step), points)| {
                let fact = company.facts.get(&step.column).cloned();
                let value = if self.context.table(criterion.measure).is_some() {
                    self.context.number(criterion.measure, company).map(Value::Number)
                } else {
                    fact.as_ref().map(|fact| fact.value.clone())
                };
                Reason {
                    key: criterion.key.clone(),
                    factor: criterion.factor,
                    measure: criterion.measure,
                    weight: criterion.weight,
                    points: *points,
                    adds: step.weight * i64::from(*points),
                    value,
                    fact,
                }
            })
            .collect()
    }
}

impl Ranked {
    /// What a factor's criteria add together.
    pub fn of_factor(&self, factor: Factor) -> i64 {
        self.reasons.iter().filter(|reason| reason.factor == factor).map(|reason| reason.adds).sum()
    }

    pub fn points(&self) -> Vec<u32> {
        self.reasons.iter().map(|reason| reason.points).collect()
    }
}

impl Screened {
    /// What each criterion could do to the rank of the company in this place of the list, counted from 0.
    ///
    /// Ranks further up are exact, since all who stand before it are in the list.
    pub fn changes(&self, place: usize) -> Vec<Change> {
        let Some(ranked) = self.top.get(place) else { return Vec::new() };
        // Those with the same total stand level with it, whichever is told first.
        let above = self.top[..place].iter().rfind(|above| above.total > ranked.total);
        let reasons = ranked.reasons.iter().zip(&self.criteria.criteria);
        reasons
            .map(|(reason, criterion)| {
                let shape = criterion.curve.shape(criterion.measure.by_beginning());
                let (fewest, most) = shape.range();
                let weight = i64::from(criterion.weight);
                let with = |points: u32| ranked.total - reason.adds + weight * i64::from(points);
                let to_rise = above.and_then(|above| {
                    let first = above.company.id.as_str() > ranked.company.id.as_str();
                    let short = above.total - ranked.total + i64::from(!first);
                    if weight == 0 {
                        return None;
                    }
                    let points = i64::from(reason.points) + short.div_euclid(weight) + i64::from(short % weight != 0);
                    let points = shape.reach(u32::try_from(points).ok().filter(|points| *points <= most.min(FULL))?)?;
                    let known = reason.value.as_ref().and_then(Value::number);
                    let value = known.and_then(|known| shape.nearest(known, points));
                    Some(ToRise { points, value })
                });
                Change {
                    key: reason.key.clone(),
                    at_most: self.rank_with(place, with(most.max(reason.points))),
                    at_least: Some(self.rank_with(place, with(fewest.min(reason.points))))
                        .filter(|rank| *rank < self.top.len() as u64 || self.ranked <= self.top.len() as u64),
                    to_rise,
                }
            })
            .collect()
    }

    /// The rank that the company in this place would have with another total, the best of those it would share.
    fn rank_with(&self, place: usize, total: i64) -> u64 {
        let others = self.top.iter().enumerate().filter(|(at, _)| *at != place);
        1 + others.filter(|(_, other)| other.total > total).count() as u64
    }

    /// The first and the last rank of those that have this total: of equals the order says nothing.
    pub fn level_with(&self, ranked: &Ranked) -> (u64, u64) {
        let first = self.top.partition_point(|other| other.total > ranked.total);
        let last = self.top.partition_point(|other| other.total >= ranked.total);
        (first as u64 + 1, (last as u64).max(first as u64 + 1))
    }

    /// Whether companies may have this total that stand beyond the end of the list: how many isn't known, and the last
    /// rank of [`Screened::level_with`] is then that of the list.
    pub fn level_beyond(&self, ranked: &Ranked) -> bool {
        self.ranked > self.top.len() as u64 && self.top.last().is_some_and(|last| last.total == ranked.total)
    }
}
