//! Criteria for programs: the same fields as the command line's TOML.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::audit;
use platform::clock::At;
use platform::forms::Form;
use platform::order::Place;
use platform::web::ApiRoutes;
use platform::{Cx, Error, Id, Result};
use screening::Criteria;
use serde::{Deserialize, Serialize};
use ui::history::told::{self, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Set, Version};
use crate::SCREEN;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(history))
            .routes(routes!(show, save))
            .routes(routes!(versions))
            .routes(routes!(retire))
            .routes(routes!(restore)),
    )
}

/// A version and its criteria, in the fields of the command line's file.
#[derive(Serialize, utoipa::ToSchema)]
struct CriteriaVersion {
    number: i64,
    note: String,
    made_by_name: String,
    made_at: At,
    #[schema(value_type = Object)]
    criteria: Criteria,
}

#[derive(Serialize, utoipa::ToSchema)]
struct CriteriaWhole {
    #[serde(flatten)]
    set: Set,
    current: CriteriaVersion,
    /// Of the first fifty ids and LEIs that are left out, those that no company of the universe has; none where there is no
    /// universe.
    unknown: Vec<String>,
}

#[derive(Deserialize, utoipa::ToSchema)]
struct GivenCriteria {
    #[schema(value_type = Object)]
    criteria: serde_json::Value,
    #[serde(default)]
    note: String,
}

impl GivenCriteria {
    fn read(&self) -> Result<Criteria> {
        Criteria::from_json(&self.criteria.to_string()).map_err(crate::universe::refused)
    }
}

fn told(version: Version) -> CriteriaVersion {
    let Version { number, note, made_by_name, made_at, criteria } = version;
    CriteriaVersion { number, note, made_by_name, made_at, criteria }
}

async fn whole(cx: &mut Cx, set: Set) -> Result<CriteriaWhole> {
    let current = told(super::version_at(cx, set.id, set.latest).await?);
    let looked_up = super::left_out(cx, &current.criteria.exclude).await?.unwrap_or_default();
    let unknown = looked_up.into_iter().filter(|(_, company)| company.is_none()).map(|(key, _)| key).collect();
    Ok(CriteriaWhole { set, current, unknown })
}

#[utoipa::path(get, path = "/api/v1/criteria", tag = "targeting", params(("after" = Option<String>, Query)),
    responses((status = 200, body = Page<Set>)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let after = Form::decode(&cx.view().query).optional("after");
    let limit = cx.limit(100);
    let page = super::page(&mut cx, false, &Place::after(after.as_deref()), limit).await?;
    cx.json(&Page { items: page.rows, next: page.next }).await
}

#[utoipa::path(post, path = "/api/v1/criteria", tag = "targeting",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = GivenCriteria,
    responses((status = 201, body = CriteriaWhole), (status = 422, description = "Everything wrong, by field")))]
async fn create(mut cx: Cx, Json(given): Json<GivenCriteria>) -> Result<Response> {
    cx.require(&SCREEN)?;
    let set = super::compose(&mut cx, given.read()?, "").await?;
    let whole = whole(&mut cx, set).await?;
    cx.created(format!("/api/v1/criteria/{}", whole.set.id), 1, &whole).await
}

#[utoipa::path(get, path = "/api/v1/criteria/{id}", tag = "targeting", params(("id" = i64, Path)),
    responses((status = 200, body = CriteriaWhole), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let set = super::get(&mut cx, id).await?;
    let whole = whole(&mut cx, set).await?;
    cx.found(whole.set.version, &whole).await
}

#[utoipa::path(put, path = "/api/v1/criteria/{id}", tag = "targeting",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = GivenCriteria,
    responses((status = 200, body = CriteriaWhole, description = "Saved as the next version"), (status = 412), (status = 422)))]
async fn save(mut cx: Cx, Path(id): Path<Id>, held: IfMatch, Json(given): Json<GivenCriteria>) -> Result<Response> {
    cx.require(&SCREEN)?;
    let set = super::get(&mut cx, id).await?;
    platform::version::expect(held.required()?, set.version, Vec::new())?;
    let set = super::save(&mut cx, id, set.latest, given.read()?, &given.note).await?;
    let whole = whole(&mut cx, set).await?;
    cx.found(whole.set.version, &whole).await
}

#[utoipa::path(get, path = "/api/v1/criteria/{id}/versions", tag = "targeting",
    params(("id" = i64, Path), ("after" = Option<String>, Query, description = "The number of the last one told")),
    responses((status = 200, body = Page<CriteriaVersion>, description = "Latest first"), (status = 404)))]
async fn versions(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::get(&mut cx, id).await?;
    let after = Form::decode(&cx.view().query).optional("after");
    let below = after.map(|text| text.parse().map_err(|_| Error::invalid("after", "problem-mark"))).transpose()?;
    let limit = cx.limit(50);
    let found = super::versions(&mut cx, id, below, limit).await?;
    let next =
        found.last().filter(|last| found.len() as i64 == limit && last.number > 1).map(|last| last.number.to_string());
    cx.json(&Page { items: found.into_iter().map(told).collect(), next }).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct CriteriaRetirement {
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/criteria/{id}/retire", tag = "targeting",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = CriteriaRetirement, responses((status = 200, body = Set), (status = 409), (status = 412)))]
async fn retire(
    mut cx: Cx,
    Path(id): Path<Id>,
    version: IfMatch,
    Json(given): Json<CriteriaRetirement>,
) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.version)?;
    super::retire(&mut cx, id, Some(&given.reason)).await?;
    let set = super::get(&mut cx, id).await?;
    cx.found(set.version, &set).await
}

#[utoipa::path(post, path = "/api/v1/criteria/{id}/restore", tag = "targeting",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = Set), (status = 409), (status = 412)))]
async fn restore(mut cx: Cx, Path(id): Path<Id>, version: IfMatch) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.version)?;
    super::retire(&mut cx, id, None).await?;
    let set = super::get(&mut cx, id).await?;
    cx.found(set.version, &set).await
}

#[utoipa::path(get, path = "/api/v1/criteria/{id}/history", tag = "targeting",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Its changes, the latest first"), (status = 404)))]
async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::get(&mut cx, id).await?;
    let (before, limit) = told::asked(&cx)?;
    let entries = audit::read::history(&mut cx, "criteria", id, before, limit + 1).await?;
    cx.json(&told::page(&cx.view(), entries, limit, "criteria")).await
}
