//! Resemblance for programs.

use axum::extract::Query;
use axum::response::Response;
use platform::api::Page;
use platform::forms::Form;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Likely, PATIENCE, Resemblance};
use crate::EDIT;
use crate::enterprise::Brief;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(resembling)))
}

/// An enterprise by its key and names.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Named {
    id: Id,
    reference: String,
    name: String,
    second_name: Option<String>,
}

impl From<Brief> for Named {
    fn from(brief: Brief) -> Self {
        Self { id: brief.id, reference: brief.reference, name: brief.name, second_name: brief.second_name }
    }
}

/// An enterprise that may be the one asked about.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ResemblingEnterprise)]
pub(crate) struct Resembling {
    enterprise: Named,
    /// Whether one of its names or identifiers is the same to the letter: `name` or `identifier`; `nearly_name` where a name
    /// is the same but for marks or signs; `website` where nothing else is but the registrable domain of its website, which
    /// asks a question and does not by itself refuse.
    equal: Option<&'static str>,
    /// Whether registering is refused with 409 until `distinct_from_resembling` says that it is another.
    refuses: bool,
    resemblance: Option<Resemblance>,
}

impl From<Likely> for Resembling {
    fn from(likely: Likely) -> Self {
        let equal = likely.equal.map(|key| match key {
            "resembles-identifier" => "identifier",
            super::NEARLY => "nearly_name",
            _ => "name",
        });
        let equal = equal.or(likely.site().map(|_| "website"));
        Self { enterprise: likely.brief().into(), equal, refuses: likely.refuses(), resemblance: likely.resemblance }
    }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct Params {
    /// A name in any script; may be given several times.
    name: Option<String>,
    /// Code of the list `origin`.
    reporting_origin: Option<String>,
    website: Option<String>,
    lei: Option<String>,
    registry: Option<String>,
    registry_number: Option<String>,
    exchange: Option<String>,
    listing_code: Option<String>,
    /// An enterprise that is held already, which is no answer.
    itself: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/enterprises/resembling", tag = "directory", params(Params),
    responses((status = 200, description = "The likeliest first, at most six", body = Page<Resembling>)))]
async fn resembling(mut cx: Cx, Query(pairs): Query<Vec<(String, String)>>) -> Result<Response> {
    cx.require(&EDIT)?;
    let asked = super::pages::asked(&cx, &Form::new(pairs));
    super::ready(&cx.house.clone(), PATIENCE).await;
    let found = if asked.is_empty() { Vec::new() } else { super::likely(&mut cx, &asked).await? };
    cx.json(&Page::<Resembling> { items: found.into_iter().map(Into::into).collect(), next: None }).await
}
