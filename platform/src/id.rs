//! Keys: 64-bit integers made by the application, time-ordered, within 53 bits so that
//! JSON clients keep them exactly.

use std::fmt;
use std::str::FromStr;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use crate::clock::At;

/// A record's key. Positive, below 2^53; a later record has a larger key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Id(pub i64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        text.parse().ok().filter(|id| (1..1 << 53).contains(id)).map(Id).ok_or(NotAnId)
    }
}

impl Id {
    /// No key made at this instant or later is below it: what turns a day into a range of keys.
    pub fn first_at(at: At) -> Self {
        let ms = at.0.div_euclid(1000).saturating_sub(EPOCH_MS).clamp(0, (1 << 41) - 1);
        Self(ms << (COUNTER_BITS + NODE_BITS))
    }
}

impl utoipa::PartialSchema for Id {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        i64::schema()
    }
}

impl utoipa::ToSchema for Id {}

/// The text is no key of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a record key")]
pub struct NotAnId;

/// 2024-01-01T00:00:00Z: 41 bits of milliseconds reach to 2093.
const EPOCH_MS: i64 = 1_704_067_200_000;
/// How many processes may make keys for one database at one time.
pub const NODES: i64 = 32;
const COUNTER_BITS: u32 = 7;
const NODE_BITS: u32 = 5;

/// Makes keys: milliseconds, then the process's node number, then a counter.
///
/// When the counter of a millisecond is used up, or the clock stands still or steps back,
/// the next millisecond is borrowed, so keys stay unique and ordered within the process.
#[derive(Debug)]
pub struct IdMaker {
    node: i64,
    last: Mutex<(i64, i64)>,
}

impl IdMaker {
    pub fn new(node: i64) -> Self {
        Self::above(node, Id(0))
    }

    /// Makes keys above one that the node has already made: a clock that stands still, or was set
    /// back, would make that one again.
    pub fn above(node: i64, reached: Id) -> Self {
        let last = (reached.0 >> (COUNTER_BITS + NODE_BITS), (1 << COUNTER_BITS) - 1);
        Self { node: node.rem_euclid(NODES), last: Mutex::new(last) }
    }

    /// No key this maker has made is above this one.
    pub fn reached(&self) -> Id {
        let last = self.last.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        self.key(*last)
    }

    pub fn make(&self, now: At) -> Id {
        let ms = (now.0.div_euclid(1000) - EPOCH_MS).max(1);
        let mut last = self.last.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *last = if ms > last.0 {
            (ms, 0)
        } else if last.1 + 1 < 1 << COUNTER_BITS {
            (last.0, last.1 + 1)
        } else {
            (last.0 + 1, 0)
        };
        self.key(*last)
    }

    fn key(&self, (ms, counter): (i64, i64)) -> Id {
        Id(ms << (COUNTER_BITS + NODE_BITS) | self.node << COUNTER_BITS | counter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_ordered_and_within_53_bits() {
        let maker = IdMaker::new(31);
        let far = At::from_micros(3_800_000_000_000_000);
        let mut before = Id(0);
        for _ in 0..10_000 {
            let id = maker.make(far);
            assert!(id > before && id.0 < 1 << 53);
            before = id;
        }
    }

    #[test]
    fn two_nodes_never_make_the_same_key() {
        let now = At::from_micros(1_800_000_000_000_000);
        let (one, two) = (IdMaker::new(1), IdMaker::new(2));
        let ones: std::collections::HashSet<_> = (0..5000).map(|_| one.make(now)).collect();
        assert!((0..5000).all(|_| !ones.contains(&two.make(now))));
    }

    #[test]
    fn a_maker_goes_on_above_what_its_node_has_made() {
        let now = At::from_micros(1_800_000_000_000_000);
        let first = IdMaker::new(3);
        let made: Vec<Id> = (0..300).map(|_| first.make(now)).collect();
        assert_eq!(Some(first.reached()), made.last().copied());
        let next = IdMaker::above(3, first.reached());
        assert!(made.iter().all(|key| *key < next.make(now)));
        assert_eq!(IdMaker::new(3).make(now), made[0], "what a maker that knows nothing would make again");
    }

    #[test]
    fn a_text_that_is_no_key_is_refused() {
        for text in ["", "0", "-1", "9007199254740992", "x", "1.5", "99999999999999999999"] {
            assert_eq!(text.parse::<Id>(), Err(NotAnId), "{text}");
        }
    }
}
