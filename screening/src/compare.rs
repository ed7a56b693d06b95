//! Two rankings side by side: who rose, fell, came and went.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    Risen,
    Fallen,
    Same,
    New,
    Gone,
}

/// Where one company stood before and stands after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    pub id: String,
    pub fate: Fate,
    pub before: Option<u64>,
    pub after: Option<u64>,
}

/// Compares ids with their ranks: those of the later ranking in its order, then those that are gone in the order of
/// the earlier.
pub fn compare<'a>(
    before: impl Iterator<Item = (&'a str, u64)>,
    after: impl Iterator<Item = (&'a str, u64)>,
) -> Vec<Shift> {
    let earlier: BTreeMap<&str, u64> = before.collect();
    let mut later: Vec<(&str, u64)> = after.collect();
    later.sort_by_key(|(id, rank)| (*rank, *id));
    let kept: BTreeSet<&str> = later.iter().map(|(id, _)| *id).collect();
    let mut gone: Vec<(&str, u64)> =
        earlier.iter().filter(|(id, _)| !kept.contains(*id)).map(|(id, rank)| (*id, *rank)).collect();
    gone.sort_by_key(|(id, rank)| (*rank, *id));
    let stayed = later.into_iter().map(|(id, rank)| {
        let before = earlier.get(id).copied();
        let fate = match before {
            None => Fate::New,
            Some(before) if before > rank => Fate::Risen,
            Some(before) if before < rank => Fate::Fallen,
            Some(_) => Fate::Same,
        };
        Shift { id: id.to_owned(), fate, before, after: Some(rank) }
    });
    let left = gone.into_iter().map(|(id, rank)| Shift {
        id: id.to_owned(),
        fate: Fate::Gone,
        before: Some(rank),
        after: None,
    });
    stayed.chain(left).collect()
}

impl Fate {
    pub const ALL: [Self; 5] = [Self::Risen, Self::Fallen, Self::Same, Self::New, Self::Gone];

    pub fn name(self) -> &'static str {
        match self {
            Self::Risen => "risen",
            Self::Fallen => "fallen",
            Self::Same => "same",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}
