//! The ledger for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::Json;
use platform::clock::At;
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Entry, NewEntry, Total};
use crate::project;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(show, enter)).routes(routes!(entry)).routes(routes!(reverse)))
}

/// A project's totals as at a day as known at an instant, and a page of its entries, latest day
/// first. Amounts are whole numbers of each unit's smallest step.
#[derive(Serialize, utoipa::ToSchema)]
struct Ledger {
    as_at: String,
    known_at: At,
    totals: Vec<Total>,
    entries: Vec<Entry>,
    /// Sent as `after` to get the next page of entries; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[utoipa::path(get, path = "/api/v1/projects/{id}/ledger", tag = "ledger",
    params(("id" = i64, Path), ("as_at" = Option<String>, Query), ("known_at" = Option<String>, Query),
        ("after" = Option<String>, Query)),
    responses((status = 200, body = Ledger), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = project::get(&mut cx, id).await?;
    let asked = Form::decode(&cx.view().query);
    let mut problems = Problems::default();
    let as_at = problems.day("as_at", Some(asked.value("as_at"))).unwrap_or_else(|| cx.today());
    let known_at = problems.day("known_at", Some(asked.value("known_at")));
    problems.into_result()?;
    let known_at = known_at.map_or(cx.now(), |day| At::end_of(day, &cx.house.zone));
    let (entries, _, next) = super::page(&mut cx, project.id, asked.optional("after").as_deref(), 200).await?;
    let ledger = Ledger {
        as_at: as_at.to_string(),
        known_at,
        totals: super::totals(&mut cx, project.id, as_at, known_at).await?,
        entries,
        next,
    };
    cx.json(&ledger).await
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/ledger", tag = "ledger",
    params(("id" = i64, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = NewEntry,
    responses((status = 201, body = Entry), (status = 422, description = "Problems by field")))]
async fn enter(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewEntry>) -> Result<Response> {
    let id = super::enter(&mut cx, id, new).await?;
    let entry = super::entry(&mut cx, id).await?;
    cx.created(format!("/api/v1/ledger/{id}"), 1, &entry).await
}

#[utoipa::path(get, path = "/api/v1/ledger/{id}", tag = "ledger", params(("id" = i64, Path)),
    responses((status = 200, body = Entry), (status = 404)))]
async fn entry(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let entry = super::entry(&mut cx, id).await?;
    cx.found(1, &entry).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct Reversal {
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/ledger/{id}/reverse", tag = "ledger",
    params(("id" = i64, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Reversal,
    responses((status = 201, body = Entry), (status = 409)))]
async fn reverse(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<Reversal>) -> Result<Response> {
    let id = super::reverse(&mut cx, id, &given.reason).await?;
    let entry = super::entry(&mut cx, id).await?;
    cx.created(format!("/api/v1/ledger/{id}"), 1, &entry).await
}
