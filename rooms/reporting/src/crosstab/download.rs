//! A table as a file: as it stands on the page, a column for each, with shares and what they are of.

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::audit::Change;
use platform::export::{self, Cell, Format};
use platform::{Cx, Error, Result};

use super::report::{self, Released, Report};
use super::{Shares, Table, show};

fn number(value: i64, unit: &str) -> Cell {
    match show::decimals(unit) {
        0 => Cell::Integer(value),
        scale => Cell::Decimal { unscaled: value, scale },
    }
}

/// What is counted and how, in columns after those of the table: the same in every row, so that a
/// row that is copied elsewhere still says it.
const COUNTED: [&str; 9] =
    ["measure", "unit", "as_at", "known_at", "basis", "scope", "definition", "comparator", "source"];

fn counted(report: &Report) -> Vec<Cell> {
    let word = |word: &str| Cell::Text(word.to_owned());
    vec![
        word(&report.measure),
        word(&report.unit),
        word(&report.as_at),
        word(&report.known_at.to_string()),
        word(report.basis),
        word(&report.scope),
        word(&report.definition),
        word(report.comparator),
        word(&report.source),
    ]
}

/// Which release it is, in columns of their own after those.
const RELEASED: [&str; 6] = ["release", "state", "frozen_by", "frozen_at", "signed_by", "signed_at"];

fn released(release: &Released) -> Vec<Cell> {
    let word = |word: &str| Cell::Text(word.to_owned());
    let known = |text: Option<String>| text.map_or(Cell::Empty, Cell::Text);
    vec![
        word(&release.reference),
        word(release.state),
        word(&release.frozen_by),
        word(&release.frozen_at.to_string()),
        known(release.signed_by.clone()),
        known(release.signed_at.map(|at| at.to_string())),
    ]
}

/// The header and the rows of a table's file.
pub fn cells(cx: &Cx, table: &Table, report: &Report) -> (Vec<String>, Vec<Vec<Cell>>) {
    let view = cx.view();
    let shares = table.shares != Shares::None;
    let mut headers = vec![show::caption(&view, table)];
    for name in show::column_names(&view, table) {
        if shares {
            headers.extend([
                name.clone(),
                view.t1("crosstab-file-share", "name", &name),
                view.t1("crosstab-file-of", "name", &name),
            ]);
        } else {
            headers.push(name);
        }
    }
    headers.extend(COUNTED.map(str::to_owned));
    if report.release.is_some() {
        headers.extend(RELEASED.map(str::to_owned));
    }
    let mut rows = Vec::with_capacity(table.row_lines.len());
    for row in 0..table.row_lines.len() {
        let mut cells = vec![Cell::Text(show::row_name(&view, table, row))];
        for column in 0..table.column_lines.len() {
            cells.push(number(table.values[row][column], &table.unit));
            if shares {
                match table.share(row, column) {
                    Some((share, of)) => {
                        cells.extend([Cell::Decimal { unscaled: share, scale: 2 }, number(of, &table.unit)]);
                    }
                    None => cells.extend([Cell::Empty, Cell::Empty]),
                }
            }
        }
        cells.extend(counted(report));
        cells.extend(report.release.iter().flat_map(released));
        rows.push(cells);
    }
    (headers, rows)
}

/// What a release adds to the file of its table.
pub struct Origin {
    /// The definition in the words it had when it was frozen.
    pub definition: String,
    pub released: Released,
}

/// Sends a table as a file, csv where no format is asked for, and notes that it left the house.
pub async fn send(cx: &mut Cx, table: &Table, format: &str, name: &str, origin: Option<Origin>) -> Result<Response> {
    let mut report = report::report(cx, table);
    if let Some(origin) = origin {
        report.definition = Some(origin.definition).filter(|words| !words.is_empty()).unwrap_or(report.definition);
        report.release = Some(origin.released);
    }
    let (body, ending, media) = match format {
        "json" => (report::as_json(&report)?.into_bytes(), "json", "application/json"),
        "xlsx" => {
            let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            (file(cx, table, &report, Format::Xlsx).await?, "xlsx", media)
        }
        "" | "csv" => (file(cx, table, &report, Format::Csv).await?, "csv", "text/csv; charset=utf-8"),
        _ => return Err(Error::invalid("format", "crosstab-format-unknown")),
    };
    let query = cx.view().query;
    cx.commit().await?;
    let mut writer = Cx::new(cx.house.clone(), cx.actor.clone(), cx.way, cx.language);
    let id = writer.new_id();
    writer.record(Change::new("export.made", "export", id).label("crosstab").note(Some(query)));
    writer.commit().await?;
    let name = format!("attachment; filename=\"{name}-{}.{ending}\"", table.as_at);
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, name)], Body::from(body))
        .into_response())
}

/// The bytes of a table's file.
pub async fn file(cx: &Cx, table: &Table, report: &Report, format: Format) -> Result<Vec<u8>> {
    let (headers, rows) = cells(cx, table, report);
    let file = export::rows_to_file(format, &headers, &rows)?;
    Ok(tokio::fs::read(file.path()).await?)
}
