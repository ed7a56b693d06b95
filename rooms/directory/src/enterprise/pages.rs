//! Pages of enterprises.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use identity::responsible;
use platform::audit::{self, Entry};
use platform::forms::{Form, Loose};
use platform::order::Place;
use platform::own_field::Own;
use platform::pages::{Flash, Html, View};
use platform::permission::Tier;
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::{Choice, Fields, own_fields};

use super::{Enterprise, FIELDS, NewEnterprise, NewIdentifier, NewName, SUBJECT, correct};
use crate::entry::both_versions;
use crate::flag;
use crate::group;
use crate::identifier::{self, Identifier};
use crate::industry::{self, Industry};
use crate::measurement::{self, Measurement};
use crate::name::{self, Name};
use crate::resemblance::{self, Likely};
use crate::{EDIT, MERGE};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/new", new)
        .post("/enterprises", create)
        .get("/enterprises/suggest", suggest)
        .get("/enterprises/{id}", show)
        .get("/enterprises/{id}/history", history)
        .get("/enterprises/{id}/looks", looks)
        .get("/enterprises/{id}/edit", edit_page)
        .post("/enterprises/{id}", edit)
        .post("/enterprises/{id}/retire", retire)
        .post("/enterprises/{id}/restore", restore)
        .merge(super::list::pages::routes())
        .merge(super::merge::pages::routes())
}

/// The choices of a code list as it holds today, with the code that the record has in this field.
fn choices(cx: &Cx, list: &str, enterprise: Option<&Enterprise>, field: &str) -> Vec<Choice> {
    let held = enterprise.and_then(|held| held.value(field));
    Choice::codes(cx, list, cx.today(), held.as_deref())
}

fn tiers(view: &View) -> Vec<Choice> {
    Tier::ALL.iter().map(|tier| Choice::new(tier.code(), view.t(tier.key()))).collect()
}

async fn suggest(mut cx: Cx) -> Result<Response> {
    let form = Form::decode(&cx.view().query);
    let found = super::find(&mut cx, form.value("q"), 10).await?;
    cx.json(&found).await
}

#[derive(Template)]
#[template(path = "enterprise/pages/form.html")]
struct FormPage<'a> {
    view: View,
    enterprise: Option<Enterprise>,
    fields: Fields<'a>,
    /// Those it resembles, and as a list with reasons.
    likely: Vec<Id>,
    likely_list: Html,
    watch: Html,
    stale: Vec<(String, String, String)>,
    /// Where what a frozen release has counted is corrected, if one refused the form.
    corrections: Option<String>,
    industries: Vec<Choice>,
    origins: Vec<Choice>,
    incorporations: Vec<Choice>,
    headquarters: Vec<Choice>,
    registers: Vec<Choice>,
    exchanges: Vec<Choice>,
    chain: Vec<Choice>,
    kinds: Vec<Choice>,
    tiers: Vec<Choice>,
    teams: Vec<Choice>,
    owners: Vec<Choice>,
    /// Fields of the office's own.
    own: Html,
}

async fn form_page(
    cx: &mut Cx,
    status: u16,
    enterprise: Option<Enterprise>,
    form: &Form,
    likely: &[Likely],
    stale: Vec<(String, String, String)>,
) -> Result<Response> {
    let view = cx.view();
    let mut reader = Cx::reading(cx.house.clone(), cx.actor.clone(), cx.way, cx.language);
    let held = enterprise.as_ref().map(Enterprise::relation).unwrap_or_default();
    let teams = responsible::teams(&mut reader, held.team).await?;
    let owners = responsible::owners(&mut reader, &EDIT, held.owner).await?;
    reader.commit().await?;
    let chosen = |options: Vec<(Id, String)>| options.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let on = enterprise.as_ref();
    let fields = Fields::new(&view, form, "enterprise");
    let none = Own::default();
    let page = FormPage {
        watch: resemblance::pages::watch(&view, on.map(|held| held.id)),
        own: own_fields::inputs(cx, &view, &fields, SUBJECT, on.map_or(&none, |held| &held.own)),
        fields,
        likely: likely.iter().map(|one| one.enterprise.id).collect(),
        likely_list: resemblance::pages::likely_list(&view, likely)?,
        stale,
        industries: Choice::codes(cx, "industry", cx.today(), []),
        origins: choices(cx, "origin", on, "reporting_origin"),
        incorporations: choices(cx, "jurisdiction", on, "incorporation"),
        headquarters: choices(cx, "jurisdiction", on, "headquarters"),
        registers: Choice::codes(cx, "register", cx.today(), []),
        exchanges: Choice::codes(cx, "exchange", cx.today(), []),
        chain: choices(cx, "value_chain", on, "value_chain"),
        corrections: on.filter(|_| is_frozen(form)).map(|held| format!("/enterprises/{}/corrections/new", held.id)),
        kinds: vec![
            Choice::new("legal_entity", view.t("enterprise-kind-legal-entity")),
            Choice::new("group", view.t("enterprise-kind-group")),
        ],
        tiers: tiers(&view),
        teams: chosen(teams),
        owners: chosen(owners),
        enterprise,
        view: view.clone(),
    };
    cx.page(status, page).await
}

