//! The page of one import: which column is which, what its rows would do, what they did.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::audit::FieldChange;
use platform::forms::Form;
use platform::import::read::{self, Head, Reading};
use platform::import::run;
use platform::import::{self as files, Column, Import, ImportKind, Stayed};
use platform::own_field;
use platform::pages::View;
use platform::web::{Routes, say};
use platform::{Cx, Error, Id, Problem, Result};
use ui::Choice;

use super::columns::{self, LAST_HEADER_ROW};
use super::pages::state_key;

/// What files are mostly written in; what is found out of another stands beside them.
const ENCODINGS: [&str; 12] = [
    "UTF-8",
    "GBK",
    "gb18030",
    "Big5",
    "UTF-16LE",
    "UTF-16BE",
    "Shift_JIS",
    "EUC-JP",
    "EUC-KR",
    "windows-1252",
    "windows-1250",
    "windows-1251",
];

pub(super) fn routes() -> Routes {
    Routes::new().get("/imports/{id}", show).post("/imports/{id}/mapping", map)
}

/// One of the file's columns: header, samples, and which of ours it is.
struct Mapped {
    place: usize,
    header: String,
    samples: String,
    field: String,
}

/// How the file is read, for choosing otherwise.
struct Read {
    encoding: String,
    encodings: Vec<String>,
    delimiter: String,
    delimiters: Vec<Choice>,
    worksheet: String,
    header_row: u64,
    /// Tells whether the columns that are mapped are those that were shown.
    seen: String,
    /// Headers that stand over several columns.
    doubled: Vec<String>,
    leaves_alike: bool,
}

/// A row that something is said of: its number, the field, what, and records to look at.
struct Said {
    row: u64,
    field: String,
    words: String,
    links: Vec<(String, String)>,
}

/// A row of the preview: its number, what it says, and the record it made or changed, once there is one.
struct Shown {
    row: i64,
    words: String,
    record: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "import/pages/show.html")]
struct ShowPage {
    view: View,
    import: Import,
    kind: String,
    state: String,
    failures: Vec<String>,
    head: Option<Head>,
    read: Option<Read>,
    mapped: Vec<Mapped>,
    columns: Vec<Choice>,
    /// An import of the very same file, and whether the reader may open it.
    seen_before: Option<(Import, bool)>,
    left: Option<i64>,
    created: Vec<Shown>,
    changed: Vec<Shown>,
    alike: Vec<AlikeRow>,
    leaves_alike: bool,
    /// Whether the kind can leave rows that are likely the same for a person.
    tells_alike: bool,
    decides: bool,
    problems: Vec<Said>,
    kept: Vec<Stayed>,
}

impl ShowPage {
    /// Text key of why an undo left a record.
    fn stayed_key(&self, one: &Stayed) -> String {
        format!("import-stayed-{}", platform::text::kebab(&one.reason))
    }
}

fn labelled(view: &View, columns: &[Column]) -> Vec<Choice> {
    columns
        .iter()
        .map(|column| {
            let label = view.t(column.key);
            Choice::new(column.field, if column.required { view.t1("import-required", "label", label) } else { label })
        })
        .collect()
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let (import, kind) = run::get(&mut cx, id).await?;
    page(&mut cx, 200, import, kind, None, Vec::new()).await
}

