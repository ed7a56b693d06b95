//! What can be wrong with a file: a text key, its arguments, and where.

/// An error of the file, or of one row of it when `row` is given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}{}", .row.map(|row| format!(" in row {row}")).unwrap_or_default())]
pub struct SheetError {
    pub key: &'static str,
    pub row: Option<u64>,
    pub column: Option<String>,
    pub(crate) args: Vec<(&'static str, String)>,
    /// The cells of the row as they came, as far as they could be read.
    pub(crate) cells: Vec<String>,
}

impl SheetError {
    pub(crate) fn new(key: &'static str) -> Self {
        Self { key, row: None, column: None, args: Vec::new(), cells: Vec::new() }
    }

    pub(crate) fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    pub(crate) fn at(mut self, row: u64) -> Self {
        self.row = Some(row);
        self
    }

    pub(crate) fn in_column(mut self, column: String) -> Self {
        self.column = Some(column);
        self
    }

    pub(crate) fn of(mut self, cells: Vec<String>) -> Self {
        self.cells = cells;
        self
    }

    pub(crate) fn io(error: std::io::Error) -> Self {
        Self::new("sheet-unreadable").arg("reason", error)
    }

    /// The cells of the row that it names, as they came; none where they could not be read.
    pub fn cells(&self) -> &[String] {
        &self.cells
    }

    /// Text key of the sentence to show.
    pub fn key(&self) -> &'static str {
        self.key
    }

    pub fn args(&self) -> Vec<(&'static str, String)> {
        self.args.clone()
    }
}
