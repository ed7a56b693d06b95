//! Pages for administrators: accounts, their roles and teams.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::audit;
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::permission::Role;
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::lists::{self, Column, Row, Shown, Total};
use ui::{Choice, Fields};

use super::list::{self, Filter, Listed, ORDERS, State};
use super::{Account, Edit, NewAccount};
use crate::key::Key;
use crate::session::Session;
use crate::{body, team};

const LIMIT: i64 = 50;
use crate::stale::refused;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/accounts", index)
        .get("/admin/accounts/new", new)
        .post("/admin/accounts", invite)
        .get("/admin/accounts/{id}", edit_page)
        .post("/admin/accounts/{id}", edit)
        .post("/admin/accounts/{id}/reset", reset)
        .post("/admin/accounts/{id}/end", end)
        .post("/admin/accounts/{id}/restore", restore)
}

#[derive(Template)]
#[template(path = "account/pages/list.html")]
struct ListPage<'a> {
    view: View,
    bar: Html,
    fields: Fields<'a>,
    kept: Html,
    roles: Vec<Choice>,
    teams: Vec<Choice>,
    bodies: Vec<Choice>,
    states: Vec<Choice>,
    chips: Html,
    chooser: Html,
    sorts: Html,
    table: Html,
    foot: Html,
    empty: bool,
}

const COLUMNS: &[Column] = &[
    Column::usual("name", "account-name"),
    Column::usual("email", "account-email"),
    Column::usual("roles", "account-roles"),
    Column::usual("teams", "account-teams"),
    Column::further("body", "account-body"),
    Column::usual("state", "account-state"),
    Column::further("codes", "account-codes-heading"),
    Column::usual("created", "account-created"),
];

fn role_choices(view: &View) -> Vec<Choice> {
    Role::ALL.iter().map(|role| Choice::new(role.code(), view.t(role.key()))).collect()
}

fn chosen(options: Vec<(Id, String)>) -> Vec<Choice> {
    options.into_iter().map(|(id, name)| Choice::new(id, name)).collect()
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let filter = Filter::read(&form);
    let page = list::page(&mut cx, &filter, LIMIT).await?;
    let total = list::total(&mut cx, &filter, Total::asked(&form)).await?;
    let teams = team::names(&mut cx).await?;
    let bodies = body::options(&mut cx).await?;
    let shown = Shown::read(&form, COLUMNS);
    let mut set: Vec<(&str, String)> = Vec::new();
    if let Some(typed) = &filter.q {
        set.push(("q", view.quoted(typed)));
    }
    if let Some(role) = filter.role {
        set.push(("role", view.t(role.key())));
    }
    if let Some(team) = filter.team {
        set.push(("team", teams.get(&team).cloned().unwrap_or_default()));
    }
    if let Some(id) = filter.body {
        let name = bodies.iter().find(|(body, _)| *body == id).map(|(_, name)| name.clone());
        set.push(("body", name.unwrap_or_else(|| id.to_string())));
    }
    if let Some(state) = filter.state {
        set.push(("state", view.t(state.key())));
    }
    let rows: Vec<Row> = page.rows.iter().map(|account| row(&view, &shown, account, &teams, &bodies)).collect();
    let mut team_choices: Vec<Choice> = teams.iter().map(|(id, name)| Choice::new(id, name.clone())).collect();
    team_choices.sort_by(|one, other| one.label.cmp(&other.label));
    let template = ListPage {
        bar: ui::administration::bar(&cx),
        fields: Fields::new(&view, &form, "account-list"),
        kept: lists::kept(&view, &["q", "role", "team", "body", "state"]),
        roles: role_choices(&view),
        teams: team_choices,
        bodies: chosen(bodies),
        states: State::ALL.iter().map(|state| Choice::new(state.code(), view.t(state.key()))).collect(),
        chips: lists::chips(&view, "account-list", &set),
        chooser: lists::chooser(&view, &shown),
        sorts: lists::sorts(&view, &shown, &filter.sort, ORDERS),
        table: lists::table(&view, &view.t("accounts-heading"), &shown, &filter.sort, ORDERS, &rows, false),
        foot: lists::foot(&view, &total, rows.len(), LIMIT, page.previous.as_deref(), page.next.as_deref()),
        empty: rows.is_empty(),
        view: view.clone(),
    };
    cx.page(200, template).await
}

fn row(view: &View, shown: &Shown, account: &Listed, teams: &HashMap<Id, String>, bodies: &[(Id, String)]) -> Row {
    let href = format!("/admin/accounts/{}", account.id);
    let plain = |text: &str| Html::escape(text);
    let cells = shown.cells(|column| match column {
        "name" => Html(format!("<a href=\"{href}\">{}</a>", Html::escape(&account.name))),
        "email" => plain(&account.email),
        "roles" => {
            let roles = account.roles.iter().filter_map(|code| Role::from_code(code));
            plain(&view.list(roles.map(|role| view.t(role.key()))))
        }
        "teams" => {
            let names: Vec<&str> = account.teams.iter().filter_map(|id| teams.get(id)).map(String::as_str).collect();
            plain(&view.list(names))
        }
        "body" => {
            let name = bodies.iter().find(|(id, _)| account.body_id == Some(*id)).map(|(_, name)| name.as_str());
            plain(name.unwrap_or("–"))
        }
        "codes" => plain(&view.t(if account.codes { "yes" } else { "no" })),
        "created" => view.moment(account.created_at),
        _ => {
            let (tone, key) = match account.state {
                "ended" => ("", "account-state-ended"),
                "invited" => ("attention", "account-state-invited"),
                _ => ("good", "account-state-active"),
            };
            Html(format!("<span class=\"badge {tone}\">{}</span>", Html::escape(&view.t(key))))
        }
    });
    Row { id: account.id.to_string(), edit: href.clone(), href: href.clone(), label: account.name.clone(), cells }
}

