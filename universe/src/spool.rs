//! The first step of an import: files read once, dealt into parts, what can't be used told.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::error::Error;
use crate::id::hash;
use crate::input::{Bad, Item, Reader};
use crate::lei::{Kin, Relation};
use crate::work::{Dealing, Work};

/// Problems past so many are counted, not listed.
const LISTED: u64 = 100_000;
/// A file of which more than one in so many rows can't be used is the wrong file, or the wrong map.
const ONE_IN: u64 = 10;
/// So few are forgiven in any case.
const FORGIVEN: u64 = 20;

/// What was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Spooled {
    pub records: u64,
    pub relations: u64,
    /// Rows that can't be used at all, and rows that lost a fact.
    pub bad: u64,
    pub mended: u64,
    pub content: Option<Day>,
    /// The newest day on which a record was changed.
    pub changed: Option<Day>,
    /// Files of rows to mend.
    pub mend: Vec<PathBuf>,
}

impl Spooled {
    /// The day the files stand at, as far as they say.
    pub fn day(&self) -> Option<Day> {
        self.content.or(self.changed)
    }
}

/// Reads files and deals their records.
pub(crate) fn spool(
    reader: &Reader,
    files: &[PathBuf],
    delta: bool,
    work: &Work,
    told: &Path,
    tell: &mut dyn FnMut(u64, u64),
) -> Result<Spooled, Error> {
    if let Some(done) = work.done("spooled") {
        return Ok(done);
    }
    let mut done = Spooled::default();
    let mut dealing = Dealing::create(&work.folder, "new")?;
    let mut relations = Vec::new();
    let mut problems = Problems::create(told)?;
    let mut heads: HashMap<PathBuf, bool> = HashMap::new();
    let delimiter = reader.map.as_ref().and_then(|map| map.delimiter).unwrap_or(b',');
    for path in files {
        let mut mend = Mend::new(told, delimiter);
        let mut count = 0u64;
        let head = reader.read(path, &work.folder, &mut |item, (at, of)| {
            count += 1;
            if count.is_multiple_of(4096) {
                tell(at, of);
            }
            match item {
                Item::Company(record) => {
                    done.records += 1;
                    done.changed = done.changed.max(record.changed);
                    dealing.put(hash(&[&record.key]), 0, 0, &record)
                }
                Item::Relation(relation) => {
                    done.relations += 1;
                    relations.push(relation);
                    Ok(())
                }
                Item::Bad(bad) => {
                    if bad.kept {
                        done.mended += 1;
                    } else {
                        done.bad += 1;
                    }
                    mend.put(&bad)?;
                    problems.put(path, &bad)
                }
            }
        })?;
        if head.delta && !delta {
            return Err(Error::Delta { path: path.clone() });
        }
        done.mend.extend(mend.finish()?);
        done.content = done.content.max(head.content);
        heads.insert(path.clone(), head.delta);
    }
    dealing.finish()?;
    problems.finish()?;
    let read = done.records + done.relations + done.bad;
    if done.bad > FORGIVEN && done.bad * ONE_IN > read {
        return Err(Error::TooBad { bad: done.bad, read, told: told.to_owned() });
    }
    work.keep("relations", &relations.iter().map(line).collect::<Vec<_>>())?;
    work.keep("spooled", &done)?;
    Ok(done)
}

type Line = (String, String, u8, Option<Day>, bool);

fn line(relation: &Relation) -> Line {
    let Relation { child, parent, kind, changed, ended } = relation;
    (child.clone(), parent.clone(), *kind as u8, *changed, *ended)
}

pub(crate) fn relations(work: &Work) -> Vec<Relation> {
    let lines: Vec<Line> = work.done("relations").unwrap_or_default();
    lines
        .into_iter()
        .filter_map(|(child, parent, kind, changed, ended)| {
            Some(Relation { child, parent, kind: *Kin::ALL.get(usize::from(kind))?, changed, ended })
        })
        .collect()
}

/// The list of what can't be used: it appears whole, and only if there is something in it.
struct Problems {
    to: csv::Writer<BufWriter<File>>,
    part: PathBuf,
    place: PathBuf,
    count: u64,
}

impl Problems {
    fn create(place: &Path) -> Result<Self, Error> {
        let part = place.with_extension("part");
        let file = File::create(&part).map_err(Error::io(&part))?;
        let mut to = csv::Writer::from_writer(BufWriter::new(file));
        to.write_record(["file", "row", "key", "field", "reason", "kept"]).map_err(broken(&part))?;
        Ok(Self { to, part, place: place.to_owned(), count: 0 })
    }

