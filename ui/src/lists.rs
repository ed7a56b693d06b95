//! What list pages share: columns chosen, filters as chips, sorting and paging by key, all kept in
//! the address; rows that can be picked, and what can be done with them.

mod selection;
mod table;

use platform::forms::Form;
use platform::pages::{Html, View};

pub use selection::{Bulk, Refusal, refusals, selection};
pub use table::{Column, Row, Shown, chooser, sorts, table};

/// What says where in a list one is: another filter or order begins at the start.
pub const PLACE: [&str; 4] = ["after", "before", "from", "count"];

/// The present address at its start, with some parameters changed.
pub fn restarted(view: &View, changes: &[(&str, &str)]) -> String {
    let mut all: Vec<(&str, &str)> = PLACE.iter().map(|name| (*name, "")).collect();
    all.extend(changes);
    address(&view.path, &view.query, &all)
}

/// The present parameters as hidden fields of a form that sends others along.
pub fn kept(view: &View, but: &[&str]) -> Html {
    let form = Form::decode(&view.query);
    let fields: String = form
        .pairs()
        .iter()
        .filter(|(name, value)| !value.is_empty() && !PLACE.contains(&name.as_str()) && !but.contains(&name.as_str()))
        .map(|(name, value)| {
            format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", Html::escape(name), Html::escape(value))
        })
        .collect();
    Html(fields)
}

