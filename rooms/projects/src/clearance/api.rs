//! Name clearances for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Clearance, NewClearance};
use crate::project;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index, clear)).routes(routes!(withdraw)))
}

#[utoipa::path(get, path = "/api/v1/projects/{id}/clearances", tag = "projects", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<Clearance>), (status = 404)))]
async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = project::get(&mut cx, id).await?;
    let clearances = super::of(&mut cx, project.id).await?;
    cx.json(&clearances).await
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/clearances", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewClearance, responses((status = 201, body = Vec<Clearance>), (status = 409), (status = 412)))]
async fn clear(mut cx: Cx, Path(id): Path<Id>, held: IfMatch, Json(new): Json<NewClearance>) -> Result<Response> {
    project::expected(&mut cx, id, held.0).await?;
    super::clear(&mut cx, id, new).await?;
    let clearances = super::of(&mut cx, id).await?;
    let version = project::get(&mut cx, id).await?.version;
    cx.created(format!("/api/v1/projects/{id}/clearances"), version, &clearances).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct ClearanceWithdrawal {
    withdrawn_on: String,
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/clearances/{clearance}/withdraw", tag = "projects",
    params(("id" = i64, Path), ("clearance" = i64, Path)), request_body = ClearanceWithdrawal,
    responses((status = 200, body = Vec<Clearance>), (status = 409)))]
async fn withdraw(
    mut cx: Cx,
    Path((id, clearance)): Path<(Id, Id)>,
    held: IfMatch,
    Json(given): Json<ClearanceWithdrawal>,
) -> Result<Response> {
    project::expected(&mut cx, id, held.0).await?;
    super::withdraw(&mut cx, id, clearance, &given.withdrawn_on, &given.reason).await?;
    let clearances = super::of(&mut cx, id).await?;
    cx.json(&clearances).await
}
