//! The target list for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::audit;
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use ui::history::told::{self, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::list::{self, Filter, Listed};
use super::{NewTarget, Standing, Target};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(history))
            .routes(routes!(show, replace))
            .routes(routes!(standing))
            .routes(routes!(project))
            .routes(routes!(retire))
            .routes(routes!(restore)),
    )
}

#[derive(Serialize, utoipa::ToSchema)]
struct TargetWhole {
    #[serde(flatten)]
    target: Target,
    standings: Vec<Standing>,
    /// Why it was chosen, as it was known then; absent where a person simply put it on the list.
    #[schema(value_type = Option<Object>)]
    reasons: Option<serde_json::Value>,
}

async fn whole(cx: &mut Cx, id: Id) -> Result<TargetWhole> {
    let target = super::get(cx, id).await?;
    let standings = super::standings(cx, id).await?;
    let reasons = target.reasons.as_deref().map(serde_json::from_str).transpose()?;
    Ok(TargetWhole { target, standings, reasons })
}

#[utoipa::path(get, path = "/api/v1/targets", tag = "targeting",
    params(("after" = Option<String>, Query), ("q" = Option<String>, Query), ("standing" = Option<String>, Query),
        ("round" = Option<String>, Query), ("owner" = Option<String>, Query), ("team" = Option<i64>, Query),
        ("tier" = Option<String>, Query), ("enterprise" = Option<i64>, Query), ("sort" = Option<String>, Query)),
    responses((status = 200, body = Page<Listed>)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let filter = Filter::asked(&cx, &Form::decode(&cx.view().query))?;
    let limit = cx.limit(100);
    let page = list::page(&mut cx, &filter, limit).await?;
    list::look_over(&mut cx, &page.rows);
    cx.json(&Page { items: page.rows, next: page.next }).await
}

#[utoipa::path(post, path = "/api/v1/targets", tag = "targeting",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewTarget,
    responses((status = 201, body = TargetWhole), (status = 409, description = "There is a live one, or the enterprise is retired"),
        (status = 422)))]
async fn create(mut cx: Cx, Json(new): Json<NewTarget>) -> Result<Response> {
    let id = super::propose_new(&mut cx, new).await?;
    let whole = whole(&mut cx, id).await?;
    cx.created(format!("/api/v1/targets/{id}"), whole.target.version, &whole).await
}

#[utoipa::path(get, path = "/api/v1/targets/{id}", tag = "targeting", params(("id" = i64, Path)),
    responses((status = 200, body = TargetWhole), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let whole = whole(&mut cx, id).await?;
    cx.found(whole.target.version, &whole).await
}

#[utoipa::path(put, path = "/api/v1/targets/{id}", tag = "targeting",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = NewTarget,
    responses((status = 200, body = TargetWhole), (status = 409), (status = 412), (status = 422)))]
async fn replace(mut cx: Cx, Path(id): Path<Id>, held: IfMatch, Json(new): Json<NewTarget>) -> Result<Response> {
    super::edit(&mut cx, id, held.required()?, new).await?;
    let whole = whole(&mut cx, id).await?;
    cx.found(whole.target.version, &whole).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct NewStanding {
    standing: String,
    standing_on: String,
    #[serde(default)]
    standing_note: String,
}

#[utoipa::path(post, path = "/api/v1/targets/{id}/standings", tag = "targeting",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = NewStanding, responses((status = 200, body = TargetWhole), (status = 409), (status = 412), (status = 422)))]
async fn standing(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(new): Json<NewStanding>) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.version)?;
    super::stand(&mut cx, id, &new.standing, &new.standing_on, &new.standing_note).await?;
    let whole = whole(&mut cx, id).await?;
    cx.found(whole.target.version, &whole).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct ProjectOfTarget {
    title: String,
}

#[utoipa::path(post, path = "/api/v1/targets/{id}/project", tag = "targeting",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = ProjectOfTarget, responses((status = 200, body = TargetWhole), (status = 409), (status = 412), (status = 422)))]
async fn project(
    mut cx: Cx,
    Path(id): Path<Id>,
    version: IfMatch,
    Json(given): Json<ProjectOfTarget>,
) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.version)?;
    super::start_project(&mut cx, id, &given.title).await?;
    let whole = whole(&mut cx, id).await?;
    cx.found(whole.target.version, &whole).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct TargetRetirement {
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/targets/{id}/retire", tag = "targeting",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = TargetRetirement, responses((status = 200, body = TargetWhole), (status = 409), (status = 412)))]
async fn retire(
    mut cx: Cx,
    Path(id): Path<Id>,
    version: IfMatch,
    Json(given): Json<TargetRetirement>,
) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.version)?;
    super::retire(&mut cx, id, Some(&given.reason)).await?;
    let whole = whole(&mut cx, id).await?;
    cx.found(whole.target.version, &whole).await
}

#[utoipa::path(post, path = "/api/v1/targets/{id}/restore", tag = "targeting",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = TargetWhole), (status = 409), (status = 412)))]
async fn restore(mut cx: Cx, Path(id): Path<Id>, version: IfMatch) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.version)?;
    super::retire(&mut cx, id, None).await?;
    let whole = whole(&mut cx, id).await?;
    cx.found(whole.target.version, &whole).await
}

#[utoipa::path(get, path = "/api/v1/targets/{id}/history", tag = "targeting",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Its changes, the latest first"), (status = 404)))]
async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::get(&mut cx, id).await?;
    let (before, limit) = told::asked(&cx)?;
    let entries = audit::read::history(&mut cx, "target", id, before, limit + 1).await?;
    cx.json(&told::page(&cx.view(), entries, limit, "target")).await
}
