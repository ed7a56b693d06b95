//! Names for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{GivenName, Name};
use crate::enterprise::api::Reason;
use crate::enterprise::{self, Enterprise};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, add))
            .routes(routes!(correct))
            .routes(routes!(withdraw))
            .routes(routes!(show)),
    )
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/names", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<Name>)))]
async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = crate::enterprise::get(&mut cx, id).await?;
    let names = super::of(&mut cx, held.id).await?;
    cx.json(&names).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/names", tag = "directory", params(("id" = i64, Path)),
    request_body = GivenName, responses((status = 201, body = Name), (status = 409, description = "Retired")))]
async fn add(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenName>) -> Result<Response> {
    let name = super::add(&mut cx, id, given).await?;
    cx.created(format!("/api/v1/enterprises/{id}/names/{}", name.id), name.version, &name).await
}

#[utoipa::path(put, path = "/api/v1/enterprises/{id}/names/{name}", tag = "directory",
    params(("id" = i64, Path), ("name" = i64, Path), ("If-Match" = String, Header)), request_body = GivenName,
    responses((status = 200, body = Name), (status = 412, description = "Stale: both versions by field")))]
async fn correct(
    mut cx: Cx,
    Path((id, name)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<GivenName>,
) -> Result<Response> {
    let name = super::correct(&mut cx, id, name, version.required()?, given).await?;
    cx.found(name.version, &name).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/names/{name}/withdraw", tag = "directory",
    params(("id" = i64, Path), ("name" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = Reason,
    responses((status = 412, description = "Another version stands"), (status = 200, body = Vec<Name>)))]
async fn withdraw(
    mut cx: Cx,
    Path((id, name)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<Reason>,
) -> Result<Response> {
    version.agrees(super::to_edit(&mut cx, id, name).await?.2.version)?;
    super::withdraw(&mut cx, id, name, &given.reason).await?;
    let names = super::of(&mut cx, id).await?;
    cx.json(&names).await
}

/// Which names an enterprise is shown by.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = ShownNames)]
struct Shown {
    first: Id,
    second: Option<Id>,
}

#[utoipa::path(put, path = "/api/v1/enterprises/{id}/shown-names", tag = "directory",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Shown,
    responses((status = 200, body = Enterprise), (status = 412)))]
async fn show(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(shown): Json<Shown>) -> Result<Response> {
    let held = super::show(&mut cx, id, version.required()?, shown.first, shown.second).await?;
    let held = enterprise::api::told(&mut cx, held).await?;
    cx.found(held.version, &held).await
}