#[derive(Template)]
#[template(path = "account/pages/form.html")]
struct FormPage<'a> {
    view: View,
    bar: Html,
    account: Option<Account>,
    fields: Fields<'a>,
    roles: Vec<Choice>,
    teams: Vec<Choice>,
    bodies: Vec<Choice>,
    link: Option<String>,
    sessions: Vec<Session>,
    keys: Vec<Key>,
    timeline: Html,
}

async fn form_page(
    cx: &mut Cx,
    status: u16,
    account: Option<Account>,
    form: &Form,
    link: Option<String>,
) -> Result<Response> {
    let view = cx.view();
    let mut reader = Cx::reading(cx.house.clone(), cx.actor.clone(), cx.way, cx.language);
    let teams = team::options(&mut reader).await?;
    let bodies = body::options(&mut reader).await?;
    let (mut sessions, mut keys, mut timeline) = (Vec::new(), Vec::new(), Html::default());
    if let Some(account) = &account {
        sessions = crate::session::of_account(&mut reader, account.id).await?;
        keys = crate::key::of_account(&mut reader, account.id).await?;
        let entries = audit::read::history(&mut reader, "account", account.id, None, 20).await?;
        timeline = ui::history::timeline(&view, &entries, "account");
    }
    reader.commit().await?;
    let page = FormPage {
        bar: ui::administration::bar(cx),
        account,
        fields: Fields::new(&view, form, "account"),
        roles: role_choices(&view),
        teams: chosen(teams),
        bodies: chosen(bodies),
        link,
        sessions,
        keys,
        timeline,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn new(mut cx: Cx) -> Result<Response> {
    cx.require(&crate::ADMINISTER)?;
    form_page(&mut cx, 200, None, &Form::default().with("roles", "officer"), None).await
}

fn roles(form: &Form) -> Vec<Role> {
    form.values("roles").into_iter().filter_map(Role::from_code).collect()
}

fn teams(form: &Form) -> Vec<Id> {
    form.values("teams").into_iter().filter_map(|text| text.parse().ok()).collect()
}

fn filled(account: &Account, teams: &[Id]) -> Form {
    let mut form = Form::default()
        .with("version", account.version.to_string())
        .with("name", &account.name)
        .with("email", &account.email);
    for role in account.roles() {
        form = form.with("roles", role.code());
    }
    for team in teams {
        form = form.with("teams", team.to_string());
    }
    form.with("body", account.body_id.map(|id| id.to_string()).unwrap_or_default())
}

async fn invite(mut cx: Cx, form: Form) -> Result<Response> {
    let new = NewAccount {
        email: form.text("email"),
        name: form.text("name"),
        roles: roles(&form),
        teams: teams(&form),
        body: form.value("body").parse().ok(),
    };
    match super::invite(&mut cx, new).await {
        Ok((account, link)) => {
            cx.commit().await?;
            let form = filled(&account, &teams(&form));
            form_page(&mut cx, 200, Some(account), &form, Some(link)).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            form_page(&mut cx, 422, None, &form.with_problems(problems), None).await
        }
        Err(error) => Err(error),
    }
}

async fn edit_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let (account, teams) = super::get(&mut cx, id).await?;
    let form = filled(&account, &teams);
    form_page(&mut cx, 200, Some(account), &form, None).await
}

async fn edit(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let body = form.value("body").parse().ok();
    let edit = Edit { name: form.text("name"), roles: roles(&form), teams: teams(&form), body };
    match super::edit(&mut cx, id, form.number("version").unwrap_or_default(), edit).await {
        Ok(()) => cx.see_other_saying("/admin/accounts", Flash::new("account-saved", &[])).await,
        Err(error) => {
            let (status, form) = refused(&mut cx, error, form).await?;
            let (account, _) = super::get(&mut cx, id).await?;
            form_page(&mut cx, status, Some(account), &form, None).await
        }
    }
}

async fn reset(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let link = super::reset(&mut cx, id).await?;
    let (account, teams) = super::get(&mut cx, id).await?;
    cx.commit().await?;
    let form = filled(&account, &teams);
    form_page(&mut cx, 200, Some(account), &form, Some(link)).await
}

async fn end(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::end(&mut cx, id, form.value("reason")).await {
        Ok(()) => cx.see_other_saying("/admin/accounts", Flash::new("account-ended", &[])).await,
        Err(Error::Invalid(problems)) => {
            let (account, held) = super::get(&mut cx, id).await?;
            cx.undo().await?;
            let form = filled(&account, &held).with_problems(problems);
            form_page(&mut cx, 422, Some(account), &form, None).await
        }
        Err(error) => Err(error),
    }
}

async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::restore(&mut cx, id).await?;
    cx.see_other_saying("/admin/accounts", Flash::new("account-restored", &[])).await
}
