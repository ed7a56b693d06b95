//! What a source newly says, laid beside what it said before: one part of its records at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use screening::{Measure, Value};
use serde::{Deserialize, Serialize};

use crate::catalogue::{Counts, DATA, Part, Source};
use crate::day::Day;
use crate::error::Error;
use crate::id::{hash, part};
use crate::identity::{Identity, own_id};
use crate::kept::{self, Kept};
use crate::link::Asking;
use crate::record::Record;
use crate::spool::Twice;
use crate::work::{DEALT, Work, dealt, used};

/// One comparison of a source with its newest files.
pub(crate) struct Diff<'a> {
    pub folder: &'a Path,
    pub work: &'a Work,
    pub before: Option<&'a Source>,
    pub name: &'a str,
    pub identity: &'a Identity,
    pub snapshot: u64,
    /// The files hold only what changed.
    pub delta: bool,
    /// The day at which what is left out of a whole file counts as ended.
    pub as_at: Day,
    pub parts: usize,
    /// Nothing is written.
    pub dry: bool,
}

/// What became of one part.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Done {
    pub part: Part,
    pub counts: Counts,
    pub active: u64,
    /// Which of the most parts of companies there can be hold one that changed: a bit each.
    pub touched: u128,
    #[serde(default)]
    pub twice: Twice,
}

impl Diff<'_> {
    /// Where records that may be a company's by their names are written, one file a part.
    pub fn asking(&self, at: usize) -> PathBuf {
        self.work.folder.join(format!("asking-{at:03}.csv"))
    }

    pub fn part(&self, at: usize) -> Result<Done, Error> {
        let step = format!("records-{at:03}");
        if let Some(done) = self.work.done::<Done>(&step) {
            return Ok(done);
        }
        let new = dealt(&self.work.folder, "new", at, self.parts)?;
        if let Some(kept) = self.untouched(at, new.is_empty())? {
            self.work.keep(&step, &kept)?;
            used(&self.work.folder, "new", at, self.parts);
            return Ok(kept);
        }
        let mut done = Done::default();
        // The last of several rows with one key counts, and the others are told.
        let mut news: BTreeMap<String, (u64, Record)> = BTreeMap::new();
        for each in new {
            if let Some((row, record)) = news.insert(each.record.key.clone(), (each.tag, each.record)) {
                done.twice.put(&record.key, row, each.tag);
            }
        }
        done.counts.read = news.len() as u64;
        let mut all: Vec<Kept> = Vec::new();
        self.each_before(at, |mut kept| {
            match news.remove(&kept.record.key) {
                None if self.delta || kept.record.ended() => {}
                None => {
                    kept.record.put(Measure::Status, Value::Code("ended".to_owned()), self.as_at);
                    done.counts.ended += 1;
                    done.touch(kept.company);
                }
                Some((_, new)) => self.meets(&mut kept, new, &mut done),
            }
            all.push(kept);
            Ok(())
        })?;
        let mut asking = Asking::create(&self.asking(at))?;
        for (_, (_, record)) in news {
            // Of what isn't held, nothing is known by its end.
            if record.name.is_empty() {
                continue;
            }
            let company = match self.identity.company(&record) {
                Some(company) => {
                    done.counts.linked += 1;
                    company
                }
                None => {
                    let company = own_id(self.name, &record);
                    if !record.ended() {
                        asking.put(&record, company)?;
                    }
                    company
                }
            };
            done.counts.added += 1;
            done.touch(company);
            all.push(Kept { record, company });
        }
        asking.finish()?;
        all.sort_by(|one, other| one.record.key.cmp(&other.record.key));
        done.active = all.iter().filter(|kept| !kept.record.ended()).count() as u64;
        let same = done.counts.added + done.counts.changed + done.counts.ended == 0;
        if let Some(before) = self.before.filter(|before| same && before.parts.len() == self.parts) {
            // Said again, and nothing else: the file stands as it is.
            done.part = before.parts[at].clone();
        } else if !self.dry {
            let file = format!("{:06}-{}-{at:03}.parquet", self.snapshot, self.name);
            let mut to = kept::create(&self.folder.join(DATA).join(&file))?;
            for kept in &all {
                kept::put(&mut to, kept)?;
            }
            let (rows, bytes) = to.finish()?;
            done.part = Part { file, rows, bytes };
        }
        self.work.keep(&step, &done)?;
        used(&self.work.folder, "new", at, self.parts);
        Ok(done)
    }

    /// A record that was there before and is named again.
    fn meets(&self, kept: &mut Kept, mut new: Record, done: &mut Done) {
        let older = match (kept.record.changed, new.changed) {
            (Some(held), Some(came)) => came < held,
            // What carries no day of its own is as old as its file.
            _ => self.delta && self.before.and_then(|before| before.as_at).is_some_and(|held| self.as_at < held),
        };
        if older {
            done.counts.stale += 1;
            return;
        }
        // A deletion says no more than that: what was known stays known.
        if new.name.is_empty() {
            let day = new.fact(Measure::Status).map_or(self.as_at, |fact| fact.as_at);
            new = kept.record.clone();
            if !new.ended() {
                new.put(Measure::Status, Value::Code("ended".to_owned()), day);
            }
        }
        // A fact that only grew a day older by being said again is the same fact.
        if said_again(&kept.record, &new) {
            done.counts.same += 1;
            return;
        }
        let ends = new.ended() && !kept.record.ended();
        done.touch(kept.company);
        if let Some(company) = self.identity.company(&new)
            && (new.lei != kept.record.lei || new.number != kept.record.number)
        {
            kept.company = company;
            done.touch(company);
        }
        kept.record = new;
        if ends {
            done.counts.ended += 1;
        } else {
            done.counts.changed += 1;
        }
    }

    /// The part as it stood, if nothing in it can have changed.
    fn untouched(&self, at: usize, nothing_new: bool) -> Result<Option<Done>, Error> {
        let Some(before) = self.before.filter(|before| before.parts.len() == self.parts) else { return Ok(None) };
        if !nothing_new || !self.delta {
            return Ok(None);
        }
        let mut active = 0;
        self.each_before(at, |kept| {
            active += u64::from(!kept.record.ended());
            Ok(())
        })?;
        Asking::create(&self.asking(at))?.finish()?;
        Ok(Some(Done { part: before.parts[at].clone(), active, ..Done::default() }))
    }

    fn each_before(&self, at: usize, mut with: impl FnMut(Kept) -> Result<(), Error>) -> Result<(), Error> {
        let Some(before) = self.before else { return Ok(()) };
        let least = before.parts.len().min(self.parts);
        for old in (0..before.parts.len()).filter(|old| old % least == at % least) {
            kept::each(&before.parts[old].path(self.folder), |kept| {
                if part(hash(&[&kept.record.key]), self.parts) == at { with(kept) } else { Ok(()) }
            })?;
        }
        Ok(())
    }
}

impl Done {
    fn touch(&mut self, company: u64) {
        self.touched |= 1 << part(company, DEALT);
    }
}

/// Whether two records say the same, whatever day stands on facts that carry none of their own.
fn said_again(old: &Record, new: &Record) -> bool {
    let facts = old.facts.len() == new.facts.len()
        && old.facts.iter().zip(&new.facts).all(|(old, new)| old.measure == new.measure && old.value == new.value);
    facts && old.texts() == new.texts() && old.names == new.names && old.changed == new.changed
}
