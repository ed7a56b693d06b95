//! The evidence tab of a project: papers, their files, and what they show.

use askama::Template;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, Request};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use platform::files::Quarantined;
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use tokio_util::io::ReaderStream;
use ui::{Choice, Fields};

use super::{COMMENCEMENT, Evidence, MOST_BYTES, NewEvidence};
use crate::{EDIT, project};

pub(crate) fn routes() -> Routes {
    // A file and a few words around it.
    let most = MOST_BYTES as usize + (1 << 20);
    Routes::new()
        .get("/projects/{id}/evidence", index)
        .post_with("/projects/{id}/evidence", post(add).layer(DefaultBodyLimit::max(most)))
        .get("/projects/{id}/evidence/{paper}/file", file)
        .post("/projects/{id}/evidence/{paper}/withdraw", withdraw)
}

#[derive(Template)]
#[template(path = "evidence/pages/list.html")]
struct ListPage<'a> {
    view: View,
    heading: Html,
    id: Id,
    papers: Vec<Evidence>,
    form: &'a Form,
    fields: Fields<'a>,
    kinds: Vec<Choice>,
    may_edit: bool,
}

impl ListPage<'_> {
    /// What was typed to take a paper back, where that was refused.
    fn why(&self, paper: &Evidence) -> String {
        format!("why-{}", paper.id)
    }

    fn shows_operation(&self, paper: &Evidence) -> bool {
        COMMENCEMENT.contains(&paper.kind.as_str())
    }

    fn size(&self, paper: &Evidence) -> String {
        let kilobytes = (paper.file_size.unwrap_or_default() + 1_023) / 1_024;
        self.view.t1("evidence-size", "n", self.view.number(kilobytes))
    }
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let held = project::get(cx, id).await?;
    let view = cx.view();
    let codes = cx.house.codes.on("evidence", cx.today());
    let page = ListPage {
        heading: project::pages::heading(cx, &held, "evidence").await?,
        id,
        papers: super::all(cx, id).await?,
        fields: Fields::new(&view, form, "project"),
        form,
        kinds: codes.into_iter().map(|code| Choice::new(&code.code, code.name(cx.language))).collect(),
        may_edit: cx.may_on(&EDIT, held.relation()) && held.retired_at.is_none(),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    page(&mut cx, 200, id, &Form::default()).await
}

/// A form with a file arrives in parts, one without as an ordinary form; the file stays in
/// quarantine until the verb lets it in.
async fn read(cx: &Cx, request: Request) -> Result<(Form, Option<Quarantined>)> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        return Ok((Form::from_request(request, &()).await?, None));
    }
    let broken = |_| Error::conflict("form-broken-off");
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Error::conflict("form-broken-off"))?;
    let (mut pairs, mut file, mut problems) = (Vec::new(), None, platform::Problems::default());
    while let Some(field) = parts.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != "file" {
            pairs.push((name, field.text().await.map_err(broken)?));
        } else if let Some(called) = field.file_name().filter(|called| !called.is_empty()).map(str::to_owned) {
            match cx.house.files.quarantine(field, &called, MOST_BYTES).await {
                Ok(received) => file = Some(received),
                Err(Error::Invalid(more)) => problems.extend(more),
                Err(other) => return Err(other),
            }
        }
    }
    let form = Form::new(pairs);
    Ok((if problems.is_empty() { form } else { form.with_problems(problems) }, file))
}

async fn add(mut cx: Cx, Path(id): Path<Id>, request: Request) -> Result<Response> {
    // Nobody's file is received who may not record a paper.
    cx.require(&EDIT)?;
    let (form, file) = read(&cx, request).await?;
    if !form.problems().is_empty() {
        return page(&mut cx, 422, id, &form).await;
    }
    let new = NewEvidence {
        kind: form.text("evidence_kind"),
        dated_on: form.text("dated_on"),
        reference: form.text("evidence_reference"),
    };
    match super::attach(&mut cx, id, new, file).await {
        Ok(()) => cx.see_other_saying(format!("/projects/{id}/evidence"), Flash::new("evidence-was-added", &[])).await,
        Err(error) => {
            let (status, form) = form.refused(error, "kind")?;
            cx.undo().await?;
            let names = [("kind", "evidence_kind"), ("reference", "evidence_reference")];
            page(&mut cx, status, id, &form.known_as(&names)).await
        }
    }
}

/// Always handed over to be saved, never shown in the browser, and never guessed at by it.
async fn file(mut cx: Cx, Path((id, paper)): Path<(Id, Id)>) -> Result<Response> {
    let (name, kind, place) = super::open(&mut cx, id, paper).await?;
    cx.commit().await?;
    let stream = ReaderStream::new(tokio::fs::File::open(place).await?);
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' }).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", platform::web::encode(&name));
    let headers = [
        (header::CONTENT_TYPE, kind.media().to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

async fn withdraw(mut cx: Cx, Path((id, paper)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    match super::withdraw(&mut cx, id, paper, form.value("reason")).await {
        Ok(()) => {
            let said = Flash::new("evidence-was-withdrawn", &[]);
            cx.see_other_saying(format!("/projects/{id}/evidence"), said).await
        }
        Err(error) => {
            let (status, form) = form.refused(error, "reason")?;
            cx.undo().await?;
            page(&mut cx, status, id, &form.known_as(&[("reason", &format!("why-{paper}"))])).await
        }
    }
}
