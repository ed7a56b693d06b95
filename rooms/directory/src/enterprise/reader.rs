//! Those named on an enterprise that its tier keeps from others.

use axum::extract::Path;
use axum::response::Response;
use identity::reader::{self, GivenReader, Reader, Record};
use platform::api::Json;
use platform::forms::Form;
use platform::pages::Flash;
use platform::web::{ApiRoutes, Routes};
use platform::{Cx, Error, Id, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Enterprise, pages};
use crate::EDIT;

pub(super) fn record(held: &Enterprise) -> Record {
    Record { kind: "enterprise", id: held.id, label: held.name.clone(), tier: held.tier(), relation: held.relation() }
}

/// Who is named on an enterprise.
pub async fn of(cx: &mut Cx, id: Id) -> Result<Vec<Reader>> {
    let held = super::get(cx, id).await?;
    reader::of(cx, "enterprise", held.id).await
}

/// Names somebody on an enterprise that its tier would keep from them.
pub async fn name(cx: &mut Cx, id: Id, account: Id) -> Result<()> {
    let (held, granted) = super::to_edit(cx, id).await?;
    reader::name(cx, &granted, &record(&held), account).await
}

/// Takes somebody off an enterprise.
pub async fn unname(cx: &mut Cx, id: Id, account: Id) -> Result<()> {
    let (held, granted) = super::to_edit(cx, id).await?;
    reader::unname(cx, &granted, &record(&held), account).await
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/{id}/readers", index)
        .post("/enterprises/{id}/readers", add)
        .post("/enterprises/{id}/readers/{account}/remove", remove)
}

pub(crate) fn api() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(list, give)).routes(routes!(take)))
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let held = super::get(cx, id).await?;
    let heading = pages::heading(cx, &held, "readers").await?;
    let may = cx.may_on(&EDIT, held.relation()) && held.retired_at.is_none();
    let path = format!("/enterprises/{}", held.id);
    reader::pages::page(cx, status, &record(&held), heading, path, may, form).await
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    page(&mut cx, 200, id, &Form::default()).await
}

async fn add(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let account = form.value("account_id").parse().unwrap_or(Id(0));
    match name(&mut cx, id, account).await {
        Ok(()) => cx.see_other_saying(format!("/enterprises/{id}/readers"), Flash::new("enterprise-saved", &[])).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            page(&mut cx, 422, id, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

async fn remove(mut cx: Cx, Path((id, account)): Path<(Id, Id)>) -> Result<Response> {
    unname(&mut cx, id, account).await?;
    // Whoever takes themselves off may have nothing left to see.
    let to = match super::get(&mut cx, id).await {
        Ok(_) => format!("/enterprises/{id}/readers"),
        Err(Error::NotFound) => "/enterprises".to_owned(),
        Err(error) => return Err(error),
    };
    cx.see_other_saying(to, Flash::new("enterprise-saved", &[])).await
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/readers", operation_id = "enterprise_readers", tag = "directory",
    params(("id" = i64, Path)), responses((status = 200, description = "Those named on it", body = Vec<Reader>)))]
async fn list(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let readers = of(&mut cx, id).await?;
    cx.json(&readers).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/readers", operation_id = "name_enterprise_reader",
    tag = "directory", params(("id" = i64, Path)), request_body = GivenReader,
    responses((status = 200, description = "Those named on it", body = Vec<Reader>)))]
async fn give(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenReader>) -> Result<Response> {
    name(&mut cx, id, given.account_id).await?;
    let readers = of(&mut cx, id).await?;
    cx.json(&readers).await
}

#[utoipa::path(delete, path = "/api/v1/enterprises/{id}/readers/{account}", operation_id = "unname_enterprise_reader",
    tag = "directory", params(("id" = i64, Path), ("account" = i64, Path)),
    responses((status = 200, description = "Those still named on it", body = Vec<Reader>)))]
async fn take(mut cx: Cx, Path((id, account)): Path<(Id, Id)>) -> Result<Response> {
    let held = super::get(&mut cx, id).await?;
    unname(&mut cx, id, account).await?;
    let readers = reader::of(&mut cx, "enterprise", held.id).await?;
    cx.json(&readers).await
}
