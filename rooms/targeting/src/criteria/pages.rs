//! Pages of criteria: the list, one set in any version, two versions side by side, the file of one.

use askama::Template;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use platform::audit;
use platform::forms::Form;
use platform::order::Place;
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Id, Result};
use screening::{Company, Criteria, Criterion, Factor};
use ui::lists;

use super::{NAMED, Set, Version, draw};
use crate::{READ, RETIRE, SCREEN, words};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/targets/criteria", index)
        .get("/targets/criteria/{id}", show)
        .get("/targets/criteria/{id}/compare", compare)
        .get("/targets/criteria/{id}/file", file)
        .get("/targets/criteria/chains", chains)
        .get("/targets/criteria/{id}/history", history)
        .post("/targets/criteria/{id}/retire", retire)
        .post("/targets/criteria/{id}/restore", restore)
}

const LIMIT: i64 = 50;

#[derive(Template)]
#[template(path = "criteria/pages/list.html")]
struct ListPage {
    view: View,
    tabs: Html,
    sets: Vec<Set>,
    turn: Html,
    retired: bool,
    may_compose: bool,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let retired = form.value("retired") == "yes";
    let page = super::page(&mut cx, retired, &Place::read(&form), LIMIT).await?;
    let template = ListPage {
        tabs: words::tabs(&view, "criteria"),
        turn: lists::turn(&view, page.previous.as_deref(), page.next.as_deref()),
        sets: page.rows,
        retired,
        may_compose: cx.may(&SCREEN),
        view: view.clone(),
    };
    cx.page(200, template).await
}

/// One criterion as pages tell it.
struct Told {
    name: String,
    measure: String,
    weight: String,
    share: String,
    picture: Html,
    curve: String,
    missing: String,
    note: String,
}

/// The criteria of one factor, and its share of all weights.
struct OfFactor {
    name: String,
    share: String,
    criteria: Vec<Told>,
}

fn told(view: &View, criterion: &Criterion, all: u64) -> Told {
    Told {
        name: draw::name(view, criterion),
        measure: words::measure(view, criterion.measure),
        weight: view.number(i64::from(criterion.weight)),
        share: share(view, u64::from(criterion.weight), all),
        picture: draw::picture(criterion),
        curve: draw::words(view, criterion),
        missing: draw::missing(view, criterion.missing),
        note: criterion.note.clone(),
    }
}

fn share(view: &View, weight: u64, all: u64) -> String {
    view.percent(i64::try_from(weight * 10_000 / all.max(1)).unwrap_or(0))
}

fn by_factor(view: &View, criteria: &Criteria) -> Vec<OfFactor> {
    let all = criteria.all_weights();
    let of = |factor: Factor| {
        let list: Vec<&Criterion> = criteria.criteria.iter().filter(|one| one.factor == factor).collect();
        let weight = list.iter().map(|one| u64::from(one.weight)).sum();
        OfFactor {
            name: view.t(&words::factor_key(factor)),
            share: share(view, weight, all),
            criteria: list.into_iter().map(|one| told(view, one, all)).collect(),
        }
    };
    Factor::ALL.into_iter().map(of).collect()
}

#[derive(Template)]
#[template(path = "criteria/pages/show.html")]
struct ShowPage {
    view: View,
    set: Set,
    version: Version,
    factors: Vec<OfFactor>,
    conditions: Vec<String>,
    excluded: Excluded,
    /// Whether some measure is worked out from the chains.
    by_chains: bool,
    versions: Vec<Version>,
    more: Option<i64>,
    may_compose: bool,
    may_retire: bool,
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let set = super::get(&mut cx, id).await?;
    let view = cx.view();
    let form = Form::decode(&view.query);
    let version = super::version_at(&mut cx, id, form.number("version").unwrap_or(set.latest)).await?;
    let versions = super::versions(&mut cx, id, form.number("below"), 21).await?;
    let by_chains = version.criteria.measures().any(|measure| measure.from() != measure);
    let page = ShowPage {
        factors: by_factor(&view, &version.criteria),
        conditions: version.criteria.conditions.iter().map(|one| draw::condition(&view, one)).collect(),
        excluded: excluded(&mut cx, &version.criteria.exclude).await?,
        by_chains,
        more: versions.get(20).and_then(|_| versions.get(19)).map(|last| last.number),
        versions: versions.into_iter().take(20).collect(),
        may_compose: cx.may(&SCREEN),
        may_retire: cx.may_on(&RETIRE, set.relation()),
        set,
        version,
        view: view.clone(),
    };
    cx.page(200, page).await
}

/// Companies left out: as they were written, and as the universe calls them.
struct Excluded {
    named: Vec<(String, Option<Company>)>,
    /// Whether there is a universe to know them.
    asked: bool,
    /// How many are left out, those apart that no company is.
    count: usize,
    /// How many more there are.
    more: usize,
}

async fn excluded(cx: &mut Cx, keys: &[String]) -> Result<Excluded> {
    let found = super::left_out(cx, keys).await?;
    let asked = found.is_some();
    let named = found.unwrap_or_else(|| keys.iter().take(NAMED).map(|key| (key.clone(), None)).collect());
    let unknown = if asked { named.iter().filter(|(_, company)| company.is_none()).count() } else { 0 };
    Ok(Excluded { named, asked, count: keys.len() - unknown, more: keys.len().saturating_sub(NAMED) })
}

