//! Pages of one target: why it was chosen, how it stands, what is to be done; and the targets of an enterprise.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use directory::enterprise;
use identity::responsible;
use platform::audit;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::permission::Tier;
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use screening::{Reason, Value};
use ui::{Choice, Fields};

use super::list::pages::{standings as standing_choices, tiers};
use super::list::{Filter, Listed, page as list_page};
use super::{Held, NewTarget, Reasons, Standing, Target, round_of, standing_key, tone};
use crate::{TARGET, words};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/targets/new", new)
        .post("/targets", create)
        .get("/targets/{id}", show)
        .get("/targets/{id}/edit", edit_page)
        .post("/targets/{id}", edit)
        .get("/targets/{id}/history", history)
        .post("/targets/{id}/standing", stand)
        .post("/targets/{id}/project", project)
        .post("/targets/{id}/retire", retire)
        .post("/targets/{id}/restore", restore)
        .get("/enterprises/{id}/targets", of_enterprise)
}

#[derive(Template)]
#[template(path = "target/pages/form.html")]
struct FormPage<'a> {
    view: View,
    target: Option<Target>,
    enterprise: String,
    fields: Fields<'a>,
    tiers: Vec<Choice>,
    teams: Vec<Choice>,
    owners: Vec<Choice>,
}

async fn form_page(cx: &mut Cx, status: u16, target: Option<Target>, form: &Form) -> Result<Response> {
    let view = cx.view();
    let pairs = |list: Vec<(Id, String)>| list.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let enterprise = match &target {
        Some(target) => enterprise::brief(cx, target.enterprise_id).await?.name,
        None => String::new(),
    };
    let held = target.as_ref().map(Target::relation).unwrap_or_default();
    let page = FormPage {
        enterprise,
        fields: Fields::new(&view, form, "target"),
        tiers: tiers(&view),
        teams: pairs(responsible::teams(cx, held.team).await?),
        owners: pairs(responsible::owners(cx, &TARGET, held.owner).await?),
        target,
        view: view.clone(),
    };
    cx.page(status, page).await
}

fn read(form: &Form) -> NewTarget {
    let field = |name: &str| Loose(form.text(name));
    NewTarget {
        enterprise_id: field("enterprise_id"),
        round: field("round"),
        tier: field("tier"),
        team_id: field("team_id"),
        owner_id: field("owner_id"),
        note: field("note"),
    }
}

async fn new(mut cx: Cx) -> Result<Response> {
    cx.require(&TARGET)?;
    let asked = Form::decode(&cx.view().query);
    let mut form = Form::default().with("round", round_of(cx.today())).with("tier", "team");
    if let Some(team) = super::team_for(&cx, Tier::Team, None) {
        form = form.with("team_id", team.to_string());
    }
    if let Some(id) = asked.number("enterprise").map(Id) {
        form = form.with("enterprise_id", enterprise::brief(&mut cx, id).await?.reference);
    }
    form_page(&mut cx, 200, None, &form).await
}

async fn create(mut cx: Cx, form: Form) -> Result<Response> {
    match super::propose(&mut cx, read(&form), None).await {
        Ok(Held::New(id)) => {
            cx.see_other_saying(format!("/targets/{id}"), Flash::new("target-was-proposed", &[])).await
        }
        Ok(Held::Already(id)) => {
            cx.see_other_saying(format!("/targets/{id}"), Flash::new("target-is-there", &[])).await
        }
        Err(error) => {
            let (status, form) = form.refused(error, "enterprise_id")?;
            cx.undo().await?;
            form_page(&mut cx, status, None, &form).await
        }
    }
}

/// What one criterion gave when the target was chosen.
struct Told {
    name: String,
    value: String,
    fact: String,
    points: String,
    adds: String,
}

