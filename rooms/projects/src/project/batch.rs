//! A batch of an import of projects: looked up in a dozen queries, judged row by row by the rules
//! that forms obey, and written in a handful of statements.

use std::collections::{BTreeMap, HashMap, HashSet};

use directory::enterprise;
use platform::audit::{Change, FieldChange, Told};
use platform::import::{Mode, Outcome, Row};
use platform::permission::Tier;
use platform::search::fold;
use platform::{Cx, Error, Id, Problem, Problems, Result, frozen};
use time::Date;

use super::fields::{checked_fields, told};
use super::moves::{Faring, Move};
use super::store::{self, Fact};
use super::{COUNTED, Project, next_reference};
use crate::clearance::{self, CLEAR};
use crate::gate::{self, Gate, Held, NewPassage};
use crate::milestone::{self, Standing};
use crate::{EDIT, evidence, stage};

mod read;

use read::{Asked, Lists};

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let lists = Lists::load(cx, rows).await?;
    let asked: Vec<Result<Asked, Problems>> = rows.iter().map(|row| read::read(cx, row, &lists)).collect();
    let mut work = Work::look_up(cx, &asked).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for asked in asked {
        outcomes.push(match asked {
            Ok(asked) => work.row(cx, asked),
            Err(problems) => Outcome::Refused(problems),
        });
    }
    if mode == Mode::Keep {
        work.keep(cx).await?;
    }
    Ok(outcomes)
}

/// What is known before the batch, and what the rows so far made of it.
#[derive(Default)]
struct Work {
    projects: HashMap<Id, Project>,
    by_reference: HashMap<String, Id>,
    by_title: HashMap<(Id, String), Vec<Id>>,
    enterprises: HashMap<String, Vec<enterprise::Brief>>,
    gates: Vec<Gate>,
    held: HashMap<Id, Held>,
    references: HashMap<Id, HashSet<String>>,
    cleared: HashSet<Id>,
    frozen: HashMap<Id, String>,
    histories: HashSet<(Id, String)>,
    /// In the order of the rows.
    fresh: Vec<Id>,
    touched: Vec<Id>,
    written: Written,
}

/// What the rows add, to be written together.
#[derive(Default)]
struct Written {
    facts: Vec<Fact>,
    passages: Vec<NewPassage>,
    milestones: Vec<milestone::New>,
    papers: Vec<evidence::New>,
    clearances: Vec<clearance::New>,
    changes: Vec<Change>,
}

impl Written {
    fn append(&mut self, mut other: Self) {
        self.facts.append(&mut other.facts);
        self.passages.append(&mut other.passages);
        self.milestones.append(&mut other.milestones);
        self.papers.append(&mut other.papers);
        self.clearances.append(&mut other.clearances);
        self.changes.append(&mut other.changes);
    }
}

impl Work {
    async fn look_up(cx: &mut Cx, rows: &[Result<Asked, Problems>]) -> Result<Self> {
        let good: Vec<&Asked> = rows.iter().filter_map(|row| row.as_ref().ok()).collect();
        let mut work = Self { gates: gate::all(cx).await?, ..Self::default() };
        let references: Vec<String> = good.iter().filter_map(|asked| asked.reference.clone()).collect();
        for project in super::by_references(cx, &references).await? {
            work.by_reference.insert(project.reference.clone(), project.id);
            work.projects.insert(project.id, project);
        }
        let mut written: Vec<String> = good.iter().filter_map(|asked| asked.enterprise.clone()).collect();
        written.sort_unstable();
        written.dedup();
        for (reference, id, name, tier, retired) in store::enterprises(cx, &written).await? {
            let (tier, name_language) = (Tier::from_rank(tier), String::new());
            let brief = enterprise::Brief {
                id,
                reference: reference.clone(),
                name,
                name_language,
                second_name: None,
                tier,
                relation: platform::permission::Relation::default(),
                retired,
            };
            work.enterprises.insert(reference, vec![brief]);
        }
        written.retain(|text| !work.enterprises.contains_key(text));
        work.enterprises.extend(enterprise::named_many(cx, &written).await?);
        let titles: Vec<(Id, String)> = good
            .iter()
            .filter(|asked| asked.reference.is_none())
            .filter_map(|asked| {
                let title = asked.fields.get("title").cloned().flatten()?;
                let id = work.enterprises.get(asked.enterprise.as_ref()?)?.first()?.id;
                Some((id, fold::sort_key(&title)))
            })
            .collect();
        for (enterprise, title, project) in store::by_titles(cx, &titles).await? {
            work.by_title.entry((enterprise, title)).or_default().push(project.id);
            work.projects.insert(project.id, project);
        }
        let ids: Vec<Id> = work.projects.keys().copied().collect();
        work.held = gate::held(cx, &ids).await?;
        for (project, _, _, _, reference) in evidence::standing_of(cx, &ids).await? {
            work.references.entry(project).or_default().insert(reference);
        }
        work.cleared = clearance::cleared_among(cx, &ids).await?.into_iter().collect();
        work.frozen = frozen::among(cx, "project", &ids).await?.into_iter().collect();
        work.histories = store::fields_with_facts(cx, &ids).await?.into_iter().collect();
        Ok(work)
    }

