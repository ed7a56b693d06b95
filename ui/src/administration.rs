//! What the pages of administration share: the bar of all that the reader may administer, from what
//! the rooms offer under `/admin/`.

use platform::Cx;
use platform::pages::Html;
use platform::room::Action;

/// The pages of administration that the reader may open, in the order of the rooms.
pub fn places(cx: &Cx) -> Vec<Action> {
    let page = |href: &str| href.strip_prefix("/admin/").is_some_and(|rest| !rest.contains('/'));
    let inside = |action: &&Action| page(action.href) && cx.may(action.permission);
    cx.house.actions.iter().filter(inside).copied().collect()
}

/// Their bar, with the present page marked.
pub fn bar(cx: &Cx) -> Html {
    let view = cx.view();
    let items: String = places(cx)
        .iter()
        .map(|action| {
            let here = view.path == action.href || view.path.starts_with(&format!("{}/", action.href));
            let current = if here { " aria-current=\"page\"" } else { "" };
            format!("<li><a href=\"{}\"{current}>{}</a></li>", action.href, Html::escape(&view.t(action.key)))
        })
        .collect();
    Html(format!(
        "<nav aria-label=\"{}\"><ul class=\"tabs\">{items}</ul></nav>",
        Html::escape(&view.t("administration-label"))
    ))
}
