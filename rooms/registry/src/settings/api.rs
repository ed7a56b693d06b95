//! The office's settings for programs.

use axum::response::Response;
use platform::api::{Json, Page};
use platform::audit;
use platform::settings::{self, EDIT, NAMES};
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use ui::history::told::{self, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(show, name)).routes(routes!(history)))
}

/// What the office has set. The names can be changed; the rest is fixed once there are records.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Settings {
    office_name_en: String,
    office_name_zh_hant: String,
    office_name_zh_hans: String,
    /// An IANA zone.
    time_zone: Option<String>,
    /// The currency that the office counts in.
    currency: Option<String>,
    pack: Option<String>,
}

fn held(cx: &Cx) -> Settings {
    let settings = &cx.house.settings;
    let [office_name_en, office_name_zh_hant, office_name_zh_hans] =
        NAMES.map(|name| settings.get(name).unwrap_or_default());
    Settings {
        office_name_en,
        office_name_zh_hant,
        office_name_zh_hans,
        time_zone: settings.get("time-zone"),
        currency: settings.get("currency"),
        pack: settings.get("pack"),
    }
}

#[utoipa::path(get, path = "/api/v1/settings", tag = "registry", responses((status = 200, body = Settings)))]
async fn show(mut cx: Cx) -> Result<Response> {
    cx.require(&EDIT)?;
    let held = held(&cx);
    cx.json(&held).await
}

/// The office's names, in every language.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
struct OfficeNames {
    #[serde(default)]
    office_name_en: String,
    #[serde(default)]
    office_name_zh_hant: String,
    #[serde(default)]
    office_name_zh_hans: String,
}

#[utoipa::path(put, path = "/api/v1/settings", tag = "registry", request_body = OfficeNames,
    responses((status = 200, body = Settings), (status = 422, description = "Problems by field")))]
async fn name(mut cx: Cx, Json(given): Json<OfficeNames>) -> Result<Response> {
    let names = [&given.office_name_en, &given.office_name_zh_hant, &given.office_name_zh_hans];
    settings::name_office(&mut cx, names.map(String::as_str)).await?;
    // What is set is read anew once it is kept.
    cx.commit().await?;
    let held = held(&cx);
    cx.json(&held).await
}

#[utoipa::path(get, path = "/api/v1/settings/history", tag = "registry", params(("after" = Option<String>, Query)),
    responses((status = 200, body = Page<ToldEntry>, description = "Their changes, the latest first")))]
async fn history(mut cx: Cx) -> Result<Response> {
    cx.require(&EDIT)?;
    let (before, limit) = told::asked(&cx)?;
    let entries = audit::read::history(&mut cx, "office", Id(1), before, limit + 1).await?;
    cx.json(&told::page(&cx.view(), entries, limit, "settings")).await
}
