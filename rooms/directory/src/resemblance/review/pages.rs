//! Pages of the review: the queue, and one pair side by side.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Id, Result};
use ui::lists::{self, Column, Row, Shown};
use ui::{Choice, Fields};

use super::{Decision, Filter, GivenDecision, ORDERS, Pair, STATES, state_key};
use crate::enterprise::Enterprise;
use crate::resemblance::Verdict;
use crate::resemblance::pages::waterfall;
use crate::resemblance::words::{self, Told};
use crate::{MERGE, identifier, industry, name};

const LIMIT: i64 = 50;

const COLUMNS: &[Column] = &[
    Column::usual("pair", "review-pair"),
    Column::usual("verdict", "review-verdict"),
    Column::usual("probability", "review-probability"),
    Column::usual("reasons", "resemblance-why"),
    Column::further("found", "review-found-at"),
];

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/review", index)
        .post("/enterprises/review/find", find)
        .get("/enterprises/review/{id}", show)
        .post("/enterprises/review/{id}/decision", decide)
        .post("/enterprises/review/{id}/later", put_off)
        .post("/enterprises/review/{id}/undo", undo)
}

#[derive(Template)]
#[template(path = "resemblance/review/pages/list.html")]
struct ListPage<'a> {
    view: View,
    fields: Fields<'a>,
    kept: Html,
    states: Vec<Choice>,
    verdicts: Vec<Choice>,
    first: Option<Id>,
    chips: Html,
    chooser: Html,
    sorts: Html,
    table: Html,
    foot: Html,
    empty: bool,
    filtered: bool,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let filter = Filter::read(&form);
    let page = super::page(&mut cx, &filter, LIMIT).await?;
    let total = super::total(&mut cx, &filter).await?;
    let shown = Shown::read(&form, COLUMNS);
    let rows: Vec<Row> = page.rows.iter().map(|pair| row(&view, &shown, pair)).collect();
    let mut set: Vec<(&str, String)> = Vec::new();
    if filter.state != STATES[0] {
        set.push(("state", view.t(state_key(filter.state))));
    }
    if let Some(verdict) = filter.verdict {
        set.push(("verdict", view.t(verdict.key())));
    }
    let narrowed = Form::default().with("state", filter.state).with("verdict", form.value("verdict"));
    let template = ListPage {
        fields: Fields::new(&view, &narrowed, "review"),
        kept: lists::kept(&view, &["state", "verdict"]),
        states: STATES.iter().map(|state| Choice::new(state, view.t(state_key(state)))).collect(),
        verdicts: Verdict::ALL.iter().map(|verdict| Choice::new(verdict.code(), view.t(verdict.key()))).collect(),
        first: page.rows.first().map(|pair| pair.id),
        chips: lists::chips(&view, "review", &set),
        chooser: lists::chooser(&view, &shown),
        sorts: lists::sorts(&view, &shown, &filter.sort, ORDERS),
        table: lists::table(&view, &view.t("review-heading"), &shown, &filter.sort, ORDERS, &rows, false),
        foot: lists::foot(&view, &total, rows.len(), LIMIT, page.previous.as_deref(), page.next.as_deref()),
        empty: rows.is_empty(),
        filtered: !set.is_empty(),
        view: view.clone(),
    };
    cx.page(200, template).await
}

fn row(view: &View, shown: &Shown, pair: &Pair) -> Row {
    let href = format!("/enterprises/review/{}", pair.id);
    let name = |one: &Enterprise| {
        format!("<span lang=\"{}\">{}</span>", Html::escape(&one.name_language), Html::escape(&one.name))
    };
    let cells = shown.cells(|column| match column {
        "pair" => Html(format!("<a href=\"{href}\">{} · {}</a>", name(&pair.one), name(&pair.other))),
        "verdict" => {
            let words = words::verdict(view, &pair.resemblance);
            Html(format!("<span class=\"badge\">{}</span>", Html::escape(&words)))
        }
        "probability" => Html::escape(&words::percent(view, pair.resemblance.probability)),
        "reasons" => Html::escape(&words::line(view, &pair.resemblance)),
        _ => view.moment(pair.found_at),
    });
    let label = format!("{} · {}", pair.one.name, pair.other.name);
    Row { id: pair.id.to_string(), href, edit: String::new(), label, cells }
}

