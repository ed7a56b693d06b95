//! Industries for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json};
use platform::forms::Loose;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Problems, Result};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Industry, Later};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index, assign)))
}

/// The industries from a day on, all of them.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = IndustryAssignment)]
struct Assignment {
    /// Codes of the list `industry` that hold on that day.
    industries: Vec<String>,
    /// Today when left out.
    #[serde(default)]
    valid_from: Loose,
    /// Where others are recorded from a later day on, these end the day before; `true` puts these in their place.
    #[serde(default)]
    replace_later: bool,
    /// Why, at most 500 characters; kept with the change. Required where a frozen release has counted the enterprise and
    /// the first day is today or earlier.
    #[serde(default)]
    reason: String,
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/industries", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<Industry>)))]
async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = crate::enterprise::get(&mut cx, id).await?;
    let industries = super::of(&mut cx, held.id).await?;
    cx.json(&industries).await
}

#[utoipa::path(put, path = "/api/v1/enterprises/{id}/industries", tag = "directory", 
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Assignment,
    responses((status = 200, body = Vec<Industry>), (status = 412, description = "Stale: both versions")))]
async fn assign(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(given): Json<Assignment>) -> Result<Response> {
    let mut problems = Problems::default();
    let from = problems.day("valid_from", given.valid_from.get());
    problems.into_result()?;
    let from = from.unwrap_or_else(|| cx.today());
    let version = version.required()?;
    let later = if given.replace_later { Later::IsReplaced } else { Later::Stays };
    super::assign(&mut cx, id, Some(version), &given.industries, from, later, &given.reason).await?;
    let held = crate::enterprise::get(&mut cx, id).await?;
    let industries = super::of(&mut cx, held.id).await?;
    cx.found(held.version, &industries).await
}
