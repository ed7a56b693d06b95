//! The page of the list of imports.

use std::collections::HashMap;

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::import::list::{self, ORDERS, Wanted};
use platform::import::{Import, ImportKind};
use platform::order::{Place, Sort};
use platform::pages::{Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::lists::{self, COUNTED, Column, Row, Shown, Total};
use ui::{Choice, Fields};

use super::pages::{kinds, state_key};

const LIMIT: i64 = 50;
/// As far as anybody asks for the whole count.
const WHOLE: i64 = 1_000_000;
const STATES: [&str; 9] =
    ["uploaded", "checking", "checked", "keeping", "kept", "failed", "cancelled", "undoing", "undone"];

const COLUMNS: &[Column] = &[
    Column::usual("file", "import-file"),
    Column::usual("kind", "import-kind"),
    Column::usual("state", "import-state"),
    Column::usual("by", "import-list-by"),
    Column::usual("created", "import-created"),
    Column::usual("changed", "import-changed"),
    Column::usual("refused", "import-refused"),
    Column::usual("when", "import-when"),
];

pub(super) fn routes() -> Routes {
    Routes::new().get("/imports", index)
}

#[derive(Template)]
#[template(path = "import/pages/list.html")]
struct ListPage<'a> {
    view: View,
    fields: Fields<'a>,
    kept: Html,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    people: Vec<Choice>,
    chips: Html,
    chooser: Html,
    sorts: Html,
    table: Html,
    foot: Html,
    empty: bool,
    filtered: bool,
    brings: bool,
}

async fn index(mut cx: Cx) -> Result<Response> {
    let all = listed(&cx)?;
    let view = cx.view();
    let form = Form::decode(&view.query);
    let wanted = wanted(&form, &all);
    let page = list::page(&mut cx, &wanted, LIMIT).await?;
    let most = if Total::asked(&form) { WHOLE } else { COUNTED + 1 };
    let count = list::count(&mut cx, &wanted, most).await?;
    let total = if Total::asked(&form) { Total::Exactly(count) } else { Total::bounded(count) };
    let asked = page.rows.iter().filter_map(|import| import.created_by).chain(wanted.by);
    let names = identity::account::names(&mut cx, asked).await?;
    let people = identity::account::options(&mut cx).await?;
    let shown = Shown::read(&form, COLUMNS);
    let rows: Vec<Row> = page.rows.iter().map(|import| row(&view, &shown, import, &all, &names)).collect();
    let set = set_filters(&view, &form, &wanted, &all, &names);
    let template = ListPage {
        fields: Fields::new(&view, &form, "import-list"),
        kept: lists::kept(&view, &["q", "kind", "state", "by"]),
        kinds: all.iter().map(|kind| Choice::new(kind.name(), view.t(kind.key()))).collect(),
        states: STATES.iter().map(|state| Choice::new(state, view.t(&state_key(state)))).collect(),
        people: people.into_iter().map(|(id, name)| Choice::new(id, name)).collect(),
        filtered: !set.is_empty(),
        brings: !kinds(&cx).is_empty(),
        chips: lists::chips(&view, "import-list", &set),
        chooser: lists::chooser(&view, &shown),
        sorts: lists::sorts(&view, &shown, &wanted.sort, ORDERS),
        table: lists::table(&view, &view.t("imports-heading"), &shown, &wanted.sort, ORDERS, &rows, false),
        foot: lists::foot(&view, &total, rows.len(), LIMIT, page.previous.as_deref(), page.next.as_deref()),
        empty: rows.is_empty(),
        view: view.clone(),
    };
    cx.page(200, template).await
}

/// The kinds whose imports the reader may see.
pub(super) fn listed(cx: &Cx) -> Result<Vec<&'static dyn ImportKind>> {
    let all = if cx.visible().everything() { cx.house.imports.clone() } else { kinds(cx) };
    if all.is_empty() { Err(Error::Forbidden("import")) } else { Ok(all) }
}

pub(super) fn wanted(form: &Form, all: &[&'static dyn ImportKind]) -> Wanted {
    let chosen = all.iter().map(|kind| kind.name()).filter(|name| *name == form.value("kind")).collect::<Vec<_>>();
    let latest = Sort { order: &ORDERS[0], down: true };
    Wanted {
        kinds: if chosen.is_empty() { all.iter().map(|kind| kind.name()).collect() } else { chosen },
        state: STATES.into_iter().find(|state| *state == form.value("state")).map(str::to_owned),
        by: form.value("by").parse().ok(),
        text: form.optional("q"),
        sort: Sort::read(form.value("sort"), ORDERS, latest),
        place: Place::read(form),
    }
}

fn set_filters(
    view: &View,
    form: &Form,
    wanted: &Wanted,
    all: &[&'static dyn ImportKind],
    names: &HashMap<Id, String>,
) -> Vec<(&'static str, String)> {
    let mut set = Vec::new();
    if let Some(text) = &wanted.text {
        set.push(("q", view.quoted(text)));
    }
    if let Some(kind) = all.iter().find(|kind| kind.name() == form.value("kind")) {
        set.push(("kind", view.t(kind.key())));
    }
    if let Some(state) = &wanted.state {
        set.push(("state", view.t(&state_key(state))));
    }
    if let Some(by) = wanted.by {
        set.push(("by", names.get(&by).cloned().unwrap_or_else(|| by.to_string())));
    }
    set
}

fn row(
    view: &View,
    shown: &Shown,
    import: &Import,
    all: &[&'static dyn ImportKind],
    names: &HashMap<Id, String>,
) -> Row {
    let href = format!("/imports/{}", import.id);
    let plain = |text: &str| Html::escape(text);
    let number = |count: i64| plain(&view.number(count));
    let cells = shown.cells(|column| match column {
        "file" => Html(format!("<a href=\"{href}\">{}</a>", Html::escape(&import.file_name))),
        "kind" => plain(
            &all.iter().find(|kind| kind.name() == import.kind).map_or_else(String::new, |kind| view.t(kind.key())),
        ),
        "state" => plain(&view.t(&state_key(&import.state))),
        "by" => plain(import.created_by.and_then(|id| names.get(&id)).map_or("–", String::as_str)),
        "created" => number(import.created),
        "changed" => number(import.changed),
        "refused" => number(import.refused),
        _ => view.moment(import.created_at),
    });
    Row { id: import.id.to_string(), edit: String::new(), href: href.clone(), label: import.file_name.clone(), cells }
}
