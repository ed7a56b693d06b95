//! The page of the list of enterprises.

use std::collections::HashMap;

use askama::Template;
use axum::response::Response;
use identity::responsible;
use platform::forms::Form;
use platform::order::Rows;
use platform::own_field::{self, OwnField};
use platform::pages::{Flash, Html, View};
use platform::permission::Tier;
use platform::web::{Routes, safe_back, say};
use platform::{Cx, Id, Result};
use ui::lists::{self, Bulk, Column, Refusal, Row, Shown, Total};
use ui::{Choice, Fields, own_fields};

use super::super::{Enterprise, SUBJECT};
use super::{Filter, ORDERS};
use crate::EDIT;

const LIMIT: i64 = 50;

/// What the list can show; the names are those of the export and of the orders.
const COLUMNS: &[Column] = &[
    Column::usual("name", "enterprise-name"),
    Column::further("reference", "enterprise-reference"),
    Column::further("second_name", "enterprise-second-name"),
    Column::usual("industries", "enterprise-industries"),
    Column::usual("reporting_origin", "enterprise-reporting-origin"),
    Column::further("incorporation", "enterprise-incorporation"),
    Column::further("headquarters", "enterprise-headquarters"),
    Column::further("main_listing", "enterprise-main-listing"),
    Column::further("value_chain", "enterprise-value-chain"),
    Column::further("website", "enterprise-website"),
    Column::further("kind", "enterprise-kind"),
    Column::usual("tier", "enterprise-tier"),
    Column::usual("owner", "enterprise-owner-id"),
    Column::further("team", "enterprise-team-id"),
    Column::further("created", "enterprise-created"),
    Column::usual("updated", "enterprise-updated"),
];

pub(crate) fn routes() -> Routes {
    Routes::new().get("/enterprises", index).post("/enterprises/selected", selected)
}

#[derive(Template)]
#[template(path = "enterprise/pages/list.html")]
struct ListPage<'a> {
    view: View,
    tabs: Html,
    fields: Fields<'a>,
    kept: Html,
    industries: Vec<Choice>,
    origins: Vec<Choice>,
    kinds: Vec<Choice>,
    tiers: Vec<Choice>,
    owners: Vec<Choice>,
    teams: Vec<Choice>,
    retired: bool,
    /// Filters by fields of the office's own.
    own: Html,
    /// Whether a filter behind the fold is set, which then stands open.
    further: bool,
    chips: Html,
    chooser: Html,
    sorts: Html,
    selection: Html,
    table: Html,
    foot: Html,
    exports: Html,
    may_edit: bool,
    empty: bool,
    filtered: bool,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let asked = Filter::asked(&cx, &form);
    let own = asked.as_ref().map(|filter| filter.own.clone()).unwrap_or_default();
    let (form, known) = form.narrowed(asked)?;
    let filter = Filter { own, ..Filter::read(&form) };
    let page = if known { super::page(&mut cx, &filter, LIMIT).await? } else { Rows::default() };
    let total = if known { super::total(&mut cx, &filter, Total::asked(&form)).await? } else { Total::Exactly(0) };
    let own = own_field::visible(&cx, SUBJECT);
    let shown = Shown::read(&form, &[COLUMNS, &own_fields::columns(&own)].concat());
    let ids: Vec<Id> = page.rows.iter().map(|held| held.id).collect();
    let names = Names {
        industries: if shown.has("industries") { super::industries(&mut cx, &ids).await? } else { HashMap::new() },
        owners: identity::account::names(&mut cx, page.rows.iter().filter_map(|held| held.owner_id)).await?,
        teams: identity::team::names(&mut cx).await?,
    };
    let may_edit = cx.may(&EDIT);
    let rows: Vec<Row> = page.rows.iter().map(|held| row(&view, &shown, held, &names, &own, may_edit)).collect();
    let set = set_filters(&mut cx, &view, &filter, &names).await?;
    let teams = pairs(identity::team::options(&mut cx).await?);
    let owners: Vec<Choice> = identity::account::holders(&mut cx)
        .await?
        .into_iter()
        .map(|(value, label)| Choice::new(value, label))
        .collect();
    let tiers: Vec<Choice> = Tier::ALL.iter().map(|tier| Choice::new(tier.code(), view.t(tier.key()))).collect();
    let bulks = if may_edit {
        bulks(pairs(responsible::owners(&mut cx, &EDIT, None).await?), teams.clone(), tiers.clone())
    } else {
        Vec::new()
    };
    let filterable = own_fields::filterable(&own);
    let mut kept = vec!["q", "industry", "origin", "kind", "tier", "owner", "team", "retired"];
    kept.extend(filterable.iter().map(OwnField::name));
    let fields = Fields::new(&view, &form, "enterprise-list");
    let template = ListPage {
        own: own_fields::filters(&cx, &view, &fields, &filterable),
        tabs: identity::view::pages::tabs(&mut cx).await?,
        fields,
        kept: lists::kept(&view, &kept),
        industries: Choice::codes(&cx, "industry", cx.today(), []),
        origins: Choice::codes(&cx, "origin", cx.today(), []),
        kinds: vec![
            Choice::new("legal_entity", view.t("enterprise-kind-legal-entity")),
            Choice::new("group", view.t("enterprise-kind-group")),
        ],
        tiers,
        owners,
        teams,
        retired: filter.retired,
        further: set.iter().any(|(name, _)| !matches!(*name, "q" | "industry" | "origin" | "owner")),
        chips: lists::chips(&view, "enterprise-list", &set),
        chooser: lists::chooser(&view, &shown),
        sorts: lists::sorts(&view, &shown, &filter.sort, ORDERS),
        selection: lists::selection(&view, "/enterprises", "enterprises", &shown, &bulks),
        table: lists::table(&view, &view.t("enterprises-heading"), &shown, &filter.sort, ORDERS, &rows, true),
        foot: lists::foot(&view, &total, rows.len(), LIMIT, page.previous.as_deref(), page.next.as_deref()),
        exports: lists::exports(&view, "enterprises", &shown),
        may_edit,
        empty: rows.is_empty(),
        filtered: !set.is_empty(),
        view: view.clone(),
    };
    cx.page(if known { 200 } else { 422 }, template).await
}

