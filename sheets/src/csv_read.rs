//! CSV: its encoding and delimiter found out, decoded and cut into records as it streams by.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use decoding::{BROKEN, Decoded, LOOK};

use crate::{Limits, ReadOptions, Rows, Sheet, SheetError, SheetRow};

const DELIMITERS: [u8; 4] = *b",;\t|";

pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Sheet, SheetError> {
    let mut file = File::open(path).map_err(SheetError::io)?;
    let mut head = Vec::new();
    file.by_ref().take(LOOK as u64).read_to_end(&mut head).map_err(SheetError::io)?;
    if head.is_empty() {
        return Err(SheetError::new("sheet-empty"));
    }
    let whole = head.len() < LOOK;
    let (encoding, guessed) = match options.encoding {
        Some(encoding) => (encoding, false),
        None => decoding::find(&head, whole),
    };
    let (text, _, _) = encoding.decode(&head);
    // One stray nought is a fault of its row; many are a picture, or a program.
    let noughts = text.bytes().filter(|byte| *byte == 0).count();
    if noughts > 20 && noughts * 1_000 > text.len() {
        return Err(SheetError::new("sheet-not-a-sheet"));
    }
    let delimiter = match options.delimiter {
        Some(delimiter) => delimiter,
        None => find_delimiter(&text, options.header_row),
    };
    file.seek(SeekFrom::Start(0)).map_err(SheetError::io)?;
    let decoded = Decoded::new(BufReader::with_capacity(1 << 16, file), encoding);
    let reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(1 << 16)
        .from_reader(RecordGuard::new(decoded, delimiter, options.limits.record_bytes));
    let rows = CsvRows { reader, number: 0, limits: options.limits, ended: false, record: csv::StringRecord::new() };
    let mut rows = Rows::Csv(Box::new(rows));
    let (headers, passed) = rows.header(options)?;
    Ok(Sheet {
        headers,
        worksheets: Vec::new(),
        encoding: encoding.name().to_owned(),
        guessed,
        delimiter,
        formulas: 0,
        passed,
        rows,
    })
}

/// The delimiter that cuts the first lines, from the headers on, into the same number of parts, and into most.
fn find_delimiter(text: &str, header_row: u64) -> u8 {
    let above = usize::try_from(header_row.saturating_sub(1)).unwrap_or_default();
    let best = DELIMITERS.into_iter().max_by_key(|delimiter| {
        let counts = counts_by_line(text, *delimiter as char, above);
        let first = counts.first().copied().unwrap_or_default();
        let same = counts.iter().filter(|count| **count == first).count();
        if first == 0 { (0, 0) } else { (same * 100 / counts.len().max(1), first) }
    });
    match best {
        Some(delimiter) if text.contains(delimiter as char) => delimiter,
        _ => b',',
    }
}

fn counts_by_line(text: &str, delimiter: char, above: usize) -> Vec<usize> {
    let (mut counts, mut count, mut quoted) = (Vec::new(), 0, false);
    for character in text.chars() {
        match character {
            '"' => quoted = !quoted,
            '\n' if !quoted => {
                counts.push(std::mem::take(&mut count));
                if counts.len() == 20 + above {
                    break;
                }
            }
            other if other == delimiter && !quoted => count += 1,
            _ => {}
        }
    }
    if counts.len() <= above {
        counts.push(count);
    }
    counts.split_off(above.min(counts.len() - 1))
}

pub(crate) struct CsvRows {
    reader: csv::Reader<RecordGuard<Decoded<BufReader<File>>>>,
    number: u64,
    limits: Limits,
    ended: bool,
    record: csv::StringRecord,
}

impl CsvRows {
    pub(crate) fn next_row(&mut self) -> Option<Result<SheetRow, SheetError>> {
        if self.ended {
            return None;
        }
        match self.reader.read_record(&mut self.record) {
            Ok(false) => None,
            Ok(true) => {
                self.number += 1;
                if self.reader.get_ref().is_left_open() {
                    // Everything after the mark has been read as one cell: no row of it may be lost unsaid.
                    self.ended = true;
                    return Some(Err(SheetError::new("sheet-quote-open").arg("row", self.number)));
                }
                if self.number > self.limits.rows {
                    self.ended = true;
                    return Some(Err(SheetError::new("sheet-too-many-rows").arg("most", self.limits.rows)));
                }
                if self.record.len() > self.limits.columns * 4 {
                    self.ended = self.number == 1;
                    let error = SheetError::new("sheet-too-many-columns").arg("most", self.limits.columns);
                    return Some(Err(error.at(self.number)));
                }
                let cells: Vec<String> = self.record.iter().map(without_guard).collect();
                if let Some(error) = crate::too_large(&cells, &self.limits) {
                    return Some(Err(error.at(self.number)));
                }
                if cells.iter().any(|cell| cell.contains(BROKEN)) {
                    return Some(Err(SheetError::new("sheet-row-broken-characters").at(self.number).of(cells)));
                }
                Some(Ok(SheetRow { number: self.number, cells }))
            }
            Err(error) => {
                self.ended = true;
                Some(Err(match error.into_kind() {
                    csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                        SheetError::new("sheet-record-too-large").arg("row", self.number + 1)
                    }
                    csv::ErrorKind::Io(error) => SheetError::io(error),
                    _ => SheetError::new("sheet-row-broken-characters").at(self.number + 1),
                }))
            }
        }
    }
}

/// Takes off the apostrophe that our own exports put before what looks like a formula.
fn without_guard(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(crate::write::FORMULA_STARTS) => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

/// Ends the reading when a record grows past all sense, before it fills the memory: the record
/// reader would otherwise hold an endless quoted cell or a header of ten million columns whole.
struct RecordGuard<R> {
    inner: R,
    delimiter: u8,
    most: usize,
    length: usize,
    at: At,
    ended: bool,
}

/// Where in a cell the reading is, as the record reader sees it: a mark opens a cell only at its beginning.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Start,
    Plain,
    Quoted,
    /// After a mark within a quoted cell: its end, or the first of a doubled one.
    Mark,
}

impl<R> RecordGuard<R> {
    fn new(inner: R, delimiter: u8, most: usize) -> Self {
        Self { inner, delimiter, most, length: 0, at: At::Start, ended: false }
    }

    /// Whether the file ended within a quoted cell.
    fn is_left_open(&self) -> bool {
        self.ended && self.at == At::Quoted
    }
}

impl<R: Read> Read for RecordGuard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let some = self.inner.read(buffer)?;
        self.ended = some == 0 && !buffer.is_empty();
        for byte in &buffer[..some] {
            self.at = match (self.at, byte) {
                (At::Quoted, b'"') => At::Mark,
                (At::Start | At::Mark, b'"') | (At::Quoted, _) => At::Quoted,
                (_, b'\n' | b'\r') => {
                    self.length = 0;
                    At::Start
                }
                (_, byte) if *byte == self.delimiter => At::Start,
                _ => At::Plain,
            };
            self.length += 1;
            if self.length > self.most {
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok(some)
    }
}
