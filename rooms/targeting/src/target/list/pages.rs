//! The page of the target list.

use std::collections::HashMap;

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::order::Rows;
use platform::pages::{Flash, Html, View};
use platform::permission::Tier;
use platform::web::{Routes, safe_back};
use platform::{Cx, Error, Id, Result};
use ui::lists::{self, Bulk, Column, Refusal, Row, Shown, Total};
use ui::{Choice, Fields};

use super::super::{STANDINGS, get, stand, standing_key, tone};
use super::{Filter, Listed, ORDERS};
use crate::{TARGET, words};

const LIMIT: i64 = 50;

const COLUMNS: &[Column] = &[
    Column::usual("enterprise", "target-enterprise"),
    Column::usual("reference", "target-reference"),
    Column::usual("standing", "target-standing"),
    Column::usual("round", "target-round"),
    Column::usual("rank", "screening-rank"),
    Column::usual("owner", "target-owner-id"),
    Column::further("team", "target-team-id"),
    Column::usual("tier", "target-tier"),
    Column::further("created", "target-created"),
    Column::usual("updated", "target-updated"),
];

pub(crate) fn routes() -> Routes {
    Routes::new().get("/targets", index).post("/targets/selected", selected)
}

#[derive(Template)]
#[template(path = "target/list/pages/list.html")]
struct ListPage<'a> {
    view: View,
    tabs: Html,
    views: Html,
    fields: Fields<'a>,
    kept: Html,
    standings: Vec<Choice>,
    rounds: Vec<Choice>,
    owners: Vec<Choice>,
    teams: Vec<Choice>,
    tiers: Vec<Choice>,
    retired: bool,
    further: bool,
    chips: Html,
    chooser: Html,
    sorts: Html,
    selection: Html,
    table: Html,
    foot: Html,
    exports: Html,
    empty: bool,
    filtered: bool,
    may_edit: bool,
}

pub(crate) fn standings(view: &View) -> Vec<Choice> {
    STANDINGS.iter().map(|one| Choice::new(one, view.t(&standing_key(one)))).collect()
}

pub(crate) fn tiers(view: &View) -> Vec<Choice> {
    [Tier::Office, Tier::Team, Tier::Named].iter().map(|tier| Choice::new(tier.code(), view.t(tier.key()))).collect()
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let asked = Filter::asked(&cx, &form);
    let (form, known) = form.narrowed(asked)?;
    let filter = Filter::read(&form);
    let page = if known { super::page(&mut cx, &filter, LIMIT).await? } else { Rows::default() };
    let total = if known { super::total(&mut cx, &filter, Total::asked(&form)).await? } else { Total::Exactly(0) };
    let shown = Shown::read(&form, COLUMNS);
    let held_by = identity::account::names(&mut cx, page.rows.iter().filter_map(|row| row.owner_id)).await?;
    let names = identity::team::names(&mut cx).await?;
    let may_edit = cx.may(&TARGET);
    let rows: Vec<Row> = page.rows.iter().map(|one| row(&view, &shown, one, &held_by, &names, may_edit)).collect();
    let owners: Vec<Choice> = identity::account::holders(&mut cx)
        .await?
        .into_iter()
        .map(|(value, label)| Choice::new(value, label))
        .collect();
    let teams = identity::team::options(&mut cx).await?;
    let set = set_filters(&mut cx, &view, &filter, &names).await?;
    let standing = Bulk {
        field: "standing",
        key: "target-standing",
        button: "target-standing-set",
        choices: standings(&view)
            .into_iter()
            .filter(|one| matches!(one.value.as_str(), "reserved" | "approached"))
            .collect(),
        empties: false,
    };
    let bulks = if may_edit { vec![standing] } else { Vec::new() };
    let kept = ["q", "standing", "round", "owner", "team", "tier", "retired"];
    let template = ListPage {
        tabs: words::tabs(&view, "targets"),
        views: identity::view::pages::tabs(&mut cx).await?,
        fields: Fields::new(&view, &form, "target-list"),
        kept: lists::kept(&view, &kept),
        standings: standings(&view),
        rounds: super::rounds(&mut cx).await?.into_iter().map(|round| Choice::new(round.clone(), round)).collect(),
        owners,
        teams: teams.into_iter().map(|(id, name)| Choice::new(id, name)).collect(),
        tiers: tiers(&view),
        retired: filter.retired,
        further: set.iter().any(|(name, _)| matches!(*name, "team" | "tier" | "retired")),
        chips: lists::chips(&view, "target-list", &set),
        chooser: lists::chooser(&view, &shown),
        sorts: lists::sorts(&view, &shown, &filter.sort, ORDERS),
        selection: lists::selection(&view, "/targets", "targets", &shown, &bulks),
        table: lists::table(&view, &view.t("targets-heading"), &shown, &filter.sort, ORDERS, &rows, true),
        foot: lists::foot(&view, &total, rows.len(), LIMIT, page.previous.as_deref(), page.next.as_deref()),
        exports: lists::exports(&view, "targets", &shown),
        empty: rows.is_empty(),
        filtered: !set.is_empty(),
        may_edit,
        view: view.clone(),
    };
    cx.page(if known { 200 } else { 422 }, template).await
}

