//! Pages of projects: list, board, record, form. What moves a project is in `steps`.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use directory::enterprise;
use identity::responsible;
use platform::audit;
use platform::forms::{Form, Loose};
use platform::order::Place;
use platform::pages::{Flash, Html, View};
use platform::permission::Tier;
use platform::web::{Routes, encode};
use platform::{Cx, Error, Id, Result};
use ui::{Choice, Fields, own_fields};

use super::fields::Names;
use super::list::{self, Filter, Listed};
use super::{FIELDS, NewProject, Project, SUBJECT};
use crate::batch::{self, Batch};
use crate::clearance::{self, Clearance};
use crate::evidence::{self, Evidence};
use crate::gate::{self, Ground, Passage};
use crate::milestone::{self, Milestone};
use crate::{EDIT, stage};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/projects/new", new)
        .post("/projects", create)
        .get("/projects/{id}", show)
        .get("/projects/{id}/history", history)
        .get("/projects/{id}/looks", looks)
        .get("/projects/{id}/edit", edit_page)
        .post("/projects/{id}", edit)
        .get("/enterprises/{id}/projects", of_enterprise)
        .merge(list::pages::routes())
}

pub(super) fn stages(view: &View) -> Vec<Choice> {
    stage::STAGES.iter().map(|code| Choice::new(code, view.t(&stage::stage_key(code)))).collect()
}

pub(super) fn statuses(view: &View) -> Vec<Choice> {
    stage::STATUSES.iter().map(|code| Choice::new(code, view.t(&stage::status_key(code)))).collect()
}

/// The rows of a list of projects, on its own page and on an enterprise's tab.
#[derive(Template)]
#[template(path = "project/pages/rows.html")]
struct Rows {
    view: View,
    projects: Vec<Listed>,
}

fn rows(view: &View, projects: Vec<Listed>) -> Result<Html> {
    let rows = Rows { view: view.clone(), projects };
    rows.render().map(Html).map_err(|error| Error::Unexpected(Box::new(error)))
}

#[derive(Template)]
#[template(path = "project/pages/of-enterprise.html")]
struct OfEnterprisePage {
    view: View,
    heading: Html,
    id: Id,
    rows: Html,
    empty: bool,
    may_edit: bool,
}

async fn of_enterprise(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = enterprise::get(&mut cx, id).await?;
    let members = enterprise::members(&mut cx, held.id).await?;
    let page = list::page(&mut cx, &Filter { enterprises: members, ..Filter::default() }, 200).await?;
    let view = cx.view();
    let template = OfEnterprisePage {
        heading: enterprise::pages::heading(&mut cx, &held, "projects").await?,
        id: held.id,
        empty: page.projects.is_empty(),
        rows: rows(&view, page.projects)?,
        may_edit: cx.may(&EDIT) && held.retired_at.is_none(),
        view,
    };
    cx.page(200, template).await
}

#[derive(Template)]
#[template(path = "project/pages/form.html")]
struct FormPage<'a> {
    view: View,
    project: Option<Project>,
    form: &'a Form,
    fields: Fields<'a>,
    stale: Vec<(String, String, String)>,
    /// The frozen release that has counted the project, whose counted fields are then not written over here.
    counted_in: Option<String>,
    natures: Vec<Choice>,
    hq_kinds: Vec<Choice>,
    activities: Vec<Choice>,
    tiers: Vec<Choice>,
    teams: Vec<Choice>,
    owners: Vec<Choice>,
    /// Fields of the office's own.
    own: Html,
}

impl FormPage<'_> {
    /// The project with the frozen release that has counted it.
    fn frozen(&self) -> Option<(&Project, &str)> {
        self.project.as_ref().zip(self.counted_in.as_deref())
    }

    /// What a counted field holds, in words.
    fn held(&self, project: &Project, field: &str, list: &str) -> String {
        let codes = project.value(field).unwrap_or_default();
        let named = codes.split(',').filter(|code| !code.is_empty()).map(|code| self.view.code(list, code));
        Some(named.collect::<Vec<_>>().join(" · ")).filter(|words| !words.is_empty()).unwrap_or_else(|| "–".to_owned())
    }

    /// Where a counted field is corrected, with what was typed for it.
    fn correction(&self, project: &Project, field: &str) -> String {
        let typed = self.form.problems().on(field).first().map(|_| self.form.chosen(field)).unwrap_or_default();
        let typed: String = typed.iter().map(|code| format!("&value={}", encode(code))).collect();
        format!("/projects/{}/corrections/new?field={field}{typed}", project.id)
    }
}

