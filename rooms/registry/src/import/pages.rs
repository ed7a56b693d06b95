//! Pages of imports. The file goes straight to the store as it arrives; no transaction waits for it.

use std::collections::HashMap;

use askama::Template;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Multipart, Path};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use platform::forms::Form;
use platform::import::read::{self, Head, Reading};
use platform::import::run;
use platform::import::{self as files, Column, Import, ImportKind};
use platform::pages::{Flash, View};
use platform::web::{Routes, say};
use platform::{Cx, Error, Id, Problem, Result};
use tokio_util::io::ReaderStream;
use ui::Choice;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/imports/new", new)
        .post_with("/imports", post(upload).layer(DefaultBodyLimit::disable()))
        .get("/imports/{id}", show)
        .post("/imports/{id}/mapping", map)
        .post("/imports/{id}/keep", keep)
        .post("/imports/{id}/cancel", cancel)
        .post("/imports/{id}/undo", undo)
        .get("/imports/{id}/problems.csv", problem_file)
        .merge(super::list::routes())
}

pub(super) fn kinds(cx: &Cx) -> Vec<&'static dyn ImportKind> {
    cx.house.imports.iter().copied().filter(|kind| cx.may(kind.permission())).collect()
}

pub(super) fn state_key(state: &str) -> String {
    format!("import-state-{state}")
}

#[derive(Template)]
#[template(path = "import/pages/new.html")]
struct NewPage {
    view: View,
    kinds: Vec<Choice>,
    chosen: String,
}

async fn new(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let kinds: Vec<Choice> = kinds(&cx).iter().map(|kind| Choice::new(kind.name(), view.t(kind.key()))).collect();
    if kinds.is_empty() {
        return Err(Error::Forbidden("import"));
    }
    let chosen = Form::decode(&view.query).text("kind");
    cx.page(200, NewPage { kinds, chosen, view }).await
}

async fn upload(mut cx: Cx, mut parts: Multipart) -> Result<Response> {
    let broken = |_| Error::conflict("form-broken-off");
    let mut kind: Option<&'static dyn ImportKind> = None;
    while let Some(field) = parts.next_field().await.map_err(broken)? {
        match field.name() {
            Some("kind") => {
                let name = field.text().await.map_err(broken)?;
                let found = cx.house.import_kind(&name).ok_or_else(|| Error::invalid("kind", "import-kind-missing"))?;
                // Nobody's file is received who may not bring it in.
                cx.require(found.permission())?;
                kind = Some(found);
            }
            Some("file") => {
                let kind = kind.ok_or_else(|| Error::invalid("kind", "import-kind-missing"))?;
                let name = field.file_name().unwrap_or("file").to_owned();
                let received = cx.house.files.receive(field, run::MOST_BYTES).await?;
                if received.size == 0 {
                    return Err(Error::invalid("file", "import-file-missing"));
                }
                let import = run::upload(&mut cx, kind, &name, received).await?;
                return cx.see_other(format!("/imports/{}", import.id)).await;
            }
            _ => {}
        }
    }
    Err(Error::invalid("file", "import-file-missing"))
}

/// One of the file's columns: header, samples, and which of ours it is.
struct Mapped {
    place: usize,
    header: String,
    samples: String,
    field: String,
}

#[derive(Template)]
#[template(path = "import/pages/show.html")]
struct ShowPage {
    view: View,
    import: Import,
    kind: String,
    state: String,
    failure: Option<String>,
    head: Option<Head>,
    mapped: Vec<Mapped>,
    columns: Vec<Choice>,
    encoding: String,
    seen_before: Option<Import>,
    left: Option<i64>,
    created: Vec<(i64, String)>,
    changed: Vec<(i64, String)>,
    alike: Vec<AlikeRow>,
    /// Whether the kind can leave rows that are likely the same for a person, and whether it does.
    tells_alike: bool,
    leaves_alike: bool,
    problems: Vec<(u64, String, String)>,
    kept: Vec<(String, Id, String)>,
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
    page(&mut cx, 200, import, kind, None).await
}

