//! Export: what a list shows, as a file, through the same reach as the list.

use futures::future::BoxFuture;
use sheets::Writer;
/// One cell on its way out. Text that begins like a formula is neutralised by the writer; numbers
/// stay numbers.
pub use sheets::{Cell, Format};
use time::Date;

use crate::api::asked::{self, Parameter};
use crate::audit::Change;
use crate::cx::{Cx, Way};
use crate::error::{Error, Result};
use crate::forms::Form;
use crate::id::Id;
use crate::own_field::{self, Own, OwnField};
use crate::permission::Permission;

/// A column of an export: its field name, which files and JSON carry, and its label's text key.
#[derive(Clone, Copy, Debug)]
pub struct ExportColumn {
    pub field: &'static str,
    pub key: &'static str,
}

/// A column by its field and its label's text key.
pub const fn column(field: &'static str, key: &'static str) -> ExportColumn {
    ExportColumn { field, key }
}

/// Rows of one page of an export that goes by key.
pub const PAGE: i64 = 1_000;

/// The key after which a page begins.
pub fn after_key(mark: Option<&str>) -> i64 {
    mark.and_then(|mark| mark.parse().ok()).unwrap_or_default()
}

/// The mark of the next page after these rows, in the order of their keys; none where they are fewer than [`PAGE`].
pub fn next_key<T>(held: &[T], key: impl Fn(&T) -> Id) -> Option<String> {
    held.last().filter(|_| held.len() as i64 == PAGE).map(|last| key(last).to_string())
}

/// A page of rows, and the mark from which the next goes on; none at the end.
#[derive(Clone, Debug, Default)]
pub struct ExportPage {
    pub rows: Vec<Vec<Cell>>,
    pub next: Option<String>,
}

/// A kind of export, offered by a room.
pub trait ExportKind: Send + Sync {
    fn name(&self) -> &'static str;
    fn key(&self) -> &'static str;
    fn permission(&self) -> &'static Permission;
    fn columns(&self) -> &'static [ExportColumn];

    /// What the list's address may be narrowed by; what is named nowhere narrows nothing.
    fn filters(&self) -> &'static [&'static str] {
        &[]
    }

    /// The kind of record whose own fields follow the columns: rows then end with [`own_cells`].
    fn own(&self) -> Option<&'static str> {
        None
    }

    /// The next page of rows within the actor's reach, filtered as the list's address says
    /// (`query` is that address's query string), from the mark on.
    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>>;
}

/// The names of all columns that the actor may bring out.
pub fn columns(cx: &Cx, kind: &dyn ExportKind) -> Vec<&'static str> {
    let own = kind.own().map(|subject| own_field::visible(cx, subject)).unwrap_or_default();
    kind.columns().iter().map(|column| column.field).chain(own.iter().map(OwnField::name)).collect()
}

/// What a record says in each field of the office's own that the actor sees, to stand at the end of its row.
pub fn own_cells(cx: &Cx, subject: &str, own: &Own) -> Vec<Cell> {
    let cell = |field: &OwnField| match (own.get(&field.code), field.kind.as_str()) {
        (Some(value), "day") => day(crate::clock::parse_day(value).ok()),
        (Some(value), "number") => match own_field::steps(value) {
            Some(number) => Cell::Decimal { unscaled: number.steps, scale: number.decimals },
            None => text(Some(value)),
        },
        (Some(value), "yes_no") => Cell::Text(if value == "true" { "yes" } else { "no" }.to_owned()),
        (value, _) => text(value),
    };
    own_field::of_visible(cx, subject, cell)
}

