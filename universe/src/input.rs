//! Files of a source, whichever kind they are, as one stream of what they say.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use screening::{Measure, Value};
use sheets::{ReadOptions, SheetError};

use crate::day::Day;
use crate::error::Error;
use crate::golden::Golden;
use crate::guard::{Limits, Packing, packing, unpacked};
use crate::lei::{self, Head, Relation};
use crate::map::{FIRST_YEAR, Map};
use crate::record::Record;

/// One thing that a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Company(Box<Record>),
    Relation(Relation),
    Bad(Bad),
}

/// What can't be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// As a person counts rows, the header being 1; of XML the record's number.
    pub row: u64,
    pub key: String,
    pub field: String,
    pub why: String,
    /// Whether the rest of the row was taken.
    pub kept: bool,
    /// The row as it came, each cell with its column; nothing where it is of XML, or could not be read at all.
    pub came: Vec<(String, String)>,
}

/// How the files of a source are read.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// Needed for what isn't GLEIF's.
    pub map: Option<Map>,
    /// The day at which facts stand that carry none of their own.
    pub as_at: Option<Day>,
    /// The day it is: nothing is said of a later one. None where that doesn't matter.
    pub today: Option<Day>,
    pub limits: Limits,
}

/// Where in a file something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// As a person counts rows, the header being 1; of XML the record's number.
    pub row: u64,
    /// Bytes gone by, and bytes in all, 0 where that isn't known.
    pub gone: u64,
    pub of: u64,
}