async fn page(
    cx: &mut Cx,
    status: u16,
    import: Import,
    kind: &'static dyn ImportKind,
    asked: Option<Reading>,
) -> Result<Response> {
    let view = cx.view();
    let mut failure = import.failure_key.as_deref().map(|key| {
        let args: Vec<(String, String)> =
            import.failure_args.as_deref().and_then(|args| serde_json::from_str(args).ok()).unwrap_or_default();
        say(cx, key, &args)
    });
    let (mut head, mut mapped, mut encoding) = (None, Vec::new(), String::new());
    let mut leaves_alike = false;
    if matches!(import.state.as_str(), "uploaded" | "checked" | "failed") && import.rows_done == 0 {
        let held: Reading = serde_json::from_str(&import.reading)?;
        let reading = asked.unwrap_or(held);
        leaves_alike = reading.leaves_alike;
        match read::head(cx.house.files.place(&import.digest), reading.clone()).await {
            Ok(found) => {
                let remembered = files::remembered(cx, kind.name(), &found.headers).await?;
                let mapping = match (reading.mapping.is_empty(), remembered) {
                    (false, _) => reading.mapping.clone(),
                    (true, Some(remembered)) => remembered.mapping,
                    (true, None) => read::guess(&found.headers, kind.columns(), &cx.house.texts),
                };
                mapped = found
                    .headers
                    .iter()
                    .enumerate()
                    .map(|(place, header)| Mapped {
                        place,
                        samples: samples(&found, place),
                        field: mapping
                            .iter()
                            .find(|(given, _)| given == header)
                            .map(|(_, field)| field.clone())
                            .unwrap_or_default(),
                        header: header.clone(),
                    })
                    .collect();
                encoding = reading.encoding.unwrap_or_else(|| found.encoding.clone());
                head = Some(found);
            }
            Err(Error::Conflict(conflict)) => failure = Some(say(cx, &conflict.key, &conflict.args)),
            Err(other) => return Err(other),
        }
    }
    let problems = files::problems(cx, import.id, 0, 100)
        .await?
        .into_iter()
        .map(|(row, problem)| (row, field_name(&view, kind, &problem), say(cx, &problem.key, &problem.args)))
        .collect();
    let template = ShowPage {
        kind: view.t(kind.key()),
        state: view.t(&state_key(&import.state)),
        failure,
        head,
        mapped,
        columns: labelled(&view, kind.columns()),
        encoding,
        seen_before: files::same_file(cx, kind.name(), &import.digest, import.id).await?,
        left: run::seconds_left(&import, cx.now()),
        created: examples(cx, &view, import.id, "created").await?,
        changed: examples(cx, &view, import.id, "changed").await?,
        alike: alike(cx, &view, import.id).await?,
        tells_alike: kind.tells_alike(),
        leaves_alike,
        problems,
        kept: files::kept(cx, import.id).await?,
        import,
        view,
    };
    cx.page(status, template).await
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

fn field_name(view: &View, kind: &'static dyn ImportKind, problem: &Problem) -> String {
    let column = kind.columns().iter().find(|column| column.field == problem.field);
    column.map_or_else(|| problem.field.clone(), |column| view.t(column.key))
}

async fn examples(cx: &mut Cx, view: &View, id: Id, outcome: &str) -> Result<Vec<(i64, String)>> {
    let held = files::examples(cx, id, outcome).await?;
    Ok(held
        .into_iter()
        .take(20)
        .map(|example| {
            let words = if outcome == "created" {
                let cells: Vec<(String, String)> = serde_json::from_str(&example.detail).unwrap_or_default();
                cells.into_iter().map(|(_, cell)| cell).collect::<Vec<_>>().join(" · ")
            } else {
                let fields: Vec<platform::audit::FieldChange> =
                    serde_json::from_str(&example.detail).unwrap_or_default();
                let said = |change: &platform::audit::FieldChange| {
                    format!("{}: {} → {}", change.field, view.told(&change.old), view.told(&change.new))
                };
                fields.iter().map(said).collect::<Vec<_>>().join("; ")
            };
            (example.row_number, words.chars().take(200).collect())
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
    let reading = Reading {
        encoding: form.optional("encoding"),
        worksheet: form.optional("worksheet"),
        leaves_alike: !form.value("leaves_alike").is_empty(),
        mapping: Vec::new(),
        ..held
    };
    let head = read::head(cx.house.files.place(&import.digest), reading.clone()).await?;
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
            page_with_failure(&mut cx, import, kind, reading, problems.all()).await
        }
        Err(error) => Err(error),
    }
}

async fn page_with_failure(
    cx: &mut Cx,
    import: Import,
    kind: &'static dyn ImportKind,
    reading: Reading,
    problems: &[Problem],
) -> Result<Response> {
    let first = problems.first();
    let import = Import {
        failure_key: first.map(|problem| problem.key.clone()),
        failure_args: first.map(|problem| serde_json::to_string(&problem.args)).transpose()?,
        ..import
    };
    page(cx, 422, import, kind, Some(reading)).await
}

async fn keep(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    run::keep(&mut cx, id).await?;
    cx.see_other(format!("/imports/{id}")).await
}

async fn cancel(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    run::cancel(&mut cx, id).await?;
    cx.see_other_saying(format!("/imports/{id}"), Flash::new("import-was-cancelled", &[])).await
}

async fn undo(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    run::undo(&mut cx, id).await?;
    cx.see_other(format!("/imports/{id}")).await
}

/// The rows that were refused, as a file of the same columns and two more, to mend and send again.
async fn problem_file(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let (import, kind) = run::get(&mut cx, id).await?;
    let view = cx.view();
    let mut said: HashMap<u64, Vec<(String, String)>> = HashMap::new();
    for (row, problems) in run::problems_by_row(&mut cx, id).await? {
        let words = problems.iter().map(|one| (field_name(&view, kind, one), say(&cx, &one.key, &one.args))).collect();
        said.insert(row, words);
    }
    cx.commit().await?;
    let reading: Reading = serde_json::from_str(&import.reading)?;
    let source = cx.house.files.place(&import.digest);
    let titles = (view.t("import-problem-column"), view.t("import-problem"));
    let file = tempfile::NamedTempFile::new()?;
    let to = file.path().to_owned();
    let written = tokio::task::spawn_blocking(move || {
        platform::sheets::write_problem_file(&source, &reading.options(), &said, (&titles.0, &titles.1), &to)
    })
    .await
    .map_err(|error| Error::Unexpected(Box::new(error)))?;
    written.map_err(|error| read::refusal(&error))?;
    let stream = ReaderStream::new(tokio::fs::File::open(file.path()).await?);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"problems-{id}.csv\"")),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}
