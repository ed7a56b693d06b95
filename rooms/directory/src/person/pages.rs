//! People: the list of all, the tab of an enterprise, and the page of one person.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::{Form, Loose};
use platform::own_field::{self, Own};
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Problem, Result};
use ui::{Fields, own_fields};

use super::consent::{self, Consent};
use super::contact::{self, Reach};
use super::list::{self, Filter, Listed};
use super::post::{self, Post};
use super::{FIELDS, NewPerson, Person, SUBJECT, history};
use crate::enterprise::{self, Enterprise};
use crate::entry::{self, Against, Entry, choose_enterprise};
use crate::{CONTACT, EDIT};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/people", index)
        .get("/people/{id}", show)
        .get("/people/{id}/edit", edit_page)
        .post("/people/{id}", edit)
        .get("/people/{id}/move", move_page)
        .post("/people/{id}/move", move_to)
        .post("/people/{id}/retire", retire)
        .post("/people/{id}/restore", restore)
        .get("/enterprises/{id}/people", of_enterprise)
        .get("/enterprises/{id}/people/new", new)
        .post("/enterprises/{id}/people", add)
        .merge(post::pages::routes())
        .merge(contact::pages::routes())
        .merge(consent::pages::routes())
}

#[derive(Template)]
#[template(path = "person/pages/list.html")]
struct ListPage<'a> {
    view: View,
    /// The heading of the enterprise, where the list is its tab.
    heading: Option<Html>,
    enterprise: Option<Id>,
    people: Vec<Listed>,
    fields: Fields<'a>,
    chips: Html,
    paging: Html,
    /// Filters by fields of the office's own, and whether one is set.
    own: Html,
    narrowed: bool,
    retired: bool,
    filtered: bool,
    may_edit: bool,
    export: String,
}

async fn list_page(cx: &mut Cx, held: Option<&Enterprise>) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let asked = Filter::asked(cx, &form);
    let own = asked.as_ref().map(|filter| filter.own.clone()).unwrap_or_default();
    let (form, known) = form.narrowed(asked)?;
    let mut filter = Filter { own, ..Filter::read(&form) };
    if let Some(held) = held {
        filter.enterprise = Some(held.id);
    }
    let page = if known { list::page(cx, &filter, 50).await? } else { list::ListPage::default() };
    let total = if known { list::total(cx, &filter).await? } else { ui::lists::Total::Exactly(0) };
    let mut set: Vec<(&str, String)> = Vec::new();
    if let Some(typed) = &filter.q {
        set.push(("q", view.quoted(typed)));
    }
    set.extend(own_fields::set(cx, &view, SUBJECT, &filter.own));
    if filter.retired {
        set.push(("retired", view.t("people-retired")));
    }
    let heading = match held {
        Some(held) => Some(enterprise::pages::heading(cx, held, "people").await?),
        None => None,
    };
    let export = match held {
        Some(held) => format!("enterprise={}&{}", held.id, view.query),
        None => view.query.clone(),
    };
    let fields = Fields::new(&view, &form, "people");
    let page = ListPage {
        own: own_fields::filters(cx, &view, &fields, &own_fields::filterable(&own_field::visible(cx, SUBJECT))),
        narrowed: !filter.own.is_empty(),
        heading,
        enterprise: held.map(|held| held.id),
        people: page.people,
        fields,
        filtered: !set.is_empty(),
        chips: ui::lists::chips(&view, "people", &set),
        paging: ui::lists::paging(&view, &total, page.previous.as_deref(), page.next.as_deref()),
        retired: filter.retired,
        may_edit: held
            .map_or_else(|| cx.may(&EDIT), |held| cx.may_on(&EDIT, held.relation()) && held.retired_at.is_none()),
        export,
        view: view.clone(),
    };
    cx.page(if known { 200 } else { 422 }, page).await
}

async fn index(mut cx: Cx) -> Result<Response> {
    list_page(&mut cx, None).await
}

