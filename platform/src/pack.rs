//! What a pack brought in, shown as it stands: each room hands in a table of what it keeps of it.

use futures::future::BoxFuture;
use time::Date;

use crate::cx::Cx;
use crate::error::Result;
use crate::permission::{Permission, Role, Scope};

/// Reading the pack's data.
pub const READ: Permission = Permission::read(
    "pack.data.read",
    &[(Role::Administrator, Scope::All), (Role::Director, Scope::All), (Role::Auditor, Scope::All)],
);

/// A table of the pack: text keys of its heading and of its own columns. Validity and source
/// stand beside every row.
#[derive(Clone, Copy)]
pub struct PackTable {
    /// Used in the address: `gates`.
    pub name: &'static str,
    pub key: &'static str,
    pub columns: &'static [&'static str],
    pub rows: for<'a> fn(&'a mut Cx) -> BoxFuture<'a, Result<Vec<PackRow>>>,
}

/// One row, its cells in the reader's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackRow {
    pub cells: Vec<String>,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub source: String,
}

impl PackRow {
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_to.is_none_or(|end| day <= end)
    }
}
