//! The search page, and the suggestions of the command palette.

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Html, View};
use platform::room::Found;
use platform::text::kebab;
use platform::web::{Routes, encode};
use platform::{Cx, Result};

use super::Group;

/// So many of each kind beside one another, so many of one kind alone.
const BESIDE: i64 = 10;
const ALONE: i64 = 49;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/search", index).get("/search/suggest", suggest)
}

#[derive(Template)]
#[template(path = "search/pages/search.html")]
struct SearchPage {
    view: View,
    q: String,
    groups: Vec<Shown>,
    actions: Vec<Found>,
    empty: bool,
}

/// A group as the page shows it.
struct Shown {
    kind: &'static str,
    heading: String,
    records: Vec<(Found, Html, Html)>,
    /// Where the rest is: the kind's own list, or this page with that kind alone.
    rest: Option<String>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let (q, only) = (form.text("q"), form.optional("kind"));
    let limit = if only.is_some() { ALONE } else { BESIDE };
    let groups = super::everywhere(&mut cx, &q, only.as_deref(), limit).await?;
    let groups: Vec<Shown> = groups.into_iter().map(|group| shown(&view, group, &q, only.is_some())).collect();
    let actions = if q.is_empty() || only.is_some() { Vec::new() } else { super::actions(&cx, &q, 5) };
    let empty = groups.is_empty() && actions.is_empty();
    cx.page(200, SearchPage { view, q, groups, actions, empty }).await
}

fn shown(view: &View, group: Group, q: &str, alone: bool) -> Shown {
    let rest = match group.list {
        _ if !group.more => None,
        Some(list) => Some(format!("{list}?q={}", encode(q))),
        None if alone => None,
        None => Some(format!("/search?q={}&kind={}", encode(q), group.kind)),
    };
    Shown {
        kind: group.kind,
        heading: heading(view, &group),
        records: group
            .records
            .into_iter()
            .map(|found| {
                let (label, sublabel) = (super::marked(&found.label, q), super::marked(&found.sublabel, q));
                (found, label, sublabel)
            })
            .collect(),
        rest,
    }
}

/// What several of a kind are called.
fn heading(view: &View, group: &Group) -> String {
    let several = format!("search-kind-{}", kebab(group.kind));
    view.t(if view.has(&several) { &several } else { group.key })
}

/// Records first, each kind a few, then what can be done; with nothing typed, only that.
async fn suggest(mut cx: Cx) -> Result<Response> {
    let q = Form::decode(&cx.view().query).text("q");
    let groups = super::everywhere(&mut cx, &q, None, 8).await?;
    let mut found: Vec<Found> = groups.into_iter().flat_map(|group| group.records).collect();
    found.extend(super::actions(&cx, &q, if q.trim().is_empty() { 40 } else { 6 }));
    cx.json(&found).await
}
