//! What an import takes of projects beside what their list shows: fields, steps with their days, papers.

use std::collections::HashMap;

use platform::audit::read::last_notes;
use platform::export::{Cell, day, text};
use platform::{Cx, Id, Result};
use time::Date;

use super::store::{self, Fields, Milestone};
use crate::project::list::Listed;
use crate::project::{Dated, dated};
use crate::{evidence, stage};

/// Of a page of projects, in one question for each kind of thing.
pub(super) struct Told {
    fields: HashMap<Id, Fields>,
    milestones: HashMap<Id, Vec<Milestone>>,
    /// Kind, day and reference.
    papers: HashMap<Id, Vec<(String, Date, String)>>,
    clearances: HashMap<Id, (Date, String)>,
    dated: HashMap<Id, Dated>,
    reasons: HashMap<Id, String>,
}

impl Told {
    pub(super) async fn look_up(cx: &mut Cx, projects: &[Listed]) -> Result<Self> {
        let ids: Vec<Id> = projects.iter().map(|held| held.id).collect();
        let fields = store::fields(cx, &ids).await?.into_iter().map(|held| (held.id, held)).collect();
        let mut milestones: HashMap<Id, Vec<Milestone>> = HashMap::new();
        for held in store::milestones(cx, &ids).await? {
            milestones.entry(held.project_id).or_default().push(held);
        }
        let mut papers: HashMap<Id, Vec<(String, Date, String)>> = HashMap::new();
        for (project, _, kind, dated, reference) in evidence::standing_of(cx, &ids).await? {
            papers.entry(project).or_default().push((kind, dated, reference));
        }
        let mut clearances: HashMap<Id, (Date, String)> = HashMap::new();
        for (project, cleared, source) in store::clearances(cx, &ids).await? {
            clearances.entry(project).or_insert((cleared, source));
        }
        let ended: Vec<Id> = projects.iter().filter(|held| stage::is_end(&held.status)).map(|held| held.id).collect();
        let reasons = last_notes(cx, "project", "project.fared", &ended).await?;
        Ok(Self { fields, milestones, papers, clearances, dated: dated(cx, &ids).await?, reasons })
    }

    /// The cells of the columns after the list's own, in their order.
    pub(super) fn cells(&self, held: &Listed) -> Vec<Cell> {
        let fields = self.fields.get(&held.id);
        let milestones = self.milestones.get(&held.id).map(Vec::as_slice).unwrap_or_default();
        let first = |kind: &str| milestones.iter().find(|one| one.kind == kind);
        let happened = |kind: &str| day(first(kind).map(|one| one.effective_on));
        let batch = |kind: &str| text(first(kind).and_then(|one| one.batch.as_deref()));
        let papers = self.papers.get(&held.id).map(Vec::as_slice).unwrap_or_default();
        let clearance = self.clearances.get(&held.id);
        let dated = self.dated.get(&held.id);
        // Nothing dates what a project began with.
        let since = |facts: Option<&Vec<(Date, String)>>, now: &str, beginning: &str| {
            let facts = facts.filter(|facts| facts.len() > 1 || now != beginning);
            day(facts.and_then(|facts| facts.last()).map(|(on, _)| *on))
        };
        vec![
            text(fields.map(|one| one.activities.replace(',', "; ")).filter(|codes| !codes.is_empty()).as_deref()),
            text(fields.and_then(|one| one.description.as_deref())),
            text(fields.and_then(|one| one.assessment.as_deref())),
            day(fields.and_then(|one| one.proposal_received_on)),
            since(dated.map(|one| &one.stages), &held.stage, "identified"),
            since(dated.map(|one| &one.statuses), &held.status, "active"),
            text(self.reasons.get(&held.id).map(String::as_str)),
            happened("met"),
            happened("attracted"),
            batch("attracted"),
            happened("signed"),
            batch("signed"),
            happened("commenced"),
            lines(papers, |(kind, ..)| kind.clone()),
            lines(papers, |(_, dated, _)| dated.to_string()),
            lines(papers, |(.., reference)| reference.clone()),
            day(clearance.map(|(cleared, _)| *cleared)),
            text(clearance.map(|(_, source)| source.as_str())),
        ]
    }
}

/// A line for each paper.
fn lines(papers: &[(String, Date, String)], said: impl Fn(&(String, Date, String)) -> String) -> Cell {
    let lines: Vec<String> = papers.iter().map(said).collect();
    text(Some(lines.join("\n")).filter(|lines| !lines.is_empty()).as_deref())
}
