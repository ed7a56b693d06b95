//! Tables of records: CSV with a header, columns found by name or by a map.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use decoding::{BROKEN, Decoded, Encoding, LOOK};

use crate::error::Error;
use crate::record::Record;

/// The fields of a record as columns name them, in the order of the yardstick.
pub const FIELD_NAMES: [&str; 11] = [
    "record_id",
    "name",
    "other_name",
    "country",
    "city",
    "address",
    "website",
    "telephone",
    "registration_number",
    "industry",
    "year_founded",
];

/// Which column of a table holds which field; a field that isn't named is looked for under its own name.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Columns(BTreeMap<String, String>);

impl Columns {
    /// Reads lines such as `name = "Company name"` (TOML): field on the left, the table's column on the right.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let map: BTreeMap<String, String> = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            Error::Map { line, reason: error.message().replace('\n', ", ") }
        })?;
        match map.keys().find(|field| !FIELD_NAMES.contains(&field.as_str())) {
            Some(field) => Err(Error::NoField(field.clone())),
            None => Ok(Self(map)),
        }
    }

    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::parse(&std::fs::read_to_string(path).map_err(Error::io(path))?)
    }

    /// Where each field stands in a header. The id and the name must be there; so must every column that was named.
    fn places(&self, path: &Path, header: &[String]) -> Result<[Option<usize>; 11], Error> {
        let mut places = [None; 11];
        for (at, field) in FIELD_NAMES.iter().enumerate() {
            let named = self.0.get(*field);
            let column = named.map_or(*field, String::as_str);
            places[at] = header.iter().position(|h| h.trim() == column);
            if header.iter().filter(|h| h.trim() == column).count() > 1 {
                return Err(Error::TwiceColumn { path: path.to_owned(), column: column.to_owned() });
            }
            if places[at].is_none() && (at < 2 || named.is_some()) {
                return Err(Error::NoColumn {
                    path: path.to_owned(),
                    column: column.to_owned(),
                    has: header.join(", "),
                });
            }
        }
        Ok(places)
    }
}

/// So many rows are read, then taken apart on all cores.
pub(crate) const BATCH: usize = 16 * 1024;