async fn set_filters(
    cx: &mut Cx,
    view: &View,
    filter: &Filter,
    teams: &HashMap<Id, String>,
) -> Result<Vec<(&'static str, String)>> {
    let mut set: Vec<(&'static str, String)> = Vec::new();
    if let Some(typed) = &filter.q {
        set.push(("q", view.quoted(typed)));
    }
    if let Some(standing) = &filter.standing {
        let known = STANDINGS.contains(&standing.as_str());
        set.push(("standing", if known { view.t(&standing_key(standing)) } else { view.quoted(standing) }));
    }
    if let Some(round) = &filter.round {
        set.push(("round", round.clone()));
    }
    if let Some(owner) = filter.owner {
        set.push(("owner", owner.told(cx).await?));
    }
    if let Some(team) = filter.team {
        set.push(("team", teams.get(&team).cloned().unwrap_or_else(|| team.to_string())));
    }
    if let Some(tier) = filter.tier {
        set.push(("tier", view.t(tier.key())));
    }
    if let Some(enterprise) = filter.enterprise {
        let name = directory::enterprise::brief(cx, enterprise).await.map(|brief| brief.name);
        set.push(("enterprise", name.unwrap_or_else(|_| enterprise.to_string())));
    }
    if filter.retired {
        set.push(("retired", view.t("target-list-retired")));
    }
    Ok(set)
}

fn row(
    view: &View,
    shown: &Shown,
    one: &Listed,
    owners: &HashMap<Id, String>,
    teams: &HashMap<Id, String>,
    may_edit: bool,
) -> Row {
    let href = format!("/targets/{}", one.id);
    let text = |text: Option<&str>| Html::escape(text.unwrap_or("–"));
    let badge = |tone: &str, words: &str| format!("<span class=\"badge {tone}\">{}</span>", Html::escape(words));
    let cells = shown.cells(|column| match column {
        "enterprise" => Html(format!(
            "<a href=\"{href}\" lang=\"{}\">{}</a>",
            Html::escape(&one.name_language),
            Html::escape(&one.enterprise)
        )),
        "reference" => view.unbroken(&one.reference),
        "standing" => Html(format!(
            "{} {}",
            badge(tone(&one.standing), &view.t(&standing_key(&one.standing))),
            view.day(one.standing_on)
        )),
        "round" => text(Some(&one.round)),
        "rank" => match (one.rank, one.screening_id) {
            (Some(rank), Some(screening)) => {
                Html(format!("<a href=\"/targets/screenings/{screening}/companies/{rank}\">{rank}</a>"))
            }
            _ => text(None),
        },
        "owner" => text(one.owner_id.and_then(|id| owners.get(&id)).map(String::as_str)),
        "team" => text(one.team_id.and_then(|id| teams.get(&id)).map(String::as_str)),
        "tier" => Html(badge("", &view.t(Tier::from_rank(one.tier).key()))),
        "created" => view.moment(one.created_at),
        _ => view.moment(one.updated_at),
    });
    let edit = if may_edit && one.retired_at.is_none() { format!("{href}/edit") } else { String::new() };
    Row { id: one.id.to_string(), href, edit, label: one.enterprise.clone(), cells }
}

#[derive(Template)]
#[template(path = "target/list/pages/selected.html")]
struct SelectedPage {
    view: View,
    changed: usize,
    refusals: Html,
}

/// Writes how the picked ones stand, from today on, by the same verb as one alone.
async fn selected(mut cx: Cx, form: Form) -> Result<Response> {
    cx.require(&TARGET)?;
    let ids: Vec<Id> = form.values("ids").iter().filter_map(|id| id.parse().ok()).collect();
    if form.value("set") != "standing" {
        return Err(Error::NotFound);
    }
    let standing = form.text("standing");
    if standing.is_empty() {
        return Err(Error::conflict("list-nothing-chosen"));
    }
    if ids.is_empty() {
        return Err(Error::conflict("list-nothing-selected"));
    }
    if ids.len() > super::MOST_PICKED {
        return Err(Error::conflict_with("list-too-many-selected", &[("most", super::MOST_PICKED.to_string())]));
    }
    let view = cx.view();
    let today = cx.today().to_string();
    let (mut changed, mut refused) = (0, Vec::new());
    for id in ids {
        // What can't be seen can't be named either.
        let held = match get(&mut cx, id).await {
            Ok(held) => held,
            Err(Error::NotFound) => continue,
            Err(other) => return Err(other),
        };
        if held.standing == standing {
            continue;
        }
        let reason = match stand(&mut cx, id, &standing, &today, "").await {
            Ok(_) => {
                changed += 1;
                continue;
            }
            Err(Error::Invalid(problems)) => {
                problems.all().iter().map(|one| view.said(&one.key, &one.args)).collect::<Vec<_>>().join(" ")
            }
            Err(Error::Conflict(conflict)) => view.said(&conflict.key, &conflict.args),
            Err(Error::Forbidden(_)) => view.t("list-refused-forbidden"),
            Err(other) => return Err(other),
        };
        refused.push(Refusal { label: held.reference, href: format!("/targets/{id}"), reason });
    }
    let back = form.optional("back").unwrap_or_else(|| "/targets".to_owned());
    if refused.is_empty() {
        let said = Flash::new("targets-were-changed", &[("n", changed.to_string())]);
        return cx.see_other_saying(safe_back(&back), said).await;
    }
    let refusals = lists::refusals(&view, &view.t("target-reference"), &refused, safe_back(&back));
    cx.page(200, SelectedPage { changed, refusals, view }).await
}
