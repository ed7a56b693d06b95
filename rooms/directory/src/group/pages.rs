//! The tab of the group: its tree, and the parent.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Problems, Result};
use ui::Fields;

use super::Group;
use crate::EDIT;
use crate::enterprise;
use crate::entry::{self, Against, Entry, choose_enterprise};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/{id}/group", index)
        .get("/enterprises/{id}/group/parent", edit)
        .post("/enterprises/{id}/group/parent", set)
}

#[derive(Template)]
#[template(path = "group/pages/group.html")]
struct GroupPage {
    view: View,
    heading: Html,
    id: Id,
    tree: Html,
    group: Group,
    has_parent: bool,
    may_edit: bool,
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = enterprise::get(&mut cx, id).await?;
    let view = cx.view();
    let group = super::of(&mut cx, &held).await?;
    let page = GroupPage {
        heading: enterprise::pages::heading(&mut cx, &held, "group").await?,
        id: held.id,
        tree: tree(&view, &group, held.id),
        has_parent: super::parent(&mut cx, &held).await?.is_some(),
        may_edit: cx.may_on(&EDIT, held.relation()) && held.retired_at.is_none(),
        group,
        view,
    };
    cx.page(200, page).await
}

/// The tree as lists within lists, so that a screen reader tells the levels too.
fn tree(view: &View, group: &Group, here: Id) -> Html {
    let mut html = String::new();
    let mut open = 0_u32;
    for (place, member) in group.members.iter().enumerate() {
        let level = member.depth + 1;
        while open > level {
            html.push_str("</li></ul>");
            open -= 1;
        }
        if open == level && place > 0 {
            html.push_str("</li>");
        }
        while open < level {
            html.push_str("<ul class=\"tree\">");
            open += 1;
        }
        let name = Html::escape(&member.name);
        let second = member
            .second_name
            .as_ref()
            .map(|second| format!(" <span class=\"second\">{}</span>", Html::escape(second)))
            .unwrap_or_default();
        let current = if member.id == here { " aria-current=\"true\"" } else { "" };
        html.push_str(&format!(
            "<li><a href=\"/enterprises/{}/group\" lang=\"{}\"{current}>{name}</a>{second} <span class=\"muted\">{}</span>",
            member.id,
            Html::escape(&member.name_language),
            view.unbroken(&member.reference)
        ));
    }
    while open > 0 {
        html.push_str("</li></ul>");
        open -= 1;
    }
    Html(html)
}

async fn form_page(cx: &mut Cx, status: u16, id: Id, form: Form, against: Against) -> Result<Response> {
    let (held, _) = enterprise::to_edit(cx, id).await?;
    let view = cx.view();
    let fields = Fields::new(&view, &form, "group");
    let back = format!("/enterprises/{}/group", held.id);
    let parts = vec![fields.hidden("version"), choose_enterprise(cx, &fields, &form, "parent_id").await?];
    let entry = Entry {
        heading: enterprise::pages::heading(cx, &held, "group").await?,
        title: "group-set-parent",
        fields: parts,
        action: format!("{back}/parent"),
        button: "save",
        withdraw: None,
        back,
    };
    entry::page(cx, status, fields.summary(), entry, against).await
}

async fn edit(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let (held, _) = enterprise::to_edit(&mut cx, id).await?;
    let parent = super::parent(&mut cx, &held).await?;
    let form = Form::default()
        .with("version", held.version.to_string())
        .with("parent_id", parent.map(|parent| parent.reference).unwrap_or_default());
    form_page(&mut cx, 200, id, form, Against::default()).await
}

async fn set(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match set_parent(&mut cx, id, &form).await {
        Ok(()) => cx.see_other_saying(format!("/enterprises/{id}/group"), Flash::new("enterprise-saved", &[])).await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "enterprise").await?;
            form_page(&mut cx, status, id, form, against).await
        }
    }
}

async fn set_parent(cx: &mut Cx, id: Id, form: &Form) -> Result<()> {
    let mut problems = Problems::default();
    let typed = Loose(form.text("parent_id"));
    let parent = match typed.get() {
        None => None,
        Some(_) => enterprise::chosen(cx, &mut problems, "parent_id", &typed).await?,
    };
    problems.into_result()?;
    let version = form.number("version").ok_or(Error::NotFound)?;
    let fields = BTreeMap::from([("parent_id".to_owned(), parent.map(|parent| parent.id.to_string()))]);
    enterprise::edit(cx, id, version, fields).await.map(drop)
}
