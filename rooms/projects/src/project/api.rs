//! Projects for programs.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::audit;
use platform::forms::{Form, Loose};
use platform::own_field::{Edit, Given};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use ui::history::told::{self, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::list::{self, Filter, Listed};
use super::{NewProject, Project, SUBJECT};
use crate::clearance::{self, Clearance};
use crate::evidence::{self, Evidence};
use crate::gate::{self, Lapsed, Passage};
use crate::milestone::{self, Milestone, NewMilestone};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(history))
            .routes(routes!(looks))
            .routes(routes!(show, patch))
            .routes(routes!(pass))
            .routes(routes!(correct_passage))
            .routes(routes!(fare))
            .routes(routes!(milestones, add_milestone))
            .routes(routes!(withdraw_milestone))
            .routes(routes!(correct))
            .routes(routes!(retire))
            .routes(routes!(restore)),
    )
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct ListParams {
    q: Option<String>,
    stage: Option<String>,
    status: Option<String>,
    nature: Option<String>,
    /// public, office, team or named.
    tier: Option<String>,
    /// An account's key, `me` or `none`.
    owner: Option<String>,
    team: Option<Id>,
    enterprise: Option<Id>,
    /// The batch of an attraction or the ceremony of a signing.
    batch: Option<String>,
    /// `no` lists those where something a passed gate asked for has since been taken back.
    borne_out: Option<String>,
    /// `yes` lists retired projects instead.
    retired: Option<String>,
    /// What a filterable field of the office's own says: `own.` and its code. May be given for several fields.
    #[param(rename = "own.{code}")]
    own: Option<String>,
    /// `updated`, `created`, `title`, `stage`, `status`, `nature` or `tier`; with `-` in front the other way.
    /// Latest change first when left out.
    #[param(pattern = "^-?(updated|created|title|stage|status|nature|tier)$")]
    sort: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/projects", tag = "projects", params(ListParams),
    responses((status = 200, body = Page<Listed>)))]
async fn index(mut cx: Cx, Query(params): Query<BTreeMap<String, String>>) -> Result<Response> {
    let form = Form::new(params);
    let limit = form.number("limit").unwrap_or(50).clamp(1, 200);
    let filter = Filter::asked(&cx, &form)?;
    let mut page = list::page(&mut cx, &filter, limit).await?;
    for listed in &mut page.projects {
        listed.own.give(&cx, SUBJECT);
    }
    list::look_over(&mut cx, &page.projects);
    cx.json(&Page { items: page.projects, next: page.next }).await
}

#[utoipa::path(post, path = "/api/v1/projects", tag = "projects",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewProject,
    responses((status = 201, body = Project), (status = 409, description = "A gate refuses: everything missing is named")))]
async fn create(mut cx: Cx, Json(new): Json<NewProject>) -> Result<Response> {
    let project = super::start(&mut cx, new).await?;
    let project = told(&cx, project);
    cx.created(format!("/api/v1/projects/{}", project.id), project.version, &project).await
}

/// A project as a program is told of it: with what the caller sees of fields of the office's own.
fn told(cx: &Cx, mut project: Project) -> Project {
    project.own.give(cx, SUBJECT);
    project
}

/// A project with what happened to it.
#[derive(Serialize, utoipa::ToSchema)]
struct WholeProject {
    #[serde(flatten)]
    project: Project,
    milestones: Vec<Milestone>,
    evidence: Vec<Evidence>,
    passages: Vec<Passage>,
    /// What a passed gate asked for and has since been taken back.
    no_longer_borne_out: Vec<Lapsed>,
    clearances: Vec<Clearance>,
}