impl Reader {
    /// Reads one file. `folder` is for what has to be unpacked first.
    pub fn read(
        &self,
        path: &Path,
        folder: &Path,
        with: &mut dyn FnMut(Item, At) -> Result<(), Error>,
    ) -> Result<Head, Error> {
        let mut head = [0u8; 512];
        let got = unpacked(path, &self.limits, |from| fill(from, &mut head).map_err(Error::packed(path)))?;
        let unmarked = head[..got].strip_prefix(b"\xef\xbb\xbf");
        let is_marked = unmarked.is_some();
        let head = unmarked.unwrap_or(&head[..got]);
        if head.starts_with(b"PAR1") {
            let reason = "is a Parquet file, which no source is read from: save it as CSV".to_owned();
            return Err(Error::Sheet { path: path.to_owned(), reason });
        }
        let wide = head.starts_with(b"\xff\xfe<\0") || head.starts_with(b"\xfe\xff\0<");
        if wide {
            let reason = "the encoding UTF-16 is not read: save it as UTF-8".to_owned();
            return Err(Error::Xml { path: path.to_owned(), at: 0, reason });
        }
        if head.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<') {
            let plain = packing(path)? == Packing::Plain;
            let size = if plain { std::fs::metadata(path).map_err(Error::io(path))?.len() } else { 0 };
            let mut row = 0;
            return unpacked(path, &self.limits, |from| {
                lei::read(path, from, &self.limits, &mut |item, at| {
                    row += 1;
                    let (mut item, at) = (numbered(item, row), At { row, gone: at, of: size });
                    for bad in self.out_of_reason(&mut item, row) {
                        with(Item::Bad(bad), at)?;
                    }
                    with(item, at)
                })
            });
        }
        match packing(path)? {
            Packing::Plain => self.sheet(path, path, is_marked, with),
            _ => {
                let place = unpack(path, folder, &self.limits)?;
                let read = self.sheet(path, &place, is_marked, with);
                let _ = std::fs::remove_file(&place);
                read
            }
        }
    }

    /// A file that is marked as UTF-8 is read so, whatever the map says of the source's files.
    fn options(&self, is_marked: bool) -> ReadOptions {
        let mut options = ReadOptions::default();
        options.limits.rows = 1 << 32;
        options.limits.columns = 1_000;
        if let Some(map) = &self.map {
            if let Some(encoding) = map.encoding.as_ref().filter(|_| !is_marked) {
                options = options.encoding_label(encoding);
            }
            if let Some(delimiter) = map.delimiter {
                options = options.delimiter(delimiter);
            }
            if let Some(worksheet) = &map.worksheet {
                options = options.worksheet(worksheet);
            }
        }
        options
    }

    fn sheet(
        &self,
        path: &Path,
        place: &Path,
        is_marked: bool,
        with: &mut dyn FnMut(Item, At) -> Result<(), Error>,
    ) -> Result<Head, Error> {
        let fail = |error: SheetError| Error::Sheet { path: path.to_owned(), reason: words(&error) };
        let mut sheet = sheets::open(place, &self.options(is_marked)).map_err(fail)?;
        let size = std::fs::metadata(place).map_err(Error::io(place))?.len();
        let header = sheet.headers().to_vec();
        if header.iter().any(|heading| heading.contains(|c: char| c.is_control() && !c.is_whitespace())) {
            return Err(fail_with(path, "is no table: its first row holds what no text does"));
        }
        let golden = if self.map.is_none() { Golden::on(&header) } else { None };
        let reading = self.map.as_ref().map(|map| map.on(path, &header)).transpose()?;
        if golden.is_none() && reading.is_none() {
            return Err(Error::Sheet {
                path: path.to_owned(),
                reason: format!(
                    "is none of GLEIF’s tables: say which column is which in a map (--map FILE); it has {}",
                    header.join(", ")
                ),
            });
        }
        let as_at = match (&reading, self.as_at) {
            (Some(_), None) => {
                return Err(Error::Map {
                    place: "as at".to_owned(),
                    reason: "say the day the file stands at (--as-at DAY)".to_owned(),
                });
            }
            (_, day) => day.unwrap_or(Day(0)),
        };
        let mut gone = 0u64;
        while let Some(next) = sheet.next_row() {
            let row = match next {
                Ok(row) => row,
                Err(error) if error.row.is_some() => {
                    let row = error.row.unwrap_or(0);
                    let field = error.column.clone().unwrap_or_default();
                    with(
                        Item::Bad(Bad {
                            row,
                            key: String::new(),
                            field,
                            why: words(&error),
                            kept: false,
                            came: Vec::new(),
                        }),
                        At { row, gone: gone.min(size), of: size },
                    )?;
                    continue;
                }
                Err(error) => return Err(fail(error)),
            };
            gone += row.cells.iter().map(|cell| cell.len() as u64 + 1).sum::<u64>();
            let at = At { row: row.number, gone: gone.min(size), of: size };
            if let Some(golden) = &golden {
                if let Some(mut item) = golden.row(row.number, &row.cells) {
                    if let Item::Bad(bad) = &mut item {
                        bad.came = came(&header, &row.cells);
                    }
                    for bad in self.out_of_reason(&mut item, row.number) {
                        with(Item::Bad(Bad { came: came(&header, &row.cells), ..bad }), at)?;
                    }
                    with(item, at)?;
                }
            } else if let Some(reading) = &reading {
                let (record, problems) = reading.row(&row.cells, as_at, self.today.unwrap_or(Day(i32::MAX)));
                let key = record.as_ref().map_or_else(|| reading.key(&row.cells), |r| r.key.clone());
                for problem in problems {
                    let key = key.clone();
                    with(
                        Item::Bad(Bad {
                            row: row.number,
                            key,
                            field: problem.column,
                            why: problem.why,
                            kept: record.is_some(),
                            came: came(&header, &row.cells),
                        }),
                        at,
                    )?;
                }
                if let Some(record) = record {
                    with(Item::Company(Box::new(record)), at)?;
                }
            }
        }
        Ok(Head::default())
    }
}