async fn form_page(
    cx: &mut Cx,
    status: u16,
    project: Option<Project>,
    form: &Form,
    stale: Vec<(String, String, String)>,
) -> Result<Response> {
    let view = cx.view();
    let mut reader = Cx::reading(cx.house.clone(), cx.actor.clone(), cx.way, cx.language);
    let held = project.as_ref().map(Project::relation).unwrap_or_default();
    let teams = responsible::teams(&mut reader, held.team).await?;
    let owners = responsible::owners(&mut reader, &EDIT, held.owner).await?;
    let chosen = |options: Vec<(Id, String)>| options.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let counted_in = match &project {
        Some(held) => super::counted_in(&mut reader, held.id).await?,
        None => None,
    };
    reader.commit().await?;
    let on = project.as_ref();
    let natures = Choice::codes(cx, "nature", cx.today(), on.and_then(|held| held.nature.as_deref()));
    let hq_kinds = Choice::codes(cx, "hq_kind", cx.today(), on.and_then(|held| held.hq_kind.as_deref()));
    let activities = Choice::codes(cx, "activity", cx.today(), on.map(Project::activities).unwrap_or_default());
    let own = on.map(|held| held.own.clone()).unwrap_or_default();
    let fields = Fields::new(&view, form, "project");
    let page = FormPage {
        own: own_fields::inputs(cx, &view, &fields, SUBJECT, &own),
        counted_in,
        form,
        project,
        fields,
        stale,
        natures,
        hq_kinds,
        activities,
        tiers: Tier::ALL.iter().map(|tier| Choice::new(tier.code(), view.t(tier.key()))).collect(),
        teams: chosen(teams),
        owners: chosen(owners),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn new(mut cx: Cx) -> Result<Response> {
    cx.require(&EDIT)?;
    let asked = Form::decode(&cx.view().query);
    let mut form = Form::default().with("tier", "office");
    if let Ok(id) = asked.value("enterprise").parse::<Id>() {
        let brief = enterprise::brief(&mut cx, id).await?;
        form = form.with("enterprise_id", brief.reference);
    }
    form_page(&mut cx, 200, None, &form, Vec::new()).await
}

async fn create(mut cx: Cx, form: Form) -> Result<Response> {
    let loose = |field: &str| Loose(form.text(field));
    let new = NewProject {
        enterprise_id: loose("enterprise_id"),
        title: loose("title"),
        nature: loose("nature"),
        hq_kind: loose("hq_kind"),
        activities: Loose(form.chosen("activities").join(",")),
        description: loose("description"),
        tier: loose("tier"),
        team_id: loose("team_id"),
        owner_id: loose("owner_id"),
        own: own_fields::given(&cx, &form, SUBJECT),
        stage: Loose::default(),
    };
    match super::start(&mut cx, new).await {
        Ok(project) => {
            let said = Flash::new("project-was-started", &[("reference", project.reference.clone())]);
            cx.see_other_saying(format!("/projects/{}", project.id), said).await
        }
        Err(error) => {
            let (status, form) = form.refused(error, "enterprise_id")?;
            cx.undo().await?;
            form_page(&mut cx, status, None, &form, Vec::new()).await
        }
    }
}

/// The heading and tabs of a project, drawn above each tab's content.
pub async fn heading(cx: &mut Cx, project: &Project, suffix: &str) -> Result<Html> {
    let view = cx.view();
    let brief = enterprise::brief(cx, project.enterprise_id).await?;
    let owner = match project.owner_id {
        Some(id) => identity::account::name(cx, id).await?,
        None => None,
    };
    let tabs = cx
        .house
        .tabs
        .iter()
        .filter(|tab| tab.of == "project" && cx.may(tab.permission))
        .map(|tab| {
            let slash = if tab.suffix.is_empty() { "" } else { "/" };
            (format!("/projects/{}{slash}{}", project.id, tab.suffix), view.t(tab.key), tab.suffix == suffix)
        })
        .collect();
    let badges = directory::flag::pages::badges(cx, brief.id).await?;
    let looks = project.tier() >= Tier::Team && cx.may_on(&audit::read::LOOKS, project.relation());
    let heading = Heading { enterprise: brief, project: project.clone(), owner, badges, tabs, looks, view };
    heading.render().map(Html).map_err(|error| Error::Unexpected(Box::new(error)))
}

#[derive(Template)]
#[template(path = "project/pages/heading.html")]
struct Heading {
    view: View,
    project: Project,
    enterprise: enterprise::Brief,
    owner: Option<String>,
    /// What is said of the enterprise that must be seen here too.
    badges: Html,
    tabs: Vec<(String, String, bool)>,
    looks: bool,
}

#[derive(Template)]
#[template(path = "project/pages/show.html")]
struct ShowPage<'a> {
    view: View,
    heading: Html,
    /// What was typed into one of the page's forms and refused, under the names that this page has for its fields.
    form: &'a Form,
    fields: Fields<'a>,
    project: Project,
    /// (name, passed, current)
    track: Vec<(String, bool, bool)>,
    milestones: Vec<Milestone>,
    batches: Vec<Batch>,
    evidence: Vec<Evidence>,
    passages: Vec<Passage>,
    own: Vec<(String, String)>,
    /// What a passed gate asked for and has been taken back, in words.
    lapsed: Vec<String>,
    clearances: Vec<Clearance>,
    timeline: Html,
    stages: Vec<Choice>,
    statuses: Vec<Choice>,
    kinds: Vec<Choice>,
    today: String,
    may_edit: bool,
    may_clear: bool,
    may_restore: bool,
}

impl ShowPage<'_> {
    /// A form stands open where it is the one that was refused.
    fn open(&self, field: &str) -> &'static str {
        if self.form.has(field) { " open" } else { "" }
    }

    fn open_of(&self, field: &str, id: &Id) -> &'static str {
        self.open(&format!("{field}-{id}"))
    }

    fn typed_of(&self, field: &str, id: &Id) -> &str {
        self.form.value(&format!("{field}-{id}"))
    }

    fn wrong_of(&self, field: &str, id: &Id) -> Html {
        self.fields.wrong(&format!("{field}-{id}"))
    }

    fn day_of(&self, passage: &Passage) -> String {
        self.form.typed(&format!("passed-on-{}", passage.id), &passage.effective_on.to_string()).to_owned()
    }

    fn batch(&self, code: &str) -> Option<&Batch> {
        self.batches.iter().find(|batch| batch.code == code)
    }

    fn choosable(&self) -> impl Iterator<Item = &Batch> {
        self.batches.iter().filter(|batch| batch.retired_at.is_none())
    }

    /// Whether it can still move: an ended project changes its status first.
    fn goes_on(&self) -> bool {
        !stage::is_end(&self.project.status)
    }

    /// Whether a stage is the one that follows the present.
    fn is_next(&self, stage: &str) -> bool {
        stage::place(&self.project.stage).map(|place| place + 1) == stage::place(stage)
    }

    fn papers(&self) -> String {
        self.view.number(self.evidence.len() as i64)
    }

    fn cleared(&self) -> Option<&Clearance> {
        self.clearances.iter().find(|one| one.withdrawn_on.is_none())
    }

    fn withdrawn(&self) -> impl Iterator<Item = &Clearance> {
        self.clearances.iter().filter(|one| one.withdrawn_on.is_some())
    }

    /// What was missing when a gate was passed all the same.
    fn unmet(&self, passage: &Passage) -> String {
        let said = |fact: &str| match fact.split_once('|') {
            Some(_) => self.view.t("gate-needs-one-of-several"),
            None => self.view.t(gate::fact_key(fact)),
        };
        passage.unmet.lines().map(said).collect::<Vec<_>>().join("; ")
    }

    fn ground(&self, ground: &Ground) -> String {
        gate::pages::rested_on(&self.view, ground)
    }
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    page(&mut cx, 200, id, &Form::default()).await
}

