//! Pages of screenings: the list, the form that runs one, one company explained, two compared.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::audit;
use platform::forms::Form;
use platform::order::Place;
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use screening::{Factor, Firm, Moved, Reason};
use ui::{Fields, lists};

use super::compare::{Comparison, compare};
use super::list::{Known, known};
use super::{Explained, Screening, USUAL_TOP};
use crate::criteria::{self, draw};
use crate::{SCREEN, words};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/targets/screenings", index)
        .get("/targets/criteria/{id}/screen", ask)
        .post("/targets/criteria/{id}/screen", run)
        .get("/targets/screenings/{id}/companies/{rank}", company)
        .get("/targets/screenings/{id}/compare", beside)
        .get("/targets/screenings/{id}/history", history)
        .post("/targets/screenings/{id}/cancel", cancel)
        .post("/targets/screenings/{id}/retire", retire)
        .post("/targets/screenings/{id}/restore", restore)
}

const LIMIT: i64 = 50;

pub(crate) fn state_key(state: &str) -> String {
    format!("screening-state-{state}")
}

#[derive(Template)]
#[template(path = "screening/pages/list.html")]
struct ListPage {
    view: View,
    tabs: Html,
    screenings: Vec<Screening>,
    turn: Html,
    chips: Html,
    retired: bool,
    companies: Option<String>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let set = form.number("criteria").map(Id);
    let retired = form.value("retired") == "yes";
    let page = super::page(&mut cx, set, retired, &Place::read(&form), LIMIT).await?;
    let mut filters = Vec::new();
    if let Some(set) = set {
        filters.push(("criteria", criteria::get(&mut cx, set).await?.name));
    }
    let about = crate::universe::about(&mut cx).await?;
    let template = ListPage {
        tabs: words::tabs(&view, "screenings"),
        turn: lists::turn(&view, page.previous.as_deref(), page.next.as_deref()),
        screenings: page.rows,
        chips: lists::chips(&view, "screening", &filters),
        retired,
        companies: about.map(|about| view.number(i64::try_from(about.companies).unwrap_or(i64::MAX))),
        view: view.clone(),
    };
    cx.page(200, template).await
}

#[derive(Template)]
#[template(path = "screening/pages/run.html")]
struct RunPage<'a> {
    view: View,
    set: criteria::Set,
    number: i64,
    fields: Fields<'a>,
    companies: Option<String>,
    as_at: String,
}

