//! Gates: what must be known or evidenced before a project enters a stage. A table in the pack,
//! read aloud as it stands; the facts it may name are the closed set below.

use platform::audit::{Change, Told};
use platform::{Cx, Error, Problem, Problems, Result};
use serde::Deserialize;
use time::Date;

use crate::project::Project;
use crate::{GATES, stage};

mod store;

pub use store::Passage;
pub(crate) use store::{insert_passage, passages};

/// The facts a gate may ask for, and the text key of what is said when one is missing.
pub const FACTS: &[(&str, &str)] = &[
    ("owner", "gate-needs-owner"),
    ("team", "gate-needs-team"),
    ("met-on", "gate-needs-met-on"),
    ("nature", "gate-needs-nature"),
    ("activity", "gate-needs-activity"),
    ("proposal-received-on", "gate-needs-proposal-received-on"),
    ("assessment", "gate-needs-assessment"),
    ("attraction", "gate-needs-attraction"),
    ("pledge", "gate-needs-pledge"),
    ("agreement", "gate-needs-agreement"),
    ("business-registration", "gate-needs-business-registration"),
    ("lease-start", "gate-needs-lease-start"),
    ("first-payroll", "gate-needs-first-payroll"),
    ("first-licence", "gate-needs-first-licence"),
];

/// A gate as the pack writes it.
#[derive(Clone, Debug, Deserialize)]
pub struct Gate {
    pub into: String,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub any_of: Vec<String>,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub source: String,
}

/// Brings in gates; one that asks for a fact the program does not know is refused by name.
pub async fn load(cx: &mut Cx, gates: Vec<Gate>) -> Result<()> {
    cx.require(&GATES)?;
    let mut problems = Problems::default();
    for gate in &gates {
        problems.require(stage::place(&gate.into).is_some(), &gate.into, "problem-stage-unknown");
        for fact in gate.needs.iter().chain(&gate.any_of) {
            problems.require(FACTS.iter().any(|(known, _)| known == fact), fact, "problem-fact-unknown");
        }
    }
    problems.into_result()?;
    for gate in gates {
        let id = cx.new_id();
        if store::insert(cx, id, &gate).await? {
            cx.record(
                Change::new("gate.set", "gate", id)
                    .label(gate.into)
                    .set("needs", Told::Text(gate.needs.join(", ")))
                    .set("any_of", Told::Text(gate.any_of.join(", "))),
            );
        }
    }
    Ok(())
}

/// Everything missing on the way from the project's stage to another, named at once. Going back
/// asks for nothing.
pub async fn missing(cx: &mut Cx, project: &Project, into: &str, on: Date) -> Result<Vec<Problem>> {
    let (Some(from), Some(to)) = (stage::place(&project.stage), stage::place(into)) else {
        return Err(Error::invalid("into", "problem-stage-unknown"));
    };
    let gates = store::on(cx, on).await?;
    let known = store::known(cx, project, on).await?;
    let mut missing: Vec<Problem> = Vec::new();
    for place in from + 1..=to {
        for gate in gates.iter().filter(|gate| gate.into == stage::STAGES[place]) {
            for fact in &gate.needs {
                if !known.iter().any(|held| held == fact) {
                    name(&mut missing, fact);
                }
            }
            let any = gate.any_of.is_empty() || gate.any_of.iter().any(|fact| known.contains(fact));
            if !any {
                let field = gate.any_of.join("|");
                if !missing.iter().any(|problem| problem.field == field) {
                    missing.push(Problem { field, key: "gate-needs-evidence".to_owned(), args: Vec::new() });
                }
            }
        }
    }
    Ok(missing)
}

fn name(missing: &mut Vec<Problem>, fact: &str) {
    let key = FACTS.iter().find(|(known, _)| *known == fact).map_or("problem-fact-unknown", |(_, key)| key);
    if !missing.iter().any(|problem| problem.field == fact) {
        missing.push(Problem { field: fact.to_owned(), key: key.to_owned(), args: Vec::new() });
    }
}