fn pairs(options: Vec<(Id, String)>) -> Vec<Choice> {
    options.into_iter().map(|(id, name)| Choice::new(id, name)).collect()
}

fn bulks(owners: Vec<Choice>, teams: Vec<Choice>, tiers: Vec<Choice>) -> Vec<Bulk> {
    let bulk = |field, key, button, choices, empties| Bulk { field, key, button, choices, empties };
    vec![
        bulk("owner_id", "enterprise-owner-id", "enterprise-owner-set", owners, true),
        bulk("team_id", "enterprise-team-id", "enterprise-team-set", teams, true),
        bulk("tier", "enterprise-tier", "enterprise-tier-set", tiers, false),
    ]
}

/// The filters that are set, in words.
async fn set_filters(cx: &mut Cx, view: &View, filter: &Filter, names: &Names) -> Result<Vec<(&'static str, String)>> {
    let mut set: Vec<(&str, String)> = Vec::new();
    if let Some(typed) = &filter.q {
        set.push(("q", view.quoted(typed)));
    }
    if let Some(code) = &filter.industry {
        set.push(("industry", view.code("industry", code)));
    }
    if let Some(code) = &filter.origin {
        set.push(("origin", view.code("origin", code)));
    }
    if let Some(kind) = &filter.kind {
        let known = matches!(kind.as_str(), "legal_entity" | "group");
        set.push(("kind", if known { view.t(kind_key(kind)) } else { view.quoted(kind) }));
    }
    if let Some(tier) = filter.tier {
        set.push(("tier", view.t(tier.key())));
    }
    if let Some(owner) = filter.owner {
        set.push(("owner", owner.told(cx).await?));
    }
    if let Some(team) = filter.team {
        set.push(("team", names.teams.get(&team).cloned().unwrap_or_else(|| team.to_string())));
    }
    set.extend(own_fields::set(cx, view, SUBJECT, &filter.own));
    if filter.retired {
        set.push(("retired", view.t("enterprise-list-retired")));
    }
    Ok(set)
}

