//! The form for a note on a project's page.

use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::Flash;
use platform::web::Routes;
use platform::{Cx, Id, Result};

use crate::project::pages::refused;

pub(crate) fn routes() -> Routes {
    Routes::new().post("/projects/{id}/notes", write)
}

async fn write(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::write(&mut cx, id, form.value("note_text")).await {
        Ok(()) => cx.see_other_saying(format!("/projects/{id}"), Flash::new("note-was-written", &[])).await,
        Err(error) => refused(&mut cx, id, form, error, &[("text", "note_text")]).await,
    }
}
