//! The rows that were refused, as they came, with what is wrong in a column of its own, to mend and send again.

use std::collections::HashMap;

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::import::read::{self, Reading};
use platform::import::run;
use platform::{Cx, Error, Id, Result};
use tokio_util::io::ReaderStream;

use super::show::{field_name, problem_words};

/// The file of an import that the actor may see.
pub(super) async fn file(cx: &mut Cx, id: Id) -> Result<tempfile::NamedTempFile> {
    let (import, kind) = run::get(cx, id).await?;
    let view = cx.view();
    let mut said: HashMap<u64, String> = HashMap::new();
    for (row, problems) in run::problems_by_row(cx, id).await? {
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
    Ok(file)
}

/// That file, sent.
pub(super) async fn sent(cx: &mut Cx, id: Id) -> Result<Response> {
    let file = file(cx, id).await?;
    let stream = ReaderStream::new(tokio::fs::File::open(file.path()).await?);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"problems-{id}.csv\"")),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}
