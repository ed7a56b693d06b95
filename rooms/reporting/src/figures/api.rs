//! Figures for programs.

use axum::response::Response;
use platform::clock::At;
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Problems, Result};
use projects::figures::AsOf;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::FiguresReport;

/// References given with a figure; `records_total` says how many there are.
const RECORDS: i64 = 100;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(show)))
}

/// The two dates of a request's address; what is left out is today, and all that is known.
pub(crate) fn as_of(cx: &Cx, form: &Form) -> Result<AsOf> {
    let mut problems = Problems::default();
    let as_at = problems.day("as_at", Some(form.value("as_at"))).unwrap_or_else(|| cx.today());
    let known = problems.day("known_at", Some(form.value("known_at")));
    problems.into_result()?;
    Ok(AsOf { as_at, known_at: known.map_or(cx.now(), |day| At::end_of(day, &cx.house.zone)) })
}

#[utoipa::path(get, path = "/api/v1/figures", tag = "reporting",
    params(("as_at" = Option<String>, Query, description = "A day: 2024-11-11"),
           ("known_at" = Option<String>, Query, description = "A day; what was recorded by its end")),
    responses((status = 200, body = FiguresReport)))]
async fn show(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let as_of = as_of(&cx, &form)?;
    let report = super::figures_report(&mut cx, as_of, Some(RECORDS)).await?;
    cx.json(&report).await
}
