//! Notes on a project: what somebody wants remembered, by whom and when. Never changed, never lost.

use platform::audit::Change;
use platform::{Cx, Id, Problems, Result};

use crate::{EDIT, project};

pub mod api;
pub mod pages;
mod store;

pub use store::Note;

/// Writes a note.
pub async fn write(cx: &mut Cx, project: Id, text: &str) -> Result<()> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
    project::refuse_retired(cx, &held).await?;
    let mut problems = Problems::default();
    let text = problems.running("text", text, 5_000);
    problems.require(!text.is_empty(), "text", "problem-note-empty");
    problems.into_result()?;
    store::insert(cx, &granted, held.id, &text).await?;
    let version = project::touch(cx, &granted, &held).await?;
    cx.record(Change::new("note.written", "project", held.id).label(held.title).version(version).note(Some(text)));
    Ok(())
}

/// A project's notes, latest first, before one if given; the caller has made sure of its reach.
pub async fn of(cx: &mut Cx, project: Id, before: Option<Id>, limit: i64) -> Result<Vec<Note>> {
    store::of(cx, project, before, limit).await
}
