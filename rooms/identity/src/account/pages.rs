//! Pages for administrators: accounts, their roles and teams.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, View};
use platform::permission::Role;
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::{Choice, Fields};

use super::{Account, Edit, NewAccount};
use crate::team;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/accounts", list)
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
struct ListPage {
    view: View,
    accounts: Vec<Account>,
}

async fn list(mut cx: Cx) -> Result<Response> {
    let accounts = super::all(&mut cx).await?;
    let page = ListPage { view: cx.view(), accounts };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "account/pages/form.html")]
struct FormPage<'a> {
    view: View,
    account: Option<Account>,
    fields: Fields<'a>,
    roles: Vec<Choice>,
    teams: Vec<Choice>,
    link: Option<String>,
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
    reader.commit().await?;
    let page = FormPage {
        view: view.clone(),
        account,
        fields: Fields::new(&view, form, "account"),
        roles: Role::ALL.iter().map(|role| Choice::new(role.code(), view.t(role.key()))).collect(),
        teams: teams.into_iter().map(|(id, name)| Choice::new(id, name)).collect(),
        link,
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
    let mut form = Form::default().with("name", &account.name).with("email", &account.email);
    for role in account.roles() {
        form = form.with("roles", role.code());
    }
    for team in teams {
        form = form.with("teams", team.to_string());
    }
    form
}

async fn invite(mut cx: Cx, form: Form) -> Result<Response> {
    let new =
        NewAccount { email: form.text("email"), name: form.text("name"), roles: roles(&form), teams: teams(&form) };
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
    let edit = Edit { name: form.text("name"), roles: roles(&form), teams: teams(&form) };
    match super::edit(&mut cx, id, edit).await {
        Ok(()) => cx.see_other_saying("/admin/accounts", Flash::new("account-saved", &[])).await,
        Err(Error::Invalid(problems)) => {
            let (account, _) = super::get(&mut cx, id).await?;
            cx.undo().await?;
            form_page(&mut cx, 422, Some(account), &form.with_problems(problems), None).await
        }
        Err(error) => Err(error),
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
