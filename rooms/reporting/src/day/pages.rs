//! The front page.

use askama::Template;
use axum::response::Response;
use platform::import::Import;
use platform::pages::View;
use platform::web::Routes;
use platform::{Cx, Result};
use projects::attention::{Brief, Near, STALE_DAYS};
use projects::figures;
use projects::project::list::Listed;
use projects::stage;

use super::Day;
use crate::figures::pages::{Shown, shown};
use crate::series::pages::words_of;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/", day)
}

#[derive(Template)]
#[template(path = "day/pages/day.html")]
struct DayPage {
    view: View,
    figures: Vec<Shown>,
    waits: bool,
    /// Whether the person has live projects of their own.
    owns: bool,
    near: Vec<Line>,
    stale: Vec<Line>,
    delayed: Vec<Line>,
    others_delayed: Vec<Line>,
    /// Import, name of its kind, what it waits for.
    imports: Vec<(Import, String, String)>,
    recent: Vec<Line>,
    holiday: Option<String>,
    stale_days: i64,
    may_start: bool,
    /// Whether the office has no pack yet and the reader can bring one in.
    no_pack: bool,
    partial: bool,
}

/// A project in a line, with what is to be said of it.
struct Line {
    id: platform::Id,
    reference: String,
    title: String,
    enterprise: String,
    language: String,
    said: String,
    /// good, attention, or nothing.
    tone: &'static str,
}

/// The enterprise's name, unless the title says it already.
fn beside(title: &str, name: &str) -> String {
    if title.contains(name) { String::new() } else { name.to_owned() }
}

impl Line {
    fn of(brief: &Brief, said: String, tone: &'static str) -> Self {
        Self {
            id: brief.id,
            reference: brief.reference.clone(),
            title: brief.title.clone(),
            enterprise: beside(&brief.title, &brief.enterprise_name),
            language: brief.name_language.clone(),
            said,
            tone,
        }
    }

    fn listed(listed: &Listed, said: String, tone: &'static str) -> Self {
        Self {
            id: listed.id,
            reference: listed.reference.clone(),
            title: listed.title.clone(),
            enterprise: beside(&listed.title, &listed.enterprise_name),
            language: listed.name_language.clone(),
            said,
            tone,
        }
    }

    fn near(view: &View, near: &Near) -> Self {
        let into = view.t(&stage::stage_key(near.into));
        match &near.missing {
            None => Self::of(&near.project, view.t1("day-open", "stage", into), "good"),
            Some(missing) => {
                let said = view.t2("day-lacks", "stage", into, "missing", view.said(&missing.key, &missing.args));
                Self::of(&near.project, said, "attention")
            }
        }
    }
}

async fn day(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let day = super::today(&mut cx).await?;
    let kind = |import: &Import| cx.house.import_kind(&import.kind).map_or_else(String::new, |kind| view.t(kind.key()));
    let page = DayPage {
        figures: figures(&cx, &view, &day),
        waits: day.waits(),
        owns: day.mine.own.live > 0,
        near: day.mine.near.iter().map(|near| Line::near(&view, near)).collect(),
        stale: day
            .mine
            .stale
            .iter()
            .map(|(brief, days)| Line::of(brief, view.t1("day-unchanged", "n", view.number(*days)), "attention"))
            .collect(),
        delayed: day
            .mine
            .delayed
            .iter()
            .map(|brief| Line::of(brief, view.t(&stage::stage_key(&brief.stage)), ""))
            .collect(),
        others_delayed: day
            .delayed
            .iter()
            .map(|listed| Line::listed(listed, view.t(&stage::stage_key(&listed.stage)), ""))
            .collect(),
        imports: day
            .imports
            .iter()
            .map(|import| {
                let asks = if import.state == "checked" { "day-import-checked" } else { "day-import-uploaded" };
                let said = view.t2(asks, "create", import.to_create, "refused", import.refused);
                (import.clone(), kind(import), said)
            })
            .collect(),
        recent: day.recent.iter().map(|listed| Line::listed(listed, view.at(listed.updated_at), "")).collect(),
        holiday: day
            .next_holiday
            .as_ref()
            .map(|holiday| view.t2("day-holiday", "day", view.date(holiday.day), "name", holiday.name(view.lang))),
        stale_days: STALE_DAYS,
        may_start: cx.may(&projects::EDIT),
        no_pack: cx.house.settings.get("pack").is_none() && cx.may(&platform::settings::EDIT),
        partial: figures::partial(&cx) && !day.office.is_empty(),
        view: view.clone(),
    };
    cx.page(200, page).await
}

/// The person's own projects in numbers, or the office's figures for somebody who has none.
fn figures(cx: &Cx, view: &View, day: &Day) -> Vec<Shown> {
    if !day.office.is_empty() {
        return day.office.iter().map(|(measure, value)| shown(view, *measure, value, "", view.today)).collect();
    }
    let own = day.mine.own;
    let list = cx.account().map_or_else(|| "/projects".to_owned(), |account| format!("/projects?owner={account}"));
    let money = figures::unit(cx, figures::Measure::InvestmentPledged);
    let one = |key: &str, value: String| Shown {
        name: view.t(key),
        value,
        definition: String::new(),
        records: own.live,
        href: list.clone(),
    };
    vec![
        one("day-own-live", view.number(own.live)),
        one("day-own-investment-pledged", words_of(view, own.investment_pledged, &money)),
        one("day-own-investment-realised", words_of(view, own.investment_realised, &money)),
        one("day-own-jobs-pledged", view.number(own.jobs_pledged)),
        one("day-own-jobs-realised", view.number(own.jobs_realised)),
    ]
}
