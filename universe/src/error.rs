//! What can go wrong with a universe and the files it is made from, in words.

use std::path::{Path, PathBuf};

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
    #[error("{bad} of {read} rows can’t be used, which is more than one in ten: nothing was changed. See {}", told.display())]
    TooBad { bad: u64, read: u64, told: PathBuf },
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
