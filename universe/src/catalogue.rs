//! What a universe consists of: one file that names all others, replaced whole, so that a reader sees one state or the next.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::day::Day;
use crate::error::Error;

/// Version of the folder's form. Earlier ones are read on; the next import that changes anything writes them anew.
pub const FORMAT: u32 = 2;

const FILE: &str = "catalogue.json";
const LOCK: &str = "writing.lock";
pub(crate) const DATA: &str = "data";
pub(crate) const WORK: &str = "work";
/// So many updates of each source are remembered.
const REMEMBERED: usize = 100;

/// A state of a universe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    pub format: u32,
    /// Counts the states: each import or update that changes anything makes the next.
    pub snapshot: u64,
    /// Companies, and how many of them still exist.
    pub companies: u64,
    pub active: u64,
    pub sources: Vec<Source>,
    /// Files of companies; a company stands in the one its id names.
    pub parts: Vec<Part>,
}

/// Whoever says something of companies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub name: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub licence: String,
    #[serde(default)]
    pub url: String,
    /// Where two sources know a fact of the same day, the lower rank is believed.
    pub rank: u32,
    #[serde(default)]
    pub made_up: bool,
    pub as_at: Option<Day>,
    pub records: u64,
    pub active: u64,
    pub relations: u64,
    /// Files of its records; a record stands in the one its key names.
    pub parts: Vec<Part>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relation_part: Option<Part>,
    /// Records that were found to be of a company by their names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_part: Option<Part>,
    pub updates: Vec<Update>,
}

/// One file of the data folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub file: String,
    pub rows: u64,
    pub bytes: u64,
}

/// What one import or update did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    pub snapshot: u64,
    /// Seconds since 1970.
    pub at: i64,
    pub files: Vec<String>,
    pub as_at: Option<Day>,
    /// Only what changed was brought, not the whole.
    pub delta: bool,
    #[serde(flatten)]
    pub counts: Counts,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub read: u64,
    pub added: u64,
    pub changed: u64,
    pub same: u64,
    pub ended: u64,
    /// Older than what is held.
    pub stale: u64,
    pub bad: u64,
    pub relations: u64,
    /// Records linked to a company of another source by LEI or number, and by the matcher.
    pub linked: u64,
    pub matched: u64,
    /// Records that may be of a company and were kept apart.
    pub unsure: u64,
}

impl Counts {
    pub fn add(&mut self, other: &Self) {
        let Self { read, added, changed, same, ended, stale, bad, relations, linked, matched, unsure } = other;
        self.read += read;
        self.added += added;
        self.changed += changed;
        self.same += same;
        self.ended += ended;
        self.stale += stale;
        self.bad += bad;
        self.relations += relations;
        self.linked += linked;
        self.matched += matched;
        self.unsure += unsure;
    }
}

impl Catalogue {
    /// Reads the folder's state, and looks whether its files are there and whole.
    pub fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::None { path: folder.to_owned() });
            }
            Err(error) => return Err(Error::io(&path)(error)),
        };
        #[derive(Deserialize)]
        struct Versioned {
            format: u32,
        }
        let versioned: Versioned =
            serde_json::from_str(&text).map_err(|error| Error::broken(&path, format!("is no catalogue: {error}")))?;
        if !(1..=FORMAT).contains(&versioned.format) {
            return Err(Error::Version { path, found: versioned.format, known: FORMAT });
        }
        let read: Self =
            serde_json::from_str(&text).map_err(|error| Error::broken(&path, format!("is no catalogue: {error}")))?;
        for part in read.all_parts() {
            part.check(folder)?;
        }
        Ok(read)
    }

    /// As `read`, or an empty one where there is none yet.
    pub fn read_or_new(folder: &Path) -> Result<Self, Error> {
        match Self::read(folder) {
            Err(Error::None { .. }) => Ok(Self { format: FORMAT, ..Self::default() }),
            other => other,
        }
    }

    /// Puts this state in the place of the one before. It holds from the moment of one renaming.
    pub(crate) fn write(&self, folder: &Path) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).map_err(|error| Error::broken(folder, error.to_string()))?;
        replace(&folder.join(FILE), text.as_bytes())?;
        sync_folder(folder)
    }

    pub fn source(&self, name: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.name == name)
    }

    pub(crate) fn all_parts(&self) -> impl Iterator<Item = &Part> {
        let of_sources = self.sources.iter().flat_map(|s| s.parts.iter().chain(&s.relation_part).chain(&s.link_part));
        self.parts.iter().chain(of_sources)
    }

    /// The newest day of all sources.
    pub fn as_at(&self) -> Option<Day> {
        self.sources.iter().filter_map(|source| source.as_at).max()
    }
}

