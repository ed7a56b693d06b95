//! A small table as a file to download, with the same care for Excel and formulas as an export.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::export::{Cell, Format};
use platform::sheets::Writer;
use platform::{Error, Result};

/// CSV under this name.
pub(crate) fn csv(name: &str, headers: &[&str], rows: &[Vec<Cell>]) -> Result<Response> {
    let broken = |error: platform::sheets::SheetError| Error::Unexpected(Box::new(error));
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("table.csv");
    let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
    let mut writer = Writer::create(Format::Csv, &path, &headers).map_err(broken)?;
    for row in rows {
        writer.write_row(row).map_err(broken)?;
    }
    writer.finish().map_err(broken)?;
    let text = std::fs::read(&path)?;
    let said = format!("attachment; filename=\"{name}.csv\"");
    let head = [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, said)];
    Ok((head, text).into_response())
}
