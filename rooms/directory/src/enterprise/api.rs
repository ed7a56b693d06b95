//! Enterprises for programs.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::audit;
use platform::forms::{Form, Loose};
use platform::own_field::{Edit, Given};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use ui::history::told::{self as story, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::list::{self, Filter};
use super::merge::{Following, GivenMerge};
use super::{Enterprise, NewEnterprise, SUBJECT};
use crate::flag::{self, Flag};
use crate::group;
use crate::identifier::{self, Identifier};
use crate::industry::{self, Industry};
use crate::measurement::{self, api::Measurement};
use crate::name::{self, Name};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(history))
            .routes(routes!(looks))
            .routes(routes!(show, patch))
            .routes(routes!(following))
            .routes(routes!(merge))
            .routes(routes!(unmerge))
            .routes(routes!(retire))
            .routes(routes!(restore)),
    )
}

/// An enterprise with all that belongs to it.
#[derive(Serialize, utoipa::ToSchema)]
struct Whole {
    #[serde(flatten)]
    enterprise: Enterprise,
    names: Vec<Name>,
    identifiers: Vec<Identifier>,
    industries: Vec<Industry>,
    /// What stands; corrected ones are under `measurements` of the enterprise.
    measurements: Vec<Measurement>,
    /// Those in force today.
    flags: Vec<Flag>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct ListParams {
    /// What a name contains, in any script.
    q: Option<String>,
    industry: Option<String>,
    origin: Option<String>,
    kind: Option<String>,
    /// public, office, team or named.
    tier: Option<String>,
    /// An account's key, `me` or `none`.
    owner: Option<String>,
    team: Option<Id>,
    /// `yes` lists retired records instead.
    retired: Option<String>,
    /// What a filterable field of the office's own says: `own.` and its code. May be given for several fields.
    #[param(rename = "own.{code}")]
    own: Option<String>,
    /// `name`, `updated`, `created`, `reporting_origin`, `kind` or `tier`; with `-` in front the other way.
    #[param(pattern = "^-?(name|updated|created|reporting_origin|kind|tier)$")]
    sort: Option<String>,
    /// The mark of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/enterprises", tag = "directory", params(ListParams),
    responses((status = 200, body = Page<Enterprise>)))]
async fn index(mut cx: Cx, Query(params): Query<BTreeMap<String, String>>) -> Result<Response> {
    let form = Form::new(params);
    let limit = form.number("limit").unwrap_or(50).clamp(1, 200);
    let filter = Filter::asked(&cx, &form)?;
    let mut page = list::page(&mut cx, &filter, limit).await?;
    group::veil(&mut cx, &mut page.rows).await?;
    super::look_over(&mut cx, &page.rows);
    cx.json(&Page { items: page.rows, next: page.next }).await
}

#[utoipa::path(post, path = "/api/v1/enterprises", tag = "directory", request_body = NewEnterprise,
    responses((status = 201, body = Enterprise), (status = 409, description = "Resembles what is held"),
              (status = 422, description = "Problems by field")))]
async fn create(mut cx: Cx, Json(new): Json<NewEnterprise>) -> Result<Response> {
    let enterprise = super::register(&mut cx, new).await?;
    let enterprise = told(&mut cx, enterprise).await?;
    cx.created(format!("/api/v1/enterprises/{}", enterprise.id), enterprise.version, &enterprise).await
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, body = Whole), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let enterprise = super::get(&mut cx, id).await?;
    let whole = Whole {
        names: name::of(&mut cx, enterprise.id).await?,
        identifiers: identifier::of(&mut cx, enterprise.id).await?,
        industries: industry::of(&mut cx, enterprise.id).await?,
        measurements: measurement::api::told(measurement::standing(&mut cx, enterprise.id).await?),
        flags: flag::in_force(&mut cx, enterprise.id).await?,
        enterprise: told(&mut cx, enterprise).await?,
    };
    cx.found(whole.enterprise.version, &whole).await
}

/// An enterprise as a program is told of it: without the key of a parent out of reach, and with what the caller sees of
/// fields of the office's own.
pub(crate) async fn told(cx: &mut Cx, enterprise: Enterprise) -> Result<Enterprise> {
    let mut one = [enterprise];
    group::veil(cx, &mut one).await?;
    let [enterprise] = one;
    Ok(enterprise)
}

/// The fields to change; what is absent stays, null empties.
#[derive(utoipa::ToSchema)]
#[schema(as = EnterpriseEdit)]
#[allow(dead_code)] // Its shape is described; the verb reads the fields by name.
struct Fields {
    /// group or legal_entity.
    kind: Option<Loose>,
    /// The key of the enterprise above it.
    parent_id: Option<Loose>,
    /// A code of the list `origin`.
    reporting_origin: Option<Loose>,
    /// A code of the list `jurisdiction`.
    incorporation: Option<Loose>,
    /// A code of the list `jurisdiction`.
    headquarters: Option<Loose>,
    main_listing: Option<Loose>,
    /// A code of the list `value_chain`.
    value_chain: Option<Loose>,
    website: Option<Loose>,
    description: Option<Loose>,
    /// public, office, team or named.
    tier: Option<Loose>,
    /// The key of a team.
    team_id: Option<Loose>,
    /// The key of an account.
    owner_id: Option<Loose>,
    own: Option<Given>,
}

