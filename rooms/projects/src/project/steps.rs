//! Pages for what happens to a project: moves through gates, how it fares, milestones, evidence.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Problem, Problems, Result};
use ui::{Choice, Fields};

use super::Project;
use super::pages::heading;
use crate::evidence::{self, NewEvidence};
use crate::milestone::{self, NewMilestone};
use crate::{OVERRIDE, stage};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/projects/{id}/move", advance)
        .post("/projects/{id}/mend", mend)
        .post("/projects/{id}/status", fare)
        .post("/projects/{id}/milestones", add_milestone)
        .post("/projects/{id}/milestones/{milestone}/withdraw", withdraw_milestone)
        .post("/projects/{id}/evidence", add_evidence)
        .post("/projects/{id}/corrections", correct)
        .post("/projects/{id}/retire", retire)
        .post("/projects/{id}/restore", restore)
}

/// What a refusing gate shows: everything missing, with fields to fill it in on the spot.
#[derive(Template)]
#[template(path = "project/pages/refused.html")]
struct RefusedPage<'a> {
    view: View,
    heading: Html,
    project: Project,
    into: String,
    into_name: String,
    missing: Vec<Problem>,
    fields: Fields<'a>,
    natures: Vec<Choice>,
    activities: Vec<Choice>,
    owners: Vec<Choice>,
    papers: Vec<Choice>,
    may_override: bool,
}

impl RefusedPage<'_> {
    fn lacks(&self, fact: &str) -> bool {
        self.missing.iter().any(|problem| problem.field == fact)
    }

    /// Whether any of what is missing is a paper.
    fn lacks_evidence(&self) -> bool {
        const PAPERS: [&str; 5] =
            ["agreement", "business-registration", "lease-start", "first-payroll", "first-licence"];
        self.missing
            .iter()
            .any(|problem| PAPERS.iter().any(|paper| problem.field.split('|').any(|fact| fact == *paper)))
    }
}

async fn refused(cx: &mut Cx, id: Id, into: &str, missing: Vec<Problem>, form: &Form) -> Result<Response> {
    let project = super::get(cx, id).await?;
    let view = cx.view();
    let on = cx.today();
    let choices = |list: &str| -> Vec<Choice> {
        let codes = cx.house.codes.on(list, on);
        codes.into_iter().map(|code| Choice::new(&code.code, code.name(cx.language))).collect()
    };
    let (natures, activities, papers) = (choices("nature"), choices("activity"), choices("evidence"));
    let owners = identity::account::options(cx).await?;
    let page = RefusedPage {
        heading: heading(cx, &project, "").await?,
        into: into.to_owned(),
        into_name: view.t(&stage::stage_key(into)),
        missing,
        fields: Fields::new(&view, form, "project"),
        natures,
        activities,
        owners: owners.into_iter().map(|(id, name)| Choice::new(id, name)).collect(),
        papers,
        may_override: cx.may_on(&OVERRIDE, project.relation()),
        project,
        view: view.clone(),
    };
    cx.page(409, page).await
}

async fn advance(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let into = form.text("into");
    let mut problems = Problems::default();
    let on = problems.day("effective_on", form.optional("effective_on").as_deref()).unwrap_or_else(|| cx.today());
    problems.into_result()?;
    let (note, why) = (form.optional("note"), form.optional("override_reason"));
    match super::advance(&mut cx, id, &into, on, note.as_deref(), why.as_deref()).await {
        Ok(()) => moved(&mut cx, id, &into).await,
        Err(Error::Conflict(conflict)) if conflict.key == "project-gate-refuses" => {
            refused(&mut cx, id, &into, conflict.reasons, &form).await
        }
        Err(error) => Err(error),
    }
}

async fn moved(cx: &mut Cx, id: Id, into: &str) -> Result<Response> {
    let name = cx.view().t(&stage::stage_key(into));
    cx.see_other_saying(format!("/projects/{id}"), Flash::new("project-was-moved", &[("stage", name)])).await
}

/// Fills in what a gate missed and tries again: what was filled in is kept even if the gate still
/// refuses.
async fn mend(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let into = form.text("into");
    let filled = mend_fields(&mut cx, id, &form).await;
    if let Err(Error::Invalid(problems)) = filled {
        cx.undo().await?;
        let project = super::get(&mut cx, id).await?;
        let on = cx.today();
        let missing = crate::gate::missing(&mut cx, &project, &into, on).await?;
        return refused(&mut cx, id, &into, missing, &form.with_problems(problems)).await;
    }
    filled?;
    cx.commit().await?;
    let on = cx.today();
    match super::advance(&mut cx, id, &into, on, None, None).await {
        Ok(()) => moved(&mut cx, id, &into).await,
        Err(Error::Conflict(conflict)) if conflict.key == "project-gate-refuses" => {
            refused(&mut cx, id, &into, conflict.reasons, &Form::default()).await
        }
        Err(error) => Err(error),
    }
}

async fn mend_fields(cx: &mut Cx, id: Id, form: &Form) -> Result<()> {
    let project = super::get(cx, id).await?;
    let mut fields = std::collections::BTreeMap::new();
    for field in ["owner_id", "nature", "proposal_received_on", "assessment"] {
        if let Some(value) = form.optional(field) {
            fields.insert(field.to_owned(), Some(value));
        }
    }
    let activities = form.chosen("activities").join(",");
    if !activities.is_empty() {
        fields.insert("activities".to_owned(), Some(activities));
    }
    if !fields.is_empty() {
        super::edit(cx, id, project.version, fields).await?;
    }
    for (kind, field) in [("met", "met_on"), ("attracted", "attracted_on")] {
        if let Some(day) = form.optional(field) {
            let new = NewMilestone { kind: kind.to_owned(), effective_on: day, ..NewMilestone::default() };
            milestone::record(cx, id, new).await?;
        }
    }
    if let Some(kind) = form.optional("evidence_kind") {
        let new = NewEvidence { kind, dated_on: form.text("dated_on"), reference: form.text("evidence_reference") };
        evidence::add(cx, id, new).await?;
    }
    Ok(())
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

async fn add_evidence(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let new = NewEvidence {
        kind: form.text("evidence_kind"),
        dated_on: form.text("dated_on"),
        reference: form.text("evidence_reference"),
    };
    evidence::add(&mut cx, id, new).await?;
    cx.see_other_saying(format!("/projects/{id}"), Flash::new("evidence-was-added", &[])).await
}

async fn correct(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let value = form.optional("value");
    super::correct(&mut cx, id, form.value("field"), value, form.value("effective_on"), form.value("reason")).await?;
    cx.see_other_saying(format!("/projects/{id}"), Flash::new("project-was-saved", &[])).await
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
