//! The reconciliation page.

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::View;
use platform::web::Routes;
use platform::{Cx, Result};

use super::{Reconciliation, Severity};
use crate::figures::api::as_of;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/figures/reconciliation", index)
}

#[derive(Template)]
#[template(path = "reconciliation/pages/reconciliation.html")]
struct Page {
    view: View,
    found: Reconciliation,
    as_at: String,
    /// (warns, words)
    findings: Vec<(bool, String)>,
    days: Vec<String>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let as_of = as_of(&cx, &Form::decode(&view.query))?;
    let found = super::reconcile(&mut cx, as_of).await?;
    let said = |args: &[(&'static str, String)], key: &str| view.tn(key, args);
    let page = Page {
        findings: found
            .findings
            .iter()
            .map(|one| (one.severity == Severity::Warns, said(&one.args, one.key)))
            .collect(),
        days: found
            .ceremonies
            .iter()
            .map(|one| platform::clock::parse_day(&one.day).map_or_else(|_| one.day.clone(), |day| view.date(day)))
            .collect(),
        as_at: as_of.as_at.to_string(),
        found,
        view: view.clone(),
    };
    cx.page(200, page).await
}
