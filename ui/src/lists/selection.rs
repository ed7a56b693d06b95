//! What can be done with the rows picked: a form beside the table whose boxes belong to it, so that
//! it works without scripts. With them it stays out of the way until something is picked.

use platform::pages::{Html, View};

use super::Shown;
use crate::Choice;

/// A field that can be set on all picked rows.
#[derive(Clone, Debug)]
pub struct Bulk {
    pub field: &'static str,
    /// Text key of its label.
    pub key: &'static str,
    /// Text key of what its button says.
    pub button: &'static str,
    pub choices: Vec<Choice>,
    /// Whether it may be emptied.
    pub empties: bool,
}

/// A picked row that could not be done, by what it is called, with the reason in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub label: String,
    pub href: String,
    pub reason: String,
}

/// The bar of a list at `path`; `kind` is the export's. What may be set is sent to `PATH/selected`.
pub fn selection(view: &View, path: &str, kind: &str, shown: &Shown, bulks: &[Bulk]) -> Html {
    let fields: String = bulks.iter().map(|bulk| field(view, bulk)).collect();
    let export = |format: &str, words: &str| {
        format!(
            "<button class=\"button\" name=\"format\" value=\"{format}\" formmethod=\"get\" formaction=\"/exports/{kind}\">{} {words}</button>",
            Html::escape(&view.t("list-export"))
        )
    };
    Html(format!(
        "<form id=\"selection\" class=\"selection\" method=\"post\" action=\"{}/selected\" data-selection aria-label=\"{}\">\
         <input type=\"hidden\" name=\"picked\" value=\"yes\"><input type=\"hidden\" name=\"back\" value=\"{}\"><input type=\"hidden\" name=\"columns\" value=\"{}\">\
         <span class=\"label\" role=\"status\" data-one=\"{}\" data-many=\"{}\">{}</span>{fields}\
         <span class=\"row\">{}{}</span></form>",
        Html::escape(path),
        Html::escape(&view.t("list-selection")),
        Html::escape(&view.here()),
        shown.names(),
        Html::escape(&view.t("list-selected-one")),
        Html::escape(&view.t("list-selected-many")),
        Html::escape(&view.t("list-selection")),
        export("csv", "CSV"),
        export("xlsx", "Excel"),
    ))
}

fn field(view: &View, bulk: &Bulk) -> String {
    let mut options = String::from("<option value=\"\"></option>");
    for choice in &bulk.choices {
        options.push_str(&format!(
            "<option value=\"{}\">{}</option>",
            Html::escape(&choice.value),
            Html::escape(&choice.label)
        ));
    }
    if bulk.empties {
        options.push_str(&format!("<option value=\"none\">{}</option>", Html::escape(&view.t("list-set-none"))));
    }
    format!(
        "<span class=\"row\"><label for=\"set-{field}\">{}</label><select id=\"set-{field}\" name=\"{field}\">{options}</select>\
         <button class=\"button\" name=\"set\" value=\"{field}\">{}</button></span>",
        Html::escape(&view.t(bulk.key)),
        Html::escape(&view.t(bulk.button)),
        field = bulk.field,
    )
}

/// The picked rows that stayed as they were, each by name with the reason, and a way back.
pub fn refusals(view: &View, label: &str, refused: &[Refusal], back: &str) -> Html {
    let rows: String = refused
        .iter()
        .map(|one| {
            format!(
                "<tr><th scope=\"row\"><a href=\"{}\">{}</a></th><td>{}</td></tr>",
                Html::escape(&one.href),
                Html::escape(&one.label),
                Html::escape(&one.reason)
            )
        })
        .collect();
    Html(format!(
        "<p>{}</p><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{heading}\"><table><thead><tr><th scope=\"col\">{}</th><th scope=\"col\">{}</th></tr></thead><tbody>{rows}</tbody></table></div><p><a class=\"button\" href=\"{}\">{}</a></p>",
        Html::escape(&view.t("list-refused-about")),
        Html::escape(label),
        Html::escape(&view.t("list-refused-reason")),
        Html::escape(back),
        Html::escape(&view.t("list-back")),
        heading = Html::escape(&view.t("list-refused-heading")),
    ))
}
