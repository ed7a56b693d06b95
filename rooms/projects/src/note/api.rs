//! Notes for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Note;
use crate::project;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index, write)))
}

#[utoipa::path(get, path = "/api/v1/projects/{id}/notes", tag = "projects",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<Note>), (status = 404)))]
async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = project::get(&mut cx, id).await?;
    let before = Form::decode(&cx.view().query).value("after").parse().ok();
    let limit = cx.limit(100);
    let items = super::of(&mut cx, project.id, before, limit).await?;
    let next = items.last().filter(|_| items.len() as i64 == limit).map(|note| note.id.to_string());
    cx.json(&Page { items, next }).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct NewNote {
    text: String,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/notes", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewNote, responses((status = 201, body = Vec<Note>), (status = 412), (status = 422)))]
async fn write(mut cx: Cx, Path(id): Path<Id>, held: IfMatch, Json(new): Json<NewNote>) -> Result<Response> {
    project::expected(&mut cx, id, held.0).await?;
    super::write(&mut cx, id, &new.text).await?;
    let notes = super::of(&mut cx, id, None, 1).await?;
    let version = project::get(&mut cx, id).await?.version;
    cx.created(format!("/api/v1/projects/{id}/notes"), version, &notes).await
}
