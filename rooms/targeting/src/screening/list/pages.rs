//! The page of one screening: how far it is while it runs, then its companies by rank.

use std::collections::HashMap;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use identity::responsible;
use platform::forms::Form;
use platform::order::Rows;
use platform::pages::{Html, View};
use platform::permission::Tier;
use platform::web::Routes;
use platform::{Cx, Id, Result};
use screening::Measure;
use ui::lists::{self, Shown};
use ui::{Choice, Fields};

use super::super::{Screening, full, get, version_of};
use super::{Column, Courted, Filter, Known, Listed};
use crate::criteria::draw;
use crate::{RETIRE, SCREEN, TARGET, words};

pub const LIMIT: i64 = 50;

const COLUMNS: &[lists::Column] = &[
    lists::Column::usual("name", "company-name"),
    lists::Column::usual("rank", "screening-rank"),
    lists::Column::usual("share", "screening-share"),
    lists::Column::usual("firm", "screening-firm"),
    lists::Column::usual("country", "fact-country"),
    lists::Column::usual("industry", "fact-industry"),
    lists::Column::further("listing", "fact-listing"),
    lists::Column::further("chain", "fact-chain"),
    lists::Column::usual("known", "screening-known"),
];

pub(crate) fn routes() -> Routes {
    Routes::new().get("/targets/screenings/{id}", show)
}

#[derive(Template)]
#[template(path = "screening/list/pages/show.html")]
struct ShowPage<'a> {
    view: View,
    screening: Screening,
    head: Vec<(String, String)>,
    made_up: bool,
    fields: Fields<'a>,
    kept: Html,
    countries: Vec<Choice>,
    industries: Vec<Choice>,
    listings: Vec<Choice>,
    places: Vec<Choice>,
    courted: Vec<Choice>,
    chips: Html,
    chooser: Html,
    table: Html,
    foot: Html,
    exports: Html,
    empty: bool,
    hidden: i64,
    facets: Vec<(String, Vec<(String, String)>, String)>,
    tiers: Vec<Choice>,
    teams: Vec<Choice>,
    own_team: String,
    /// What is chosen unless another is: for the sender's team, or in none for those named, which is the sender.
    own_tier: &'static str,
    owners: Vec<Choice>,
    round: String,
    coverage: Vec<(String, String)>,
    may_send: bool,
    may_run: bool,
    may_retire: bool,
}

