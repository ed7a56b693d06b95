//! Batches and ceremonies for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Batch, Member, NewBatch};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(show, replace))
            .routes(routes!(retire))
            .routes(routes!(restore))
            .routes(routes!(members)),
    )
}

#[utoipa::path(get, path = "/api/v1/batches", tag = "batches", responses((status = 200, body = Vec<Batch>)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let batches = super::all(&mut cx, true).await?;
    cx.json(&batches).await
}

#[utoipa::path(post, path = "/api/v1/batches", tag = "batches",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewBatch,
    responses((status = 201, body = Batch), (status = 409), (status = 422)))]
async fn create(mut cx: Cx, Json(new): Json<NewBatch>) -> Result<Response> {
    let batch = super::make(&mut cx, new).await?;
    cx.created(format!("/api/v1/batches/{}", batch.id), 1, &batch).await
}

#[utoipa::path(get, path = "/api/v1/batches/{id}", tag = "batches", params(("id" = i64, Path)),
    responses((status = 200, body = Batch), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let batch = super::get(&mut cx, id).await?;
    cx.found(batch.version, &batch).await
}

#[utoipa::path(put, path = "/api/v1/batches/{id}", tag = "batches",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = NewBatch,
    responses((status = 200, body = Batch), (status = 412), (status = 422)))]
async fn replace(mut cx: Cx, Path(id): Path<Id>, held: IfMatch, Json(new): Json<NewBatch>) -> Result<Response> {
    let batch = super::edit(&mut cx, id, held.required()?, new).await?;
    cx.found(batch.version, &batch).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct BatchRetirement {
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/batches/{id}/retire", tag = "batches",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = BatchRetirement, responses((status = 200, body = Batch), (status = 409), (status = 412)))]
async fn retire(
    mut cx: Cx,
    Path(id): Path<Id>,
    version: IfMatch,
    Json(given): Json<BatchRetirement>,
) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.version)?;
    super::retire(&mut cx, id, Some(&given.reason)).await?;
    let batch = super::get(&mut cx, id).await?;
    cx.found(batch.version, &batch).await
}

#[utoipa::path(post, path = "/api/v1/batches/{id}/restore", tag = "batches",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = Batch), (status = 409), (status = 412)))]
async fn restore(mut cx: Cx, Path(id): Path<Id>, version: IfMatch) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.version)?;
    super::retire(&mut cx, id, None).await?;
    let batch = super::get(&mut cx, id).await?;
    cx.found(batch.version, &batch).await
}

#[utoipa::path(get, path = "/api/v1/batches/{id}/members", tag = "batches",
    params(("id" = i64, Path), ("after" = Option<String>, Query), ("cleared" = Option<String>, Query, description = "yes or no")),
    responses((status = 200, body = Page<Member>, description = "Within reach; with cleared, only who may be named")))]
async fn members(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let batch = super::get(&mut cx, id).await?;
    let asked = Form::decode(&cx.view().query);
    let after = asked.optional("after");
    let limit = cx.limit(100);
    let items = if asked.value("cleared") == "yes" {
        super::cleared(&mut cx, &batch, after.as_deref(), limit).await?
    } else {
        super::members(&mut cx, &batch, after.as_deref(), limit).await?
    };
    let next = items.last().filter(|_| items.len() as i64 == limit).map(|member| member.reference.clone());
    cx.json(&Page { items, next }).await
}