impl Reader {
    /// What a record of GLEIF's says that can't be: a change on a day to come, which is taken as of today, and a founding
    /// in a year out of reason, which is left out.
    fn out_of_reason(&self, item: &mut Item, row: u64) -> Vec<Bad> {
        let (key, changed) = match item {
            Item::Company(record) => (record.key.clone(), &mut record.changed),
            Item::Relation(relation) => (format!("{} {}", relation.child, relation.parent), &mut relation.changed),
            Item::Bad(_) => return Vec::new(),
        };
        let mut found = Vec::new();
        let mut tell = |field: &str, why: String| {
            found.push(Bad { row, key: key.clone(), field: field.to_owned(), why, kept: true, came: Vec::new() });
        };
        let today = self.today.unwrap_or(Day(i32::MAX));
        if let Some(day) = changed.take_if(|day| *day > today) {
            tell("LastUpdateDate", format!("“{day}” is a day to come"));
        }
        let Item::Company(record) = item else { return found };
        for fact in record.facts.iter_mut().filter(|fact| fact.as_at > today) {
            fact.as_at = today;
        }
        let last = self.today.map_or(i64::MAX, |day| i64::from(day.year()));
        record.facts.retain(|fact| match (fact.measure, &fact.value) {
            (Measure::Founded, Value::Number(year)) if !(FIRST_YEAR..=last).contains(year) => {
                tell("EntityCreationDate", format!("“{year}” is a year out of reason"));
                false
            }
            _ => true,
        });
        found
    }
}

/// Reads LEI or relationship records off a stream of XML, as [`Reader::read`] does off a file.
pub fn read_lei(
    from: impl Read,
    limits: &Limits,
    with: &mut dyn FnMut(Item) -> Result<(), Error>,
) -> Result<Head, Error> {
    let mut row = 0;
    lei::read(Path::new("XML"), from, limits, &mut |item, _| {
        row += 1;
        with(numbered(item, row))
    })
}

fn numbered(item: lei::Item, row: u64) -> Item {
    match item {
        lei::Item::Company(record) => Item::Company(record),
        lei::Item::Relation(relation) => Item::Relation(relation),
        lei::Item::Bad { key, field, why } => {
            Item::Bad(Bad { row, key, field: field.to_owned(), why, kept: false, came: Vec::new() })
        }
    }
}

fn came(header: &[String], cells: &[String]) -> Vec<(String, String)> {
    let cells = cells.iter().cloned().chain(std::iter::repeat(String::new()));
    header.iter().cloned().zip(cells).collect()
}

fn fail_with(path: &Path, reason: &str) -> Error {
    Error::Sheet { path: path.to_owned(), reason: reason.to_owned() }
}

/// As many bytes as there are, up to the buffer's length.
fn fill(from: &mut dyn Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match from.read(&mut buffer[got..])? {
            0 => break,
            some => got += some,
        }
    }
    Ok(got)
}

fn unpack(path: &Path, folder: &Path, limits: &Limits) -> Result<PathBuf, Error> {
    let place = folder.join("unpacked");
    let mut to = File::create(&place).map_err(Error::io(&place))?;
    unpacked(path, limits, |from| {
        let mut buffer = vec![0; 1 << 18];
        loop {
            let got = from.read(&mut buffer).map_err(Error::packed(path))?;
            if got == 0 {
                return Ok(());
            }
            to.write_all(&buffer[..got]).map_err(Error::io(&place))?;
        }
    })?;
    Ok(place)
}

/// A sheet's error in words.
fn words(error: &SheetError) -> String {
    let arg =
        |name: &str| error.args().into_iter().find(|(n, _)| *n == name).map(|(_, value)| value).unwrap_or_default();
    match error.key() {
        "sheet-empty" => "is empty".to_owned(),
        "sheet-not-a-sheet" => "is no table".to_owned(),
        "sheet-old-or-locked" => "is an old workbook or under a password: save it as .xlsx or CSV".to_owned(),
        "sheet-encoding-unknown" => format!("the encoding “{}” isn’t known", arg("encoding")),
        "sheet-row-too-long" => "has more cells than the header".to_owned(),
        "sheet-cell-broken" => "holds a character that no text has".to_owned(),
        "sheet-row-broken-characters" => {
            "holds bytes that are no characters in the encoding found: name the right one in the map (encoding)"
                .to_owned()
        }
        "sheet-quote-open" => format!("row {} opens a quotation mark that is never closed", arg("row")),
        "sheet-record-too-large" => {
            format!("row {} is larger than is taken: a quotation mark may never end", arg("row"))
        }
        "sheet-header-twice" => format!("two columns are headed “{}”", arg("header")),
        "sheet-header-empty" => format!("column {} has no heading", arg("column")),
        "sheet-unreadable" => arg("reason"),
        other => other.replace("sheet-", "").replace('-', " "),
    }
}
