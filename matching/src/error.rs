//! What can go wrong with files and models, in words.

use std::path::{Path, PathBuf};

/// Why a job on files could not be done. Nothing is left half-written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{}: can’t be read or written", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    #[error("{}: is empty", path.display())]
    Empty { path: PathBuf },
    #[error("{}: not readable as a table", path.display())]
    Table { path: PathBuf, source: csv::Error },
    #[error("{}, row {row}: not UTF-8. Name the encoding of the file (--encoding), such as big5 or gb18030", path.display())]
    Encoding { path: PathBuf, row: u64 },
    #[error(
        "{}, record {row}: not in {encoding}. Name the encoding of the file (--encoding), such as big5 or gb18030",
        path.display()
    )]
    Broken { path: PathBuf, row: u64, encoding: &'static str },
    #[error(
        "there is no encoding “{0}”; there are utf-8, big5, gb18030, shift_jis, euc-kr, utf-16le, windows-1252 and others"
    )]
    NoEncoding(String),
    #[error("{}: is neither CSV nor Parquet. Unpack it if it is packed, or save the sheet as CSV, and try again", path.display())]
    Foreign { path: PathBuf },
    #[error("{}: has no column “{column}”; it has {has}. Name the columns in a map (--columns FILE)", path.display())]
    NoColumn { path: PathBuf, column: String, has: String },
    #[error("the column map names a field “{0}”, which there is none of")]
    NoField(String),
    #[error("the column map, line {line}: {reason}")]
    Map { line: usize, reason: String },
    #[error("{}: two records have the id “{id}”", path.display())]
    TwiceId { path: PathBuf, id: String },
    #[error("{}: would be written over {}, which is read. Name another file", path.display(), other.display())]
    Overwrites { path: PathBuf, other: PathBuf },
    #[error("{}: is {}, which is written too. Name another file", path.display(), other.display())]
    TwoOutputs { path: PathBuf, other: PathBuf },
    #[error("{}: there is no folder {}", path.display(), folder.display())]
    NoFolder { path: PathBuf, folder: PathBuf },
    #[error("{}: is a folder. Name a file", path.display())]
    IsFolder { path: PathBuf },
    #[error("{}, line {line}: {reason}", path.display())]
    Decision { path: PathBuf, line: u64, reason: String },
    #[error("{}, {lines}: {what}. Take out what no longer holds", path.display())]
    Contradiction { path: PathBuf, lines: String, what: String },
    #[error("{}, row {row}: has {cells} cells where the header has {header}", path.display())]
    Ragged { path: PathBuf, row: u64, cells: usize, header: usize },
    #[error("{}, line {line}: a quotation mark opens a cell and none closes it", path.display())]
    OpenQuote { path: PathBuf, line: u64 },
    #[error("{}: two columns are headed “{column}”", path.display())]
    TwiceColumn { path: PathBuf, column: String },
    #[error(
        "{}, line {line}: is UTF-8, and other lines are not. Bring the file to one encoding, or name it (--encoding)",
        path.display()
    )]
    Mixed { path: PathBuf, line: usize },
    #[error("there is no record “{0}”")]
    NoRecord(String),
    #[error("“{0}” is named twice: name two records")]
    OneRecord(String),
    #[error("{}: is a model of version {found}; this program reads version {known}. Train it anew", path.display())]
    ModelVersion { path: PathBuf, found: i64, known: u32 },
    #[error("{}: not a model: {reason}", path.display())]
    Model { path: PathBuf, reason: String },
    #[error("more than 4,294,967,295 records")]
    TooMany,
    #[error("memory “{0}” is no size such as 2GB or 500MB")]
    Memory(String),
    #[cfg(feature = "parquet")]
    #[error("{}: not readable as Parquet", path.display())]
    Parquet { path: PathBuf, source: parquet::errors::ParquetError },
    #[cfg(feature = "parquet")]
    #[error("{}: the column “{column}” holds neither text nor whole numbers", path.display())]
    ParquetColumn { path: PathBuf, column: String },
    #[cfg(feature = "parquet")]
    #[error("{}, row {row}: the column “{column}” is not UTF-8", path.display())]
    ParquetText { path: PathBuf, row: u64, column: String },
    #[error("{}: is not the file it was when the job began", path.display())]
    Changed { path: PathBuf },
    #[error("weighing pairs elsewhere failed: {0}")]
    Elsewhere(Box<dyn std::error::Error + Send + Sync>),
    #[error("{}: is a Parquet file, and this program was built without a reader for it", path.display())]
    NoParquet { path: PathBuf },
}

impl Error {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    pub(crate) fn table(path: &Path) -> impl FnOnce(csv::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| match source.kind() {
            csv::ErrorKind::Utf8 { pos, .. } => {
                Self::Encoding { path, row: pos.as_ref().map_or(0, csv::Position::record) }
            }
            csv::ErrorKind::Io(_) => match source.into_kind() {
                csv::ErrorKind::Io(source) => Self::Io { path, source },
                _ => Self::Empty { path },
            },
            _ => Self::Table { path, source },
        }
    }
}
