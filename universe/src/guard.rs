//! Files as streams within limits: packed ones unpacked as they go by, endless ones ended.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use crate::error::Error;

/// How much of a file is taken before it is refused.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes a packed file may unpack to.
    pub unpacked: u64,
    /// How many times larger than itself a packed file may become, once past the first 64 MB.
    pub ratio: u64,
    /// Bytes of one record.
    pub record: u64,
    /// Levels of one XML element in another.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { unpacked: 256 << 30, ratio: 250, record: 1 << 20, depth: 32 }
    }
}

const SLACK: u64 = 64 << 20;

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    Plain,
    Gz,
    /// A zip of one data file; a workbook, which is a zip of many, isn't one.
    Zip,
}

pub fn packing(path: &Path) -> Result<Packing, Error> {
    let mut head = [0u8; 4];
    let got = File::open(path).and_then(|mut file| file.read(&mut head)).map_err(Error::io(path))?;
    Ok(match &head[..got] {
        [0x1f, 0x8b, ..] => Packing::Gz,
        b"PK\x03\x04" => {
            let names = zipped(path)?;
            if names.iter().any(|name| name == "[Content_Types].xml") { Packing::Plain } else { Packing::Zip }
        }
        _ => Packing::Plain,
    })
}

fn zipped(path: &Path) -> Result<Vec<String>, Error> {
    let file = File::open(path).map_err(Error::io(path))?;
    let zip =
        zip::ZipArchive::new(file).map_err(|error| Error::broken(path, format!("not readable as a zip: {error}")))?;
    Ok(zip.file_names().map(str::to_owned).collect())
}

/// Opens a file and hands its unpacked bytes to `with`.
pub fn unpacked<T>(
    path: &Path,
    limits: &Limits,
    with: impl FnOnce(&mut dyn Read) -> Result<T, Error>,
) -> Result<T, Error> {
    let file = File::open(path).map_err(Error::io(path))?;
    let size = file.metadata().map_err(Error::io(path))?.len();
    let most = limits.unpacked.min(size.saturating_mul(limits.ratio).max(SLACK));
    match packing(path)? {
        Packing::Plain => with(&mut BufReader::with_capacity(1 << 20, file)),
        Packing::Gz => {
            let unpacked = flate2::read::MultiGzDecoder::new(BufReader::with_capacity(1 << 18, file));
            with(&mut Within { inner: unpacked, left: most })
        }
        Packing::Zip => {
            let mut zip = zip::ZipArchive::new(BufReader::with_capacity(1 << 18, file))
                .map_err(|error| Error::broken(path, format!("not readable as a zip: {error}")))?;
            let data: Vec<usize> =
                (0..zip.len()).filter(|at| zip.name_for_index(*at).is_some_and(|n| !n.ends_with('/'))).collect();
            let [only] = data[..] else {
                return Err(Error::broken(path, format!("a zip of {} files; one is expected", data.len())));
            };
            let entry =
                zip.by_index(only).map_err(|error| Error::broken(path, format!("not readable as a zip: {error}")))?;
            with(&mut Within { inner: entry, left: most })
        }
    }
}

/// Ends the reading of what unpacks past all sense.
struct Within<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Within<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let some = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(some as u64)
            .ok_or_else(|| io::Error::new(io::ErrorKind::FileTooLarge, "unpacks to more than is taken"))?;
        Ok(some)
    }
}

/// How many bytes may still go by before the next record must have begun, and how many went by.
#[derive(Clone, Default)]
pub struct Budget {
    left: Rc<Cell<u64>>,
    gone: Rc<Cell<u64>>,
}

impl Budget {
    pub fn renew(&self, bytes: u64) {
        self.left.set(bytes);
    }

    pub fn gone(&self) -> u64 {
        self.gone.get()
    }
}

/// A buffered reader that ends when a record outgrows its budget, before it fills the memory.
pub struct Guarded<R> {
    inner: BufReader<R>,
    budget: Budget,
}

impl<R: Read> Guarded<R> {
    pub fn new(inner: R, budget: Budget) -> Self {
        Self { inner: BufReader::with_capacity(1 << 16, inner), budget }
    }
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let some = self.fill_buf()?.read(buffer)?;
        self.consume(some);
        Ok(some)
    }
}

impl<R: Read> BufRead for Guarded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.budget.left.get() == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a record is larger than is taken"));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, some: usize) {
        let some_bytes = some as u64;
        self.budget.left.set(self.budget.left.get().saturating_sub(some_bytes));
        self.budget.gone.set(self.budget.gone.get() + some_bytes);
        self.inner.consume(some);
    }
}