async fn find(mut cx: Cx) -> Result<Response> {
    super::set_off(&mut cx).await?;
    cx.see_other_saying("/enterprises/review", Flash::new("review-finding", &[])).await
}

/// One thing said of both records.
struct Beside {
    label: String,
    one: Vec<String>,
    other: Vec<String>,
    differs: bool,
}

#[derive(Template)]
#[template(path = "resemblance/review/pages/pair.html")]
struct PairPage {
    view: View,
    pair: Pair,
    told: Told,
    state: String,
    decision: Option<(String, Decision)>,
    problems: String,
    note: String,
    next: Option<Id>,
    merge: Option<String>,
    rows: Vec<Beside>,
    waterfall: Html,
}

async fn show(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    pair_page(&mut cx, 200, id, &Form::default()).await
}

async fn pair_page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let pair = super::get(cx, id).await?;
    let view = cx.view();
    let mut decision = None;
    if let Some(held) = super::standing(cx, &pair).await? {
        let who = match held.decided_by {
            Some(account) => identity::account::name(cx, account).await?,
            None => None,
        };
        let verdict =
            Verdict::from_code(&held.verdict).map(|verdict| view.t(verdict.decided_key())).unwrap_or_default();
        let args =
            [("verdict", verdict), ("name", who.unwrap_or_else(|| "–".to_owned())), ("day", view.at(held.decided_at))];
        decision = Some((view.tn("review-was-decided", &args), held));
    }
    let problems: Vec<String> =
        form.problems().all().iter().map(|problem| view.said(&problem.key, &problem.args)).collect();
    let next = super::next(cx, id).await?;
    let same = decision.as_ref().is_some_and(|(_, held)| held.verdict == Verdict::Same.code());
    let page = PairPage {
        told: words::told(&view, &pair.resemblance),
        state: view.t(state_key(&pair.state)),
        problems: problems.join(" "),
        note: form.text("note"),
        merge: (same && may_merge(cx, &pair)).then(|| merge_address(&pair, next)),
        next,
        rows: beside(cx, &view, &pair).await?,
        waterfall: waterfall(&view, &pair.resemblance, &pair.one.name, &pair.other.name)?,
        decision,
        pair,
        view,
    };
    cx.page(status, page).await
}

fn may_merge(cx: &Cx, pair: &Pair) -> bool {
    cx.may_on(&MERGE, pair.one.relation()) && cx.may_on(&MERGE, pair.other.relation())
}

/// The younger record is merged into the older; from there one comes back to the queue.
fn merge_address(pair: &Pair, next: Option<Id>) -> String {
    let (survivor, loser) = (pair.one.id.min(pair.other.id), pair.one.id.max(pair.other.id));
    format!("/enterprises/{loser}/merge?into={survivor}&back={}", platform::web::encode(&address(next)))
}

fn address(pair: Option<Id>) -> String {
    pair.map_or_else(|| "/enterprises/review".to_owned(), |id| format!("/enterprises/review/{id}"))
}

