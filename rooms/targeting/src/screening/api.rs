//! Screenings for programs.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;
use platform::api::{Json, Page};
use platform::audit;
use platform::forms::Form;
use platform::order::Place;
use platform::web::{ApiRoutes, say};
use platform::{Cx, Error, Id, Result};
use serde::{Deserialize, Serialize};
use ui::history::told::{self, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::compare::{Comparison, compare};
use super::list::{self, Known, Listed};
use super::send::{Decided, Kept};
use super::{Screening, USUAL_TOP};
use crate::{SCREEN, TARGET};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(history))
            .routes(routes!(show))
            .routes(routes!(companies))
            .routes(routes!(company))
            .routes(routes!(compared))
            .routes(routes!(cancel))
            .routes(routes!(retire))
            .routes(routes!(restore))
            .routes(routes!(send)),
    )
}

#[utoipa::path(get, path = "/api/v1/screenings", tag = "targeting",
    params(("after" = Option<String>, Query), ("criteria" = Option<i64>, Query)),
    responses((status = 200, body = Page<Screening>, description = "Latest first")))]
async fn index(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let place = Place::after(form.optional("after").as_deref());
    let limit = cx.limit(100);
    let page = super::page(&mut cx, form.number("criteria").map(Id), false, &place, limit).await?;
    cx.json(&Page { items: page.rows, next: page.next }).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct NewScreening {
    /// The set of criteria.
    criteria_id: Id,
    /// Its version; the latest when left out.
    version: Option<i64>,
    /// How many are ranked at most.
    top: Option<i64>,
}

#[utoipa::path(post, path = "/api/v1/screenings", tag = "targeting",
    params(("Idempotency-Key" = Option<String>, Header)), request_body = NewScreening,
    responses((status = 201, body = Screening, description = "Asked for; it is done when its state says so"),
        (status = 409, description = "There is no universe"), (status = 422)))]
async fn create(mut cx: Cx, Json(new): Json<NewScreening>) -> Result<Response> {
    cx.require(&SCREEN)?;
    let set = crate::criteria::get(&mut cx, new.criteria_id).await?;
    let (number, top) = (new.version.unwrap_or(set.latest), new.top.unwrap_or(USUAL_TOP));
    let screening = super::run(&mut cx, set.id, number, top).await?;
    cx.created(format!("/api/v1/screenings/{}", screening.id), 1, &screening).await
}

#[utoipa::path(get, path = "/api/v1/screenings/{id}", tag = "targeting", params(("id" = i64, Path)),
    responses((status = 200, body = Screening), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let screening = super::get(&mut cx, id).await?;
    cx.json(&screening).await
}

#[derive(Serialize, utoipa::ToSchema)]
struct CompanyOfScreening {
    #[serde(flatten)]
    company: Listed,
    /// What the reader may know of it in the register.
    known: Option<Known>,
}

#[utoipa::path(get, path = "/api/v1/screenings/{id}/companies", tag = "targeting",
    params(("id" = i64, Path), ("after" = Option<String>, Query), ("country" = Option<String>, Query),
        ("industry" = Option<String>, Query), ("listing" = Option<String>, Query), ("chain" = Option<String>, Query),
        ("courted" = Option<String>, Query, description = "only, or all; left out, those already courted are not told")),
    responses((status = 200, body = Page<CompanyOfScreening>, description = "By rank"), (status = 404)))]
async fn companies(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let screening = super::get(&mut cx, id).await?;
    let form = Form::decode(&cx.view().query);
    let extent = list::extent(&mut cx, &screening).await?;
    let limit = cx.limit(100);
    let filter = list::asked(&mut cx, extent, &form).await?;
    let page = list::page(&mut cx, extent, &filter, limit).await?;
    let keys: Vec<String> = page.rows.iter().map(|row| row.company_id.clone()).collect();
    let mut known = list::known(&mut cx, &keys).await?;
    let told =
        page.rows.into_iter().map(|company| CompanyOfScreening { known: known.remove(&company.company_id), company });
    let items: Vec<CompanyOfScreening> = told.collect();
    cx.json(&Page { items, next: page.next }).await
}

#[derive(Serialize, utoipa::ToSchema)]
struct CompanyExplained {
    /// The company with every fact, what each criterion gave, and how firm its rank is.
    #[schema(value_type = Object)]
    ranked: ::screening::Ranked,
    /// What each criterion could do to its rank.
    #[schema(value_type = Vec<Object>)]
    changes: Vec<::screening::Change>,
    /// The first and the last rank of those with its total, and whether companies beyond the last that was kept may have it.
    level_from: u64,
    level_to: u64,
    level_beyond: bool,
}

#[utoipa::path(get, path = "/api/v1/screenings/{id}/companies/{rank}", tag = "targeting",
    params(("id" = i64, Path), ("rank" = i64, Path)),
    responses((status = 200, body = CompanyExplained), (status = 404)))]
