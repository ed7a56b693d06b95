//! Evidence for programs. A file comes as base64 beside the words about it.

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use platform::api::{IfMatch, Json};
use platform::web::ApiRoutes;
use platform::{Cx, Error, Id, Result};
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Evidence, MOST_BYTES, NewEvidence};
use crate::{EDIT, project};

pub(crate) fn routes() -> ApiRoutes {
    // Base64 takes a third more than what it carries.
    let most = (MOST_BYTES as usize) / 3 * 4 + (1 << 16);
    let receiving = OpenApiRouter::new().routes(routes!(index, add)).layer(DefaultBodyLimit::max(most));
    ApiRoutes(receiving.routes(routes!(file)).routes(routes!(withdraw)))
}

#[utoipa::path(get, path = "/api/v1/projects/{id}/evidence", tag = "projects", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<Evidence>), (status = 404)))]
async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = project::get(&mut cx, id).await?;
    let papers = super::all(&mut cx, project.id).await?;
    cx.json(&papers).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct PaperWithFile {
    #[serde(flatten)]
    new: NewEvidence,
    /// What the file is called.
    #[serde(default)]
    file_name: String,
    /// The file's content in base64.
    #[serde(default)]
    file: Option<String>,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/evidence", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = PaperWithFile, responses((status = 201, body = Vec<Evidence>), (status = 412), (status = 422)))]
async fn add(mut cx: Cx, Path(id): Path<Id>, held: IfMatch, Json(paper): Json<PaperWithFile>) -> Result<Response> {
    cx.require(&EDIT)?;
    let mut received = None;
    if let Some(text) = paper.file {
        let content = base64::engine::general_purpose::STANDARD.decode(text.trim());
        let content = content.map_err(|_| Error::invalid("file", "problem-file-base64"))?;
        let stream = futures::stream::iter([Ok::<_, std::io::Error>(content)]);
        received = Some(cx.house.files.quarantine(stream, &paper.file_name, MOST_BYTES).await?);
    }
    project::expected(&mut cx, id, held.0).await?;
    super::attach(&mut cx, id, paper.new, received).await?;
    let papers = super::all(&mut cx, id).await?;
    let version = project::get(&mut cx, id).await?.version;
    cx.created(format!("/api/v1/projects/{id}/evidence"), version, &papers).await
}

#[utoipa::path(get, path = "/api/v1/projects/{id}/evidence/{paper}/file", tag = "projects",
    params(("id" = i64, Path), ("paper" = i64, Path)),
    responses((status = 200, description = "The file, as it was received"), (status = 404)))]
async fn file(mut cx: Cx, Path((id, paper)): Path<(Id, Id)>) -> Result<Response> {
    let (name, kind, place) = super::open(&mut cx, id, paper).await?;
    cx.commit().await?;
    let stream = ReaderStream::new(tokio::fs::File::open(place).await?);
    let disposition = format!("attachment; filename*=UTF-8''{}", platform::web::encode(&name));
    let headers = [(header::CONTENT_TYPE, kind.media().to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(stream)).into_response())
}

#[derive(Deserialize, utoipa::ToSchema)]
struct EvidenceWithdrawal {
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/evidence/{paper}/withdraw", tag = "projects",
    params(("id" = i64, Path), ("paper" = i64, Path)), request_body = EvidenceWithdrawal,
    responses((status = 200, body = Vec<Evidence>), (status = 409)))]
async fn withdraw(
    mut cx: Cx,
    Path((id, paper)): Path<(Id, Id)>,
    held: IfMatch,
    Json(given): Json<EvidenceWithdrawal>,
) -> Result<Response> {
    project::expected(&mut cx, id, held.0).await?;
    super::withdraw(&mut cx, id, paper, &given.reason).await?;
    let papers = super::all(&mut cx, id).await?;
    cx.json(&papers).await
}
