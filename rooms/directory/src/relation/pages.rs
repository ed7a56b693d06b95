//! The tab of relations.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Id, Result, format};
use ui::{Choice, Fields};

use super::{Filter, GivenRelation, ROLES, Relation, role_key, role_of};
use crate::EDIT;
use crate::enterprise;
use crate::entry::{self, Against, Entry, choose_enterprise, written};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/{id}/relations", index)
        .post("/enterprises/{id}/relations", relate)
        .get("/enterprises/{id}/relations/new", new)
        .get("/enterprises/{id}/relations/{relation}/edit", edit)
        .post("/enterprises/{id}/relations/{relation}", correct)
        .post("/enterprises/{id}/relations/{relation}/withdraw", withdraw)
}

fn roles(view: &View) -> Vec<Choice> {
    ROLES.iter().map(|role| Choice::new(*role, view.t(&role_key(role)))).collect()
}

#[derive(Template)]
#[template(path = "relation/pages/relations.html")]
struct RelationsPage<'a> {
    view: View,
    heading: Html,
    id: Id,
    relations: Vec<Relation>,
    fields: Fields<'a>,
    roles: Vec<Choice>,
    chips: Html,
    paging: Html,
    filtered: bool,
    may_edit: bool,
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = enterprise::get(&mut cx, id).await?;
    let view = cx.view();
    let form = Form::decode(&view.query);
    let role = form.optional("role").filter(|role| ROLES.contains(&role.as_str()));
    let filter = Filter { role, after: form.optional("after"), before: form.optional("before") };
    let page = super::page(&mut cx, held.id, &filter, 50).await?;
    let total = super::total(&mut cx, held.id, &filter).await?;
    let set: Vec<(&str, String)> = filter.role.iter().map(|role| ("role", view.t(&role_key(role)))).collect();
    let page = RelationsPage {
        heading: enterprise::pages::heading(&mut cx, &held, "relations").await?,
        id: held.id,
        chips: ui::lists::chips(&view, "relation", &set),
        paging: ui::lists::paging(&view, &total, page.previous.as_deref(), page.next.as_deref()),
        relations: page.relations,
        fields: Fields::new(&view, &form, "relation"),
        roles: roles(&view),
        filtered: filter.role.is_some(),
        may_edit: cx.may_on(&EDIT, held.relation()) && held.retired_at.is_none(),
        view: view.clone(),
    };
    cx.page(200, page).await
}

async fn form_page(
    cx: &mut Cx,
    status: u16,
    id: Id,
    relation: Option<(Id, String)>,
    form: Form,
    against: Against,
) -> Result<Response> {
    let (held, _) = enterprise::to_edit(cx, id).await?;
    let view = cx.view();
    let fields = Fields::new(&view, &form, "relation");
    let at = format!("/enterprises/{}/relations", held.id);
    let other = match &relation {
        // Who the other is stays; another one is another relation.
        Some((_, name)) => Html(format!("<p><strong>{}</strong></p>", Html::escape(name))),
        None => choose_enterprise(cx, &fields, &form, "other").await?,
    };
    let parts = vec![
        fields.hidden("version"),
        other,
        fields.select("role", &roles(&view), false),
        fields.optional_short("share"),
        fields.text("source"),
        fields.optional_day("valid_from"),
        fields.optional_day("valid_to"),
    ];
    let known = relation.as_ref().map(|(relation, _)| *relation);
    let entry = Entry {
        heading: enterprise::pages::heading(cx, &held, "relations").await?,
        title: if known.is_some() { "relation-correct" } else { "relation-add" },
        fields: parts,
        action: known.map_or_else(|| at.clone(), |relation| format!("{at}/{relation}")),
        button: if known.is_some() { "save" } else { "relation-add" },
        withdraw: known.map(|relation| (format!("{at}/{relation}/withdraw"), "relation-withdraw")),
        back: at,
    };
    entry::page(cx, status, fields.summary(), entry, against).await
}

fn given(form: &Form) -> GivenRelation {
    GivenRelation {
        other: Loose(form.text("other")),
        role: form.text("role"),
        share: Loose(form.text("share")),
        source: form.text("source"),
        valid_from: Loose(form.text("valid_from")),
        valid_to: Loose(form.text("valid_to")),
    }
}

async fn new(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    form_page(&mut cx, 200, id, None, Form::default(), Against::default()).await
}

async fn relate(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::relate(&mut cx, id, given(&form)).await {
        Ok(_) => said(&mut cx, id, "relation-added").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "relation").await?;
            form_page(&mut cx, status, id, None, form, against).await
        }
    }
}

async fn edit(mut cx: Cx, Path((id, relation)): Path<(Id, Id)>) -> Result<Response> {
    let (_, _, kept, other, outward) = super::to_edit(&mut cx, id, relation).await?;
    let form = Form::default()
        .with("version", kept.version.to_string())
        .with("role", role_of(&kept.kind, outward))
        .with("share", kept.share.map(|share| format::scaled_short(share, 2)).unwrap_or_default())
        .with("source", kept.source)
        .with("valid_from", written(kept.valid_from))
        .with("valid_to", written(kept.valid_to));
    form_page(&mut cx, 200, id, Some((relation, other.name)), form, Against::default()).await
}

async fn correct(mut cx: Cx, Path((id, relation)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::correct(&mut cx, id, relation, version, given(&form)).await {
        Ok(_) => said(&mut cx, id, "enterprise-saved").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "relation").await?;
            let (.., other, _) = super::to_edit(&mut cx, id, relation).await?;
            form_page(&mut cx, status, id, Some((relation, other.name)), form, against).await
        }
    }
}

async fn withdraw(mut cx: Cx, Path((id, relation)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    super::withdraw(&mut cx, id, relation, form.value("reason")).await?;
    said(&mut cx, id, "relation-withdrawn").await
}

async fn said(cx: &mut Cx, id: Id, key: &str) -> Result<Response> {
    cx.see_other_saying(format!("/enterprises/{id}/relations"), Flash::new(key, &[])).await
}
