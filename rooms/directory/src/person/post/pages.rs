//! Forms of posts; they are listed on the person's page.

use axum::extract::Path;
use axum::response::Response;
use platform::forms::{Form, Loose};
use platform::pages::Html;
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::Fields;

use super::GivenPost;
use crate::entry::{self, Against, Entry, written};
use crate::person::pages::{form_page, said};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/people/{id}/posts/new", new)
        .post("/people/{id}/posts", add)
        .get("/people/{id}/posts/{post}/edit", edit)
        .post("/people/{id}/posts/{post}", correct)
        .post("/people/{id}/posts/{post}/withdraw", withdraw)
}

async fn form(cx: &mut Cx, status: u16, id: Id, post: Option<Id>, form: Form, against: Against) -> Result<Response> {
    let view = cx.view();
    let fields = Fields::new(&view, &form, "post");
    let at = format!("/people/{id}/posts");
    let entry = Entry {
        heading: Html::default(),
        title: if post.is_some() { "post-correct" } else { "post-add" },
        fields: vec![
            fields.hidden("version"),
            fields.text("title"),
            fields.optional_day("valid_from"),
            fields.optional_day("valid_to"),
        ],
        action: post.map_or_else(|| at.clone(), |post| format!("{at}/{post}")),
        button: if post.is_some() { "save" } else { "post-add" },
        back: format!("/people/{id}"),
        withdraw: post.map(|post| (format!("{at}/{post}/withdraw"), "post-withdraw")),
    };
    form_page(cx, status, id, fields.summary(), entry, against).await
}

fn given(form: &Form) -> GivenPost {
    GivenPost {
        title: form.text("title"),
        valid_from: Loose(form.text("valid_from")),
        valid_to: Loose(form.text("valid_to")),
    }
}

async fn new(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    form(&mut cx, 200, id, None, Form::default(), Against::default()).await
}

async fn add(mut cx: Cx, Path(id): Path<Id>, sent: Form) -> Result<Response> {
    match super::hold(&mut cx, id, given(&sent)).await {
        Ok(_) => said(&mut cx, id, "post-added").await,
        Err(error) => {
            let (status, sent, against) = entry::refused(&mut cx, error, sent, "post").await?;
            form(&mut cx, status, id, None, sent, against).await
        }
    }
}

async fn edit(mut cx: Cx, Path((id, post)): Path<(Id, Id)>) -> Result<Response> {
    let held = super::of(&mut cx, id).await?;
    let held = held.into_iter().find(|held| held.id == post).ok_or(Error::NotFound)?;
    let filled = Form::default()
        .with("version", held.version.to_string())
        .with("title", held.title)
        .with("valid_from", written(held.valid_from))
        .with("valid_to", written(held.valid_to));
    form(&mut cx, 200, id, Some(post), filled, Against::default()).await
}

async fn correct(mut cx: Cx, Path((id, post)): Path<(Id, Id)>, sent: Form) -> Result<Response> {
    let version = sent.number("version").unwrap_or_default();
    match super::correct(&mut cx, id, post, version, given(&sent)).await {
        Ok(_) => said(&mut cx, id, "enterprise-saved").await,
        Err(error) => {
            let (status, sent, against) = entry::refused(&mut cx, error, sent, "post").await?;
            form(&mut cx, status, id, Some(post), sent, against).await
        }
    }
}

async fn withdraw(mut cx: Cx, Path((id, post)): Path<(Id, Id)>, sent: Form) -> Result<Response> {
    super::withdraw(&mut cx, id, post, sent.value("reason")).await?;
    said(&mut cx, id, "post-withdrawn").await
}
