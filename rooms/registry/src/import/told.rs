//! Imports as programs are told of them.

use std::collections::BTreeMap;

use platform::audit::FieldChange;
use platform::clock::At;
use platform::import::list::RowProblem;
use platform::import::read::{self, Reading};
use platform::import::{self as files, Import, ImportKind, run};
use platform::order::Place;
use platform::pages::View;
use platform::web::say;
use platform::{Cx, Id, Problem, Result};
use serde::Serialize;
use ui::history::told::{self, ToldChange};
use utoipa::ToSchema;

use super::columns::{self, Columns};
use super::show::{field_name, problem_words};

/// How many problems stand beside an import itself.
const PROBLEMS: i64 = 100;

/// A column of the file and the field it fills.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportMapped)]
pub(super) struct Mapped {
    header: String,
    /// Empty where the column is left out.
    field: String,
}

/// How the file is read. What is null is found out from the file.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportReading)]
pub(super) struct ToldReading {
    encoding: Option<String>,
    delimiter: Option<String>,
    worksheet: Option<String>,
    header_row: Option<u64>,
    /// Whether rows that are likely the same as what is held are left for a person.
    leaves_alike: bool,
    /// Empty until the columns are mapped.
    mapping: Vec<Mapped>,
}

fn mapped(mapping: Vec<(String, String)>) -> Vec<Mapped> {
    mapping.into_iter().map(|(header, field)| Mapped { header, field }).collect()
}

fn told_reading(reading: Reading) -> ToldReading {
    ToldReading {
        encoding: reading.encoding,
        delimiter: reading.delimiter.map(String::from),
        worksheet: reading.worksheet,
        header_row: reading.header_row,
        leaves_alike: reading.leaves_alike,
        mapping: mapped(reading.mapping),
    }
}

/// An import and how far it is. Rows are counted as a person does: the header is row 1.
#[derive(Serialize, ToSchema)]
#[schema(as = Import)]
pub(super) struct Told {
    pub id: Id,
    kind: String,
    file_name: String,
    /// In bytes.
    size: i64,
    /// uploaded, checking, checked, keeping, kept, failed, cancelled, undoing or undone.
    #[schema(pattern = "^(uploaded|checking|checked|keeping|kept|failed|cancelled|undoing|undone)$")]
    state: String,
    /// Why it failed, in the reader's words.
    failure: Option<String>,
    reading: ToldReading,
    rows_checked: i64,
    rows_done: i64,
    /// What the check found that keeping it would make, change and leave as it is.
    to_create: i64,
    to_change: i64,
    to_leave: i64,
    /// Rows that resemble what is held, left for a person.
    resembling: i64,
    refused: i64,
    /// What keeping it made and changed so far.
    created: i64,
    changed: i64,
    /// Rows kept without what they named further down in the file.
    incomplete: i64,
    /// Records that an undo took back, values of records that the import had only changed, and records that stayed.
    reversed: i64,
    reversed_values: i64,
    kept_touched: i64,
    created_by: Option<Id>,
    created_at: At,
    /// When the present step began, or ended.
    step_at: Option<At>,
    /// At the present pace, while it is being kept.
    seconds_left: Option<i64>,
}

pub(super) fn told(cx: &Cx, import: Import) -> Result<Told> {
    let args = import.failure_args.as_deref().and_then(|args| serde_json::from_str(args).ok());
    let args: Vec<(String, String)> = args.unwrap_or_default();
    Ok(Told {
        failure: import.failure_key.as_deref().map(|key| say(cx, key, &args)),
        seconds_left: run::seconds_left(&import, cx.now()),
        reading: told_reading(serde_json::from_str(&import.reading)?),
        id: import.id,
        kind: import.kind,
        file_name: import.file_name,
        size: import.size,
        state: import.state,
        rows_checked: import.rows_checked,
        rows_done: import.rows_done,
        to_create: import.to_create,
        to_change: import.to_change,
        to_leave: import.to_leave,
        resembling: import.resembling,
        refused: import.refused,
        created: import.created,
        changed: import.changed,
        incomplete: import.incomplete,
        reversed: import.reversed,
        reversed_values: import.reversed_values,
        kept_touched: import.kept_touched,
        created_by: import.created_by,
        created_at: import.created_at,
        step_at: import.step_at,
    })
}