/// Whether a frozen release stood in the way of what a form asked for.
fn is_frozen(form: &Form) -> bool {
    form.problems().all().iter().any(|problem| problem.key == correct::FROZEN)
}

async fn new(mut cx: Cx) -> Result<Response> {
    cx.require(&EDIT)?;
    let form = Form::default().with("tier", "office").with("kind", "legal_entity");
    form_page(&mut cx, 200, None, &form, &[], Vec::new()).await
}

fn filled_in(cx: &Cx, form: &Form) -> NewEnterprise {
    let name = |field: &str, language: &str| NewName {
        name: form.text(field),
        language: language.to_owned(),
        kind: String::new(),
    };
    let loose = |field: &str| Loose(form.text(field));
    NewEnterprise {
        names: vec![
            name("name_en", "en"),
            name("name_zh_hant", "zh-Hant"),
            name("name_zh_hans", "zh-Hans"),
            name("name_other", ""),
        ],
        identifiers: vec![
            NewIdentifier { scheme: "lei".into(), register: String::new(), value: form.text("lei") },
            NewIdentifier {
                scheme: "registry".into(),
                register: form.text("registry"),
                value: form.text("registry_number"),
            },
            NewIdentifier {
                scheme: "listing".into(),
                register: form.text("exchange"),
                value: form.text("listing_code"),
            },
        ],
        industries: form.chosen("industries"),
        industries_from: Loose::default(),
        kind: loose("kind"),
        parent: loose("parent"),
        reporting_origin: loose("reporting_origin"),
        incorporation: loose("incorporation"),
        headquarters: loose("headquarters"),
        main_listing: loose("main_listing"),
        value_chain: loose("value_chain"),
        website: loose("website"),
        description: loose("description"),
        tier: loose("tier"),
        team_id: loose("team_id"),
        owner_id: loose("owner_id"),
        own: own_fields::given(cx, form, SUBJECT),
        by_columns: true,
        distinct_from_resembling: !form.value("distinct").is_empty(),
        distinct_from: form.values("distinct_from").iter().filter_map(|id| id.parse().ok()).collect(),
        of_held: false,
    }
}

async fn create(mut cx: Cx, form: Form) -> Result<Response> {
    let new = filled_in(&cx, &form);
    match super::register(&mut cx, new).await {
        Ok(enterprise) => {
            let said = Flash::new("enterprise-registered", &[("name", enterprise.name.clone())]);
            cx.see_other_saying(format!("/enterprises/{}", enterprise.id), said).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            form_page(&mut cx, 422, None, &form.with_problems(problems), &[], Vec::new()).await
        }
        Err(Error::Conflict(conflict)) if conflict.key == "enterprise-resembles" => {
            cx.undo().await?;
            let asked = resemblance::pages::asked(&cx, &form);
            let mut likely = resemblance::likely(&mut cx, &asked).await?;
            likely.retain(Likely::refuses);
            form_page(&mut cx, 409, None, &form, &likely, Vec::new()).await
        }
        Err(error) => Err(error),
    }
}

