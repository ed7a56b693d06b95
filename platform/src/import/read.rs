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
    /// Our field for each of the file's columns, by the column's header.
    pub mapping: Vec<(String, String)>,
    /// WHATWG label such as `big5`; found out when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// `,`, `;`, tab or `|`; found out when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worksheet: Option<String>,
    /// Whether rows that are likely the same as what is held are left for a person.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaves_alike: bool,
}

impl Reading {
    pub fn options(&self) -> ReadOptions {
        let mut options = ReadOptions::default();
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

    fn field_of(&self, header: &str) -> Option<&str> {
        self.mapping
            .iter()
            .find(|(given, _)| given == header)
            .map(|(_, field)| field.as_str())
            .filter(|f| !f.is_empty())
    }
}

/// Our columns for a file's headers, guessed from field names, known aliases and our labels in
/// every language. A column is given out once.
pub fn guess(headers: &[String], columns: &[Column], texts: &Texts) -> Vec<(String, String)> {
    let mut free: Vec<&Column> = columns.iter().collect();
    headers
        .iter()
        .map(|header| {
            let written = plain(header);
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

/// What is wrong with a mapping: a required column without a source, a field given twice.
pub fn mapping_problems(reading: &Reading, columns: &[Column]) -> Problems {
    let mut problems = Problems::default();
    if reading.mapping.iter().all(|(_, field)| field.is_empty()) {
        // Most often a wrong delimiter or a wrong encoding; or a file of another kind.
        let headers: Vec<&str> = reading.mapping.iter().map(|(header, _)| header.as_str()).collect();
        let headers: String = headers.join(" · ").chars().take(120).collect();
        problems.add_with("file", "import-no-column-known", &[("headers", headers)]);
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
            worksheets: sheet.worksheets().to_vec(),
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
    pub worksheets: Vec<String>,
}

/// Reads the rows after `done` in batches of `size`, a batch ahead of whoever takes them.
pub fn batches(
    path: PathBuf,
    reading: Reading,
    columns: &'static [Column],
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
        let fields: Vec<Option<&'static str>> = sheet
            .headers()
            .iter()
            .map(|header| {
                let field = reading.field_of(header)?;
                columns.iter().find(|column| column.field == field).map(|column| column.field)
            })
            .collect();
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
    let mut batch = Batch::default();
    while batch.rows.len() + batch.unreadable.len() < size {
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
                let cells: HashMap<&'static str, String> =
                    fields.iter().zip(row.cells).filter_map(|(field, cell)| field.map(|field| (field, cell))).collect();
                batch.rows.push(Row { number: row.number, cells });
            }
        }
    }
    Ok((batch, true))
}
