//! Saved views for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Edit, NewView, SavedView};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(show, change))
            .routes(routes!(retire))
            .routes(routes!(restore)),
    )
}

/// One's own, retired ones included, and those shared with one: 500 at most.
#[derive(Serialize, utoipa::ToSchema)]
struct Views {
    items: Vec<SavedView>,
}

#[utoipa::path(get, path = "/api/v1/views", tag = "identity", responses((status = 200, body = Views)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let items = super::all(&mut cx).await?;
    cx.json(&Views { items }).await
}

#[utoipa::path(post, path = "/api/v1/views", tag = "identity", request_body = NewView,
    responses((status = 201, body = SavedView), (status = 422, description = "Problems by field")))]
async fn create(mut cx: Cx, Json(new): Json<NewView>) -> Result<Response> {
    let held = super::save(&mut cx, new).await?;
    cx.created(format!("/api/v1/views/{}", held.id), held.version, &held).await
}

#[utoipa::path(get, path = "/api/v1/views/{id}", tag = "identity", params(("id" = i64, Path)),
    responses((status = 200, body = SavedView), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = super::get(&mut cx, id).await?;
    cx.found(held.version, &held).await
}

/// Refuses any version of a view but the one that stands.
async fn expect(cx: &mut Cx, id: Id, version: IfMatch) -> Result<()> {
    version.agrees(super::own(cx, id).await?.version)
}

#[utoipa::path(patch, path = "/api/v1/views/{id}", tag = "identity",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Edit,
    responses((status = 200, body = SavedView), (status = 412, description = "Another version stands"), (status = 422)))]
async fn change(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(edit): Json<Edit>) -> Result<Response> {
    version.required()?;
    expect(&mut cx, id, version).await?;
    let held = super::change(&mut cx, id, &edit).await?;
    cx.found(held.version, &held).await
}

#[utoipa::path(post, path = "/api/v1/views/{id}/retire", tag = "identity",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = SavedView), (status = 412, description = "Another version stands")))]
async fn retire(mut cx: Cx, Path(id): Path<Id>, version: IfMatch) -> Result<Response> {
    expect(&mut cx, id, version).await?;
    super::retire(&mut cx, id, true).await?;
    let held = super::get(&mut cx, id).await?;
    cx.found(held.version, &held).await
}

#[utoipa::path(post, path = "/api/v1/views/{id}/restore", tag = "identity",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = SavedView), (status = 412, description = "Another version stands"),
              (status = 422, description = "Its name was taken meanwhile")))]
async fn restore(mut cx: Cx, Path(id): Path<Id>, version: IfMatch) -> Result<Response> {
    expect(&mut cx, id, version).await?;
    super::retire(&mut cx, id, false).await?;
    let held = super::get(&mut cx, id).await?;
    cx.found(held.version, &held).await
}
