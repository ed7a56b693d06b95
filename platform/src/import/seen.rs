//! What the rows of a file said so far: a record that comes twice says the same both times, or a person decides.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

use super::Row;
use crate::error::Problems;
use crate::search::fold;

/// The first row that spoke of each record of one kind, and what it said. Kept with each batch of one
/// file; a batch alone has its own.
#[derive(Debug, Default)]
pub struct Seen(Mutex<Held>);

#[derive(Debug, Default)]
struct Held {
    rows: HashMap<u64, u64>,
    said: HashMap<u64, Box<[u64]>>,
}

/// An earlier row about the same record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// It said all that this one says.
    Same(u64),
    /// This one says something else, or more.
    Otherwise(u64),
}

/// What a row says of its record, part by part.
#[derive(Clone, Debug)]
pub struct Said(Box<[u64]>);

impl Said {
    /// All that stands in a row but for these columns.
    pub fn in_row(row: &Row, but: &[&str]) -> Self {
        let cells = row.cells.keys().filter(|field| !but.contains(*field));
        Self::these(cells.filter_map(|field| Some((*field, row.get(field)?))))
    }

    pub fn these<'a>(parts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(parts.into_iter().map(|(field, text)| mark(&(field, fold::identity_key(text)))).collect())
    }
}

impl Seen {
    /// The first row before this one that spoke of any of these records.
    pub fn earlier<K: Hash>(&self, keys: &[K], row: &Row, said: &Said) -> Option<Earlier> {
        let held = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let rows = keys.iter().filter_map(|key| held.rows.get(&mark(key)).copied());
        let first = rows.filter(|number| *number != row.number).min()?;
        let before = held.said.get(&first).map(AsRef::as_ref).unwrap_or_default();
        match said.0.iter().all(|part| before.contains(part)) {
            true => Some(Earlier::Same(first)),
            false => Some(Earlier::Otherwise(first)),
        }
    }

    /// Notes what a row says of these records, but for those that a row has spoken of.
    pub fn note<K: Hash>(&self, keys: &[K], row: &Row, said: Said) {
        let mut held = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for key in keys {
            held.rows.entry(mark(key)).or_insert(row.number);
        }
        held.said.insert(row.number, said.0);
    }
}

/// The refusal of a row whose record an earlier row of the file speaks of otherwise, under the column
/// that names it.
pub fn said_otherwise(field: &str, earlier: u64) -> Problems {
    let mut problems = Problems::default();
    problems.add_with(field, "import-row-otherwise", &[("row", earlier.to_string())]);
    problems
}

fn mark<T: Hash + ?Sized>(of: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::{Earlier, Row, Said, Seen};

    #[test]
    fn a_row_is_set_beside_the_first_that_spoke_of_the_same() {
        let seen = Seen::default();
        let row =
            |number, site: &str| Row { number, cells: [("name", "Acme".to_owned()), ("site", site.to_owned())].into() };
        let said = |row: &Row| Said::in_row(row, &[]);
        let earlier = |keys: &[&str], row: &Row| seen.earlier(keys, row, &said(row));
        let first = row(2, "a.example");
        assert_eq!(earlier(&["one"], &first), None);
        seen.note(&["one", "two"], &first, said(&first));
        assert_eq!(earlier(&["two", "three"], &row(3, "A.example")), Some(Earlier::Same(2)));
        assert_eq!(earlier(&["two"], &row(3, " ")), Some(Earlier::Same(2)), "an empty cell says nothing else");
        assert_eq!(earlier(&["two"], &row(4, "b.example")), Some(Earlier::Otherwise(2)));
        assert_eq!(earlier(&["two"], &first), None, "a row taken again is not before itself");
        let other = row(5, "c.example");
        seen.note(&["two", "three"], &other, said(&other));
        assert_eq!(earlier(&["two"], &row(6, "a.example")), Some(Earlier::Same(2)));
        assert_eq!(earlier(&["three"], &row(6, "a.example")), Some(Earlier::Otherwise(5)));
    }
}