async fn company(mut cx: Cx, Path((id, rank)): Path<(Id, i64)>) -> Result<Response> {
    let screening = super::get(&mut cx, id).await?;
    let explained = super::explained(&mut cx, &screening, rank).await?;
    let (level_from, level_to) = explained.level;
    cx.json(&CompanyExplained {
        ranked: explained.ranked,
        changes: explained.changes,
        level_from,
        level_to,
        level_beyond: explained.level_beyond,
    })
    .await
}

#[utoipa::path(get, path = "/api/v1/screenings/{id}/compare/{with}", tag = "targeting",
    params(("id" = i64, Path), ("with" = i64, Path, description = "The earlier one"), ("fate" = Option<String>, Query),
        ("page" = Option<i64>, Query)),
    responses((status = 200, body = Comparison), (status = 404)))]
async fn compared(mut cx: Cx, Path((id, with)): Path<(Id, Id)>) -> Result<Response> {
    super::get(&mut cx, id).await?;
    super::get(&mut cx, with).await?;
    let form = Form::decode(&cx.view().query);
    let told = compare(&mut cx, with, id, &form.text("fate"), form.number("page").unwrap_or(0)).await?;
    cx.json(&told).await
}

#[utoipa::path(post, path = "/api/v1/screenings/{id}/cancel", tag = "targeting", params(("id" = i64, Path)),
    responses((status = 200, body = Screening), (status = 409)))]
async fn cancel(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::cancel(&mut cx, id).await?;
    let screening = super::get(&mut cx, id).await?;
    cx.json(&screening).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct Sending {
    ranks: Vec<i64>,
    #[serde(default)]
    round: String,
    #[serde(default)]
    tier: String,
    #[serde(default)]
    team_id: String,
    #[serde(default)]
    owner_id: String,
    #[serde(default)]
    note: String,
    /// For ranks that were told to be unsure: the key of the enterprise that it is, or `new`.
    #[serde(default)]
    decided: HashMap<i64, String>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct SendingDone {
    /// How many targets were made.
    sent: usize,
    /// Ranks whose enterprise has a live target already, and that target.
    already: Vec<(i64, Id)>,
    unsure: Vec<SendingUnsure>,
    refused: Vec<(i64, Vec<String>)>,
}

#[derive(Serialize, utoipa::ToSchema)]
struct SendingUnsure {
    rank: i64,
    name: String,
    /// Key, name and reference of the enterprises that it may be.
    likely: Vec<(Id, String, String)>,
}

#[utoipa::path(post, path = "/api/v1/screenings/{id}/send", tag = "targeting", params(("id" = i64, Path)),
    request_body = Sending, responses((status = 200, body = SendingDone), (status = 409), (status = 422)))]
async fn send(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<Sending>) -> Result<Response> {
    cx.require(&TARGET)?;
    let mut decided = HashMap::new();
    for (rank, text) in &given.decided {
        let one = match text.as_str() {
            "new" => Decided::New(Vec::new()),
            key => Decided::Same(key.parse().map_err(|_| Error::invalid("decided", "problem-enterprise-unknown"))?),
        };
        decided.insert(*rank, one);
    }
    let kept = Kept {
        round: given.round,
        tier: given.tier,
        team_id: given.team_id,
        owner_id: given.owner_id,
        note: given.note,
    };
    let sent = super::send::send(&mut cx, id, &given.ranks, &kept, &decided).await?;
    let done = SendingDone {
        sent: sent.sent,
        already: sent.already.into_iter().map(|(rank, _, target)| (rank, target)).collect(),
        unsure: sent
            .unsure
            .into_iter()
            .map(|one| SendingUnsure {
                rank: one.rank,
                name: one.name,
                likely: one.likely.into_iter().map(|likely| (likely.id, likely.name, likely.reference)).collect(),
            })
            .collect(),
        refused: sent
            .refused
            .into_iter()
            .map(|(rank, _, problems)| (rank, problems.iter().map(|one| say(&cx, &one.key, &one.args)).collect()))
            .collect(),
    };
    cx.json(&done).await
}

#[utoipa::path(get, path = "/api/v1/screenings/{id}/history", tag = "targeting",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Its changes, the latest first"), (status = 404)))]
async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::get(&mut cx, id).await?;
    let (before, limit) = told::asked(&cx)?;
    let entries = audit::read::history(&mut cx, "screening", id, before, limit + 1).await?;
    cx.json(&told::page(&cx.view(), entries, limit, "screening")).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct ScreeningRetirement {
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/screenings/{id}/retire", tag = "targeting", params(("id" = i64, Path)),
    request_body = ScreeningRetirement,
    responses((status = 200, body = Screening), (status = 409, description = "It is retired, or at work"), (status = 422)))]
async fn retire(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<ScreeningRetirement>) -> Result<Response> {
    super::retire(&mut cx, id, Some(&given.reason)).await?;
    let screening = super::get(&mut cx, id).await?;
    cx.json(&screening).await
}

#[utoipa::path(post, path = "/api/v1/screenings/{id}/restore", tag = "targeting", params(("id" = i64, Path)),
    responses((status = 200, body = Screening), (status = 409, description = "It is not retired")))]
async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::retire(&mut cx, id, None).await?;
    let screening = super::get(&mut cx, id).await?;
    cx.json(&screening).await
}
