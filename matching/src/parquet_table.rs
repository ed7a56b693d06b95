//! Records out of Parquet files, read row by row with the columns that are wanted only.

use std::fs::File;
use std::path::Path;

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use crate::error::Error;
use crate::record::Record;
use crate::table::{BATCH, record};

pub(crate) fn read_records(
    path: &Path,
    places: impl FnOnce(&[String]) -> Result<[Option<usize>; 11], Error>,
    mut with: impl FnMut(&[Record<'_>], u64) -> Result<(), Error>,
) -> Result<(), Error> {
    let bad = |source: ParquetError| Error::Parquet { path: path.to_owned(), source };
    let file = File::open(path).map_err(Error::io(path))?;
    let size = file.metadata().map_err(Error::io(path))?.len();
    let reader = SerializedFileReader::new(file).map_err(bad)?;
    let meta = reader.metadata().file_metadata();
    let total = u64::try_from(meta.num_rows()).unwrap_or(0).max(1);
    let header: Vec<String> =
        meta.schema_descr().root_schema().get_fields().iter().map(|f| f.name().to_owned()).collect();
    let places = places(&header)?;
    let mut rows: Vec<Vec<String>> = Vec::with_capacity(BATCH);
    let mut done = 0u64;
    let mut give = |rows: &mut Vec<Vec<String>>| {
        done += rows.len() as u64;
        let records: Vec<Record<'_>> =
            rows.iter().map(|row| record(|at| row.get(at).map(String::as_str), &places)).collect();
        let told = with(&records, (u128::from(size) * u128::from(done) / u128::from(total)) as u64);
        rows.clear();
        told
    };
    for row in reader.get_row_iter(None).map_err(bad)? {
        let row = row.map_err(bad)?;
        let cells = row.get_column_iter().map(|(_, cell)| match cell {
            Field::Null => String::new(),
            Field::Str(text) => text.clone(),
            Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
            other => other.to_string(),
        });
        rows.push(cells.collect());
        if rows.len() == BATCH {
            give(&mut rows)?;
        }
    }
    if rows.is_empty() { Ok(()) } else { give(&mut rows) }
}
