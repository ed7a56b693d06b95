//! Pages for what happens to a project: moves through gates, how it fares, milestones, evidence.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use identity::responsible;
use platform::clock::parse_day;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Problem, Problems, Result};
use time::Date;
use ui::{Choice, Fields};

use super::Project;
use super::pages::{heading, refused as again};
use crate::evidence::{self, NewEvidence};
use crate::ledger::{self, Entry, NewEntry};
use crate::milestone::{self, NewMilestone};
use crate::{EDIT, OVERRIDE, gate, stage};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/projects/{id}/move", move_page)
        .post("/projects/{id}/move", advance)
        .post("/projects/{id}/mend", mend)
        .post("/projects/{id}/passages/{passage}/day", correct_day)
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
    /// What was asked, and what is wrong with how; for a day that is none, today stands in.
    fn read(cx: &Cx, form: &Form) -> (Self, Problems) {
        let mut problems = Problems::default();
        let on = problems.day("effective_on", form.optional("effective_on").as_deref()).unwrap_or_else(|| cx.today());
        let override_reason = form.optional("override_reason");
        let past = form.value("past") == "yes";
        problems.require(!past || override_reason.is_some(), "override_reason", "problem-reason-missing");
        let asked =
            Self { into: form.text("into"), on, note: form.optional("note"), override_reason, back: back(form) };
        (asked, problems)
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
    /// The kinds that would do, with `|` between: by this a form says which of its papers is which.
    wanted: String,
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
    into_name: String,
    back: String,
    /// What the gate misses of what is kept: each has its fields.
    missing: Vec<Problem>,
    /// What it still misses with all that was typed.
    still: Vec<Problem>,
    fields: Fields<'a>,
    form: &'a Form,
    natures: Vec<Choice>,
    activities: Vec<Choice>,
    owners: Vec<Choice>,
    teams: Vec<Choice>,
    measures: Vec<Choice>,
    units: Vec<Choice>,
    papers: Vec<Paper>,
    /// The pledges that stand in the ledger already.
    pledges: Vec<Entry>,
    may_override: bool,
}

impl RefusedPage<'_> {
    /// Whether something is missing, or was filled in all the same.
    fn asks(&self, fact: &str, field: &str) -> bool {
        self.missing.iter().any(|problem| problem.field == fact) || !self.form.chosen(field).is_empty()
    }

    fn typed(&self, name: &str, place: &usize) -> &str {
        self.form.value(&format!("{name}-{place}"))
    }

    fn wrong(&self, name: &str, place: &usize) -> Html {
        self.fields.wrong(&format!("{name}-{place}"))
    }
}

/// The papers that a form of this page holds, then those that are missing besides.
fn papers(cx: &Cx, view: &View, missing: &[Problem], form: &Form) -> Vec<Paper> {
    let codes = cx.house.codes.on("evidence", cx.today());
    let is_paper = |wanted: &str| wanted.split('|').all(|fact| gate::PAPERS.contains(&fact));
    let mut wanted: Vec<&str> = form.values("paper").into_iter().filter(|wanted| is_paper(wanted)).collect();
    for problem in missing.iter().filter(|problem| is_paper(&problem.field)) {
        if !wanted.contains(&problem.field.as_str()) {
            wanted.push(&problem.field);
        }
    }
    let paper = |(place, wanted): (usize, &str)| {
        let fits = |code: &str| wanted.split('|').any(|fact| fact == code);
        let kinds = codes.iter().filter(|code| fits(&code.code));
        let kinds = kinds.map(|code| Choice::new(&code.code, code.name(cx.language))).collect();
        Paper { place, wanted: wanted.to_owned(), said: view.t(gate::needed_key(wanted)), kinds }
    };
    wanted.into_iter().enumerate().map(paper).collect()
}

/// What a form holds that is dated after the move, and so meets no gate on it.
fn too_late(cx: &Cx, form: &Form, asked: &Asked, still: &[Problem]) -> Problems {
    let mut late = Problems::default();
    let mut look = |field: &str| {
        if parse_day(form.value(field).trim()).is_ok_and(|day| day > asked.on) {
            late.add_with(field, "problem-day-after-move", &[("day", asked.on.to_string())]);
        }
    };
    let days = [
        ("met_on", "met-on"),
        ("attracted_on", "attraction"),
        ("proposal_received_on", "proposal-received-on"),
        ("pledged_on", "pledge"),
    ];
    for (field, _) in days.iter().filter(|(_, fact)| still.iter().any(|problem| problem.field == *fact)) {
        look(field);
    }
    for paper in papers(cx, &cx.view(), &[], form) {
        if still.iter().any(|problem| problem.field == paper.wanted) {
            look(&format!("dated_on-{}", paper.place));
        }
    }
    late
}