#[derive(Template)]
#[template(path = "target/pages/show.html")]
struct ShowPage<'a> {
    view: View,
    target: Target,
    enterprise: enterprise::Brief,
    owner: String,
    team: String,
    project: Option<(Id, String)>,
    chosen: Option<(Reasons, Vec<Told>, String)>,
    standings: Vec<Standing>,
    choices: Vec<Choice>,
    form: &'a Form,
    fields: Fields<'a>,
    timeline: Html,
    title: String,
    may_edit: bool,
}

impl ShowPage<'_> {
    fn standing(&self, standing: &str) -> String {
        self.view.t(&standing_key(standing))
    }

    fn tone(&self, standing: &str) -> &'static str {
        tone(standing)
    }
}

fn told(view: &View, reasons: &Reasons, reason: &Reason) -> Told {
    let named = reasons.names.get(&reason.key).filter(|name| !name.is_empty());
    Told {
        name: named.cloned().unwrap_or_else(|| words::measure(view, reason.measure)),
        value: reason
            .value
            .as_ref()
            .map_or_else(|| "–".to_owned(), |value: &Value| words::value(view, reason.measure, value)),
        fact: reason.fact.as_ref().map_or_else(
            || view.t("screening-not-known"),
            |fact| format!("{} · {}", words::source(&reasons.sources, &fact.source), view.date(fact.as_at)),
        ),
        points: words::points_short(reason.points),
        adds: words::share(view, reason.adds, reasons.full),
    }
}

async fn show_page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let target = super::get(cx, id).await?;
    let view = cx.view();
    let enterprise = enterprise::brief(cx, target.enterprise_id).await?;
    let owner = match target.owner_id {
        Some(owner) => identity::account::name(cx, owner).await?.unwrap_or_default(),
        None => String::new(),
    };
    let team = match target.team_id {
        Some(team) => identity::team::names(cx).await?.remove(&team).unwrap_or_default(),
        None => String::new(),
    };
    let project = match target.project_id {
        // A project out of the reader's reach is not named.
        Some(id) => match projects::project::get(cx, id).await {
            Ok(project) => Some((project.id, project.reference)),
            Err(Error::NotFound | Error::Forbidden(_)) => None,
            Err(other) => return Err(other),
        },
        None => None,
    };
    let chosen = target.reasons().map(|reasons| {
        let rows = reasons.ranked.reasons.iter().map(|reason| told(&view, &reasons, reason)).collect();
        let total = words::share(&view, reasons.ranked.total, reasons.full);
        (reasons, rows, total)
    });
    let entries = audit::read::history(cx, "target", id, None, 8).await?;
    let page = ShowPage {
        owner,
        team,
        project,
        chosen,
        standings: super::standings(cx, id).await?,
        choices: standing_choices(&view).into_iter().filter(|one| one.value != target.standing).collect(),
        fields: Fields::new(&view, form, "target"),
        form,
        timeline: ui::history::timeline(&view, &entries, "target"),
        title: view.t1("target-project-title", "name", &enterprise.name),
        may_edit: cx.may_on(&TARGET, target.relation()) && target.retired_at.is_none(),
        enterprise,
        target,
        view: view.clone(),
    };
    cx.page(status, page).await
}

/// The page of a target after one of its forms was refused, with what was typed there and what is wrong.
async fn refused(cx: &mut Cx, id: Id, form: Form, error: Error, main: &str) -> Result<Response> {
    let (status, form) = form.refused(error, main)?;
    cx.undo().await?;
    let form = if form.has("standing_on") { form } else { form.with("standing_on", cx.today().to_string()) };
    show_page(cx, status, id, &form).await
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let form = Form::default().with("standing_on", cx.today().to_string());
    show_page(&mut cx, 200, id, &form).await
}

async fn edit_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let target = super::get(&mut cx, id).await?;
    cx.require_on(&TARGET, target.relation())?;
    let held = |id: Option<Id>| id.map_or_else(String::new, |id| id.to_string());
    let form = Form::default()
        .with("version", target.version.to_string())
        .with("round", target.round.clone())
        .with("tier", target.tier().code())
        .with("team_id", held(target.team_id))
        .with("owner_id", held(target.owner_id))
        .with("note", target.note.clone().unwrap_or_default());
    form_page(&mut cx, 200, Some(target), &form).await
}