/// Rows of a file in batches: each call gets records that borrow from the rows. Where the encoding could only be guessed, its
/// name is left in `guessed`.
pub(crate) fn read_records(
    path: &Path,
    columns: &Columns,
    encoding: Option<&'static Encoding>,
    guessed: &Cell<Option<&'static str>>,
    mut with: impl FnMut(&[Record<'_>], u64) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut head = Vec::new();
    let mut file = File::open(path).map_err(Error::io(path))?;
    file.by_ref().take(LOOK as u64).read_to_end(&mut head).map_err(Error::io(path))?;
    if head.starts_with(b"PAR1") {
        #[cfg(feature = "parquet")]
        return crate::parquet_table::read_records(path, |header| columns.places(path, header), with);
        #[cfg(not(feature = "parquet"))]
        return Err(Error::NoParquet { path: path.to_owned() });
    }
    let packed: [&[u8]; 4] = [&[0x1f, 0x8b], b"BZh", &[0xfd, b'7', b'z'], &[0x28, 0xb5, 0x2f, 0xfd]];
    if packed.iter().any(|mark| head.starts_with(mark)) {
        return Err(Error::Foreign { path: path.to_owned() });
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"%PDF") || head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(Error::Foreign { path: path.to_owned() });
    }
    let encoding = encoding.unwrap_or_else(|| {
        let (encoding, only_likely) = decoding::find(&head, head.len() < LOOK);
        if only_likely {
            guessed.set(Some(encoding.name()));
        }
        encoding
    });
    if guessed.get().is_some()
        && let Some(line) = decoding::mixed(&head)
    {
        return Err(Error::Mixed { path: path.to_owned(), line });
    }
    file.seek(SeekFrom::Start(0)).map_err(Error::io(path))?;
    let file = BufReader::with_capacity(1 << 20, file);
    let delimiter = delimiter(&encoding.decode(&head).0);
    let mut builder = csv::ReaderBuilder::new();
    builder.flexible(true).delimiter(delimiter);
    if encoding.name() == "UTF-8" {
        let reader = builder.from_reader(Tail::new(file, delimiter));
        return rows(path, columns, reader, |reader| reader.position().byte(), &mut with);
    }
    let name = encoding.name();
    let reader = builder.from_reader(Tail::new(Decoded::new(file, encoding), delimiter));
    let mut at = 0u64;
    rows(path, columns, reader, |reader| reader.get_ref().inner.taken(), &mut |records, bytes| {
        let broken = records.iter().position(|record| record.fields().any(|field| field.contains(BROKEN)));
        if let Some(row) = broken {
            let row = at + row as u64 + 1;
            return Err(Error::Broken { path: path.to_owned(), row, encoding: name });
        }
        at += records.len() as u64;
        with(records, bytes)
    })
}

/// What parts the cells of the header, and so of all rows: a comma unless something else does it oftener.
fn delimiter(head: &str) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in head.trim_start_matches('\u{feff}').bytes().take_while(|byte| *byte != b'\n') {
        quoted ^= byte == b'"';
        if let Some((_, count)) = counts.iter_mut().find(|(delimiter, _)| *delimiter == byte && !quoted) {
            *count += 1;
        }
    }
    // Of equals the last is found, and the comma is to be it.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

fn rows<R: Read>(
    path: &Path,
    columns: &Columns,
    mut reader: csv::Reader<Tail<R>>,
    bytes: impl Fn(&csv::Reader<Tail<R>>) -> u64,
    with: &mut dyn FnMut(&[Record<'_>], u64) -> Result<(), Error>,
) -> Result<(), Error> {
    let header: Vec<String> = reader
        .headers()
        .map_err(Error::table(path))?
        .iter()
        .map(|h| h.trim_start_matches('\u{feff}').to_owned())
        .collect();
    if header.iter().all(|heading| heading.trim().is_empty()) {
        return Err(Error::Empty { path: path.to_owned() });
    }
    if header.iter().any(|heading| heading.contains(|c: char| c.is_control() && !c.is_whitespace())) {
        return Err(Error::Foreign { path: path.to_owned() });
    }
    let places = columns.places(path, &header)?;
    let mut last = csv::Position::new();
    let mut rows = vec![csv::StringRecord::new(); BATCH];
    loop {
        let mut count = 0;
        while count < BATCH && reader.read_record(&mut rows[count]).map_err(Error::table(path))? {
            let row = &rows[count];
            // Cells with nothing in them may follow; a row that is cut off, or that a stray mark has parted, is told.
            if row.len() < header.len() || row.iter().skip(header.len()).any(|cell| !cell.is_empty()) {
                reader.get_ref().closed(path, row.position())?;
                let number = row.position().map_or(0, |at| at.record() + 1);
                return Err(Error::Ragged {
                    path: path.to_owned(),
                    row: number,
                    cells: row.len(),
                    header: header.len(),
                });
            }
            count += 1;
        }
        if count == 0 {
            return reader.get_ref().closed(path, Some(&last));
        }
        if let Some(position) = rows[count - 1].position() {
            last = position.clone();
        }
        let records: Vec<Record<'_>> = rows[..count].iter().map(|row| record(|at| row.get(at), &places)).collect();
        with(&records, bytes(&reader))?;
    }
}

/// So much of a file's end is kept: no row is longer.
const TAIL: usize = 1 << 20;

/// A reader that still knows the last of what went by, by which a quotation mark is found that nothing closes: to the reader of rows
/// the rest of the file is one cell.
struct Tail<R> {
    inner: R,
    kept: Vec<u8>,
    gone: u64,
    ended: bool,
    delimiter: u8,
}

impl<R> Tail<R> {
    fn new(inner: R, delimiter: u8) -> Self {
        Self { inner, kept: Vec::with_capacity(2 * TAIL), gone: 0, ended: false, delimiter }
    }

    /// Whether the row that begins there ends before the file does.
    fn closed(&self, path: &Path, row: Option<&csv::Position>) -> Result<(), Error> {
        let Some(row) = row.filter(|_| self.ended) else { return Ok(()) };
        let open = || Error::OpenQuote { path: path.to_owned(), line: row.line() };
        let back = usize::try_from(self.gone - row.byte().min(self.gone)).unwrap_or(usize::MAX);
        let Some(from) = self.kept.len().checked_sub(back) else { return Err(open()) };
        let (mut quoted, mut begins) = (false, true);
        for byte in &self.kept[from..] {
            match byte {
                b'"' if quoted => quoted = false,
                // One that is doubled opens the cell again.
                b'"' if begins => quoted = true,
                _ => {}
            }
            begins = !quoted && (*byte == self.delimiter || matches!(byte, b'\n' | b'\r' | b'"'));
        }
        if quoted { Err(open()) } else { Ok(()) }
    }
}

impl<R: Read> Read for Tail<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let some = self.inner.read(buffer)?;
        self.ended = some == 0 && !buffer.is_empty();
        self.gone += some as u64;
        if self.kept.len() + some > 2 * TAIL {
            let over = (self.kept.len() + some).saturating_sub(TAIL).min(self.kept.len());
            self.kept.drain(..over);
        }
        self.kept.extend_from_slice(&buffer[..some]);
        Ok(some)
    }
}

pub(crate) fn record<'a>(get: impl Fn(usize) -> Option<&'a str>, places: &[Option<usize>; 11]) -> Record<'a> {
    let field = |at: usize| Cow::Borrowed(places[at].and_then(&get).unwrap_or(""));
    Record {
        id: field(0),
        name: field(1),
        other_name: field(2),
        country: field(3),
        city: field(4),
        address: field(5),
        website: field(6),
        telephone: field(7),
        registration_number: field(8),
        industry: field(9),
        year_founded: field(10),
        silent: false,
        further: false,
    }
}

/// A file that appears whole or not at all: written beside its place and moved there when it is finished.
pub(crate) struct Whole {
    file: Option<csv::Writer<std::io::BufWriter<File>>>,
    part: std::path::PathBuf,
    place: std::path::PathBuf,
}

impl Whole {
    pub fn create(place: &Path, header: &[&str]) -> Result<Self, Error> {
        let mut part = place.as_os_str().to_owned();
        part.push(".part");
        let part = std::path::PathBuf::from(part);
        let file = File::create(&part).map_err(Error::io(&part))?;
        let mut made = Self {
            file: Some(csv::Writer::from_writer(std::io::BufWriter::with_capacity(1 << 20, file))),
            part,
            place: place.to_owned(),
        };
        made.row(header)?;
        Ok(made)
    }

    pub fn row(&mut self, fields: &[&str]) -> Result<(), Error> {
        match &mut self.file {
            Some(file) => file.write_record(fields).map_err(Error::table(&self.place)),
            None => Ok(()),
        }
    }

    pub fn finish(mut self) -> Result<(), Error> {
        if let Some(file) = self.file.take() {
            let inner = file.into_inner().map_err(|error| Error::io(&self.part)(error.into_error()))?;
            let inner = inner.into_inner().map_err(|error| Error::io(&self.part)(error.into_error()))?;
            inner.sync_all().map_err(Error::io(&self.part))?;
        }
        std::fs::rename(&self.part, &self.place).map_err(Error::io(&self.place))
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        // Only when it was not finished: after the move there is nothing to remove.
        let _ = std::fs::remove_file(&self.part);
    }
}
