//! Cross-tabs for programs.

use axum::response::Response;
use platform::api::{Mark, Page};
use platform::forms::Form;
use platform::units::Decimal;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use projects::figures;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::report::{Report, report};
use super::{as_of, read, read_table};
use crate::figures::unit_told;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(show)).routes(routes!(records)))
}

#[utoipa::path(get, path = "/api/v1/crosstab", tag = "reporting",
    params(("rows" = String, Query, description = "One or two dimensions: industry,reporting_origin"),
           ("columns" = Option<String>, Query, description = "None, one or two dimensions"),
           ("measure" = Option<String>, Query, description = "A metric; enterprises_attracted when left out"),
           ("sub_totals" = Option<String>, Query, description = "yes or no"),
           ("shares" = Option<String>, Query, description = "none, row, column or total"),
           ("as_at" = Option<String>, Query, description = "A day: 2024-11-11"),
           ("known_at" = Option<String>, Query, description = "A day, or an instant; what was recorded by then"),
           ("industry" = Option<String>, Query, description = "Only these values; so too for every other dimension"),
           ("reporting_origin" = Option<String>, Query), ("nature" = Option<String>, Query),
           ("hq_kind" = Option<String>, Query), ("stage" = Option<String>, Query),
           ("status" = Option<String>, Query), ("batch" = Option<String>, Query), ("year" = Option<String>, Query),
           ("activity" = Option<String>, Query), ("value_chain" = Option<String>, Query)),
    responses((status = 200, body = Report), (status = 422, description = "The definition can't be counted")))]
async fn show(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let definition = read_table(&cx, &form)?;
    let as_of = as_of(&cx, &form)?;
    let table = super::table(&mut cx, &definition, as_of).await?;
    let report = report(&cx, &table);
    cx.json(&report).await
}

/// A project behind a cell.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CrosstabRecord)]
struct Behind {
    project_id: Id,
    reference: String,
    title: String,
    enterprise_id: Id,
    enterprise_name: String,
    name_language: String,
    /// What it adds to the cell, in whole units; 1 where enterprises or projects are counted.
    value: Decimal,
    unit: String,
}

/// How many records a page holds.
pub(super) const PAGE: i64 = 100;

#[utoipa::path(get, path = "/api/v1/crosstab/records", tag = "reporting",
    params(("measure" = Option<String>, Query), ("as_at" = Option<String>, Query), ("known_at" = Option<String>, Query),
           ("after" = Option<String>, Query),
           ("industry" = Option<String>, Query, description = "Only these values; so too for every other dimension"),
           ("reporting_origin" = Option<String>, Query), ("nature" = Option<String>, Query),
           ("hq_kind" = Option<String>, Query), ("stage" = Option<String>, Query),
           ("status" = Option<String>, Query), ("batch" = Option<String>, Query), ("year" = Option<String>, Query),
           ("activity" = Option<String>, Query), ("value_chain" = Option<String>, Query)),
    responses((status = 200, body = Page<Behind>)))]
async fn records(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let definition = read(&cx, &form)?;
    let as_of = as_of(&cx, &form)?;
    let after = form.optional("after").map(|mark| Mark::decode(&mark, 1)).transpose()?;
    let after = after.as_ref().map(|mark| mark.text(0));
    let limit = cx.limit(PAGE);
    let items = super::records(&mut cx, &definition, as_of, after, limit).await?;
    let next =
        items.last().filter(|_| items.len() as i64 == limit).map(|last| Mark(vec![last.reference.clone()]).encode());
    let unit = figures::unit(&cx, definition.measure);
    let behind = items.into_iter().map(|record| Behind {
        project_id: record.project_id,
        reference: record.reference,
        title: record.title,
        enterprise_id: record.enterprise_id,
        enterprise_name: record.enterprise_name,
        name_language: record.name_language,
        value: Decimal::of(record.value, &unit),
        unit: unit_told(definition.measure.code(), &unit),
    });
    cx.json(&Page { items: behind.collect(), next }).await
}
