//! A file's rows under our own column names, read ahead on a thread of their own in batches.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sheets::{ReadOptions, Sheet, SheetError};
use tokio::sync::mpsc;

use crate::error::{Conflict, Error, Problem, Problems, Result};
use crate::import::{Column, Row};
use crate::text::{Language, Texts};

/// How a file is read: what could not be told for certain, as a person decided it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Our field for each of the file's columns, by the column's header and in the file's order: two columns may have
    /// one header.
    pub mapping: Vec<(String, String)>,
    /// WHATWG label such as `big5`; found out when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// `,`, `;`, tab or `|`; found out when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worksheet: Option<String>,
    /// The row of the headers, where titles stand above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u64>,
    /// Whether rows that are likely the same as what is held are left for a person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaves_alike: bool,
}

impl Reading {
    pub fn options(&self) -> ReadOptions {
        let mut options = ReadOptions::default().as_sent().header_row(self.header_row.unwrap_or_default());
        if let Some(label) = &self.encoding {
            options = options.encoding_label(label);
        }
        if let Some(delimiter) = self.delimiter.filter(char::is_ascii) {
            options = options.delimiter(delimiter as u8);
        }
        if let Some(worksheet) = &self.worksheet {
            options = options.worksheet(worksheet);
        }
        options
    }

    /// Whether a column of the file fills this field.
    pub fn fills(&self, field: &str) -> bool {
        self.mapping.iter().any(|(_, filled)| filled == field)
    }

    /// The field of each of these columns: by its place where the file's headers are those that were mapped, else by its
    /// header.
    fn fields(&self, headers: &[String]) -> Vec<Option<&str>> {
        let same = headers.len() == self.mapping.len()
            && headers.iter().zip(&self.mapping).all(|(header, (given, _))| header == given);
        let by_header = |header: &String| self.mapping.iter().find(|(given, _)| given == header);
        headers
            .iter()
            .enumerate()
            .map(|(place, header)| if same { self.mapping.get(place) } else { by_header(header) })
            .map(|mapped| mapped.map(|(_, field)| field.as_str()).filter(|field| !field.is_empty()))
            .collect()
    }
}

/// Our columns for a file's headers: as this person mapped the same header before, the latest first; else as [`guess`]
/// has them. A column is given out once.
pub fn map_anew(
    headers: &[String],
    columns: &[Column],
    remembered: &[Reading],
    texts: &Texts,
) -> Vec<(String, String)> {
    let same = |reading: &&Reading| reading.mapping.iter().map(|(header, _)| header).eq(headers);
    // A field that was mapped before may be none of the kind's any more.
    let is_held = |field: &str| field.is_empty() || columns.iter().any(|column| column.field == field);
    if let Some(reading) = remembered.iter().find(same) {
        let held = |field: &str| if is_held(field) { field.to_owned() } else { String::new() };
        return reading.mapping.iter().map(|(header, field)| (header.clone(), held(field))).collect();
    }
    let doubled = doubled(headers);
    let known = |header: &String| {
        let pairs = remembered.iter().flat_map(|reading| &reading.mapping);
        let mut pairs = pairs.filter(|(_, field)| is_held(field));
        pairs.find(|(given, _)| given == header && !doubled.contains(header)).map(|(_, field)| field.as_str())
    };
    let mut given: Vec<&str> = Vec::new();
    let mut mapping: Vec<Option<&str>> = Vec::new();
    for header in headers {
        let field = known(header).filter(|field| !given.contains(field));
        given.extend(field.filter(|field| !field.is_empty()));
        mapping.push(field);
    }
    let free: Vec<Column> = columns.iter().filter(|column| !given.contains(&column.field)).copied().collect();
    let unknown: Vec<String> =
        headers.iter().zip(&mapping).filter(|(_, field)| field.is_none()).map(|(header, _)| header.clone()).collect();
    let mut guessed = guess(&unknown, &free, texts).into_iter();
    headers
        .iter()
        .zip(mapping)
        .map(|(header, field)| match field {
            Some(field) => (header.clone(), field.to_owned()),
            None => guessed.next().unwrap_or_else(|| (header.clone(), String::new())),
        })
        .collect()
}

