//! Measurements for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{GivenMeasurement, Measurement};
use crate::enterprise::api::Reason;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index, record)).routes(routes!(correct)).routes(routes!(withdraw)))
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/measurements", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, description = "Superseded ones included", body = Vec<Measurement>)))]
async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = crate::enterprise::get(&mut cx, id).await?;
    let measurements = super::of(&mut cx, held.id).await?;
    cx.json(&measurements).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/measurements", tag = "directory", params(("id" = i64, Path)),
    request_body = GivenMeasurement, responses((status = 201, body = Measurement), (status = 422)))]
async fn record(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenMeasurement>) -> Result<Response> {
    let made = super::record(&mut cx, id, given).await?;
    cx.created(format!("/api/v1/enterprises/{id}/measurements/{}", made.id), made.version, &made).await
}

#[utoipa::path(put, path = "/api/v1/enterprises/{id}/measurements/{measurement}", tag = "directory",
    params(("id" = i64, Path), ("measurement" = i64, Path), ("If-Match" = String, Header)),
    request_body = GivenMeasurement,
    responses((status = 200, description = "The one that now stands", body = Measurement),
              (status = 412, description = "Stale: both versions by field")))]
async fn correct(
    mut cx: Cx,
    Path((id, measurement)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<GivenMeasurement>,
) -> Result<Response> {
    let made = super::correct(&mut cx, id, measurement, version.required()?, given).await?;
    cx.found(made.version, &made).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/measurements/{measurement}/withdraw", tag = "directory",
    params(("id" = i64, Path), ("measurement" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = Reason,
    responses((status = 412, description = "Another version stands"), (status = 200, body = Vec<Measurement>)))]
async fn withdraw(
    mut cx: Cx,
    Path((id, measurement)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<Reason>,
) -> Result<Response> {
    version.agrees(super::to_edit(&mut cx, id, measurement).await?.2.version)?;
    super::withdraw(&mut cx, id, measurement, &given.reason).await?;
    let measurements = super::of(&mut cx, id).await?;
    cx.json(&measurements).await
}