async fn edit(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::edit(&mut cx, id, version, read(&form)).await {
        Ok(_) => cx.see_other_saying(format!("/targets/{id}"), Flash::new("target-was-edited", &[])).await,
        // Somebody else changed it: what was typed can be saved over that once it has been looked at.
        Err(Error::Conflict(conflict)) if conflict.versions.is_some() => {
            cx.undo().await?;
            let target = super::get(&mut cx, id).await?;
            let pairs = form.pairs().iter().filter(|(name, _)| name != "version").cloned();
            let form = Form::new(pairs).with("version", target.version.to_string());
            let problems = Error::invalid("round", "record-changed-meanwhile");
            form_page(&mut cx, 409, Some(target), &form.refused(problems, "round")?.1).await
        }
        Err(error) => {
            let (status, form) = form.refused(error, "round")?;
            cx.undo().await?;
            let target = super::get(&mut cx, id).await?;
            form_page(&mut cx, status, Some(target), &form).await
        }
    }
}

async fn stand(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let (standing, on) = (form.value("standing"), form.value("standing_on"));
    match super::stand(&mut cx, id, standing, on, form.value("standing_note")).await {
        Ok(_) => cx.see_other_saying(format!("/targets/{id}"), Flash::new("target-was-edited", &[])).await,
        Err(error) => refused(&mut cx, id, form, error, "standing").await,
    }
}

async fn project(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::start_project(&mut cx, id, form.value("title")).await {
        Ok(project) => {
            cx.see_other_saying(format!("/projects/{project}"), Flash::new("target-project-was-started", &[])).await
        }
        Err(error) => refused(&mut cx, id, form, error, "title").await,
    }
}

#[derive(Template)]
#[template(path = "target/pages/history.html")]
struct HistoryPage {
    view: View,
    target: Target,
    timeline: Html,
    next: Option<String>,
}

async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let target = super::get(&mut cx, id).await?;
    let view = cx.view();
    let before = Form::decode(&view.query).number("before").map(Id);
    let entries = audit::read::history(&mut cx, "target", id, before, 50).await?;
    let next = entries.last().filter(|_| entries.len() == 50).map(|last| format!("?before={}", last.id));
    let timeline = ui::history::timeline(&view, &entries, "target");
    cx.page(200, HistoryPage { target, timeline, next, view }).await
}

async fn retire(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::retire(&mut cx, id, Some(form.value("reason"))).await {
        Ok(_) => {
            let said = Flash::new("target-was-retired", &[]).with_undo(format!("/targets/{id}/restore"));
            cx.see_other_saying("/targets", said).await
        }
        Err(error) => refused(&mut cx, id, form, error, "reason").await,
    }
}

async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::retire(&mut cx, id, None).await?;
    cx.see_other_saying(format!("/targets/{id}"), Flash::new("target-was-restored", &[])).await
}

#[derive(Template)]
#[template(path = "target/pages/of-enterprise.html")]
struct OfEnterprisePage {
    view: View,
    heading: Html,
    id: Id,
    targets: Vec<Listed>,
    may_edit: bool,
}

impl OfEnterprisePage {
    fn standing(&self, standing: &str) -> Html {
        Html(format!(
            "<span class=\"badge {}\">{}</span>",
            tone(standing),
            Html::escape(&self.view.t(&standing_key(standing)))
        ))
    }
}

async fn of_enterprise(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = enterprise::get(&mut cx, id).await?;
    let filter = Filter { enterprise: Some(held.id), ..Filter::default() };
    let page = list_page(&mut cx, &filter, 100).await?;
    let view = cx.view();
    let template = OfEnterprisePage {
        heading: enterprise::pages::heading(&mut cx, &held, "targets").await?,
        id: held.id,
        targets: page.rows,
        may_edit: cx.may(&TARGET) && held.retired_at.is_none(),
        view,
    };
    cx.page(200, template).await
}
