//! Pairs by partition, in memory as long as they fit, on disk beyond.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::error::Error;

/// Records of one partition: pairs lie in the partition of their lower record.
const RECORDS: usize = 1 << 16;

struct Partition {
    held: Vec<u64>,
    file: Option<BufWriter<File>>,
    failed: Option<Error>,
}

/// A store of pairs that spills into a folder when more than `most` are held.
pub(crate) struct Pairs {
    partitions: Vec<Mutex<Partition>>,
    folder: PathBuf,
    held: AtomicUsize,
    most: usize,
}

impl Pairs {
    pub fn new(records: usize, folder: &Path, most: usize) -> Self {
        let count = records.div_ceil(RECORDS).max(1);
        let partitions =
            (0..count).map(|_| Mutex::new(Partition { held: Vec::new(), file: None, failed: None })).collect();
        Self { partitions, folder: folder.to_owned(), held: AtomicUsize::new(0), most }
    }

    pub fn partitions(&self) -> usize {
        self.partitions.len()
    }

    fn place(&self, at: usize) -> PathBuf {
        self.folder.join(format!("pairs-{at:05}"))
    }

    /// Takes pairs in; an error of the disk is kept for [`Pairs::take`] to tell.
    pub fn add(&self, mut pairs: Vec<u64>) {
        pairs.sort_unstable();
        pairs.dedup();
        for part in pairs.chunk_by(|a, b| partition_of(*a) == partition_of(*b)) {
            if let Some(Ok(mut partition)) = self.partitions.get(partition_of(part[0])).map(Mutex::lock) {
                partition.held.extend_from_slice(part);
            }
        }
        if self.held.fetch_add(pairs.len(), Ordering::Relaxed) + pairs.len() > self.most {
            self.held.store(0, Ordering::Relaxed);
            self.spill();
        }
    }

    fn spill(&self) {
        for (at, partition) in self.partitions.iter().enumerate() {
            let Ok(mut partition) = partition.lock() else { continue };
            let mut held = std::mem::take(&mut partition.held);
            held.sort_unstable();
            held.dedup();
            let place = self.place(at);
            let written = match &mut partition.file {
                Some(file) => write(file, &held).map_err(Error::io(&place)),
                None => File::create(&place).map_err(Error::io(&place)).and_then(|file| {
                    let mut file = BufWriter::with_capacity(1 << 16, file);
                    write(&mut file, &held).map_err(Error::io(&place))?;
                    partition.file = Some(file);
                    Ok(())
                }),
            };
            if let Err(error) = written {
                partition.failed.get_or_insert(error);
            }
        }
    }

    /// The wanted pairs of a partition, each once, in order. May be asked for again.
    pub fn some(&self, at: usize, wanted: impl Fn(u64) -> bool + Sync) -> Result<Vec<u64>, Error> {
        let Ok(mut partition) = self.partitions[at].lock() else { return Ok(Vec::new()) };
        let mut pairs: Vec<u64> = partition.held.par_iter().copied().filter(|pair| wanted(*pair)).collect();
        self.spilt(at, &mut partition, &wanted, &mut pairs)?;
        Ok(in_order(pairs))
    }

    /// All pairs of a partition, each once, in order; they are forgotten.
    pub fn take(&self, at: usize) -> Result<Vec<u64>, Error> {
        let Ok(mut partition) = self.partitions[at].lock() else { return Ok(Vec::new()) };
        let mut pairs = std::mem::take(&mut partition.held);
        self.spilt(at, &mut partition, |_| true, &mut pairs)?;
        if partition.file.take().is_some() {
            let _ = std::fs::remove_file(self.place(at));
        }
        Ok(in_order(pairs))
    }

    fn spilt(
        &self,
        at: usize,
        partition: &mut Partition,
        wanted: impl Fn(u64) -> bool,
        pairs: &mut Vec<u64>,
    ) -> Result<(), Error> {
        if let Some(error) = partition.failed.take() {
            return Err(error);
        }
        if let Some(file) = &mut partition.file {
            let place = self.place(at);
            file.flush().map_err(Error::io(&place))?;
            read(&place, wanted, pairs)?;
        }
        Ok(())
    }
}

fn partition_of(pair: u64) -> usize {
    (pair >> 32) as usize / RECORDS
}

fn write(file: &mut impl Write, pairs: &[u64]) -> std::io::Result<()> {
    pairs.iter().try_for_each(|pair| file.write_all(&pair.to_le_bytes()))
}

fn in_order(mut pairs: Vec<u64>) -> Vec<u64> {
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

fn read(place: &Path, wanted: impl Fn(u64) -> bool, pairs: &mut Vec<u64>) -> Result<(), Error> {
    let file = File::open(place).map_err(Error::io(place))?;
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut eight = [0u8; 8];
    loop {
        match file.read_exact(&mut eight) {
            Ok(()) => pairs.extend(Some(u64::from_le_bytes(eight)).filter(|pair| wanted(*pair))),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(source) => return Err(Error::Io { path: place.to_owned(), source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs() -> Vec<u64> {
        (0..5000u64).map(|n| (n * 97 % 200_000) << 32 | (n * 13 % 300_000)).collect()
    }

    fn all(store: &Pairs) -> Result<Vec<u64>, Error> {
        let mut all = Vec::new();
        for at in 0..store.partitions() {
            all.extend(store.take(at)?);
        }
        Ok(all)
    }

    #[test]
    fn what_spills_is_what_was_put_in() {
        let folder = tempfile::tempdir().expect("a folder");
        let stores = [Pairs::new(300_000, folder.path(), usize::MAX), Pairs::new(300_000, folder.path(), 700)];
        for store in &stores {
            for part in pairs().chunks(100) {
                store.add(part.to_vec());
                store.add(part.to_vec());
            }
        }
        assert!(std::fs::read_dir(folder.path()).expect("a folder").count() > 0, "something spilt");
        let wanted = |pair: u64| pair.is_multiple_of(3);
        let some = stores.each_ref().map(|store| {
            (0..store.partitions()).flat_map(|at| store.some(at, wanted).expect("pairs")).collect::<Vec<u64>>()
        });
        let [held, spilt] = stores.map(|store| all(&store).expect("pairs"));
        let picked: Vec<u64> = held.iter().copied().filter(|pair| wanted(*pair)).collect();
        assert_eq!(some, [picked.clone(), picked], "picked before they are taken, from wherever they are");
        assert_eq!(held, spilt);
        assert_eq!(held.len(), 5000);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "and is gone");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink("/dev/full", folder.path().join("pairs-00000")).expect("a link");
        let store = Pairs::new(300_000, folder.path(), 700);
        pairs().chunks(100).for_each(|part| store.add(part.to_vec()));
        let told = all(&store).expect_err("a full disk").to_string();
        assert!(told.contains("pairs-00000"), "{told}");
    }
}
