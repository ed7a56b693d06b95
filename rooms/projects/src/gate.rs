//! Gates: what must be known or evidenced before a project enters a stage. A table in the pack,
//! read aloud as it stands; the facts it may name are the closed set below.

use futures::future::BoxFuture;
use platform::audit::{Change, Coded, Told};
use platform::clock::At;
use platform::pack::{PackRow, PackTable};
use platform::text::Language;
use platform::{Cx, Error, Id, Problem, Problems, Result};
use serde::{Deserialize, Serialize};
use time::Date;

use crate::evidence::COMMENCEMENT;
use crate::project::Project;
use crate::{GATES, READ, stage};

pub mod api;
pub mod pages;
mod store;

pub use store::{Ground, Passage, held};
pub(crate) use store::{
    LAPSED, NewPassage, Standing, insert_passages, passages, standing_of, supersede, supersede_many,
};

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
pub const PAPERS: [&str; 5] = {
    let [registration, lease, payroll, licence] = COMMENCEMENT;
    ["agreement", registration, lease, payroll, licence]
};

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

/// A milestone that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    pub id: Id,
    pub kind: String,
    pub on: Date,
}

/// A paper that was not withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub id: Id,
    pub kind: String,
    pub on: Date,
    pub reference: String,
}

/// What is held of a project that gates ask about, besides its own fields.
#[derive(Clone, Debug, Default)]
pub struct Held {
    pub milestones: Vec<Happened>,
    pub papers: Vec<Paper>,
    /// What changed the pledges: measure, day, and by how much.
    pub pledges: Vec<(String, Date, i64)>,
}

/// What a move finds at the gates on its way.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Everything missing, named once.
    pub missing: Vec<Problem>,
    /// What met the gates, as it stood.
    pub grounds: Vec<Ground>,
}

impl Held {
    /// What makes a fact known by a day; nothing when it is missing.
    fn grounds(&self, project: &Project, fact: &str, day: Date) -> Vec<Ground> {
        let field = |what: &str, words: Option<String>| Ground::new("field", what).words(words);
        let known = |held: bool, ground: Ground| if held { vec![ground] } else { Vec::new() };
        let happened = |kind: &str| {
            let held = self.milestones.iter().filter(|held| held.kind == kind && held.on <= day);
            held.map(|held| Ground::new("milestone", &held.kind).record(held.id).on(held.on)).collect()
        };
        match fact {
            "owner" => project.owner_id.map(|id| vec![field("owner_id", None).record(id)]).unwrap_or_default(),
            "team" => project.team_id.map(|id| vec![field("team_id", None).record(id)]).unwrap_or_default(),
            "nature" => known(project.nature.is_some(), field("nature", project.nature.clone())),
            "activity" => known(!project.activities.is_empty(), field("activities", Some(project.activities.clone()))),
            "proposal-received-on" => {
                let on = project.proposal_received_on.filter(|on| *on <= day);
                on.map(|on| vec![field("proposal_received_on", None).on(on)]).unwrap_or_default()
            }
            "assessment" => known(project.assessment.is_some(), field("assessment", None)),
            "met-on" => happened("met"),
            "attraction" => happened("attracted"),
            "pledge" => {
                let mut measures: Vec<&str> = self.pledges.iter().map(|(measure, ..)| measure.as_str()).collect();
                measures.sort_unstable();
                measures.dedup();
                let standing = measures.into_iter().map(|measure| (measure, self.standing(measure, day)));
                let standing = standing.filter(|(_, amount)| *amount > 0);
                standing.map(|(measure, amount)| Ground::new("pledge", measure).amount(amount)).collect()
            }
            paper => {
                let held = self.papers.iter().filter(|held| held.kind == paper && held.on <= day);
                let ground = |held: &Paper| {
                    let words = Some(held.reference.clone());
                    Ground::new("paper", &held.kind).record(held.id).on(held.on).words(words)
                };
                held.map(ground).collect()
            }
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
                    .set("needs", facts_told(&gate.needs))
                    .set("any_of", facts_told(&gate.any_of)),
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

/// The gate into a stage that holds on a day: the latest set by then, or on a day before any was
/// set the earliest, so that no day is without the gates that there have been.
pub fn holding<'g>(gates: &'g [Gate], into: &str, day: Date) -> Option<&'g Gate> {
    let of = || gates.iter().filter(|gate| gate.into == into);
    let set = of().filter(|gate| gate.valid_from <= day).max_by_key(|gate| gate.valid_from);
    match set {
        Some(gate) => Some(gate).filter(|gate| gate.valid_to.is_none_or(|end| end >= day)),
        None => of().min_by_key(|gate| gate.valid_from),
    }
}

/// Everything missing on the way from the project's stage to another, named at once. Going back
/// asks for nothing.
pub async fn missing(cx: &mut Cx, project: &Project, into: &str, on: Date) -> Result<Vec<Problem>> {
    Ok(judged(cx, project, into, on).await?.missing)
}

/// As [`missing`], with what met the gates.
pub async fn judged(cx: &mut Cx, project: &Project, into: &str, on: Date) -> Result<Judged> {
    let gates = store::all(cx).await?;
    let held = held(cx, &[project.id]).await?.remove(&project.id).unwrap_or_default();
    judge(&gates, &held, project, into, on)
}

/// As [`judged`], of what has been looked up already.
pub fn judge(gates: &[Gate], held: &Held, project: &Project, into: &str, on: Date) -> Result<Judged> {
    let (Some(from), Some(to)) = (stage::place(&project.stage), stage::place(into)) else {
        return Err(Error::invalid("into", "problem-stage-unknown"));
    };
    let mut judged = Judged::default();
    for place in from + 1..=to {
        let stage = stage::STAGES[place];
        let Some(gate) = holding(gates, stage, on) else { continue };
        for fact in &gate.needs {
            let grounds = held.grounds(project, fact, on);
            if grounds.is_empty() {
                name(&mut judged.missing, fact, fact_key(fact));
            }
            judged.grounds.extend(grounds.into_iter().map(|ground| ground.at(stage, fact)));
        }
        let grounds: Vec<Ground> = gate.any_of.iter().flat_map(|fact| held.grounds(project, fact, on)).collect();
        let wanted = gate.any_of.join("|");
        if !gate.any_of.is_empty() && grounds.is_empty() {
            name(&mut judged.missing, &wanted, any_key(&gate.any_of));
        }
        judged.grounds.extend(grounds.into_iter().map(|ground| ground.at(stage, &wanted)));
    }
    Ok(judged)
}

/// Something a passed gate asked for that has been taken back since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Lapsed {
    /// The stage whose gate asked for it.
    pub stage: String,
    /// The fact; several with `|` between, where one of them would do.
    pub needed: String,
    /// When it was taken back, as far as that is known.
    pub since: Option<At>,
}