async fn run_page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    cx.require(&SCREEN)?;
    let set = criteria::get(cx, id).await?;
    let view = cx.view();
    let number = form.number("version").unwrap_or(set.latest);
    criteria::version_at(cx, id, number).await?;
    let about = crate::universe::about(cx).await?;
    let page = RunPage {
        fields: Fields::new(&view, form, "screening"),
        companies: about.as_ref().map(|about| view.number(i64::try_from(about.companies).unwrap_or(i64::MAX))),
        as_at: view.date_or_dash(&about.and_then(|about| about.as_at)),
        set,
        number,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn ask(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let form = Form::decode(&cx.view().query).with("top", USUAL_TOP.to_string());
    run_page(&mut cx, 200, id, &form).await
}

async fn run(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let number = form.number("version").unwrap_or_default();
    match super::run(&mut cx, id, number, form.number("top").unwrap_or_default()).await {
        Ok(screening) => cx.see_other(format!("/targets/screenings/{}", screening.id)).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            run_page(&mut cx, 422, id, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

/// What one criterion gave, as the page tells it.
struct Told {
    name: String,
    factor: String,
    value: String,
    fact: String,
    known: bool,
    points: String,
    weight: String,
    adds: String,
    start: u32,
    share: u32,
    to_rise: String,
    at_most: String,
    at_least: String,
}

#[derive(Template)]
#[template(path = "screening/pages/company.html")]
struct CompanyPage {
    view: View,
    screening: Screening,
    explained: Explained,
    known: Option<Known>,
    total: String,
    firm: String,
    best_by: String,
    worst_by: String,
    factors: Vec<(String, String, u32, u32)>,
    rows: Vec<Told>,
    gap: String,
    level: String,
}

impl CompanyPage {
    fn known_as(&self) -> Html {
        self.known.as_ref().map(|known| super::list::pages::told(&self.view, known)).unwrap_or_default()
    }
}

async fn company(mut cx: Cx, Path((id, rank)): Path<(Id, i64)>) -> Result<Response> {
    let screening = super::get(&mut cx, id).await?;
    let explained = super::explained(&mut cx, &screening, rank).await?;
    let view = cx.view();
    let company = explained.ranked.company.id.clone();
    let known = known(&mut cx, std::slice::from_ref(&company)).await?.remove(&company);
    let page = told(&view, screening, explained, known);
    cx.page(200, page).await
}

fn told(view: &View, screening: Screening, explained: Explained, known: Option<Known>) -> CompanyPage {
    let full = super::full(&explained.version);
    let sources = screening.sources();
    let ranked = &explained.ranked;
    let named = |key: &str| {
        explained.version.criteria.by_key(key).map_or_else(|| key.to_owned(), |criterion| draw::name(view, criterion))
    };
    let moved = |by: &Option<Moved>| {
        by.as_ref().map_or_else(String::new, |by| {
            view.t1(if by.up { "screening-weight-up" } else { "screening-weight-down" }, "name", named(&by.key))
        })
    };
    let Firm { best, worst, best_by, worst_by } = &ranked.firm;
    let (from, to) = &explained.level;
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let part = |adds: i64| u32::try_from(i128::from(adds) * 1_000 / i128::from(full.max(1))).unwrap_or(0);
    // Each bar begins where the one before it ended.
    let mut sum = 0;
    let rows = ranked.reasons.iter().zip(&explained.changes).map(|(reason, change)| {
        let before = sum;
        sum += reason.adds;
        let rank = |rank: u64| view.t1("screening-rank-n", "n", view.number(number(rank)));
        Told {
            name: named(&reason.key),
            factor: view.t(&words::factor_key(reason.factor)),
            value: value(view, reason),
            fact: reason.fact.as_ref().map_or_else(
                || view.t("screening-not-known"),
                |fact| format!("{} · {}", words::source(&sources, &fact.source), view.date(fact.as_at)),
            ),
            known: reason.fact.is_some(),
            points: words::points_short(reason.points),
            weight: view.number(i64::from(reason.weight)),
            adds: words::share(view, reason.adds, full),
            start: part(before),
            share: part(reason.adds),
            to_rise: match &change.to_rise {
                None => "–".to_owned(),
                Some(rise) => match rise.value {
                    Some(value) => view.t1("screening-rise-value", "value", words::number(view, reason.measure, value)),
                    None => view.t1("screening-rise-points", "points", words::points(rise.points)),
                },
            },
            at_most: rank(change.at_most),
            at_least: change.at_least.map_or_else(|| view.t("screening-beyond"), rank),
        }
    });
    let mut so_far = 0;
    let factors = Factor::ALL.iter().map(|factor| {
        let adds = ranked.of_factor(*factor);
        let before = so_far;
        so_far += adds;
        (view.t(&words::factor_key(*factor)), words::share(view, adds, full), part(before), part(adds))
    });
    CompanyPage {
        total: words::share(view, ranked.total, full),
        firm: super::list::pages::firm(view, number(*best.min(from)), number(*worst.max(to)), explained.level_beyond),
        level: if explained.level_beyond {
            view.t2("screening-level-beyond", "n", view.number(number(*from)), "others", number(to - from))
        } else if from == to {
            String::new()
        } else {
            view.t2("screening-level", "n", view.number(number(*from)), "others", number(to - from))
        },
        best_by: moved(best_by),
        worst_by: moved(worst_by),
        factors: factors.collect(),
        rows: rows.collect(),
        gap: match (&explained.above, &explained.after) {
            (Some((_, name, total)), _) => {
                view.t2("screening-behind", "name", name, "share", words::share(view, total - ranked.total, full))
            }
            (None, Some((_, name, total))) if *total < ranked.total => {
                view.t2("screening-ahead", "name", name, "share", words::share(view, ranked.total - total, full))
            }
            (None, _) => String::new(),
        },
        known,
        screening,
        explained,
        view: view.clone(),
    }
}

fn value(view: &View, reason: &Reason) -> String {
    reason.value.as_ref().map_or_else(|| "–".to_owned(), |value| words::value(view, reason.measure, value))
}

#[derive(Template)]
#[template(path = "screening/pages/compare.html")]
struct ComparePage {
    view: View,
    screening: Screening,
    others: Vec<Screening>,
    with: Option<Screening>,
    comparison: Option<Comparison>,
    fate: String,
    turn: Html,
}

impl ComparePage {
    fn with_id(&self) -> Id {
        self.with.as_ref().map_or(Id(0), |with| with.id)
    }

    fn label(&self, one: &Screening) -> String {
        let version = self.view.t1("criteria-version", "n", one.number);
        format!("{} · {version} · {}", one.name, self.view.at(one.made_at))
    }
}

async fn beside(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let screening = super::get(&mut cx, id).await?;
    let view = cx.view();
    let form = Form::decode(&view.query);
    let others = super::page(&mut cx, None, false, &Place::default(), 100).await?.rows;
    let others: Vec<Screening> = others.into_iter().filter(|one| one.id != id && one.state == "done").collect();
    // Unless told, the latest before it of the same criteria, else the latest before it.
    let usual = others.iter().filter(|one| one.id < id);
    let usual = usual.clone().find(|one| one.set_id == screening.set_id).or_else(|| usual.clone().next()).cloned();
    let with = match form.number("with") {
        Some(with) => Some(super::get(&mut cx, Id(with)).await?),
        None => usual,
    };
    let fate = form.text("fate");
    let comparison = match &with {
        Some(with) => Some(compare(&mut cx, with.id, id, &fate, form.number("page").unwrap_or(0)).await?),
        None => None,
    };
    let turn = comparison.as_ref().map(|comparison| turn(&view, comparison)).unwrap_or_default();
    let page = ComparePage { screening, others, with, comparison, fate, turn, view: view.clone() };
    cx.page(200, page).await
}

fn turn(view: &View, comparison: &Comparison) -> Html {
    let link = |page: Option<i64>, key: &str| match page {
        Some(page) => format!(
            "<a class=\"button\" href=\"{}\">{}</a>",
            Html::escape(&lists::address(&view.path, &view.query, &[("page", &page.to_string())])),
            Html::escape(&view.t(key))
        ),
        None => String::new(),
    };
    Html(format!(
        "<nav class=\"paging\" aria-label=\"{}\"><span class=\"row\">{}{}</span></nav>",
        Html::escape(&view.t("list-paging")),
        link(comparison.previous, "previous"),
        link(comparison.next, "next")
    ))
}

#[derive(Template)]
#[template(path = "screening/pages/history.html")]
struct HistoryPage {
    view: View,
    screening: Screening,
    timeline: Html,
    next: Option<String>,
}

async fn history(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let screening = super::get(&mut cx, id).await?;
    let view = cx.view();
    let before = Form::decode(&view.query).number("before").map(Id);
    let entries = audit::read::history(&mut cx, "screening", id, before, 50).await?;
    let next = entries.last().filter(|_| entries.len() == 50).map(|last| format!("?before={}", last.id));
    let timeline = ui::history::timeline(&view, &entries, "screening");
    cx.page(200, HistoryPage { screening, timeline, next, view }).await
}

async fn cancel(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::cancel(&mut cx, id).await?;
    cx.see_other_saying(format!("/targets/screenings/{id}"), Flash::new("screening-was-stopped", &[])).await
}

async fn retire(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    super::retire(&mut cx, id, Some(form.value("reason"))).await?;
    cx.see_other_saying("/targets/screenings", Flash::new("screening-was-retired", &[])).await
}

async fn restore(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::retire(&mut cx, id, None).await?;
    cx.see_other_saying(format!("/targets/screenings/{id}"), Flash::new("screening-was-restored", &[])).await
}
