//! People for programs.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::Response;
use platform::api::{IfMatch, Json, Page};
use platform::forms::{Form, Loose};
use platform::own_field::{Edit, Given};
use platform::permission::Tier;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use ui::history::told::{self, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::consent::{self, Consent, GivenConsent};
use super::contact::{self, Contact, GivenContact, Reach};
use super::list::{self, Filter, Listed};
use super::post::{self, GivenPost, Post};
use super::{NewPerson, Person, SUBJECT};
use crate::enterprise::api::Reason;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index))
            .routes(routes!(of_enterprise, create))
            .routes(routes!(history))
            .routes(routes!(show, patch))
            .routes(routes!(move_to))
            .routes(routes!(retire))
            .routes(routes!(restore))
            .routes(routes!(hold))
            .routes(routes!(correct_post))
            .routes(routes!(withdraw_post))
            .routes(routes!(add_contact))
            .routes(routes!(correct_contact))
            .routes(routes!(withdraw_contact))
            .routes(routes!(give_consent))
            .routes(routes!(correct_consent)),
    )
}

/// A person with all that belongs to them, as far as the actor may see it.
#[derive(Serialize, utoipa::ToSchema)]
struct WholePerson {
    #[serde(flatten)]
    person: Person,
    enterprise_reference: String,
    enterprise_name: String,
    posts: Vec<Post>,
    /// Only with permission for contact details, and only while a consent stands.
    contacts: Vec<Contact>,
    /// Why there are none to see: `told`, `not_permitted` or `no_consent`.
    contacts_state: &'static str,
    consents: Vec<Consent>,
}

async fn whole(cx: &mut Cx, id: Id) -> Result<WholePerson> {
    let (person, held) = super::get(cx, id).await?;
    let (contacts, contacts_state) = match contact::of(cx, id).await? {
        Reach::Told(contacts) => (contacts, "told"),
        Reach::NotPermitted => (Vec::new(), "not_permitted"),
        Reach::NoConsent => (Vec::new(), "no_consent"),
    };
    Ok(WholePerson {
        person: person.told(cx),
        enterprise_reference: held.reference,
        enterprise_name: held.name,
        posts: post::of(cx, id).await?,
        contacts,
        contacts_state,
        consents: consent::of(cx, id).await?,
    })
}

async fn found(mut cx: Cx, id: Id) -> Result<Response> {
    let whole = whole(&mut cx, id).await?;
    cx.found(whole.person.version, &whole).await
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct PeopleParams {
    /// What a name contains, in any script.
    q: Option<String>,
    enterprise: Option<i64>,
    /// `yes` for those retired.
    retired: Option<String>,
    /// What a filterable field of the office's own says: `own.` and its code. May be given for several fields.
    #[param(rename = "own.{code}")]
    own: Option<String>,
    /// The mark of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
}

async fn page(cx: &mut Cx, params: BTreeMap<String, String>, enterprise: Option<Id>) -> Result<Response> {
    let form = Form::new(params);
    let mut filter = Filter::asked(cx, &form)?;
    filter.enterprise = enterprise.or(filter.enterprise);
    let mut page = list::page(cx, &filter, form.number("limit").unwrap_or(50).clamp(1, 200)).await?;
    for person in &mut page.people {
        person.own.give(cx, SUBJECT);
    }
    // People are kept from others with their enterprise.
    cx.look_over(page.people.iter().map(|person| {
        ("enterprise", person.enterprise_id, person.enterprise_name.clone(), Tier::from_rank(person.enterprise_tier))
    }));
    cx.json(&Page { items: page.people, next: page.next }).await
}

#[utoipa::path(get, path = "/api/v1/people", tag = "directory", params(PeopleParams),
    responses((status = 200, body = Page<Listed>)))]
async fn index(mut cx: Cx, Query(params): Query<BTreeMap<String, String>>) -> Result<Response> {
    page(&mut cx, params, None).await
}

#[utoipa::path(get, path = "/api/v1/enterprises/{id}/people", tag = "directory",
    params(("id" = i64, Path), PeopleParams), responses((status = 200, body = Page<Listed>)))]