impl ShowPage<'_> {
    fn percent_done(&self) -> i64 {
        self.screening.done * 100 / self.screening.expected.max(1)
    }

    fn facet_key(&self, at: &usize) -> String {
        format!("facet-{at}")
    }
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let screening = get(&mut cx, id).await?;
    let view = cx.view();
    let form = Form::decode(&view.query);
    let version = version_of(&mut cx, &screening).await?;
    let whole = full(&version);
    let extent = super::extent(&mut cx, &screening).await?;
    let asked = super::asked(&mut cx, extent, &form).await;
    let (form, known) = form.narrowed(asked)?;
    let filter = Filter::read(&form);
    let page = if known { super::page(&mut cx, extent, &filter, LIMIT).await? } else { Rows::default() };
    let total = if known { super::total(&mut cx, extent, &filter).await? } else { lists::Total::Exactly(0) };
    let status = if known { 200 } else { 422 };
    let hidden = if known && filter.courted == Courted::Without && filter.ids.is_empty() {
        match super::total(&mut cx, extent, &Filter { courted: Courted::Only, ..filter.clone() }).await? {
            lists::Total::Exactly(count) | lists::Total::MoreThan(count) => count,
        }
    } else {
        0
    };
    let shown = Shown::read(&form, COLUMNS);
    let companies: Vec<String> = page.rows.iter().map(|row| row.company_id.clone()).collect();
    let known = super::known(&mut cx, &companies).await?;
    let rows: Vec<lists::Row> =
        page.rows.iter().map(|one| row(&view, &shown, &screening, one, &known, whole)).collect();
    let mut choices = Vec::new();
    for (column, measure) in [
        (Column::Country, Measure::Country),
        (Column::Industry, Measure::Industry),
        (Column::Listing, Measure::Listing),
        (Column::Chain, Measure::Chain),
    ] {
        let found = super::choices(&mut cx, extent, column, filter.courted).await?;
        choices.push(
            found
                .into_iter()
                .map(|(code, count)| {
                    let label = view.bracketed(words::code(&view, measure, &code), view.number(count));
                    Choice::new(code, label)
                })
                .collect::<Vec<Choice>>(),
        );
    }
    let [countries, industries, listings, places] =
        <[Vec<Choice>; 4]>::try_from(choices).unwrap_or_else(|_| [Vec::new(), Vec::new(), Vec::new(), Vec::new()]);
    let owners = responsible::owners(&mut cx, &TARGET, None).await?;
    let teams = responsible::teams(&mut cx, None).await?;
    // The sender's own team: the first of several, which another can be chosen for.
    let own: Vec<Id> = cx.actor.as_ref().map(|actor| actor.teams.clone()).unwrap_or_default();
    let own_team =
        teams.iter().find(|(team, _)| own.contains(team)).map_or_else(String::new, |(team, _)| team.to_string());
    let pairs = |list: Vec<(Id, String)>| list.into_iter().map(|(id, name)| Choice::new(id, name)).collect();
    let set = set_filters(&view, &filter);
    let kept = ["q", "country", "industry", "listing", "chain", "courted"];
    let known_by = screening.known();
    let coverage = version.criteria.criteria.iter().zip(&known_by).map(|(criterion, count)| {
        let basis_points = i128::from(*count) * 10_000 / i128::from(screening.ranked.max(1));
        (draw::name(&view, criterion), view.percent(i64::try_from(basis_points).unwrap_or(0)))
    });
    let may_send = cx.may(&TARGET) && screening.retired_at.is_none();
    let template = ShowPage {
        head: head(&view, &screening),
        made_up: screening.sources().iter().any(|source| source.made_up),
        fields: Fields::new(&view, &form, "screening"),
        kept: lists::kept(&view, &kept),
        countries,
        industries,
        listings,
        places,
        courted: ["all", "only"]
            .iter()
            .map(|value| Choice::new(value, view.t(&format!("screening-courted-{value}"))))
            .collect(),
        chips: lists::chips(&view, "screening", &set),
        chooser: lists::chooser(&view, &shown),
        table: lists::table(
            &view,
            &view.t("screening-companies"),
            &shown,
            &platform::order::Sort { order: &RANKS, down: false },
            &[],
            &rows,
            may_send,
        ),
        foot: lists::foot(&view, &total, rows.len(), LIMIT, page.previous.as_deref(), page.next.as_deref()),
        exports: exports(&view, &screening),
        empty: rows.is_empty(),
        hidden,
        facets: facets(&view, &screening),
        tiers: [Tier::Office, Tier::Team, Tier::Named]
            .iter()
            .map(|tier| Choice::new(tier.code(), view.t(tier.key())))
            .collect(),
        teams: pairs(teams),
        own_tier: if own_team.is_empty() { Tier::Named.code() } else { Tier::Team.code() },
        own_team,
        owners: pairs(owners),
        round: crate::target::round_of(cx.today()),
        coverage: coverage.collect(),
        may_send,
        may_run: cx.may(&SCREEN),
        may_retire: cx.may_on(&RETIRE, screening.relation()),
        screening,
        view: view.clone(),
    };
    cx.page(status, template).await
}

static RANKS: platform::order::Order = platform::order::Order { name: "", by: &[] };

fn head(view: &View, screening: &Screening) -> Vec<(String, String)> {
    vec![
        (view.t("screening-universe"), view.number(screening.companies)),
        (view.t("source-as-at"), view.date_or_dash(&screening.universe_as_at)),
        (view.t("screening-ranked"), view.number(screening.ranked)),
        (view.t("screening-made"), format!("{} · {}", screening.made_by_name, view.at(screening.made_at))),
    ]
}

