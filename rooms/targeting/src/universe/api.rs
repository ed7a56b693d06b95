//! The company universe for programs.

use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Error, Result};
use screening::{About, Company};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index)).routes(routes!(show)))
}

#[derive(Serialize, utoipa::ToSchema)]
struct Universe {
    /// How many companies there are, of which day, and the catalogue of sources; null where there is no universe.
    #[schema(value_type = Option<Object>)]
    about: Option<About>,
    /// Companies whose name, id or LEI holds what was asked for.
    #[schema(value_type = Vec<Object>)]
    items: Vec<Company>,
}

#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct UniverseParams {
    /// Words of a name, an id or an LEI; left out, no company is told.
    q: Option<String>,
    /// 1 to 200; 50 when left out. Further ones are found by more words.
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/universe", tag = "targeting", params(UniverseParams),
    responses((status = 200, body = Universe)))]
async fn index(mut cx: Cx) -> Result<Response> {
    let about = super::about(&mut cx).await?;
    let typed = Form::decode(&cx.view().query).optional("q").filter(|_| about.is_some());
    let most = usize::try_from(cx.limit(50)).unwrap_or_default();
    let items = match &typed {
        Some(typed) => super::search(&mut cx, typed, most).await?,
        None => Vec::new(),
    };
    cx.json(&Universe { about, items }).await
}

#[derive(Serialize, utoipa::ToSchema)]
struct CompanyOfUniverse {
    /// The company with every fact: its value, of which day, and who says so.
    #[schema(value_type = Object)]
    company: Company,
    /// The head of its group, where the universe still has it.
    #[schema(value_type = Option<Object>)]
    parent: Option<Company>,
}

#[utoipa::path(get, path = "/api/v1/universe/{company}", tag = "targeting", params(("company" = String, Path)),
    responses((status = 200, body = CompanyOfUniverse), (status = 404)))]
async fn show(mut cx: Cx, Path(id): Path<String>) -> Result<Response> {
    if super::about(&mut cx).await?.is_none() {
        return Err(Error::NotFound);
    }
    let company = super::company(&mut cx, &id).await?;
    let parent = match &company.parent {
        Some(parent) => super::known(&mut cx, std::slice::from_ref(parent)).await?.pop(),
        None => None,
    };
    cx.json(&CompanyOfUniverse { company, parent }).await
}
