//! Pages of models.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::pages::{Flash, View};
use platform::web::Routes;
use platform::{Cx, Id, Result};

use super::Learnt;
use crate::TEACH;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/review/models", index)
        .post("/enterprises/review/models", learn)
        .get("/enterprises/review/models/{id}", show)
        .post("/enterprises/review/models/{id}/use", take)
}

#[derive(Template)]
#[template(path = "resemblance/model/pages/models.html")]
struct ModelsPage {
    view: View,
    models: Vec<Learnt>,
    /// Whether the one delivered is in use.
    delivered: bool,
    may_teach: bool,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let models = super::all(&mut cx).await?;
    let delivered = models.iter().all(|model| !model.in_use);
    let page = ModelsPage { view: cx.view(), models, delivered, may_teach: cx.may(&TEACH) };
    cx.page(200, page).await
}

async fn learn(mut cx: Cx) -> Result<Response> {
    super::set_off(&mut cx).await?;
    cx.see_other_saying("/enterprises/review/models", Flash::new("review-learning", &[])).await
}

#[derive(Template)]
#[template(path = "resemblance/model/pages/model.html")]
struct ModelPage {
    view: View,
    title: String,
    text: String,
}

/// The model that was delivered has the key 0.
fn named(id: Id) -> Option<Id> {
    (id != Id(0)).then_some(id)
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let text = super::text(&mut cx, named(id)).await?;
    let view = cx.view();
    let made = super::all(&mut cx).await?.into_iter().find(|model| model.id == id);
    let title = match made {
        Some(model) => view.t1("review-model-of", "day", view.at(model.made_at)),
        None => view.t("review-model-delivered"),
    };
    cx.page(200, ModelPage { view, title, text }).await
}

async fn take(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::take(&mut cx, named(id)).await?;
    cx.see_other_saying("/enterprises/review/models", Flash::new("review-model-taken", &[])).await
}
