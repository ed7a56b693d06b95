//! Gates for programs.

use axum::response::Response;
use platform::web::ApiRoutes;
use platform::{Cx, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Gate;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index)))
}

#[utoipa::path(get, path = "/api/v1/gates", tag = "gates",
    responses((status = 200, body = Vec<Gate>, description = "Every gate with the days it holds and its source")))]
async fn index(mut cx: Cx) -> Result<Response> {
    let gates = super::all(&mut cx).await?;
    cx.json(&gates).await
}
