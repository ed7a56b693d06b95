//! Fields of the office's own on the pages of the records that have them: asked for in forms, told of on the record,
//! offered as filters of its list.

use platform::Cx;
use platform::forms::Form;
use platform::own_field::{self, Given, Own, OwnField, Wanted};
use platform::pages::{Html, View};

use crate::lists::Column;
use crate::{Choice, Fields};

fn yes_or_no(view: &View) -> Vec<Choice> {
    vec![Choice::new("true", view.t("yes")), Choice::new("false", view.t("no"))]
}

/// What a form asks of them, in the order in which they were defined.
pub fn inputs(cx: &Cx, view: &View, fields: &Fields<'_>, subject: &str, own: &Own) -> Html {
    let input = |field: &OwnField| match field.kind.as_str() {
        "choice" => {
            fields.select(field.name(), &Choice::codes(cx, &field.list(), cx.today(), own.get(&field.code)), true)
        }
        "yes_no" => fields.select(field.name(), &yes_or_no(view), true),
        "day" => fields.optional_day(field.name()),
        "number" => fields.optional_short(field.name()),
        _ => fields.optional_text(field.name()),
    };
    Html(own_field::asked(cx, subject).iter().map(|field| input(field).0).collect::<Vec<_>>().join("\n"))
}

/// A form with what a record says in them.
pub fn filled(cx: &Cx, form: Form, subject: &str, own: &Own) -> Form {
    let asked = own_field::asked(cx, subject).into_iter();
    asked.fold(form, |form, field| form.with(field.name(), own.get(&field.code).unwrap_or_default()))
}

/// What a form was filled in with, by name: only what it asked for.
pub fn edited(cx: &Cx, form: &Form, subject: &str) -> Vec<(String, Option<String>)> {
    let asked = own_field::asked(cx, subject).into_iter().filter(|field| form.has(field.name()));
    asked.map(|field| (field.name().to_owned(), form.optional(field.name()))).collect()
}

/// As [`edited`], for a new record.
pub fn given(cx: &Cx, form: &Form, subject: &str) -> Given {
    let mut given = Given::default();
    for field in own_field::asked(cx, subject) {
        if let Some(text) = form.optional(field.name()) {
            given.text(&field.code, &text);
        }
    }
    given
}

/// Label and value of all that the reader sees: those that forms ask for, and retired ones in which something is said.
pub fn facts(cx: &Cx, view: &View, subject: &str, own: &Own) -> Vec<(String, String)> {
    let told = |field: &OwnField| view.told(&own_field::told(cx, subject, field.name(), own.get(&field.code)));
    own_field::visible(cx, subject)
        .iter()
        .filter(|field| own.get(&field.code).is_some() || field.is_asked(cx.today()))
        .map(|field| {
            let label = field.label(view.lang);
            let retired = field.retired_at.is_some();
            let label = if retired { view.bracketed(label, view.t("own-field-retired")) } else { label.to_owned() };
            (label, told(field))
        })
        .collect()
}

/// The columns that a list can show of them.
pub fn columns(seen: &[OwnField]) -> Vec<Column> {
    seen.iter().map(|field| Column::further(field.name(), field.key())).collect()
}

/// What a record says in the column of this name.
pub fn cell(view: &View, seen: &[OwnField], name: &str, own: &Own) -> Html {
    let field = seen.iter().find(|field| field.name() == name);
    let told = field.and_then(|field| Some(view.told(&field.told(own.get(&field.code)?))));
    Html::escape(told.as_deref().unwrap_or("–"))
}

/// Those by which the reader may narrow a list.
pub fn filterable(seen: &[OwnField]) -> Vec<OwnField> {
    seen.iter().filter(|field| field.filterable).cloned().collect()
}

/// Their filters.
pub fn filters(cx: &Cx, view: &View, fields: &Fields<'_>, filterable: &[OwnField]) -> Html {
    let filter = |field: &OwnField| match field.kind.as_str() {
        "choice" => {
            let all = cx.house.codes.all(&field.list());
            let choices: Vec<Choice> = all.iter().map(|code| Choice::new(&code.code, code.name(view.lang))).collect();
            fields.narrow(field.name(), &choices)
        }
        "yes_no" => fields.narrow(field.name(), &yes_or_no(view)),
        "day" => fields.day(field.name()),
        _ => fields.words(field.name()),
    };
    Html(filterable.iter().map(|field| filter(field).0).collect::<Vec<_>>().join("\n"))
}

/// Those that are set, in words.
pub fn set(cx: &Cx, view: &View, subject: &str, wanted: &[Wanted]) -> Vec<(&'static str, String)> {
    let told = |one: &Wanted| view.told(&own_field::told(cx, subject, one.field.name(), Some(&one.value)));
    wanted.iter().map(|one| (one.field.name(), told(one))).collect()
}