    /// Judges a row; what it asks for is taken up only if nothing is wrong with any of it.
    fn row(&mut self, cx: &Cx, asked: Asked) -> Outcome {
        let known = match (&asked.reference, &asked.enterprise) {
            (Some(reference), _) => match self.by_reference.get(reference) {
                Some(id) => Some(*id),
                None => return refuse("reference", "ledger-project-unknown"),
            },
            (None, None) => return refuse("enterprise", "problem-enterprise-missing"),
            (None, Some(text)) => match self.enterprises.get(text).map(Vec::as_slice) {
                None | Some([]) => {
                    let mut problems = Problems::default();
                    problems.add_with("enterprise", "problem-enterprise-unknown", &[("value", text.clone())]);
                    return Outcome::Refused(problems);
                }
                Some([brief]) if brief.retired => return refuse("enterprise", "enterprise-retired"),
                Some([brief]) => {
                    let Some(title) = asked.fields.get("title").cloned().flatten() else {
                        return refuse("title", "problem-title-missing");
                    };
                    match self.by_title.get(&(brief.id, fold::sort_key(&title))).map(Vec::as_slice) {
                        None | Some([]) => None,
                        Some([id]) => Some(*id),
                        Some(several) => return resembles(several.iter().filter_map(|id| self.projects.get(id))),
                    }
                }
                Some(several) => {
                    let likely = several.iter().map(|brief| (brief.id, brief.name.clone(), "resembles-name"));
                    return Outcome::Resembles(likely.collect());
                }
            },
        };
        match known.and_then(|id| self.projects.get(&id).cloned()) {
            Some(project) => self.change(cx, project, asked),
            None => self.start(cx, asked),
        }
    }

    fn start(&mut self, cx: &Cx, asked: Asked) -> Outcome {
        let briefs = asked.enterprise.as_ref().and_then(|text| self.enterprises.get(text));
        let Some(brief) = briefs.and_then(|briefs| briefs.first()) else {
            return refuse("enterprise", "problem-enterprise-missing");
        };
        let mut project = Project::blank(cx, brief.id);
        // A project is never easier to see than its enterprise.
        project.tier = project.tier.max(brief.tier.rank());
        let mut change = Change::new("project.started", "project", project.id)
            .version(1)
            .set("enterprise", Told::record("enterprise", brief.id, &brief.name));
        for (field, value) in &asked.fields {
            project.set(field, value.clone());
            change = change.set(field, told(field, value.as_deref()));
        }
        project.tier = project.tier.max(brief.tier.rank());
        let key = (brief.id, fold::sort_key(&project.title));
        let mut step = Step::new(project.clone());
        step.written.changes.push(change.label(&project.title));
        if let Err(problems) = step.judge(cx, self, &asked, true) {
            return Outcome::Refused(problems);
        }
        let id = project.id;
        self.by_title.entry(key).or_default().push(id);
        self.fresh.push(id);
        self.take_up(step);
        Outcome::Created(id)
    }

