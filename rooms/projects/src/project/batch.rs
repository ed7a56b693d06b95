//! A batch of an import of projects: looked up in a dozen queries, judged row by row by the rules
//! that forms obey, and written in a handful of statements.

use std::collections::{BTreeMap, HashMap, HashSet};

use directory::enterprise;
use identity::responsible;
use platform::audit::{Change, FieldChange, Told};
use platform::import::{Mode, Outcome, Row, Seen};
use platform::permission::{Relation, Tier};
use platform::search::fold;
use platform::{Cx, Error, Id, Problems, Result, frozen};

use super::fields::{Names, checked_fields};
use super::import::ELSEWHERE;
use super::moves::Dated;
use super::store::{self, Fact};
use super::{Project, next_reference};
use crate::clearance;
use crate::gate::{self, Gate, Held, NewPassage};
use crate::milestone::{self, Signing};
use crate::{EDIT, evidence};

mod read;
mod step;
mod twice;

use read::{Asked, Lists};
use step::Step;
pub(crate) use step::renamed;
use twice::Twice;

pub(super) async fn take(cx: &mut Cx, rows: &[Row], mode: Mode) -> Result<Vec<Outcome>> {
    let lists = Lists::load(cx, rows).await?;
    let asked: Vec<Result<Asked, Problems>> = rows.iter().map(|row| read::read(cx, row, &lists)).collect();
    let mut work = Work::look_up(cx, &asked).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    let seen = cx.kept.get::<Seen>();
    for (row, asked) in rows.iter().zip(asked) {
        outcomes.push(match asked {
            Ok(asked) => work.row(cx, asked, row, &seen),
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
    /// Those whose enterprise is retired.
    under_retired: HashSet<Id>,
    frozen: HashMap<Id, String>,
    histories: HashSet<(Id, String)>,
    dated: HashMap<Id, Dated>,
    /// The enterprise that stands for each.
    survivors: HashMap<Id, Id>,
    /// What each of those signed, the rows so far included.
    signings: HashMap<Id, Vec<Signing>>,
    names: Names,
    responsible: responsible::Known,
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
                relation: Relation::default(),
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
        for (enterprise, project) in store::by_titles(cx, &titles).await? {
            let title = fold::identity_key(&project.title);
            work.by_title.entry((enterprise, title)).or_default().push(project.id);
            work.projects.insert(project.id, project);
        }
        let ids: Vec<Id> = work.projects.keys().copied().collect();
        work.held = gate::held(cx, &ids).await?;
        for (project, _, _, _, reference) in evidence::standing_of(cx, &ids).await? {
            work.references.entry(project).or_default().insert(reference);
        }
        work.cleared = clearance::cleared_among(cx, &ids).await?.into_iter().collect();
        work.under_retired = store::under_retired(cx, &ids).await?.into_iter().collect();
        work.frozen = frozen::among(cx, "project", &ids).await?.into_iter().collect();
        work.histories = store::fields_with_facts(cx, &ids).await?.into_iter().collect();
        let holders: Vec<Relation> = good.iter().map(|asked| asked.holders()).collect();
        work.responsible = responsible::among(cx, &EDIT, &holders).await?;
        work.dated = store::dated(cx, &ids).await?;
        if good.iter().any(|asked| asked.milestones.iter().any(|(kind, ..)| *kind == "signed")) {
            let named = work.enterprises.values().flatten().map(|brief| brief.id);
            let mut of: Vec<Id> = work.projects.values().map(|held| held.enterprise_id).chain(named).collect();
            of.sort_unstable();
            of.dedup();
            work.survivors = milestone::survivors(cx, &of).await?;
            let mut survivors: Vec<Id> = work.survivors.values().copied().collect();
            survivors.sort_unstable();
            survivors.dedup();
            for signing in milestone::signings(cx, &survivors).await? {
                work.signings.entry(signing.survivor_id).or_default().push(signing);
            }
        }
        let given = holders.iter().filter_map(|holder| holder.owner);
        let owners: Vec<Id> = given.chain(work.projects.values().filter_map(|held| held.owner_id)).collect();
        work.names = Names::of(cx, owners).await?;
        Ok(work)
    }

    /// Judges a row; what it asks for is taken up only if nothing is wrong with any of it.
    fn row(&mut self, cx: &Cx, asked: Asked, row: &Row, seen: &Seen) -> Outcome {
        let (known, titled) = match (&asked.reference, &asked.enterprise) {
            (Some(reference), _) => match self.by_reference.get(reference) {
                Some(id) => (Some(*id), None),
                None => return unknown(reference),
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
                    let titled = (brief.id, fold::identity_key(&title));
                    match self.by_title.get(&titled).map(Vec::as_slice) {
                        None | Some([]) => (None, Some(titled)),
                        Some([id]) => (Some(*id), Some(titled)),
                        Some(several) => return resembles(several.iter().filter_map(|id| self.projects.get(id))),
                    }
                }
                Some(several) => {
                    let likely = several.iter().map(|brief| (brief.id, brief.name.clone(), "resembles-name"));
                    return Outcome::Resembles(likely.collect());
                }
            },
        };
        let twice = Twice::of(known, titled);
        if let Some(outcome) = twice.judge(row, seen) {
            return outcome;
        }
        let outcome = match known.and_then(|id| self.projects.get(&id).cloned()) {
            Some(project) => self.change(cx, project, asked),
            None => self.start(cx, asked),
        };
        if !matches!(outcome, Outcome::Refused(_)) {
            twice.note(row, seen);
        }
        outcome
    }

    fn start(&mut self, cx: &Cx, asked: Asked) -> Outcome {
        let briefs = asked.enterprise.as_ref().and_then(|text| self.enterprises.get(text));
        let Some(brief) = briefs.and_then(|briefs| briefs.first()) else {
            return refuse("enterprise", "problem-enterprise-missing");
        };
        let mut project = Project::blank(cx, brief.id);
        let mut change = Change::new("project.started", "project", project.id)
            .version(1)
            .set("enterprise", Told::record("enterprise", brief.id, &brief.name));
        for (field, value) in &asked.fields {
            project.set(field, value.clone());
            if field != "tier" {
                change = change.set(field, self.names.told(field, value.as_deref()));
            }
        }
        // A project is never easier to see than its enterprise.
        project.tier = project.tier.max(brief.tier.rank());
        change = change
            .set("tier", self.names.told("tier", project.value("tier").as_deref()))
            .set(ELSEWHERE, Told::text(asked.elsewhere.as_deref()));
        let key = (brief.id, fold::identity_key(&project.title));
        let mut step = Step::new(project.clone());
        step.written.changes.push(change.label(&project.title));
        let mut problems = Problems::default();
        self.holders(&mut problems, &asked, Relation::default());
        if let Err(found) = step.judge(cx, self, &asked, true) {
            problems.extend(found);
        }
        if !problems.is_empty() {
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
        if self.under_retired.contains(&id) {
            return refuse("reference", "project-enterprise-retired");
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

    /// Those a row gives the project to may hold it; problems stand under the columns.
    fn holders(&self, problems: &mut Problems, asked: &Asked, held: Relation) {
        let mut found = Problems::default();
        self.responsible.check(&mut found, asked.holders(), held);
        renamed(problems, &found, &[("owner_id", "owner"), ("team_id", "team")]);
    }

    fn survivor(&self, enterprise: Id) -> Id {
        self.survivors.get(&enterprise).copied().unwrap_or(enterprise)
    }

    /// What the enterprise of a project signed by its other projects.
    fn elsewhere(&self, project: &Project) -> Vec<Signing> {
        let signed = self.signings.get(&self.survivor(project.enterprise_id));
        signed.into_iter().flatten().filter(|one| one.project_id != project.id).cloned().collect()
    }

    fn take_up(&mut self, step: Step) {
        let id = step.project.id;
        self.held.insert(id, step.held);
        self.dated.insert(id, step.dated);
        self.references.entry(id).or_default().extend(step.written.papers.iter().map(|paper| paper.reference.clone()));
        if !step.written.clearances.is_empty() {
            self.cleared.insert(id);
        }
        for signed in step.written.milestones.iter().filter(|new| new.kind == "signed") {
            let survivor_id = self.survivor(step.project.enterprise_id);
            let signing = Signing { survivor_id, project_id: id, on: signed.day, batch: signed.batch.clone() };
            self.signings.entry(survivor_id).or_default().push(signing);
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
        for project in rows.iter().filter(|project| project.tier() >= Tier::Team) {
            identity::reader::keep_in_sight(cx, &granted, &super::reader::record(project)).await?;
        }
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

fn unknown(reference: &str) -> Outcome {
    let mut problems = Problems::default();
    let value = ("value", reference.chars().take(100).collect::<String>());
    problems.add_with("reference", "project-reference-unknown", &[value]);
    Outcome::Refused(problems)
}

fn refuse(field: &str, key: &str) -> Outcome {
    let mut problems = Problems::default();
    problems.add(field, key);
    Outcome::Refused(problems)
}

fn resembles<'a>(several: impl Iterator<Item = &'a Project>) -> Outcome {
    Outcome::Resembles(several.map(|project| (project.id, project.reference.clone(), "resembles-name")).collect())
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
