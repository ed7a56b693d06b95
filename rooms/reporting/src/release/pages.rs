//! Pages of releases: the list, one of them, the form that freezes, and the comparison.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use projects::figures::{self, Dimension};
use ui::Fields;

use super::compare::{Compared, Comparison, Warning, With, compare};
use super::{FREEZE, NewRelease, Release, SIGN_OFF, Words};
use crate::crosstab::show::{self, Shown};
use crate::crosstab::{self, download};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/figures/releases", index)
        .get("/figures/releases/new", new)
        .post("/figures/releases", freeze)
        .get("/figures/releases/{id}", show_one)
        .get("/figures/releases/{id}/download", save_as)
        .get("/figures/releases/{id}/compare", compare_page)
        .post("/figures/releases/{id}/sign-off", sign_off)
        .get("/figures/releases/{id}/withdraw", withdraw_page)
        .post("/figures/releases/{id}/withdraw", withdraw)
}

#[derive(Template)]
#[template(path = "release/pages/list.html")]
struct ListPage {
    view: View,
    releases: Vec<(Release, String)>,
    next: Option<String>,
    may_freeze: bool,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let after = Form::decode(&view.query).optional("after");
    let releases = super::page(&mut cx, after.as_deref(), 100).await?;
    let next = super::api::next(&releases, 100);
    let measured = |release: Release| {
        let measure = view.t(&format!("metric-{}", release.measure.replace('_', "-")));
        (release, measure)
    };
    let page = ListPage {
        releases: releases.into_iter().map(measured).collect(),
        next: next.map(|mark| ui::lists::address(&view.path, &view.query, &[("after", mark.as_str())])),
        may_freeze: cx.may(&FREEZE) && !figures::partial(&cx),
        view: view.clone(),
    };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "release/pages/new.html")]
struct NewPage<'a> {
    view: View,
    fields: Fields<'a>,
    shown: Shown,
    query: String,
}

async fn form_page(cx: &mut Cx, status: u16, form: &Form, query: &str) -> Result<Response> {
    cx.require(&FREEZE)?;
    let view = cx.view();
    let asked = Form::decode(query);
    let definition = crosstab::read_table(cx, &asked)?;
    let as_of = crosstab::as_of(cx, &asked)?;
    let table = crosstab::table(cx, &definition, as_of).await?;
    let dates = crosstab::pages::dates(&asked);
    let page = NewPage {
        fields: Fields::new(&view, form, "release"),
        shown: show::shown(&view, &definition, &table, &dates),
        query: format!("{}{dates}", definition.address()),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn new(mut cx: Cx) -> Result<Response> {
    let query = cx.view().query;
    form_page(&mut cx, 200, &Form::default(), &query).await
}

async fn freeze(mut cx: Cx, form: Form) -> Result<Response> {
    let query = form.text("definition");
    let new = NewRelease { title: form.text("title"), note: form.text("note"), definition: query.clone() };
    match super::freeze(&mut cx, new).await {
        Ok(release) => {
            let said = Flash::new("release-was-frozen", &[("reference", release.reference.clone())]);
            cx.see_other_saying(format!("/figures/releases/{}", release.id), said).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            form_page(&mut cx, 422, &form.with_problems(problems), &query).await
        }
        Err(error) => Err(error),
    }
}

#[derive(Template)]
#[template(path = "release/pages/show.html")]
struct ShowPage {
    view: View,
    release: Release,
    words: Words,
    shown: Shown,
    others: Vec<Release>,
    source: String,
    may_withdraw: bool,
    may_sign: bool,
    own: bool,
    partial: bool,
}

async fn show_one(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let release = super::get(&mut cx, id).await?;
    let view = cx.view();
    let table = release.table()?;
    let definition = release.definition(&cx)?;
    let others = super::page(&mut cx, None, 50).await?;
    let decided = release.state() != "drafted";
    let page = ShowPage {
        source: crate::figures::source(&view),
        may_withdraw: cx.may(&FREEZE) && !decided,
        words: release.words(cx.language),
        shown: show::shown(&view, &definition, &table, &release.dates()),
        others: others.into_iter().filter(|other| other.id != release.id && !other.is_withdrawn()).collect(),
        may_sign: cx.may(&SIGN_OFF) && !decided,
        own: release.frozen_by.is_some() && release.frozen_by == cx.account(),
        partial: figures::partial(&cx),
        release,
        view: view.clone(),
    };
    cx.page(200, page).await
}

async fn sign_off(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    super::sign_off(&mut cx, id, form.value("note")).await?;
    cx.see_other_saying(format!("/figures/releases/{id}"), Flash::new("release-was-signed-off", &[])).await
}

#[derive(Template)]
#[template(path = "release/pages/withdraw.html")]
struct WithdrawPage<'a> {
    view: View,
    release: Release,
    fields: Fields<'a>,
}

async fn ask_withdrawal(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let release = super::get(cx, id).await?;
    cx.require(&FREEZE)?;
    super::refuse_decided(&release)?;
    let view = cx.view();
    let page = WithdrawPage { release, fields: Fields::new(&view, form, "release"), view: view.clone() };
    cx.page(status, page).await
}

async fn withdraw_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    ask_withdrawal(&mut cx, 200, id, &Form::default()).await
}