async fn of_enterprise(
    mut cx: Cx,
    Path(id): Path<Id>,
    Query(params): Query<BTreeMap<String, String>>,
) -> Result<Response> {
    let held = crate::enterprise::get(&mut cx, id).await?;
    page(&mut cx, params, Some(held.id)).await
}

#[utoipa::path(post, path = "/api/v1/enterprises/{id}/people", tag = "directory", params(("id" = i64, Path)),
    request_body = NewPerson,
    responses((status = 201, body = Person), (status = 409, description = "Resembles somebody who is held")))]
async fn create(mut cx: Cx, Path(id): Path<Id>, Json(new): Json<NewPerson>) -> Result<Response> {
    let person = super::add(&mut cx, id, new).await?.told(&cx);
    cx.created(format!("/api/v1/people/{}", person.id), person.version, &person).await
}

#[utoipa::path(get, path = "/api/v1/people/{id}", tag = "directory", params(("id" = i64, Path)),
    responses((status = 200, body = WholePerson), (status = 404)))]
async fn show(cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    found(cx, id).await
}

/// The fields to change; what is absent stays, null empties.
#[derive(utoipa::ToSchema)]
#[schema(as = PersonEdit)]
#[allow(dead_code)] // Its shape is described; the verb reads the fields by name.
struct Fields {
    name: Option<Loose>,
    second_name: Option<Loose>,
    /// Codes of languages, with commas between.
    languages: Option<Loose>,
    own: Option<Given>,
}

#[utoipa::path(patch, path = "/api/v1/people/{id}", tag = "directory",
    params(("id" = i64, Path), ("If-Match" = String, Header)), request_body = Fields,
    responses((status = 200, body = Person), (status = 412, description = "Stale: both versions by field")))]
async fn patch(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(edit): Json<Edit>) -> Result<Response> {
    let version = version.required()?;
    let fields = edit.fields(&cx, SUBJECT)?;
    let person = super::edit(&mut cx, id, version, fields).await?.told(&cx);
    cx.found(person.version, &person).await
}

/// Where somebody goes, as what, from when.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = PersonMove)]
struct Move {
    /// The enterprise: its key, its reference, or a name that only one has.
    enterprise: Loose,
    #[serde(default)]
    post: String,
    /// Today when left out.
    #[serde(default)]
    valid_from: Loose,
}

#[utoipa::path(post, path = "/api/v1/people/{id}/move", tag = "directory",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = Move,
    responses((status = 200, body = Person), (status = 412, description = "Another version stands")))]
async fn move_to(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(given): Json<Move>) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.0.version)?;
    let person = super::move_to(&mut cx, id, &given.enterprise, &given.post, &given.valid_from).await?.told(&cx);
    cx.found(person.version, &person).await
}

#[utoipa::path(post, path = "/api/v1/people/{id}/retire", tag = "directory",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = Reason,
    responses((status = 200, body = WholePerson), (status = 412, description = "Another version stands")))]
async fn retire(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(given): Json<Reason>) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.0.version)?;
    super::retire(&mut cx, id, &given.reason).await?;
    found(cx, id).await
}

#[utoipa::path(post, path = "/api/v1/people/{id}/restore", tag = "directory",
    params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = Reason,
    responses((status = 200, body = WholePerson), (status = 412, description = "Another version stands")))]
async fn restore(mut cx: Cx, Path(id): Path<Id>, version: IfMatch, Json(given): Json<Reason>) -> Result<Response> {
    version.agrees(super::get(&mut cx, id).await?.0.version)?;
    super::restore(&mut cx, id, &given.reason).await?;
    found(cx, id).await
}

#[utoipa::path(post, path = "/api/v1/people/{id}/posts", tag = "directory", params(("id" = i64, Path)),
    request_body = GivenPost, responses((status = 201, body = Post)))]
async fn hold(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenPost>) -> Result<Response> {
    let held = post::hold(&mut cx, id, given).await?;
    cx.created(format!("/api/v1/people/{id}/posts/{}", held.id), held.version, &held).await
}

