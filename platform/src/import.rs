//! Import: a file's rows through the same verbs that pages and programs use.
//!
//! A room says which columns a kind has and takes batches of rows; reading the file, mapping,
//! dry run, progress, problems and undo are the same for every kind and live here.

mod ahead;
mod alike;
pub mod foresee;
pub mod list;
mod named;
pub mod read;
pub mod run;
mod seen;
mod store;
mod undo;

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::audit::{Entry, FieldChange};
use crate::cx::Cx;
use crate::error::{Problems, Result};
use crate::house::House;
use crate::id::Id;
use crate::own_field::{self, Given, OwnField};
use crate::permission::Permission;

pub use ahead::{Ahead, Elsewhere, Later};
pub use alike::{Alike, AlikeReason, Left, alike_words};
pub use named::Named;
pub use seen::{Earlier, Said, Seen, said_otherwise};
pub use store::get as held;
pub(crate) use store::reverse;
pub use store::reversed;
pub use store::{
    Example, Import, Stayed, broken_off, examples, kept, problems, remembered, same_file, stayed, waiting,
};
pub use undo::changed_since;

/// A column that a kind of import takes.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The field's one name: column, JSON key and form field alike.
    pub field: &'static str,
    /// Text key of its label.
    pub key: &'static str,
    /// Headers by which files are known to call it, lower-case.
    pub aliases: &'static [&'static str],
    pub required: bool,
}

/// A column by its field, its label's text key, and the headers by which files are known to call it, lower-case.
pub const fn column(
    field: &'static str,
    key: &'static str,
    aliases: &'static [&'static str],
    required: bool,
) -> Column {
    Column { field, key, aliases, required }
}

/// The columns that a file may fill for this actor: those of the kind, and the fields of the office's own that a form would
/// ask them for.
pub fn columns(cx: &Cx, kind: &dyn ImportKind) -> Vec<Column> {
    with_own(kind, kind.own().map(|subject| own_field::asked(cx, subject)).unwrap_or_default())
}

/// As [`columns`], with fields that have been retired since a file was mapped: its rows are told so.
pub(crate) fn readable(cx: &Cx, kind: &dyn ImportKind) -> Vec<Column> {
    with_own(kind, kind.own().map(|subject| own_field::visible(cx, subject)).unwrap_or_default())
}

fn with_own(kind: &dyn ImportKind, own: Vec<OwnField>) -> Vec<Column> {
    let column = |field: &OwnField| Column { field: field.name(), key: field.key(), aliases: &[], required: false };
    kind.columns().iter().copied().chain(own.iter().map(column)).collect()
}

/// One row, its cells under our names.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// As a person counts rows in the file; the header is row 1.
    pub number: u64,
    pub cells: HashMap<&'static str, String>,
}

impl Row {
    /// A cell, trimmed; nothing where the column is absent or the cell empty.
    pub fn get(&self, field: &str) -> Option<&str> {
        self.cells.get(field).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
    }

    pub fn text(&self, field: &str) -> String {
        self.get(field).unwrap_or_default().to_owned()
    }

    pub fn optional(&self, field: &str) -> Option<String> {
        self.get(field).map(str::to_owned)
    }

    /// What the row says in fields of the office's own.
    pub fn own(&self) -> Given {
        let mut given = Given::default();
        for (field, cell) in &self.cells {
            if let Some(code) = own_field::code_of(field).filter(|_| !cell.trim().is_empty()) {
                given.text(code, cell.trim());
            }
        }
        given
    }

    /// Whether the file has this column at all: an absent column changes nothing, an empty cell
    /// of a present one does.
    pub fn has(&self, field: &str) -> bool {
        self.cells.contains_key(field)
    }
}

/// Whether a batch is only looked at, or kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Check,
    Keep,
}

/// What became, or would become, of one row.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Created(Id),
    /// Created, though it is likely the same as records we hold: told before anything is kept.
    Alike(Id, Vec<Alike>),
    Changed(Id, Vec<FieldChange>),
    Same(Id),
    /// Resembles records we hold and is left for a person: (id, name, reason's text key).
    Resembles(Vec<(Id, String, &'static str)>),
    Refused(Problems),
}

/// What became of one entry when its import was undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    Reversed,
    /// Somebody has worked on it since; it stays.
    KeptTouched,
    /// Somebody has worked on some of what it changed since: that stays, the rest is reversed.
    InPart,
    /// Its record was retired since; it stays as it is.
    KeptRetired,
    /// Nothing to reverse.
    Nothing,
}

/// A kind of import, offered by a room.
pub trait ImportKind: Send + Sync {
    /// As on the command line and in addresses: `enterprises`.
    fn name(&self) -> &'static str;
    /// Text key of the kind's name.
    fn key(&self) -> &'static str;
    fn permission(&self) -> &'static Permission;
    fn columns(&self) -> &'static [Column];

    /// The kind of record whose own fields a file may fill besides the columns.
    fn own(&self) -> Option<&'static str> {
        None
    }

    /// Where a row may name another that comes later in the same file. What the file brings is then
    /// kept with the request as [`Ahead`], and rows that named something ahead are taken once more at
    /// the end, when it is there.
    fn later(&self) -> Option<Later> {
        None
    }

    /// The column for references that another office gave: a row never means a record of ours by it. Whoever maps a column
    /// to it says that the file comes from there, and is asked again of the next file.
    fn elsewhere(&self) -> Option<&'static str> {
        None
    }

    /// Whether rows are told that are likely the same as what is held without being equal to it, so that whoever imports
    /// may have them left for a person.
    fn tells_alike(&self) -> bool {
        false
    }

    /// Gets ready what the check will need: a file has come, and somebody maps its columns meanwhile.
    fn get_ready(&self, _house: &Arc<House>) {}

    /// Takes a batch of rows in one transaction; answers one outcome for each, in order. In
    /// [`Mode::Check`] nothing is written, and the outcomes are what keeping would answer.
    /// A refused row never stops the others.
    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>>;

    /// Reverses entries of one import, given latest first; one answer for each.
    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [Entry]) -> BoxFuture<'a, Result<Vec<Undone>>>;
}
