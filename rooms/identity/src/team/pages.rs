//! Pages of teams for administrators: their names, their days, who belongs to them.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::audit;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Id, Result};
use ui::{Choice, Fields};

use super::{Filled, Team};
use crate::stale::refused;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/teams", index)
        .get("/admin/teams/new", new)
        .post("/admin/teams", make)
        .get("/admin/teams/{id}", edit_page)
        .post("/admin/teams/{id}", edit)
        .post("/admin/teams/{id}/members", join)
        .post("/admin/teams/{id}/members/{account}/leave", leave)
}

#[derive(Template)]
#[template(path = "team/pages/list.html")]
struct ListPage {
    view: View,
    bar: Html,
    teams: Vec<(Team, i64)>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let teams = super::all(&mut cx).await?;
    let page = ListPage { bar: ui::administration::bar(&cx), view: cx.view(), teams };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "team/pages/form.html")]
struct FormPage<'a> {
    view: View,
    bar: Html,
    team: Option<Team>,
    fields: Fields<'a>,
    members: Vec<(Id, String, String)>,
    others: Vec<Choice>,
    /// Who was to join, where that was refused.
    joining: String,
    timeline: Html,
}

/// The fields of a team as they stand.
fn held(team: &Team) -> Form {
    Form::default()
        .with("version", team.version.to_string())
        .with("name_en", &team.name_en)
        .with("name_zh_hant", &team.name_zh_hant)
        .with("name_zh_hans", &team.name_zh_hans)
        .with("ended_on", team.ended_on.map(|day| day.to_string()).unwrap_or_default())
}

async fn form_page(cx: &mut Cx, status: u16, team: Option<Team>, form: &Form) -> Result<Response> {
    let view = cx.view();
    let (mut members, mut others, mut timeline) = (Vec::new(), Vec::new(), Html::default());
    if let Some(team) = &team {
        members = super::members(cx, team.id).await?;
        let options = crate::account::options(cx).await?.into_iter();
        others = options
            .filter(|(id, _)| !members.iter().any(|(member, ..)| member == id))
            .map(|(id, name)| Choice::new(id, name))
            .collect();
        let entries = audit::read::history(cx, "team", team.id, None, 20).await?;
        timeline = ui::history::timeline(&view, &entries, "team");
    }
    let page = FormPage {
        bar: ui::administration::bar(cx),
        team,
        fields: Fields::new(&view, form, "team"),
        members,
        others,
        joining: form.text("account"),
        timeline,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn new(mut cx: Cx) -> Result<Response> {
    cx.require(&crate::ADMINISTER)?;
    form_page(&mut cx, 200, None, &Form::default()).await
}

fn filled(form: &Form) -> Filled {
    let loose = |name: &str| Loose(form.text(name));
    Filled {
        code: loose("code"),
        name_en: loose("name_en"),
        name_zh_hant: loose("name_zh_hant"),
        name_zh_hans: loose("name_zh_hans"),
        ended_on: loose("ended_on"),
    }
}

async fn make(mut cx: Cx, form: Form) -> Result<Response> {
    match super::make(&mut cx, filled(&form)).await {
        Ok(team) => cx.see_other_saying(format!("/admin/teams/{}", team.id), Flash::new("team-was-saved", &[])).await,
        Err(error) => {
            let (status, form) = refused(&mut cx, error, form).await?;
            form_page(&mut cx, status, None, &form).await
        }
    }
}

async fn edit_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let team = super::get(&mut cx, id).await?;
    let form = held(&team);
    form_page(&mut cx, 200, Some(team), &form).await
}

async fn edit(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::change(&mut cx, id, version, filled(&form)).await {
        Ok(_) => cx.see_other_saying("/admin/teams", Flash::new("team-was-saved", &[])).await,
        Err(error) => {
            let (status, form) = refused(&mut cx, error, form).await?;
            let team = super::get(&mut cx, id).await?;
            form_page(&mut cx, status, Some(team), &form).await
        }
    }
}

async fn join(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::join(&mut cx, id, form.value("account")).await {
        Ok(()) => cx.see_other_saying(format!("/admin/teams/{id}"), Flash::new("team-was-joined", &[])).await,
        Err(error) => {
            let (status, form) = form.refused(error, "account")?;
            cx.undo().await?;
            let team = super::get(&mut cx, id).await?;
            let form = held(&team).with("account", form.value("account")).with_problems(form.problems().clone());
            form_page(&mut cx, status, Some(team), &form).await
        }
    }
}

async fn leave(mut cx: Cx, Path((id, account)): Path<(Id, Id)>) -> Result<Response> {
    super::set_member(&mut cx, id, account, false).await?;
    cx.see_other_saying(format!("/admin/teams/{id}"), Flash::new("team-was-left", &[])).await
}
