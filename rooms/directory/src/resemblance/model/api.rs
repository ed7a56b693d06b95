//! Models of resemblance for programs.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Comparison, Learnt};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, learn))
            .routes(routes!(show))
            .routes(routes!(compare))
            .routes(routes!(take)),
    )
}

#[utoipa::path(get, path = "/api/v1/enterprises/review/models", tag = "directory",
    responses((status = 200, description = "Latest first; where none is in use, the one delivered is", body = Vec<Learnt>)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let models = super::all(&mut cx).await?;
    cx.json(&models).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/review/models", tag = "directory",
    responses((status = 202, description = "The job that learns was set off; what it learns is not in use before it is taken"),
        (status = 409, description = "Too few decisions: at least 30, of which 5 say the same and 5 do not")))]
async fn learn(mut cx: Cx) -> Result<Response> {
    super::set_off(&mut cx).await?;
    cx.commit().await?;
    Ok(axum::http::StatusCode::ACCEPTED.into_response())
}

/// A model as people read it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ResemblanceModelText)]
struct Text {
    id: Option<Id>,
    /// TOML: for each field and level its probabilities among pairs of one enterprise, of kin, and by chance.
    model: String,
}

/// The key of the model that was delivered.
fn named(id: Id) -> Option<Id> {
    (id != Id(0)).then_some(id)
}

#[utoipa::path(get, path = "/api/v1/enterprises/review/models/{id}", tag = "directory",
    params(("id" = i64, Path, description = "0 is the one delivered")),
    responses((status = 200, body = Text), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let model = super::text(&mut cx, named(id)).await?;
    cx.json(&Text { id: named(id), model }).await
}

#[utoipa::path(get, path = "/api/v1/enterprises/review/models/{id}/comparison", tag = "directory",
    params(("id" = i64, Path, description = "0 is the one delivered")),
    responses((status = 200, description = "The model beside the one in use", body = Comparison), (status = 404),
        (status = 409, description = "The register is still being read")))]
async fn compare(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let comparison = super::compare(&mut cx, named(id)).await?;
    cx.json(&comparison).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/review/models/{id}/use", tag = "directory",
    params(("id" = i64, Path, description = "0 is the one delivered")),
    responses((status = 200, body = Vec<Learnt>), (status = 404),
        (status = 409, description = "Learnt from too few decisions, or worse than the one in use on what people decided")))]
async fn take(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::take(&mut cx, named(id)).await?;
    let models = super::all(&mut cx).await?;
    cx.json(&models).await
}
