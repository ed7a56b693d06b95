//! Pages of the universe: what it holds, a search, one company with every fact.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::View;
use platform::web::Routes;
use platform::{Cx, Result};
use screening::{About, Company, Measure};
use ui::Fields;

use crate::words;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/targets/universe", index).get("/targets/universe/{company}", show)
}

/// Further hits are found by more words.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "universe/pages/index.html")]
struct IndexPage<'a> {
    view: View,
    tabs: platform::pages::Html,
    about: Option<About>,
    fields: Fields<'a>,
    asked: bool,
    found: Vec<Company>,
}

impl IndexPage<'_> {
    fn count(&self, count: &u64) -> String {
        self.view.number(i64::try_from(*count).unwrap_or(i64::MAX))
    }

    fn country(&self, company: &Company) -> String {
        company
            .code(Measure::Country)
            .map_or_else(|| "–".to_owned(), |code| words::code(&self.view, Measure::Country, code))
    }

    fn industry(&self, company: &Company) -> String {
        company
            .facts
            .get(&Measure::Industry)
            .map_or_else(|| "–".to_owned(), |fact| words::value(&self.view, Measure::Industry, &fact.value))
    }
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let about = super::about(&mut cx).await?;
    let typed = form.optional("q").filter(|_| about.is_some());
    let found = match &typed {
        Some(typed) => super::search(&mut cx, typed, MOST).await?,
        None => Vec::new(),
    };
    let page = IndexPage {
        tabs: words::tabs(&view, "universe"),
        about,
        fields: Fields::new(&view, &form, "universe"),
        asked: typed.is_some(),
        found,
        view: view.clone(),
    };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "universe/pages/show.html")]
struct ShowPage {
    view: View,
    company: Company,
    /// The head of its group, where the universe still has it.
    parent: Option<Company>,
    facts: Vec<(String, String, String, String)>,
}

async fn show(mut cx: Cx, Path(id): Path<String>) -> Result<Response> {
    let view = cx.view();
    let company = super::company(&mut cx, &id).await?;
    let sources = super::about(&mut cx).await?.map(|about| about.sources).unwrap_or_default();
    let facts = Measure::held().filter_map(|measure| {
        let fact = company.facts.get(&measure)?;
        Some((
            words::measure(&view, measure),
            words::value(&view, measure, &fact.value),
            view.date(fact.as_at),
            words::source(&sources, &fact.source),
        ))
    });
    let facts = facts.collect();
    let parent = match &company.parent {
        Some(parent) => super::known(&mut cx, std::slice::from_ref(parent)).await?.pop(),
        None => None,
    };
    let page = ShowPage { facts, parent, company, view: view.clone() };
    cx.page(200, page).await
}
