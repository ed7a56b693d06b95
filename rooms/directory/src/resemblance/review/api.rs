//! The review queue and decisions for programs.

use axum::extract::{Path, Query};
use axum::response::Response;
use platform::api::{Json, Page};
use platform::clock::At;
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Decided, Decision, Filter, GivenDecision, Pair};
use crate::resemblance::Resemblance;
use crate::resemblance::api::Named;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index))
            .routes(routes!(find))
            .routes(routes!(decisions))
            .routes(routes!(show))
            .routes(routes!(decide))
            .routes(routes!(put_off))
            .routes(routes!(undo)),
    )
}

/// A pair of the queue.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ResemblingPair)]
struct Shown {
    id: Id,
    /// open, later or decided.
    state: String,
    found_at: At,
    one: Named,
    other: Named,
    #[serde(flatten)]
    resemblance: Resemblance,
}

impl From<Pair> for Shown {
    fn from(pair: Pair) -> Self {
        Self {
            id: pair.id,
            state: pair.state,
            found_at: pair.found_at,
            one: pair.one.brief().into(),
            other: pair.other.brief().into(),
            resemblance: pair.resemblance,
        }
    }
}

/// A pair with what was decided of it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ResemblingPairWhole)]
struct Whole {
    #[serde(flatten)]
    pair: Shown,
    decision: Option<Decision>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct ListParams {
    /// open, later or decided; open when left out.
    #[param(pattern = "^(open|later|decided)$")]
    state: Option<String>,
    /// same, related or different: what the model takes them for.
    #[param(pattern = "^(same|related|different)$")]
    verdict: Option<String>,
    /// `-teaches` or `-probability`; without `-` the other way.
    #[param(pattern = "^-?(teaches|probability)$")]
    sort: Option<String>,
    /// The mark of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
}

fn limit(form: &Form) -> i64 {
    form.number("limit").unwrap_or(50).clamp(1, 200)
}

#[utoipa::path(get, path = "/api/v1/enterprises/review", tag = "directory", params(ListParams),
    responses((status = 200, body = Page<Shown>)))]
async fn index(mut cx: Cx, Query(pairs): Query<Vec<(String, String)>>) -> Result<Response> {
    let form = Form::new(pairs);
    let page = super::page(&mut cx, &Filter::read(&form), limit(&form)).await?;
    cx.json(&Page::<Shown> { items: page.rows.into_iter().map(Into::into).collect(), next: page.next }).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/review/find", tag = "directory",
    responses((status = 202, description = "The job that looks through the register was set off")))]
async fn find(mut cx: Cx) -> Result<Response> {
    super::set_off(&mut cx).await?;
    cx.commit().await?;
    Ok(axum::response::IntoResponse::into_response(axum::http::StatusCode::ACCEPTED))
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct DecisionParams {
    /// The mark of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/enterprises/review/decisions", tag = "directory", params(DecisionParams),
    responses((status = 200, body = Page<Decided>)))]
async fn decisions(mut cx: Cx, Query(pairs): Query<Vec<(String, String)>>) -> Result<Response> {
    let form = Form::new(pairs);
    let page = super::decisions(&mut cx, form.optional("after").as_deref(), limit(&form)).await?;
    cx.json(&Page { items: page.rows, next: page.next }).await
}

async fn whole(cx: &mut Cx, id: Id) -> Result<Whole> {
    let pair = super::get(cx, id).await?;
    let decision = super::standing(cx, &pair).await?;
    Ok(Whole { pair: pair.into(), decision })
}

#[utoipa::path(get, path = "/api/v1/enterprises/review/{id}", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, body = Whole), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let whole = whole(&mut cx, id).await?;
    cx.json(&whole).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/review/{id}/decision", tag = "directory", params(("id" = i64, Path)),
    request_body = GivenDecision, responses((status = 200, body = Decision), (status = 404),
        (status = 409, description = "It contradicts decisions that stand, which are named"), (status = 422)))]
async fn decide(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenDecision>) -> Result<Response> {
    let decision = super::decide(&mut cx, id, given).await?;
    cx.json(&decision).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/review/{id}/later", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, body = Whole), (status = 404)))]
async fn put_off(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::put_off(&mut cx, id).await?;
    let whole = whole(&mut cx, id).await?;
    cx.json(&whole).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/review/{id}/undo", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, body = Whole), (status = 404), (status = 409, description = "Nothing was decided")))]
async fn undo(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::undo(&mut cx, id).await?;
    let whole = whole(&mut cx, id).await?;
    cx.json(&whole).await
}
