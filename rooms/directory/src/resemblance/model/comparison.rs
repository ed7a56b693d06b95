//! A model beside the one in use: how both fare on what people decided, and on the pairs that wait to be decided.

use std::path::Path;

use matching::Model;
use platform::{Cx, Error, Id, Result};
use serde::Serialize;

use super::{LEAST_DECISIONS, store};
use crate::TEACH;
use crate::resemblance::memory::{self, Judged};
use crate::resemblance::{LONG_PATIENCE, REFUSES, review};

/// How one model fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ResemblanceModelFares)]
pub struct Fares {
    /// Of the decisions compared, how many it would have got right: the same where people said so, nothing else otherwise.
    pub right: i64,
    /// Of the pairs that wait, for how many registering the second beside the first would be refused until a person has
    /// looked.
    pub refused: i64,
}

/// What taking a model into use would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ResemblanceModelComparison)]
pub struct Comparison {
    /// How many decisions the model was learnt from; none for the one delivered.
    pub learnt_from: Option<i64>,
    /// Decisions that stand whose records are in the register.
    pub decisions: i64,
    /// Pairs of the queue that wait to be decided.
    pub pairs: i64,
    pub present: Fares,
    pub proposed: Fares,
    /// Pairs that only the proposed one would refuse, and those that only the present one does.
    pub starts: i64,
    pub stops: i64,
}

impl Comparison {
    pub fn is_worse(&self) -> bool {
        self.proposed.right < self.present.right
    }

    /// Why the model can't be taken, if it can't. The one delivered can always be gone back to.
    pub(super) fn refused(&self) -> Option<Error> {
        let learnt_from = self.learnt_from?;
        if learnt_from < LEAST_DECISIONS {
            let args = [("decisions", learnt_from.to_string()), ("least", LEAST_DECISIONS.to_string())];
            return Some(Error::conflict_with("review-model-thin", &args));
        }
        let args = [
            ("proposed", self.proposed.right.to_string()),
            ("present", self.present.right.to_string()),
            ("decisions", self.decisions.to_string()),
        ];
        self.is_worse().then(|| Error::conflict_with("review-model-worse", &args))
    }
}

/// Whether it would stand in the way of registering.
fn refuses((verdict, probability): &(matching::Verdict, f64)) -> bool {
    *verdict != matching::Verdict::Related && (probability * 1_000_000.0).round() as i64 >= REFUSES
}

/// Compares a learnt model, or with none named the one delivered, with the one in use.
pub async fn compare(cx: &mut Cx, id: Option<Id>) -> Result<Comparison> {
    cx.require(&TEACH)?;
    // Before the first question to the database, so that nobody waits for a transaction meanwhile.
    let house = cx.house.clone();
    if !memory::ready(&house, LONG_PATIENCE).await {
        return Err(Error::conflict("review-register-unread"));
    }
    let present = super::in_use(cx).await?;
    let (proposed, learnt_from) = match id {
        Some(id) => {
            let text = store::text(cx, id).await?.ok_or(Error::NotFound)?;
            let model = Model::from_text(&text, Path::new("model"));
            let model =
                model.map_err(|error| Error::conflict_with("review-model-unread", &[("why", error.to_string())]))?;
            (model, Some(store::decisions(cx, id).await?))
        }
        None => (Model::default(), None),
    };
    let decided = review::decided(cx).await?;
    let waiting = review::undecided(cx).await?;
    let pairs = decided.iter().map(|(a, b, _)| (*a, *b)).chain(waiting.iter().copied()).collect();
    let Some([now, then]) = memory::judge(&house, [present, proposed], pairs).await? else {
        return Err(Error::conflict("review-register-unread"));
    };
    Ok(of(learnt_from, &decided, &now, &then))
}

/// Counts what both say of the pairs that were decided, which come first, and of those that wait.
fn of(learnt_from: Option<i64>, decided: &[(Id, Id, bool)], now: &Judged, then: &Judged) -> Comparison {
    let mut comparison = Comparison {
        learnt_from,
        decisions: 0,
        pairs: 0,
        present: Fares::default(),
        proposed: Fares::default(),
        starts: 0,
        stops: 0,
    };
    for (at, (now, then)) in now.iter().zip(then).enumerate() {
        let (Some(now), Some(then)) = (now, then) else { continue };
        let (now, then) = (refuses(now), refuses(then));
        match decided.get(at) {
            Some((.., same)) => {
                comparison.decisions += 1;
                comparison.present.right += i64::from(now == *same);
                comparison.proposed.right += i64::from(then == *same);
            }
            None => {
                comparison.pairs += 1;
                comparison.present.refused += i64::from(now);
                comparison.proposed.refused += i64::from(then);
                comparison.starts += i64::from(then && !now);
                comparison.stops += i64::from(now && !then);
            }
        }
    }
    comparison
}

#[cfg(test)]
mod tests {
    use matching::Verdict;

    use super::*;

    #[test]
    fn one_that_gets_fewer_decisions_right_is_refused() {
        let decided = [(Id(1), Id(2), true), (Id(1), Id(3), false), (Id(1), Id(4), false)];
        let good = vec![Some((Verdict::Same, 0.9)), Some((Verdict::Related, 0.4)), None, Some((Verdict::Same, 0.5))];
        let bad =
            vec![Some((Verdict::Different, 0.1)), Some((Verdict::Related, 0.4)), None, Some((Verdict::Different, 0.2))];
        let worse = of(Some(40), &decided, &good, &bad);
        assert_eq!((worse.decisions, worse.pairs, worse.stops, worse.starts), (2, 1, 1, 0));
        assert_eq!((worse.present, worse.proposed), (Fares { right: 2, refused: 1 }, Fares { right: 1, refused: 0 }));
        let key = |refused: Option<Error>| match refused {
            Some(Error::Conflict(conflict)) => conflict.key,
            other => format!("{other:?}"),
        };
        assert_eq!(key(worse.refused()), "review-model-worse");
        assert_eq!(key(of(Some(3), &decided, &bad, &good).refused()), "review-model-thin");
        assert!(of(Some(40), &decided, &bad, &good).refused().is_none());
        assert!(of(None, &decided, &good, &bad).refused().is_none(), "the one delivered can be gone back to");
    }
}
