//! The first step of an import: files read once, dealt into parts, what can't be used told.

use std::collections::{HashMap, HashSet};
use std::fs::{File, OpenOptions};
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
/// So many are told where no list is written.
const SHOWN: usize = 10;
/// A dealt record carries its file and row in one number: so many bits are the row's.
const ROW_BITS: u32 = 40;

/// What was read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Spooled {
    pub records: u64,
    pub relations: u64,
    /// Rows that can't be used at all, and rows that lost a fact; a row counts once, however much is wrong with it.
    pub bad: u64,
    pub mended: u64,
    pub content: Option<Day>,
    /// The newest day on which a record was changed.
    pub changed: Option<Day>,
    /// Files of rows to mend.
    pub mend: Vec<PathBuf>,
    /// The first problems in words.
    #[serde(default)]
    pub first: Vec<String>,
}

/// Rows whose key comes again further down: the last counts, and these don't.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Twice {
    pub count: u64,
    /// Key, where it stood (file and row in one number), and where it stands again.
    pub rows: Vec<(String, u64, u64)>,
}

impl Twice {
    pub fn put(&mut self, key: &str, tag: u64, again: u64) {
        self.count += 1;
        if (self.rows.len() as u64) < LISTED {
            self.rows.push((key.to_owned(), tag, again));
        }
    }
}

/// What is told of rows that can't be used, and where.
pub(crate) struct Telling<'a> {
    /// Where the list of problems will be; none in a dry run, which writes nothing.
    pub list: Option<&'a Path>,
    /// Where it is written meanwhile: the list of the files that were last taken stays until these are.
    pub draft: &'a Path,
    /// Records past this day are not believed to be changed then.
    pub today: Day,
}

impl Telling<'_> {
    fn draft(&self) -> Option<&Path> {
        self.list.map(|_| self.draft)
    }

    /// Puts the list in its place, or takes an earlier one away if there is nothing to tell; answers where it is.
    pub fn publish(&self) -> Result<Option<PathBuf>, Error> {
        let Some(list) = self.list else { return Ok(None) };
        if self.draft.is_file() {
            std::fs::rename(self.draft, list).map_err(Error::io(list))?;
            return Ok(Some(list.to_owned()));
        }
        let _ = std::fs::remove_file(list);
        Ok(None)
    }
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
    told: &Telling<'_>,
    tell: &mut dyn FnMut(u64, u64),
) -> Result<Spooled, Error> {
    if let Some(done) = work.done("spooled") {
        return Ok(done);
    }
    let mut done = Spooled::default();
    let mut dealing = Dealing::create(&work.folder, "new")?;
    let mut relations = Vec::new();
    let mut problems = told.draft().map(Problems::create).transpose()?;
    let mut mends: Vec<Mend> = Vec::new();
    let mut later = Later::default();
    let delimiter = reader.map.as_ref().and_then(|map| map.delimiter).unwrap_or(b',');
    for (file, path) in files.iter().enumerate() {
        mends.extend(told.list.map(|list| Mend::new(list, work, file, delimiter)));
        let mut count = 0u64;
        let mut last_bad = 0;
        let head = reader.read(path, &work.folder, &mut |item, at| {
            count += 1;
            if count.is_multiple_of(4096) {
                tell(at.gone, at.of);
            }
            match item {
                Item::Company(record) => {
                    done.records += 1;
                    done.changed = done.changed.max(record.changed.filter(|day| *day <= told.today));
                    let tag = (file as u64) << ROW_BITS | at.row;
                    later.sees(&record.key, tag);
                    dealing.put(hash(&[&record.key]), tag, 0, &record)
                }
                Item::Relation(relation) => {
                    done.relations += 1;
                    relations.push(relation);
                    Ok(())
                }
                Item::Bad(bad) => {
                    if bad.row != last_bad {
                        *(if bad.kept { &mut done.mended } else { &mut done.bad }) += 1;
                        last_bad = bad.row;
                    }
                    if done.first.len() < SHOWN {
                        done.first.push(format!("{}, row {}: {} {}", named(path), bad.row, bad.field, bad.why));
                    }
                    // A relation's row is no record of whom it is about.
                    if bad.field != "NodeID" {
                        later.mends(&bad.key, (file as u64) << ROW_BITS | bad.row);
                    }
                    if let Some(mend) = mends.last_mut() {
                        mend.put(&bad)?;
                    }
                    problems.as_mut().map_or(Ok(()), |problems| problems.put(path, &bad))
                }
            }
        })?;
        if head.delta && !delta {
            return Err(Error::Delta { path: path.clone() });
        }
        done.content = done.content.max(head.content);
    }
    dealing.finish()?;
    for (file, mend) in mends.into_iter().enumerate() {
        done.mend.extend(mend.finish(|row| later.counts((file as u64) << ROW_BITS | row))?);
    }
    if let Some(problems) = problems {
        problems.finish()?;
    }
    let read = done.records + done.relations + done.bad;
    usable(done.bad, read, told, &done.first)?;
    work.keep("relations", &relations.iter().map(line).collect::<Vec<_>>())?;
    work.keep("spooled", &done)?;
    Ok(done)
}

