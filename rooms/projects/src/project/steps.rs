//! Pages for what happens to a project: moves through gates, how it fares, milestones, evidence.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use identity::responsible;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Problem, Problems, Result};
use time::Date;
use ui::{Choice, Fields};

use super::Project;
use super::pages::heading;
use crate::evidence::{self, NewEvidence};
use crate::ledger::{self, NewEntry};
use crate::milestone::{self, NewMilestone};
use crate::{EDIT, OVERRIDE, gate, stage};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/projects/{id}/move", move_page)
        .post("/projects/{id}/move", advance)
        .post("/projects/{id}/mend", mend)
        .post("/projects/{id}/status", fare)
        .post("/projects/{id}/milestones", add_milestone)
        .post("/projects/{id}/milestones/{milestone}/withdraw", withdraw_milestone)
        .post("/projects/{id}/retire", retire)
        .post("/projects/{id}/restore", restore)
}

/// A move as a form asks for it.
struct Asked {
    into: String,
    on: Date,
    note: Option<String>,
    override_reason: Option<String>,
    /// Where one came from, such as the board.
    back: String,
}

impl Asked {
    fn read(cx: &Cx, form: &Form) -> Result<Self> {
        let mut problems = Problems::default();
        let on = problems.day("effective_on", form.optional("effective_on").as_deref()).unwrap_or_else(|| cx.today());
        problems.into_result()?;
        Ok(Self {
            into: form.text("into"),
            on,
            note: form.optional("note"),
            override_reason: form.optional("override_reason"),
            back: back(form),
        })
    }
}

/// A place of our own to go back to; nothing else is gone to.
fn back(form: &Form) -> String {
    match form.value("back") {
        path if path.starts_with("/projects/board") => path.to_owned(),
        _ => String::new(),
    }
}

/// A paper that a gate misses: the kinds that would do, and the names of its fields.
struct Paper {
    place: usize,
    said: String,
    kinds: Vec<Choice>,
}

/// What a refusing gate shows: everything missing, with fields to fill it in on the spot.
#[derive(Template)]
#[template(path = "project/pages/refused.html")]
struct RefusedPage<'a> {
    view: View,
    heading: Html,
    project: Project,
    asked: Asked,
    into_name: String,
    missing: Vec<Problem>,
    fields: Fields<'a>,
    form: &'a Form,
    natures: Vec<Choice>,
    activities: Vec<Choice>,
    owners: Vec<Choice>,
    teams: Vec<Choice>,
    measures: Vec<Choice>,
    units: Vec<Choice>,
    papers: Vec<Paper>,
    may_override: bool,
}

impl RefusedPage<'_> {
    fn lacks(&self, fact: &str) -> bool {
        self.missing.iter().any(|problem| problem.field == fact)
    }

    fn typed(&self, name: &str, place: &usize) -> &str {
        self.form.value(&format!("{name}-{place}"))
    }

    fn wrong(&self, name: &str, place: &usize) -> Vec<String> {
        let found = self.form.problems().on(&format!("{name}-{place}"));
        found.into_iter().map(|problem| self.view.said(&problem.key, &problem.args)).collect()
    }
}

/// The papers that are missing, one for each thing a gate says it wants of them.
fn papers(cx: &Cx, view: &View, missing: &[Problem]) -> Vec<Paper> {
    let codes = cx.house.codes.on("evidence", cx.today());
    let wanted = missing.iter().filter(|problem| problem.field.split('|').all(|fact| gate::PAPERS.contains(&fact)));
    wanted
        .enumerate()
        .map(|(place, problem)| {
            let fits = |code: &str| problem.field.split('|').any(|fact| fact == code);
            let kinds = codes.iter().filter(|code| fits(&code.code));
            let kinds = kinds.map(|code| Choice::new(&code.code, code.name(cx.language))).collect();
            Paper { place, said: view.said(&problem.key, &problem.args), kinds }
        })
        .collect()
}

