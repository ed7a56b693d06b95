//! The rows of a file that something is said of, as a file to mend and send again.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::write::failed;
use crate::{ReadOptions, SheetError, as_it_came, guarded, open};

/// The column of a file to mend that says what is wrong. A file that is read as it was sent has it passed over.
pub const PROBLEMS: &str = "problems (Oases)";

/// Writes the rows of a file that have something said of them, by their numbers, to a CSV file of the same columns and
/// one more. Every row stands as it came: cells beyond the headers follow what is said, and bytes that were no characters
/// are shown as such. Answers how many rows were written.
pub fn write_problem_file(
    source: &Path,
    options: &ReadOptions,
    said: &HashMap<u64, String>,
    to: &Path,
) -> Result<u64, SheetError> {
    let mut sheet = open(source, options)?;
    let mut out = BufWriter::new(File::create(to).map_err(failed)?);
    // The mark tells Excel that Chinese is UTF-8.
    out.write_all("\u{FEFF}".as_bytes()).map_err(failed)?;
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .delimiter(sheet.delimiter)
        .flexible(true)
        .from_writer(out);
    let headers: Vec<String> = sheet.headers().iter().map(|header| as_it_came(header)).collect();
    let width = headers.len();
    writer.write_record(headers.iter().map(String::as_str).chain([PROBLEMS])).map_err(failed)?;
    let mut written = 0;
    while let Some(next) = sheet.next_row() {
        let (number, cells) = match next {
            Ok(row) => (row.number, row.cells),
            Err(SheetError { row: Some(number), cells, .. }) => (number, cells),
            Err(error) => return Err(error),
        };
        let Some(words) = said.get(&number) else { continue };
        let cell = |place: usize| cells.get(place).map(|cell| as_it_came(cell)).unwrap_or_default();
        let row = (0..width).map(cell).chain([guarded(words)]).chain((width..cells.len()).map(cell));
        writer.write_record(row).map_err(failed)?;
        written += 1;
    }
    writer.flush().map_err(failed)?;
    Ok(written)
}
