//! Relations for programs.

use axum::extract::{Path, Query};
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Filter, GivenRelation, Relation};
use crate::enterprise::api::Reason;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index, relate)).routes(routes!(correct)).routes(routes!(withdraw)))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// supplier, customer, partner, competitor, investor or investee.
    #[param(pattern = "^(supplier|customer|partner|competitor|investor|investee)$")]
    role: Option<String>,
    /// The mark of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/relations", tag = "directory",
    params(("id" = i64, Path), ListParams), responses((status = 200, body = Page<Relation>)))]
async fn index(mut cx: Cx, Path(id): Path<Id>, Query(params): Query<ListParams>) -> Result<Response> {
    let held = crate::enterprise::get(&mut cx, id).await?;
    let filter = Filter { role: params.role, after: params.after, before: None };
    let page = super::page(&mut cx, held.id, &filter, params.limit.unwrap_or(50).clamp(1, 200)).await?;
    cx.json(&Page { items: page.relations, next: page.next }).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/relations", tag = "directory", params(("id" = i64, Path)),
    request_body = GivenRelation, responses((status = 201, body = Relation), (status = 422)))]
async fn relate(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenRelation>) -> Result<Response> {
    let relation = super::relate(&mut cx, id, given).await?;
    cx.created(format!("/api/v1/enterprises/{id}/relations/{}", relation.id), relation.version, &relation).await
}

#[utoipa::path(put, path = "/api/v1/enterprises/{id}/relations/{relation}", tag = "directory",
    params(("id" = i64, Path), ("relation" = i64, Path), ("If-Match" = String, Header)),
    request_body = GivenRelation,
    responses((status = 200, body = Relation), (status = 412, description = "Stale: both versions by field")))]
async fn correct(
    mut cx: Cx,
    Path((id, relation)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<GivenRelation>,
) -> Result<Response> {
    let relation = super::correct(&mut cx, id, relation, version.required()?, given).await?;
    cx.found(relation.version, &relation).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/relations/{relation}/withdraw", tag = "directory",
    params(("id" = i64, Path), ("relation" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = Reason,
    responses((status = 412, description = "Another version stands"), (status = 200, body = Page<Relation>)))]
async fn withdraw(
    mut cx: Cx,
    Path((id, relation)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<Reason>,
) -> Result<Response> {
    version.agrees(super::to_edit(&mut cx, id, relation).await?.2.version)?;
    super::withdraw(&mut cx, id, relation, &given.reason).await?;
    let held = crate::enterprise::get(&mut cx, id).await?;
    let page = super::page(&mut cx, held.id, &Filter::default(), 50).await?;
    cx.json(&Page { items: page.relations, next: page.next }).await
}