#[utoipa::path(get, path = "/api/v1/projects/{id}", tag = "projects", params(("id" = i64, Path)),
    responses((status = 200, body = WholeProject), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = super::get(&mut cx, id).await?;
    let passages = gate::passages(&mut cx, id).await?;
    let project = told(&cx, project);
    let whole = WholeProject {
        no_longer_borne_out: gate::lapsed(&passages),
        milestones: milestone::all(&mut cx, id).await?,
        evidence: evidence::of(&mut cx, id).await?,
        passages,
        clearances: clearance::of(&mut cx, id).await?,
        project,
    };
    cx.found(whole.project.version, &whole).await
}

/// The fields to change; what is absent stays, null empties.
#[derive(utoipa::ToSchema)]
#[schema(as = ProjectEdit)]
#[allow(dead_code)] // Its shape is described; the verb reads the fields by name.
struct Fields {
    title: Option<Loose>,
    /// A code of the list `nature`.
    nature: Option<Loose>,
    /// A code of the list `hq_kind`.
    hq_kind: Option<Loose>,
    /// Codes of the list `activity`, with commas between.
    activities: Option<Loose>,
    /// A day, YYYY-MM-DD.
    proposal_received_on: Option<Loose>,
    assessment: Option<Loose>,
    description: Option<Loose>,
    /// public, office, team or named.
    tier: Option<Loose>,
    /// The key of a team.
    team_id: Option<Loose>,
    /// The key of an account.
    owner_id: Option<Loose>,
    own: Option<Given>,
}

#[utoipa::path(patch, path = "/api/v1/projects/{id}", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Fields,
    responses((status = 200, body = Project), (status = 412, description = "Stale: both versions by field")))]
async fn patch(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(edit): Json<Edit>) -> Result<Response> {
    let version = version.required()?;
    let fields = edit.fields(&cx, SUBJECT)?;
    let project = super::edit(&mut cx, id, version, fields).await?;
    let project = told(&cx, project);
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

/// The project as it stands after a change, with its version.
async fn changed(cx: &mut Cx, id: Id) -> Result<Response> {
    let project = super::get(cx, id).await?;
    let project = told(cx, project);
    cx.found(project.version, &project).await
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/passages", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = NewPassage,
    responses((status = 200, body = Project), (status = 409, description = "A gate refuses: everything missing is named"),
        (status = 412), (status = 422)))]
