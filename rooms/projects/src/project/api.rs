//! Projects for programs.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::forms::{Form, Loose};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::list::{self, Filter, Listed};
use super::{NewProject, Project};
use crate::evidence::{self, Evidence, NewEvidence};
use crate::gate::{self, Passage};
use crate::milestone::{self, Milestone, NewMilestone};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(show, patch))
            .routes(routes!(pass))
            .routes(routes!(fare))
            .routes(routes!(add_milestone))
            .routes(routes!(add_evidence))
            .routes(routes!(correct)),
    )
}

#[derive(Deserialize, utoipa::IntoParams)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct ListParams {
    q: Option<String>,
    stage: Option<String>,
    status: Option<String>,
    nature: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/projects", tag = "projects", params(ListParams),
    responses((status = 200, body = Page<Listed>)))]
async fn index(mut cx: Cx, Query(params): Query<BTreeMap<String, String>>) -> Result<Response> {
    let form = Form::new(params);
    let limit = form.number("limit").unwrap_or(50).clamp(1, 200);
    let page = list::page(&mut cx, &Filter::read(&form), limit).await?;
    cx.json(&Page { items: page.projects, next: page.next }).await
}

#[utoipa::path(post, path = "/api/v1/projects", tag = "projects", request_body = NewProject,
    responses((status = 201, body = Project), (status = 409, description = "A gate refuses: everything missing is named")))]
async fn create(mut cx: Cx, Json(new): Json<NewProject>) -> Result<Response> {
    let project = super::start(&mut cx, new).await?;
    cx.created(format!("/api/v1/projects/{}", project.id), project.version, &project).await
}

/// A project with what happened to it.
#[derive(Serialize, utoipa::ToSchema)]
struct Whole {
    #[serde(flatten)]
    project: Project,
    milestones: Vec<Milestone>,
    evidence: Vec<Evidence>,
    passages: Vec<Passage>,
}

#[utoipa::path(get, path = "/api/v1/projects/{id}", tag = "projects", params(("id" = i64, Path)),
    responses((status = 200, body = Whole), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = super::get(&mut cx, id).await?;
    let whole = Whole {
        milestones: milestone::all(&mut cx, id).await?,
        evidence: evidence::of(&mut cx, id).await?,
        passages: gate::passages(&mut cx, id).await?,
        project,
    };
    cx.found(whole.project.version, &whole).await
}

#[utoipa::path(patch, path = "/api/v1/projects/{id}", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Object,
    responses((status = 200, body = Project), (status = 412, description = "Stale: both versions by field")))]
async fn patch(
    mut cx: Cx,
    Path(id): Path<Id>,
    version: IfMatch,
    Json(edit): Json<BTreeMap<String, Option<Loose>>>,
) -> Result<Response> {
    let version = version.required()?;
    let fields = edit.into_iter().map(|(field, value)| (field, value.map(|value| value.0))).collect();
    let project = super::edit(&mut cx, id, version, fields).await?;
    cx.found(project.version, &project).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct NewPassage {
    into: String,
    #[serde(default)]
    effective_on: Loose,
    #[serde(default)]
    note: Option<String>,
    /// Goes past a gate with something missing, for those who may.
    #[serde(default)]
    override_reason: Option<String>,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/passages", tag = "projects", params(("id" = i64, Path)),
    request_body = NewPassage, responses((status = 200, body = Project), (status = 409, description = "A gate refuses")))]
async fn pass(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewPassage>) -> Result<Response> {
    let mut problems = Problems::default();
    let on = problems.day("effective_on", new.effective_on.get()).unwrap_or_else(|| cx.today());
    problems.into_result()?;
    super::advance(&mut cx, id, &new.into, on, new.note.as_deref(), new.override_reason.as_deref()).await?;
    let project = super::get(&mut cx, id).await?;
    cx.found(project.version, &project).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct NewStatus {
    status: String,
    effective_on: String,
    #[serde(default)]
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/status", tag = "projects", params(("id" = i64, Path)),
    request_body = NewStatus, responses((status = 200, body = Project)))]
async fn fare(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewStatus>) -> Result<Response> {
    super::fare(&mut cx, id, &new.status, &new.effective_on, &new.reason).await?;
    let project = super::get(&mut cx, id).await?;
    cx.found(project.version, &project).await
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/milestones", tag = "projects", params(("id" = i64, Path)),
    request_body = NewMilestone, responses((status = 200, body = Vec<Milestone>)))]
async fn add_milestone(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewMilestone>) -> Result<Response> {
    milestone::record(&mut cx, id, new).await?;
    let milestones = milestone::all(&mut cx, id).await?;
    cx.json(&milestones).await
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/evidence", tag = "projects", params(("id" = i64, Path)),
    request_body = NewEvidence, responses((status = 200, body = Vec<Evidence>)))]
async fn add_evidence(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewEvidence>) -> Result<Response> {
    evidence::add(&mut cx, id, new).await?;
    let evidence = evidence::of(&mut cx, id).await?;
    cx.json(&evidence).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct NewCorrection {
    field: String,
    value: Option<String>,
    effective_on: String,
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/corrections", tag = "projects", params(("id" = i64, Path)),
    request_body = NewCorrection, responses((status = 200, body = Project)))]
async fn correct(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewCorrection>) -> Result<Response> {
    super::correct(&mut cx, id, &new.field, new.value, &new.effective_on, &new.reason).await?;
    let project = super::get(&mut cx, id).await?;
    cx.found(project.version, &project).await
}