/// Headers that stand over more than one column: which of them is meant only a person can say.
pub fn doubled(headers: &[String]) -> Vec<String> {
    let folded = |header: &String| header.to_lowercase();
    let twice = |header: &&String| headers.iter().filter(|other| folded(other) == folded(header)).count() > 1;
    let mut doubled: Vec<String> = headers.iter().filter(|header| !header.is_empty()).filter(twice).cloned().collect();
    doubled.sort_unstable();
    doubled.dedup();
    doubled
}

/// Our columns for a file's headers, guessed from field names, known aliases and our labels in
/// every language. A column is given out once, and to no header that comes twice.
pub fn guess(headers: &[String], columns: &[Column], texts: &Texts) -> Vec<(String, String)> {
    let doubled = doubled(headers);
    let mut free: Vec<&Column> = columns.iter().collect();
    headers
        .iter()
        .map(|header| {
            let written = plain(header);
            if written.is_empty() || doubled.contains(header) {
                return (header.clone(), String::new());
            }
            let found = free.iter().position(|column| {
                plain(column.field) == written
                    || column.aliases.iter().any(|alias| plain(alias) == written)
                    || Language::ALL.iter().any(|language| plain(&texts.get(*language, column.key, &[])) == written)
            });
            let field = found.map(|place| free.remove(place).field).unwrap_or_default();
            (header.clone(), field.to_owned())
        })
        .collect()
}