impl Source {
    pub(crate) fn remember(&mut self, update: Update) {
        self.updates.push(update);
        let over = self.updates.len().saturating_sub(REMEMBERED);
        self.updates.drain(..over);
    }
}

impl Part {
    pub fn path(&self, folder: &Path) -> PathBuf {
        folder.join(DATA).join(&self.file)
    }

    fn check(&self, folder: &Path) -> Result<(), Error> {
        let path = self.path(folder);
        // A catalogue from elsewhere must not name files outside its folder.
        if self.file.contains(['/', '\\']) || self.file.starts_with('.') {
            return Err(Error::broken(&folder.join(FILE), format!("names a file outside its folder: {}", self.file)));
        }
        let there = std::fs::metadata(&path).map_err(Error::io(&path))?.len();
        if there != self.bytes {
            return Err(Error::broken(
                &path,
                format!("has {there} bytes where the catalogue says {}: broken off or changed", self.bytes),
            ));
        }
        Ok(())
    }
}

/// Writes a file beside its place and moves it there when it is on the disk.
pub(crate) fn replace(place: &Path, bytes: &[u8]) -> Result<(), Error> {
    let part = place.with_extension("part");
    let mut file = File::create(&part).map_err(Error::io(&part))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io(&part))?;
    std::fs::rename(&part, place).map_err(Error::io(place))
}

fn sync_folder(folder: &Path) -> Result<(), Error> {
    // Where folders can't be opened the renaming has to do.
    match File::open(folder) {
        Ok(file) => file.sync_all().or(Ok(())),
        Err(_) => Ok(()),
    }
}

/// That nobody else writes here. The system takes it back when the program ends, however it ends.
pub struct Lock {
    _file: File,
}

impl Lock {
    pub fn take(folder: &Path) -> Result<Self, Error> {
        let data = folder.join(DATA);
        std::fs::create_dir_all(&data).map_err(Error::io(&data))?;
        let path = folder.join(LOCK);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(Error::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(Error::Busy { path }),
            Err(std::fs::TryLockError::Error(error)) => Err(Error::io(&path)(error)),
        }
    }
}

/// Files that no state needs any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    pub files: u64,
    pub bytes: u64,
}

/// Removes files that the present state doesn't name and that are older than `older` seconds: whoever still reads an earlier state
/// has had that long to end.
pub fn sweep(folder: &Path, older: u64) -> Result<Swept, Error> {
    let _lock = Lock::take(folder)?;
    let catalogue = Catalogue::read(folder)?;
    let kept: std::collections::HashSet<&str> = catalogue.all_parts().map(|part| part.file.as_str()).collect();
    let mut swept = Swept::default();
    let data = folder.join(DATA);
    for entry in std::fs::read_dir(&data).map_err(Error::io(&data))? {
        let entry = entry.map_err(Error::io(&data))?;
        let Ok(found) = entry.metadata() else { continue };
        let name = entry.file_name();
        let named = name.to_str().is_some_and(|name| kept.contains(name));
        let age = found.modified().ok().and_then(|at| at.elapsed().ok()).map_or(0, |age| age.as_secs());
        if found.is_file() && !named && age >= older {
            std::fs::remove_file(entry.path()).map_err(Error::io(&entry.path()))?;
            swept.files += 1;
            swept.bytes += found.len();
        }
    }
    let work = folder.join(WORK);
    if work.is_dir() {
        std::fs::remove_dir_all(&work).map_err(Error::io(&work))?;
    }
    Ok(swept)
}
