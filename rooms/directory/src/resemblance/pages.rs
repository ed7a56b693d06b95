//! Where somebody looks whether an enterprise is held already: a page of its own, and what appears beside a name while it
//! is typed.

use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::Fields;

use super::words::{self, Told};
use super::{Asked, Likely, PATIENCE, Resemblance};
use crate::EDIT;
use crate::enterprise::{Enterprise, NewIdentifier};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/enterprises/resembling", resembling)
}

#[derive(Template)]
#[template(path = "resemblance/pages/waterfall.html")]
struct Waterfall<'a> {
    view: &'a View,
    told: Told,
    one: &'a str,
    other: &'a str,
}

/// A waterfall as a table, under the names of both sides.
pub(crate) fn waterfall(view: &View, found: &Resemblance, one: &str, other: &str) -> Result<Html> {
    let page = Waterfall { view, told: words::told(view, found), one, other };
    page.render().map(Html).map_err(|error| Error::Unexpected(Box::new(error)))
}

struct Shown {
    enterprise: Enterprise,
    equal: Option<String>,
    site: Option<String>,
    told: Option<Told>,
    waterfall: Html,
}

#[derive(Template)]
#[template(path = "resemblance/pages/likely.html")]
struct LikelyList<'a> {
    view: &'a View,
    likely: Vec<Shown>,
}

/// Those that are likely the same, each with its reasons; nothing where there are none.
pub(crate) fn likely_list(view: &View, likely: &[Likely]) -> Result<Html> {
    if likely.is_empty() {
        return Ok(Html::default());
    }
    let (one, other) = (view.t("resemblance-typed"), view.t("resemblance-held"));
    let mut shown = Vec::with_capacity(likely.len());
    for held in likely {
        let args = [("name", held.enterprise.name.clone()), ("reference", held.enterprise.reference.clone())];
        shown.push(Shown {
            enterprise: held.enterprise.clone(),
            equal: held.equal.map(|key| view.tn(key, &args)),
            site: held.site().map(|site| view.t1("resembles-website", "site", site)),
            told: held.resemblance.as_ref().map(|found| words::told(view, found)),
            waterfall: match &held.resemblance {
                Some(found) => waterfall(view, found, &one, &other)?,
                None => Html::default(),
            },
        });
    }
    LikelyList { view, likely: shown }.render().map(Html).map_err(|error| Error::Unexpected(Box::new(error)))
}

/// Where those that resemble what is typed appear, for forms whose names are fields of ours. Empty without scripts, where the
/// answer comes once the form is sent.
pub(crate) fn watch(view: &View, itself: Option<Id>) -> Html {
    let itself = itself.map(|id| format!("itself={id}")).unwrap_or_default();
    let label = Html::escape(&view.t("resembling-likely"));
    Html(format!(
        "<section class=\"resembling\" data-resembling=\"/enterprises/resembling?{itself}\" aria-label=\"{label}\">\
         <p class=\"small muted\" role=\"status\" aria-live=\"polite\"></p><div></div></section>"
    ))
}

/// What a form holds of an enterprise, by the names that the form for a new one gives its fields.
pub(crate) fn asked(cx: &Cx, form: &Form) -> Asked {
    let names = ["name", "name_en", "name_zh_hant", "name_zh_hans", "name_other"];
    let names: Vec<String> = names.into_iter().flat_map(|field| form.chosen(field)).collect();
    let origin =
        ["incorporation", "headquarters", "reporting_origin"].into_iter().find_map(|field| form.optional(field));
    let mut identifiers = Vec::new();
    for (scheme, register, value) in
        [("lei", "", "lei"), ("registry", "registry", "registry_number"), ("listing", "exchange", "listing_code")]
    {
        if let Some(value) = form.optional(value) {
            let value = value.to_uppercase().replace(' ', "");
            identifiers.push(NewIdentifier { scheme: scheme.to_owned(), register: form.text(register), value });
        }
    }
    Asked {
        website: form.optional("website"),
        identifiers,
        itself: form.number("itself").map(Id),
        ..Asked::new(cx, names, origin)
    }
}

#[derive(Template)]
#[template(path = "resemblance/pages/resembling.html")]
struct ResemblingPage<'a> {
    view: View,
    fields: Fields<'a>,
    asked: bool,
    likely: Html,
}

#[derive(Template)]
#[template(path = "resemblance/pages/found.html")]
struct Found {
    view: View,
    likely: Html,
    count: usize,
}

async fn resembling(mut cx: Cx, headers: HeaderMap) -> Result<Response> {
    cx.require(&EDIT)?;
    let view = cx.view();
    let form = Form::decode(&view.query);
    let asked = asked(&cx, &form);
    super::ready(&cx.house.clone(), PATIENCE).await;
    let found = if asked.is_empty() { Vec::new() } else { super::likely(&mut cx, &asked).await? };
    let likely = likely_list(&view, &found)?;
    if headers.contains_key("hx-request") {
        return cx.page(200, Found { view, likely, count: found.len() }).await;
    }
    let fields = Fields::new(&view, &form, "resembling");
    cx.page(200, ResemblingPage { fields, asked: !asked.is_empty(), likely, view: view.clone() }).await
}
