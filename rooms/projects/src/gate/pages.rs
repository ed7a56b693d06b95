//! The gates, as anybody may read them.

use askama::Template;
use axum::response::Response;
use platform::pages::View;
use platform::web::Routes;
use platform::{Cx, Result};

use super::{Gate, fact_key, holding};
use crate::stage;

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