/// The page of a project after one of its forms was refused: with what was typed there, under the names that the page has
/// for the form's fields, and what is wrong. A conflict that names no field stands at the first of them.
pub(crate) async fn refused(cx: &mut Cx, id: Id, form: Form, error: Error, names: &[(&str, &str)]) -> Result<Response> {
    let main = names.first().map_or("", |(field, _)| *field);
    let (status, form) = form.refused(error, main)?;
    cx.undo().await?;
    page(cx, status, id, &form.known_as(names)).await
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let project = super::get(cx, id).await?;
    let entries = audit::read::history(cx, "project", id, None, 8).await?;
    let view = cx.view();
    let here = stage::place(&project.stage);
    let track = stage::STAGES
        .iter()
        .enumerate()
        .map(|(place, code)| (view.t(&stage::stage_key(code)), Some(place) < here, Some(place) == here))
        .collect();
    let passages = gate::passages(cx, id).await?;
    let page = ShowPage {
        lapsed: gate::lapsed(&passages).iter().map(|one| gate::pages::lapsed(&view, one)).collect(),
        heading: heading(cx, &project, "").await?,
        track,
        milestones: milestone::all(cx, id).await?,
        batches: batch::all(cx, true).await?,
        evidence: evidence::of(cx, id).await?,
        passages,
        own: own_fields::facts(cx, &view, SUBJECT, &project.own),
        clearances: clearance::of(cx, id).await?,
        timeline: ui::history::timeline(&view, &entries, "project"),
        stages: stages(&view),
        // Only what goes with the stage can be chosen.
        statuses: statuses(&view)
            .into_iter()
            .filter(|choice| choice.value != project.status && stage::fits(&project.stage, &choice.value))
            .collect(),
        fields: Fields::new(&view, form, "project"),
        form,
        kinds: milestone::KINDS.iter().map(|kind| Choice::new(kind, view.t(&format!("milestone-{kind}")))).collect(),
        today: cx.today().to_string(),
        may_edit: cx.may_on(&EDIT, project.relation()) && project.retired_at.is_none(),
        may_clear: clearance::may_clear(cx, &project),
        may_restore: cx.may_on(&EDIT, project.relation()) && project.retired_at.is_some(),
        project,
        view: view.clone(),
    };
    cx.page(status, page).await
}

