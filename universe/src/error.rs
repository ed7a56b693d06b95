//! What can go wrong with a universe and the files it is made from, in words.

use std::path::{Path, PathBuf};

use crate::day::Day;

/// Why something could not be done. Nothing is left half-written: what stood before still stands.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}: can’t be read or written", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}: not readable as Parquet, or broken off", path.display())]
    Parquet { path: PathBuf, source: parquet::errors::ParquetError },
    #[error("{}: {reason}", path.display())]
    Broken { path: PathBuf, reason: String },
    #[error("{}: written by version {found} of this program’s format; this one knows {known}. Use a program of that version, or import anew into an empty folder", path.display())]
    Version { path: PathBuf, found: u32, known: u32 },
    #[error("{}: holds no universe. Bring a source in first: oases universe import", path.display())]
    None { path: PathBuf },
    #[error("{}: another program is writing here. Wait for it to end", path.display())]
    Busy { path: PathBuf },
    #[error("{}, byte {at}: {reason}", path.display())]
    Xml { path: PathBuf, at: u64, reason: String },
    #[error("{}: {reason}", path.display())]
    Sheet { path: PathBuf, reason: String },
    #[error("the column map, {place}: {reason}")]
    Map { place: String, reason: String },
    #[error("{}: has no column “{column}”; it has {has}", path.display())]
    NoColumn { path: PathBuf, column: String, has: String },
    #[error("{}: a file that holds only what changed; bring it in with “universe update”", path.display())]
    Delta { path: PathBuf },
    #[error("“{0}” is no name for a source: small letters, digits and hyphens, 40 at most")]
    SourceName(String),
    #[error("there is no source “{0}” yet; bring its whole file in with “universe import” first")]
    NoSource(String),
    #[error(
        "{bad} of {read} rows can’t be used, which is more than one in ten: nothing was changed. {}",
        see(told, first)
    )]
    TooBad { bad: u64, read: u64, told: Option<PathBuf>, first: Vec<String> },
    #[error("the files hold no record that can be used: nothing was changed")]
    Empty,
    #[error(
        "the files stand at {day}, and “{source_name}” is held as at {held}: a whole file that is older would undo what came since. Say the day they stand at if this is wrong (--as-at DAY)"
    )]
    Older { source_name: String, day: Day, held: Day },
    #[error("the files stand at {day}, a day that is yet to come; today is {today}")]
    Future { day: Day, today: Day },
    #[error(
        "{ended} of {held} {what} of “{source_name}” would end, which is more than one in five: nothing was changed. If they have ended, say so (--ends-many); if the file holds only what changed, bring it in with “universe update”"
    )]
    EndsMany { source_name: String, what: &'static str, ended: u64, held: u64 },
    #[error("matching: {0}")]
    Matching(#[from] matching::Error),
    #[error("stopped")]
    Stopped,
    #[error("{0}")]
    Engine(String),
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    /// What goes wrong while a file is unpacked: mostly that it was broken off on its way.
    pub(crate) fn packed(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| match source.kind() {
            std::io::ErrorKind::UnexpectedEof => {
                Self::Broken { path, reason: "broken off: it ends before its end".to_owned() }
            }
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => {
                Self::Broken { path, reason: format!("can’t be unpacked: {source}") }
            }
            _ => Self::Io { path, source },
        }
    }

    pub(crate) fn parquet(path: &Path) -> impl FnOnce(parquet::errors::ParquetError) -> Self + use<> {
        let path = path.to_owned();
        move |source| match source {
            parquet::errors::ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
                Ok(source) => Self::Io { path, source: *source },
                Err(inner) => Self::Parquet { path, source: parquet::errors::ParquetError::External(inner) },
            },
            source => Self::Parquet { path, source },
        }
    }

    pub(crate) fn arrow(path: &Path) -> impl FnOnce(arrow_schema::ArrowError) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Parquet { path, source: source.into() }
    }

    pub(crate) fn broken(path: &Path, reason: impl Into<String>) -> Self {
        Self::Broken { path: path.to_owned(), reason: reason.into() }
    }
}

/// Where the rows that can't be used are told, or the first of them where no list was written.
fn see(told: &Option<PathBuf>, first: &[String]) -> String {
    match told {
        Some(told) => format!("See {}", told.display()),
        None => first.join("; "),
    }
}
