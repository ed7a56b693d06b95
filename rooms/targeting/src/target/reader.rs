//! Those named on a target that its tier keeps from others.

use axum::extract::Path;
use axum::response::Response;
use identity::reader::{self, GivenReader, Reader, Record};
use platform::api::Json;
use platform::forms::Form;
use platform::pages::{Flash, Html};
use platform::web::{ApiRoutes, Routes};
use platform::{Cx, Error, Id, Result};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Target, store};
use crate::TARGET;

pub(super) fn record(held: &Target) -> Record {
    Record { kind: "target", id: held.id, label: held.reference.clone(), tier: held.tier(), relation: held.relation() }
}

/// Of these targets those within reach, the enterprise's reach included.
pub(crate) async fn seen(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Id>> {
    let held = store::seen(cx, ids).await?;
    let at: Vec<Id> = held.iter().map(|(_, enterprise)| *enterprise).collect();
    let reached = directory::enterprise::seen(cx, &at).await?;
    Ok(held.into_iter().filter(|(_, enterprise)| reached.contains(enterprise)).map(|(id, _)| id).collect())
}

/// Who is named on a target.
pub async fn of(cx: &mut Cx, id: Id) -> Result<Vec<Reader>> {
    let held = super::get(cx, id).await?;
    reader::of(cx, "target", held.id).await
}

/// Names somebody on a target that its tier would keep from them.
pub async fn name(cx: &mut Cx, id: Id, account: Id) -> Result<()> {
    let held = super::get(cx, id).await?;
    let granted = cx.require_on(&TARGET, held.relation())?;
    super::refuse_retired(&held)?;
    reader::name(cx, &granted, &record(&held), account).await
}

/// Takes somebody off a target.
pub async fn unname(cx: &mut Cx, id: Id, account: Id) -> Result<()> {
    let held = super::get(cx, id).await?;
    let granted = cx.require_on(&TARGET, held.relation())?;
    super::refuse_retired(&held)?;
    reader::unname(cx, &granted, &record(&held), account).await
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/targets/{id}/readers", index)
        .post("/targets/{id}/readers", add)
        .post("/targets/{id}/readers/{account}/remove", remove)
}

pub(crate) fn api() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(list, give)).routes(routes!(take)))
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let held = super::get(cx, id).await?;
    let brief = directory::enterprise::brief(cx, held.enterprise_id).await?;
    let (name, reference) = (Html::escape(&brief.name), Html::escape(&held.reference));
    let heading = Html(format!("<h1>{name} <span class=\"muted\">{reference}</span></h1>"));
    let may = cx.may_on(&TARGET, held.relation()) && held.retired_at.is_none();
    let path = format!("/targets/{}", held.id);
    reader::pages::page(cx, status, &record(&held), heading, path, may, form).await
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    page(&mut cx, 200, id, &Form::default()).await
}

async fn add(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let account = form.value("account_id").parse().unwrap_or(Id(0));
    match name(&mut cx, id, account).await {
        Ok(()) => cx.see_other_saying(format!("/targets/{id}/readers"), Flash::new("target-was-edited", &[])).await,
        Err(error) => {
            let (status, form) = form.refused(error, "account_id")?;
            cx.undo().await?;
            page(&mut cx, status, id, &form).await
        }
    }
}

async fn remove(mut cx: Cx, Path((id, account)): Path<(Id, Id)>) -> Result<Response> {
    unname(&mut cx, id, account).await?;
    // Whoever takes themselves off may have nothing left to see.
    let to = match super::get(&mut cx, id).await {
        Ok(_) => format!("/targets/{id}/readers"),
        Err(Error::NotFound) => "/targets".to_owned(),
        Err(error) => return Err(error),
    };
    cx.see_other_saying(to, Flash::new("target-was-edited", &[])).await
}

#[utoipa::path(get, path = "/api/v1/targets/{id}/readers", operation_id = "target_readers", tag = "targeting",
    params(("id" = i64, Path)), responses((status = 200, description = "Those named on it", body = Vec<Reader>)))]
async fn list(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let readers = of(&mut cx, id).await?;
    cx.json(&readers).await
}

#[utoipa::path(post, path = "/api/v1/targets/{id}/readers", operation_id = "name_target_reader",
    tag = "targeting", params(("id" = i64, Path)), request_body = GivenReader,
    responses((status = 200, description = "Those named on it", body = Vec<Reader>)))]
async fn give(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenReader>) -> Result<Response> {
    name(&mut cx, id, given.account_id).await?;
    let readers = of(&mut cx, id).await?;
    cx.json(&readers).await
}

#[utoipa::path(delete, path = "/api/v1/targets/{id}/readers/{account}", operation_id = "unname_target_reader",
    tag = "targeting", params(("id" = i64, Path), ("account" = i64, Path)),
    responses((status = 200, description = "Those still named on it", body = Vec<Reader>)))]
async fn take(mut cx: Cx, Path((id, account)): Path<(Id, Id)>) -> Result<Response> {
    let held = super::get(&mut cx, id).await?;
    unname(&mut cx, id, account).await?;
    let readers = reader::of(&mut cx, "target", held.id).await?;
    cx.json(&readers).await
}