async fn refused(cx: &mut Cx, id: Id, asked: Asked, missing: Vec<Problem>, form: &Form) -> Result<Response> {
    let project = super::get(cx, id).await?;
    let view = cx.view();
    let on = cx.today();
    let choices = |list: &str| -> Vec<Choice> {
        let codes = cx.house.codes.on(list, on);
        codes.into_iter().map(|code| Choice::new(&code.code, code.name(cx.language))).collect()
    };
    let (natures, activities) = (choices("nature"), choices("activity"));
    let chosen = |options: Vec<(Id, String)>| options.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let owners = chosen(responsible::owners(cx, &EDIT, project.owner_id).await?);
    let teams = chosen(responsible::teams(cx, project.team_id).await?);
    let measure = |code: &&str| Choice::new(code, view.t(&ledger::measure_key(code)));
    let page = RefusedPage {
        heading: heading(cx, &project, "").await?,
        into_name: view.t(&stage::stage_key(&asked.into)),
        asked,
        papers: papers(cx, &view, &missing),
        missing,
        fields: Fields::new(&view, form, "project"),
        form,
        natures,
        activities,
        owners,
        teams,
        measures: ledger::MEASURES.iter().map(measure).collect(),
        units: ledger::pages::units(cx, &view),
        may_override: cx.may_on(&OVERRIDE, project.relation()),
        project,
        view: view.clone(),
    };
    cx.page(409, page).await
}

/// Where a move is asked for with what it needs: shown when something about the move is wrong.
#[derive(Template)]
#[template(path = "project/pages/move.html")]
struct MovePage<'a> {
    view: View,
    heading: Html,
    project: Project,
    fields: Fields<'a>,
    stages: Vec<Choice>,
    goes_back: bool,
}