async fn page(
    cx: &mut Cx,
    status: u16,
    import: Import,
    kind: &'static dyn ImportKind,
    asked: Option<Reading>,
    mut failures: Vec<String>,
) -> Result<Response> {
    let view = cx.view();
    if failures.is_empty()
        && let Some(key) = import.failure_key.as_deref()
    {
        let args: Vec<(String, String)> =
            import.failure_args.as_deref().and_then(|args| serde_json::from_str(args).ok()).unwrap_or_default();
        failures.push(say(cx, key, &args));
    }
    let decides = run::may_decide(cx, &import, kind);
    let offered = platform::import::columns(cx, kind);
    let held: Reading = serde_json::from_str(&import.reading)?;
    let (mut head, mut mapped, mut how, mut leaves_alike) = (None, Vec::new(), None, held.leaves_alike);
    if decides && matches!(import.state.as_str(), "uploaded" | "checked" | "failed") && import.rows_done == 0 {
        let reading = asked.unwrap_or(held);
        leaves_alike = reading.leaves_alike;
        match read::head(cx.house.files.place(&import.digest), reading.clone()).await {
            Ok(found) => {
                let mapping = columns::mapping(cx, kind, &reading, &found.headers, &offered).await?;
                mapped = columns_of(&found, &mapping);
                how = Some(how_read(&view, &found, &reading));
                head = Some(found);
            }
            Err(Error::Conflict(conflict)) => {
                let words = say(cx, &conflict.key, &conflict.args);
                if !failures.contains(&words) {
                    failures.push(words);
                }
            }
            Err(other) => return Err(other),
        }
    }
    let problems = files::problems(cx, import.id, 0, 100)
        .await?
        .into_iter()
        .map(|(row, problem)| Said {
            row,
            field: field_name(&view, kind, &problem.field),
            words: problem_words(&view, kind, &problem),
            links: links(kind, &problem),
        })
        .collect();
    let seen_before = match files::same_file(cx, kind.name(), &import.digest, import.id).await? {
        Some(earlier) => {
            let opens = run::get(cx, earlier.id).await.is_ok();
            Some((earlier, opens))
        }
        None => None,
    };
    let template = ShowPage {
        kind: view.t(kind.key()),
        state: view.t(&state_key(&import.state)),
        failures,
        head,
        read: how,
        mapped,
        columns: labelled(&view, &offered),
        seen_before,
        left: run::seconds_left(&import, cx.now()),
        created: examples(cx, &view, kind, import.id, "created").await?,
        changed: examples(cx, &view, kind, import.id, "changed").await?,
        alike: alike(cx, &view, import.id).await?,
        leaves_alike,
        tells_alike: kind.tells_alike(),
        decides,
        problems,
        kept: files::stayed(cx, import.id).await?,
        import,
        view,
    };
    cx.page(status, template).await
}

fn columns_of(found: &Head, mapping: &[(String, String)]) -> Vec<Mapped> {
    found
        .headers
        .iter()
        .zip(columns::filled(&found.headers, mapping))
        .enumerate()
        .map(|(place, (header, field))| Mapped {
            place,
            samples: samples(found, place),
            field,
            header: if header.is_empty() { platform::sheets::letters(place) } else { header.clone() },
        })
        .collect()
}

fn how_read(view: &View, found: &Head, reading: &Reading) -> Read {
    let encoding = reading.encoding.clone().unwrap_or_else(|| found.encoding.clone());
    let mut encodings: Vec<String> = ENCODINGS.map(str::to_owned).to_vec();
    match encodings.iter_mut().find(|name| name.eq_ignore_ascii_case(&encoding)) {
        // As it is written here, so that it is the one selected.
        Some(name) => name.clone_from(&encoding),
        None => encodings.push(encoding.clone()),
    }
    let delimiter = reading.delimiter.unwrap_or(found.delimiter);
    let mut delimiters = vec![
        Choice::new(",", view.t("import-delimiter-comma")),
        Choice::new(";", view.t("import-delimiter-semicolon")),
        Choice::new("\t", view.t("import-delimiter-tab")),
        Choice::new("|", view.t("import-delimiter-bar")),
    ];
    if !delimiters.iter().any(|choice| choice.value == delimiter.to_string()) {
        delimiters.push(Choice::new(delimiter, delimiter));
    }
    Read {
        encoding,
        encodings,
        delimiter: delimiter.to_string(),
        delimiters,
        worksheet: reading.worksheet.clone().or_else(|| found.worksheets.first().cloned()).unwrap_or_default(),
        header_row: reading.header_row.unwrap_or(1),
        seen: seen(found, reading),
        doubled: read::doubled(&found.headers),
        leaves_alike: reading.leaves_alike,
    }
}