#[utoipa::path(put, path = "/api/v1/people/{id}/posts/{post}", tag = "directory",
    params(("id" = i64, Path), ("post" = i64, Path), ("If-Match" = String, Header)), request_body = GivenPost,
    responses((status = 200, body = Post), (status = 412)))]
async fn correct_post(
    mut cx: Cx,
    Path((id, held)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<GivenPost>,
) -> Result<Response> {
    let held = post::correct(&mut cx, id, held, version.required()?, given).await?;
    cx.found(held.version, &held).await
}

#[utoipa::path(post, path = "/api/v1/people/{id}/posts/{post}/withdraw", tag = "directory",
    params(("id" = i64, Path), ("post" = i64, Path)), request_body = Reason,
    responses((status = 200, body = WholePerson)))]
async fn withdraw_post(mut cx: Cx, Path((id, held)): Path<(Id, Id)>, Json(given): Json<Reason>) -> Result<Response> {
    post::withdraw(&mut cx, id, held, &given.reason).await?;
    found(cx, id).await
}

#[utoipa::path(post, path = "/api/v1/people/{id}/contacts", tag = "directory", params(("id" = i64, Path)),
    request_body = GivenContact, responses((status = 201, body = Contact)))]
async fn add_contact(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenContact>) -> Result<Response> {
    let held = contact::add(&mut cx, id, given).await?;
    cx.created(format!("/api/v1/people/{id}/contacts/{}", held.id), held.version, &held).await
}

#[utoipa::path(put, path = "/api/v1/people/{id}/contacts/{contact}", tag = "directory",
    params(("id" = i64, Path), ("contact" = i64, Path), ("If-Match" = String, Header)), request_body = GivenContact,
    responses((status = 200, body = Contact), (status = 412)))]
async fn correct_contact(
    mut cx: Cx,
    Path((id, held)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<GivenContact>,
) -> Result<Response> {
    let held = contact::correct(&mut cx, id, held, version.required()?, given).await?;
    cx.found(held.version, &held).await
}

#[utoipa::path(post, path = "/api/v1/people/{id}/contacts/{contact}/withdraw", tag = "directory",
    params(("id" = i64, Path), ("contact" = i64, Path)), request_body = Reason,
    responses((status = 200, body = WholePerson)))]
async fn withdraw_contact(mut cx: Cx, Path((id, held)): Path<(Id, Id)>, Json(given): Json<Reason>) -> Result<Response> {
    contact::withdraw(&mut cx, id, held, &given.reason).await?;
    found(cx, id).await
}

#[utoipa::path(post, path = "/api/v1/people/{id}/consents", tag = "directory", params(("id" = i64, Path)),
    request_body = GivenConsent, responses((status = 201, body = Consent)))]
async fn give_consent(mut cx: Cx, Path(id): Path<Id>, Json(given): Json<GivenConsent>) -> Result<Response> {
    let held = consent::give(&mut cx, id, given).await?;
    cx.created(format!("/api/v1/people/{id}/consents/{}", held.id), held.version, &held).await
}

#[utoipa::path(put, path = "/api/v1/people/{id}/consents/{consent}", tag = "directory",
    params(("id" = i64, Path), ("consent" = i64, Path), ("If-Match" = String, Header)), request_body = GivenConsent,
    responses((status = 200, body = Consent), (status = 412)))]
async fn correct_consent(
    mut cx: Cx,
    Path((id, held)): Path<(Id, Id)>,
    version: IfMatch,
    Json(given): Json<GivenConsent>,
) -> Result<Response> {
    let held = consent::correct(&mut cx, id, held, version.required()?, given).await?;
    cx.found(held.version, &held).await
}

#[utoipa::path(get, path = "/api/v1/people/{id}/history", tag = "directory",
    params(("id" = i64, Path), ("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Its changes, the latest first"), (status = 404)))]
async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::get(&mut cx, id).await?;
    let (before, limit) = told::asked(&cx)?;
    let entries = super::history::page(&mut cx, id, before, limit + 1).await?;
    cx.json(&told::page(&cx.view(), entries, limit, "person")).await
}
