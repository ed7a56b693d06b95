//! The auditor's search: by person, record, event, way in and day, and by who has looked.

use askama::Template;
use axum::response::Response;
use platform::audit::Entry;
use platform::audit::read;
use platform::cx::Way;
use platform::forms::Form;
use platform::order::{Place, Rows};
use platform::pages::{Html, View};
use platform::text::kebab;
use platform::web::Routes;
use platform::{Cx, Result};
use ui::lists;
use ui::{Choice, Fields};

const LIMIT: i64 = 50;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/audit", index)
}

#[derive(Template)]
#[template(path = "audit/pages/audit.html")]
struct AuditPage<'a> {
    view: View,
    fields: Fields<'a>,
    kept: Html,
    actors: Vec<Choice>,
    kinds: Vec<Choice>,
    verbs: Vec<Choice>,
    ways: Vec<Choice>,
    chips: Html,
    /// Whether a filter could not be read.
    unread: bool,
    lines: Vec<Line>,
    turn: Html,
    /// The query of the export: the filters without the place.
    exported: String,
}

/// One entry as the page shows it, with the addresses that narrow the search to its like.
struct Line {
    id: String,
    at: Html,
    who: String,
    by_actor: Option<String>,
    what: String,
    label: String,
    kind: String,
    href: Option<String>,
    by_subject: String,
    way: String,
    changes: Html,
}

/// Where a record can be seen, for those kinds that have a page and readers who may open it.
fn href(entry: &Entry, administers: bool) -> Option<String> {
    if matches!(entry.subject_kind.as_str(), "account" | "team" | "body" | "code") && !administers {
        return None;
    }
    let place = match entry.subject_kind.as_str() {
        "enterprise" => "enterprises",
        "project" => "projects",
        "import" => "imports",
        "criteria" => "targets/criteria",
        "screening" => "targets/screenings",
        "target" => "targets",
        "published" => "figures/published",
        "account" => "admin/accounts",
        "team" => "admin/teams",
        "body" => "admin/bodies",
        "code" => {
            let (list, code) = entry.subject_label.split_once(": ")?;
            return Some(format!("/admin/codes/{list}/{code}"));
        }
        _ => return None,
    };
    Some(format!("/{place}/{}", entry.subject_id))
}

fn kind_words(view: &View, kind: &str) -> String {
    let key = format!("audit-kind-{}", kebab(kind));
    if view.has(&key) { view.t(&key) } else { kind.to_owned() }
}

fn verb_words(view: &View, verb: &str) -> String {
    let key = format!("event-{}", kebab(verb));
    if view.has(&key) { view.t(&key) } else { verb.to_owned() }
}

fn line(view: &View, entry: &Entry, administers: bool) -> Line {
    let narrowed = |changes: &[(&str, &str)]| lists::restarted(view, changes);
    let id = entry.subject_id.to_string();
    Line {
        id: entry.id.to_string(),
        at: view.moment(entry.at),
        who: if entry.actor_name.is_empty() { view.t("history-nobody") } else { entry.actor_name.clone() },
        by_actor: entry.actor_id.map(|actor| narrowed(&[("actor", actor.to_string().as_str())])),
        what: verb_words(view, &entry.verb),
        label: if entry.subject_label.is_empty() { id.clone() } else { entry.subject_label.clone() },
        kind: kind_words(view, &entry.subject_kind),
        href: href(entry, administers),
        by_subject: narrowed(&[("kind", entry.subject_kind.as_str()), ("subject", id.as_str())]),
        way: view.t(Way::key(&entry.way)),
        changes: ui::history::changes(view, entry, &kebab(&entry.subject_kind)),
    }
}

async fn index(mut cx: Cx) -> Result<Response> {
    let view = cx.view();
    let form = Form::decode(&view.query);
    let (wanted, problems) = super::wanted(&mut cx, &form).await?;
    let unread = !problems.all().is_empty();
    let form = form.with_problems(problems);
    // What cannot be read is not passed over: fewer filters would show more than was asked for.
    let page = match unread {
        true => Rows { rows: Vec::new(), previous: None, next: None },
        false => read::page(&mut cx, &wanted, &Place::read(&form), LIMIT).await?,
    };
    let (verbs, kinds) = read::vocabulary(&mut cx).await?;
    let actors = identity::account::options(&mut cx).await?;
    let mut set: Vec<(&str, String)> = Vec::new();
    if let Some(text) = &wanted.text {
        set.push(("q", view.quoted(text)));
    }
    if let Some(note) = &wanted.note {
        set.push(("note", format!("{} {}", view.t("audit-note"), view.quoted(note))));
    }
    if let Some(id) = wanted.actor {
        let name = identity::account::name(&mut cx, id).await?;
        set.push(("actor", name.unwrap_or_else(|| id.to_string())));
    }
    if let Some(kind) = &wanted.subject_kind {
        set.push(("kind", kind_words(&view, kind)));
    }
    if let Some(id) = wanted.subject {
        let label = page.rows.first().map(|entry| entry.subject_label.clone()).filter(|label| !label.is_empty());
        set.push(("subject", label.unwrap_or_else(|| id.to_string())));
    }
    if let Some(verb) = &wanted.verb {
        set.push(("verb", verb_words(&view, verb)));
    }
    if let Some(way) = &wanted.way {
        set.push(("way", view.t(Way::key(way))));
    }
    if let Some(id) = wanted.import {
        set.push(("import", view.t1("audit-of-import", "id", id)));
    }
    for (name, key) in [("since", "audit-since"), ("until", "audit-until")] {
        if let Some(day) = form.optional(name) {
            set.push((name, format!("{} {day}", view.t(key))));
        }
    }
    let administers = cx.may(&identity::ADMINISTER);
    let mut verb_choices: Vec<Choice> = verbs.iter().map(|verb| Choice::new(verb, verb_words(&view, verb))).collect();
    verb_choices.sort_by(|one, other| one.label.cmp(&other.label));
    let exported = lists::address("", &view.query, &[("after", ""), ("before", ""), ("from", ""), ("format", "")]);
    let template = AuditPage {
        fields: Fields::new(&view, &form, "audit"),
        kept: lists::kept(&view, &["q", "note", "actor", "kind", "verb", "way", "since", "until"]),
        actors: actors.into_iter().map(|(id, name)| Choice::new(id, name)).collect(),
        kinds: kinds.iter().map(|kind| Choice::new(kind, kind_words(&view, kind))).collect(),
        verbs: verb_choices,
        ways: super::WAYS.iter().map(|way| Choice::new(way, view.t(Way::key(way)))).collect(),
        unread,
        chips: lists::chips(&view, "audit", &set),
        lines: page.rows.iter().map(|entry| line(&view, entry, administers)).collect(),
        turn: lists::turn(&view, page.previous.as_deref(), page.next.as_deref()),
        exported: exported.strip_prefix('?').unwrap_or_default().to_owned(),
        view: view.clone(),
    };
    cx.page(if unread { 422 } else { 200 }, template).await
}
