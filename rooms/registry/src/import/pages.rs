//! Pages of imports. The file goes straight to the store as it arrives; no transaction waits for it.

use std::collections::HashMap;

use askama::Template;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Multipart, Path};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use platform::forms::Form;
use platform::import::ImportKind;
use platform::import::read::{self, Reading};
use platform::import::run;
use platform::pages::{Flash, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use tokio_util::io::ReaderStream;
use ui::{Choice, Fields};

use super::show::{field_name, problem_words};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/imports/new", new)
        .post_with("/imports", post(upload).layer(DefaultBodyLimit::disable()))
        .post("/imports/{id}/keep", keep)
        .post("/imports/{id}/cancel", cancel)
        .post("/imports/{id}/undo", undo)
        .get("/imports/{id}/problems.csv", problem_file)
        .merge(super::show::routes())
        .merge(super::list::routes())
}

/// The kinds that the reader may bring in.
pub(super) fn kinds(cx: &Cx) -> Vec<&'static dyn ImportKind> {
    cx.house.imports.iter().copied().filter(|kind| cx.may(kind.permission())).collect()
}

pub(super) fn state_key(state: &str) -> String {
    format!("import-state-{state}")
}

#[derive(Template)]
#[template(path = "import/pages/new.html")]
struct NewPage<'a> {
    view: View,
    fields: Fields<'a>,
    kinds: Vec<Choice>,
}

async fn new_page(cx: &mut Cx, status: u16, form: &Form) -> Result<Response> {
    let view = cx.view();
    let kinds: Vec<Choice> = kinds(cx).iter().map(|kind| Choice::new(kind.name(), view.t(kind.key()))).collect();
    if kinds.is_empty() {
        return Err(Error::Forbidden("import"));
    }
    let page = NewPage { kinds, fields: Fields::new(&view, form, "import"), view: view.clone() };
    cx.page(status, page).await
}

async fn new(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    new_page(&mut cx, 200, &form).await
}

async fn upload(mut cx: Cx, parts: Multipart) -> Result<Response> {
    let mut chosen = String::new();
    match receive(&mut cx, parts, &mut chosen).await {
        Ok(import) => cx.see_other(format!("/imports/{import}")).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            new_page(&mut cx, 422, &Form::default().with("kind", chosen).with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

/// Takes the file in as it arrives; `chosen` is what the form says that it holds.
async fn receive(cx: &mut Cx, mut parts: Multipart, chosen: &mut String) -> Result<Id> {
    let broken = |_| Error::conflict("form-broken-off");
    let mut kind: Option<&'static dyn ImportKind> = None;
    while let Some(field) = parts.next_field().await.map_err(broken)? {
        match field.name() {
            Some("kind") => {
                *chosen = field.text().await.map_err(broken)?;
                let found =
                    cx.house.import_kind(chosen).ok_or_else(|| Error::invalid("kind", "import-kind-missing"))?;
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
                return Ok(run::upload(cx, kind, &name, received).await?.id);
            }
            _ => {}
        }
    }
    Err(Error::invalid("file", "import-file-missing"))
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

/// The rows that were refused, as they came, with what is wrong in a column of its own, to mend and send again.
async fn problem_file(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let (import, kind) = run::get(&mut cx, id).await?;
    let view = cx.view();
    let mut said: HashMap<u64, String> = HashMap::new();
    for (row, problems) in run::problems_by_row(&mut cx, id).await? {
        let told = problems.iter().map(|problem| {
            let words = problem_words(&view, kind, problem);
            if problem.field.is_empty() { words } else { view.labelled(field_name(&view, kind, &problem.field), words) }
        });
        said.insert(row, told.collect::<Vec<_>>().join("; "));
    }
    cx.commit().await?;
    let reading: Reading = serde_json::from_str(&import.reading)?;
    let source = cx.house.files.place(&import.digest);
    let file = tempfile::NamedTempFile::new()?;
    let to = file.path().to_owned();
    let written = tokio::task::spawn_blocking(move || {
        platform::sheets::write_problem_file(&source, &reading.options(), &said, &to)
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
