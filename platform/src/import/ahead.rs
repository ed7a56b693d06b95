//! What a file brings further down: the names of all its rows, known before the first is taken, so
//! that a row may name another that comes later.

use std::collections::HashSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::Row;
use crate::search::fold;

/// The column in which a row may name another of the same file, and those by which it goes itself.
#[derive(Clone, Copy, Debug)]
pub struct Later {
    pub column: &'static str,
    pub names: &'static [&'static str],
}

/// The names that a file brings. A mark of each is kept and not the name: a million take a few dozen
/// megabytes, and two names with one mark are told apart when the row is taken for good.
#[derive(Debug, Default)]
pub struct Ahead(HashSet<u64>);

impl Ahead {
    pub(super) fn note(&mut self, row: &Row, later: Later) {
        self.0.extend(later.names.iter().filter_map(|field| row.get(field)).map(mark));
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&mark(name))
    }
}

fn mark(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    fold::sort_key(name).hash(&mut hasher);
    hasher.finish()
}
