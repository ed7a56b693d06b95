//! The search page, and the suggestions of the command palette.

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::View;
use platform::room::Found;
use platform::web::Routes;
use platform::{Cx, Result};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/search", index).get("/search/suggest", suggest)
}

#[derive(Template)]
#[template(path = "search/pages/search.html")]
struct SearchPage {
    view: View,
    q: String,
    found: Vec<(&'static str, Vec<Found>)>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let q = Form::decode(&view.query).text("q");
    let found = super::everywhere(&mut cx, &q, 30).await?;
    cx.page(200, SearchPage { view, q, found }).await
}

async fn suggest(mut cx: Cx) -> Result<Response> {
    let q = Form::decode(&cx.view().query).text("q");
    let found: Vec<Found> =
        super::everywhere(&mut cx, &q, 8).await?.into_iter().flat_map(|(_, records)| records).collect();
    cx.json(&found).await
}
