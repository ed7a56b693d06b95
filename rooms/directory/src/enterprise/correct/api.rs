//! Corrections for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::Json;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::NewCorrection;
use crate::enterprise::Enterprise;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(create)))
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/corrections", tag = "directory", params(("id" = i64, Path)),
    request_body = NewCorrection,
    responses((status = 201, body = Enterprise, description = "Corrected from that day on"),
              (status = 422, description = "Lacks a day or a reason")))]
async fn create(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewCorrection>) -> Result<Response> {
    super::correct(&mut cx, id, new).await?;
    let enterprise = crate::enterprise::get(&mut cx, id).await?;
    let enterprise = crate::enterprise::api::told(&mut cx, enterprise).await?;
    cx.created(format!("/api/v1/enterprises/{id}"), enterprise.version, &enterprise).await
}