/// The pledges of a project that were not taken back as wrong, latest first.
async fn pledges(cx: &mut Cx, id: Id) -> Result<Vec<Entry>> {
    let (entries, reversed, _) = ledger::page(cx, id, None, 200).await?;
    let stands = |entry: &Entry| entry.kind != "realised" && entry.reverses_id.is_none();
    Ok(entries.into_iter().filter(|entry| stands(entry) && !reversed.contains(&entry.id)).collect())
}

/// The page of a gate that refuses, with all that was typed; of what was filled in nothing is kept.
async fn refused(
    cx: &mut Cx,
    id: Id,
    asked: Asked,
    (missing, still): (Vec<Problem>, Vec<Problem>),
    form: Form,
) -> Result<Response> {
    let project = super::get(cx, id).await?;
    let view = cx.view();
    let on = cx.today();
    let form = if form.has("effective_on") { form } else { form.with("effective_on", asked.on.to_string()) };
    let form = if form.problems().is_empty() {
        let late = too_late(cx, &form, &asked, &still);
        form.with_problems(late)
    } else {
        form
    };
    let natures = Choice::codes(cx, "nature", on, project.nature.as_deref());
    let activities = Choice::codes(cx, "activity", on, project.activities());
    let chosen = |options: Vec<(Id, String)>| options.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let owners = chosen(responsible::owners(cx, &EDIT, project.owner_id).await?);
    let teams = chosen(responsible::teams(cx, project.team_id).await?);
    let measure = |code: &&str| Choice::new(code, view.t(&ledger::measure_key(code)));
    let page = RefusedPage {
        heading: heading(cx, &project, "").await?,
        into_name: view.t(&stage::stage_key(&asked.into)),
        back: asked.back,
        papers: papers(cx, &view, &missing, &form),
        missing,
        still,
        fields: Fields::new(&view, &form, "project"),
        form: &form,
        natures,
        activities,
        owners,
        teams,
        measures: ledger::MEASURES.iter().map(measure).collect(),
        units: ledger::pages::units(cx, &view),
        pledges: pledges(cx, id).await?,
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
    let (asked, problems) = Asked::read(&cx, &form);
    if !problems.is_empty() {
        return move_form(&mut cx, 422, id, &form.with_problems(problems)).await;
    }
    let (note, why) = (asked.note.as_deref(), asked.override_reason.as_deref());
    match super::advance(&mut cx, id, &asked.into, asked.on, note, why).await {
        Ok(()) => moved(&mut cx, id, &asked).await,
        Err(Error::Conflict(conflict)) if conflict.key == "project-gate-refuses" => {
            cx.undo().await?;
            let missing = conflict.reasons;
            refused(&mut cx, id, asked, (missing.clone(), missing), form).await
        }
        // Going back without a note, a day to come: asked for again with what was given.
        Err(error) => {
            let (status, form) = form.refused(error, "into")?;
            cx.undo().await?;
            move_form(&mut cx, status, id, &form).await
        }
    }
}

async fn moved(cx: &mut Cx, id: Id, asked: &Asked) -> Result<Response> {
    let name = cx.view().t(&stage::stage_key(&asked.into));
    let to = if asked.back.is_empty() { format!("/projects/{id}") } else { asked.back.clone() };
    cx.see_other_saying(to, Flash::new("project-was-moved", &[("stage", name)])).await
}

/// Fills in what a gate missed and tries again, all in one: while the gate refuses, nothing of it is kept.
async fn mend(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let (asked, mut problems) = Asked::read(&cx, &form);
    let project = super::get(&mut cx, id).await?;
    let missing = gate::missing(&mut cx, &project, &asked.into, asked.on).await?;
    mend_fields(&mut cx, &project, &missing, &form, &mut problems).await?;
    // A reason that was typed beside goes past the gate only where that was asked for.
    let why = asked.override_reason.as_deref().filter(|_| form.value("past") == "yes");
    let moves = match problems.is_empty() {
        true => super::advance(&mut cx, id, &asked.into, asked.on, asked.note.as_deref(), why).await,
        false => Err(Error::Invalid(problems)),
    };
    let (still, form) = match moves {
        Ok(()) => return moved(&mut cx, id, &asked).await,
        Err(Error::Conflict(conflict)) if conflict.key == "project-gate-refuses" => (conflict.reasons, form),
        Err(error) => (missing.clone(), form.refused(error, "into")?.1),
    };
    cx.undo().await?;
    refused(&mut cx, id, asked, (missing, still), form).await
}

async fn mend_fields(
    cx: &mut Cx,
    project: &Project,
    missing: &[Problem],
    form: &Form,
    problems: &mut Problems,
) -> Result<()> {
    let id = project.id;
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
        gather(problems, super::edit(cx, id, project.version, fields).await.map(drop), |field| field.to_owned())?;
    }
    for (kind, field) in [("met", "met_on"), ("attracted", "attracted_on")] {
        if let Some(day) = form.optional(field) {
            let new = NewMilestone { kind: kind.to_owned(), effective_on: day, ..NewMilestone::default() };
            gather(problems, milestone::record(cx, id, new).await, |_| field.to_owned())?;
        }
    }
    let view = cx.view();
    for Paper { place, .. } in papers(cx, &view, missing, form) {
        let given = |name: &str| form.text(&format!("{name}-{place}"));
        let new = NewEvidence {
            kind: given("evidence_kind"),
            dated_on: given("dated_on"),
            reference: given("evidence_reference"),
        };
        if !new.dated_on.is_empty() || !new.reference.is_empty() {
            gather(problems, evidence::add(cx, id, new).await, |field| {
                let called = match field {
                    "kind" | "reference" => format!("evidence_{field}"),
                    other => other.to_owned(),
                };
                format!("{called}-{place}")
            })?;
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
        gather(problems, ledger::enter(cx, id, new).await.map(drop), name)?;
    }
    Ok(())
}

/// Notes what is wrong under the names of the page's own fields, and goes on: all of it is told
/// at once.
fn gather(problems: &mut Problems, done: Result<()>, name: impl Fn(&str) -> String) -> Result<()> {
    match done {
        Err(Error::Invalid(found)) => problems.extend(found.known_as(name)),
        // A conflict over a field, such as one that a frozen release has counted.
        Err(Error::Conflict(conflict)) if !conflict.reasons.is_empty() => {
            problems.extend(Problems::from(conflict.reasons).known_as(name));
        }
        other => return other,
    }
    Ok(())
}

async fn fare(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let (status, on, why) = (form.value("status"), form.value("effective_on"), form.value("reason"));
    match super::fare(&mut cx, id, status, on, why).await {
        Ok(()) => cx.see_other_saying(format!("/projects/{id}"), Flash::new("project-was-saved", &[])).await,
        Err(error) => {
            let names = [("status", "status"), ("effective_on", "status-on"), ("reason", "status-why")];
            again(&mut cx, id, form, error, &names).await
        }
    }
}

async fn add_milestone(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let new = NewMilestone {
        kind: form.text("kind"),
        effective_on: form.text("effective_on"),
        batch: form.text("batch"),
        corrects: form.value("corrects").parse().ok(),
        reason: form.text("reason"),
    };
    match milestone::record(&mut cx, id, new).await {
        Ok(()) => cx.see_other_saying(format!("/projects/{id}"), Flash::new("milestone-was-recorded", &[])).await,
        Err(error) => {
            let names = [("kind", "milestone-kind"), ("effective_on", "milestone-on"), ("reason", "milestone-why")];
            again(&mut cx, id, form, error, &names).await
        }
    }
}

async fn withdraw_milestone(mut cx: Cx, Path((id, one)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    match milestone::withdraw(&mut cx, id, one, form.value("reason")).await {
        Ok(()) => cx.see_other_saying(format!("/projects/{id}"), Flash::new("milestone-was-withdrawn", &[])).await,
        Err(error) => again(&mut cx, id, form, error, &[("reason", &format!("why-{one}"))]).await,
    }
}

async fn correct_day(mut cx: Cx, Path((id, passage)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    let (on, why) = (form.value("effective_on"), form.value("reason"));
    match super::correct_day(&mut cx, id, passage, on, why).await {
        Ok(()) => cx.see_other_saying(format!("/projects/{id}"), Flash::new("passage-was-corrected", &[])).await,
        Err(error) => {
            let (on, why) = (format!("passed-on-{passage}"), format!("passed-why-{passage}"));
            // What a gate then misses is told at the day that would be too early for it.
            let error = at_day(error);
            again(&mut cx, id, form, error, &[("effective_on", &on), ("reason", &why)]).await
        }
    }
}

fn at_day(error: Error) -> Error {
    match error {
        Error::Conflict(mut conflict) => {
            for reason in &mut conflict.reasons {
                "effective_on".clone_into(&mut reason.field);
            }
            let refuses = Problem { field: "effective_on".to_owned(), key: conflict.key.clone(), args: Vec::new() };
            if !conflict.reasons.is_empty() {
                conflict.reasons.insert(0, refuses);
            }
            Error::Conflict(conflict)
        }
        other => other,
    }
}

async fn retire(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::retire(&mut cx, id, Some(form.value("reason"))).await {
        Ok(()) => {
            let said = Flash::new("project-was-retired", &[]).with_undo(format!("/projects/{id}/restore"));
            cx.see_other_saying("/projects", said).await
        }
        Err(error) => again(&mut cx, id, form, error, &[("reason", "retire-why")]).await,
    }
}

async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::retire(&mut cx, id, None).await?;
    cx.see_other_saying(format!("/projects/{id}"), Flash::new("project-was-restored", &[])).await
}
