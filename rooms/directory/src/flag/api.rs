//! Flags for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Flag, GivenFlag};
use crate::enterprise::api::Reason;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index, set)).routes(routes!(correct)).routes(routes!(withdraw)))
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/flags", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, description = "Ended ones included", body = Vec<Flag>)))]
async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = crate::enterprise::get(&mut cx, id).await?;
    let flags = super::of(&mut cx, held.id).await?;
    cx.json(&flags).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/flags", tag = "directory", params(("id" = i64, Path)),
    request_body = GivenFlag, responses((status = 201, body = Flag), (status = 422)))]
async fn set(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenFlag>) -> Result<Response> {
    let flag = super::set(&mut cx, id, given).await?;
    cx.created(format!("/api/v1/enterprises/{id}/flags/{}", flag.id), flag.version, &flag).await
}

#[utoipa::path(put, path = "/api/v1/enterprises/{id}/flags/{flag}", tag = "directory",
    params(("id" = i64, Path), ("flag" = i64, Path), ("If-Match" = String, Header)), request_body = GivenFlag,
    responses((status = 200, body = Flag), (status = 412, description = "Stale: both versions by field")))]
async fn correct(
    mut cx: Cx,
    Path((id, flag)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<GivenFlag>,
) -> Result<Response> {
    let flag = super::correct(&mut cx, id, flag, version.required()?, given).await?;
    cx.found(flag.version, &flag).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/flags/{flag}/withdraw", tag = "directory",
    params(("id" = i64, Path), ("flag" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = Reason,
    responses((status = 412, description = "Another version stands"), (status = 200, body = Vec<Flag>)))]
async fn withdraw(
    mut cx: Cx,
    Path((id, flag)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<Reason>,
) -> Result<Response> {
    version.agrees(super::to_edit(&mut cx, id, flag).await?.2.version)?;
    super::withdraw(&mut cx, id, flag, &given.reason).await?;
    let flags = super::of(&mut cx, id).await?;
    cx.json(&flags).await
}
