//! Accounts for programs.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::audit;
use platform::forms::Form;
use platform::permission::Role;
use platform::web::ApiRoutes;
use platform::{Cx, Error, Id, Result};
use serde::{Deserialize, Serialize};
use ui::history::told::{self, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::list::{self, Filter, Listed};
use super::{Edit, NewAccount};

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, create))
            .routes(routes!(history))
            .routes(routes!(show, change))
            .routes(routes!(end))
            .routes(routes!(reset))
            .routes(routes!(restore)),
    )
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct ListParams {
    /// Part of a name or an address.
    q: Option<String>,
    #[param(
        pattern = "^(administrator|director|team_lead|officer|partner_officer|committee_member|auditor|read_only)$"
    )]
    role: Option<String>,
    team: Option<Id>,
    body: Option<Id>,
    /// active, invited or ended.
    #[param(pattern = "^(active|invited|ended)$")]
    state: Option<String>,
    /// `name` or `created`; `-name` the other way.
    #[param(pattern = "^-?(name|created)$")]
    sort: Option<String>,
    after: Option<String>,
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/accounts", tag = "identity", params(ListParams),
    responses((status = 200, body = Page<Listed>)))]
async fn index(mut cx: Cx, Query(params): Query<BTreeMap<String, String>>) -> Result<Response> {
    let form = Form::new(params);
    let limit = form.number("limit").unwrap_or(50).clamp(1, 200);
    let page = list::page(&mut cx, &Filter::read(&form), limit).await?;
    cx.json(&Page { items: page.rows, next: page.next }).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct Invitation {
    #[serde(default)]
    email: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    teams: Vec<Id>,
    #[serde(default)]
    body_id: Option<Id>,
}

fn roles(codes: &[String]) -> Result<Vec<Role>> {
    let known: Option<Vec<Role>> = codes.iter().map(|code| Role::from_code(code)).collect();
    known.ok_or_else(|| Error::invalid("roles", "problem-role-unknown"))
}

#[derive(Serialize, utoipa::ToSchema)]
struct Invited {
    #[serde(flatten)]
    account: Listed,
    /// By which its holder chooses a password: shown this once, good for a day. Where the create is sent again it is left
    /// out; a new one can be had on the account's page.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

#[utoipa::path(post, path = "/api/v1/accounts", tag = "identity", request_body = Invitation,
    responses((status = 201, body = Invited), (status = 409, description = "The address has an account"),
              (status = 422, description = "Problems by field")))]
async fn create(mut cx: Cx, Json(given): Json<Invitation>) -> Result<Response> {
    let teams = given.teams.clone();
    let new = NewAccount {
        email: given.email,
        name: given.name,
        roles: roles(&given.roles)?,
        teams: given.teams,
        body: given.body_id,
    };
    let (account, link) = super::invite(&mut cx, new).await?;
    let (listed, at) = (account.listed(teams), format!("/api/v1/accounts/{}", account.id));
    let later = Invited { account: listed.clone(), link: None };
    let invited = Invited { account: listed, link: Some(link) };
    cx.created_showing_once(at, account.version, &invited, &later).await
}

#[utoipa::path(get, path = "/api/v1/accounts/{id}", tag = "identity", params(("id" = i64, Path)),
    responses((status = 200, body = Listed), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let (account, teams) = super::get(&mut cx, id).await?;
    cx.found(account.version, &account.listed(teams)).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct Change {
    name: Option<String>,
    roles: Option<Vec<String>>,
    teams: Option<Vec<Id>>,
    /// Null takes the body away.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    body_id: Option<Option<Id>>,
}

/// Tells null from absent.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Option<Id>>, D::Error> {
    Option::<Id>::deserialize(deserializer).map(Some)
}

#[utoipa::path(patch, path = "/api/v1/accounts/{id}", tag = "identity",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Change,
    responses((status = 200, body = Listed), (status = 412, description = "Changed since")))]
async fn change(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(given): Json<Change>) -> Result<Response> {
    let version = version.required()?;
    let (before, teams) = super::get(&mut cx, id).await?;
    let edit = Edit {
        name: given.name.unwrap_or_else(|| before.name.clone()),
        roles: given.roles.as_deref().map_or_else(|| Ok(before.roles()), roles)?,
        teams: given.teams.unwrap_or(teams),
        body: given.body_id.unwrap_or(before.body_id),
    };
    super::edit(&mut cx, id, version, edit).await?;
    let (account, teams) = super::get(&mut cx, id).await?;
    cx.found(account.version, &account.listed(teams)).await
}

#[derive(Deserialize, utoipa::ToSchema)]
struct Reason {
    #[serde(default)]
    reason: String,
}

#[utoipa::path(post, path = "/api/v1/accounts/{id}/end", tag = "identity", params(("id" = i64, Path)),
    request_body = Reason, responses((status = 200, body = Listed)))]
async fn end(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<Reason>) -> Result<Response> {
    super::end(&mut cx, id, &given.reason).await?;
    let (account, teams) = super::get(&mut cx, id).await?;
    cx.json(&account.listed(teams)).await
}

#[utoipa::path(post, path = "/api/v1/accounts/{id}/restore", tag = "identity", params(("id" = i64, Path)),
    responses((status = 200, body = Listed)))]
async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::restore(&mut cx, id).await?;
    let (account, teams) = super::get(&mut cx, id).await?;
    cx.json(&account.listed(teams)).await
}

#[utoipa::path(get, path = "/api/v1/accounts/{id}/history", tag = "identity",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Its changes, the latest first"), (status = 404)))]
async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::get(&mut cx, id).await?;
    let (before, limit) = told::asked(&cx)?;
    let entries = audit::read::history(&mut cx, "account", id, before, limit + 1).await?;
    cx.json(&told::page(&cx.view(), entries, limit, "account")).await
}

/// By which its holder chooses a password: shown this once, good for a day.
#[derive(Serialize, utoipa::ToSchema)]
struct Reset {
    link: String,
}

#[utoipa::path(post, path = "/api/v1/accounts/{id}/reset", tag = "identity", params(("id" = i64, Path)),
    responses((status = 200, body = Reset, description = "Every way in of the account has ended but this link"),
              (status = 404), (status = 409, description = "The account has ended")))]
async fn reset(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let link = super::reset(&mut cx, id).await?;
    cx.json(&Reset { link }).await
}