/// Refuses files of which too many rows can't be used.
fn usable(bad: u64, read: u64, told: &Telling<'_>, first: &[String]) -> Result<(), Error> {
    if bad > FORGIVEN && bad * ONE_IN > read {
        return Err(Error::TooBad { bad, read, told: told.publish()?, first: first.to_vec() });
    }
    Ok(())
}

/// Tells the rows whose key came again, as rows that can't be used.
pub(crate) fn tell_twice(
    twice: &[Twice],
    files: &[PathBuf],
    spooled: &mut Spooled,
    told: &Telling<'_>,
) -> Result<(), Error> {
    let count: u64 = twice.iter().map(|twice| twice.count).sum();
    if count == 0 {
        return Ok(());
    }
    let place = |tag: u64| (files.get((tag >> ROW_BITS) as usize), tag & ((1 << ROW_BITS) - 1));
    let mut rows: Vec<&(String, u64, u64)> = twice.iter().flat_map(|twice| &twice.rows).collect();
    rows.sort_by_key(|(_, tag, _)| *tag);
    let mut problems = told.draft().map(Problems::go_on).transpose()?;
    for (key, tag, again) in rows {
        let ((Some(file), row), (Some(other), later)) = (place(*tag), place(*again)) else { continue };
        let there = if file == other { String::new() } else { format!(" of {}", named(other)) };
        let why = format!("the same key stands again in row {later}{there}, which is what counts");
        if spooled.first.len() < SHOWN {
            spooled.first.push(format!("{}, row {row}: key “{key}” {why}", named(file)));
        }
        if let Some(problems) = &mut problems {
            let key = key.clone();
            problems.put(file, &Bad { row, key, field: "key".to_owned(), why, kept: false, came: Vec::new() })?;
        }
    }
    if let Some(problems) = problems {
        problems.finish()?;
    }
    spooled.bad += count;
    spooled.records = spooled.records.saturating_sub(count);
    usable(spooled.bad, spooled.records + spooled.relations + spooled.bad, told, &spooled.first)
}