    fn change(&mut self, cx: &Cx, project: Project, asked: Asked) -> Outcome {
        let id = project.id;
        if project.retired_at.is_some() {
            return refuse("reference", "project-retired");
        }
        if !cx.may_on(&EDIT, project.relation()) {
            return refuse("reference", "error-forbidden-body");
        }
        let mut step = Step::new(project);
        if let Err(problems) = step.edit(cx, self, &asked).and_then(|()| step.judge(cx, self, &asked, false)) {
            return Outcome::Refused(problems);
        }
        let fields: Vec<FieldChange> =
            step.written.changes.iter().flat_map(|change| change.fields.iter().cloned()).collect();
        if fields.is_empty() {
            return Outcome::Same(id);
        }
        self.touched.push(id);
        self.take_up(step);
        Outcome::Changed(id, fields)
    }

    fn take_up(&mut self, step: Step) {
        let id = step.project.id;
        self.held.insert(id, step.held);
        self.references.entry(id).or_default().extend(step.written.papers.iter().map(|paper| paper.reference.clone()));
        if !step.written.clearances.is_empty() {
            self.cleared.insert(id);
        }
        self.histories.extend(step.written.facts.iter().map(|fact| (id, fact.field.clone())));
        self.written.append(step.written);
        self.projects.insert(id, step.project);
    }

    async fn keep(self, cx: &mut Cx) -> Result<()> {
        let granted = cx.require(&EDIT)?;
        let mut projects = self.projects;
        let references = next_reference(cx, self.fresh.len() as i64).await?;
        for (id, reference) in self.fresh.iter().zip(references) {
            if let Some(project) = projects.get_mut(id) {
                project.reference = reference;
            }
        }
        let mut seen = HashSet::new();
        let now = cx.now();
        let rows: Vec<Project> = self
            .fresh
            .iter()
            .chain(&self.touched)
            .filter(|id| seen.insert(**id))
            .filter_map(|id| projects.remove(id))
            .map(|project| Project { updated_at: now, ..project })
            .collect();
        let written = self.written;
        store::write_over(cx, &granted, &rows).await?;
        store::insert_facts(cx, written.facts).await?;
        gate::insert_passages(cx, &written.passages).await?;
        milestone::insert_many(cx, &granted, &written.milestones).await?;
        evidence::insert_many(cx, &granted, &written.papers).await?;
        clearance::insert_many(cx, &granted, &written.clearances).await?;
        for change in written.changes {
            cx.record(change);
        }
        Ok(())
    }
}

fn refuse(field: &str, key: &str) -> Outcome {
    let mut problems = Problems::default();
    problems.add(field, key);
    Outcome::Refused(problems)
}

fn resembles<'a>(several: impl Iterator<Item = &'a Project>) -> Outcome {
    Outcome::Resembles(several.map(|project| (project.id, project.reference.clone(), "resembles-name")).collect())
}

/// What one row makes of its project.
struct Step {
    project: Project,
    held: Held,
    written: Written,
}

