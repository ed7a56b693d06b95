//! Figures for programs.

use axum::response::Response;
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{FiguresReport, as_of};

/// References given with a figure; `records_total` says how many there are.
const RECORDS: i64 = 100;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(show)))
}

#[utoipa::path(get, path = "/api/v1/figures", tag = "reporting",
    params(("as_at" = Option<String>, Query, description = "A day: 2024-11-11"),
           ("known_at" = Option<String>, Query, description = "A day, to its end, or an instant with its offset; what was recorded by then")),
    responses((status = 200, body = FiguresReport)))]
async fn show(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let as_of = as_of(&cx, &form)?;
    let report = super::figures_report(&mut cx, as_of, Some(RECORDS)).await?;
    cx.json(&report).await
}