fn named(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
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

    /// Goes on with a list that may be there already.
    fn go_on(place: &Path) -> Result<Self, Error> {
        if !place.is_file() {
            return Self::create(place);
        }
        let part = place.with_extension("part");
        std::fs::copy(place, &part).map_err(Error::io(&part))?;
        let file = OpenOptions::new().append(true).open(&part).map_err(Error::io(&part))?;
        Ok(Self { to: csv::Writer::from_writer(BufWriter::new(file)), part, place: place.to_owned(), count: 0 })
    }

    fn put(&mut self, file: &Path, bad: &Bad) -> Result<(), Error> {
        self.count += 1;
        if self.count > LISTED {
            return Ok(());
        }
        let name = named(file);
        let kept = if bad.kept { "yes" } else { "no" };
        let key: String = bad.key.chars().take(40).collect();
        self.to
            .write_record([name, &bad.row.to_string(), &key, &bad.field, &bad.why, kept].map(sheets::guarded))
            .map_err(broken(&self.part))
    }

    fn finish(mut self) -> Result<(), Error> {
        self.to.flush().map_err(Error::io(&self.part))?;
        if self.count == 0 {
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

/// Where keys of rows to mend stand again: what stands further down counts, and an earlier row mended and brought in
/// would take its place.
#[derive(Default)]
struct Later {
    /// Of each key with a row to mend, the last place where it stands.
    last: HashMap<String, u64>,
    superseded: HashSet<u64>,
}

impl Later {
    fn sees(&mut self, key: &str, tag: u64) {
        if let Some(last) = self.last.get_mut(key)
            && *last != tag
        {
            self.superseded.insert(std::mem::replace(last, tag));
        }
    }

    fn mends(&mut self, key: &str, tag: u64) {
        if key.is_empty() || self.last.len() as u64 >= LISTED {
            return;
        }
        self.sees(key, tag);
        self.last.entry(key.to_owned()).or_insert(tag);
    }

    fn counts(&self, tag: u64) -> bool {
        !self.superseded.contains(&tag)
    }
}

/// The last column of a file to mend, which says what is wrong. Reading the file again passes it over.
const REASONS: &str = "problems (Oases)";

/// The rows of one file that can't be used, or lost a fact, as they came: to be mended and brought in by an update. A file
/// that is there already is never touched: somebody may be mending it, or it may be what is read.
struct Mend {
    to: Option<csv::Writer<BufWriter<File>>>,
    delimiter: u8,
    /// Where rows are gathered, and what the files beside the list are called.
    part: PathBuf,
    list: PathBuf,
    count: u64,
    /// The rows that are gathered, by their numbers.
    rows: Vec<u64>,
    /// The row that more may be told of.
    last: Option<(Bad, String)>,
}

impl Mend {
    /// Beside the list of what is wrong with the rows.
    fn new(list: &Path, work: &Work, file: usize, delimiter: u8) -> Self {
        let part = work.folder.join(format!("mend-{file}.part"));
        Self { to: None, delimiter, part, list: list.to_owned(), count: 0, rows: Vec::new(), last: None }
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
        self.rows.push(bad.row);
        let row = cells().map(|(_, cell)| sheets::as_it_came(cell)).chain([sheets::guarded(&reasons)]);
        to.write_record(row).map_err(broken(&self.part))
    }

    /// The file, under the first number that is free, if there are rows to mend that still count.
    fn finish(mut self, counts: impl Fn(u64) -> bool) -> Result<Option<PathBuf>, Error> {
        self.write()?;
        let Some(mut to) = self.to.take() else { return Ok(None) };
        to.flush().map_err(Error::io(&self.part))?;
        if !self.rows.iter().any(|row| counts(*row)) {
            return Ok(None);
        }
        if !self.rows.iter().all(|row| counts(*row)) {
            self.leave_out(&counts)?;
        }
        let name = self.list.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let name = name.replacen("problems", "mend", 1);
        let numbered = |at: u64| self.list.with_file_name(format!("{name}-{at}.csv"));
        let place = (1..).map(numbered).find(|place| !place.exists()).unwrap_or_else(|| numbered(0));
        std::fs::rename(&self.part, &place).map_err(Error::io(&place))?;
        Ok(Some(place))
    }

    /// Writes the rows gathered once more, without those that don't count.
    fn leave_out(&self, counts: &impl Fn(u64) -> bool) -> Result<(), Error> {
        let whole = self.part.with_extension("whole");
        std::fs::rename(&self.part, &whole).map_err(Error::io(&whole))?;
        let mut from = csv::ReaderBuilder::new()
            .delimiter(self.delimiter)
            .has_headers(false)
            .from_path(&whole)
            .map_err(broken(&whole))?;
        let mut out = BufWriter::new(File::create(&self.part).map_err(Error::io(&self.part))?);
        // The reader has taken the mark of UTF-8 off.
        out.write_all("\u{FEFF}".as_bytes()).map_err(Error::io(&self.part))?;
        let mut to = csv::WriterBuilder::new().delimiter(self.delimiter).from_writer(out);
        // The first line is the header.
        for (at, line) in from.byte_records().enumerate() {
            let line = line.map_err(broken(&whole))?;
            if at == 0 || self.rows.get(at - 1).is_some_and(|row| counts(*row)) {
                to.write_byte_record(&line).map_err(broken(&self.part))?;
            }
        }
        to.flush().map_err(Error::io(&self.part))?;
        let _ = std::fs::remove_file(&whole);
        Ok(())
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
