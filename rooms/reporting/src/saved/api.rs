//! Saved definitions for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json, Mark, Page};
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{NewSaved, Saved};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(show, change, retire))
            .routes(routes!(restore)),
    )
}

pub(super) fn next(saved: &[Saved], limit: i64) -> Option<String> {
    let last = saved.last().filter(|_| saved.len() as i64 == limit)?;
    Some(Mark(vec![last.name_key.clone(), last.id.to_string()]).encode())
}

#[utoipa::path(get, path = "/api/v1/crosstab-definitions", tag = "reporting", params(("after" = Option<String>, Query)),
    responses((status = 200, body = Page<Saved>)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let after = Form::decode(&cx.view().query).optional("after");
    let limit = cx.limit(100);
    let items = super::page(&mut cx, after.as_deref(), limit).await?;
    let next = next(&items, limit);
    cx.json(&Page { items, next }).await
}

#[utoipa::path(post, path = "/api/v1/crosstab-definitions", tag = "reporting", request_body = NewSaved,
    responses((status = 201, body = Saved), (status = 422, description = "The definition can't be counted, or has no name")))]
async fn create(mut cx: Cx, Json(new): Json<NewSaved>) -> Result<Response> {
    let saved = super::save(&mut cx, new).await?;
    cx.created(format!("/api/v1/crosstab-definitions/{}", saved.id), 1, &saved).await
}

#[utoipa::path(get, path = "/api/v1/crosstab-definitions/{id}", tag = "reporting", params(("id" = i64, Path)),
    responses((status = 200, body = Saved), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let saved = super::get(&mut cx, id).await?;
    cx.found(saved.version, &saved).await
}

#[utoipa::path(patch, path = "/api/v1/crosstab-definitions/{id}", tag = "reporting",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = NewSaved,
    responses((status = 200, body = Saved), (status = 412, description = "Changed meanwhile")))]
async fn change(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(new): Json<NewSaved>) -> Result<Response> {
    let held = super::get(&mut cx, id).await?;
    let name = if new.name.trim().is_empty() { held.name.clone() } else { new.name };
    let shared = if new.shared.is_empty() { held.sharing() } else { new.shared };
    let saved = super::change(&mut cx, id, version.required()?, &name, &shared).await?;
    cx.found(saved.version, &saved).await
}

#[utoipa::path(delete, path = "/api/v1/crosstab-definitions/{id}", tag = "reporting", params(("id" = i64, Path)),
    responses((status = 200, body = Saved, description = "As it was when it was retired"), (status = 404)))]
async fn retire(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let saved = super::get(&mut cx, id).await?;
    super::retire(&mut cx, id, true).await?;
    cx.json(&saved).await
}

#[utoipa::path(post, path = "/api/v1/crosstab-definitions/{id}/restore", tag = "reporting", params(("id" = i64, Path)),
    responses((status = 200, body = Saved), (status = 404)))]
async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::retire(&mut cx, id, false).await?;
    let saved = super::get(&mut cx, id).await?;
    cx.found(saved.version, &saved).await
}