/// The heading and tabs of an enterprise, which other rooms draw above their own tab's content.
pub async fn heading(cx: &mut Cx, enterprise: &Enterprise, suffix: &str) -> Result<Html> {
    let view = cx.view();
    let owner = match enterprise.owner_id {
        Some(id) => identity::account::name(cx, id).await?,
        None => None,
    };
    let tabs = cx
        .house
        .tabs
        .iter()
        .filter(|tab| tab.of == "enterprise" && cx.may(tab.permission))
        .map(|tab| {
            let href =
                format!("/enterprises/{}{}{}", enterprise.id, if tab.suffix.is_empty() { "" } else { "/" }, tab.suffix);
            (href, view.t(tab.key), tab.suffix == suffix)
        })
        .collect();
    let badges = flag::pages::badges(cx, enterprise.id).await?;
    let looks = enterprise.tier() >= Tier::Team && cx.may_on(&audit::read::LOOKS, enterprise.relation());
    let names = name::of(cx, enterprise.id).await?;
    let enterprise = in_own_script(cx, enterprise.clone(), &names);
    let heading = Heading { view, enterprise, owner, badges, tabs, looks };
    heading.render().map(Html).map_err(|error| Error::Unexpected(Box::new(error)))
}

/// The record with its Chinese names as a Chinese reader's own script has them, where it holds them so.
fn in_own_script(cx: &Cx, mut enterprise: Enterprise, names: &[Name]) -> Enterprise {
    let (today, own) = (cx.today(), cx.language.code());
    let chinese = |language: &str| language == "zh" || language.starts_with("zh-");
    if !chinese(own) {
        return enterprise;
    }
    let own_of = |shown: &str| -> Option<&Name> {
        let held = names.iter().find(|name| name.name == shown && chinese(&name.language) && name.language != own)?;
        let fits = |name: &&Name| name.language == own && name.valid_to.is_none_or(|day| today <= day);
        names.iter().filter(fits).max_by_key(|name| (name.kind == held.kind, std::cmp::Reverse(name.id)))
    };
    if let Some(name) = own_of(&enterprise.name) {
        (enterprise.name, enterprise.name_language) = (name.name.clone(), name.language.clone());
    }
    if let Some(name) = enterprise.second_name.as_deref().and_then(own_of) {
        enterprise.second_name = Some(name.name.clone());
    }
    enterprise
}

#[derive(Template)]
#[template(path = "enterprise/pages/heading.html")]
struct Heading {
    view: View,
    enterprise: Enterprise,
    owner: Option<String>,
    badges: Html,
    tabs: Vec<(String, String, bool)>,
    looks: bool,
}

#[derive(Template)]
#[template(path = "enterprise/pages/show.html")]
struct ShowPage {
    view: View,
    heading: Html,
    enterprise: Enterprise,
    names: Vec<Name>,
    identifiers: Vec<Identifier>,
    industries: Vec<Industry>,
    measurements: Vec<Measurement>,
    own: Vec<(String, String)>,
    parent: Option<Enterprise>,
    children: Vec<super::Brief>,
    merged: Vec<Enterprise>,
    timeline: Html,
    may_edit: bool,
    may_merge: bool,
}

/// How many names, children and the like the overview shows before it leads to the tab.
const FEW: usize = 6;

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let enterprise = super::get(&mut cx, id).await?;
    if enterprise.id != id {
        // The old address of a merged record leads to the one that stands for it.
        cx.commit().await?;
        return Ok(Redirect::to(&format!("/enterprises/{}", enterprise.id)).into_response());
    }
    let entries: Vec<Entry> = super::history(&mut cx, enterprise.id, None, 8).await?;
    let view = cx.view();
    let today = cx.today();
    let now = |from: Option<time::Date>, to: Option<time::Date>| {
        from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to)
    };
    let page = ShowPage {
        heading: heading(&mut cx, &enterprise, "").await?,
        names: name::of(&mut cx, enterprise.id).await?,
        identifiers: identifier::of(&mut cx, enterprise.id)
            .await?
            .into_iter()
            .filter(|held| now(held.valid_from, held.valid_to))
            .collect(),
        industries: once_each(
            industry::of(&mut cx, enterprise.id)
                .await?
                .into_iter()
                .filter(|held| now(Some(held.valid_from), held.valid_to))
                .collect(),
        ),
        measurements: measurement::latest(&mut cx, enterprise.id).await?,
        own: own_fields::facts(&cx, &view, SUBJECT, &enterprise.own),
        parent: group::parent(&mut cx, &enterprise).await?,
        children: group::children(&mut cx, &enterprise, FEW as i64 + 1).await?,
        merged: super::merge::merged(&mut cx, enterprise.id).await?,
        timeline: ui::history::timeline_of(&view, &entries, "enterprise", enterprise.id),
        may_edit: cx.may_on(&EDIT, enterprise.relation()) && enterprise.retired_at.is_none(),
        may_merge: cx.may_on(&MERGE, enterprise.relation()),
        enterprise,
        view,
    };
    cx.page(200, page).await
}

