//! The auditor's search.

use askama::Template;
use axum::response::Response;
use platform::audit::Entry;
use platform::audit::read::{self, Search};
use platform::clock::{At, parse_day};
use platform::forms::Form;
use platform::pages::{Html, View};
use platform::web::Routes;
use platform::{Cx, Result};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/audit", index)
}

#[derive(Template)]
#[template(path = "audit/pages/audit.html")]
struct AuditPage {
    view: View,
    form: Form,
    lines: Vec<(Option<String>, String, Html)>,
    next: Option<String>,
}

/// Where a record can be seen, for those kinds that have a page.
fn href(entry: &Entry) -> Option<String> {
    let place = match entry.subject_kind.as_str() {
        "enterprise" => "enterprises",
        "project" => "projects",
        "import" => "imports",
        "published" => "figures/published",
        "account" => "admin/accounts",
        _ => return None,
    };
    Some(format!("/{place}/{}", entry.subject_id))
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let zone = cx.house.zone.clone();
    let day = |name: &str| parse_day(form.value(name)).ok();
    let wanted = Search {
        label: form.optional("label"),
        verb: form.optional("verb"),
        subject_kind: form.optional("kind"),
        since: day("since").map(|day| zone.start_of(day)),
        until: day("until").map(|day| At::end_of(day, &zone)),
        before: form.value("before").parse().ok(),
        ..Search::default()
    };
    let entries = read::search(&mut cx, &wanted, 100).await?;
    let next = entries
        .last()
        .filter(|_| entries.len() == 100)
        .map(|last| ui::lists::address(&view.path, &view.query, &[("before", last.id.to_string().as_str())]));
    let lines = entries
        .iter()
        .map(|entry| {
            let prefix = if entry.subject_kind == "project" { "project" } else { "enterprise" };
            let label =
                if entry.subject_label.is_empty() { entry.subject_id.to_string() } else { entry.subject_label.clone() };
            (href(entry), label, ui::history::timeline(&view, std::slice::from_ref(entry), prefix))
        })
        .collect();
    cx.page(200, AuditPage { lines, next, form, view: view.clone() }).await
}
