//! What one row of a file makes of its project, by the rules that forms obey.

use std::collections::BTreeMap;

use platform::audit::Change;
use platform::permission::Tier;
use platform::{Cx, Problem, Problems};
use time::Date;

use super::read::Asked;
use super::{Work, Written};
use crate::clearance::{self, CLEAR};
use crate::gate::{self, Happened, Held, Paper};
use crate::milestone::{self, Standing};
use crate::project::moves::{Dated, Faring, Move};
use crate::project::store::Fact;
use crate::project::{COUNTED, Project};
use crate::{evidence, stage};

/// What one row makes of its project.
pub(super) struct Step {
    pub project: Project,
    pub held: Held,
    pub dated: Dated,
    pub written: Written,
}

impl Step {
    pub(super) fn new(project: Project) -> Self {
        Self { project, held: Held::default(), dated: Dated::default(), written: Written::default() }
    }

    fn fact(&mut self, work: &Work, before: &Project, field: &str, value: Option<String>, from: Date, cx: &Cx) {
        let known = work.histories.contains(&(before.id, field.to_owned()))
            || self.written.facts.iter().any(|fact| fact.field == field);
        if !known {
            self.written.facts.push(Fact::beginning(before, field));
        }
        let (project, field, recorded_at) = (before.id, field.to_owned(), cx.now());
        self.written.facts.push(Fact { project, field, value, from, recorded_at, reason: None });
    }