async fn beside(cx: &mut Cx, view: &View, pair: &Pair) -> Result<Vec<Beside>> {
    let mut sides = Vec::new();
    for one in [&pair.one, &pair.other] {
        let names = name::of(cx, one.id).await?.into_iter().map(|name| name.name).collect::<Vec<_>>();
        let numbers = identifier::of(cx, one.id)
            .await?
            .iter()
            .map(|held| {
                let parts = [view.t(&identifier::scheme_key(&held.scheme)), identifier::register_name(view, held)];
                let scheme = parts.into_iter().filter(|part| part != "–").collect::<Vec<_>>().join(" · ");
                format!("{scheme}: {}", held.value)
            })
            .collect();
        let today = cx.today();
        let industries = industry::of(cx, one.id)
            .await?
            .iter()
            .filter(|held| held.valid_to.is_none_or(|to| today <= to))
            .map(|held| view.code("industry", &held.industry))
            .collect();
        let owner = match one.owner_id {
            Some(owner) => identity::account::name(cx, owner).await?,
            None => None,
        };
        let code =
            |list: &str, code: &Option<String>| code.iter().map(|code| view.code(list, code)).collect::<Vec<_>>();
        let text = |text: &Option<String>| text.iter().cloned().collect::<Vec<_>>();
        let kind = if one.kind == "group" { "enterprise-kind-group" } else { "enterprise-kind-legal-entity" };
        sides.push(vec![
            ("enterprise-names", names),
            ("enterprise-identifiers", numbers),
            ("enterprise-kind", vec![view.t(kind)]),
            ("enterprise-reporting-origin", code("origin", &one.reporting_origin)),
            ("enterprise-incorporation", code("jurisdiction", &one.incorporation)),
            ("enterprise-headquarters", code("jurisdiction", &one.headquarters)),
            ("enterprise-industries", industries),
            ("enterprise-main-listing", text(&one.main_listing)),
            ("enterprise-website", text(&one.website)),
            ("enterprise-description", text(&one.description)),
            ("enterprise-tier", vec![view.t(one.tier().key())]),
            ("enterprise-owner-id", owner.into_iter().collect()),
            ("enterprise-created", vec![view.at(one.created_at)]),
        ]);
    }
    let (Some(other), Some(one)) = (sides.pop(), sides.pop()) else { return Ok(Vec::new()) };
    let told = |lines: Vec<String>| if lines.is_empty() { vec!["–".to_owned()] } else { lines };
    Ok(one
        .into_iter()
        .zip(other)
        .filter(|((_, one), (_, other))| !one.is_empty() || !other.is_empty())
        .map(|((key, one), (_, other))| Beside {
            label: view.t(key),
            differs: one != other,
            one: told(one),
            other: told(other),
        })
        .collect())
}

async fn decide(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let given = GivenDecision { verdict: form.text("verdict"), note: form.text("note") };
    let decision = match super::decide(&mut cx, id, given).await {
        Ok(decision) => decision,
        Err(error) => {
            let (status, form) = form.refused(error, "verdict")?;
            cx.undo().await?;
            return pair_page(&mut cx, status, id, &form).await;
        }
    };
    let pair = super::get(&mut cx, id).await?;
    let next = super::next(&mut cx, id).await?;
    let verdict = Verdict::from_code(&decision.verdict).unwrap_or(Verdict::Different);
    let said = match verdict {
        Verdict::Same => "review-said-same",
        Verdict::Related => "review-said-related",
        Verdict::Different => "review-said-different",
    };
    let said = Flash::new(said, &[("one", pair.one.name.clone()), ("other", pair.other.name.clone())]);
    let said = said.with_undo(format!("/enterprises/review/{id}/undo"));
    // What is the same is merged next, where one may: with the exact counts of what follows.
    let to = if verdict == Verdict::Same && may_merge(&cx, &pair) { merge_address(&pair, next) } else { address(next) };
    cx.see_other_saying(to, said).await
}

async fn put_off(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::put_off(&mut cx, id).await?;
    let next = super::next(&mut cx, id).await?;
    let said = Flash::new("review-said-later", &[]).with_undo(format!("/enterprises/review/{id}/undo"));
    cx.see_other_saying(address(next), said).await
}

async fn undo(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    super::undo(&mut cx, id).await?;
    cx.see_other_saying(address(Some(id)), Flash::new("review-said-reopened", &[])).await
}
