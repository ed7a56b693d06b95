//! Half-done work of an import: what a killed one had finished is found again when the same one is run again.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::catalogue::{WORK, replace};
use crate::error::Error;
use crate::record::{Record, put_number, take_number};

/// Into so many files records are dealt before they are compared: no table has more parts.
pub(crate) const DEALT: usize = 128;
/// About so many rows of a part: what is held in memory at once, twice.
const ROWS: u64 = 128 * 1024;

/// How many parts a table of so many rows has: a power of two.
pub(crate) fn parts_for(rows: u64) -> usize {
    usize::try_from(rows.div_ceil(ROWS)).unwrap_or(DEALT).clamp(1, DEALT).next_power_of_two()
}

pub(crate) struct Work {
    pub folder: PathBuf,
}

impl Work {
    /// Goes on with what is there if it was made from the same, or starts anew.
    pub fn open(universe: &Path, mark: &str) -> Result<Self, Error> {
        let folder = universe.join(WORK);
        let place = folder.join("mark");
        if std::fs::read_to_string(&place).ok().as_deref() != Some(mark) {
            let _ = std::fs::remove_dir_all(&folder);
            std::fs::create_dir_all(&folder).map_err(Error::io(&folder))?;
            replace(&place, mark.as_bytes())?;
        }
        Ok(Self { folder })
    }

    pub fn done<T: DeserializeOwned>(&self, step: &str) -> Option<T> {
        let text = std::fs::read(self.folder.join(format!("{step}.json"))).ok()?;
        serde_json::from_slice(&text).ok()
    }

    pub fn keep<T: Serialize>(&self, step: &str, what: &T) -> Result<(), Error> {
        let place = self.folder.join(format!("{step}.json"));
        let text = serde_json::to_vec(what).map_err(|error| Error::broken(&place, error.to_string()))?;
        replace(&place, &text)
    }

    pub fn remove(self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Records dealt into files by a hash.
pub(crate) struct Dealing {
    files: Vec<(PathBuf, BufWriter<File>)>,
    buffer: Vec<u8>,
}

impl Dealing {
    pub fn create(folder: &Path, name: &str) -> Result<Self, Error> {
        let files = (0..DEALT)
            .map(|at| {
                let place = folder.join(format!("{name}-{at:03}"));
                let file = File::create(&place).map_err(Error::io(&place))?;
                Ok((place, BufWriter::with_capacity(1 << 15, file)))
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self { files, buffer: Vec::new() })
    }

    /// `tag` and `company` go with the record.
    pub fn put(&mut self, hash: u64, tag: u64, company: u64, record: &Record) -> Result<(), Error> {
        self.buffer.clear();
        put_number(&mut self.buffer, tag);
        self.buffer.extend(company.to_le_bytes());
        record.spool(&mut self.buffer);
        let (place, file) = &mut self.files[crate::id::part(hash, DEALT)];
        file.write_all(&self.buffer).map_err(Error::io(place))
    }

    pub fn finish(self) -> Result<(), Error> {
        for (place, mut file) in self.files {
            file.flush().map_err(Error::io(&place))?;
        }
        Ok(())
    }
}

/// One record off a dealt file.
pub(crate) struct Dealt {
    pub tag: u64,
    pub company: u64,
    pub record: Record,
}

/// Everything of the dealt files that one of so many parts is made of.
pub(crate) fn dealt(folder: &Path, name: &str, part: usize, parts: usize) -> Result<Vec<Dealt>, Error> {
    let mut all = Vec::new();
    for at in (part..DEALT).step_by(parts) {
        let place = folder.join(format!("{name}-{at:03}"));
        let mut bytes = Vec::new();
        File::open(&place).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(Error::io(&place))?;
        let mut from = &bytes[..];
        while !from.is_empty() {
            all.push(take(&mut from).ok_or_else(|| Error::broken(&place, "broken off"))?);
        }
    }
    Ok(all)
}

/// Makes room: what a finished part was made of isn't needed again.
pub(crate) fn used(folder: &Path, name: &str, part: usize, parts: usize) {
    for at in (part..DEALT).step_by(parts) {
        let _ = std::fs::remove_file(folder.join(format!("{name}-{at:03}")));
    }
}

fn take(from: &mut &[u8]) -> Option<Dealt> {
    let tag = take_number(from)?;
    let (company, rest) = from.split_first_chunk::<8>()?;
    *from = rest;
    Some(Dealt { tag, company: u64::from_le_bytes(*company), record: Record::unspool(from)? })
}