async fn pass(mut cx: Cx, Path(id): Path<Id>, held: IfMatch, Json(new): Json<NewPassage>) -> Result<Response> {
    let mut problems = Problems::default();
    let on = problems.day("effective_on", new.effective_on.get()).unwrap_or_else(|| cx.today());
    problems.into_result()?;
    super::expected(&mut cx, id, held.0).await?;
    super::advance(&mut cx, id, &new.into, on, new.note.as_deref(), new.override_reason.as_deref()).await?;
    changed(&mut cx, id).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct PassageCorrection {
    /// The day on which the stage was entered; between those of the passages before and after it.
    effective_on: String,
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/passages/{passage}/corrections", tag = "projects",
    params(("id" = i64, Path), ("passage" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = PassageCorrection,
    responses((status = 200, body = Project), (status = 409, description = "A gate refuses: everything missing is named"),
        (status = 412), (status = 422)))]
async fn correct_passage(
    mut cx: Cx,
    Path((id, passage)): Path<(Id, Id)>,
    held: IfMatch,
    Json(new): Json<PassageCorrection>,
) -> Result<Response> {
    super::expected(&mut cx, id, held.0).await?;
    super::correct_day(&mut cx, id, passage, &new.effective_on, &new.reason).await?;
    changed(&mut cx, id).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct NewStatus {
    status: String,
    effective_on: String,
    #[serde(default)]
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/status", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = NewStatus,
    responses((status = 200, body = Project), (status = 409), (status = 412), (status = 422)))]
async fn fare(mut cx: Cx, Path(id): Path<Id>, held: IfMatch, Json(new): Json<NewStatus>) -> Result<Response> {
    super::expected(&mut cx, id, held.0).await?;
    super::fare(&mut cx, id, &new.status, &new.effective_on, &new.reason).await?;
    changed(&mut cx, id).await
}

#[utoipa::path(get, path = "/api/v1/projects/{id}/milestones", tag = "projects", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<Milestone>), (status = 404)))]
async fn milestones(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = super::get(&mut cx, id).await?;
    let milestones = milestone::all(&mut cx, project.id).await?;
    cx.json(&milestones).await
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/milestones", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header), ("Idempotency-Key" = Option<String>, Header)),
    request_body = NewMilestone, responses((status = 201, body = Vec<Milestone>), (status = 412), (status = 422)))]
async fn add_milestone(
    mut cx: Cx,
    Path(id): Path<Id>,
    held: IfMatch,
    Json(new): Json<NewMilestone>,
) -> Result<Response> {
    super::expected(&mut cx, id, held.0).await?;
    milestone::record(&mut cx, id, new).await?;
    let milestones = milestone::all(&mut cx, id).await?;
    let version = super::get(&mut cx, id).await?.version;
    cx.created(format!("/api/v1/projects/{id}/milestones"), version, &milestones).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct ProjectReason {
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/milestones/{milestone}/withdraw", tag = "projects",
    params(("id" = i64, Path), ("milestone" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = ProjectReason, responses((status = 200, body = Vec<Milestone>), (status = 409), (status = 412)))]
async fn withdraw_milestone(
    mut cx: Cx,
    Path((id, one)): Path<(Id, Id)>,
    held: IfMatch,
    Json(given): Json<ProjectReason>,
) -> Result<Response> {
    super::expected(&mut cx, id, held.0).await?;
    milestone::withdraw(&mut cx, id, one, &given.reason).await?;
    let milestones = milestone::all(&mut cx, id).await?;
    cx.json(&milestones).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct NewCorrection {
    field: String,
    value: Option<String>,
    effective_on: String,
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/corrections", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = NewCorrection,
    responses((status = 200, body = Project), (status = 412), (status = 422)))]
async fn correct(mut cx: Cx, Path(id): Path<Id>, held: IfMatch, Json(new): Json<NewCorrection>) -> Result<Response> {
    super::expected(&mut cx, id, held.0).await?;
    super::correct(&mut cx, id, &new.field, new.value, &new.effective_on, &new.reason).await?;
    changed(&mut cx, id).await
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/retire", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = ProjectReason,
    responses((status = 200, body = Project), (status = 409), (status = 412), (status = 422)))]
async fn retire(mut cx: Cx, Path(id): Path<Id>, held: IfMatch, Json(given): Json<ProjectReason>) -> Result<Response> {
    super::expected(&mut cx, id, held.0).await?;
    super::retire(&mut cx, id, Some(&given.reason)).await?;
    changed(&mut cx, id).await
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/restore", tag = "projects",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = Project), (status = 409), (status = 412)))]
async fn restore(mut cx: Cx, Path(id): Path<Id>, held: IfMatch) -> Result<Response> {
    super::expected(&mut cx, id, held.0).await?;
    super::retire(&mut cx, id, None).await?;
    changed(&mut cx, id).await
}

#[utoipa::path(get, path = "/api/v1/projects/{id}/history", tag = "projects",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Its changes, the latest first"), (status = 404)))]
async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::get(&mut cx, id).await?;
    let (before, limit) = told::asked(&cx)?;
    let entries = audit::read::history(&mut cx, "project", id, before, limit + 1).await?;
    cx.json(&told::page(&cx.view(), entries, limit, "project")).await
}

#[utoipa::path(get, path = "/api/v1/projects/{id}/looks", tag = "projects",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Who has looked at it, the latest first"),
              (status = 404)))]
async fn looks(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = super::get(&mut cx, id).await?;
    let (place, limit) = told::asked_place(&cx);
    let page = audit::read::looks(&mut cx, "project", project.id, project.relation(), &place, limit).await?;
    cx.json(&told::looks(&cx.view(), page, "project")).await
}