async fn of_enterprise(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = enterprise::get(&mut cx, id).await?;
    list_page(&mut cx, Some(&held)).await
}

/// A person's name, with the enterprise they are with above it.
pub(super) async fn heading(cx: &mut Cx, person: &Person, held: &Enterprise) -> Result<Html> {
    let heading = Heading { view: cx.view(), person: person.clone(), held: held.clone() };
    heading.render().map(Html).map_err(|error| Error::Unexpected(Box::new(error)))
}

#[derive(Template)]
#[template(path = "person/pages/heading.html")]
struct Heading {
    view: View,
    person: Person,
    held: Enterprise,
}

#[derive(Template)]
#[template(path = "person/pages/show.html")]
struct ShowPage {
    view: View,
    heading: Html,
    person: Person,
    own: Vec<(String, String)>,
    posts: Vec<Post>,
    reach: Reach,
    consents: Vec<Consent>,
    timeline: Html,
    may_edit: bool,
    may_reach: bool,
    may_restore: bool,
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let (person, held) = super::get(&mut cx, id).await?;
    let view = cx.view();
    let entries = history::latest(&mut cx, id, 20).await?;
    let may = cx.may_on(&EDIT, held.relation()) && held.retired_at.is_none();
    let page = ShowPage {
        heading: heading(&mut cx, &person, &held).await?,
        own: own_fields::facts(&cx, &view, SUBJECT, &person.own),
        posts: post::of(&mut cx, id).await?,
        reach: contact::of(&mut cx, id).await?,
        consents: consent::of(&mut cx, id).await?,
        timeline: ui::history::timeline(&view, &entries, "person"),
        may_edit: may && person.retired_at.is_none(),
        may_reach: may && person.retired_at.is_none() && cx.may(&CONTACT),
        may_restore: may && person.retired_at.is_some(),
        person,
        view,
    };
    cx.page(200, page).await
}

fn given(cx: &Cx, form: &Form) -> NewPerson {
    NewPerson {
        name: form.text("name"),
        second_name: form.text("second_name"),
        post: form.text("post"),
        post_from: form.text("post_from"),
        languages: form.text("languages"),
        email: form.text("email"),
        telephone: form.text("telephone"),
        wechat: form.text("wechat"),
        contacts: Vec::new(),
        consent_on: form.text("consent_on"),
        consent_how: form.text("consent_how"),
        consent_purpose: form.text("consent_purpose"),
        own: own_fields::given(cx, form, SUBJECT),
        distinct_from_resembling: !form.value("distinct").is_empty(),
    }
}

#[derive(Template)]
#[template(path = "person/pages/new.html")]
struct NewPage<'a> {
    view: View,
    heading: Html,
    id: Id,
    fields: Fields<'a>,
    /// Fields of the office's own.
    own: Html,
    likely: Vec<Problem>,
}