fn set_filters(view: &View, filter: &Filter) -> Vec<(&'static str, String)> {
    let mut set: Vec<(&'static str, String)> = Vec::new();
    if let Some(typed) = &filter.q {
        set.push(("q", view.quoted(typed)));
    }
    for (name, measure, code) in [
        ("country", Measure::Country, &filter.country),
        ("industry", Measure::Industry, &filter.industry),
        ("listing", Measure::Listing, &filter.listing),
        ("chain", Measure::Chain, &filter.chain),
    ] {
        if let Some(code) = code {
            set.push((name, words::code(view, measure, code)));
        }
    }
    match filter.courted {
        Courted::Without => {}
        Courted::Only => set.push(("courted", view.t("screening-courted-only"))),
        Courted::All => set.push(("courted", view.t("screening-courted-all"))),
    }
    set
}

fn facets(view: &View, screening: &Screening) -> Vec<(String, Vec<(String, String)>, String)> {
    let told = screening.facets().into_iter().map(|facet| {
        let number = |count: u64| view.number(i64::try_from(count).unwrap_or(i64::MAX));
        let counts = facet.counts.iter().take(12).map(|(code, count)| {
            let name = if code.is_empty() { view.t("facet-others") } else { words::code(view, facet.measure, code) };
            (name, number(*count))
        });
        (words::measure(view, facet.measure), counts.collect(), number(facet.unknown))
    });
    told.collect()
}

/// Brings out just what is shown; which screening it is stands in the address that an export reads.
fn exports(view: &View, screening: &Screening) -> Html {
    let link = |format: &str, words: &str| {
        let changes = [("after", ""), ("before", ""), ("from", ""), ("columns", ""), ("format", format)];
        let id = screening.id.to_string();
        let all: Vec<(&str, &str)> = changes.iter().copied().chain([("screening", id.as_str())]).collect();
        let href = lists::address("/exports/screening", &view.query, &all);
        format!("<a href=\"{}\" download>{words}</a>", Html::escape(&href))
    };
    Html(format!(
        "<p class=\"actions small\">{} {} · {} · {}</p>",
        Html::escape(&view.t("list-export-as")),
        link("csv", "CSV"),
        link("xlsx", "Excel"),
        link("json", "JSON")
    ))
}

fn row(
    view: &View,
    shown: &Shown,
    screening: &Screening,
    one: &Listed,
    known: &HashMap<String, Known>,
    whole: i64,
) -> lists::Row {
    let href = format!("/targets/screenings/{}/companies/{}", screening.id, one.rank);
    let code = |measure: Measure, code: &str| {
        Html::escape(&if code.is_empty() { "–".to_owned() } else { words::code(view, measure, code) })
    };
    let cells = shown.cells(|column| match column {
        "name" => Html(format!("<a href=\"{href}\">{}</a>", Html::escape(&one.name))),
        "rank" => Html::escape(&rank(view, one)),
        "share" => Html::escape(&words::share(view, one.total, whole)),
        "firm" => Html::escape(&firm(view, one.best, one.worst, one.level_beyond)),
        "country" => code(Measure::Country, &one.country),
        "industry" => code(Measure::Industry, &one.industry),
        "listing" => code(Measure::Listing, &one.listing),
        "chain" => code(Measure::Chain, &one.chain),
        _ => known.get(&one.company_id).map_or_else(|| Html("–".to_owned()), |known| told(view, known)),
    });
    lists::Row { id: one.rank.to_string(), href, edit: String::new(), label: one.name.clone(), cells }
}

/// A rank, or of several that are level the one they share.
fn rank(view: &View, one: &Listed) -> String {
    if one.level_from == one.level_to && !one.level_beyond {
        view.number(one.rank)
    } else {
        view.t1("screening-rank-level", "n", view.number(one.level_from))
    }
}

/// Between which ranks it stays; `beyond` says that the last of them isn't known.
pub(crate) fn firm(view: &View, best: i64, worst: i64, beyond: bool) -> String {
    if beyond {
        view.t2("screening-firm-beyond", "best", view.number(best), "worst", view.number(worst))
    } else if best == worst {
        view.t1("screening-firm-one", "n", view.number(best))
    } else {
        view.t2("screening-firm-range", "best", view.number(best), "worst", view.number(worst))
    }
}

/// What the register has of a company.
pub(crate) fn told(view: &View, known: &Known) -> Html {
    let unsure = match known.is_unsure() {
        true => format!("<span class=\"badge attention\">{}</span> ", Html::escape(&view.t("screening-known-unsure"))),
        false => String::new(),
    };
    let mut parts = Vec::new();
    // First, so that a long name never cuts it off.
    if let (Some(target), Some(standing)) = (known.target_id, &known.standing) {
        parts.push(format!(
            "<a class=\"badge {}\" href=\"/targets/{target}\">{}</a>",
            crate::target::tone(standing),
            Html::escape(&view.t(&crate::target::standing_key(standing)))
        ));
    }
    parts.push(format!(
        "{unsure}<a href=\"/enterprises/{}\" lang=\"{}\">{}</a>",
        known.enterprise_id,
        Html::escape(&known.name_language),
        Html::escape(&known.enterprise)
    ));
    if known.projects > 0 {
        parts.push(Html::escape(&view.t1("screening-projects", "n", known.projects)).0);
    }
    Html(parts.join(" "))
}
