//! Spreadsheets as streams of rows: CSV in any encoding, and Excel. Every file is hostile.
//!
//! What a file is gets told by its content, never by its name. Reading needs constant memory for
//! CSV; for Excel the shared strings are held, within [`Limits`]. No input panics.

mod csv_read;
mod error;
mod mend;
mod write;
mod xlsx_read;
mod xlsx_scan;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub use error::SheetError;
pub use mend::{PROBLEMS, write_problem_file};
pub use write::{Cell, Format, Writer, as_it_came, guarded};

/// How much of a file is taken before it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub columns: usize,
    pub rows: u64,
    /// Bytes of one record, header included.
    pub record_bytes: usize,
    /// Bytes of one cell; Excel itself holds 32,767 characters.
    pub cell_bytes: usize,
    /// Bytes an Excel file may unpack to, all parts together.
    pub unpacked_bytes: u64,
    /// How many shared strings an Excel file may have, and their bytes together: they are held in memory.
    pub shared_strings: u64,
    pub shared_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            columns: 500,
            rows: 1_100_000,
            record_bytes: 1 << 20,
            cell_bytes: 1 << 18,
            unpacked_bytes: 1 << 30,
            shared_strings: 4_000_000,
            shared_bytes: 128 << 20,
        }
    }
}

/// What a person decided of what can't be told for certain.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    encoding: Option<&'static encoding_rs::Encoding>,
    unknown_encoding: Option<String>,
    delimiter: Option<u8>,
    worksheet: Option<String>,
    header_row: u64,
    as_sent: bool,
    pub limits: Limits,
}

impl ReadOptions {
    /// A file as somebody sent it, whose columns they say themselves: headers may be empty or come twice, and the column
    /// that [`write_problem_file`] adds is passed over.
    pub fn as_sent(mut self) -> Self {
        self.as_sent = true;
        self
    }

    /// The row of the headers, where titles stand above it; the first with anything in it when 0 or 1.
    pub fn header_row(mut self, row: u64) -> Self {
        self.header_row = row;
        self
    }

    /// A WHATWG label: `big5`, `gb18030`, `utf-16le`, `windows-1252`.
    pub fn encoding_label(mut self, label: &str) -> Self {
        match encoding_rs::Encoding::for_label(label.as_bytes()) {
            Some(encoding) => self.encoding = Some(encoding),
            None => self.unknown_encoding = Some(label.to_owned()),
        }
        self
    }

    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    pub fn worksheet(mut self, name: &str) -> Self {
        self.worksheet = Some(name.to_owned());
        self
    }
}

/// A row as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetRow {
    /// As a person counts rows; the header is row 1.
    pub number: u64,
    /// As many as there are headers.
    pub cells: Vec<String>,
}

/// An open file, its header read.
pub struct Sheet {
    headers: Vec<String>,
    worksheets: Vec<String>,
    encoding: String,
    guessed: bool,
    delimiter: u8,
    formulas: u64,
    /// The place of the column that is passed over.
    passed: Option<usize>,
    rows: Rows,
}

enum Rows {
    Csv(Box<csv_read::CsvRows>),
    Xlsx(Box<xlsx_read::XlsxRows>),
}

impl Rows {
    fn next_row(&mut self) -> Option<Result<SheetRow, SheetError>> {
        match self {
            Self::Csv(rows) => rows.next_row(),
            Self::Xlsx(rows) => rows.next_row(),
        }
    }

    /// The row of the headers. What stands above it is passed over, whatever it is.
    fn header(&mut self, options: &ReadOptions) -> Result<(Vec<String>, Option<usize>), SheetError> {
        loop {
            let (number, cells) = match self.next_row() {
                None => return Err(SheetError::new("sheet-empty")),
                Some(Err(error)) if error.row.is_some_and(|row| row < options.header_row) => continue,
                Some(Err(error)) => return Err(SheetError { row: None, ..error }),
                Some(Ok(row)) => (row.number, row.cells),
            };
            let is_blank = cells.iter().all(|cell| cell.trim().is_empty());
            if number < options.header_row || (is_blank && number != options.header_row) {
                continue;
            }
            let mut headers = checked_headers(cells, options)?;
            let passed = headers.iter().position(|header| options.as_sent && header.eq_ignore_ascii_case(PROBLEMS));
            if let Some(place) = passed {
                headers.remove(place);
            }
            if headers.is_empty() {
                return Err(SheetError::new("sheet-empty"));
            }
            return Ok((headers, passed));
        }
    }
}

