//! Excel: what it unpacks to weighed before anything is parsed, then read cell by cell.

use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};

use calamine::{Data, DataRef, Reader, Xlsx, open_workbook};

use crate::xlsx_scan::scan;
use crate::{ReadOptions, Rows, Sheet, SheetError, SheetRow};

/// Rows come from a thread of their own: the parser's borrows would not fit into one struct, and
/// a panic of it becomes an error here.
pub(crate) struct XlsxRows {
    rows: Receiver<Result<SheetRow, SheetError>>,
}

impl XlsxRows {
    pub(crate) fn next_row(&mut self) -> Option<Result<SheetRow, SheetError>> {
        self.rows.recv().ok()
    }
}

pub(crate) fn open(path: &Path, options: &ReadOptions) -> Result<Sheet, SheetError> {
    let mut found = scan(path, &options.limits)?;
    let names = guarded(|| {
        let workbook: Xlsx<BufReader<File>> = open_workbook(path).map_err(broken)?;
        Ok(workbook.sheet_names())
    })?;
    let wanted = match &options.worksheet {
        Some(name) if names.contains(name) => name.clone(),
        Some(name) => return Err(SheetError::new("sheet-no-such-worksheet").arg("name", name)),
        None => names.first().cloned().ok_or_else(|| SheetError::new("sheet-empty"))?,
    };
    let formulas = found.formulas(&wanted);
    let count = formulas.count;
    // Few wait: each may be as large as a record may be.
    let (send, rows) = sync_channel(64);
    let (path, limits) = (path.to_owned(), options.limits);
    std::thread::spawn(move || {
        let told = send.clone();
        let done = guarded(|| {
            let mut workbook: Xlsx<BufReader<File>> = open_workbook(&path).map_err(broken)?;
            let mut cells = workbook.worksheet_cells_reader(&wanted).map_err(broken)?;
            let mut row = SheetRow { number: 0, cells: Vec::new() };
            let (mut bad, mut bytes): (Option<SheetError>, usize) = (None, 0);
            loop {
                let cell = cells.next_cell().map_err(broken)?;
                let position = cell.as_ref().map(|cell| cell.get_position());
                if position.map(|(number, _)| u64::from(number) + 1) != Some(row.number) {
                    let whole = std::mem::replace(&mut row, SheetRow { number: 0, cells: Vec::new() });
                    bytes = 0;
                    let unvalued = formulas.unvalued.get(&whole.number).filter(|_| bad.is_none());
                    if let Some(place) = unvalued {
                        let error = SheetError::new("sheet-formula-unvalued").at(whole.number).arg("cell", place);
                        bad = Some(error);
                    }
                    let item = match bad.take() {
                        Some(error) => Err(error.of(whole.cells)),
                        None => Ok(whole),
                    };
                    let is_row = !matches!(&item, Ok(row) if row.number == 0);
                    if is_row && send.send(item).is_err() {
                        return Ok(());
                    }
                }
                let (Some(cell), Some((number, column))) = (cell, position) else { return Ok(()) };
                row.number = u64::from(number) + 1;
                let column = column as usize;
                if row.number > limits.rows {
                    return Err(SheetError::new("sheet-too-many-rows").arg("most", limits.rows));
                }
                if column >= limits.columns * 4 {
                    return Err(SheetError::new("sheet-too-many-columns").arg("most", limits.columns));
                }
                if row.cells.len() <= column {
                    row.cells.resize(column + 1, String::new());
                }
                match written(cell.get_value()) {
                    Ok(text) if text.len() > limits.cell_bytes => {
                        let error = SheetError::new("sheet-cell-too-large").arg("column", crate::letters(column));
                        bad = Some(error.arg("most", limits.cell_bytes >> 10).at(row.number));
                    }
                    // The same long text may stand in every cell of a row.
                    Ok(text) if bytes + text.len() > limits.record_bytes => {
                        bad = Some(SheetError::new("sheet-record-too-large").arg("row", row.number).at(row.number));
                    }
                    Ok(text) => {
                        bytes += text.len();
                        row.cells[column] = text;
                    }
                    Err(()) => {
                        let place = format!("{}{}", crate::letters(column), row.number);
                        bad = Some(SheetError::new("sheet-cell-error").at(row.number).arg("cell", place));
                    }
                }
            }
        });
        if let Err(error) = done {
            let _ = told.send(Err(SheetError { row: None, ..error }));
        }
    });
    let mut rows = Rows::Xlsx(Box::new(XlsxRows { rows }));
    let (headers, passed) = rows.header(options)?;
    Ok(Sheet {
        headers,
        worksheets: names,
        encoding: "UTF-8".to_owned(),
        guessed: false,
        delimiter: b',',
        formulas: count,
        passed,
        rows,
    })
}

fn guarded<T>(read: impl FnOnce() -> Result<T, SheetError>) -> Result<T, SheetError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(SheetError::new("sheet-broken")))
}

fn broken(_: impl std::fmt::Debug) -> SheetError {
    SheetError::new("sheet-broken")
}

/// A cell as a person reads it: days as 2024-11-11, numbers without the noise of floats. A cell
/// with a formula has its last value.
fn written(value: &DataRef<'_>) -> Result<String, ()> {
    Ok(match Data::from(value.clone()) {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text,
        Data::Int(number) => number.to_string(),
        Data::Float(number) => float(number),
        Data::Bool(truth) => truth.to_string(),
        Data::DateTime(moment) => match moment.is_datetime() {
            true => {
                let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
                if (hour, minute, second) == (0, 0, 0) {
                    format!("{year:04}-{month:02}-{day:02}")
                } else {
                    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
                }
            }
            false => float(moment.as_f64()),
        },
        Data::Error(_) => return Err(()),
        #[allow(unreachable_patterns)]
        _ => return Err(()),
    })
}

/// Fifteen digits are what Excel itself keeps; more is noise.
fn float(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 {
        return format!("{number:.0}");
    }
    let digits = (14 - number.abs().log10().floor() as i32).clamp(0, 17) as usize;
    let text = format!("{number:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