#[utoipa::path(patch, path = "/api/v1/enterprises/{id}", tag = "directory",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Fields,
    responses((status = 200, body = Enterprise), (status = 412, description = "Stale: both versions by field")))]
async fn patch(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(edit): Json<Edit>) -> Result<Response> {
    let version = version.required()?;
    let fields = edit.fields(&cx, SUBJECT)?;
    let enterprise = super::edit(&mut cx, id, version, fields).await?;
    let enterprise = told(&mut cx, enterprise).await?;
    cx.found(enterprise.version, &enterprise).await
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/following", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, description = "What would follow it in a merge, counted", body = Vec<Following>)))]
async fn following(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = super::get(&mut cx, id).await?;
    let counts = super::merge::following(&mut cx, held.id).await?;
    cx.json(&counts).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct MergeInto {
    into: Id,
    /// Fields whose value the survivor takes from the record that is merged into it.
    #[serde(default)]
    take: Vec<String>,
    reason: String,
    /// Said where a person has told the two apart: they are the same after all.
    #[serde(default)]
    told_apart_wrongly: bool,
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/merge", tag = "directory",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = MergeInto,
    responses((status = 200, body = Enterprise), (status = 409), (status = 412, description = "Another version stands")))]
async fn merge(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(merge): Json<MergeInto>) -> Result<Response> {
    expect(&mut cx, id, version).await?;
    let given = GivenMerge { take: merge.take, reason: merge.reason, told_apart_wrongly: merge.told_apart_wrongly };
    super::merge::merge(&mut cx, id, merge.into, &given).await?;
    let survivor = super::get(&mut cx, merge.into).await?;
    let survivor = told(&mut cx, survivor).await?;
    cx.found(survivor.version, &survivor).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/unmerge", tag = "directory",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = Vec<String>, description = "What was kept because it changed since: fields of the \
        survivor, and `names`, `identifiers`, `measurements`, `flags` or `relations` of the record corrected through it"),
              (status = 412, description = "Another version stands")))]
async fn unmerge(mut cx: Cx, Path(id): Path<Id>, version: IfMatch) -> Result<Response> {
    expect(&mut cx, id, version).await?;
    let kept = super::merge::unmerge(&mut cx, id).await?;
    cx.json(&kept).await
}

/// Refuses any version of an enterprise but the one that stands, if the program named one.
pub(crate) async fn expect(cx: &mut Cx, id: Id, version: IfMatch) -> Result<()> {
    version.agrees(super::get(cx, id).await?.version)
}

/// Why something is taken back, retired or restored.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = EnterpriseReason)]
pub(crate) struct Reason {
    pub reason: String,
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/retire", tag = "directory",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = Reason,
    responses((status = 200, body = Enterprise), (status = 412, description = "Another version stands")))]
async fn retire(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(given): Json<Reason>) -> Result<Response> {
    expect(&mut cx, id, version).await?;
    super::retire(&mut cx, id, &given.reason).await?;
    let enterprise = super::get(&mut cx, id).await?;
    let enterprise = told(&mut cx, enterprise).await?;
    cx.json(&enterprise).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/restore", tag = "directory",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = Reason,
    responses((status = 200, body = Enterprise), (status = 412, description = "Another version stands")))]
async fn restore(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(given): Json<Reason>) -> Result<Response> {
    expect(&mut cx, id, version).await?;
    super::restore(&mut cx, id, &given.reason).await?;
    let enterprise = super::get(&mut cx, id).await?;
    let enterprise = told(&mut cx, enterprise).await?;
    cx.json(&enterprise).await
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/history", tag = "directory",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Its changes, the latest first"), (status = 404)))]
async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let enterprise = super::get(&mut cx, id).await?;
    let (before, limit) = story::asked(&cx)?;
    let entries = super::history(&mut cx, enterprise.id, before, limit + 1).await?;
    cx.json(&story::page(&cx.view(), entries, limit, "enterprise")).await
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/looks", tag = "directory",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Who has looked at it, the latest first"),
              (status = 404)))]
async fn looks(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let enterprise = super::get(&mut cx, id).await?;
    let (place, limit) = story::asked_place(&cx);
    let page = audit::read::looks(&mut cx, "enterprise", enterprise.id, enterprise.relation(), &place, limit).await?;
    cx.json(&story::looks(&cx.view(), page, "enterprise")).await
}
