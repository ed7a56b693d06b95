//! Exports by page: just what a list shows, as a file, noted in the audit.

use axum::body::Body;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::export::{self, Format};
use platform::forms::Form;
use platform::web::Routes;
use platform::{Cx, Error, Problems, Result};
use tokio_util::io::ReaderStream;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/exports/{kind}", download)
}

async fn download(mut cx: Cx, Path(kind): Path<String>) -> Result<Response> {
    let kind = cx.house.export_kind(&kind).ok_or(Error::NotFound)?;
    let query = cx.view().query;
    let asked = Form::decode(&query);
    let (format, ending, media) = match asked.value("format") {
        "xlsx" => (Format::Xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "json" => (Format::Json, "json", "application/json"),
        "csv" | "" => (Format::Csv, "csv", "text/csv; charset=utf-8"),
        other => {
            let mut problems = Problems::default();
            problems.add_with("format", "problem-code-unknown", &[("value", other.to_owned())]);
            return Err(Error::Invalid(problems));
        }
    };
    // Whoever meant the rows picked and picked none did not mean all of them.
    if asked.has("picked") && asked.chosen("ids").is_empty() {
        return Err(Error::conflict("list-nothing-selected"));
    }
    let file = export::to_file(&mut cx, kind, &query, format).await?;
    cx.commit().await?;
    // What leaves the house leaves an entry, before the first byte goes out.
    let mut writer = Cx::new(cx.house.clone(), cx.actor.clone(), cx.way, cx.language);
    export::record(&mut writer, kind, &query);
    writer.commit().await?;
    let name = format!("attachment; filename=\"{}-{}.{ending}\"", kind.name(), cx.today());
    let stream = ReaderStream::new(tokio::fs::File::open(file.path()).await?);
    Ok(([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, name)], Body::from_stream(stream))
        .into_response())
}
