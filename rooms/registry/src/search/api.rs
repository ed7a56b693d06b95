//! Search over all rooms for programs.

use axum::response::Response;
use platform::forms::Form;
use platform::room::Found;
use platform::web::ApiRoutes;
use platform::{Cx, Error, Result};
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index)))
}

/// What was found of one kind of record.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SearchGroup)]
struct Group {
    kind: &'static str,
    records: Vec<Found>,
    /// Whether there are more; the kind's own list, or a greater `limit`, has them.
    more: bool,
}

#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct SearchParams {
    /// Part of a name in any script, or a reference.
    q: Option<String>,
    /// Only this kind of record, as `kind` of a group.
    kind: Option<String>,
    /// So many of each kind, 1 to 200; 10 when left out.
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/search", tag = "registry", params(SearchParams),
    responses((status = 200, body = Vec<Group>, description = "A group for each kind of which something was found")))]
async fn index(mut cx: Cx) -> Result<Response> {
    if !cx.house.finders.iter().any(|finder| cx.may(finder.permission)) {
        return Err(Error::Forbidden("search"));
    }
    let (form, limit) = (Form::decode(&cx.view().query), cx.limit(10));
    if form.optional("q").is_none() {
        return Err(Error::invalid("q", "problem-search-empty"));
    }
    let only = form.optional("kind");
    let groups = super::everywhere(&mut cx, form.value("q"), only.as_deref(), limit).await?;
    let groups = groups.into_iter().map(|one| Group { kind: one.kind, records: one.records, more: one.more });
    let groups: Vec<Group> = groups.collect();
    cx.json(&groups).await
}