fn plain(text: &str) -> String {
    text.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The mapping that somebody gives by headers: columns of the file that it leaves out go nowhere. Where several columns
/// bear one header, all of the file's columns are given in their order, for nothing else tells which is meant.
pub fn mapped(headers: &[String], given: &[(String, String)]) -> Result<Vec<(String, String)>> {
    if headers.iter().eq(given.iter().map(|(header, _)| header)) {
        return Ok(given.to_vec());
    }
    let (doubled, mut problems) = (doubled(headers), Problems::default());
    for (place, (header, _)) in given.iter().enumerate() {
        let field = format!("mapping[{place}].header");
        let value = ("header", header.chars().take(120).collect::<String>());
        if doubled.contains(header) {
            problems.add_with(&field, "import-header-doubled", &[value]);
        } else if !headers.contains(header) {
            problems.add_with(&field, "import-header-unknown", &[value]);
        } else if given[..place].iter().any(|(before, _)| before == header) {
            problems.add_with(&field, "import-header-given-twice", &[value]);
        }
    }
    problems.into_result()?;
    let field = |header: &String| given.iter().find(|(one, _)| one == header).map(|(_, field)| field.clone());
    Ok(headers.iter().map(|header| (header.clone(), field(header).unwrap_or_default())).collect())
}

/// What is wrong with a mapping: a required column without a source, a field given twice or that there is not.
pub fn mapping_problems(reading: &Reading, columns: &[Column]) -> Problems {
    let mut problems = Problems::default();
    if reading.mapping.iter().all(|(_, field)| field.is_empty()) {
        // Most often a wrong delimiter or a wrong encoding; or a file of another kind.
        let headers: Vec<&str> = reading.mapping.iter().map(|(header, _)| header.as_str()).collect();
        let headers: String = headers.join(" · ").chars().take(120).collect();
        problems.add_with("file", "import-no-column-known", &[("headers", headers)]);
    }
    for (_, field) in reading.mapping.iter().filter(|(_, field)| !field.is_empty()) {
        if !columns.iter().any(|column| column.field == field) {
            let known: Vec<&str> = columns.iter().map(|column| column.field).collect();
            let value = ("value", field.chars().take(40).collect());
            problems.add_with("mapping", "problem-asked-other", &[value, ("known", known.join(", "))]);
        }
    }
    for column in columns {
        let sources = reading.mapping.iter().filter(|(_, field)| field == column.field).count();
        if column.required && sources == 0 {
            problems.add_with(column.field, "import-column-missing", &[("column", column.field.to_owned())]);
        }
        if sources > 1 {
            problems.add_with(column.field, "import-column-twice", &[("column", column.field.to_owned())]);
        }
    }
    problems
}

/// Rows read together, and those that could not be read, each by its number.
#[derive(Debug, Default)]
pub struct Batch {
    pub rows: Vec<Row>,
    pub unreadable: Vec<(u64, Problem)>,
    /// The number of the last row of this batch, readable or not.
    pub last: u64,
}

/// An error of the file itself, which ends the reading.
pub fn refusal(error: &SheetError) -> Error {
    let args = error.args().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Error::Conflict(Box::new(Conflict { key: error.key().to_owned(), args, ..Default::default() }))
}

fn problem(error: &SheetError) -> Problem {
    Problem {
        field: error.column.clone().unwrap_or_default(),
        key: error.key().to_owned(),
        args: error.args().into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

/// Reads a file's head: what a person needs to see before mapping its columns.
pub async fn head(path: PathBuf, reading: Reading) -> Result<Head> {
    tokio::task::spawn_blocking(move || {
        let mut sheet = sheets::open(&path, &reading.options()).map_err(|error| refusal(&error))?;
        let mut samples = Vec::new();
        while samples.len() < 5 {
            match sheet.next_row() {
                Some(Ok(row)) => samples.push(row.cells),
                Some(Err(error)) if error.row.is_some() => continue,
                Some(Err(error)) => return Err(refusal(&error)),
                None => break,
            }
        }
        Ok(Head {
            headers: sheet.headers().to_vec(),
            samples,
            encoding: sheet.encoding_name(),
            encoding_guessed: sheet.encoding_guessed(),
            delimiter: sheet.delimiter(),
            worksheets: sheet.worksheets().to_vec(),
            formulas: i64::try_from(sheet.formulas()).unwrap_or(i64::MAX),
        })
    })
    .await
    .map_err(|error| Error::Unexpected(Box::new(error)))?
}

#[derive(Clone, Debug, Default)]
pub struct Head {
    pub headers: Vec<String>,
    pub samples: Vec<Vec<String>>,
    pub encoding: String,
    /// Several encodings would have fitted: the person should look at the samples.
    pub encoding_guessed: bool,
    pub delimiter: char,
    pub worksheets: Vec<String>,
    /// Cells that hold a formula; they are read by the value it had when the file was saved.
    pub formulas: i64,
}

/// Bytes of cells in one batch, whatever the number of its rows: a row may be as large as a record may be.
const BATCH_BYTES: usize = 8 << 20;

/// Reads the rows after `done` in batches of `size` or less, a batch ahead of whoever takes them.
pub fn batches(
    path: PathBuf,
    reading: Reading,
    columns: Vec<Column>,
    done: u64,
    size: usize,
) -> mpsc::Receiver<Result<Batch>> {
    let (send, receive) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || {
        let mut sheet = match sheets::open(&path, &reading.options()) {
            Ok(sheet) => sheet,
            Err(error) => {
                let _ = send.blocking_send(Err(refusal(&error)));
                return;
            }
        };
        let known = |field: &str| columns.iter().find(|column| column.field == field).map(|column| column.field);
        let fields: Vec<Option<&'static str>> =
            reading.fields(sheet.headers()).into_iter().map(|field| field.and_then(known)).collect();
        loop {
            let (batch, more) = match fill(&mut sheet, &fields, done, size) {
                Ok(filled) => filled,
                Err(error) => {
                    let _ = send.blocking_send(Err(refusal(&error)));
                    return;
                }
            };
            let empty = batch.rows.is_empty() && batch.unreadable.is_empty();
            if (!empty && send.blocking_send(Ok(batch)).is_err()) || !more {
                return;
            }
        }
    });
    receive
}

fn fill(
    sheet: &mut Sheet,
    fields: &[Option<&'static str>],
    done: u64,
    size: usize,
) -> std::result::Result<(Batch, bool), SheetError> {
    let (mut batch, mut bytes) = (Batch::default(), 0);
    while batch.rows.len() + batch.unreadable.len() < size && bytes < BATCH_BYTES {
        match sheet.next_row() {
            None => return Ok((batch, false)),
            Some(Err(error)) => match error.row {
                Some(number) if number <= done => {}
                Some(number) => {
                    batch.last = number;
                    batch.unreadable.push((number, problem(&error)));
                }
                None => return Err(error),
            },
            Some(Ok(row)) if row.number <= done => {}
            Some(Ok(row)) => {
                batch.last = row.number;
                bytes += row.cells.iter().map(String::len).sum::<usize>();
                let cells: HashMap<&'static str, String> =
                    fields.iter().zip(row.cells).filter_map(|(field, cell)| field.map(|field| (field, cell))).collect();
                batch.rows.push(Row { number: row.number, cells });
            }
        }
    }
    Ok((batch, true))
}
