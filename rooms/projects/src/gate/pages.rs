//! The gates, as anybody may read them.

use askama::Template;
use axum::response::Response;
use platform::pages::View;
use platform::web::Routes;
use platform::{Cx, Result};

use super::{Gate, Ground, Lapsed, fact_key, holding, needed_key};
use crate::{ledger, stage};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/gates", index)
}

/// A stage with the gate that holds today and those that held before or will.
struct Stage {
    name: String,
    holds: Option<Gate>,
    others: Vec<Gate>,
}

#[derive(Template)]
#[template(path = "gate/pages/list.html")]
struct ListPage {
    view: View,
    stages: Vec<Stage>,
}

impl ListPage {
    fn said(&self, facts: &[String]) -> Vec<String> {
        facts.iter().map(|fact| self.view.t(fact_key(fact))).collect()
    }
}

async fn index(mut cx: Cx) -> Result<Response> {
    let gates = super::all(&mut cx).await?;
    let (view, today) = (cx.view(), cx.today());
    let stages = stage::STAGES
        .iter()
        .skip(1)
        .map(|code| {
            let holds = holding(&gates, code, today).cloned();
            let others = gates.iter().filter(|gate| gate.into == *code && Some(*gate) != holds.as_ref()).cloned();
            Stage { name: view.t(&stage::stage_key(code)), others: others.collect(), holds }
        })
        .collect();
    cx.page(200, ListPage { stages, view }).await
}

/// What a passage rested on, in words.
pub(crate) fn rested_on(view: &View, ground: &Ground) -> String {
    let mut said = vec![match ground.kind.as_str() {
        "paper" => view.code("evidence", &ground.what),
        "milestone" => view.t(&format!("milestone-{}", ground.what)),
        "pledge" => view.t(&ledger::measure_key(&ground.what)),
        _ => view.t(&format!("project-{}", platform::text::kebab(&ground.what))),
    }];
    if let (Some(amount), Some(unit)) = (ground.amount, &ground.unit) {
        said.push(view.amount(amount, unit));
    }
    match (ground.what.as_str(), &ground.words) {
        ("nature", Some(code)) => said.push(view.code("nature", code)),
        ("activities", Some(codes)) => said.extend(codes.split(',').map(|code| view.code("activity", code.trim()))),
        (_, Some(words)) => said.push(words.clone()),
        (_, None) => {}
    }
    said.extend(ground.held_on.map(|day| view.date(day)));
    if let (Some(stands), Some(unit), Some(day)) = (&ground.stands, &ground.unit, ground.stands_since) {
        said.push(view.t2("passage-stands-now", "amount", view.amount(stands.steps, unit), "day", view.date(day)));
    }
    said.extend(ground.taken_back_at.map(|at| view.t1("passage-taken-back", "at", view.at(at))));
    said.join(" · ")
}

/// What no longer bears a stage out, in words.
pub(crate) fn lapsed(view: &View, lapsed: &Lapsed) -> String {
    let fact = view.t(needed_key(&lapsed.needed));
    let stage = view.t(&stage::stage_key(&lapsed.stage));
    match lapsed.since {
        Some(at) => view.tn("project-lapsed-since", &[("fact", fact), ("stage", stage), ("at", view.at(at))]),
        None => view.t2("project-lapsed", "fact", fact, "stage", stage),
    }
}
