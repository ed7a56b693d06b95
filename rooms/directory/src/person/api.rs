//! People for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::Json;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{NewPerson, Person};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index, create)))
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/people", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<Person>)))]
async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let people = super::of_enterprise(&mut cx, id).await?;
    cx.json(&people).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/people", tag = "directory", params(("id" = i64, Path)),
    request_body = NewPerson, responses((status = 201, body = Person)))]
async fn create(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewPerson>) -> Result<Response> {
    let person = super::add(&mut cx, id, new).await?;
    cx.created(format!("/api/v1/enterprises/{id}/people"), person.version, &person).await
}
