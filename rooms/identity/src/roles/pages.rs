//! The table of roles and actions, and the front page of administration.

use askama::Template;
use axum::response::Response;
use platform::pages::{Html, View};
use platform::permission::Role;
use platform::web::Routes;
use platform::{Cx, Result};

use super::Line;
use crate::ADMINISTER;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/admin", front).get("/admin/roles", index)
}

#[derive(Template)]
#[template(path = "roles/pages/front.html")]
struct FrontPage {
    view: View,
    /// Address, what it is called, what it is for.
    places: Vec<(&'static str, String, String)>,
}

async fn front(mut cx: Cx) -> Result<Response> {
    cx.require(&ADMINISTER)?;
    let view = cx.view();
    let places = ui::administration::places(&cx)
        .into_iter()
        .map(|action| (action.href, view.t(action.key), view.t(&format!("{}-about", action.key))))
        .collect();
    cx.page(200, FrontPage { places, view }).await
}

#[derive(Template)]
#[template(path = "roles/pages/list.html")]
struct RolesPage {
    view: View,
    bar: Html,
    roles: Vec<&'static str>,
    lines: Vec<Line>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    cx.require(&ADMINISTER)?;
    let page = RolesPage {
        bar: ui::administration::bar(&cx),
        roles: Role::ALL.iter().map(|role| role.key()).collect(),
        lines: super::table(&cx.house.permissions),
        view: cx.view(),
    };
    cx.page(200, page).await
}
