//! Pairs weighed elsewhere: what another process needs for it, and how pairs travel there.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::error::Error;
use crate::job::Job;
use crate::model::{Model, Scales};
use crate::table::Columns;
use crate::work::packed;

/// Whoever weighs pairs in a job's stead.
pub trait Elsewhere {
    /// Has all parts weighed by `task`, and gives what came of each to `keep`, in any order. `here` weighs pairs in this process:
    /// what comes from elsewhere must be the same bytes.
    fn weigh(
        &mut self,
        task: &Task,
        parts: &[Part],
        here: &dyn Fn(&[u64]) -> Vec<u8>,
        keep: &mut dyn FnMut(usize, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error>;
}

/// All that is needed to weigh pairs: the records they are of, and the model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    pub records: Vec<PathBuf>,
    /// Bytes of each of the files.
    pub sizes: Vec<u64>,
    pub columns: Columns,
    pub encoding: Option<String>,
    pub model: String,
    /// Whether pairs of kin are wanted.
    pub with_kin: bool,
}

/// Pairs in a Parquet file of one column, `pair`: the lower record in the upper half, both numbered as they came.
#[derive(Clone, Debug)]
pub struct Part {
    pub at: usize,
    pub place: PathBuf,
    /// How many.
    pub pairs: usize,
}

/// Pairs of one group of a part's file.
pub const GROUP: usize = 1 << 15;

/// Records read, ready to weigh their pairs.
pub struct Weigher {
    corpus: Corpus,
    scales: Scales,
    with_kin: bool,
}

impl Weigher {
    pub fn open(task: &Task) -> Result<Self, Error> {
        let mut job = Job::new("");
        job.records.clone_from(&task.records);
        job.columns.clone_from(&task.columns);
        job.encoding.clone_from(&task.encoding);
        if sizes(&job.records)? != task.sizes {
            let path = task.records.first().cloned().unwrap_or_default();
            return Err(Error::Changed { path });
        }
        let (corpus, _) = job.read(&mut |_, _, _| {})?;
        let scales = Scales::new(&Model::from_text(&task.model, Path::new("model"))?, corpus.len());
        Ok(Self { corpus, scales, with_kin: task.with_kin })
    }

    /// What is worth keeping of pairs, packed.
    pub fn weigh(&self, pairs: &[u64]) -> Result<Vec<u8>, Error> {
        let count = self.corpus.len() as u64;
        // A pair comes from another process: it must not reach beyond the records.
        if let Some(pair) = pairs.iter().find(|pair| (**pair >> 32) >= count || u64::from(**pair as u32) >= count) {
            return Err(Error::NoRecord(pair.to_string()));
        }
        Ok(packed(&self.corpus.edges(pairs, &self.scales, self.with_kin)))
    }
}

pub(crate) fn sizes(files: &[PathBuf]) -> Result<Vec<u64>, Error> {
    files.iter().map(|path| Ok(std::fs::metadata(path).map_err(Error::io(path))?.len())).collect()
}

#[cfg(feature = "parquet")]
impl Part {
    pub(crate) fn write(at: usize, place: PathBuf, pairs: &[u64]) -> Result<Self, Error> {
        crate::parquet_table::write_pairs(&place, pairs)?;
        Ok(Self { at, place, pairs: pairs.len() })
    }

    /// The pairs of some groups, as they were written.
    pub fn read(&self, groups: std::ops::Range<usize>) -> Result<Vec<u64>, Error> {
        crate::parquet_table::read_pairs(&self.place, groups)
    }
}

#[cfg(not(feature = "parquet"))]
impl Part {
    pub(crate) fn write(_: usize, path: PathBuf, _: &[u64]) -> Result<Self, Error> {
        Err(Error::NoParquet { path })
    }
}