/// Marks the columns that a person sees: those of another sheet, or under other headers, are others.
fn seen(found: &Head, reading: &Reading) -> String {
    let worksheet = reading.worksheet.as_ref().or(found.worksheets.first());
    let mut hasher = DefaultHasher::new();
    (worksheet, reading.header_row.unwrap_or(1), &found.headers).hash(&mut hasher);
    format!("{:x}", hasher.finish())
}

fn samples(head: &Head, place: usize) -> String {
    let cells: Vec<&str> = head
        .samples
        .iter()
        .filter_map(|row| row.get(place))
        .map(String::as_str)
        .filter(|cell| !cell.is_empty())
        .take(3)
        .collect();
    cells.join(" · ").chars().take(120).collect()
}

/// What a field is called: as a column of the file, or else as on the record's own pages.
pub(super) fn field_name(view: &View, kind: &dyn ImportKind, field: &str) -> String {
    if field.is_empty() {
        return String::new();
    }
    match kind.columns().iter().find(|column| column.field == field) {
        Some(column) => view.t(column.key),
        None => ui::history::field_words(view, record(kind).unwrap_or("enterprise"), field),
    }
}

/// The kind of record that a row makes, where it makes one with a page of its own.
fn record(kind: &dyn ImportKind) -> Option<&'static str> {
    match kind.name() {
        "enterprises" => Some("enterprise"),
        "people" => Some("person"),
        "projects" => Some("project"),
        _ => None,
    }
}

fn address(kind: &dyn ImportKind, id: Id) -> Option<String> {
    record(kind).map(|_| format!("/{}/{id}", kind.name()))
}

/// What is wrong with a row, its columns named as the reader calls them.
pub(super) fn problem_words(view: &View, kind: &dyn ImportKind, problem: &Problem) -> String {
    let named = |(name, value): &(String, String)| {
        let is_column = kind.columns().iter().any(|column| column.field == value);
        let is_field = name == "column" && (is_column || own_field::code_of(value).is_some());
        (name.clone(), if is_field { field_name(view, kind, value) } else { value.clone() })
    };
    let args: Vec<(String, String)> = problem.args.iter().map(named).collect();
    view.said(&problem.key, &args)
}

/// The records that a row resembles, to be looked at.
fn links(kind: &dyn ImportKind, problem: &Problem) -> Vec<(String, String)> {
    let held = problem.args.iter().find(|(name, _)| name == "held").map(|(_, value)| value);
    let held: Vec<(Id, String)> = held.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    held.into_iter().filter_map(|(id, name)| Some((address(kind, id)?, name))).collect()
}

async fn examples(cx: &mut Cx, view: &View, kind: &dyn ImportKind, id: Id, outcome: &str) -> Result<Vec<Shown>> {
    let shortened = |words: String| words.chars().take(200).collect::<String>();
    let joined = |mut cells: Vec<(String, String)>, most: usize| {
        // In the order of the kind's columns, of which the first says what the row is about, the office's own last.
        let place = |field: &str| kind.columns().iter().position(|column| column.field == field);
        cells.sort_by_key(|(field, _)| place(field).unwrap_or(usize::MAX));
        cells.truncate(most);
        shortened(cells.into_iter().map(|(_, cell)| cell).collect::<Vec<_>>().join(" · "))
    };
    let changed = |change: &FieldChange| {
        let values = format!("{} → {}", view.told(&change.old), view.told(&change.new));
        view.labelled(field_name(view, kind, &change.field), values)
    };
    let held = files::examples(cx, id, outcome).await?;
    Ok(held
        .into_iter()
        .take(20)
        .map(|example| {
            let record = example.subject_id.and_then(|id| address(kind, id));
            let (words, called) = if outcome == "created" {
                let words = joined(serde_json::from_str(&example.detail).unwrap_or_default(), usize::MAX);
                (String::new(), words)
            } else {
                type Detail = (Vec<(String, String)>, Vec<FieldChange>);
                let (cells, fields): Detail = serde_json::from_str(&example.detail)
                    .unwrap_or_else(|_| (Vec::new(), serde_json::from_str(&example.detail).unwrap_or_default()));
                let words = shortened(fields.iter().map(changed).collect::<Vec<_>>().join("; "));
                (words, joined(cells, 1))
            };
            match record {
                Some(address) => Shown { row: example.row_number, words, record: Some((address, called)) },
                None => {
                    let both = [called, words].into_iter().filter(|part| !part.is_empty());
                    let words = both.collect::<Vec<_>>().join(" · ");
                    Shown { row: example.row_number, words, record: None }
                }
            }
        })
        .collect())
}

