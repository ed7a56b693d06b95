//! Decisions that hang together: what is the same as another by way of others can't be told apart from it.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use platform::error::Conflict;
use platform::room::Findings;
use platform::{Cx, Error, Id, Problem, Result};

use super::store;
use crate::enterprise;
use crate::resemblance::Verdict;

/// A decision that stands: the two it is of, by those that stand for them today, and what it says.
type Stands = (Id, Id, Verdict);

/// So many contradictions are told.
const TOLD: usize = 20;

/// Refuses a decision that contradicts others, naming those. What was decided of the same two is superseded and so not in
/// the way.
pub(super) async fn refuse_contradicting(cx: &mut Cx, one: Id, other: Id, verdict: Verdict) -> Result<()> {
    let own = (one.min(other), one.max(other));
    let (ones, apart) = reached(cx, one, own).await?;
    let mut way = if verdict == Verdict::Same {
        let (others, _) = reached(cx, other, own).await?;
        let between = |a: &Id, b: &Id| ones.contains_key(a) && others.contains_key(b);
        apart.into_iter().filter(|(a, b, _)| between(a, b) || between(b, a)).collect()
    } else {
        back(&ones, other)
    };
    way.sort_unstable_by_key(|(a, b, _)| (*a, *b));
    way.dedup_by_key(|(a, b, _)| (*a, *b));
    if way.is_empty() { Ok(()) } else { Err(refusal(cx, &way).await?) }
}

/// All that is the same as one, each with the one before it on the way, and the decisions that tell any of these apart from
/// others; `own` is not heeded.
async fn reached(cx: &mut Cx, from: Id, own: (Id, Id)) -> Result<(HashMap<Id, Id>, Vec<Stands>)> {
    let (mut came, mut apart) = (HashMap::from([(from, from)]), Vec::new());
    let mut next = vec![from];
    while !next.is_empty() {
        let found = store::beside(cx, &next).await?;
        next.clear();
        for (a, b, verdict) in found {
            if a == b || (a.min(b), a.max(b)) == own {
                continue;
            }
            match Verdict::from_code(&verdict) {
                Some(Verdict::Same) => {
                    for (from, to) in [(a, b), (b, a)] {
                        if came.contains_key(&from) && !came.contains_key(&to) {
                            came.insert(to, from);
                            next.push(to);
                        }
                    }
                }
                Some(verdict) => apart.push((a.min(b), a.max(b), verdict)),
                None => {}
            }
        }
    }
    Ok((came, apart))
}

/// The decisions by which one was reached.
fn back(came: &HashMap<Id, Id>, to: Id) -> Vec<Stands> {
    let (mut way, mut at) = (Vec::new(), to);
    while let Some(before) = came.get(&at).copied().filter(|before| *before != at) {
        way.push((at.min(before), at.max(before), Verdict::Same));
        at = before;
    }
    way
}

/// Names what is in the way; of what is out of reach only that there is something.
async fn refusal(cx: &mut Cx, way: &[Stands]) -> Result<Error> {
    let mut reasons: Vec<Problem> = Vec::new();
    for (one, other, verdict) in way {
        let (key, args) = match (named(cx, *one).await?, named(cx, *other).await?) {
            (Some(one), Some(other)) => {
                let key = match verdict {
                    Verdict::Same => "review-stands-same",
                    Verdict::Related => "review-stands-related",
                    Verdict::Different => "review-stands-different",
                };
                (key, vec![("one".to_owned(), one), ("other".to_owned(), other)])
            }
            _ => ("review-stands-hidden", Vec::new()),
        };
        if !reasons.iter().any(|said| said.key == key && said.args == args) {
            reasons.push(Problem { field: "verdict".to_owned(), key: key.to_owned(), args });
        }
    }
    Ok(Error::Conflict(Box::new(Conflict { key: "review-contradicts".to_owned(), reasons, ..Default::default() })))
}

async fn named(cx: &mut Cx, id: Id) -> Result<Option<String>> {
    match enterprise::brief(cx, id).await {
        Ok(brief) => Ok(Some(format!("{} ({})", brief.name, brief.reference))),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// No two records are told apart that other decisions say are the same: the matcher would not take such a file.
pub(crate) async fn check(cx: &mut Cx) -> Result<Findings> {
    let all = store::all_decided(cx).await?;
    let wrong = contradictions(&all).into_iter().take(TOLD);
    let wrong = wrong.map(|(one, other)| format!("{one} and {other} are told apart, and the same by way of others"));
    Ok(Findings { looked_at: all.len() as u64, wrong: wrong.collect() })
}

fn contradictions(all: &[(Id, Id, String)]) -> Vec<(Id, Id)> {
    let is_same = |verdict: &str| verdict == Verdict::Same.code();
    let mut beside: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for (a, b, _) in all.iter().filter(|(.., verdict)| is_same(verdict)) {
        beside.entry(*a).or_default().push(*b);
        beside.entry(*b).or_default().push(*a);
    }
    // The lowest record stands for all that are the same.
    let mut first: HashMap<Id, Id> = HashMap::new();
    for start in beside.keys() {
        let mut next = vec![*start];
        while let Some(at) = next.pop() {
            if let Entry::Vacant(vacant) = first.entry(at) {
                vacant.insert(*start);
                next.extend(beside.get(&at).into_iter().flatten());
            }
        }
    }
    let stands_for = |id: &Id| first.get(id).copied().unwrap_or(*id);
    let apart = all.iter().filter(|(.., verdict)| !is_same(verdict));
    apart.filter(|(a, b, _)| stands_for(a) == stands_for(b)).map(|(a, b, _)| (*a, *b)).collect()
}
