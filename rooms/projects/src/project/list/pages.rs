//! The page of the list of projects.

use std::collections::HashMap;

use askama::Template;
use axum::response::Response;
use identity::responsible;
use platform::forms::Form;
use platform::own_field::{self, OwnField};
use platform::pages::{Flash, Html, View};
use platform::permission::Tier;
use platform::web::{Routes, safe_back, say};
use platform::{Cx, Id, Result};
use ui::lists::{self, Bulk, Column, Refusal, Row, Shown, Total};
use ui::{Choice, Fields, own_fields};

use super::super::SUBJECT;
use super::super::pages::{stages, statuses};
use super::{Filter, Listed, ORDERS};
use crate::{EDIT, stage};

const LIMIT: i64 = 50;

/// The filters behind the fold.
const FURTHER: [&str; 6] = ["nature", "tier", "team", "batch", "borne_out", "retired"];

/// What the list can show; the names are those of the export and of the orders.
const COLUMNS: &[Column] = &[
    Column::usual("title", "project-title"),
    Column::usual("reference", "project-reference"),
    Column::usual("enterprise", "project-enterprise"),
    Column::usual("stage", "project-stage"),
    Column::usual("status", "project-status"),
    Column::usual("nature", "project-nature"),
    Column::further("hq_kind", "project-hq-kind"),
    Column::further("batch", "project-batch"),
    Column::usual("owner", "project-owner-id"),
    Column::further("team", "project-team-id"),
    Column::further("tier", "project-tier"),
    Column::further("created", "project-created"),
    Column::usual("updated", "project-updated"),
];

pub(crate) fn routes() -> Routes {
    Routes::new().get("/projects", index).post("/projects/selected", selected)
}

#[derive(Template)]
#[template(path = "project/pages/list.html")]
struct ListPage<'a> {
    view: View,
    tabs: Html,
    fields: Fields<'a>,
    kept: Html,
    stages: Vec<Choice>,
    statuses: Vec<Choice>,
    natures: Vec<Choice>,
    tiers: Vec<Choice>,
    owners: Vec<Choice>,
    teams: Vec<Choice>,
    unborne: bool,
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

/// What the keys in a row's columns are called.
struct Names {
    batches: HashMap<Id, Vec<String>>,
    owners: HashMap<Id, String>,
    teams: HashMap<Id, String>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let asked = Filter::asked(&cx, &form);
    let own = asked.as_ref().map(|filter| filter.own.clone()).unwrap_or_default();
    let (form, known) = form.narrowed(asked)?;
    let filter = Filter { own, ..Filter::read(&form) };
    let page = if known { super::page(&mut cx, &filter, LIMIT).await? } else { super::ListPage::default() };
    let total = match (known, Total::asked(&form)) {
        (false, _) => Total::Exactly(0),
        (_, true) => super::whole(&mut cx, &filter).await?,
        _ => super::total(&mut cx, &filter).await?,
    };
    let own = own_field::visible(&cx, SUBJECT);
    let shown = Shown::read(&form, &[COLUMNS, &own_fields::columns(&own)].concat());
    let ids: Vec<Id> = page.projects.iter().map(|held| held.id).collect();
    let (held_by, teams_of) = super::holders(&mut cx, &page.projects).await?;
    let names = Names {
        batches: if shown.has("batch") { super::batches_of(&mut cx, &ids).await? } else { HashMap::new() },
        owners: held_by,
        teams: teams_of,
    };
    let may_edit = cx.may(&EDIT);
    let rows: Vec<Row> = page.projects.iter().map(|held| row(&view, &shown, held, &names, &own, may_edit)).collect();
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
    let mut kept = vec!["q", "stage", "status", "nature", "owner", "team", "tier", "batch", "borne_out", "retired"];
    kept.extend(filterable.iter().map(OwnField::name));
    let fields = Fields::new(&view, &form, "project-list");
    let template = ListPage {
        tabs: identity::view::pages::tabs(&mut cx).await?,
        own: own_fields::filters(&cx, &view, &fields, &filterable),
        fields,
        kept: lists::kept(&view, &kept),
        stages: stages(&view),
        statuses: statuses(&view),
        natures: Choice::codes(&cx, "nature", cx.today(), []),
        tiers,
        owners,
        teams,
        unborne: filter.unborne,
        retired: filter.retired,
        further: set.iter().any(|(name, _)| FURTHER.contains(name) || own_field::code_of(name).is_some()),
        chips: lists::chips(&view, "project-list", &set),
        chooser: lists::chooser(&view, &shown),
        sorts: lists::sorts(&view, &shown, &filter.sort, ORDERS),
        selection: lists::selection(&view, "/projects", "projects", &shown, &bulks),
        table: lists::table(&view, &view.t("projects-heading"), &shown, &filter.sort, ORDERS, &rows, true),
        foot: lists::foot(&view, &total, rows.len(), LIMIT, page.previous.as_deref(), page.next.as_deref()),
        exports: lists::exports(&view, "projects", &shown),
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
        bulk("owner_id", "project-owner-id", "project-owner-set", owners, true),
        bulk("team_id", "project-team-id", "project-team-set", teams, true),
        bulk("tier", "project-tier", "project-tier-set", tiers, false),
    ]
}

