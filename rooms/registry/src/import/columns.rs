//! The columns of a file, and which of ours each is: how the file is read, as a person or a program decides it.

use platform::import::read::{self, Head, Reading};
use platform::import::run;
use platform::import::{Column, remembered};
use platform::{Cx, Error, Id, Result};

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
    let mapping = if reading.mapping.is_empty() {
        let before = remembered(cx, kind.name(), &head.headers).await?;
        read::map_anew(&head.headers, &offered, &before, &cx.house.texts)
    } else {
        reading.mapping.clone()
    };
    Ok(Columns { reading, head, mapping, offered })
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
        header_row: asked.header_row.filter(|row| *row > 1),
        leaves_alike: held.leaves_alike,
        mapping: Vec::new(),
    };
    read::head(cx.house.files.place(&import.digest), reading.clone()).await?;
    run::reread(cx, id, reading).await?;
    of(cx, id).await
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
