//! Gates: what must be known or evidenced before a project enters a stage. A table in the pack,
//! read aloud as it stands; the facts it may name are the closed set below.

use futures::future::BoxFuture;
use platform::audit::{Change, Told};
use platform::pack::{PackRow, PackTable};
use platform::text::Language;
use platform::{Cx, Error, Problem, Problems, Result};
use serde::{Deserialize, Serialize};
use time::Date;

use crate::project::Project;
use crate::{GATES, READ, stage};

pub mod api;
pub mod pages;
mod store;

pub(crate) use store::{NewPassage, insert_passages, passages};
pub use store::{Passage, held};

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

/// The facts that a paper of this kind makes known.
pub const PAPERS: [&str; 5] = ["agreement", "business-registration", "lease-start", "first-payroll", "first-licence"];

/// A gate as the pack writes it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    pub into: String,
    /// All of these.
    #[serde(default)]
    pub needs: Vec<String>,
    /// One of these, where there are any.
    #[serde(default)]
    pub any_of: Vec<String>,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
    pub source: String,
}

/// What is held of a project that gates ask about, besides its own fields.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Standing milestones: kind and day.
    pub milestones: Vec<(String, Date)>,
    /// Papers that were not withdrawn: kind and day.
    pub papers: Vec<(String, Date)>,
    /// What changed the pledges: measure, day, and by how much.
    pub pledges: Vec<(String, Date, i64)>,
}

impl Held {
    fn knows(&self, project: &Project, fact: &str, day: Date) -> bool {
        let happened = |kind: &str| self.milestones.iter().any(|(held, on)| held == kind && *on <= day);
        match fact {
            "owner" => project.owner_id.is_some(),
            "team" => project.team_id.is_some(),
            "nature" => project.nature.is_some(),
            "activity" => !project.activities.is_empty(),
            "proposal-received-on" => project.proposal_received_on.is_some_and(|on| on <= day),
            "assessment" => project.assessment.is_some(),
            "met-on" => happened("met"),
            "attraction" => happened("attracted"),
            "pledge" => self.pledges.iter().any(|(measure, ..)| self.standing(measure, day) > 0),
            paper => self.papers.iter().any(|(kind, on)| kind == paper && *on <= day),
        }
    }

    fn standing(&self, measure: &str, day: Date) -> i64 {
        self.pledges.iter().filter(|(of, on, _)| of == measure && *on <= day).map(|(.., change)| change).sum()
    }
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

/// Every gate there ever was, in the order of the stages and of their days.
pub async fn all(cx: &mut Cx) -> Result<Vec<Gate>> {
    cx.require(&READ)?;
    let mut gates = store::all(cx).await?;
    gates.sort_by_key(|gate| (stage::place(&gate.into), gate.valid_from));
    Ok(gates)
}

/// The gate into a stage that holds on a day: the latest set by then.
pub fn holding<'g>(gates: &'g [Gate], into: &str, day: Date) -> Option<&'g Gate> {
    gates
        .iter()
        .filter(|gate| gate.into == into && gate.valid_from <= day)
        .max_by_key(|gate| gate.valid_from)
        .filter(|gate| gate.valid_to.is_none_or(|end| end >= day))
}

/// Everything missing on the way from the project's stage to another, named at once. Going back
/// asks for nothing.
pub async fn missing(cx: &mut Cx, project: &Project, into: &str, on: Date) -> Result<Vec<Problem>> {
    let gates = store::all(cx).await?;
    let held = held(cx, &[project.id]).await?.remove(&project.id).unwrap_or_default();
    missing_of(&gates, &held, project, into, on)
}

/// As [`missing`], of what has been looked up already.
pub fn missing_of(gates: &[Gate], held: &Held, project: &Project, into: &str, on: Date) -> Result<Vec<Problem>> {
    let (Some(from), Some(to)) = (stage::place(&project.stage), stage::place(into)) else {
        return Err(Error::invalid("into", "problem-stage-unknown"));
    };
    let mut missing: Vec<Problem> = Vec::new();
    for place in from + 1..=to {
        let Some(gate) = holding(gates, stage::STAGES[place], on) else { continue };
        for fact in gate.needs.iter().filter(|fact| !held.knows(project, fact, on)) {
            name(&mut missing, fact, fact_key(fact));
        }
        if !gate.any_of.is_empty() && !gate.any_of.iter().any(|fact| held.knows(project, fact, on)) {
            name(&mut missing, &gate.any_of.join("|"), any_key(&gate.any_of));
        }
    }
    Ok(missing)
}

fn name(missing: &mut Vec<Problem>, field: &str, key: &str) {
    if !missing.iter().any(|problem| problem.field == field) {
        missing.push(Problem { field: field.to_owned(), key: key.to_owned(), args: Vec::new() });
    }
}

/// Text key of what is said when a fact is missing.
pub fn fact_key(fact: &str) -> &'static str {
    FACTS.iter().find(|(known, _)| *known == fact).map_or("problem-fact-unknown", |(_, key)| key)
}

/// Text key of what is said when none of several facts is known.
fn any_key(facts: &[String]) -> &'static str {
    let lacks = |fact: &str| !facts.iter().any(|held| held == fact);
    match facts.len() {
        2 if !lacks("business-registration") && !lacks("lease-start") => "gate-needs-registration-or-lease",
        4 if !lacks("first-payroll") && !lacks("first-licence") => "gate-needs-evidence",
        _ => "gate-needs-one-of-several",
    }
}

/// The gates as a table of the pack.
pub(crate) fn pack_table() -> PackTable {
    PackTable { name: "gates", key: "gates-heading", columns: &["gate-into", "gate-all-of", "gate-one-of"], rows }
}

fn rows(cx: &mut Cx) -> BoxFuture<'_, Result<Vec<PackRow>>> {
    Box::pin(async move {
        let gates = store::all(cx).await?;
        let say = |facts: &[String]| {
            let known = facts.iter().filter_map(|fact| FACTS.iter().find(|(known, _)| known == fact));
            known.map(|(_, key)| cx.text(key, &[])).collect::<Vec<_>>().join(if cx.language == Language::English {
                "; "
            } else {
                "；"
            })
        };
        let rows = gates.iter().map(|gate| PackRow {
            cells: vec![cx.text(&stage::stage_key(&gate.into), &[]), say(&gate.needs), say(&gate.any_of)],
            valid_from: Some(gate.valid_from),
            valid_to: gate.valid_to,
            source: gate.source.clone(),
        });
        Ok(rows.collect())
    })
}