impl Excluded {
    /// The company's name with a link, or what was written where the universe doesn't know it.
    fn told(&self, view: &View) -> Vec<Html> {
        let one = |(key, company): &(String, Option<Company>)| match company {
            Some(company) => Html(format!(
                "<a href=\"/targets/universe/{}\">{}</a> <span class=\"muted\">{}</span>",
                words::path(&company.id),
                Html::escape(&company.name),
                Html::escape(key)
            )),
            None if self.asked => Html(format!(
                "{} <span class=\"badge attention\">{}</span>",
                Html::escape(key),
                Html::escape(&view.t("criteria-excluded-none"))
            )),
            None => Html::escape(key),
        };
        self.named.iter().map(one).collect()
    }
}

/// One criterion in two versions.
struct Beside {
    name: String,
    measure: String,
    before: Option<Told>,
    after: Option<Told>,
    changed: bool,
}

#[derive(Template)]
#[template(path = "criteria/pages/compare.html")]
struct ComparePage {
    view: View,
    set: Set,
    before: Version,
    after: Version,
    rows: Vec<Beside>,
    numbers: Vec<i64>,
    conditions: (Vec<String>, Vec<String>),
    /// Left out by the one and not by the other, and whether the lists differ.
    left_out: (Excluded, Excluded),
    other_left_out: bool,
}

async fn compare(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let set = super::get(&mut cx, id).await?;
    let view = cx.view();
    let form = Form::decode(&view.query);
    let after = form.number("after").unwrap_or(set.latest);
    let before = form.number("before").unwrap_or((after - 1).max(1));
    let after = super::version_at(&mut cx, id, after).await?;
    let before = super::version_at(&mut cx, id, before).await?;
    let (earlier, later) = (&before.criteria, &after.criteria);
    let gone = earlier.criteria.iter().filter(|one| later.by_key(&one.key).is_none());
    let rows = later.criteria.iter().chain(gone).map(|one| {
        let (old, new) = (earlier.by_key(&one.key), later.by_key(&one.key));
        Beside {
            name: draw::name(&view, one),
            measure: words::measure(&view, one.measure),
            before: old.map(|old| told(&view, old, earlier.all_weights())),
            after: new.map(|new| told(&view, new, later.all_weights())),
            changed: old != new,
        }
    });
    let conditions = |criteria: &Criteria| criteria.conditions.iter().map(|one| draw::condition(&view, one)).collect();
    let only = |of: &Criteria, other: &Criteria| -> Vec<String> {
        of.exclude.iter().filter(|key| !other.exclude.contains(key)).cloned().collect()
    };
    let (only_before, only_after) = (only(earlier, later), only(later, earlier));
    let page = ComparePage {
        rows: rows.collect(),
        conditions: (conditions(earlier), conditions(later)),
        other_left_out: !only_before.is_empty() || !only_after.is_empty(),
        left_out: (excluded(&mut cx, &only_before).await?, excluded(&mut cx, &only_after).await?),
        numbers: (1..=set.latest).rev().take(200).collect(),
        set,
        before,
        after,
        view: view.clone(),
    };
    cx.page(200, page).await
}

/// The criteria as the command line reads them.
async fn file(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let set = super::get(&mut cx, id).await?;
    let number = Form::decode(&cx.view().query).number("version").unwrap_or(set.latest);
    let version = super::version_at(&mut cx, id, number).await?;
    cx.commit().await?;
    let headers = [
        (header::CONTENT_TYPE, "application/toml; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"criteria-{id}-{number}.toml\"")),
    ];
    Ok((headers, version.criteria.to_toml()).into_response())
}

/// The tables of the chains as the command line reads them, with the enterprises that are here now.
async fn chains(mut cx: Cx) -> Result<Response> {
    cx.require(&READ)?;
    let tables = crate::chain::context(&mut cx).await?;
    cx.commit().await?;
    let headers = [
        (header::CONTENT_TYPE, "application/toml; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"chains.toml\""),
    ];
    Ok((headers, tables.to_toml()).into_response())
}

#[derive(Template)]
#[template(path = "criteria/pages/history.html")]
struct HistoryPage {
    view: View,
    set: Set,
    timeline: Html,
    next: Option<String>,
}

async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let set = super::get(&mut cx, id).await?;
    let view = cx.view();
    let before = Form::decode(&view.query).number("before").map(Id);
    let entries = audit::read::history(&mut cx, "criteria", id, before, 50).await?;
    let next = entries.last().filter(|_| entries.len() == 50).map(|last| format!("?before={}", last.id));
    let page =
        HistoryPage { set, timeline: ui::history::timeline(&view, &entries, "criteria"), next, view: view.clone() };
    cx.page(200, page).await
}

async fn retire(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    super::retire(&mut cx, id, Some(form.value("reason"))).await?;
    cx.see_other_saying("/targets/criteria", Flash::new("criteria-were-retired", &[])).await
}

async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::retire(&mut cx, id, None).await?;
    cx.see_other_saying(format!("/targets/criteria/{id}"), Flash::new("criteria-were-restored", &[])).await
}