/// Records that were merged may say the same of an industry: it is one, since the earlier day.
fn once_each(mut industries: Vec<Industry>) -> Vec<Industry> {
    industries.sort_by(|one, other| (&one.industry, one.valid_from).cmp(&(&other.industry, other.valid_from)));
    industries.dedup_by(|later, earlier| later.industry == earlier.industry);
    industries
}

#[derive(Template)]
#[template(path = "enterprise/pages/history.html")]
struct HistoryPage {
    view: View,
    heading: Html,
    id: Id,
    may_know: bool,
    timeline: Html,
    next: Option<String>,
}

async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let enterprise = super::get(&mut cx, id).await?;
    let form = Form::decode(&cx.view().query);
    let before = form.value("before").parse().ok();
    let entries = super::history(&mut cx, enterprise.id, before, 50).await?;
    let view = cx.view();
    let page = HistoryPage {
        heading: heading(&mut cx, &enterprise, "history").await?,
        id: enterprise.id,
        may_know: cx.may_on(&audit::read::LOOKS, enterprise.relation()),
        timeline: ui::history::timeline_of(&view, &entries, "enterprise", enterprise.id),
        next: entries.last().filter(|_| entries.len() == 50).map(|entry| format!("?before={}", entry.id)),
        view,
    };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "enterprise/pages/looks.html")]
struct LooksPage {
    view: View,
    heading: Html,
    looks: Html,
}

async fn looks(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let enterprise = super::get(&mut cx, id).await?;
    let view = cx.view();
    let place = Place::read(&Form::decode(&view.query));
    let page = audit::read::looks(&mut cx, "enterprise", enterprise.id, enterprise.relation(), &place, 50).await?;
    let heading = heading(&mut cx, &enterprise, "history").await?;
    let page = LooksPage { heading, looks: ui::history::looks(&view, &page, "enterprise"), view };
    cx.page(200, page).await
}

fn filled(cx: &Cx, enterprise: &Enterprise) -> Form {
    let form =
        FIELDS.iter().fold(Form::default().with("version", enterprise.version.to_string()), |form, (field, _)| {
            form.with(field, enterprise.value(field).unwrap_or_default())
        });
    own_fields::filled(cx, form, SUBJECT, &enterprise.own)
}

async fn edit_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let (enterprise, _) = super::to_edit(&mut cx, id).await?;
    let form = filled(&cx, &enterprise);
    form_page(&mut cx, 200, Some(enterprise), &form, &[], Vec::new()).await
}

async fn edit(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let fields: BTreeMap<String, Option<String>> = FIELDS
        .iter()
        .filter(|(field, _)| form.has(field))
        .map(|(field, _)| ((*field).to_owned(), form.optional(field)))
        .chain(own_fields::edited(&cx, &form, SUBJECT))
        .collect();
    let version = form.number("version").unwrap_or_default();
    match super::edit(&mut cx, id, version, fields).await {
        Ok(_) => cx.see_other_saying(format!("/enterprises/{id}"), Flash::new("enterprise-saved", &[])).await,
        Err(Error::Conflict(conflict)) if conflict.versions.is_some() => {
            let enterprise = super::get(&mut cx, id).await?;
            let stale = both_versions(&mut cx, conflict.versions.as_ref(), "enterprise").await?;
            cx.undo().await?;
            // Sent again, the form means what now stands: the reader has seen both.
            let pairs = form.pairs().iter().filter(|(name, _)| name != "version").cloned();
            let form = Form::new(pairs).with("version", enterprise.version.to_string());
            form_page(&mut cx, 409, Some(enterprise), &form, &[], stale).await
        }
        Err(error) => {
            let (status, form) = form.refused(error, "kind")?;
            let enterprise = super::get(&mut cx, id).await?;
            cx.undo().await?;
            form_page(&mut cx, status, Some(enterprise), &form, &[], Vec::new()).await
        }
    }
}

async fn retire(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    super::retire(&mut cx, id, form.value("reason")).await?;
    let said = Flash::new("enterprise-was-retired", &[]).with_undo(format!("/enterprises/{id}/restore"));
    cx.see_other_saying("/enterprises", said).await
}

async fn restore(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    super::restore(&mut cx, id, form.value("reason")).await?;
    cx.see_other_saying(format!("/enterprises/{id}"), Flash::new("enterprise-was-restored", &[])).await
}