    fn put(&mut self, file: &Path, bad: &Bad) -> Result<(), Error> {
        self.count += 1;
        if self.count > LISTED {
            return Ok(());
        }
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let kept = if bad.kept { "yes" } else { "no" };
        self.to
            .write_record([name, &bad.row.to_string(), &bad.key, &bad.field, &bad.why, kept].map(sheets::guarded))
            .map_err(broken(&self.part))
    }

    fn finish(mut self) -> Result<(), Error> {
        self.to.flush().map_err(Error::io(&self.part))?;
        if self.count == 0 {
            let _ = std::fs::remove_file(&self.place);
            return Ok(());
        }
        std::fs::rename(&self.part, &self.place).map_err(Error::io(&self.place))
    }
}

impl Drop for Problems {
    fn drop(&mut self) {
        // Only where it was not finished, or had nothing to tell.
        let _ = std::fs::remove_file(&self.part);
    }
}

/// The last column of a file to mend, which says what is wrong. Reading the file again passes it over.
const REASONS: &str = "problems (Oases)";

/// The rows of one file that can't be used, or lost a fact, as they came: to be mended and brought in by an update. A file
/// that is there already is never touched: somebody may be mending it, or it may be what is read.
struct Mend {
    to: Option<csv::Writer<BufWriter<File>>>,
    delimiter: u8,
    part: PathBuf,
    count: u64,
    /// The row that more may be told of.
    last: Option<(Bad, String)>,
}

impl Mend {
    /// Beside the list of what is wrong with the rows.
    fn new(told: &Path, delimiter: u8) -> Self {
        let name = told.file_stem().and_then(|name| name.to_str()).unwrap_or_default().replacen("problems", "mend", 1);
        let part = told.with_file_name(format!("{name}.part"));
        Self { to: None, delimiter, part, count: 0, last: None }
    }

    fn put(&mut self, bad: &Bad) -> Result<(), Error> {
        if bad.came.is_empty() {
            return Ok(());
        }
        let reason = format!("{}: {}", bad.field, bad.why);
        match &mut self.last {
            Some((last, reasons)) if last.row == bad.row => {
                reasons.push_str("; ");
                reasons.push_str(&reason);
                Ok(())
            }
            _ => {
                self.write()?;
                self.last = Some((bad.clone(), reason));
                Ok(())
            }
        }
    }

    fn write(&mut self) -> Result<(), Error> {
        let Some((bad, reasons)) = self.last.take() else { return Ok(()) };
        self.count += 1;
        if self.count > LISTED {
            return Ok(());
        }
        // A file that was mended before, and not well enough, has its reasons told anew.
        let cells = || bad.came.iter().filter(|(column, _)| column != REASONS);
        let to = match &mut self.to {
            Some(to) => to,
            None => {
                let mut out = BufWriter::new(File::create(&self.part).map_err(Error::io(&self.part))?);
                // The mark tells Excel, and our own reading, that it is UTF-8 whatever the file was.
                out.write_all("\u{FEFF}".as_bytes()).map_err(Error::io(&self.part))?;
                let mut to = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(out);
                let header = cells().map(|(column, _)| column.as_str()).chain([REASONS]);
                to.write_record(header.map(sheets::guarded)).map_err(broken(&self.part))?;
                self.to.insert(to)
            }
        };
        let row = cells().map(|(_, cell)| cell.as_str()).chain([reasons.as_str()]);
        to.write_record(row.map(sheets::guarded)).map_err(broken(&self.part))
    }

    /// The file, under the first number that is free, if there are rows to mend.
    fn finish(mut self) -> Result<Option<PathBuf>, Error> {
        self.write()?;
        let Some(mut to) = self.to.take() else { return Ok(None) };
        to.flush().map_err(Error::io(&self.part))?;
        let name = self.part.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let numbered = |at: u64| self.part.with_file_name(format!("{name}-{at}.csv"));
        let place = (1..).map(numbered).find(|place| !place.exists()).unwrap_or_else(|| numbered(0));
        std::fs::rename(&self.part, &place).map_err(Error::io(&place))?;
        Ok(Some(place))
    }
}

impl Drop for Mend {
    fn drop(&mut self) {
        // Only where it was not finished.
        let _ = std::fs::remove_file(&self.part);
    }
}

fn broken(place: &Path) -> impl FnOnce(csv::Error) -> Error + use<> {
    let place = place.to_owned();
    move |error| match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::Io { path: place, source },
        other => Error::Broken { path: place, reason: format!("{other:?}") },
    }
}
