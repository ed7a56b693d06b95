//! Releases for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{Json, Mark, Page};
use platform::forms::Form;
use platform::units::Decimal;
use platform::web::ApiRoutes;
use platform::{Cx, Error, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::compare::{Compared, Comparison, Warning, With};
use super::{NewRelease, Release, Words};
use crate::crosstab::Line;
use crate::crosstab::report::{Report, report};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(show))
            .routes(routes!(sign_off))
            .routes(routes!(withdraw))
            .routes(routes!(comparison)),
    )
}

/// A release with its values and its words.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ReleaseWithTable)]
struct Whole {
    #[serde(flatten)]
    release: Release,
    /// drafted, signed_off or withdrawn.
    state: &'static str,
    words: Words,
    table: Report,
}

fn whole(cx: &Cx, release: Release) -> Result<Whole> {
    let table = report(cx, &release.table()?);
    Ok(Whole { state: release.state(), words: release.words(cx.language), table, release })
}

/// The mark of the page after this one.
pub(super) fn next(releases: &[Release], limit: i64) -> Option<String> {
    let last = releases.last().filter(|_| releases.len() as i64 == limit)?;
    Some(Mark(vec![last.frozen_at.0.to_string(), last.id.to_string()]).encode())
}

#[utoipa::path(get, path = "/api/v1/releases", tag = "reporting", params(("after" = Option<String>, Query)),
    responses((status = 200, body = Page<Release>)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let after = Form::decode(&cx.view().query).optional("after");
    let limit = cx.limit(100);
    let items = super::page(&mut cx, after.as_deref(), limit).await?;
    let next = next(&items, limit);
    cx.json(&Page { items, next }).await
}

#[utoipa::path(post, path = "/api/v1/releases", tag = "reporting", request_body = NewRelease,
    responses((status = 201, body = Whole), (status = 409, description = "The reader does not see every record"),
              (status = 422, description = "The definition can't be counted, or there is no title")))]
async fn create(mut cx: Cx, Json(new): Json<NewRelease>) -> Result<Response> {
    let release = super::freeze(&mut cx, new).await?;
    let location = format!("/api/v1/releases/{}", release.id);
    let whole = whole(&cx, release)?;
    cx.created(location, 1, &whole).await
}

#[utoipa::path(get, path = "/api/v1/releases/{id}", tag = "reporting", params(("id" = i64, Path)),
    responses((status = 200, body = Whole), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let release = super::get(&mut cx, id).await?;
    let version = if release.state() == "drafted" { 1 } else { 2 };
    let whole = whole(&cx, release)?;
    cx.found(version, &whole).await
}

#[derive(Default, Deserialize, utoipa::ToSchema)]
#[schema(as = NewReleaseSignature)]
#[serde(default)]
struct NewSignature {
    note: String,
}

#[utoipa::path(post, path = "/api/v1/releases/{id}/sign-off", tag = "reporting", params(("id" = i64, Path)),
    request_body = NewSignature,
    responses((status = 200, body = Whole), (status = 409, description = "Signed off or withdrawn already, or frozen by the same person")))]
async fn sign_off(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewSignature>) -> Result<Response> {
    super::sign_off(&mut cx, id, &new.note).await?;
    let release = super::get(&mut cx, id).await?;
    let whole = whole(&cx, release)?;
    cx.json(&whole).await
}

#[derive(Default, Deserialize, utoipa::ToSchema)]
#[schema(as = NewReleaseWithdrawal)]
#[serde(default)]
struct NewWithdrawal {
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/releases/{id}/withdrawal", tag = "reporting", params(("id" = i64, Path)),
    request_body = NewWithdrawal,
    responses((status = 200, body = Whole), (status = 409, description = "Signed off or withdrawn already"),
              (status = 422, description = "No reason")))]
async fn withdraw(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewWithdrawal>) -> Result<Response> {
    super::withdraw(&mut cx, id, &new.reason).await?;
    let release = super::get(&mut cx, id).await?;
    let whole = whole(&cx, release)?;
    cx.json(&whole).await
}

/// One cell in both, each value in whole units of its side's unit.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ReleasePair)]
struct Pair {
    #[schema(value_type = Vec<Option<String>>)]
    row: Line,
    #[schema(value_type = Vec<Option<String>>)]
    column: Line,
    /// None where the table has no such cell.
    old: Option<Decimal>,
    new: Option<Decimal>,
    /// None where the two can't be set against each other.
    difference: Option<Decimal>,
}

/// Two tables cell by cell.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ReleaseComparison)]
struct Told {
    old: Compared,
    new: Compared,
    /// The unit of the differences.
    unit: String,
    warnings: Vec<Warning>,
    cells: Vec<Pair>,
}

fn told(comparison: Comparison) -> Told {
    let Comparison { old, new, warnings, cells, old_table, new_table } = comparison;
    let pair = |pair: super::compare::Pair| Pair {
        row: pair.row,
        column: pair.column,
        old: pair.old.map(|value| Decimal::of(value, &old_table.unit)),
        new: pair.new.map(|value| Decimal::of(value, &new_table.unit)),
        difference: pair.difference.map(|value| Decimal::of(value, &old_table.unit)),
    };
    Told { unit: old.unit.clone(), old, new, warnings, cells: cells.into_iter().map(pair).collect() }
}

#[utoipa::path(get, path = "/api/v1/releases/{id}/comparison", tag = "reporting",
    params(("id" = i64, Path), ("with" = Option<String>, Query, description = "Another release's id, now (the same day as known now) or today")),
    responses((status = 200, body = Told), (status = 404)))]
async fn comparison(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let with = With::read(form.value("with")).ok_or(Error::NotFound)?;
    let comparison = super::compare::compare(&mut cx, id, with).await?;
    cx.json(&told(comparison)).await
}
