//! A record's history in words a person reads.

use platform::Id;
use platform::audit::{Entry, Told};
use platform::cx::Way;
use platform::order::Rows;
use platform::pages::{Html, View};
use platform::text::kebab;

use crate::lists;

pub mod told;

/// How many changed fields an entry shows before it folds them.
const SHOWN: usize = 4;

/// The timeline of some entries, latest first. `prefix` finds the names of the fields:
/// `enterprise-tier` for the field `tier`.
pub fn timeline(view: &View, entries: &[Entry], prefix: &str) -> Html {
    timeline_with(view, entries, prefix, None)
}

/// As [`timeline`], of a record and others that are read with it: entries of those say whose they are.
pub fn timeline_of(view: &View, entries: &[Entry], prefix: &str, record: Id) -> Html {
    timeline_with(view, entries, prefix, Some(record))
}

fn timeline_with(view: &View, entries: &[Entry], prefix: &str, record: Option<Id>) -> Html {
    if entries.is_empty() {
        return Html(format!("<p class=\"muted\">{}</p>", Html::escape(&view.t("history-empty"))));
    }
    let items: String = entries
        .iter()
        .map(|entry| item(view, entry, prefix, record.is_some_and(|record| record != entry.subject_id)))
        .collect();
    Html(format!("<ol class=\"timeline\">{items}</ol>"))
}

/// What an entry's verb is called.
fn what(view: &View, entry: &Entry) -> String {
    let key = format!("event-{}", kebab(&entry.verb));
    if view.has(&key) { view.t(&key) } else { entry.verb.clone() }
}

/// Who did it, or that the house did by itself.
fn who(view: &View, entry: &Entry) -> String {
    if entry.actor_name.is_empty() { view.t("history-nobody") } else { entry.actor_name.clone() }
}

fn item(view: &View, entry: &Entry, prefix: &str, of_another: bool) -> String {
    let whose = if of_another && !entry.subject_label.is_empty() {
        format!(" {}", Html::escape(&view.t1("history-of", "name", entry.subject_label.as_str())))
    } else {
        String::new()
    };
    format!(
        "<li id=\"entry-{}\"><p><strong>{}</strong>{whose} <span class=\"muted\">{} · {} · {}</span></p>{}</li>",
        entry.id,
        Html::escape(&what(view, entry)),
        Html::escape(&who(view, entry)),
        view.moment(entry.at),
        Html::escape(&view.t(Way::key(&entry.way))),
        changes(view, entry, prefix),
    )
}

/// Who has looked and when, latest first: a table and the way to earlier looks.
pub fn looks(view: &View, page: &Rows<Entry>, prefix: &str) -> Html {
    let text = |key: &str| Html::escape(&view.t(key));
    if page.rows.is_empty() {
        return Html(format!("<p class=\"muted\">{}</p>", text("looks-none")));
    }
    // Most looks are at the record as a whole, and say no more.
    let told = page.rows.iter().any(|entry| !entry.fields().is_empty());
    let columns = if told { 4 } else { 3 };
    let row = |entry: &Entry| {
        let cells = [
            ("looks-at", view.moment(entry.at)),
            ("looks-who", Html::escape(&who(view, entry))),
            ("looks-way", text(Way::key(&entry.way))),
            ("looks-what", Html(format!("<div class=\"changes\">{}</div>", changes(view, entry, prefix)))),
        ];
        let cells = cells.iter().take(columns);
        let cells = cells.map(|(key, cell)| format!("<td data-label=\"{}\">{cell}</td>", text(key)));
        format!("<tr>{}</tr>", cells.collect::<String>())
    };
    let rows: String = page.rows.iter().map(row).collect();
    let heads = ["looks-at", "looks-who", "looks-way", "looks-what"].into_iter().take(columns);
    let heads: String = heads.map(|key| format!("<th scope=\"col\">{}</th>", text(key))).collect();
    Html(format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table class=\"list\"><thead><tr>{}</tr></thead>\
         <tbody>{rows}</tbody></table></div>{}",
        text("looks-heading"),
        heads,
        lists::turn(view, page.previous.as_deref(), page.next.as_deref()),
    ))
}

/// What a field is called: on the record's own pages, or else wherever it is recorded.
pub fn field_words(view: &View, prefix: &str, field: &str) -> String {
    let named = kebab(field);
    let keys = [format!("{prefix}-{named}"), format!("audit-field-{named}")];
    keys.iter().find(|key| view.has(key)).map_or_else(|| field.to_owned(), |key| view.t(key))
}

/// The note of an entry and what it changed, field by field.
pub fn changes(view: &View, entry: &Entry, prefix: &str) -> Html {
    let fields: Vec<String> = entry
        .fields()
        .iter()
        // A field that begins so points at a row for whoever undoes the change; a reader has no use for it.
        .filter(|change| !change.field.starts_with('_'))
        .map(|change| {
            let field = field_words(view, prefix, &change.field);
            let new = view.told(&change.new);
            let words = match &change.old {
                Told::Nothing => view.t2("history-field-set", "field", field, "new", new),
                old => view.tn("history-field", &[("field", field), ("old", view.told(old)), ("new", new)]),
            };
            format!("<li>{}</li>", Html::escape(&words))
        })
        .collect();
    let list = if fields.is_empty() { String::new() } else { format!("<ul>{}</ul>", fields.concat()) };
    // What a record began with is long and seldom asked for.
    let fields = if fields.len() > SHOWN {
        let count = Html::escape(&view.t1("history-fields", "n", fields.len()));
        format!("<details><summary>{count}</summary>{list}</details>")
    } else {
        list
    };
    let note = entry.note.as_deref().map(|note| format!("<p>{}</p>", Html::escape(&view.reason_quoted(note))));
    Html(format!("{}{fields}", note.unwrap_or_default()))
}
