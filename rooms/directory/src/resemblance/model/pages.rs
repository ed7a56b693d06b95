//! Pages of models.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::pages::{Flash, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};

use super::{Comparison, Learnt};
use crate::TEACH;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/review/models", index)
        .post("/enterprises/review/models", learn)
        .get("/enterprises/review/models/{id}", show)
        .get("/enterprises/review/models/{id}/use", compare)
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
    /// How many decisions are wanting, in words; none where there are enough to learn from.
    too_few: Option<String>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let models = super::all(&mut cx).await?;
    let delivered = models.iter().all(|model| !model.in_use);
    let lessons = super::lessons(&mut cx).await?;
    let view = cx.view();
    let too_few = (!lessons.are_enough()).then(|| view.tn("review-learn-too-few", &lessons.args()));
    let page = ModelsPage { view, models, delivered, may_teach: cx.may(&TEACH), too_few };
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

async fn title(cx: &mut Cx, id: Id) -> Result<String> {
    let view = cx.view();
    let made = super::all(cx).await?.into_iter().find(|model| model.id == id);
    Ok(match made {
        Some(model) => view.t1("review-model-of", "day", view.at(model.made_at)),
        None => view.t("review-model-delivered"),
    })
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let text = super::text(&mut cx, named(id)).await?;
    let title = title(&mut cx, id).await?;
    cx.page(200, ModelPage { view: cx.view(), title, text }).await
}

#[derive(Template)]
#[template(path = "resemblance/model/pages/comparison.html")]
struct ComparisonPage {
    view: View,
    id: Id,
    title: String,
    comparison: Comparison,
    /// Why it can't be taken, in words.
    refused: Option<String>,
}

/// What taking a model would change, for whoever is to confirm it.
async fn compare(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let comparison = super::compare(&mut cx, named(id)).await?;
    let title = title(&mut cx, id).await?;
    let view = cx.view();
    let refused = comparison.refused().and_then(|refused| match refused {
        Error::Conflict(conflict) => {
            let args: Vec<(&str, String)> =
                conflict.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            Some(view.tn(&conflict.key, &args))
        }
        _ => None,
    });
    cx.page(200, ComparisonPage { view, id, title, comparison, refused }).await
}

async fn take(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::take(&mut cx, named(id)).await?;
    cx.see_other_saying("/enterprises/review/models", Flash::new("review-model-taken", &[])).await
}
