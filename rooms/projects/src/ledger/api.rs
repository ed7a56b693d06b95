//! The ledger for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::Json;
use platform::clock::At;
use platform::forms::Form;
use platform::units::Decimal;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Problems, Result};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Entry, NewEntry, Total};
use crate::project;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(show, enter)).routes(routes!(entry)).routes(routes!(reverse)))
}

/// An entry. Amounts are told as they are sent: in whole units of the unit named beside them.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LedgerEntry)]
struct Told {
    id: Id,
    project_id: Id,
    measure: String,
    kind: String,
    /// As entered, in `unit`: of a revision the new total. A reversal has that of the entry it takes back,
    /// with the other sign; what it changes is its `base_amount`.
    amount: Decimal,
    unit: String,
    /// What it adds to the measure or takes off, in `base_unit`.
    base_amount: Decimal,
    /// The unit in which the measure is added up.
    base_unit: String,
    period_from: Option<Date>,
    period_to: Option<Date>,
    effective_on: Date,
    recorded_at: At,
    recorded_by_name: String,
    /// For money of another currency: units of the office's currency for one.
    rate: Option<Decimal>,
    rate_source: Option<String>,
    evidence: Option<String>,
    /// The recorded paper that shows it.
    evidence_id: Option<Id>,
    note: Option<String>,
    reverses_id: Option<Id>,
    /// When the paper was taken back, and why; the entry stays as it was made.
    evidence_withdrawn_at: Option<At>,
    evidence_withdrawn_reason: Option<String>,
}

fn told(cx: &Cx, entry: Entry) -> Told {
    let base_unit = super::base_unit(cx, &entry.measure);
    Told {
        amount: Decimal::of(entry.amount, &entry.unit),
        base_amount: Decimal::of(entry.base_amount, &base_unit),
        rate: entry.rate.map(|steps| Decimal { steps, decimals: 6 }),
        base_unit,
        id: entry.id,
        project_id: entry.project_id,
        measure: entry.measure,
        kind: entry.kind,
        unit: entry.unit,
        period_from: entry.period_from,
        period_to: entry.period_to,
        effective_on: entry.effective_on,
        recorded_at: entry.recorded_at,
        recorded_by_name: entry.recorded_by_name,
        rate_source: entry.rate_source,
        evidence: entry.evidence,
        evidence_id: entry.evidence_id,
        note: entry.note,
        reverses_id: entry.reverses_id,
        evidence_withdrawn_at: entry.evidence_withdrawn_at,
        evidence_withdrawn_reason: entry.evidence_withdrawn_reason,
    }
}

/// What a measure of a project adds up to, in whole units of `unit`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = LedgerTotal)]
struct Sum {
    measure: String,
    unit: String,
    /// First pledges, without what changed them.
    pledged: Decimal,
    /// What revisions added or took off.
    revised: Decimal,
    /// What was taken back, as a minus.
    withdrawn: Decimal,
    /// Pledged, revised and withdrawn together.
    standing: Decimal,
    realised: Decimal,
    /// What stands pledged and has not been realised.
    outstanding: Decimal,
}

fn sum(total: Total) -> Sum {
    let of = |steps: i64| Decimal::of(steps, &total.unit);
    Sum {
        pledged: of(total.pledged),
        revised: of(total.revised),
        withdrawn: of(total.withdrawn),
        standing: of(total.standing),
        realised: of(total.realised),
        outstanding: of(total.outstanding),
        measure: total.measure,
        unit: total.unit,
    }
}

/// An entry among all of a project's.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ListedLedgerEntry)]
struct Listed {
    #[serde(flatten)]
    entry: Told,
    /// Whether the totals count it: it is of their day or an earlier one, and was recorded by their instant.
    counted: bool,
}

/// The two dates that totals are asked as of; what is left out is today, and all that is known.
pub(super) fn as_of(cx: &Cx, asked: &Form) -> Result<(Date, At)> {
    let mut problems = Problems::default();
    let as_at = problems.day("as_at", Some(asked.value("as_at"))).unwrap_or_else(|| cx.today());
    let known_at = problems.known("known_at", Some(asked.value("known_at")), &cx.house.zone);
    problems.into_result()?;
    Ok((as_at, known_at.unwrap_or_else(|| cx.now())))
}

/// Whether totals of a day, as known at an instant, count an entry.
pub(super) fn counts(entry: &Entry, as_at: Date, known_at: At) -> bool {
    entry.effective_on <= as_at && entry.recorded_at <= known_at
}

/// A project's totals as at a day as known at an instant, and a page of its entries, latest day
/// first.
#[derive(Serialize, utoipa::ToSchema)]
struct Ledger {
    as_at: String,
    known_at: At,
    totals: Vec<Sum>,
    entries: Vec<Listed>,
    /// Sent as `after` to get the next page of entries; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[utoipa::path(get, path = "/api/v1/projects/{id}/ledger", tag = "ledger",
    params(("id" = i64, Path), ("as_at" = Option<String>, Query), ("known_at" = Option<String>, Query),
        ("after" = Option<String>, Query)),
    responses((status = 200, body = Ledger), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = project::get(&mut cx, id).await?;
    let asked = Form::decode(&cx.view().query);
    let (as_at, known_at) = as_of(&cx, &asked)?;
    let limit = cx.limit(200);
    let (entries, _, next) = super::page(&mut cx, project.id, asked.optional("after").as_deref(), limit).await?;
    let ledger = Ledger {
        as_at: as_at.to_string(),
        known_at,
        totals: super::totals(&mut cx, project.id, as_at, known_at).await?.into_iter().map(sum).collect(),
        entries: entries
            .into_iter()
            .map(|entry| Listed { counted: counts(&entry, as_at, known_at), entry: told(&cx, entry) })
            .collect(),
        next,
    };
    cx.json(&ledger).await
}

#[utoipa::path(post, path = "/api/v1/projects/{id}/ledger", tag = "ledger",
    params(("id" = i64, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = NewEntry,
    responses((status = 201, body = Told), (status = 422, description = "Problems by field")))]
async fn enter(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewEntry>) -> Result<Response> {
    let id = super::enter(&mut cx, id, new).await?;
    let entry = super::entry(&mut cx, id).await?;
    let entry = told(&cx, entry);
    cx.created(format!("/api/v1/ledger/{id}"), 1, &entry).await
}

#[utoipa::path(get, path = "/api/v1/ledger/{id}", tag = "ledger", params(("id" = i64, Path)),
    responses((status = 200, body = Told), (status = 404)))]
async fn entry(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let entry = super::entry(&mut cx, id).await?;
    let entry = told(&cx, entry);
    cx.found(1, &entry).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct Reversal {
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/ledger/{id}/reverse", tag = "ledger",
    params(("id" = i64, Path), ("Idempotency-Key" = Option<String>, Header)), request_body = Reversal,
    responses((status = 201, body = Told), (status = 409)))]
async fn reverse(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<Reversal>) -> Result<Response> {
    let id = super::reverse(&mut cx, id, &given.reason).await?;
    let entry = super::entry(&mut cx, id).await?;
    let entry = told(&cx, entry);
    cx.created(format!("/api/v1/ledger/{id}"), 1, &entry).await
}