impl Step {
    fn new(project: Project) -> Self {
        Self { project, held: Held::default(), written: Written::default() }
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
    fn edit(&mut self, cx: &Cx, work: &Work, asked: &Asked) -> Result<(), Problems> {
        let before = self.project.clone();
        let differing: BTreeMap<&String, &Option<String>> =
            asked.fields.iter().filter(|(field, value)| value.is_some() && before.value(field) != **value).collect();
        if differing.is_empty() {
            return Ok(());
        }
        let mut problems = Problems::default();
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
            change = change.field(field, told(field, before.value(field).as_deref()), told(field, value.as_deref()));
            self.project.set(field, value.clone());
        }
        self.project.version += 1;
        self.written.changes.push(change);
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Papers, milestones, clearance, status and stage, in the order in which each may rest on
    /// those before; what the row brings itself counts for its own gates.
    fn judge(&mut self, cx: &Cx, work: &Work, asked: &Asked, fresh: bool) -> Result<(), Problems> {
        self.held = work.held.get(&self.project.id).cloned().unwrap_or_default();
        let mut problems = Problems::default();
        self.papers(work, asked);
        self.milestones(cx, asked, &mut problems);
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

    fn papers(&mut self, work: &Work, asked: &Asked) {
        let Some((kind, dated, reference)) = &asked.paper else { return };
        let known = work.references.get(&self.project.id).is_some_and(|held| held.contains(reference))
            && self.held.papers.contains(&(kind.clone(), *dated));
        if known {
            return;
        }
        let (kind, reference) = (kind.clone(), reference.clone());
        self.held.papers.push((kind.clone(), *dated));
        let paper = evidence::New { project: self.project.id, kind, dated: *dated, reference, file: None };
        self.record(paper.told(&self.project.title));
        self.written.papers.push(paper);
    }

    fn milestones(&mut self, cx: &Cx, asked: &Asked, problems: &mut Problems) {
        for (kind, day, batch) in &asked.milestones {
            if self.held.milestones.contains(&((*kind).to_owned(), *day)) {
                continue;
            }
            let rules = Standing { milestones: &self.held.milestones, papers: &self.held.papers };
            let found = rules.problems(kind, Some(*day), cx.today(), false);
            if !found.is_empty() {
                for problem in found.all() {
                    problems.add_with(&format!("{kind}_on"), &problem.key, &[]);
                }
                continue;
            }
            self.held.milestones.push(((*kind).to_owned(), *day));
            let (id, project, kind) = (cx.new_id(), self.project.id, (*kind).to_owned());
            let new = milestone::New { id, project, kind, day: *day, batch: batch.clone(), corrects: None };
            self.record(new.told(&self.project.title, None));
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
        let on = on.unwrap_or_else(|| cx.today());
        let faring = Faring { status: status.clone(), on: Some(on), reason: asked.note.clone() };
        let found = faring.problems(&self.project, cx.today());
        if !found.is_empty() {
            return renamed(problems, &found, &[("effective_on", "status_on"), ("reason", "note")]);
        }
        let before = self.project.clone();
        self.record(faring.told(&before, on));
        self.fact(work, &before, "status", Some(status.clone()), on, cx);
        self.project.status.clone_from(status);
        // A row that moves the project too is judged by where it comes to stand.
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
        let found = wanted.problems(&self.project, cx.today());
        if !found.is_empty() {
            return renamed(problems, &found, &[("effective_on", "stage_on"), ("into", "stage")]);
        }
        match gate::missing_of(&work.gates, &self.held, &self.project, into, on) {
            Ok(missing) if missing.is_empty() => {}
            Ok(missing) => {
                for Problem { key, .. } in missing {
                    problems.add("stage", &key);
                }
                return;
            }
            Err(_) => return problems.add("stage", "problem-stage-unknown"),
        }
        let before = self.project.clone();
        let (passage, change) = wanted.told(&before, &[]);
        self.record(change);
        self.written.passages.push(passage);
        self.fact(work, &before, "stage", Some(into.clone()), on, cx);
        self.project.stage.clone_from(into);
    }
}

/// Problems of a form's fields under the names of the columns.
fn renamed(problems: &mut Problems, found: &Problems, names: &[(&str, &str)]) {
    for problem in found.all() {
        let name = names.iter().find(|(form, _)| *form == problem.field).map_or(problem.field.as_str(), |(_, n)| n);
        let args: Vec<(&str, String)> = problem.args.iter().map(|(n, value)| (n.as_str(), value.clone())).collect();
        problems.add_with(name, &problem.key, &args);
    }
}

/// Fields that meet the rules, or what is wrong with them.
fn fields(cx: &Cx, given: &BTreeMap<String, Option<String>>) -> Result<BTreeMap<String, Option<String>>, Problems> {
    checked_fields(cx, given).map_err(|error| match error {
        Error::Invalid(problems) => problems,
        _ => {
            let mut problems = Problems::default();
            problems.add("title", "import-failed");
            problems
        }
    })
}