async fn move_form(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let project = super::get(cx, id).await?;
    cx.require_on(&EDIT, project.relation())?;
    let view = cx.view();
    let page = MovePage {
        heading: heading(cx, &project, "").await?,
        fields: Fields::new(&view, form, "project"),
        stages: super::pages::stages(&view).into_iter().filter(|choice| choice.value != project.stage).collect(),
        goes_back: stage::place(form.value("into")) < stage::place(&project.stage),
        project,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn move_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let asked = Form::decode(&cx.view().query);
    let form = Form::default()
        .with("into", asked.text("into"))
        .with("effective_on", cx.today().to_string())
        .with("back", back(&asked));
    move_form(&mut cx, 200, id, &form).await
}

async fn advance(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let asked = match Asked::read(&cx, &form) {
        Ok(asked) => asked,
        Err(Error::Invalid(problems)) => return move_form(&mut cx, 422, id, &form.with_problems(problems)).await,
        Err(error) => return Err(error),
    };
    try_move(&mut cx, id, asked, form).await
}

async fn try_move(cx: &mut Cx, id: Id, asked: Asked, form: Form) -> Result<Response> {
    let (note, why) = (asked.note.as_deref(), asked.override_reason.as_deref());
    match super::advance(cx, id, &asked.into, asked.on, note, why).await {
        Ok(()) => moved(cx, id, &asked).await,
        Err(Error::Conflict(conflict)) if conflict.key == "project-gate-refuses" => {
            cx.undo().await?;
            refused(cx, id, asked, conflict.reasons, &Form::default()).await
        }
        // Going back without a note, a day to come: asked for again with what was given.
        Err(Error::Invalid(problems)) if stage::place(&asked.into).is_some() => {
            cx.undo().await?;
            move_form(cx, 422, id, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

async fn moved(cx: &mut Cx, id: Id, asked: &Asked) -> Result<Response> {
    let name = cx.view().t(&stage::stage_key(&asked.into));
    let to = if asked.back.is_empty() { format!("/projects/{id}") } else { asked.back.clone() };
    cx.see_other_saying(to, Flash::new("project-was-moved", &[("stage", name)])).await
}

/// Fills in what a gate missed and tries again: what was filled in is kept even if the gate still
/// refuses.
async fn mend(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let asked = Asked::read(&cx, &form)?;
    let project = super::get(&mut cx, id).await?;
    let missing = gate::missing(&mut cx, &project, &asked.into, asked.on).await?;
    let filled = mend_fields(&mut cx, &project, &missing, &form).await;
    if let Err(Error::Invalid(problems)) = filled {
        cx.undo().await?;
        return refused(&mut cx, id, asked, missing, &form.with_problems(problems)).await;
    }
    filled?;
    cx.commit().await?;
    try_move(&mut cx, id, asked, Form::default()).await
}

async fn mend_fields(cx: &mut Cx, project: &Project, missing: &[Problem], form: &Form) -> Result<()> {
    let id = project.id;
    let mut problems = Problems::default();
    let mut fields = std::collections::BTreeMap::new();
    for field in ["owner_id", "team_id", "nature", "proposal_received_on", "assessment"] {
        if let Some(value) = form.optional(field) {
            fields.insert(field.to_owned(), Some(value));
        }
    }
    let activities = form.chosen("activities").join(",");
    if !activities.is_empty() {
        fields.insert("activities".to_owned(), Some(activities));
    }
    if !fields.is_empty() {
        gather(&mut problems, super::edit(cx, id, project.version, fields).await.map(drop), |field| field.to_owned())?;
    }
    for (kind, field) in [("met", "met_on"), ("attracted", "attracted_on")] {
        if let Some(day) = form.optional(field) {
            let new = NewMilestone { kind: kind.to_owned(), effective_on: day, ..NewMilestone::default() };
            gather(&mut problems, milestone::record(cx, id, new).await, |_| field.to_owned())?;
        }
    }
    let view = cx.view();
    for Paper { place, .. } in papers(cx, &view, missing) {
        let given = |name: &str| form.text(&format!("{name}-{place}"));
        let new = NewEvidence {
            kind: given("evidence_kind"),
            dated_on: given("dated_on"),
            reference: given("evidence_reference"),
        };
        if !new.dated_on.is_empty() || !new.reference.is_empty() {
            gather(&mut problems, evidence::add(cx, id, new).await, |field| format!("{field}-{place}"))?;
        }
    }
    if let Some(amount) = form.optional("amount") {
        let new = NewEntry {
            kind: "pledged".to_owned(),
            measure: form.text("measure"),
            amount: Loose(amount),
            unit: Loose(form.text("unit")),
            effective_on: Loose(form.text("pledged_on")),
            ..NewEntry::default()
        };
        let name = |field: &str| if field == "effective_on" { "pledged_on".to_owned() } else { field.to_owned() };
        gather(&mut problems, ledger::enter(cx, id, new).await.map(drop), name)?;
    }
    problems.into_result()
}

/// Notes what is wrong under the names of the page's own fields, and goes on: all of it is told
/// at once.
fn gather(problems: &mut Problems, done: Result<()>, name: impl Fn(&str) -> String) -> Result<()> {
    match done {
        Err(Error::Invalid(found)) => {
            for problem in found.all() {
                let args: Vec<_> = problem.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                problems.add_with(&name(&problem.field), &problem.key, &args);
            }
            Ok(())
        }
        other => other,
    }
}

async fn fare(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    super::fare(&mut cx, id, form.value("status"), form.value("effective_on"), form.value("reason")).await?;
    cx.see_other_saying(format!("/projects/{id}"), Flash::new("project-was-saved", &[])).await
}

async fn add_milestone(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let new = NewMilestone {
        kind: form.text("kind"),
        effective_on: form.text("effective_on"),
        batch: form.text("batch"),
        corrects: form.value("corrects").parse().ok(),
        reason: form.text("reason"),
    };
    milestone::record(&mut cx, id, new).await?;
    cx.see_other_saying(format!("/projects/{id}"), Flash::new("milestone-was-recorded", &[])).await
}

async fn withdraw_milestone(mut cx: Cx, Path((id, one)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    milestone::withdraw(&mut cx, id, one, form.value("reason")).await?;
    cx.see_other_saying(format!("/projects/{id}"), Flash::new("milestone-was-withdrawn", &[])).await
}

async fn retire(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    super::retire(&mut cx, id, Some(form.value("reason"))).await?;
    let said = Flash::new("project-was-retired", &[]).with_undo(format!("/projects/{id}/restore"));
    cx.see_other_saying("/projects", said).await
}

async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::retire(&mut cx, id, None).await?;
    cx.see_other_saying(format!("/projects/{id}"), Flash::new("project-was-restored", &[])).await
}