#[derive(Template)]
#[template(path = "project/pages/history.html")]
struct HistoryPage {
    view: View,
    heading: Html,
    id: Id,
    may_know: bool,
    timeline: Html,
    next: Option<String>,
}

async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = super::get(&mut cx, id).await?;
    let before = Form::decode(&cx.view().query).value("before").parse().ok();
    let entries = audit::read::history(&mut cx, "project", id, before, 50).await?;
    let view = cx.view();
    let page = HistoryPage {
        heading: heading(&mut cx, &project, "history").await?,
        id: project.id,
        may_know: cx.may_on(&audit::read::LOOKS, project.relation()),
        timeline: ui::history::timeline(&view, &entries, "project"),
        next: entries.last().filter(|_| entries.len() == 50).map(|entry| format!("?before={}", entry.id)),
        view,
    };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "project/pages/looks.html")]
struct LooksPage {
    view: View,
    heading: Html,
    looks: Html,
}

async fn looks(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = super::get(&mut cx, id).await?;
    let view = cx.view();
    let place = Place::read(&Form::decode(&view.query));
    let page = audit::read::looks(&mut cx, "project", project.id, project.relation(), &place, 50).await?;
    let heading = heading(&mut cx, &project, "history").await?;
    let page = LooksPage { heading, looks: ui::history::looks(&view, &page, "project"), view };
    cx.page(200, page).await
}

async fn edit_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let project = super::get(&mut cx, id).await?;
    cx.require_on(&EDIT, project.relation())?;
    let mut form = Form::default().with("version", project.version.to_string());
    for (field, _) in FIELDS.iter().filter(|(field, _)| *field != "activities") {
        form = form.with(field, project.value(field).unwrap_or_default());
    }
    for code in project.activities() {
        form = form.with("activities", code);
    }
    let form = own_fields::filled(&cx, form, SUBJECT, &project.own);
    form_page(&mut cx, 200, Some(project), &form, Vec::new()).await
}

async fn edit(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let mut fields: BTreeMap<String, Option<String>> = FIELDS
        .iter()
        .filter(|(field, _)| form.has(field))
        .map(|(field, _)| ((*field).to_owned(), form.optional(field)))
        .chain(own_fields::edited(&cx, &form, SUBJECT))
        .collect();
    // No box ticked sends nothing, and neither does a form that shows them without boxes.
    if !form.has("activities_kept") {
        let activities = form.chosen("activities").join(",");
        fields.insert("activities".to_owned(), Some(activities).filter(|codes| !codes.is_empty()));
    }
    let version = form.number("version").unwrap_or_default();
    let given = fields.clone();
    match super::edit(&mut cx, id, version, fields).await {
        Ok(_) => cx.see_other_saying(format!("/projects/{id}"), Flash::new("project-was-saved", &[])).await,
        Err(Error::Conflict(conflict)) if conflict.versions.is_some() => {
            let project = super::get(&mut cx, id).await?;
            let names = Names::in_edit(&mut cx, Some(&project), &given).await?;
            cx.undo().await?;
            let view = cx.view();
            let listed = conflict.versions.as_ref().and_then(|both| both["fields"].as_array()).cloned();
            let stale = listed
                .unwrap_or_default()
                .iter()
                .map(|both| {
                    let field = both["field"].as_str().unwrap_or_default();
                    let said = |value: &serde_json::Value| view.told(&names.told(field, value.as_str()));
                    let label = view.t(&format!("project-{}", field.replace('_', "-")));
                    (label, said(&both["yours"]), said(&both["theirs"]))
                })
                .collect();
            let pairs = form.pairs().iter().filter(|(name, _)| name != "version").cloned();
            let form = Form::new(pairs).with("version", project.version.to_string());
            form_page(&mut cx, 409, Some(project), &form, stale).await
        }
        Err(error) => {
            let (status, form) = form.refused(error, "title")?;
            let project = super::get(&mut cx, id).await?;
            cx.undo().await?;
            form_page(&mut cx, status, Some(project), &form, Vec::new()).await
        }
    }
}