/// The present address with some of its parameters changed; empty values leave it.
pub fn address(path: &str, query: &str, changes: &[(&str, &str)]) -> String {
    let form = Form::decode(query);
    let mut parts: Vec<(String, String)> = form
        .pairs()
        .iter()
        .filter(|(name, value)| !value.is_empty() && !changes.iter().any(|(changed, _)| changed == name))
        .cloned()
        .collect();
    parts.extend(
        changes
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    let query = serde_urlencoded_of(&parts);
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn serde_urlencoded_of(parts: &[(String, String)]) -> String {
    let encode = |text: &str| platform::web::encode(text);
    parts.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

/// Filters whose words say of themselves what they narrow.
const SPEAKING: [&str; 8] = ["q", "retired", "since", "until", "withdrawn", "courted", "borne_out", "import"];

/// The filters that are set, each as a chip whose cross takes it off. `prefix` finds what a filter is called, as in the
/// form: `project-list-status` for `status`.
pub fn chips(view: &View, prefix: &str, set: &[(&str, String)]) -> Html {
    if set.is_empty() {
        return Html::default();
    }
    let chip = |name: &str, words: &str| {
        let href = restarted(view, &[(name, "")]);
        let label = view.t1("list-remove-filter", "filter", words);
        format!(
            "<li><a class=\"chip\" href=\"{}\" aria-label=\"{}\">{} {}</a></li>",
            Html::escape(&href),
            Html::escape(&label),
            Html::escape(words),
            view.icon("x")
        )
    };
    let told = |name: &str, words: &str| {
        let key = format!("{prefix}-{}", platform::text::kebab(name));
        if SPEAKING.contains(&name) || !view.has(&key) {
            return words.to_owned();
        }
        view.labelled(view.t(&key), words)
    };
    let mut items: String = set.iter().map(|(name, words)| chip(name, &told(name, words))).collect();
    if set.len() > 1 {
        let gone: Vec<(&str, &str)> = set.iter().map(|(name, _)| (*name, "")).collect();
        items.push_str(&format!(
            "<li><a class=\"button plain\" href=\"{}\">{}</a></li>",
            Html::escape(&restarted(view, &gone)),
            Html::escape(&view.t("list-remove-filters"))
        ));
    }
    Html(format!("<ul class=\"chips\" aria-label=\"{}\">{items}</ul>", Html::escape(&view.t("list-filters"))))
}

/// The foot of a list: which rows these are of how many, the pages around, and a way to count on.
pub fn foot(view: &View, total: &Total, rows: usize, limit: i64, previous: Option<&str>, next: Option<&str>) -> Html {
    let rows = rows as i64;
    let from = match previous {
        None => 1,
        Some(_) => Form::decode(&view.query).number("from").filter(|from| *from > 0).unwrap_or(limit + 1),
    };
    let link = |mark: Option<&str>, name: &str, other: &str, key: &str, from: i64| match mark {
        Some(mark) => {
            let from = from.max(1).to_string();
            let href = address(&view.path, &view.query, &[(name, mark), (other, ""), ("from", &from)]);
            format!(
                "<a class=\"button\" rel=\"{}\" href=\"{}\">{}</a>",
                if name == "before" { "prev" } else { "next" },
                Html::escape(&href),
                Html::escape(&view.t(key))
            )
        }
        None => String::new(),
    };
    let place = |key: &str, name: &str, value: String| {
        view.tn(key, &[("first", view.number(from)), ("last", view.number(from + rows - 1)), (name, value)])
    };
    let (range, more) = match total {
        Total::Exactly(count) => {
            (place("list-range", "total", view.t1("list-total", "n", view.number(*count))), String::new())
        }
        Total::MoreThan(count) => {
            let href = address(&view.path, &view.query, &[("count", "all")]);
            let words = view.t("list-count");
            (
                place("list-range-more", "n", view.number(*count)),
                format!(" <a class=\"button plain\" href=\"{}\">{}</a>", Html::escape(&href), Html::escape(&words)),
            )
        }
    };
    Html(format!(
        "<nav class=\"paging\" aria-label=\"{}\"><span class=\"muted\"><span role=\"status\">{}</span>{more}</span><span class=\"row\">{}{}</span></nav>",
        Html::escape(&view.t("list-paging")),
        Html::escape(&range),
        link(previous, "before", "after", "previous", from - limit),
        link(next, "after", "before", "next", from + rows),
    ))
}

/// Only the pages around, for lists that nobody counts.
pub fn turn(view: &View, previous: Option<&str>, next: Option<&str>) -> Html {
    let link = |mark: Option<&str>, name: &str, other: &str, key: &str| match mark {
        Some(mark) => format!(
            "<a class=\"button\" rel=\"{}\" href=\"{}\">{}</a>",
            if name == "before" { "prev" } else { "next" },
            Html::escape(&address(&view.path, &view.query, &[(name, mark), (other, "")])),
            Html::escape(&view.t(key))
        ),
        None => String::new(),
    };
    if previous.is_none() && next.is_none() {
        return Html::default();
    }
    Html(format!(
        "<nav class=\"paging\" aria-label=\"{}\">{}<span class=\"row\">{}{}</span></nav>",
        Html::escape(&view.t("list-paging")),
        part_of(view),
        link(previous, "before", "after", "previous"),
        link(next, "after", "before", "next")
    ))
}

/// What paper says of a list that goes on, where nobody knows how far.
fn part_of(view: &View) -> String {
    format!("<span class=\"printed\">{}</span>", Html::escape(&view.t("list-part")))
}

/// Links that bring out just what is shown: these columns, this order, these filters, all pages.
pub fn exports(view: &View, kind: &str, shown: &Shown) -> Html {
    let columns = shown.names();
    let link = |format: &str, words: &str| {
        let mut changes: Vec<(&str, &str)> = PLACE.iter().map(|name| (*name, "")).collect();
        changes.extend([("view", ""), ("columns", columns.as_str()), ("format", format)]);
        let href = address(&format!("/exports/{kind}"), &view.query, &changes);
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

/// Links to the page before and after, and how many records there are.
pub fn paging(view: &View, total: &Total, previous: Option<&str>, next: Option<&str>) -> Html {
    let link = |mark: Option<&str>, name: &str, other: &str, key: &str| match mark {
        Some(mark) => {
            let href = address(&view.path, &view.query, &[(name, mark), (other, "")]);
            format!(
                "<a class=\"button\" rel=\"{name}\" href=\"{}\">{}</a>",
                Html::escape(&href),
                Html::escape(&view.t(key))
            )
        }
        None => String::new(),
    };
    let count = match total {
        Total::Exactly(count) => view.t1("list-total", "n", view.number(*count)),
        Total::MoreThan(count) => view.t1("list-total-more", "n", view.number(*count)),
    };
    let part = if previous.is_some() || next.is_some() { part_of(view) } else { String::new() };
    Html(format!(
        "<nav class=\"paging\" aria-label=\"{}\"><span class=\"muted\" role=\"status\">{}</span>{part}<span class=\"row\">{}{}</span></nav>",
        Html::escape(&view.t("list-paging")),
        Html::escape(&count),
        link(previous, "before", "after", "previous"),
        link(next, "after", "before", "next"),
    ))
}

/// How many there are: exactly up to a bound, since counting a million for every look is waste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    Exactly(i64),
    MoreThan(i64),
}

/// How far a list is counted.
pub const COUNTED: i64 = 1_000;

impl Total {
    /// Whether an address asks for the whole count.
    pub fn asked(form: &Form) -> bool {
        form.value("count") == "all"
    }

    /// From a count that went at most one past [`COUNTED`].
    pub fn bounded(count: i64) -> Self {
        if count > COUNTED { Self::MoreThan(COUNTED) } else { Self::Exactly(count) }
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_filter_is_added_and_taken_off_without_touching_the_others() {
        assert_eq!(
            address("/enterprises", "q=%E8%8F%AF&sort=name", &[("after", "x")]),
            "/enterprises?q=%E8%8F%AF&sort=name&after=x"
        );
        assert_eq!(address("/enterprises", "q=a&after=x", &[("q", ""), ("after", "")]), "/enterprises");
        assert_eq!(address("/e", "", &[("q", "a&b=\"<")]), "/e?q=a%26b%3D%22%3C");
    }
}
