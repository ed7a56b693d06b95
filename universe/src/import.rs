//! Bringing a source in, and keeping it up to date.
//!
//! Files are read once and dealt into parts by key; each part is laid beside what the source said before; records without a known
//! key are matched by name; then the companies that changed are put together anew. Everything is written beside what stands, and one
//! renaming makes it hold. Killed at any point, the earlier state stands, and the same command goes on from the last finished part.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use serde::Serialize;

use crate::catalogue::{Catalogue, Counts, DATA, FORMAT, Lock, Part, Source, Update};
use crate::company::{self, merged};
use crate::day::Day;
use crate::diff::{Diff, Done};
use crate::error::Error;
use crate::id::part;
use crate::identity::Identity;
use crate::input::Reader;
use crate::kept;
use crate::link::{self, Linking, Links};
use crate::record::Record;
use crate::relations;
use crate::spool::{self, Spooled, Telling};
use crate::work::{DEALT, Dealing, Work, dealt, parts_for, used};

/// What an import is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Bytes read of a file's bytes; 0 where that isn't known.
    Reading,
    /// Parts compared.
    Comparing,
    /// Looking for companies by name.
    Matching,
    /// Parts put together.
    Writing,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Comparing => "comparing",
            Self::Matching => "matching",
            Self::Writing => "writing",
        }
    }
}

/// A source as whoever brings it in describes it; what is none stays as it was.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub title: Option<String>,
    pub licence: Option<String>,
    pub url: Option<String>,
    pub rank: Option<u32>,
    pub made_up: bool,
}

/// One import or update.
#[derive(Clone, Debug)]
pub struct Import {
    pub folder: PathBuf,
    pub source: String,
    pub about: About,
    pub files: Vec<PathBuf>,
    pub reader: Reader,
    /// The files hold only what changed.
    pub delta: bool,
    /// Says what would be done, and does nothing.
    pub dry_run: bool,
    /// Whether records without a known LEI or number are matched by name.
    pub matching: bool,
    /// Bytes the matcher may use.
    pub memory: u64,
    /// Whether a whole file may end more than one in five of the source's active records.
    pub ends_many: bool,
    /// The day it is; no file stands at a later one.
    pub today: Day,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imported {
    pub snapshot: u64,
    #[serde(flatten)]
    pub counts: Counts,
    /// Rows that were taken without one of their facts.
    pub mended: u64,
    pub companies: u64,
    /// What can't be used, row by row.
    pub problems: Option<PathBuf>,
    /// These rows as they came, a file for each that had some, to be mended and brought in by an update.
    pub mend: Vec<PathBuf>,
    /// Pairs for a person to look at.
    pub pairs: Option<PathBuf>,
    /// The first problems in words: all that is told of them in a dry run, which writes no list.
    pub first_problems: Vec<String>,
}

impl Import {
    pub fn new(folder: impl Into<PathBuf>, source: impl Into<String>, files: Vec<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            source: source.into(),
            about: About::default(),
            files,
            reader: Reader::default(),
            delta: false,
            dry_run: false,
            matching: true,
            memory: 2 << 30,
            ends_many: false,
            today: today(),
        }
    }

