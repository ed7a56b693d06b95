//! Pages for administrators: who is signed in, who tries to, whose keys are about.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::order::Place;
use platform::pages::{Flash, Html, View};
use platform::web::{Routes, safe_back};
use platform::{Cx, Id, Result};
use ui::lists;

use super::{Attempt, Attempts, Open};
use crate::key::{self, Held};

const LIMIT: i64 = 50;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/sessions", sessions)
        .post("/admin/sessions/{id}/end", end_session)
        .get("/admin/sign-ins", attempts)
        .get("/admin/keys", keys)
        .post("/admin/keys/{id}/end", end_key)
}

#[derive(Template)]
#[template(path = "session/pages/sessions.html")]
struct SessionsPage {
    view: View,
    bar: Html,
    sessions: Vec<Open>,
    here: Option<Id>,
    turn: Html,
}

async fn sessions(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let place = Place::read(&Form::decode(&view.query));
    let page = super::all(&mut cx, &place, LIMIT).await?;
    let template = SessionsPage {
        bar: ui::administration::bar(&cx),
        turn: lists::turn(&view, page.previous.as_deref(), page.next.as_deref()),
        here: cx.actor.as_ref().and_then(|actor| actor.session),
        sessions: page.rows,
        view,
    };
    cx.page(200, template).await
}

async fn end_session(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    super::end_of(&mut cx, id).await?;
    let back = form.optional("back").unwrap_or_else(|| "/admin/sessions".to_owned());
    cx.see_other_saying(safe_back(&back), Flash::new("account-session-ended", &[])).await
}

#[derive(Template)]
#[template(path = "session/pages/attempts.html")]
struct AttemptsPage {
    view: View,
    bar: Html,
    form: Form,
    attempts: Vec<Attempt>,
    stopped: Vec<(String, i64)>,
    turn: Html,
}

async fn attempts(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let wanted = Attempts { text: form.optional("q"), failed: form.value("failed") == "yes" };
    let page = super::attempts(&mut cx, &wanted, &Place::read(&form), LIMIT).await?;
    let template = AttemptsPage {
        bar: ui::administration::bar(&cx),
        stopped: super::stopped(&mut cx).await?,
        turn: lists::turn(&view, page.previous.as_deref(), page.next.as_deref()),
        attempts: page.rows,
        form,
        view,
    };
    cx.page(200, template).await
}

#[derive(Template)]
#[template(path = "session/pages/keys.html")]
struct KeysPage {
    view: View,
    bar: Html,
    keys: Vec<Held>,
    turn: Html,
}

async fn keys(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let place = Place::read(&Form::decode(&view.query));
    let page = key::all(&mut cx, &place, LIMIT).await?;
    let template = KeysPage {
        bar: ui::administration::bar(&cx),
        turn: lists::turn(&view, page.previous.as_deref(), page.next.as_deref()),
        keys: page.rows,
        view,
    };
    cx.page(200, template).await
}

async fn end_key(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    key::end_of(&mut cx, id).await?;
    let back = form.optional("back").unwrap_or_else(|| "/admin/keys".to_owned());
    cx.see_other_saying(safe_back(&back), Flash::new("account-key-ended", &[])).await
}