/// The filters that are set, in words.
async fn set_filters(cx: &mut Cx, view: &View, filter: &Filter, names: &Names) -> Result<Vec<(&'static str, String)>> {
    let mut set: Vec<(&str, String)> = Vec::new();
    if let Some(typed) = &filter.q {
        set.push(("q", view.quoted(typed)));
    }
    if let Some(code) = &filter.stage {
        let known = stage::place(code).is_some();
        set.push(("stage", if known { view.t(&stage::stage_key(code)) } else { view.quoted(code) }));
    }
    if let Some(code) = &filter.status {
        let known = stage::STATUSES.contains(&code.as_str());
        set.push(("status", if known { view.t(&stage::status_key(code)) } else { view.quoted(code) }));
    }
    if let Some(code) = &filter.nature {
        set.push(("nature", view.code("nature", code)));
    }
    if let Some(owner) = filter.owner {
        set.push(("owner", owner.told(cx).await?));
    }
    if let Some(team) = filter.team {
        set.push(("team", names.teams.get(&team).cloned().unwrap_or_else(|| team.to_string())));
    }
    if let Some(tier) = filter.tier {
        set.push(("tier", view.t(tier.key())));
    }
    if let Some(batch) = &filter.batch {
        set.push(("batch", batch.clone()));
    }
    if let [enterprise, ..] = filter.enterprises[..] {
        // Out of reach it has no name here; the list is empty then.
        let name = directory::enterprise::brief(cx, enterprise).await.map(|brief| brief.name);
        set.push(("enterprise", name.unwrap_or_else(|_| enterprise.to_string())));
    }
    set.extend(own_fields::set(cx, view, SUBJECT, &filter.own));
    if filter.unborne {
        set.push(("borne_out", view.t("project-list-unborne")));
    }
    if filter.retired {
        set.push(("retired", view.t("project-list-retired")));
    }
    Ok(set)
}

fn row(view: &View, shown: &Shown, held: &Listed, names: &Names, own: &[OwnField], may_edit: bool) -> Row {
    let href = format!("/projects/{}", held.id);
    let text = |text: Option<&str>| Html::escape(text.unwrap_or("–"));
    let listed = |list: &str, code: &Option<String>| {
        Html::escape(&code.as_deref().map_or_else(|| "–".to_owned(), |code| view.code(list, code)))
    };
    let badge = |tone: &str, words: &str| format!("<span class=\"badge {tone}\">{}</span>", Html::escape(words));
    let cells = shown.cells(|column| match column {
        "title" => Html(format!("<a href=\"{href}\">{}</a>", Html::escape(&held.title))),
        "reference" => view.unbroken(&held.reference),
        "enterprise" => Html(format!(
            "<a href=\"/enterprises/{}\" lang=\"{}\">{}</a>",
            held.enterprise_id,
            Html::escape(&held.name_language),
            Html::escape(&held.enterprise_name)
        )),
        "stage" => {
            let past = match &held.override_reason {
                Some(_) => format!(" {}", badge("attention", &view.t("project-past-gate"))),
                None => String::new(),
            };
            Html(format!("{}{past}", Html::escape(&view.t(&stage::stage_key(&held.stage)))))
        }
        "status" => Html(badge(stage::tone(&held.status), &view.t(&stage::status_key(&held.status)))),
        "nature" => listed("nature", &held.nature),
        "hq_kind" => listed("hq_kind", &held.hq_kind),
        "batch" => text(names.batches.get(&held.id).map(|names| names.join(" · ")).as_deref()),
        "owner" => text(held.owner_id.and_then(|id| names.owners.get(&id)).map(String::as_str)),
        "team" => text(held.team_id.and_then(|id| names.teams.get(&id)).map(String::as_str)),
        "tier" => Html(badge("", &view.t(Tier::from_rank(held.tier).key()))),
        name if own_field::code_of(name).is_some() => own_fields::cell(view, own, name, &held.own),
        "created" => view.moment(held.created_at),
        _ => view.moment(held.updated_at),
    });
    let edit = if may_edit && held.retired_at.is_none() { format!("{href}/edit") } else { String::new() };
    Row { id: held.id.to_string(), href, edit, label: held.title.clone(), cells }
}

#[derive(Template)]
#[template(path = "project/list/pages/selected.html")]
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
    let back = form.optional("back").unwrap_or_else(|| "/projects".to_owned());
    if refused.is_empty() {
        let said = Flash::new("projects-were-changed", &[("n", changed.to_string())]);
        return cx.see_other_saying(safe_back(&back), said).await;
    }
    let view = cx.view();
    let refused: Vec<Refusal> = refused
        .into_iter()
        .map(|one| Refusal {
            href: format!("/projects/{}", one.id),
            label: one.name,
            reason: one.reasons.iter().map(|why| say(&cx, &why.key, &why.args)).collect::<Vec<_>>().join(" "),
        })
        .collect();
    let refusals = lists::refusals(&view, &view.t("project-title"), &refused, safe_back(&back));
    cx.page(200, SelectedPage { changed, refusals, view }).await
}
