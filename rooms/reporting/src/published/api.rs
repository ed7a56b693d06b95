//! Published figures for programs.

use axum::response::Response;
use platform::api::{Json, Mark, Page};
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{NewPublished, Published};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index, create)))
}

/// The mark of the page after this one.
pub(super) fn next(figures: &[Published], limit: i64) -> Option<String> {
    let last = figures.last().filter(|_| figures.len() as i64 == limit)?;
    Some(Mark(vec![last.as_at.to_string(), last.id.to_string()]).encode())
}

#[utoipa::path(get, path = "/api/v1/published-figures", tag = "reporting",
    params(("metric" = Option<String>, Query), ("body" = Option<String>, Query), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<Published>)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let (metric, body, after) = (form.optional("metric"), form.optional("body"), form.optional("after"));
    let items = super::page(&mut cx, metric.as_deref(), body.as_deref(), after.as_deref(), 100).await?;
    let next = next(&items, 100);
    cx.json(&Page { items, next }).await
}

#[utoipa::path(post, path = "/api/v1/published-figures", tag = "reporting", request_body = NewPublished,
    responses((status = 201, body = Published), (status = 422, description = "Lacks a part every figure must have")))]
async fn create(mut cx: Cx, Json(new): Json<NewPublished>) -> Result<Response> {
    let figure = super::keep(&mut cx, new).await?;
    cx.created("/api/v1/published-figures".to_owned(), 1, &figure).await
}