/// A row that would be new though it is likely the same as something held.
struct AlikeRow {
    row: i64,
    words: String,
    /// Key, name, reference, how likely, and why.
    held: Vec<(Id, String, String, String, String)>,
}

async fn alike(cx: &mut Cx, view: &View, id: Id) -> Result<Vec<AlikeRow>> {
    type Detail = (Vec<(String, String)>, Vec<files::Alike>);
    let rows = files::examples(cx, id, "alike").await?;
    Ok(rows
        .into_iter()
        .take(200)
        .filter_map(|example| {
            let (cells, held): Detail = serde_json::from_str(&example.detail).ok()?;
            let words: String = cells.into_iter().map(|(_, cell)| cell).collect::<Vec<_>>().join(" · ");
            let held = held
                .into_iter()
                .map(|one| {
                    let why = files::alike_words(&one, |key, args| view.tn(key, args));
                    (one.id, one.name, one.reference, view.percent(one.probability / 100), why)
                })
                .collect();
            Some(AlikeRow { row: example.row_number, words: words.chars().take(200).collect(), held })
        })
        .collect())
}

async fn map(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let (import, kind) = run::get(&mut cx, id).await?;
    cx.undo().await?;
    let held: Reading = serde_json::from_str(&import.reading)?;
    let header_row = form.value("header_row").trim().parse().ok().filter(|row| (2..=LAST_HEADER_ROW).contains(row));
    let reading = Reading {
        encoding: form.optional("encoding"),
        // A tab is a blank, which nobody trims off here.
        delimiter: form.value("delimiter").chars().next().filter(char::is_ascii),
        worksheet: form.optional("worksheet"),
        header_row,
        leaves_alike: !form.value("leaves_alike").is_empty(),
        mapping: Vec::new(),
    };
    let head = match read::head(cx.house.files.place(&import.digest), reading.clone()).await {
        Ok(head) => head,
        // Read as it was before, so that something else can be chosen.
        Err(Error::Conflict(conflict)) => {
            let words = say(&cx, &conflict.key, &conflict.args);
            return page(&mut cx, 422, import, kind, Some(held), vec![words]).await;
        }
        Err(error) => return Err(error),
    };
    // Places are those of the columns that were shown; others are mapped anew, and looked at first.
    if form.has("again") || (form.has("seen") && form.value("seen") != seen(&head, &reading)) {
        run::reread(&mut cx, id, reading).await?;
        return cx.see_other(format!("/imports/{id}#mapping")).await;
    }
    let mapping: Vec<(String, String)> = head
        .headers
        .iter()
        .enumerate()
        .map(|(place, header)| (header.clone(), form.text(&format!("column-{place}"))))
        .collect();
    let reading = Reading { mapping, ..reading };
    match run::map(&mut cx, id, reading.clone()).await {
        Ok(()) => cx.see_other(format!("/imports/{id}")).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            let view = cx.view();
            let failures = problems.all().iter().map(|problem| problem_words(&view, kind, problem)).collect();
            page(&mut cx, 422, import, kind, Some(reading), failures).await
        }
        Err(error) => Err(error),
    }
}
