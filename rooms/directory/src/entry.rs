//! The page on which one thing said of a record is given, corrected or taken back: a name, a
//! figure, a relation, a post. Each noun says which fields it asks for; what happens to a form that
//! is refused is the same for all.

use askama::Template;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Html, View};
use platform::{Cx, Error, Result, version};
use ui::{Choice, Fields};

use crate::{enterprise, person};

/// What was said against the form that comes back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Against {
    /// Field, yours, theirs: somebody changed it meanwhile.
    pub stale: Vec<(String, String, String)>,
    /// Why it does not fit, in the reader's words.
    pub words: Option<String>,
    pub reasons: Vec<String>,
}

/// A page for one thing said of a record.
pub(crate) struct Entry {
    pub heading: Html,
    pub title: &'static str,
    pub fields: Vec<Html>,
    pub action: String,
    pub button: &'static str,
    pub back: String,
    /// Where it is taken back with a reason, if it can be, and the words for that.
    pub withdraw: Option<(String, &'static str)>,
}

#[derive(Template)]
#[template(path = "entry/pages/entry.html")]
struct EntryPage {
    view: View,
    entry: Entry,
    title: String,
    summary: Html,
    against: Against,
}

/// Turns what a verb refused into the form again, with the reasons; other errors go on.
pub(crate) async fn refused(cx: &mut Cx, error: Error, form: Form, prefix: &str) -> Result<(u16, Form, Against)> {
    cx.undo().await?;
    match error {
        Error::Invalid(problems) => Ok((422, form.with_problems(problems), Against::default())),
        Error::Conflict(conflict) if conflict.versions.is_some() => {
            let versions = conflict.versions.as_ref();
            let version = versions.and_then(|versions| versions["version"].as_i64());
            let stale = both_versions(cx, versions, prefix).await?;
            // Sent again, the form means what now stands: the reader has seen both.
            let pairs: Vec<_> = form.pairs().iter().filter(|(name, _)| name != "version").cloned().collect();
            let form = Form::new(pairs).with("version", version.unwrap_or_default().to_string());
            Ok((409, form, Against { stale, ..Against::default() }))
        }
        Error::Conflict(conflict) => {
            let view = cx.view();
            let reasons = conflict.reasons.iter().map(|reason| view.said(&reason.key, &reason.args)).collect();
            let words = Some(view.said(&conflict.key, &conflict.args));
            Ok((409, form, Against { words, reasons, ..Against::default() }))
        }
        other => Err(other),
    }
}

/// Field, yours and theirs, as the page shows them: what an enterprise holds in the words of its history.
pub(crate) async fn both_versions(
    cx: &mut Cx,
    versions: Option<&serde_json::Value>,
    prefix: &str,
) -> Result<Vec<(String, String, String)>> {
    let view = cx.view();
    let fields = versions.and_then(|versions| versions["fields"].as_array()).cloned().unwrap_or_default();
    let mut shown = Vec::new();
    for both in &fields {
        let field = both["field"].as_str().unwrap_or_default();
        let mut words = [String::new(), String::new()];
        for (place, value) in [&both["yours"], &both["theirs"]].into_iter().enumerate() {
            words[place] = match prefix {
                "enterprise" => view.told(&enterprise::told_on(cx, field, value.as_str()).await?),
                "person" => view.told(&person::told(cx, field, value.as_str().map(str::to_owned))),
                _ => value.as_str().unwrap_or("–").to_owned(),
            };
        }
        let [yours, theirs] = words;
        shown.push((view.t(&format!("{prefix}-{}", field.replace('_', "-"))), yours, theirs));
    }
    Ok(shown)
}

/// Draws the page.
pub(crate) async fn page(cx: &mut Cx, status: u16, summary: Html, entry: Entry, against: Against) -> Result<Response> {
    let view = cx.view();
    let page = EntryPage { title: view.t(entry.title), view, entry, summary, against };
    cx.page(status, page).await
}

/// A field as it was given and as it stands, for an edit that may be stale.
pub(crate) type Both<'f> = (&'f str, Option<String>, Option<String>);

/// Refuses an edit of a version that no longer stands, with both versions of what differs. The
/// same values written twice are no quarrel.
pub(crate) fn agree(seen: i64, held: i64, fields: &[Both<'_>]) -> Result<()> {
    let differing: Vec<serde_json::Value> = fields
        .iter()
        .filter(|(_, yours, theirs)| yours != theirs)
        .map(|(field, yours, theirs)| version::both(field, yours, theirs))
        .collect();
    if version::is_older(seen, held)? && !differing.is_empty() {
        return Err(version::changed_meanwhile(held, differing));
    }
    Ok(())
}

/// The reason that taking something back needs.
pub(crate) fn reason(text: &str) -> Result<String> {
    let mut problems = platform::Problems::default();
    let reason = problems.line("reason", text, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    Ok(reason)
}

/// A first and a last day, either of which may be open.
pub(crate) fn period(
    problems: &mut platform::Problems,
    from: &platform::forms::Loose,
    to: &platform::forms::Loose,
) -> (Option<time::Date>, Option<time::Date>) {
    let (from, to) = (problems.day("valid_from", from.get()), problems.day("valid_to", to.get()));
    if let (Some(from), Some(to)) = (from, to) {
        problems.require(from <= to, "valid_to", "problem-period-backwards");
    }
    (from, to)
}

/// A day as a form holds it.
pub(crate) fn written(day: Option<time::Date>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

/// Text as a form holds it.
pub(crate) fn some(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// A field in which another enterprise is chosen: typed first; where that names none or several,
/// those it may mean are offered.
pub(crate) async fn choose_enterprise(
    cx: &mut Cx,
    fields: &Fields<'_>,
    form: &Form,
    field: &'static str,
) -> Result<Html> {
    let typed = form.text(field);
    if typed.is_empty() || form.problems().on(field).is_empty() {
        return Ok(fields.text(field));
    }
    let found = enterprise::suggest(cx, &typed, 20).await?;
    if found.is_empty() {
        return Ok(fields.text(field));
    }
    let choices: Vec<Choice> = found
        .into_iter()
        .map(|brief| {
            let second = brief.second_name.map(|second| format!(" {second}")).unwrap_or_default();
            Choice::new(&brief.reference, format!("{}{second} ({})", brief.name, brief.reference))
        })
        .collect();
    Ok(fields.select(field, &choices, true))
}
