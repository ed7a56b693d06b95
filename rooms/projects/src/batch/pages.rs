//! Pages of batches and ceremonies: the list, one of them, and the names that may be printed.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, View};
use platform::text::Language;
use platform::web::{Routes, encode};
use platform::{Cx, Error, Id, Problems, Result};
use ui::{Choice, Fields};

use super::{Batch, Count, KINDS, Member, NewBatch, SET};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/batches", index)
        .get("/batches/new", new)
        .post("/batches", create)
        .get("/batches/{id}", show)
        .get("/batches/{id}/names", names)
        .get("/batches/{id}/edit", edit_page)
        .post("/batches/{id}", edit)
        .post("/batches/{id}/retire", retire)
        .post("/batches/{id}/restore", restore)
}

fn kind_key(kind: &str) -> String {
    format!("batch-kind-{kind}")
}

#[derive(Template)]
#[template(path = "batch/pages/list.html")]
struct ListPage {
    view: View,
    batches: Vec<(Batch, Count)>,
    /// Attracted and signed so far, batch by batch.
    attracted: i64,
    signed: i64,
    may_set: bool,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let counts = super::counts(&mut cx).await?;
    let batches: Vec<(Batch, Count)> = super::all(&mut cx, true)
        .await?
        .into_iter()
        .map(|batch| {
            let count = counts.iter().find(|count| count.batch == batch.code).cloned();
            let none = Count { batch: batch.code.clone(), attracted: 0, signed: 0, cleared: 0 };
            (batch, count.unwrap_or(none))
        })
        .collect();
    let page = ListPage {
        attracted: batches.iter().map(|(_, count)| count.attracted).sum(),
        signed: batches.iter().map(|(_, count)| count.signed).sum(),
        batches,
        may_set: cx.may(&SET),
        view: cx.view(),
    };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "batch/pages/show.html")]
struct ShowPage<'a> {
    view: View,
    /// The reason for retiring it, where that was refused.
    form: &'a Form,
    fields: Fields<'a>,
    batch: Batch,
    count: Count,
    members: Vec<Member>,
    next: Option<String>,
    may_set: bool,
}

/// How many members a page shows.
const PAGE: i64 = 100;

fn next(members: &[Member]) -> Option<String> {
    members.last().filter(|_| members.len() as i64 == PAGE).map(|one| format!("?after={}", encode(&one.reference)))
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    page(&mut cx, 200, id, &Form::default()).await
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let batch = super::get(cx, id).await?;
    let view = cx.view();
    let after = Form::decode(&view.query).optional("after");
    let members = super::members(cx, &batch, after.as_deref(), PAGE).await?;
    let count = super::counts(cx).await?.into_iter().find(|count| count.batch == batch.code);
    let page = ShowPage {
        count: count.unwrap_or(Count { batch: batch.code.clone(), attracted: 0, signed: 0, cleared: 0 }),
        next: next(&members),
        members,
        may_set: cx.may(&SET),
        batch,
        form,
        fields: Fields::new(&view, form, "batch"),
        view: view.clone(),
    };
    cx.page(status, page).await
}

/// Who may be named, in two languages, to be printed or handed out: nobody else is on it.
#[derive(Template)]
#[template(path = "batch/pages/names.html")]
struct NamesPage {
    view: View,
    batch: Batch,
    members: Vec<Member>,
    next: Option<String>,
}

impl NamesPage {
    fn english_day(&self) -> String {
        platform::format::date(Language::English, self.batch.held_on)
    }

    fn chinese_day(&self) -> String {
        platform::format::date(Language::Traditional, self.batch.held_on)
    }
}

async fn names(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let batch = super::get(&mut cx, id).await?;
    let view = cx.view();
    let after = Form::decode(&view.query).optional("after");
    let members = super::cleared(&mut cx, &batch, after.as_deref(), PAGE).await?;
    cx.page(200, NamesPage { next: next(&members), members, batch, view }).await
}