    /// Does it. `tell` hears how far it is: done, and of how much.
    pub fn run(&self, tell: &mut dyn FnMut(Stage, u64, u64)) -> Result<Imported, Error> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.source.is_empty() || self.source.len() > 40 || !self.source.chars().all(fits) {
            return Err(Error::SourceName(self.source.clone()));
        }
        self.apart()?;
        // A dry run reads the state that stands, which nobody changes under it, and writes elsewhere.
        let _lock = if self.dry_run { None } else { Some(Lock::take(&self.folder)?) };
        let passing =
            if self.dry_run { Some(tempfile::tempdir().map_err(Error::io(&std::env::temp_dir()))?) } else { None };
        let before = Catalogue::read_or_new(&self.folder)?;
        if self.delta && before.source(&self.source).is_none() {
            return Err(Error::NoSource(self.source.clone()));
        }
        let work = Work::open(passing.as_ref().map_or(&self.folder, |p| p.path()), &self.mark(&before)?)?;
        let done = self.steps(&before, &work, tell);
        // What can be gone on with is kept; what can't is not.
        match &done {
            Err(Error::Io { .. } | Error::Stopped | Error::Matching(_)) => {}
            _ => work.remove(),
        }
        done
    }

    fn steps(&self, before: &Catalogue, work: &Work, tell: &mut dyn FnMut(Stage, u64, u64)) -> Result<Imported, Error> {
        let (list, draft) = (self.list(), work.folder.join("problems.csv"));
        let list = (!self.dry_run).then_some(list.as_path());
        let told = Telling { list, draft: &draft, today: self.today };
        let reader = Reader { today: Some(self.today), ..self.reader.clone() };
        let mut spooled =
            spool::spool(&reader, &self.files, self.delta, work, &told, &mut |at, of| tell(Stage::Reading, at, of))?;
        self.fits(before, &spooled)?;
        let mut next = before.clone();
        next.format = FORMAT;
        next.snapshot += 1;
        let (place, mut source) = self.described(before);
        source.as_at = source.as_at.max(self.reader.as_at.or(spooled.day()));

        let links_before = all_links(&self.folder, before)?;
        let identity = Identity::of(&self.folder, &before.sources, &links_before)?;
        let dones = self.compare(before, work, &spooled, &identity, next.snapshot, tell)?;
        drop(identity);
        let mut counts = Counts::default();
        for done in &dones {
            counts.add(&done.counts);
        }
        let mut standing = relations::read(&self.folder, source.relation_part.as_ref())?;
        let new_relations = spool::relations(work);
        let mut left_out = 0;
        if !new_relations.is_empty() {
            self.newer(relations::newest(new_relations.iter()), relations::newest(standing.values()))?;
            (counts.relations, left_out) = relations::take_in(&mut standing, new_relations, self.delta);
        }
        let twice: Vec<_> = dones.iter().map(|done| done.twice.clone()).collect();
        let taken = spool::tell_twice(&twice, &self.files, &mut spooled, &told);
        if let Err(error) = taken.and_then(|()| self.ends(before, counts, left_out)) {
            self.undo(before, &dones);
            return Err(error);
        }
        counts.bad = spooled.bad;
        let mut made = Imported {
            snapshot: next.snapshot,
            counts,
            mended: spooled.mended,
            companies: before.companies,
            mend: spooled.mend.clone(),
            problems: None,
            pairs: None,
            first_problems: spooled.first.clone(),
        };
        if self.dry_run {
            made.snapshot = before.snapshot;
            return Ok(made);
        }
        let changes = counts.added + counts.changed + counts.ended + counts.relations;
        if changes == 0 && before.source(&self.source).is_some() {
            // Nothing new is said; that it was said again is remembered.
            made.snapshot = before.snapshot;
            let mut same = before.clone();
            source.remember(self.update(before.snapshot, source.as_at, counts));
            same.sources[place] = source;
            same.write(&self.folder)?;
            made.problems = told.publish()?;
            return Ok(made);
        }

        let mut mine = link::read(&self.folder, source.link_part.as_ref())?;
        let mut touched = dones.iter().fold(0u128, |all, done| all | done.touched);
        if self.matching && !before.parts.is_empty() && counts.added > 0 {
            let links = self.link(before, work, dones.len(), tell)?;
            made.counts.matched = links.linked.len() as u64;
            made.counts.unsure = links.unsure;
            made.pairs = (links.unsure > 0).then(|| self.unsure_place());
            for (key, own, company) in links.linked {
                touched |= 1 << part(own, DEALT) | 1 << part(company, DEALT);
                mine.push((key, company));
            }
            mine.sort();
        }
        source.parts = dones.iter().map(|done| done.part.clone()).collect();
        source.records = source.parts.iter().map(|part| part.rows).sum();
        source.active = dones.iter().map(|done| done.active).sum();
        source.relations = standing.len() as u64;
        if counts.relations > 0 {
            source.relation_part = relations::write(&self.folder, next.snapshot, &self.source, &standing)?;
        }
        if made.counts.matched > 0 {
            source.link_part = link::write(&self.folder, next.snapshot, &self.source, &mine)?;
        }
        source.remember(self.update(next.snapshot, source.as_at, made.counts));
        if place < next.sources.len() {
            next.sources[place] = source;
        } else {
            next.sources.push(source);
        }
        // Companies of an earlier form are all written anew. Whoever is a parent may have become known, and an order of sources may have changed what is believed.
        let rank_changed = self.about.rank.is_some();
        let older = before.format < FORMAT;
        if older
            || counts.relations > 0
            || rank_changed
            || (counts.added > 0 && next.sources.iter().any(|s| s.relations > 0))
        {
            touched = u128::MAX;
        }
        self.companies(before, &mut next, work, touched, tell)?;
        made.companies = next.companies;
        next.write(&self.folder)?;
        made.problems = told.publish()?;
        Ok(made)
    }

    /// Where the source stands in the list, and what is known of it.
    fn described(&self, before: &Catalogue) -> (usize, Source) {
        let place = before.sources.iter().position(|source| source.name == self.source);
        let mut source = match place {
            Some(at) => before.sources[at].clone(),
            None => {
                let rank = before.sources.iter().map(|source| source.rank + 1).max().unwrap_or(1);
                Source { name: self.source.clone(), rank, ..Source::default() }
            }
        };
        let About { title, licence, url, rank, made_up } = &self.about;
        for (mine, new) in [(&mut source.title, title), (&mut source.licence, licence), (&mut source.url, url)] {
            if let Some(new) = new {
                mine.clone_from(new);
            }
        }
        source.rank = rank.unwrap_or(source.rank);
        source.made_up |= made_up;
        (place.unwrap_or(before.sources.len()), source)
    }

    fn compare(
        &self,
        before: &Catalogue,
        work: &Work,
        spooled: &Spooled,
        identity: &Identity,
        snapshot: u64,
        tell: &mut dyn FnMut(Stage, u64, u64),
    ) -> Result<Vec<Done>, Error> {
        let old = before.source(&self.source);
        // Level 2 alone says nothing of companies, and leaves none out.
        let only_relations = spooled.records == 0 && spooled.relations > 0;
        let rows = match (old, self.delta || only_relations) {
            (Some(old), true) => old.records + spooled.records,
            _ => spooled.records.max(old.map_or(0, |old| old.records)),
        };
        let diff = Diff {
            folder: &self.folder,
            work,
            before: old,
            name: &self.source,
            identity,
            snapshot,
            delta: self.delta || only_relations,
            as_at: self.reader.as_at.or(spooled.day()).unwrap_or_else(today),
            parts: old.map_or(1, |old| old.parts.len().max(1)).max(parts_for(rows)),
            dry: self.dry_run,
        };
        let mut dones = Vec::new();
        // A few parts at a time bound the memory; each is as large as any.
        let wave = rayon::current_num_threads().min(4);
        for from in (0..diff.parts).step_by(wave) {
            tell(Stage::Comparing, from as u64, diff.parts as u64);
            let until = (from + wave).min(diff.parts);
            let some: Result<Vec<Done>, Error> = (from..until).into_par_iter().map(|at| diff.part(at)).collect();
            dones.extend(some?);
        }
        Ok(dones)
    }

    /// Where what can't be used is told.
    pub(crate) fn list(&self) -> PathBuf {
        self.folder.join(format!("problems-{}.csv", self.source))
    }

    pub(crate) fn unsure_place(&self) -> PathBuf {
        self.folder.join(format!("unsure-{}.csv", self.source))
    }

    fn link(
        &self,
        before: &Catalogue,
        work: &Work,
        parts: usize,
        tell: &mut dyn FnMut(Stage, u64, u64),
    ) -> Result<Links, Error> {
        if let Some(done) = work.done("linked") {
            return Ok(done);
        }
        let asking: Vec<PathBuf> = (0..parts).map(|at| work.folder.join(format!("asking-{at:03}.csv"))).collect();
        let linking = Linking {
            folder: &self.folder,
            work: &work.folder,
            catalogue: before,
            source: &self.source,
            memory: self.memory,
        };
        let links = linking.run(&asking, &self.unsure_place(), &mut |_, at, of| tell(Stage::Matching, at, of))?;
        work.keep("linked", &links)?;
        Ok(links)
    }

    /// Puts together the companies of all parts that are touched.
    fn companies(
        &self,
        before: &Catalogue,
        next: &mut Catalogue,
        work: &Work,
        touched: u128,
        tell: &mut dyn FnMut(Stage, u64, u64),
    ) -> Result<(), Error> {
        let records: u64 = next.sources.iter().map(|source| source.records).sum();
        let parts = parts_for(records.max(before.companies)).max(before.parts.len());
        let is_touched =
            |at: usize| parts != before.parts.len() || (at..DEALT).step_by(parts).any(|bit| touched >> bit & 1 == 1);
        let links = all_links(&self.folder, next)?;
        let identity = Identity::of(&self.folder, &next.sources, &links)?;
        let heads = relations::heads(&self.folder, &next.sources, &identity)?;
        drop(identity);
        if work.done::<bool>("dealt").is_none() {
            let mut dealing = Dealing::create(&work.folder, "all")?;
            for (at, source) in next.sources.iter().enumerate() {
                for file in &source.parts {
                    kept::each(&file.path(&self.folder), |kept| {
                        let linked = if links.is_empty() { None } else { links.get(&(at, kept.record.key.clone())) };
                        let company = linked.copied().unwrap_or(kept.company);
                        if is_touched(part(company, parts)) {
                            dealing.put(company, at as u64, company, &kept.record)?;
                        }
                        Ok(())
                    })?;
                }
            }
            dealing.finish()?;
            work.keep("dealt", &true)?;
        }
        let build = |at: usize| -> Result<(Part, u64), Error> {
            let step = format!("companies-{at:03}");
            if let Some(done) = work.done(&step) {
                return Ok(done);
            }
            if !is_touched(at) {
                let active = self.active_of(&before.parts[at])?;
                return Ok((before.parts[at].clone(), active));
            }
            let mut of: HashMap<u64, Vec<(usize, Record)>> = HashMap::new();
            for each in dealt(&work.folder, "all", at, parts)? {
                of.entry(each.company).or_default().push((each.tag as usize, each.record));
            }
            let rows: Vec<company::Row> = of
                .into_iter()
                .map(|(id, records)| merged(id, records, &next.sources, heads.get(&id).copied()))
                .collect();
            let active = rows.iter().filter(|row| !row.record.ended()).count() as u64;
            let file = format!("{:06}-companies-{at:03}.parquet", next.snapshot);
            let (rows, bytes) = company::write(&self.folder.join(DATA).join(&file), rows, &next.sources)?;
            let done = (Part { file, rows, bytes }, active);
            work.keep(&step, &done)?;
            used(&work.folder, "all", at, parts);
            Ok(done)
        };
        let mut built: Vec<(Part, u64)> = Vec::new();
        let wave = rayon::current_num_threads().min(4);
        for from in (0..parts).step_by(wave) {
            tell(Stage::Writing, from as u64, parts as u64);
            let until = (from + wave).min(parts);
            let some: Result<Vec<_>, Error> = (from..until).into_par_iter().map(build).collect();
            built.extend(some?);
        }
        next.companies = built.iter().map(|(part, _)| part.rows).sum();
        next.active = built.iter().map(|(_, active)| active).sum();
        next.parts = built.into_iter().map(|(part, _)| part).collect();
        Ok(())
    }

    fn active_of(&self, part: &Part) -> Result<u64, Error> {
        let path = part.path(&self.folder);
        let mut active = 0;
        for batch in kept::batches(&path, Some(&["status"]))? {
            let batch = batch.map_err(Error::arrow(&path))?;
            let status = crate::cell::Texts::in_batch(&batch, "status");
            active += (0..batch.num_rows()).filter(|row| status.get(*row) != Some("ended")).count() as u64;
        }
        Ok(active)
    }

    fn update(&self, snapshot: u64, as_at: Option<Day>, counts: Counts) -> Update {
        let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |at| at.as_secs() as i64);
        let files = self.files.iter().filter_map(name).collect();
        Update { snapshot, at, files, as_at, delta: self.delta, counts }
    }

    /// What half-done work must have been made from to be gone on with.
    fn mark(&self, before: &Catalogue) -> Result<String, Error> {
        let mut mark = format!(
            "{FORMAT} {} {} {} {} {} {:?} {:?}",
            env!("CARGO_PKG_VERSION"),
            before.snapshot,
            self.source,
            self.delta,
            self.dry_run,
            self.reader.map,
            self.reader.as_at
        );
        for path in &self.files {
            mark.push_str(&fingerprint(path)?);
        }
        Ok(mark)
    }
}

/// A file's size and three pieces of it.
fn fingerprint(path: &Path) -> Result<String, Error> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = std::fs::File::open(path).map_err(Error::io(path))?;
    let size = file.metadata().map_err(Error::io(path))?.len();
    let mut text = format!(" {size}");
    let mut piece = [0; 4096];
    for from in [0, size / 2, size.saturating_sub(4096)] {
        file.seek(SeekFrom::Start(from)).map_err(Error::io(path))?;
        let got = file.read(&mut piece).map_err(Error::io(path))?;
        let piece = String::from_utf8_lossy(&piece[..got]);
        text.push_str(&format!(" {:x}", crate::id::hash(&[&piece])));
    }
    Ok(text)
}

fn all_links(folder: &Path, catalogue: &Catalogue) -> Result<HashMap<(usize, String), u64>, Error> {
    let mut all = HashMap::new();
    for (at, source) in catalogue.sources.iter().enumerate() {
        all.extend(
            link::read(folder, source.link_part.as_ref())?.into_iter().map(|(key, company)| ((at, key), company)),
        );
    }
    Ok(all)
}

fn today() -> Day {
    Day::from(time::OffsetDateTime::now_utc().date())
}