/// What is wrong with a row.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportProblem)]
pub(super) struct ToldProblem {
    row: i64,
    /// Empty where it is the row as a whole.
    field: String,
    /// What the field is called.
    label: String,
    /// Stays the same in every language.
    key: String,
    message: String,
    /// Records that the row resembles.
    held: Vec<Held>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ImportHeld)]
pub(super) struct Held {
    id: Id,
    name: String,
}

pub(super) fn told_problem(view: &View, kind: &dyn ImportKind, given: RowProblem) -> ToldProblem {
    let (row, problem): (i64, Problem) = (given.row_number, given.problem());
    let held = problem.args.iter().find(|(name, _)| name == "held").map(|(_, value)| value);
    let held: Vec<(Id, String)> = held.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    ToldProblem {
        row,
        label: field_name(view, kind, &problem.field),
        message: problem_words(view, kind, &problem),
        held: held.into_iter().map(|(id, name)| Held { id, name }).collect(),
        field: problem.field,
        key: problem.key,
    }
}

type Cells = BTreeMap<String, String>;

/// A row of the preview.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportRow)]
pub(super) struct ToldRow {
    row: i64,
    /// The record it changes, or made when the import was kept.
    record_id: Option<Id>,
    /// What the row says, by our fields.
    cells: Cells,
    /// What it changes.
    changes: Vec<ToldChange>,
    /// Records that the row is likely the same as.
    alike: Vec<Alike>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ImportAlike)]
pub(super) struct Alike {
    id: Id,
    name: String,
    reference: String,
    /// In millionths.
    probability: i64,
    /// Why, in the reader's words.
    reasons: String,
}

async fn rows(cx: &mut Cx, view: &View, kind: &dyn ImportKind, id: Id, outcome: &str) -> Result<Vec<ToldRow>> {
    let held = files::examples(cx, id, outcome).await?;
    Ok(held.into_iter().map(|example| row(view, kind, outcome, example)).collect())
}

fn row(view: &View, kind: &dyn ImportKind, outcome: &str, example: files::Example) -> ToldRow {
    let cells = |pairs: Vec<(String, String)>| pairs.into_iter().collect::<Cells>();
    let mut told = ToldRow {
        row: example.row_number,
        record_id: example.subject_id,
        cells: Cells::new(),
        changes: Vec::new(),
        alike: Vec::new(),
    };
    let detail = example.detail.as_str();
    match outcome {
        "changed" => {
            type Detail = (Vec<(String, String)>, Vec<FieldChange>);
            if let Ok((says, fields)) = serde_json::from_str::<Detail>(detail) {
                told.cells = cells(says);
                told.changes = told::changes(view, &fields, |field| field_name(view, kind, field));
            }
        }
        "alike" => {
            type Detail = (Vec<(String, String)>, Vec<files::Alike>);
            if let Ok((says, held)) = serde_json::from_str::<Detail>(detail) {
                told.cells = cells(says);
                told.alike = held.into_iter().map(|one| alike(view, one)).collect();
            }
        }
        _ => told.cells = cells(serde_json::from_str(detail).unwrap_or_default()),
    }
    told
}

fn alike(view: &View, one: files::Alike) -> Alike {
    let reasons = files::alike_words(&one, |key, args| view.tn(key, args));
    Alike { id: one.id, name: one.name, reference: one.reference, probability: one.probability, reasons }
}

/// A record that an undo left, in part or whole.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportStayed)]
pub(super) struct Stayed {
    kind: String,
    id: Id,
    /// What it was called at the time.
    name: String,
    /// touched: somebody has worked on it since; in_part: on some of what was changed, which alone stays; retired: it was
    /// retired since; laden: something else stands on it.
    reason: String,
}

fn told_stayed(one: files::Stayed) -> Stayed {
    Stayed { kind: one.subject_kind, id: one.subject_id, name: one.label, reason: one.reason }
}

