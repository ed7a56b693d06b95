//! What runs in the background, for those who look after it.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::jobs::{self, JobRow, MANAGE, READ, STATES};
use platform::order::Place;
use platform::pages::{Flash, Html, View};
use platform::text::kebab;
use platform::web::Routes;
use platform::{Cx, Id, Result};
use ui::lists;

const LIMIT: i64 = 50;
/// Further than this nobody counts jobs of a state.
const COUNTED: i64 = 999;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/jobs", index)
        .post("/admin/jobs/{id}/retry", retry)
        .post("/admin/jobs/{id}/cancel", cancel)
}

#[derive(Template)]
#[template(path = "jobs/pages/list.html")]
struct ListPage {
    view: View,
    bar: Html,
    /// Address, words, how many, whether it is the present one.
    states: Vec<(String, String, String, bool)>,
    jobs: Vec<Line>,
    turn: Html,
    may_manage: bool,
    busy: bool,
}

struct Line {
    job: JobRow,
    kind: String,
    state: String,
    tone: &'static str,
    subject: Option<String>,
    who: String,
}

impl Line {
    fn may_retry(&self) -> bool {
        matches!(self.job.state.as_str(), "failed" | "cancelled")
    }

    fn may_cancel(&self) -> bool {
        matches!(self.job.state.as_str(), "waiting" | "running")
    }
}

fn state_key(state: &str) -> &'static str {
    match state {
        "running" => "job-state-running",
        "waiting" => "job-state-waiting",
        "failed" => "job-state-failed",
        "cancelled" => "job-state-cancelled",
        _ => "job-state-done",
    }
}

/// What a job is called; a kind without words of its own is shown by its name.
fn kind_words(view: &View, kind: &str) -> String {
    let key = format!("job-{}", kebab(&kind.replace(' ', "-").to_lowercase()));
    if view.has(&key) { view.t(&key) } else { kind.to_owned() }
}

async fn index(mut cx: Cx) -> Result<Response> {
    cx.require(&READ)?;
    let view = cx.view();
    let form = Form::decode(&view.query);
    let state = STATES.into_iter().find(|state| *state == form.value("state"));
    let page = jobs::page(&mut cx, state, &Place::read(&form), LIMIT).await?;
    let mut states = vec![("/admin/jobs".to_owned(), view.t("jobs-all"), String::new(), state.is_none())];
    let mut busy = false;
    for one in STATES {
        let count = jobs::count(&mut cx, one, COUNTED).await?;
        busy = busy || (count > 0 && matches!(one, "running" | "waiting"));
        let count = if count > COUNTED { format!("{}+", view.number(COUNTED)) } else { view.number(count) };
        states.push((format!("/admin/jobs?state={one}"), view.t(state_key(one)), count, state == Some(one)));
    }
    let names = identity::account::names(&mut cx, page.rows.iter().filter_map(|job| job.created_by)).await?;
    let template = ListPage {
        bar: ui::administration::bar(&cx),
        states,
        turn: lists::turn(&view, page.previous.as_deref(), page.next.as_deref()),
        jobs: page.rows.into_iter().map(|job| line(&view, job, &names)).collect(),
        may_manage: cx.may(&MANAGE),
        busy,
        view,
    };
    cx.page(200, template).await
}

fn line(view: &View, job: JobRow, names: &HashMap<Id, String>) -> Line {
    let payload: serde_json::Value = serde_json::from_str(&job.payload).unwrap_or_default();
    let import = payload.get("import").or_else(|| payload.get("subject")).and_then(serde_json::Value::as_i64);
    Line {
        kind: kind_words(view, &job.kind),
        state: view.t(state_key(&job.state)),
        tone: match job.state.as_str() {
            "failed" => "danger",
            "running" => "information",
            "waiting" => "attention",
            "done" => "good",
            _ => "",
        },
        subject: import.filter(|_| job.kind.contains("import")).map(|id| format!("/imports/{id}")),
        who: job.created_by.and_then(|id| names.get(&id).cloned()).unwrap_or_else(|| view.t("history-nobody")),
        job,
    }
}

async fn retry(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    jobs::retry(&mut cx, id).await?;
    cx.see_other_saying("/admin/jobs", Flash::new("job-was-retried", &[])).await
}

async fn cancel(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    jobs::cancel(&mut cx, id).await?;
    cx.see_other_saying("/admin/jobs", Flash::new("job-was-cancelled", &[])).await
}
