//! Groups for programs. The parent itself is a field of the enterprise.

use axum::extract::Path;
use axum::response::Response;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Group;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(show)))
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/group", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, description = "From the top down, as far as it can be seen", body = Group)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = crate::enterprise::get(&mut cx, id).await?;
    let group = super::of(&mut cx, &held).await?;
    cx.json(&group).await
}
