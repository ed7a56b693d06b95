//! Measurements for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json};
use platform::clock::At;
use platform::units::Decimal;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{GivenMeasurement, Measurement as Held};
use crate::enterprise::api::Reason;

/// A measurement as programs are told it: in the words and units in which it is sent.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EnterpriseMeasurement)]
pub(crate) struct Measurement {
    id: Id,
    enterprise_id: Id,
    /// headcount, revenue or rd_spend.
    measure: String,
    year: i64,
    /// In whole people, or in whole units of the currency.
    amount: Decimal,
    /// Of money (ISO 4217); null for a headcount.
    currency: Option<String>,
    source: String,
    version: i64,
    /// The one that it stands in place of.
    corrects_id: Option<Id>,
    reason: Option<String>,
    recorded_at: At,
    superseded_at: Option<At>,
}

impl From<Held> for Measurement {
    fn from(held: Held) -> Self {
        Self {
            id: held.id,
            enterprise_id: held.enterprise_id,
            amount: Decimal::of(held.amount, &held.unit),
            currency: Some(held.unit).filter(|_| held.measure != "headcount"),
            measure: held.measure,
            year: held.year,
            source: held.source,
            version: held.version,
            corrects_id: held.corrects_id,
            reason: held.reason,
            recorded_at: held.recorded_at,
            superseded_at: held.superseded_at,
        }
    }
}

/// All of these as programs are told them.
pub(crate) fn told(held: Vec<Held>) -> Vec<Measurement> {
    held.into_iter().map(Measurement::from).collect()
}

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index, record)).routes(routes!(correct)).routes(routes!(withdraw)))
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/measurements", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, description = "Superseded ones included", body = Vec<Measurement>)))]
async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = crate::enterprise::get(&mut cx, id).await?;
    let measurements = told(super::of(&mut cx, held.id).await?);
    cx.json(&measurements).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/measurements", tag = "directory", params(("id" = i64, Path)),
    request_body = GivenMeasurement, responses((status = 201, body = Measurement), (status = 422)))]
async fn record(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenMeasurement>) -> Result<Response> {
    let made = Measurement::from(super::record(&mut cx, id, given).await?);
    cx.created(format!("/api/v1/enterprises/{id}/measurements/{}", made.id), made.version, &made).await
}

#[utoipa::path(put, path = "/api/v1/enterprises/{id}/measurements/{measurement}", tag = "directory",
    params(("id" = i64, Path), ("measurement" = i64, Path), ("If-Match" = String, Header)),
    request_body = GivenMeasurement,
    responses((status = 200, description = "The one that now stands", body = Measurement),
              (status = 412, description = "Stale: both versions by field")))]
async fn correct(
    mut cx: Cx,
    Path((id, measurement)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<GivenMeasurement>,
) -> Result<Response> {
    let made = Measurement::from(super::correct(&mut cx, id, measurement, version.required()?, given).await?);
    cx.found(made.version, &made).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/measurements/{measurement}/withdraw", tag = "directory",
    params(("id" = i64, Path), ("measurement" = i64, Path), ("If-Match" = Option<String>, Header)),
    request_body = Reason,
    responses((status = 412, description = "Another version stands"), (status = 200, body = Vec<Measurement>)))]
async fn withdraw(
    mut cx: Cx,
    Path((id, measurement)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<Reason>,
) -> Result<Response> {
    version.agrees(super::to_edit(&mut cx, id, measurement).await?.2.version)?;
    super::withdraw(&mut cx, id, measurement, &given.reason).await?;
    let measurements = told(super::of(&mut cx, id).await?);
    cx.json(&measurements).await
}