    /// Changes what the row says differently.
    pub(super) fn edit(&mut self, cx: &Cx, work: &Work, asked: &Asked) -> Result<(), Problems> {
        let before = self.project.clone();
        let differing: BTreeMap<&String, &Option<String>> =
            asked.fields.iter().filter(|(field, value)| value.is_some() && before.value(field) != **value).collect();
        if differing.is_empty() {
            return Ok(());
        }
        let mut problems = Problems::default();
        work.holders(&mut problems, asked, before.relation());
        let counted = COUNTED.into_iter().filter(|field| differing.keys().any(|name| name == field));
        for field in counted {
            if let Some(release) = work.frozen.get(&before.id) {
                problems.add_with(field, "project-frozen", &[("release", release.clone())]);
            }
            let value = asked.fields.get(field).cloned().flatten();
            self.fact(work, &before, field, value, cx.today(), cx);
        }
        let mut change =
            Change::new("project.edited", "project", before.id).label(&before.title).version(before.version + 1);
        for (field, value) in differing {
            let old = work.names.told(field, before.value(field).as_deref());
            change = change.field(field, old, work.names.told(field, value.as_deref()));
            self.project.set(field, value.clone());
        }
        self.project.version += 1;
        self.written.changes.push(change);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Papers, milestones, clearance, status and stage, in the order in which each may rest on
    /// those before; what the row brings itself counts for its own gates.
    pub(super) fn judge(&mut self, cx: &Cx, work: &Work, asked: &Asked, fresh: bool) -> Result<(), Problems> {
        self.held = work.held.get(&self.project.id).cloned().unwrap_or_default();
        self.dated = work.dated.get(&self.project.id).cloned().unwrap_or_default();
        let mut problems = Problems::default();
        self.papers(cx, work, asked);
        self.milestones(cx, work, asked, &mut problems);
        self.clearance(cx, work, asked, fresh, &mut problems);
        self.status(cx, work, asked, &mut problems);
        self.stage(cx, work, asked, &mut problems);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Notes a change that counts the project's version up.
    fn record(&mut self, change: Change) {
        self.project.version += 1;
        self.written.changes.push(change.version(self.project.version));
    }

    fn papers(&mut self, cx: &Cx, work: &Work, asked: &Asked) {
        for (kind, dated, reference) in &asked.papers {
            let known = work.references.get(&self.project.id).is_some_and(|held| held.contains(reference))
                && self.held.papers.iter().any(|held| held.kind == *kind && held.on == *dated);
            if known {
                continue;
            }
            let (id, kind, reference) = (cx.new_id(), kind.clone(), reference.clone());
            self.held.papers.push(Paper { id, kind: kind.clone(), on: *dated, reference: reference.clone() });
            let paper = evidence::New { id, project: self.project.id, kind, dated: *dated, reference, file: None };
            self.record(paper.told(&self.project.title));
            self.written.papers.push(paper);
        }
    }

    fn milestones(&mut self, cx: &Cx, work: &Work, asked: &Asked, problems: &mut Problems) {
        let elsewhere = work.elsewhere(&self.project);
        for (kind, day, batch) in &asked.milestones {
            if self.held.milestones.iter().any(|held| held.kind == *kind && held.on == *day) {
                continue;
            }
            let (milestones, papers) = (&self.held.milestones, &self.held.papers);
            let rules = Standing { milestones, papers, dated: &self.dated, elsewhere: &elsewhere };
            let (batch, reason) = (batch.as_deref(), asked.note.as_str());
            let found = rules.problems(&milestone::Asked { kind, day: Some(*day), batch, reason }, cx.today());
            if !found.is_empty() {
                let column = format!("{kind}_on");
                let names = [("kind", &*column), ("effective_on", &column), ("batch", "ceremony"), ("reason", "note")];
                renamed(problems, &found, &names);
                continue;
            }
            let (id, project, kind) = (cx.new_id(), self.project.id, (*kind).to_owned());
            self.held.milestones.push(Happened { id, kind: kind.clone(), on: *day });
            let new = milestone::New { id, project, kind, day: *day, batch: batch.map(str::to_owned), corrects: None };
            let why = Some(asked.note.clone()).filter(|_| new.kind == "signed" && !elsewhere.is_empty());
            self.record(new.told(&self.project.title, None).note(why));
            self.written.milestones.push(new);
        }
    }

    fn clearance(&mut self, cx: &Cx, work: &Work, asked: &Asked, fresh: bool, problems: &mut Problems) {
        let cleared = work.cleared.contains(&self.project.id);
        if let (Some((day, source)), false) = (&asked.cleared, cleared) {
            if !cx.may_on(&CLEAR, self.project.relation()) {
                problems.add("cleared_on", "error-forbidden-body");
            }
            let new = clearance::New { project: self.project.id, day: *day, source: source.clone(), named_as: None };
            self.record(new.told(&self.project.title));
            self.written.clearances.push(new);
        }
        let asks = asked.fields.get("tier").cloned().flatten().as_deref() == Some(Tier::Public.code());
        let was_public = !fresh && work.projects.get(&self.project.id).is_some_and(|held| held.tier() == Tier::Public);
        let may = cleared || was_public || !self.written.clearances.is_empty();
        problems.require(!asks || may, "tier", "project-public-needs-clearance");
    }

    fn status(&mut self, cx: &Cx, work: &Work, asked: &Asked, problems: &mut Problems) {
        let Some((status, on)) = &asked.status else { return };
        if *status == self.project.status {
            return;
        }
        // An end is dated by whoever tells of it: the day of the import is none.
        if stage::is_end(status) && on.is_none() {
            return problems.add("status_on", "problem-day-missing");
        }
        let on = on.unwrap_or_else(|| cx.today());
        let faring = Faring { status: status.clone(), on: Some(on), reason: asked.note.clone() };
        // A row that moves the project too is judged by where it comes to stand.
        let mut dated = self.dated.clone();
        if let Some((stage, day)) = asked.stage.as_ref().filter(|(stage, _)| *stage != self.project.stage) {
            dated.put("stage", day.unwrap_or_else(|| cx.today()), stage);
        }
        let found = faring.problems(&self.project, &dated, &self.held.milestones, cx.today());
        if !found.is_empty() {
            return renamed(problems, &found, &[("effective_on", "status_on"), ("reason", "note")]);
        }
        let before = self.project.clone();
        self.record(faring.told(&before, on));
        self.fact(work, &before, "status", Some(status.clone()), on, cx);
        self.project.status.clone_from(status);
        self.dated.put("status", on, status);
        let stage = asked.stage.as_ref().map_or(&self.project.stage, |(stage, _)| stage);
        problems.require(stage::fits(stage, status), "status", "project-stage-status");
    }

    fn stage(&mut self, cx: &Cx, work: &Work, asked: &Asked, problems: &mut Problems) {
        let Some((into, on)) = &asked.stage else { return };
        if *into == self.project.stage {
            return;
        }
        let on = on.unwrap_or_else(|| cx.today());
        let ended = stage::is_end(&self.project.status) && asked.status.is_none();
        problems.require(!ended, "stage", "project-ended");
        problems.require(stage::fits(into, &self.project.status), "stage", "project-stage-status");
        let wanted = Move { into: into.clone(), on, note: asked.note.clone() };
        let found = wanted.problems(&self.project, &self.dated, cx.today());
        if !found.is_empty() {
            return renamed(problems, &found, &[("effective_on", "stage_on"), ("into", "stage")]);
        }
        let grounds = match gate::judge(&work.gates, &self.held, &self.project, into, on) {
            Ok(judged) if judged.missing.is_empty() => judged.grounds,
            Ok(judged) => {
                for Problem { key, .. } in judged.missing {
                    problems.add("stage", &key);
                }
                return;
            }
            Err(_) => return problems.add("stage", "problem-stage-unknown"),
        };
        let before = self.project.clone();
        let (passage, change) = wanted.told(&before, &[], grounds);
        self.record(change);
        self.written.passages.push(passage);
        self.fact(work, &before, "stage", Some(into.clone()), on, cx);
        self.project.stage.clone_from(into);
        self.dated.put("stage", on, into);
    }
}

/// Problems of a form's fields under the names of the columns.
pub(crate) fn renamed(problems: &mut Problems, found: &Problems, names: &[(&str, &str)]) {
    for problem in found.all() {
        let name = names.iter().find(|(form, _)| *form == problem.field).map_or(problem.field.as_str(), |(_, n)| n);
        let args: Vec<(&str, String)> = problem.args.iter().map(|(n, value)| (n.as_str(), value.clone())).collect();
        problems.add_with(name, &problem.key, &args);
    }
}
