//! Series and groups for programs.

use axum::response::Response;
use platform::clock::At;
use platform::forms::Form;
use platform::units::Decimal;
use platform::web::ApiRoutes;
use platform::{Cx, Error, Result};
use projects::figures::{Dimension, Measure};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::READ;
use crate::figures::as_of;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(show)).routes(routes!(groups)))
}

/// A figure through time: its value from each day on, and what was published beside it.
#[derive(Serialize, utoipa::ToSchema)]
struct SeriesReport {
    as_at: String,
    known_at: At,
    metric: &'static str,
    unit: String,
    points: Vec<SeriesPoint>,
    published: Vec<SeriesReading>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct SeriesPoint {
    day: String,
    /// In whole units.
    value: Decimal,
}

#[derive(Serialize, utoipa::ToSchema)]
struct SeriesReading {
    day: String,
    value: Decimal,
    comparator: String,
    scope: String,
    body: String,
    source: String,
    /// The published figure's own key.
    published_figure: platform::Id,
}

/// A figure by group as at a day.
#[derive(Serialize, utoipa::ToSchema)]
struct GroupsReport {
    as_at: String,
    known_at: At,
    metric: &'static str,
    unit: String,
    by: &'static str,
    groups: Vec<GroupPart>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct GroupPart {
    /// Absent for what is not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    name: String,
    value: Decimal,
}

fn measure(cx: &Cx, form: &Form) -> Result<Measure> {
    cx.require(&READ)?;
    Measure::from_code(form.value("metric")).ok_or_else(|| Error::invalid("metric", "figures-metric-unknown"))
}

#[utoipa::path(get, path = "/api/v1/series", tag = "reporting",
    params(("metric" = String, Query, description = "Such as investment_pledged"),
           ("as_at" = Option<String>, Query), ("known_at" = Option<String>, Query)),
    responses((status = 200, body = SeriesReport), (status = 422, description = "No such metric, or no such day")))]
async fn show(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let (measure, as_of) = (measure(&cx, &form)?, as_of(&cx, &form)?);
    let line = super::line(&mut cx, as_of, measure).await?;
    let said = super::said(&mut cx, as_of, measure).await?;
    let report = SeriesReport {
        as_at: as_of.as_at.to_string(),
        known_at: as_of.known_at,
        metric: measure.code(),
        points: line
            .points
            .iter()
            .map(|point| SeriesPoint { day: point.day.to_string(), value: Decimal::of(point.value, &line.unit) })
            .collect(),
        published: said
            .into_iter()
            .map(|one| SeriesReading {
                day: one.figure.as_at.to_string(),
                value: Decimal::of(one.value, &line.unit),
                comparator: one.figure.comparator,
                scope: one.figure.scope,
                body: one.figure.body,
                source: one.figure.source,
                published_figure: one.figure.id,
            })
            .collect(),
        unit: line.unit,
    };
    cx.json(&report).await
}

#[utoipa::path(get, path = "/api/v1/series/groups", tag = "reporting",
    params(("metric" = String, Query), ("by" = String, Query, description = "A dimension of the cross-tab: industry, reporting_origin, stage …"),
           ("as_at" = Option<String>, Query), ("known_at" = Option<String>, Query)),
    responses((status = 200, body = GroupsReport), (status = 422, description = "No such metric, group or day")))]
async fn groups(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let (measure, as_of) = (measure(&cx, &form)?, as_of(&cx, &form)?);
    let by = Dimension::from_code(form.value("by")).filter(|by| by.fits(measure));
    let by = by.ok_or_else(|| Error::invalid("by", "series-by-unknown"))?;
    let parts = super::parts(&mut cx, as_of, measure, by).await?;
    let report = GroupsReport {
        as_at: as_of.as_at.to_string(),
        known_at: as_of.known_at,
        metric: measure.code(),
        by: by.code(),
        groups: parts
            .groups
            .into_iter()
            .map(|(name, group)| GroupPart { code: group.code, name, value: Decimal::of(group.value, &parts.unit) })
            .collect(),
        unit: parts.unit,
    };
    cx.json(&report).await
}