/// What no longer bears out the stage a project has reached, of its passages.
pub fn lapsed(passages: &[Passage]) -> Vec<Lapsed> {
    let mut found: Vec<Lapsed> = Vec::new();
    let standing = passages.iter().rev().filter(|passage| passage.superseded_at.is_none());
    for ground in standing.flat_map(|passage| &passage.rested_on).filter(|ground| !ground.borne_out) {
        let same = found.iter_mut().find(|held| held.stage == ground.stage && held.needed == ground.needed);
        match same {
            Some(held) => held.since = held.since.max(ground.taken_back_at),
            None => {
                let (stage, needed) = (ground.stage.clone(), ground.needed.clone());
                found.push(Lapsed { stage, needed, since: ground.taken_back_at });
            }
        }
    }
    found
}

/// Text key of a fact a gate asked for, or of several one of which would do.
pub fn needed_key(needed: &str) -> &'static str {
    match needed.contains('|') {
        true => any_key(&needed.split('|').map(str::to_owned).collect::<Vec<_>>()),
        false => fact_key(needed),
    }
}

fn name(missing: &mut Vec<Problem>, field: &str, key: &str) {
    if !missing.iter().any(|problem| problem.field == field) {
        missing.push(Problem { field: field.to_owned(), key: key.to_owned(), args: Vec::new() });
    }
}

/// The facts of a gate as the audit keeps them; none where it asks for none.
fn facts_told(facts: &[String]) -> Told {
    if facts.is_empty() {
        return Told::Nothing;
    }
    let coded = |fact: &String| Coded { code: fact.clone(), key: fact_key(fact).to_owned(), args: Vec::new() };
    Told::Codes(facts.iter().map(coded).collect())
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
        4 if COMMENCEMENT.iter().all(|kind| !lacks(kind)) => "gate-needs-evidence",
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