async fn withdraw(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::withdraw(&mut cx, id, form.value("reason")).await {
        Ok(()) => {
            cx.see_other_saying(format!("/figures/releases/{id}"), Flash::new("release-was-withdrawn", &[])).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            ask_withdrawal(&mut cx, 422, id, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

async fn save_as(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let release = super::get(&mut cx, id).await?;
    let format = Form::decode(&cx.view().query).text("format");
    let origin = download::Origin { definition: release.words(cx.language).definition, released: release.released() };
    // A draft's file says so in its name too.
    let name = match release.state() {
        "signed_off" => release.reference.clone(),
        state => format!("{}-{state}", release.reference),
    };
    download::send(&mut cx, &release.table()?, &format, &name, Some(origin)).await
}

/// A cell of the comparison in words.
struct Line {
    row: String,
    column: String,
    old: String,
    new: String,
    difference: String,
    changed: bool,
}

#[derive(Template)]
#[template(path = "release/pages/compare.html")]
struct ComparePage {
    view: View,
    release: Release,
    old: String,
    new: String,
    warnings: Vec<String>,
    across: bool,
    lines: Vec<Line>,
    changed: usize,
    /// Whether the cells that did not change are shown too, and the address that shows them or not.
    whole: bool,
    other: String,
}

fn side(view: &View, compared: &Compared) -> String {
    let who = compared.reference.clone().unwrap_or_else(|| view.t("compare-now"));
    view.tn(
        "compare-side",
        &[("who", who), ("day", show::said_day(view, &compared.as_at)), ("known", view.at(compared.known_at))],
    )
}

fn warned(view: &View, warning: &Warning) -> String {
    let words = |(name, value): &(String, String)| {
        let said = match (warning.key, name.as_str()) {
            ("compare-measure", _) => view.t(&format!("metric-{}", value.replace('_', "-"))),
            ("compare-list", "list") => Dimension::ALL
                .into_iter()
                .find(|dimension| dimension.list() == Some(value.as_str()))
                .map_or_else(|| value.clone(), |dimension| show::dimension_name(view, dimension)),
            _ => value.clone(),
        };
        (name.clone(), said)
    };
    let args: Vec<(String, String)> = warning.args.iter().map(words).collect();
    view.said(warning.key, &args)
}

fn lines(view: &View, comparison: &Comparison) -> Vec<Line> {
    let table = &comparison.old_table;
    let (old_unit, new_unit) = (&table.unit, &comparison.new_table.unit);
    let said =
        |value: Option<i64>, unit: &str| value.map_or_else(|| "–".to_owned(), |value| show::value(view, value, unit));
    let shown =
        comparison.cells.iter().filter(|pair| pair.old.unwrap_or_default() != 0 || pair.new.unwrap_or_default() != 0);
    shown
        .map(|pair| Line {
            row: show::line_name(view, &table.batches, &table.rows, &pair.row),
            column: show::line_name(view, &table.batches, &table.columns, &pair.column),
            old: said(pair.old, old_unit),
            new: said(pair.new, new_unit),
            difference: match pair.difference {
                Some(more) if more > 0 => format!("+{}", show::value(view, more, old_unit)),
                other => said(other, old_unit),
            },
            changed: pair.difference != Some(0),
        })
        .collect()
}

async fn compare_page(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let with = With::read(form.value("with")).ok_or(Error::NotFound)?;
    let whole = form.value("cells") == "all";
    let release = super::get(&mut cx, id).await?;
    let comparison = compare(&mut cx, id, with).await?;
    let mut lines = lines(&view, &comparison);
    let changed = lines.iter().filter(|line| line.changed).count();
    lines.retain(|line| whole || line.changed);
    let page = ComparePage {
        release,
        old: side(&view, &comparison.old),
        new: side(&view, &comparison.new),
        warnings: comparison.warnings.iter().map(|warning| warned(&view, warning)).collect(),
        across: !comparison.old_table.columns.is_empty(),
        changed,
        lines,
        whole,
        other: ui::lists::address(&view.path, &view.query, &[("cells", if whole { "" } else { "all" })]),
        view: view.clone(),
    };
    cx.page(200, page).await
}
