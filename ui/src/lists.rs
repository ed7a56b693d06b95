//! What list pages share: filters as chips that live in the address, headers that sort, and paging
//! by key.

use platform::forms::Form;
use platform::pages::{Html, View};

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

/// A filter that is set, as a chip whose cross takes it off.
pub fn chips(view: &View, set: &[(&str, String)]) -> Html {
    if set.is_empty() {
        return Html::default();
    }
    let items: String = set
        .iter()
        .map(|(name, words)| {
            let href = address(&view.path, &view.query, &[(name, ""), ("after", ""), ("before", "")]);
            let label = view.t1("list-remove-filter", "filter", words);
            format!(
                "<li><a class=\"chip\" href=\"{}\" aria-label=\"{}\">{} {}</a></li>",
                Html::escape(&href),
                Html::escape(&label),
                Html::escape(words),
                view.icon("x")
            )
        })
        .collect();
    Html(format!("<ul class=\"chips\">{items}</ul>"))
}

/// A column's header that sorts the list by it.
pub fn sorter(view: &View, label: &str, sort: &str, present: &str) -> Html {
    let href = address(&view.path, &view.query, &[("sort", sort), ("after", ""), ("before", "")]);
    let (state, arrow) = if sort == present { (" aria-current=\"true\"", " ↓") } else { ("", "") };
    Html(format!("<a href=\"{}\"{state}>{}{arrow}</a>", Html::escape(&href), Html::escape(label)))
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
        Total::Exactly(count) => view.t1("list-total", "n", count),
        Total::MoreThan(count) => view.t1("list-total-more", "n", view.number(*count)),
    };
    Html(format!(
        "<nav class=\"paging\" aria-label=\"{}\"><span class=\"muted\" role=\"status\">{}</span><span class=\"row\">{}{}</span></nav>",
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
