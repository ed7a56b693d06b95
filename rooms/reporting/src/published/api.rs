//! Published figures for programs.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::audit;
use platform::forms::{Form, Loose};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use ui::history::told::{self, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::list::{self, Filter};
use super::{NewPublished, Published};
use crate::reconciliation::{self, Finding};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(show, correct))
            .routes(routes!(history))
            .routes(routes!(withdraw)),
    )
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct ListParams {
    metric: Option<String>,
    body: Option<String>,
    basis: Option<String>,
    /// As at this day or later.
    since: Option<String>,
    /// As at this day or earlier.
    until: Option<String>,
    /// `yes` for what was withdrawn instead of what stands.
    withdrawn: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/published-figures", tag = "reporting", params(ListParams),
    responses((status = 200, body = Page<Published>)))]
async fn index(mut cx: Cx, Query(params): Query<BTreeMap<String, String>>) -> Result<Response> {
    let form = Form::new(params);
    let limit = form.number("limit").unwrap_or(100).clamp(1, 200);
    let page = list::page(&mut cx, &Filter::read(&form)?, limit).await?;
    cx.json(&Page { items: page.figures, next: page.next }).await
}

#[utoipa::path(post, path = "/api/v1/published-figures", tag = "reporting", request_body = NewPublished,
    responses((status = 201, body = Told), (status = 409, description = "Kept already; the answer names it"),
              (status = 422, description = "Lacks a part every figure must have")))]
async fn create(mut cx: Cx, Json(new): Json<NewPublished>) -> Result<Response> {
    let figure = super::keep(&mut cx, new).await?;
    let told = told(&mut cx, figure).await?;
    cx.created(format!("/api/v1/published-figures/{}", told.figure.record_id), told.figure.version, &told).await
}

/// A published figure with what somebody should look at before it is printed again.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = PublishedWithWarnings)]
struct Told {
    #[serde(flatten)]
    figure: Published,
    /// A value about ten times another’s, an area in the wrong unit, another scope, basis or unit
    /// than before. They do not keep a figure from being kept.
    warnings: Vec<Finding>,
}

async fn told(cx: &mut Cx, figure: Published) -> Result<Told> {
    let warnings = reconciliation::warnings(cx, &figure).await?;
    Ok(Told { figure, warnings })
}

/// A published figure with its earlier versions, latest first.
#[derive(Serialize, utoipa::ToSchema)]
struct WithHistory {
    #[serde(flatten)]
    figure: Published,
    earlier: Vec<Published>,
}

#[utoipa::path(get, path = "/api/v1/published-figures/{id}", tag = "reporting", params(("id" = i64, Path)),
    responses((status = 200, body = WithHistory), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let figure = super::get(&mut cx, id).await?;
    let earlier = super::versions(&mut cx, id).await?.into_iter().skip(1).collect();
    cx.found(figure.version, &WithHistory { figure, earlier }).await
}

/// The fields to correct; what is absent stays, null empties.
#[derive(utoipa::ToSchema)]
#[schema(as = PublishedEdit)]
#[allow(dead_code)] // Its shape is described; the verb reads the fields by name.
struct Fields {
    /// Why it is corrected.
    reason: String,
    as_at: Option<Loose>,
    metric: Option<Loose>,
    value: Option<Loose>,
    unit: Option<Loose>,
    comparator: Option<Loose>,
    basis: Option<Loose>,
    scope: Option<Loose>,
    denominator: Option<Loose>,
    body: Option<Loose>,
    source: Option<Loose>,
    note: Option<Loose>,
}

#[utoipa::path(patch, path = "/api/v1/published-figures/{id}", tag = "reporting",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Fields,
    responses((status = 200, body = Told),
              (status = 409, description = "It no longer stands, or another figure says the same"),
              (status = 412, description = "Stale: both versions by field")))]
async fn correct(
    mut cx: Cx,
    Path(id): Path<Id>,
    version: IfMatch,
    Json(edit): Json<BTreeMap<String, Option<Loose>>>,
) -> Result<Response> {
    let version = version.required()?;
    let mut edit: BTreeMap<String, String> =
        edit.into_iter().map(|(field, value)| (field, value.map(|value| value.0).unwrap_or_default())).collect();
    let reason = edit.remove("reason").unwrap_or_default();
    let figure = super::correct(&mut cx, id, version, &edit, &reason).await?;
    let told = told(&mut cx, figure).await?;
    cx.found(told.figure.version, &told).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct Withdrawal {
    #[serde(default)]
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/published-figures/{id}/withdrawal", tag = "reporting",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Withdrawal,
    responses((status = 200, body = Published), (status = 412, description = "Changed meanwhile")))]
async fn withdraw(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(given): Json<Withdrawal>) -> Result<Response> {
    let version = version.required()?;
    let figure = super::withdraw(&mut cx, id, version, &given.reason).await?;
    cx.json(&figure).await
}

#[utoipa::path(get, path = "/api/v1/published-figures/{id}/history", tag = "reporting",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Its changes, the latest first"), (status = 404)))]
async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let record = super::get(&mut cx, id).await?.record_id;
    let (before, limit) = told::asked(&cx)?;
    let entries = audit::read::history(&mut cx, "published", record, before, limit + 1).await?;
    cx.json(&told::page(&cx.view(), entries, limit, "published")).await
}
