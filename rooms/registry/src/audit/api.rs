//! The audit for programs: the auditor's search.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use platform::api::Page;
use platform::audit::{Entry, read};
use platform::forms::Form;
use platform::order::Place;
use platform::pages::View;
use platform::text::kebab;
use platform::web::ApiRoutes;
use platform::{Cx, Id, Result};
use serde::{Deserialize, Serialize};
use ui::history::told::{self, ToldEntry};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) fn routes() -> ApiRoutes {
    ApiRoutes(OpenApiRouter::new().routes(routes!(index)))
}

/// An entry as it stands in its chain.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AuditEntry)]
struct Chained {
    #[serde(flatten)]
    entry: ToldEntry,
    /// The chain, and its place there.
    lane: i64,
    seq: i64,
    /// Over this entry and the one before it.
    hash: String,
}

fn chained(view: &View, entry: &Entry) -> Chained {
    let told = told::told(view, entry, &kebab(&entry.subject_kind));
    Chained { entry: told, lane: entry.lane, seq: entry.seq, hash: entry.hash.clone() }
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code)] // Read by name from the whole query; listed here for the description.
struct ListParams {
    /// What a record's name begins with, a reference or another of its names.
    q: Option<String>,
    /// Words of the reason that was given.
    note: Option<String>,
    /// The key of who did it.
    actor: Option<Id>,
    /// A kind of record, as `subject_kind`.
    kind: Option<String>,
    /// The key of a record.
    subject: Option<Id>,
    verb: Option<String>,
    #[param(pattern = "^(page|api|command|import|job)$")]
    way: Option<String>,
    import: Option<Id>,
    /// Days of the office, both ends within.
    since: Option<String>,
    until: Option<String>,
    /// The mark of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when left out.
    limit: Option<i64>,
}

#[utoipa::path(get, path = "/api/v1/audit", tag = "registry", params(ListParams),
    responses((status = 200, body = Page<Chained>, description = "The latest first")))]
async fn index(mut cx: Cx, Query(params): Query<BTreeMap<String, String>>) -> Result<Response> {
    cx.require(&read::SEARCH)?;
    let form = Form::new(params);
    let (wanted, problems) = super::wanted(&mut cx, &form).await?;
    problems.into_result()?;
    let limit = cx.limit(50);
    let page = read::page(&mut cx, &wanted, &Place::after(form.optional("after").as_deref()), limit).await?;
    let view = cx.view();
    let items = page.rows.iter().map(|entry| chained(&view, entry)).collect();
    cx.json(&Page { items, next: page.next }).await
}
