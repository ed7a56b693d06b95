//! The columns of a file, and which of ours each is: how the file is read, as a person or a program decides it.

use platform::import::read::{self, Head, Reading};
use platform::import::run;
use platform::import::{Column, ImportKind, remembered};
use platform::{Cx, Error, Id, Problems, Result};

/// The last row in which headers are looked for.
pub(super) const LAST_HEADER_ROW: u64 = 1_000;

/// A file's head, and its columns as they are mapped so far, or as they are likely meant.
pub(super) struct Columns {
    pub reading: Reading,
    pub head: Head,
    pub mapping: Vec<(String, String)>,
    /// What the kind takes from the actor.
    pub offered: Vec<Column>,
}

/// The columns of an import that the actor may map.
pub(super) async fn of(cx: &mut Cx, id: Id) -> Result<Columns> {
    let (import, kind) = run::to_map(cx, id).await?;
    let reading: Reading = serde_json::from_str(&import.reading)?;
    let head = read::head(cx.house.files.place(&import.digest), reading.clone()).await?;
    let offered = platform::import::columns(cx, kind);
    let mapping = mapping(cx, kind, &reading, &head.headers, &offered).await?;
    Ok(Columns { reading, head, mapping, offered })
}

/// The columns as they are mapped, or as they are likely meant.
pub(super) async fn mapping(
    cx: &mut Cx,
    kind: &'static dyn ImportKind,
    reading: &Reading,
    headers: &[String],
    offered: &[Column],
) -> Result<Vec<(String, String)>> {
    if !reading.mapping.is_empty() {
        return Ok(reading.mapping.clone());
    }
    let before = remembered(cx, kind.name(), headers).await?;
    Ok(read::map_anew(headers, offered, &before, &cx.house.texts))
}

/// The field that each column of the file fills, in the file's order; empty where the column is left out.
pub(super) fn filled(headers: &[String], mapping: &[(String, String)]) -> Vec<String> {
    let same = headers.iter().eq(mapping.iter().map(|(header, _)| header));
    let pair = |(place, header): (usize, &String)| {
        if same { mapping.get(place) } else { mapping.iter().find(|(given, _)| given == header) }
    };
    let field = |pair: Option<&(String, String)>| pair.map(|(_, field)| field.clone()).unwrap_or_default();
    headers.iter().enumerate().map(pair).map(field).collect()
}

/// How a file is to be read, as somebody says it.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub encoding: Option<String>,
    pub delimiter: Option<String>,
    pub worksheet: Option<String>,
    pub header_row: Option<u64>,
}

/// Reads the file otherwise, which gives it other columns; none of its rows is looked at.
pub(super) async fn read_as(cx: &mut Cx, id: Id, asked: Asked) -> Result<Columns> {
    let (import, _) = run::to_map(cx, id).await?;
    let held: Reading = serde_json::from_str(&import.reading)?;
    let said = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let reading = Reading {
        encoding: said(asked.encoding),
        delimiter: delimiter(asked.delimiter.as_deref())?,
        worksheet: asked.worksheet.filter(|name| !name.is_empty()),
        header_row: header_row(asked.header_row)?,
        leaves_alike: held.leaves_alike,
        mapping: Vec::new(),
    };
    read::head(cx.house.files.place(&import.digest), reading.clone()).await?;
    run::reread(cx, id, reading).await?;
    of(cx, id).await
}

fn header_row(row: Option<u64>) -> Result<Option<u64>> {
    let mut problems = Problems::default();
    if row.is_some_and(|row| row > LAST_HEADER_ROW) {
        problems.add_with("header_row", "import-header-row-other", &[("most", LAST_HEADER_ROW.to_string())]);
    }
    problems.into_result()?;
    Ok(row.filter(|row| *row > 1))
}

fn delimiter(text: Option<&str>) -> Result<Option<char>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    match text.chars().collect::<Vec<_>>()[..] {
        [one] if one.is_ascii() => Ok(Some(one)),
        _ => Err(Error::invalid("delimiter", "import-delimiter-other")),
    }
}

/// Says which column is which and sets off the check; where nothing is given, they are as likely meant.
pub(super) async fn map(
    cx: &mut Cx,
    id: Id,
    given: Option<Vec<(String, String)>>,
    leaves_alike: Option<bool>,
) -> Result<()> {
    let Columns { reading, head, mapping, .. } = of(cx, id).await?;
    let mapping = match given {
        Some(given) => read::mapped(&head.headers, &given)?,
        None => mapping,
    };
    let leaves_alike = leaves_alike.unwrap_or(reading.leaves_alike);
    run::map(cx, id, Reading { mapping, leaves_alike, ..reading }).await
}
