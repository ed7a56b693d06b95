//! Fields of the office's own for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::api::{IfMatch, Json};
use platform::forms::Loose;
use platform::own_field::{self, Definition, GivenChoice, OwnField};
use platform::web::ApiRoutes;
use platform::{Cx, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Uses;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(
        OpenApiRouter::new()
            .routes(routes!(index, define))
            .routes(routes!(show, change))
            .routes(routes!(uses))
            .routes(routes!(retire))
            .routes(routes!(restore)),
    )
}

/// All that the caller may know of: they are few.
#[derive(Serialize, utoipa::ToSchema)]
struct OwnFields {
    items: Vec<OwnField>,
}

/// A new field. Its subject, code and kind stay.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
struct NewOwnField {
    /// enterprise, person or project.
    subject: String,
    /// Small letters, digits and underscores, at most 40, a letter first.
    code: String,
    /// text, number, day, choice or yes_no.
    kind: String,
    label_en: String,
    label_zh_hant: String,
    label_zh_hans: String,
    note: String,
    /// The first day on which forms ask for it; today when left out.
    valid_from: Loose,
    valid_to: Loose,
    /// The least role that sees it; read_only when left out, officer for personal data.
    see_role: String,
    /// The least role that edits it; officer when left out.
    edit_role: String,
    personal: bool,
    filterable: bool,
    /// Of a field of choices.
    choices: Vec<GivenChoice>,
}

#[utoipa::path(get, path = "/api/v1/own-fields", operation_id = "own_fields", tag = "registry",
    responses((status = 200, body = OwnFields)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let items = own_field::all(&cx)?;
    cx.json(&OwnFields { items }).await
}

#[utoipa::path(post, path = "/api/v1/own-fields", operation_id = "define_own_field", tag = "registry",
    request_body = NewOwnField,
    responses((status = 201, body = OwnField), (status = 422, description = "Problems by field")))]
async fn define(mut cx: Cx, Json(new): Json<NewOwnField>) -> Result<Response> {
    let NewOwnField { subject, code, kind, label_en, label_zh_hant, label_zh_hans, note, .. } = new;
    let given = Definition {
        label_en,
        label_zh_hant,
        label_zh_hans,
        note,
        valid_from: new.valid_from,
        valid_to: new.valid_to,
        see_role: new.see_role,
        edit_role: new.edit_role,
        personal: new.personal,
        filterable: new.filterable,
        choices: new.choices,
    };
    let field = own_field::define(&mut cx, &subject, &code, &kind, given).await?;
    cx.created(format!("/api/v1/own-fields/{}/{}", field.subject, field.code), field.version, &field).await
}

#[utoipa::path(get, path = "/api/v1/own-fields/{subject}/{code}", operation_id = "own_field", tag = "registry",
    params(("subject" = String, Path), ("code" = String, Path)),
    responses((status = 200, body = OwnField), (status = 404)))]
async fn show(mut cx: Cx, Path((subject, code)): Path<(String, String)>) -> Result<Response> {
    let field = own_field::get(&cx, &subject, &code)?;
    cx.found(field.version, &field).await
}

#[utoipa::path(put, path = "/api/v1/own-fields/{subject}/{code}", operation_id = "change_own_field", tag = "registry",
    params(("subject" = String, Path), ("code" = String, Path), ("If-Match" = String, Header)),
    request_body = Definition,
    responses((status = 200, body = OwnField), (status = 404), (status = 412, description = "Changed since")))]
async fn change(
    mut cx: Cx,
    Path((subject, code)): Path<(String, String)>,
    version: IfMatch,
    Json(given): Json<Definition>,
) -> Result<Response> {
    let field = own_field::change(&mut cx, &subject, &code, version.required()?, given).await?;
    cx.found(field.version, &field).await
}

#[utoipa::path(get, path = "/api/v1/own-fields/{subject}/{code}/uses", operation_id = "own_field_uses",
    tag = "registry", params(("subject" = String, Path), ("code" = String, Path)),
    responses((status = 200, description = "Saved views and remembered mappings that would miss it", body = Uses),
              (status = 404)))]
async fn uses(mut cx: Cx, Path((subject, code)): Path<(String, String)>) -> Result<Response> {
    cx.require(&own_field::DEFINE)?;
    let field = own_field::get(&cx, &subject, &code)?;
    let uses = super::uses(&mut cx, &field).await?;
    cx.json(&uses).await
}

/// Why a field is retired.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = OwnFieldReason)]
struct Reason {
    reason: String,
}

fn expect(cx: &Cx, subject: &str, code: &str, version: IfMatch) -> Result<()> {
    cx.require(&own_field::DEFINE)?;
    version.agrees(own_field::get(cx, subject, code)?.version)
}

#[utoipa::path(post, path = "/api/v1/own-fields/{subject}/{code}/retire", operation_id = "retire_own_field",
    tag = "registry",
    params(("subject" = String, Path), ("code" = String, Path), ("If-Match" = Option<String>, Header)),
    request_body = Reason,
    responses((status = 200, body = OwnField), (status = 404), (status = 412, description = "Another version stands")))]
async fn retire(
    mut cx: Cx,
    Path((subject, code)): Path<(String, String)>,
    version: IfMatch,
    Json(given): Json<Reason>,
) -> Result<Response> {
    expect(&cx, &subject, &code, version)?;
    let field = own_field::retire(&mut cx, &subject, &code, &given.reason).await?;
    cx.found(field.version, &field).await
}

#[utoipa::path(post, path = "/api/v1/own-fields/{subject}/{code}/restore", operation_id = "restore_own_field",
    tag = "registry",
    params(("subject" = String, Path), ("code" = String, Path), ("If-Match" = Option<String>, Header)),
    responses((status = 200, body = OwnField), (status = 404), (status = 412, description = "Another version stands")))]
async fn restore(mut cx: Cx, Path((subject, code)): Path<(String, String)>, version: IfMatch) -> Result<Response> {
    expect(&cx, &subject, &code, version)?;
    let field = own_field::restore(&mut cx, &subject, &code).await?;
    cx.found(field.version, &field).await
}
