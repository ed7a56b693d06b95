//! Export: what a list shows, as a file, through the same reach as the list.

use futures::future::BoxFuture;

use crate::cx::Cx;
use crate::error::Result;
use crate::permission::Permission;

/// One cell on its way out. Text that begins like a formula is neutralised by the writer; numbers
/// stay numbers.
pub use sheets::Cell;

/// A column of an export: its field name, which files and JSON carry, and its label's text key.
#[derive(Clone, Copy, Debug)]
pub struct ExportColumn {
    pub field: &'static str,
    pub key: &'static str,
}

/// A page of rows, and the mark from which the next goes on; none at the end.
#[derive(Clone, Debug, Default)]
pub struct ExportPage {
    pub rows: Vec<Vec<Cell>>,
    pub next: Option<String>,
}

/// A kind of export, offered by a room.
pub trait ExportKind: Send + Sync {
    fn name(&self) -> &'static str;
    fn key(&self) -> &'static str;
    fn permission(&self) -> &'static Permission;
    fn columns(&self) -> &'static [ExportColumn];

    /// The next page of rows within the actor's reach, filtered as the list's address says
    /// (`query` is that address's query string), from the mark on.
    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>>;
}