/// The columns an address asks for, in their order; all of them where it asks for none.
fn shown(all: &[&'static str], query: &str) -> Vec<usize> {
    let asked = Form::decode(query);
    let asked: Vec<&str> = asked.values("columns").into_iter().flat_map(|names| names.split(',')).collect();
    let mut chosen: Vec<usize> = Vec::new();
    for name in asked {
        let place = all.iter().position(|column| *column == name);
        chosen.extend(place.filter(|place| !chosen.contains(place)));
    }
    if chosen.is_empty() { (0..all.len()).collect() } else { chosen }
}

/// Refuses a program or a command what the list of a kind can't be asked, since there nobody sees what is set: an export
/// that is wider than was asked looks like the one that was.
fn refuse_unasked(cx: &Cx, kind: &dyn ExportKind, query: &str) -> Result<()> {
    let by_key = cx.actor.as_ref().is_some_and(|actor| actor.key.is_some());
    // What the address of an export takes besides its list's.
    let own: &[&str] = match cx.way {
        Way::Command => &["columns"],
        _ if by_key => &["columns", "format", "picked", "ids"],
        _ => return Ok(()),
    };
    let form = Form::decode(query);
    let known: Vec<Parameter> = kind.filters().iter().chain(own).copied().map(Parameter::named).collect();
    let mut problems = asked::problems(&form, &known);
    let columns = columns(cx, kind);
    for name in form.values("columns").into_iter().flat_map(|names| names.split(',')).filter(|name| !name.is_empty()) {
        if !columns.contains(&name) {
            let args = [("value", name.to_owned()), ("known", columns.join(", "))];
            problems.add_with("columns", "problem-asked-other", &args);
        }
    }
    problems.into_result()
}

/// Writes all rows of an export to a passing file. The caller commits, which leaves an entry that
/// these records left the house. A query that the kind can't be asked is refused where no person sees what is set.
pub async fn to_file(
    cx: &mut Cx,
    kind: &'static dyn ExportKind,
    query: &str,
    format: Format,
) -> Result<tempfile::NamedTempFile> {
    cx.require(kind.permission())?;
    refuse_unasked(cx, kind, query)?;
    let file = tempfile::NamedTempFile::new()?;
    let all = columns(cx, kind);
    let shown = shown(&all, query);
    let headers: Vec<String> = shown.iter().map(|place| all[*place].to_owned()).collect();
    let broken = |error: sheets::SheetError| Error::Unexpected(Box::new(error));
    let mut writer = Writer::create(format, file.path(), &headers).map_err(broken)?;
    let mut mark: Option<String> = None;
    loop {
        let page = kind.page(cx, query, mark.as_deref()).await?;
        for row in &page.rows {
            let cells: Vec<Cell> = shown.iter().map(|place| row[*place].clone()).collect();
            writer.write_row(&cells).map_err(broken)?;
        }
        mark = page.next;
        if mark.is_none() {
            break;
        }
    }
    writer.finish().map_err(broken)?;
    Ok(file)
}

/// Writes rows that are already at hand, such as a table's, to a passing file.
pub fn rows_to_file(format: Format, headers: &[String], rows: &[Vec<Cell>]) -> Result<tempfile::NamedTempFile> {
    let broken = |error: sheets::SheetError| Error::Unexpected(Box::new(error));
    let file = tempfile::NamedTempFile::new()?;
    let mut writer = Writer::create(format, file.path(), headers).map_err(broken)?;
    for row in rows {
        writer.write_row(row).map_err(broken)?;
    }
    writer.finish().map_err(broken)?;
    Ok(file)
}

/// Notes that an export was made; called with a writing context.
pub fn record(cx: &mut Cx, kind: &dyn ExportKind, query: &str) {
    let id = cx.new_id();
    cx.record(Change::new("export.made", "export", id).label(kind.name()).note(Some(query.to_owned())));
}

/// Cells from the values rooms hold.
pub fn text(value: Option<&str>) -> Cell {
    value.map_or(Cell::Empty, |text| Cell::Text(text.to_owned()))
}

pub fn day(value: Option<Date>) -> Cell {
    value.map_or(Cell::Empty, |day| Cell::Date { year: day.year(), month: day.month().into(), day: day.day() })
}
