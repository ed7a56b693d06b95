//! What a file brings further down: the names of all its rows, known before the first is taken, so
//! that a row may name another that comes later.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::{Left, Row, Seen, read};
use crate::cx::Cx;
use crate::error::Problem;
use crate::search::fold;

/// The column in which a row may name another of the same file, and those by which it goes itself.
#[derive(Clone, Copy, Debug)]
pub struct Later {
    pub column: &'static str,
    pub names: &'static [&'static str],
    /// The kind of record that a row makes or changes.
    pub record: &'static str,
}

/// By which of its names each row goes that bears a reference of another office: in that office's file one row names
/// another by it, and here it is nobody's, or somebody else's.
#[derive(Debug, Default)]
pub struct Elsewhere(HashMap<String, String>);

impl Elsewhere {
    fn note(&mut self, row: &Row, later: Later, elsewhere: &str) {
        let name = later.names.iter().find_map(|field| row.get(field));
        if let Some((reference, name)) = row.get(elsewhere).zip(name) {
            self.0.insert(reference.to_uppercase(), name.to_owned());
        }
    }

    /// The name of the row of this file with a reference.
    pub fn called(&self, reference: &str) -> Option<&str> {
        self.0.get(&reference.to_uppercase()).map(String::as_str)
    }
}

/// The names that a file brings, and which of them name one another in a circle. A mark of each is kept and not the
/// name: a million take a few dozen megabytes, and two names with one mark are told apart when the row is taken for good.
#[derive(Debug, Default)]
pub struct Ahead {
    names: HashSet<u64>,
    above: HashMap<u64, u64>,
    circles: HashSet<u64>,
    /// The column of another office's references.
    column: Option<&'static str>,
    elsewhere: Arc<Elsewhere>,
}

impl Ahead {
    /// `elsewhere` is the column of another office's references, where the file has it.
    pub(super) fn note(&mut self, row: &Row, later: Later, elsewhere: Option<&'static str>) {
        if let (Some(column), Some(held)) = (elsewhere, Arc::get_mut(&mut self.elsewhere)) {
            held.note(row, later, column);
        }
        self.column = elsewhere;
        let above = row.get(later.column).map(mark);
        for name in elsewhere.iter().chain(later.names).filter_map(|field| row.get(field)).map(mark) {
            self.names.insert(name);
            if let Some(above) = above {
                self.above.entry(name).or_insert(above);
            }
        }
    }

    /// Once every row is noted: finds the names that come back to themselves. Each is walked over once.
    pub(super) fn find_circles(&mut self) {
        let mut walked: HashSet<u64> = HashSet::new();
        for start in self.above.keys() {
            let (mut way, mut on_way) = (Vec::new(), HashSet::new());
            let mut at = *start;
            while walked.insert(at) {
                way.push(at);
                on_way.insert(at);
                match self.above.get(&at) {
                    Some(above) => at = *above,
                    None => break,
                }
            }
            if on_way.contains(&at) && self.above.contains_key(&at) {
                let begins = way.iter().position(|name| *name == at).unwrap_or_default();
                self.circles.extend(&way[begins..]);
            }
        }
        self.above = HashMap::new();
    }

    pub fn has(&self, name: &str) -> bool {
        self.names.contains(&mark(name))
    }

    /// What is wrong with a row that names itself, or one that leads back to it.
    pub(super) fn circle(&self, row: &Row, later: Later) -> Option<&'static str> {
        let above = mark(row.get(later.column)?);
        let mut names = self.column.iter().chain(later.names).filter_map(|field| row.get(field)).map(mark);
        if names.clone().any(|name| name == above) {
            return Some("import-row-names-itself");
        }
        let is_in = self.circles.contains(&above) && names.any(|name| self.circles.contains(&name));
        is_in.then_some("import-row-in-circle")
    }
}

/// What is kept with each batch for the kind to ask for.
pub(super) struct With {
    pub(super) ahead: Arc<Ahead>,
    pub(super) left: Arc<Left>,
    pub(super) seen: Arc<Seen>,
    pub(super) later: Option<Later>,
}

impl With {
    /// Rows that name one another in a circle are refused before anybody looks for what they name.
    pub(super) fn leave_circles(&self, batch: &mut read::Batch) {
        let Some(later) = self.later else { return };
        let rows = std::mem::take(&mut batch.rows);
        for row in rows {
            match self.ahead.circle(&row, later) {
                Some(key) => {
                    let problem = Problem { field: later.column.to_owned(), key: key.to_owned(), args: Vec::new() };
                    batch.unreadable.push((row.number, problem));
                }
                None => batch.rows.push(row),
            }
        }
    }

    pub(super) fn put(&self, cx: &Cx) {
        self.put_again(cx);
        cx.kept.put(self.ahead.clone());
        cx.kept.put(self.seen.clone());
    }

    /// As [`With::put`], once every row was taken and none is ahead any more.
    pub(super) fn put_again(&self, cx: &Cx) {
        cx.kept.put(self.left.clone());
        cx.kept.put(self.ahead.elsewhere.clone());
    }
}

fn mark(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    fold::identity_key(name).hash(&mut hasher);
    hasher.finish()
}