#[derive(Template)]
#[template(path = "batch/pages/form.html")]
struct FormPage<'a> {
    view: View,
    batch: Option<Batch>,
    fields: Fields<'a>,
    kinds: Vec<Choice>,
}

async fn form_page(cx: &mut Cx, status: u16, batch: Option<Batch>, form: &Form) -> Result<Response> {
    let view = cx.view();
    let page = FormPage {
        fields: Fields::new(&view, form, "batch"),
        kinds: KINDS.iter().map(|kind| Choice::new(kind, view.t(&kind_key(kind)))).collect(),
        batch,
        view: view.clone(),
    };
    cx.page(status, page).await
}

/// The fields of a batch that its form calls otherwise.
const NAMES: [(&str, &str); 3] = [("kind", "batch_kind"), ("code", "batch_code"), ("source", "batch_source")];

fn read(form: &Form) -> NewBatch {
    NewBatch {
        code: form.text("batch_code"),
        kind: form.text("batch_kind"),
        held_on: form.text("held_on"),
        name_en: form.text("name_en"),
        name_zh_hant: form.text("name_zh_hant"),
        name_zh_hans: form.text("name_zh_hans"),
        source: form.text("batch_source"),
        reason: form.text("reason"),
    }
}

async fn new(mut cx: Cx) -> Result<Response> {
    cx.require(&SET)?;
    form_page(&mut cx, 200, None, &Form::default().with("batch_kind", "ceremony")).await
}

async fn create(mut cx: Cx, form: Form) -> Result<Response> {
    match super::make(&mut cx, read(&form)).await {
        Ok(batch) => cx.see_other_saying(format!("/batches/{}", batch.id), Flash::new("batch-was-set", &[])).await,
        Err(error) => {
            let (status, form) = form.refused(error, "code")?;
            cx.undo().await?;
            form_page(&mut cx, status, None, &form.known_as(&NAMES)).await
        }
    }
}

async fn edit_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    cx.require(&SET)?;
    let batch = super::get(&mut cx, id).await?;
    let form = Form::default()
        .with("version", batch.version.to_string())
        .with("batch_kind", batch.kind.clone())
        .with("held_on", batch.held_on.to_string())
        .with("name_en", batch.name_en.clone())
        .with("name_zh_hant", batch.name_zh_hant.clone())
        .with("name_zh_hans", batch.name_zh_hans.clone())
        .with("batch_source", batch.source.clone());
    form_page(&mut cx, 200, Some(batch), &form).await
}

async fn edit(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::edit(&mut cx, id, version, read(&form)).await {
        Ok(_) => cx.see_other_saying(format!("/batches/{id}"), Flash::new("batch-was-set", &[])).await,
        // Somebody else changed it: what was typed can be saved over that once it has been looked at.
        Err(Error::Conflict(conflict)) if conflict.versions.is_some() => {
            cx.undo().await?;
            let batch = super::get(&mut cx, id).await?;
            let pairs = form.pairs().iter().filter(|(name, _)| name != "version").cloned();
            let mut problems = Problems::default();
            problems.add("held_on", "record-changed-meanwhile");
            let form = Form::new(pairs).with("version", batch.version.to_string()).with_problems(problems);
            form_page(&mut cx, 409, Some(batch), &form).await
        }
        Err(error) => {
            let (status, form) = form.refused(error, "held_on")?;
            cx.undo().await?;
            let batch = super::get(&mut cx, id).await?;
            form_page(&mut cx, status, Some(batch), &form.known_as(&NAMES)).await
        }
    }
}

async fn retire(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::retire(&mut cx, id, Some(form.value("reason"))).await {
        Ok(()) => cx.see_other_saying("/batches", Flash::new("batch-was-retired", &[])).await,
        Err(error) => {
            let (status, form) = form.refused(error, "reason")?;
            cx.undo().await?;
            page(&mut cx, status, id, &form).await
        }
    }
}

async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::retire(&mut cx, id, None).await?;
    cx.see_other_saying(format!("/batches/{id}"), Flash::new("batch-was-restored", &[])).await
}
