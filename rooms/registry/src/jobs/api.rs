//! What runs in the background, for programs that look after it.

use axum::extract::Path;
use axum::response::Response;
use platform::api::Page;
use platform::clock::At;
use platform::forms::Form;
use platform::jobs::{self, JobRow};
use platform::order::Place;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index)).routes(routes!(retry)).routes(routes!(cancel)))
}

#[derive(Serialize, utoipa::ToSchema)]
struct Job {
    id: Id,
    /// What it does.
    kind: String,
    /// running, waiting, failed, cancelled or done.
    state: String,
    attempts: i64,
    /// When it may begin.
    run_at: At,
    last_error: Option<String>,
    created_by: Option<Id>,
    created_at: At,
    finished_at: Option<At>,
}

impl From<JobRow> for Job {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            state: row.state,
            attempts: row.attempts,
            run_at: row.run_at,
            last_error: row.last_error,
            created_by: row.created_by,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct ListParams {
    #[param(pattern = "^(running|waiting|failed|cancelled|done)$")]
    state: Option<String>,
    after: Option<String>,
}

#[utoipa::path(get, path = "/api/v1/jobs", tag = "registry", params(ListParams),
    responses((status = 200, body = Page<Job>, description = "The latest first")))]
async fn index(mut cx: Cx) -> Result<Response> {
    let (form, limit) = (Form::decode(&cx.view().query), cx.limit(50));
    let (state, place) = (form.optional("state"), Place::after(form.optional("after").as_deref()));
    let page = jobs::page(&mut cx, state.as_deref(), &place, limit).await?;
    cx.json(&Page { items: page.rows.into_iter().map(Job::from).collect(), next: page.next }).await
}

#[derive(Serialize, utoipa::ToSchema)]
struct JobKey {
    id: Id,
}

#[utoipa::path(post, path = "/api/v1/jobs/{id}/retry", tag = "registry", params(("id" = i64, Path)),
    responses((status = 200, body = JobKey), (status = 409, description = "It has not failed")))]
async fn retry(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    jobs::retry(&mut cx, id).await?;
    cx.json(&JobKey { id }).await
}

#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", tag = "registry", params(("id" = i64, Path)),
    responses((status = 200, body = JobKey), (status = 409, description = "It has ended")))]
async fn cancel(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    jobs::cancel(&mut cx, id).await?;
    cx.json(&JobKey { id }).await
}
