//! The page of retired enterprises.

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Html, View};
use platform::permission::Relation;
use platform::web::Routes;
use platform::{Cx, Result};

use super::Retired;
use crate::MERGE;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/enterprises/retired", index)
}

#[derive(Template)]
#[template(path = "enterprise/trash/pages/retired.html")]
struct TrashPage {
    view: View,
    /// Each with whether the actor may restore it.
    retired: Vec<(Retired, bool)>,
    paging: Html,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let (after, before) = (form.optional("after"), form.optional("before"));
    let page = super::page(&mut cx, after.as_deref(), before.as_deref(), 50).await?;
    let total = super::total(&mut cx).await?;
    let paging = ui::lists::paging(&view, &total, page.previous.as_deref(), page.next.as_deref());
    let retired = page
        .retired
        .into_iter()
        .map(|one| {
            let relation = Relation { team: one.team_id, owner: one.owner_id };
            (one, cx.may_on(&MERGE, relation))
        })
        .collect();
    cx.page(200, TrashPage { view, retired, paging }).await
}