async fn new_page(cx: &mut Cx, status: u16, id: Id, form: Form, likely: Vec<Problem>) -> Result<Response> {
    let (held, _) = enterprise::to_edit(cx, id).await?;
    let view = cx.view();
    let fields = Fields::new(&view, &form, "person");
    let page = NewPage {
        heading: enterprise::pages::heading(cx, &held, "people").await?,
        id: held.id,
        own: own_fields::inputs(cx, &view, &fields, SUBJECT, &Own::default()),
        fields,
        likely,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn new(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    new_page(&mut cx, 200, id, Form::default(), Vec::new()).await
}

async fn add(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let new = given(&cx, &form);
    match super::add(&mut cx, id, new).await {
        Ok(person) => {
            let said = Flash::new("person-was-added", &[("name", person.name)]);
            cx.see_other_saying(format!("/people/{}", person.id), said).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            new_page(&mut cx, 422, id, form.with_problems(problems), Vec::new()).await
        }
        Err(Error::Conflict(conflict)) if conflict.key == "person-resembles" => {
            cx.undo().await?;
            new_page(&mut cx, 409, id, form, conflict.reasons).await
        }
        Err(error) => Err(error),
    }
}

/// The page of a form about a person.
pub(super) async fn form_page(
    cx: &mut Cx,
    status: u16,
    person: Id,
    summary: Html,
    entry: Entry,
    against: Against,
) -> Result<Response> {
    let (person, held, _) = super::to_edit(cx, person).await?;
    let heading = heading(cx, &person, &held).await?;
    entry::page(cx, status, summary, Entry { heading, ..entry }, against).await
}

async fn edit_form(cx: &mut Cx, status: u16, id: Id, form: Form, against: Against) -> Result<Response> {
    let view = cx.view();
    let fields = Fields::new(&view, &form, "person");
    let (held, ..) = super::to_edit(cx, id).await?;
    let back = format!("/people/{id}");
    let entry = Entry {
        heading: Html::default(),
        title: "person-edit",
        fields: vec![
            fields.hidden("version"),
            fields.text("name"),
            fields.optional_text("second_name"),
            fields.optional_text("languages"),
            own_fields::inputs(cx, &view, &fields, SUBJECT, &held.own),
        ],
        action: back.clone(),
        button: "save",
        withdraw: Some((format!("{back}/retire"), "person-retire")),
        back,
    };
    form_page(cx, status, id, fields.summary(), entry, against).await
}

async fn edit_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let (person, ..) = super::to_edit(&mut cx, id).await?;
    let form = FIELDS.iter().fold(Form::default().with("version", person.version.to_string()), |form, field| {
        form.with(field, person.value(field).unwrap_or_default())
    });
    let form = own_fields::filled(&cx, form, SUBJECT, &person.own);
    edit_form(&mut cx, 200, id, form, Against::default()).await
}

async fn edit(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let fields: BTreeMap<String, Option<String>> = FIELDS
        .iter()
        .filter(|field| form.has(field))
        .map(|field| ((*field).to_owned(), form.optional(field)))
        .chain(own_fields::edited(&cx, &form, SUBJECT))
        .collect();
    match super::edit(&mut cx, id, form.number("version").unwrap_or_default(), fields).await {
        Ok(_) => said(&mut cx, id, "enterprise-saved").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "person").await?;
            edit_form(&mut cx, status, id, form, against).await
        }
    }
}

async fn move_form(cx: &mut Cx, status: u16, id: Id, form: Form, against: Against) -> Result<Response> {
    let view = cx.view();
    let fields = Fields::new(&view, &form, "person");
    let back = format!("/people/{id}");
    let entry = Entry {
        heading: Html::default(),
        title: "person-move",
        fields: vec![
            choose_enterprise(cx, &fields, &form, "enterprise").await?,
            fields.optional_text("post"),
            fields.optional_day("valid_from"),
        ],
        action: format!("{back}/move"),
        button: "person-move",
        withdraw: None,
        back,
    };
    form_page(cx, status, id, fields.summary(), entry, against).await
}

async fn move_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let form = Form::default().with("valid_from", cx.today().to_string());
    move_form(&mut cx, 200, id, form, Against::default()).await
}

async fn move_to(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let (to, from) = (Loose(form.text("enterprise")), Loose(form.text("valid_from")));
    match super::move_to(&mut cx, id, &to, form.value("post"), &from).await {
        Ok(_) => said(&mut cx, id, "person-was-moved").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "person").await?;
            move_form(&mut cx, status, id, form, against).await
        }
    }
}

async fn retire(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    super::retire(&mut cx, id, form.value("reason")).await?;
    said(&mut cx, id, "person-was-retired").await
}

async fn restore(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    super::restore(&mut cx, id, form.value("reason")).await?;
    said(&mut cx, id, "person-was-restored").await
}

pub(super) async fn said(cx: &mut Cx, id: Id, key: &str) -> Result<Response> {
    cx.see_other_saying(format!("/people/{id}"), Flash::new(key, &[])).await
}