/// Opens a file and reads its header.
pub fn open(path: &Path, options: &ReadOptions) -> Result<Sheet, SheetError> {
    if let Some(label) = &options.unknown_encoding {
        return Err(SheetError::new("sheet-encoding-unknown").arg("encoding", label));
    }
    let mut magic = [0_u8; 8];
    let read = File::open(path).and_then(|mut file| file.read(&mut magic)).map_err(SheetError::io)?;
    let magic = &magic[..read];
    if magic.starts_with(b"PK\x03\x04") {
        return xlsx_read::open(path, options);
    }
    if magic.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        // An OLE container: an old .xls, or a workbook under a password.
        return Err(SheetError::new("sheet-old-or-locked"));
    }
    if magic.starts_with(b"%PDF") {
        return Err(SheetError::new("sheet-not-a-sheet"));
    }
    csv_read::open(path, options)
}

impl Sheet {
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The sheets of a workbook; none for CSV.
    pub fn worksheets(&self) -> &[String] {
        &self.worksheets
    }

    pub fn encoding_name(&self) -> String {
        self.encoding.clone()
    }

    /// Several encodings would have fitted.
    pub fn encoding_guessed(&self) -> bool {
        self.guessed
    }

    /// Cells of a workbook that hold a formula; they are read by the value it had when the file was saved.
    pub fn formulas(&self) -> u64 {
        self.formulas
    }

    /// What cuts a row of CSV; a comma for a workbook.
    pub fn delimiter(&self) -> char {
        char::from(self.delimiter)
    }

    /// The next row that is not blank. An error that names a row concerns that row alone, and
    /// reading goes on after it; one that names none ends the file.
    pub fn next_row(&mut self) -> Option<Result<SheetRow, SheetError>> {
        let width = self.headers.len();
        let pass = |mut cells: Vec<String>| {
            if let Some(place) = self.passed.filter(|place| *place < cells.len()) {
                cells.remove(place);
            }
            cells
        };
        loop {
            let mut row = match self.rows.next_row()? {
                Ok(row) => SheetRow { cells: pass(row.cells), ..row },
                Err(error) => return Some(Err(SheetError { cells: pass(error.cells), ..error })),
            };
            if row.cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if row.cells.iter().skip(width).any(|cell| !cell.trim().is_empty()) {
                let error = SheetError::new("sheet-row-too-long").at(row.number).arg("most", width);
                return Some(Err(error.of(row.cells)));
            }
            if let Some(place) = row.cells.iter().position(|cell| cell.contains('\0')) {
                let column = self.headers.get(place).cloned().unwrap_or_default();
                let error = SheetError::new("sheet-cell-broken").at(row.number).in_column(column);
                return Some(Err(error.of(row.cells)));
            }
            row.cells.resize(width, String::new());
            return Some(Ok(row));
        }
    }
}

/// Headers without the empty ones at the end. Doubles and gaps are refused, naming their columns, unless a person says
/// which column is which.
fn checked_headers(cells: Vec<String>, options: &ReadOptions) -> Result<Vec<String>, SheetError> {
    let mut headers: Vec<String> = cells.into_iter().map(|cell| cell.trim().to_owned()).collect();
    while headers.last().is_some_and(String::is_empty) {
        headers.pop();
    }
    if headers.is_empty() {
        return Err(SheetError::new("sheet-empty"));
    }
    if headers.len() > options.limits.columns {
        return Err(SheetError::new("sheet-too-many-columns").arg("most", options.limits.columns));
    }
    if headers.iter().any(|header| header.contains('\0')) {
        return Err(SheetError::new("sheet-not-a-sheet"));
    }
    let mut seen = std::collections::HashMap::new();
    for (place, header) in headers.iter().enumerate() {
        if options.as_sent {
            break;
        }
        if header.is_empty() {
            return Err(SheetError::new("sheet-header-empty").arg("column", letters(place)));
        }
        if let Some(first) = seen.insert(header.to_lowercase(), place) {
            return Err(SheetError::new("sheet-header-twice")
                .arg("header", header)
                .arg("first", letters(first))
                .arg("second", letters(place)));
        }
    }
    Ok(headers)
}

/// A cell past the limit, named by its column.
fn too_large(cells: &[String], limits: &Limits) -> Option<SheetError> {
    let place = cells.iter().position(|cell| cell.len() > limits.cell_bytes)?;
    Some(SheetError::new("sheet-cell-too-large").arg("column", letters(place)).arg("most", limits.cell_bytes >> 10))
}

/// A column's letters as Excel shows them: 0 is A, 26 is AA.
pub fn letters(mut place: usize) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(b'A' + (place % 26) as u8);
        place /= 26;
        if place == 0 {
            break;
        }
        place -= 1;
    }
    letters.reverse();
    String::from_utf8(letters).unwrap_or_default()
}

#[cfg(test)]
mod tests;
