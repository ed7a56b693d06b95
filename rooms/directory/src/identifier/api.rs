//! Identifiers for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{GivenIdentifier, Identifier};
use crate::enterprise::api::Reason;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index, add)).routes(routes!(correct)).routes(routes!(withdraw)))
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/identifiers", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<Identifier>)))]
async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = crate::enterprise::get(&mut cx, id).await?;
    let identifiers = super::of(&mut cx, held.id).await?;
    cx.json(&identifiers).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/identifiers", tag = "directory", params(("id" = i64, Path)),
    request_body = GivenIdentifier,
    responses((status = 201, body = Identifier), (status = 409, description = "Another holds it")))]
async fn add(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenIdentifier>) -> Result<Response> {
    let held = super::add(&mut cx, id, given).await?;
    cx.created(format!("/api/v1/enterprises/{id}/identifiers/{}", held.id), held.version, &held).await
}

#[utoipa::path(put, path = "/api/v1/enterprises/{id}/identifiers/{identifier}", tag = "directory",
    params(("id" = i64, Path), ("identifier" = i64, Path), ("If-Match" = String, Header)),
    request_body = GivenIdentifier,
    responses((status = 200, body = Identifier), (status = 412, description = "Stale: both versions by field")))]
async fn correct(
    mut cx: Cx,
    Path((id, identifier)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<GivenIdentifier>,
) -> Result<Response> {
    let held = super::correct(&mut cx, id, identifier, version.required()?, given).await?;
    cx.found(held.version, &held).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/identifiers/{identifier}/withdraw", tag = "directory",
    params(("id" = i64, Path), ("identifier" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = Reason,
    responses((status = 412, description = "Another version stands"), (status = 200, body = Vec<Identifier>)))]
async fn withdraw(
    mut cx: Cx,
    Path((id, identifier)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<Reason>,
) -> Result<Response> {
    version.agrees(super::to_edit(&mut cx, id, identifier).await?.2.version)?;
    super::withdraw(&mut cx, id, identifier, &given.reason).await?;
    let identifiers = super::of(&mut cx, id).await?;
    cx.json(&identifiers).await
}
