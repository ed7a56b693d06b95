//! Bodies for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::audit;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::Serialize;
use ui::history::told::{self, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Body, Filled};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new().routes(routes!(index, create)).routes(routes!(show, change)).routes(routes!(history)),
    )
}

/// All bodies: they are few.
#[derive(Serialize, utoipa::ToSchema)]
struct Bodies {
    items: Vec<Body>,
}

#[utoipa::path(get, path = "/api/v1/bodies", tag = "identity", responses((status = 200, body = Bodies)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let items = super::all(&mut cx).await?.into_iter().map(|(body, _)| body).collect();
    cx.json(&Bodies { items }).await
}

#[utoipa::path(post, path = "/api/v1/bodies", tag = "identity", request_body = Filled,
    responses((status = 201, body = Body), (status = 422, description = "Problems by field")))]
async fn create(mut cx: Cx, Json(filled): Json<Filled>) -> Result<Response> {
    let body = super::make(&mut cx, filled).await?;
    cx.created(format!("/api/v1/bodies/{}", body.id), body.version, &body).await
}

#[utoipa::path(get, path = "/api/v1/bodies/{id}", tag = "identity", params(("id" = i64, Path)),
    responses((status = 200, body = Body), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let body = super::get(&mut cx, id).await?;
    cx.found(body.version, &body).await
}

#[utoipa::path(put, path = "/api/v1/bodies/{id}", tag = "identity",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Filled,
    responses((status = 200, body = Body), (status = 404), (status = 412, description = "Changed since")))]
async fn change(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(filled): Json<Filled>) -> Result<Response> {
    let body = super::change(&mut cx, id, version.required()?, filled).await?;
    cx.found(body.version, &body).await
}

#[utoipa::path(get, path = "/api/v1/bodies/{id}/history", tag = "identity",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Its changes, the latest first"), (status = 404)))]
async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::get(&mut cx, id).await?;
    let (before, limit) = told::asked(&cx)?;
    let entries = audit::read::history(&mut cx, "body", id, before, limit + 1).await?;
    cx.json(&told::page(&cx.view(), entries, limit, "body")).await
}
