//! Spreadsheets as streams of rows: CSV in any encoding, and Excel. Every file is hostile.
//!
//! What a file is gets told by its content, never by its name. Reading needs constant memory for
//! CSV; for Excel the shared strings are held, within [`Limits`]. No input panics.

mod csv_read;
mod error;
mod write;
mod xlsx_read;

use std::fs::File;
use std::io::Read;
use std::path::Path;

pub use error::SheetError;
pub use write::{Cell, Format, Writer, guarded};

/// How much of a file is taken before it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub columns: usize,
    pub rows: u64,
    /// Bytes of one record, header included.
    pub record_bytes: usize,
    /// Bytes an Excel file may unpack to, all parts together.
    pub unpacked_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { columns: 500, rows: 1_100_000, record_bytes: 1 << 20, unpacked_bytes: 1 << 30 }
    }
}

/// What a person decided of what can't be told for certain.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    encoding: Option<&'static encoding_rs::Encoding>,
    unknown_encoding: Option<String>,
    delimiter: Option<u8>,
    worksheet: Option<String>,
    pub limits: Limits,
}

impl ReadOptions {
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
    rows: Rows,
}

enum Rows {
    Csv(Box<csv_read::CsvRows>),
    Xlsx(Box<xlsx_read::XlsxRows>),
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

    /// The next row that is not blank. An error that names a row concerns that row alone, and
    /// reading goes on after it; one that names none ends the file.
    pub fn next_row(&mut self) -> Option<Result<SheetRow, SheetError>> {
        let width = self.headers.len();
        loop {
            let next = match &mut self.rows {
                Rows::Csv(rows) => rows.next_row(),
                Rows::Xlsx(rows) => rows.next_row(),
            };
            let mut row = match next? {
                Ok(row) => row,
                Err(error) => return Some(Err(error)),
            };
            if row.cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if row.cells.iter().skip(width).any(|cell| !cell.trim().is_empty()) {
                return Some(Err(SheetError::new("sheet-row-too-long").at(row.number).arg("most", width)));
            }
            if let Some(place) = row.cells.iter().position(|cell| cell.contains('\0')) {
                let column = self.headers.get(place).cloned().unwrap_or_default();
                return Some(Err(SheetError::new("sheet-cell-broken").at(row.number).in_column(column)));
            }
            row.cells.resize(width, String::new());
            return Some(Ok(row));
        }
    }
}

/// Headers without the empty ones at the end; refuses doubles and gaps, naming their columns.
fn checked_headers(cells: Vec<String>, limits: &Limits) -> Result<Vec<String>, SheetError> {
    let mut headers: Vec<String> = cells.into_iter().map(|cell| cell.trim().to_owned()).collect();
    while headers.last().is_some_and(String::is_empty) {
        headers.pop();
    }
    if headers.is_empty() {
        return Err(SheetError::new("sheet-empty"));
    }
    if headers.len() > limits.columns {
        return Err(SheetError::new("sheet-too-many-columns").arg("most", limits.columns));
    }
    let mut seen = std::collections::HashMap::new();
    for (place, header) in headers.iter().enumerate() {
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

/// A column's letters as Excel shows them: 0 is A, 26 is AA.
fn letters(mut place: usize) -> String {
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

/// Writes the rows of a file that have something said of them to a CSV file of the same columns
/// and two more: which column, and what.
pub fn write_problem_file(
    source: &Path,
    options: &ReadOptions,
    said: &std::collections::HashMap<u64, Vec<(String, String)>>,
    titles: (&str, &str),
    to: &Path,
) -> Result<u64, SheetError> {
    let mut sheet = open(source, options)?;
    let mut headers = sheet.headers().to_vec();
    headers.extend([titles.0.to_owned(), titles.1.to_owned()]);
    let mut writer = Writer::create(Format::Csv, to, &headers)?;
    let mut written = 0;
    while let Some(next) = sheet.next_row() {
        let (number, cells) = match next {
            Ok(row) => (row.number, row.cells),
            Err(error) => match error.row {
                Some(number) => (number, vec![String::new(); sheet.headers().len()]),
                None => return Err(error),
            },
        };
        let Some(problems) = said.get(&number) else { continue };
        let join = |part: fn(&(String, String)) -> &String| {
            problems.iter().map(part).filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join("; ")
        };
        let mut row: Vec<Cell> = cells.into_iter().map(Cell::Text).collect();
        row.push(Cell::Text(join(|(field, _)| field)));
        row.push(Cell::Text(join(|(_, words)| words)));
        writer.write_row(&row)?;
        written += 1;
    }
    writer.finish()?;
    Ok(written)
}

#[cfg(test)]
mod tests;
