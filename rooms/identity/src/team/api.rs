//! Teams for programs.

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

use super::{Filled, Team};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new().routes(routes!(index, create)).routes(routes!(show, change)).routes(routes!(history)),
    )
}

/// All teams: they are few.
#[derive(Serialize, utoipa::ToSchema)]
struct Teams {
    items: Vec<Team>,
}

#[utoipa::path(get, path = "/api/v1/teams", tag = "identity", responses((status = 200, body = Teams)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let items = super::all(&mut cx).await?.into_iter().map(|(team, _)| team).collect();
    cx.json(&Teams { items }).await
}

#[utoipa::path(post, path = "/api/v1/teams", tag = "identity", request_body = Filled,
    responses((status = 201, body = Team), (status = 422, description = "Problems by field")))]
async fn create(mut cx: Cx, Json(filled): Json<Filled>) -> Result<Response> {
    let team = super::make(&mut cx, filled).await?;
    cx.created(format!("/api/v1/teams/{}", team.id), team.version, &team).await
}

#[utoipa::path(get, path = "/api/v1/teams/{id}", tag = "identity", params(("id" = i64, Path)),
    responses((status = 200, body = Team), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let team = super::get(&mut cx, id).await?;
    cx.found(team.version, &team).await
}

#[utoipa::path(put, path = "/api/v1/teams/{id}", tag = "identity",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Filled,
    responses((status = 200, body = Team), (status = 404), (status = 412, description = "Changed since")))]
async fn change(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(filled): Json<Filled>) -> Result<Response> {
    let team = super::change(&mut cx, id, version.required()?, filled).await?;
    cx.found(team.version, &team).await
}

#[utoipa::path(get, path = "/api/v1/teams/{id}/history", tag = "identity",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Its changes, the latest first"), (status = 404)))]
async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::get(&mut cx, id).await?;
    let (before, limit) = told::asked(&cx)?;
    let entries = audit::read::history(&mut cx, "team", id, before, limit + 1).await?;
    cx.json(&told::page(&cx.view(), entries, limit, "team")).await
}
