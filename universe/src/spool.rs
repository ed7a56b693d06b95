//! The first step of an import: files read once, dealt into parts, what can't be used told.

use std::collections::HashMap;
use std::fs::File;
use std::io::BufWriter;
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
    for path in files {
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
                    problems.put(path, &bad)
                }
            }
        })?;
        if head.delta && !delta {
            return Err(Error::Delta { path: path.clone() });
        }
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
            .write_record([name, &bad.row.to_string(), &bad.key, &bad.field, &bad.why, kept])
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

fn broken(place: &Path) -> impl FnOnce(csv::Error) -> Error + use<> {
    let place = place.to_owned();
    move |error| match error.into_kind() {
        csv::ErrorKind::Io(source) => Error::Io { path: place, source },
        other => Error::Broken { path: place, reason: format!("{other:?}") },
    }
}