/// An import with what its rows come to.
#[derive(Serialize, ToSchema)]
#[schema(as = WholeImport)]
pub(super) struct Whole {
    #[serde(flatten)]
    import: Told,
    /// Whether the reader may decide on it.
    may_decide: bool,
    /// An earlier import of the very same file that was kept.
    same_file_id: Option<Id>,
    /// The first hundred; all of them are under `problems`.
    problems: Vec<ToldProblem>,
    /// Fifty rows at most of each.
    created_rows: Vec<ToldRow>,
    changed_rows: Vec<ToldRow>,
    alike_rows: Vec<ToldRow>,
    /// What an undo left.
    stayed: Vec<Stayed>,
}

pub(super) async fn whole(cx: &mut Cx, id: Id) -> Result<Whole> {
    let (import, kind) = run::get(cx, id).await?;
    let view = cx.view();
    let problems = files::list::problems(cx, id, &Place::default(), PROBLEMS).await?;
    let same = files::same_file(cx, kind.name(), &import.digest, id).await?;
    let stayed = files::stayed(cx, id).await?;
    Ok(Whole {
        may_decide: run::may_decide(cx, &import, kind),
        // One that the reader may not open is not named.
        same_file_id: match same {
            Some(earlier) => run::get(cx, earlier.id).await.ok().map(|(earlier, _)| earlier.id),
            None => None,
        },
        problems: problems.rows.into_iter().map(|problem| told_problem(&view, kind, problem)).collect(),
        created_rows: rows(cx, &view, kind, id, "created").await?,
        changed_rows: rows(cx, &view, kind, id, "changed").await?,
        alike_rows: rows(cx, &view, kind, id, "alike").await?,
        stayed: stayed.into_iter().map(told_stayed).collect(),
        import: told(cx, import)?,
    })
}

/// A column of the file, as it is mapped or likely meant.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportColumn)]
pub(super) struct ToldColumn {
    header: String,
    /// What its first rows say.
    samples: Vec<String>,
    /// Empty where the column is left out.
    field: String,
}

/// A field that a kind of import takes.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportField)]
pub(super) struct ToldField {
    field: String,
    label: String,
    required: bool,
}

/// The file's columns, and how it is read.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportColumns)]
pub(super) struct ToldColumns {
    columns: Vec<ToldColumn>,
    /// Headers that stand over several columns: a mapping then gives every column, in the file's order.
    doubled: Vec<String>,
    encoding: String,
    /// Several encodings would have fitted: the samples tell.
    encoding_guessed: bool,
    delimiter: String,
    worksheet: Option<String>,
    /// Those of a workbook.
    worksheets: Vec<String>,
    header_row: u64,
    /// Cells that hold a formula, read by the value they were saved with.
    formulas: i64,
    /// What the kind takes.
    fields: Vec<ToldField>,
}

pub(super) fn told_fields(view: &View, offered: &[files::Column]) -> Vec<ToldField> {
    let told = |column: &files::Column| ToldField {
        field: column.field.to_owned(),
        label: view.t(column.key),
        required: column.required,
    };
    offered.iter().map(told).collect()
}

pub(super) fn told_columns(view: &View, found: Columns) -> ToldColumns {
    let Columns { reading, head, mapping, offered } = found;
    let filled = columns::filled(&head.headers, &mapping);
    let samples = |place: usize| head.samples.iter().filter_map(|row| row.get(place)).cloned().collect();
    let columns = head.headers.iter().zip(filled).enumerate().map(|(place, (header, field))| ToldColumn {
        header: header.clone(),
        samples: samples(place),
        field,
    });
    ToldColumns {
        columns: columns.collect(),
        doubled: read::doubled(&head.headers),
        encoding: reading.encoding.unwrap_or(head.encoding),
        encoding_guessed: head.encoding_guessed,
        delimiter: reading.delimiter.unwrap_or(head.delimiter).to_string(),
        worksheet: reading.worksheet.or_else(|| head.worksheets.first().cloned()),
        worksheets: head.worksheets,
        header_row: reading.header_row.unwrap_or(1),
        formulas: head.formulas,
        fields: told_fields(view, &offered),
    }
}
