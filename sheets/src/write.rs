//! Writing: CSV that Excel opens rightly, and workbooks in constant memory.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Color, ExcelDateTime, Format as Style, FormatBorder, Workbook, Worksheet};

use crate::SheetError;

/// One cell on its way out.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Cell {
    #[default]
    Empty,
    Text(String),
    Integer(i64),
    /// `unscaled` divided by ten to the `scale`.
    Decimal {
        unscaled: i64,
        scale: u32,
    },
    Date {
        year: i32,
        month: u8,
        day: u8,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
    Json,
}

/// What a spreadsheet program may take for the start of a formula.
pub(crate) const FORMULA_STARTS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
/// Rows of a worksheet, the header among them.
const MOST_ROWS: u32 = 1_048_576;

/// A file being written; nothing stands under its name until [`Writer::finish`].
pub struct Writer {
    kind: Kind,
}

enum Kind {
    Csv(Box<csv::Writer<BufWriter<File>>>),
    Json { out: BufWriter<File>, headers: Vec<String>, rows: u64 },
    Xlsx { workbook: Box<Workbook>, row: u32, path: PathBuf, day: Style },
}

pub(crate) fn failed(error: impl std::fmt::Display) -> SheetError {
    SheetError::new("sheet-unwritable").arg("reason", error)
}

impl Writer {
    pub fn create(format: Format, path: &Path, headers: &[String]) -> Result<Self, SheetError> {
        let kind = match format {
            Format::Csv => {
                let mut out = BufWriter::new(File::create(path).map_err(failed)?);
                // The mark tells Excel that Chinese is UTF-8.
                out.write_all("\u{FEFF}".as_bytes()).map_err(failed)?;
                let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
                writer.write_record(headers.iter().map(|header| guarded(header))).map_err(failed)?;
                Kind::Csv(Box::new(writer))
            }
            Format::Json => {
                let mut out = BufWriter::new(File::create(path).map_err(failed)?);
                out.write_all(b"[").map_err(failed)?;
                Kind::Json { out, headers: headers.to_vec(), rows: 0 }
            }
            Format::Xlsx => {
                let mut workbook = Workbook::new();
                let head = Style::new().set_bold().set_border_bottom(FormatBorder::Thin).set_border_color(Color::Gray);
                let sheet = workbook
                    .add_worksheet_with_constant_memory()
                    .and_then(|sheet| sheet.set_name("Oases"))
                    .map_err(failed)?;
                for (place, header) in headers.iter().enumerate() {
                    let column = u16::try_from(place).map_err(failed)?;
                    sheet.set_column_width(column, 18).map_err(failed)?;
                    sheet.write_string_with_format(0, column, header, &head).map_err(failed)?;
                }
                sheet.set_freeze_panes(1, 0).map_err(failed)?;
                let day = Style::new().set_num_format("yyyy-mm-dd");
                Kind::Xlsx { workbook: Box::new(workbook), row: 1, path: path.to_owned(), day }
            }
        };
        Ok(Self { kind })
    }

    pub fn write_row(&mut self, cells: &[Cell]) -> Result<(), SheetError> {
        match &mut self.kind {
            Kind::Csv(writer) => writer.write_record(cells.iter().map(plain)).map_err(failed),
            Kind::Json { out, headers, rows } => {
                out.write_all(if *rows == 0 { b"\n" } else { b",\n" }).map_err(failed)?;
                *rows += 1;
                let fields: Vec<String> =
                    headers.iter().zip(cells).map(|(name, cell)| format!("{}:{}", quoted(name), json(cell))).collect();
                write!(out, "{{{}}}", fields.join(",")).map_err(failed)
            }
            Kind::Xlsx { workbook, row, day, .. } => {
                if *row >= MOST_ROWS {
                    return Err(SheetError::new("sheet-too-many-rows").arg("most", MOST_ROWS - 1));
                }
                let sheet = workbook.worksheet_from_index(0).map_err(failed)?;
                for (place, cell) in cells.iter().enumerate() {
                    write_cell(sheet, *row, u16::try_from(place).map_err(failed)?, cell, day).map_err(failed)?;
                }
                *row += 1;
                Ok(())
            }
        }
    }

    pub fn finish(self) -> Result<(), SheetError> {
        match self.kind {
            Kind::Csv(mut writer) => writer.flush().map_err(failed),
            Kind::Json { mut out, .. } => out.write_all(b"\n]\n").and_then(|()| out.flush()).map_err(failed),
            Kind::Xlsx { mut workbook, path, .. } => workbook.save(path).map_err(failed),
        }
    }
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    column: u16,
    cell: &Cell,
    day: &Style,
) -> Result<(), rust_xlsxwriter::XlsxError> {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            // A cell holds 32,767 characters; what is longer is cut rather than losing the file.
            let text: String = text.chars().take(32_000).collect();
            sheet.write_string(row, column, text)?;
        }
        Cell::Integer(number) => {
            sheet.write_number(row, column, *number as f64)?;
        }
        Cell::Decimal { unscaled, scale } => {
            sheet.write_number(row, column, *unscaled as f64 / 10_f64.powi(*scale as i32))?;
        }
        Cell::Date { year, month, day: number } => {
            let date = u16::try_from(*year).ok().and_then(|year| ExcelDateTime::from_ymd(year, *month, *number).ok());
            match date {
                Some(date) => sheet.write_datetime_with_format(row, column, date, day)?,
                None => sheet.write_string(row, column, plain(cell))?,
            };
        }
    }
    Ok(())
}

/// Text as a file may hold it: what a spreadsheet program would take for a formula has an apostrophe before it, which our
/// own reading takes off again.
pub fn guarded(text: &str) -> String {
    if text.starts_with(FORMULA_STARTS) { format!("'{text}") } else { text.to_owned() }
}

/// A cell of somebody's own file: a number with its sign is no formula, and goes back as it stood.
pub fn as_it_came(cell: &str) -> String {
    let digits = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let digits = digits.strip_suffix('%').unwrap_or(digits);
    let is_number = digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.chars().all(|character| character.is_ascii_digit() || matches!(character, '.' | ','));
    if is_number { cell.to_owned() } else { guarded(cell) }
}

fn plain(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => guarded(text),
        Cell::Integer(number) => number.to_string(),
        Cell::Decimal { unscaled, scale } => decimal(*unscaled, *scale),
        Cell::Date { year, month, day } => format!("{year:04}-{month:02}-{day:02}"),
    }
}

fn decimal(unscaled: i64, scale: u32) -> String {
    if scale == 0 {
        return unscaled.to_string();
    }
    let sign = if unscaled < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

fn json(cell: &Cell) -> String {
    match cell {
        Cell::Empty => "null".to_owned(),
        Cell::Text(text) => quoted(text),
        Cell::Integer(_) | Cell::Decimal { .. } => plain(cell),
        Cell::Date { .. } => quoted(&plain(cell)),
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
