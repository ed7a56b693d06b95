//! Forms of name clearance on a project's page.

use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::Flash;
use platform::web::Routes;
use platform::{Cx, Id, Result};

use super::NewClearance;
use crate::project::pages::refused;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/projects/{id}/clearances", clear)
        .post("/projects/{id}/clearances/{clearance}/withdraw", withdraw)
}

async fn clear(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let new = NewClearance {
        cleared_on: form.text("cleared_on"),
        source: form.text("clearance_source"),
        named_as: form.text("named_as"),
    };
    match super::clear(&mut cx, id, new).await {
        Ok(()) => cx.see_other_saying(format!("/projects/{id}"), Flash::new("clearance-was-recorded", &[])).await,
        Err(error) => refused(&mut cx, id, form, error, &[("source", "clearance_source")]).await,
    }
}

async fn withdraw(mut cx: Cx, Path((id, one)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    match super::withdraw(&mut cx, id, one, form.value("withdrawn_on"), form.value("reason")).await {
        Ok(()) => cx.see_other_saying(format!("/projects/{id}"), Flash::new("clearance-was-withdrawn", &[])).await,
        Err(error) => refused(&mut cx, id, form, error, &[("reason", "unclear-why")]).await,
    }
}