/// What the keys in a row's columns are called.
struct Names {
    industries: HashMap<Id, Vec<String>>,
    owners: HashMap<Id, String>,
    teams: HashMap<Id, String>,
}

fn kind_key(kind: &str) -> &'static str {
    match kind {
        "group" => "enterprise-kind-group",
        _ => "enterprise-kind-legal-entity",
    }
}

fn row(view: &View, shown: &Shown, held: &Enterprise, names: &Names, own: &[OwnField], may_edit: bool) -> Row {
    let href = format!("/enterprises/{}", held.id);
    let text = |text: Option<&str>| Html::escape(text.unwrap_or("–"));
    let listed = |list: &str, code: &Option<String>| {
        Html::escape(&code.as_deref().map_or_else(|| "–".to_owned(), |code| view.code(list, code)))
    };
    let cells = shown.cells(|column| match column {
        "name" => {
            let second = held.second_name.as_deref().filter(|_| !shown.has("second_name"));
            let second = second.map(|second| format!(" <span class=\"second\">{}</span>", Html::escape(second)));
            let (lang, name) = (Html::escape(&held.name_language), Html::escape(&held.name));
            Html(format!("<a href=\"{href}\" lang=\"{lang}\">{name}</a>{}", second.unwrap_or_default()))
        }
        "reference" => view.unbroken(&held.reference),
        "second_name" => text(held.second_name.as_deref()),
        "industries" => {
            let codes = names.industries.get(&held.id).map(Vec::as_slice).unwrap_or_default();
            let words: Vec<String> = codes.iter().map(|code| view.code("industry", code)).collect();
            text(Some(words.join(" · ")).filter(|words| !words.is_empty()).as_deref())
        }
        "reporting_origin" => listed("origin", &held.reporting_origin),
        "incorporation" => listed("jurisdiction", &held.incorporation),
        "headquarters" => listed("jurisdiction", &held.headquarters),
        "main_listing" => text(held.main_listing.as_deref()),
        "value_chain" => listed("value_chain", &held.value_chain),
        "website" => text(held.website.as_deref()),
        "kind" => Html::escape(&view.t(kind_key(&held.kind))),
        "tier" => Html(format!("<span class=\"badge\">{}</span>", Html::escape(&view.t(held.tier().key())))),
        "owner" => text(held.owner_id.and_then(|id| names.owners.get(&id)).map(String::as_str)),
        "team" => text(held.team_id.and_then(|id| names.teams.get(&id)).map(String::as_str)),
        name if own_field::code_of(name).is_some() => own_fields::cell(view, own, name, &held.own),
        "created" => view.moment(held.created_at),
        _ => view.moment(held.updated_at),
    });
    let edit = if may_edit && held.retired_at.is_none() { format!("{href}/edit") } else { String::new() };
    Row { id: held.id.to_string(), href, edit, label: held.name.clone(), cells }
}

#[derive(Template)]
#[template(path = "enterprise/list/pages/selected.html")]
struct SelectedPage {
    view: View,
    changed: usize,
    refusals: Html,
}

/// Sets a field on the picked rows; rows that refuse are named with the reason.
async fn selected(mut cx: Cx, form: Form) -> Result<Response> {
    let ids: Vec<Id> = form.values("ids").iter().filter_map(|id| id.parse().ok()).collect();
    let field = form.text("set");
    let (changed, refused) = super::set(&mut cx, &ids, &field, form.value(&field).trim()).await?;
    let back = form.optional("back").unwrap_or_else(|| "/enterprises".to_owned());
    if refused.is_empty() {
        let said = Flash::new("enterprises-were-changed", &[("n", changed.to_string())]);
        return cx.see_other_saying(safe_back(&back), said).await;
    }
    let view = cx.view();
    let refused: Vec<Refusal> = refused
        .into_iter()
        .map(|one| Refusal {
            href: format!("/enterprises/{}", one.id),
            label: one.name,
            reason: one.reasons.iter().map(|why| say(&cx, &why.key, &why.args)).collect::<Vec<_>>().join(" "),
        })
        .collect();
    let refusals = lists::refusals(&view, &view.t("enterprise-name"), &refused, safe_back(&back));
    cx.page(200, SelectedPage { changed, refusals, view }).await
}
