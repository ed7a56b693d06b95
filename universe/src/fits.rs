//! Which files are not taken, however well they can be read: empty ones, old ones, those of a day to come, those that end too much.

use crate::catalogue::{Catalogue, Counts};
use crate::day::Day;
use crate::diff::Done;
use crate::error::Error;
use crate::import::Import;
use crate::spool::Spooled;

/// A whole file that ends more than one in so many of what is held is more likely cut off than right.
const ENDS_ONE_IN: u64 = 5;

impl Import {
    /// Refuses files that the import itself would write over.
    pub(crate) fn apart(&self) -> Result<(), Error> {
        let lists = [self.list(), self.unsure_place()].map(|place| place.canonicalize().ok());
        let taken = |path: &&std::path::PathBuf| path.canonicalize().is_ok_and(|place| lists.contains(&Some(place)));
        match self.files.iter().find(taken) {
            Some(path) => Err(Error::broken(path, "is written by this import: bring in a copy under another name")),
            None => Ok(()),
        }
    }

    /// Refuses files that can't be what the source says now.
    pub(crate) fn fits(&self, before: &Catalogue, spooled: &Spooled) -> Result<(), Error> {
        let day = self.reader.as_at.or(spooled.day());
        // It may be a day later where the file comes from.
        if let Some(day) = day.filter(|day| day.0 > self.today.0 + 1) {
            return Err(Error::Future { day, today: self.today });
        }
        if self.delta {
            return Ok(());
        }
        if spooled.records + spooled.relations == 0 {
            return Err(Error::Empty);
        }
        let held = before.source(&self.source).and_then(|source| source.as_at);
        // Relations carry days of their own.
        if spooled.records > 0 { self.newer(day, held) } else { Ok(()) }
    }

    /// Refuses a whole file that is older than what is held.
    pub(crate) fn newer(&self, day: Option<Day>, held: Option<Day>) -> Result<(), Error> {
        match (day, held) {
            (Some(day), Some(held)) if day < held && !self.delta => {
                Err(Error::Older { source_name: self.source.clone(), day, held })
            }
            _ => Ok(()),
        }
    }

    /// Refuses a whole file that leaves out or ends more than is likely.
    pub(crate) fn ends(&self, before: &Catalogue, counts: Counts, relations: u64) -> Result<(), Error> {
        if self.delta || self.ends_many {
            return Ok(());
        }
        let (active, related) = before.source(&self.source).map_or((0, 0), |source| (source.active, source.relations));
        for (what, ended, held) in [("active records", counts.ended, active), ("relations", relations, related)] {
            if ended * ENDS_ONE_IN > held {
                return Err(Error::EndsMany { source_name: self.source.clone(), what, ended, held });
            }
        }
        Ok(())
    }

    /// Takes back the files of a comparison that comes to nothing.
    pub(crate) fn undo(&self, before: &Catalogue, dones: &[Done]) {
        let kept: Vec<&str> =
            before.source(&self.source).iter().flat_map(|s| &s.parts).map(|part| part.file.as_str()).collect();
        for done in dones.iter().filter(|done| !done.part.file.is_empty() && !kept.contains(&done.part.file.as_str())) {
            let _ = std::fs::remove_file(done.part.path(&self.folder));
        }
    }
}
