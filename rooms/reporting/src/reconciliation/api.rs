//! Reconciliation for programs.

use axum::response::Response;
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Reconciliation;
use crate::figures::as_of;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(show)))
}

#[utoipa::path(get, path = "/api/v1/reconciliation", tag = "reporting",
    params(("as_at" = Option<String>, Query), ("known_at" = Option<String>, Query)),
    responses((status = 200, body = Reconciliation)))]
async fn show(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let as_of = as_of(&cx, &form)?;
    let reconciliation = super::reconcile(&mut cx, as_of).await?;
    cx.json(&reconciliation).await
}
