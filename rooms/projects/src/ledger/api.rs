//! The ledger for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::Json;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Entry, NewEntry, Total};
use crate::project;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(show, enter)).routes(routes!(reverse)))
}

/// A project's entries, and what stands now. Amounts are whole numbers of each unit's smallest step.
#[derive(Serialize, utoipa::ToSchema)]
struct Ledger {
    totals: Vec<Total>,
    entries: Vec<Entry>,
}

#[utoipa::path(get, path = "/api/v1/projects/{id}/ledger", tag = "ledger", params(("id" = i64, Path)),
    responses((status = 200, body = Ledger), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = project::get(&mut cx, id).await?;
    let (today, now) = (cx.today(), cx.now());
    let ledger = Ledger {
        totals: super::totals(&mut cx, project.id, today, now).await?,
        entries: super::entries(&mut cx, project.id).await?,
    };
    cx.json(&ledger).await
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/ledger", tag = "ledger", params(("id" = i64, Path)),
    request_body = NewEntry, responses((status = 201, body = i64), (status = 422, description = "Problems by field")))]
async fn enter(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewEntry>) -> Result<Response> {
    let entry = super::enter(&mut cx, id, new).await?;
    cx.created(format!("/api/v1/projects/{id}/ledger"), 1, &entry).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct Reversal {
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/ledger/{id}/reverse", tag = "ledger", params(("id" = i64, Path)),
    request_body = Reversal, responses((status = 201, body = i64), (status = 409)))]
async fn reverse(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<Reversal>) -> Result<Response> {
    let entry = super::reverse(&mut cx, id, &given.reason).await?;
    cx.created(format!("/api/v1/ledger/{entry}"), 1, &entry).await
}
