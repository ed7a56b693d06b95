//! Pages of fields of the office's own.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::audit;
use platform::forms::{Form, Loose};
use platform::own_field::{self, DEFINE, Definition, EDITS, GivenChoice, KINDS, OwnField, SEES, SUBJECTS};
use platform::pages::{Flash, Html, View};
use platform::permission::Role;
use platform::text::kebab;
use platform::web::Routes;
use platform::{Cx, Error, Result};
use ui::{Choice, Fields};

use super::Uses;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/own-fields", index)
        .get("/admin/own-fields/new", new)
        .post("/admin/own-fields", define)
        .get("/admin/own-fields/{subject}/{code}", show)
        .post("/admin/own-fields/{subject}/{code}", change)
        .post("/admin/own-fields/{subject}/{code}/retire", retire)
        .post("/admin/own-fields/{subject}/{code}/restore", restore)
}

fn kind_key(kind: &str) -> String {
    format!("own-field-kind-{}", kebab(kind))
}

fn role(view: &View, code: &str) -> String {
    Role::from_code(code).map_or_else(|| code.to_owned(), |role| view.t(role.key()))
}

#[derive(Template)]
#[template(path = "own_field/pages/list.html")]
struct ListPage {
    view: View,
    bar: Html,
    fields: Vec<OwnField>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    cx.require(&DEFINE)?;
    let fields = own_field::all(&cx)?;
    let page = ListPage { bar: ui::administration::bar(&cx), fields, view: cx.view() };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "own_field/pages/form.html")]
struct FormPage<'a> {
    view: View,
    bar: Html,
    field: Option<OwnField>,
    fields: Fields<'a>,
    subjects: Vec<Choice>,
    kinds: Vec<Choice>,
    sees: Vec<Choice>,
    edits: Vec<Choice>,
    /// Field, yours, theirs: somebody changed it meanwhile.
    stale: Vec<(String, String, String)>,
    uses: Uses,
    timeline: Html,
}

async fn form_page(
    cx: &mut Cx,
    status: u16,
    field: Option<OwnField>,
    form: &Form,
    stale: Vec<(String, String, String)>,
) -> Result<Response> {
    let view = cx.view();
    let (mut timeline, mut uses) = (Html::default(), Uses::default());
    if let Some(field) = &field {
        let entries = audit::read::history(cx, "own_field", field.id, None, 50).await?;
        timeline = ui::history::timeline(&view, &entries, "own-field");
        uses = super::uses(cx, field).await?;
    }
    let roles = |roles: &[Role]| roles.iter().map(|role| Choice::new(role.code(), view.t(role.key()))).collect();
    let page = FormPage {
        bar: ui::administration::bar(cx),
        fields: Fields::new(&view, form, "own-field"),
        subjects: SUBJECTS.iter().map(|one| Choice::new(one, view.t(own_field::subject_key(one)))).collect(),
        kinds: KINDS.iter().map(|kind| Choice::new(kind, view.t(&kind_key(kind)))).collect(),
        sees: roles(&SEES),
        edits: roles(&EDITS),
        stale,
        uses,
        timeline,
        field,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn new(mut cx: Cx) -> Result<Response> {
    cx.require(&DEFINE)?;
    let form = Form::default()
        .with("subject", SUBJECTS[0])
        .with("kind", KINDS[0])
        .with("valid_from", cx.today().to_string())
        .with("see_role", Role::ReadOnly.code())
        .with("edit_role", Role::Officer.code());
    form_page(&mut cx, 200, None, &form, Vec::new()).await
}

fn filled_in(form: &Form) -> Definition {
    Definition {
        label_en: form.text("label_en"),
        label_zh_hant: form.text("label_zh_hant"),
        label_zh_hans: form.text("label_zh_hans"),
        note: form.text("note"),
        valid_from: Loose(form.text("valid_from")),
        valid_to: Loose(form.text("valid_to")),
        see_role: form.text("see_role"),
        edit_role: form.text("edit_role"),
        personal: !form.value("personal").is_empty(),
        filterable: !form.value("filterable").is_empty(),
        choices: GivenChoice::lines(form.value("choices")),
    }
}

async fn define(mut cx: Cx, form: Form) -> Result<Response> {
    let (subject, code, kind) = (form.text("subject"), form.text("code"), form.text("kind"));
    match own_field::define(&mut cx, &subject, &code, &kind, filled_in(&form)).await {
        Ok(_) => cx.see_other_saying("/admin/own-fields", Flash::new("own-field-was-saved", &[])).await,
        Err(error) => {
            let (status, form) = form.refused(error, "code")?;
            cx.undo().await?;
            form_page(&mut cx, status, None, &form, Vec::new()).await
        }
    }
}

fn filled(cx: &Cx, field: &OwnField) -> Form {
    let choices = cx.house.codes.all(&field.list());
    let lines = choices
        .iter()
        .map(|code| format!("{} | {} | {} | {}", code.code, code.name_en, code.name_zh_hant, code.name_zh_hans));
    let yes = |yes: bool| if yes { "yes" } else { "" };
    Form::default()
        .with("version", field.version.to_string())
        .with("label_en", &field.label_en)
        .with("label_zh_hant", &field.label_zh_hant)
        .with("label_zh_hans", &field.label_zh_hans)
        .with("note", &field.note)
        .with("valid_from", field.valid_from.to_string())
        .with("valid_to", field.valid_to.map(|day| day.to_string()).unwrap_or_default())
        .with("see_role", &field.see_role)
        .with("edit_role", &field.edit_role)
        .with("personal", yes(field.personal))
        .with("filterable", yes(field.filterable))
        .with("choices", lines.collect::<Vec<_>>().join("\n"))
}

async fn show(mut cx: Cx, Path((subject, code)): Path<(String, String)>) -> Result<Response> {
    cx.require(&DEFINE)?;
    let field = own_field::get(&cx, &subject, &code)?;
    let form = filled(&cx, &field);
    form_page(&mut cx, 200, Some(field), &form, Vec::new()).await
}

async fn change(mut cx: Cx, Path((subject, code)): Path<(String, String)>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    let error = match own_field::change(&mut cx, &subject, &code, version, filled_in(&form)).await {
        Ok(_) => return cx.see_other_saying("/admin/own-fields", Flash::new("own-field-was-saved", &[])).await,
        Err(error) => error,
    };
    cx.undo().await?;
    let field = own_field::get(&cx, &subject, &code)?;
    match error {
        Error::Conflict(conflict) if conflict.versions.is_some() => {
            let view = cx.view();
            let both = conflict.versions.as_ref().and_then(|both| both["fields"].as_array()).cloned();
            let words = |value: &serde_json::Value| value.as_str().unwrap_or("–").to_owned();
            let told = |both: &serde_json::Value| {
                let name = both["field"].as_str().unwrap_or_default();
                (ui::history::field_words(&view, "own-field", name), words(&both["yours"]), words(&both["theirs"]))
            };
            let stale = both.unwrap_or_default().iter().map(told).collect();
            // Sent again, the form means what now stands: the reader has seen both.
            let pairs = form.pairs().iter().filter(|(name, _)| name != "version").cloned();
            let form = Form::new(pairs).with("version", field.version.to_string());
            form_page(&mut cx, 409, Some(field), &form, stale).await
        }
        error => {
            let (status, form) = form.refused(error, "label_en")?;
            form_page(&mut cx, status, Some(field), &form, Vec::new()).await
        }
    }
}

async fn retire(mut cx: Cx, Path((subject, code)): Path<(String, String)>, form: Form) -> Result<Response> {
    match own_field::retire(&mut cx, &subject, &code, form.value("reason")).await {
        Ok(field) => {
            let said = Flash::new("own-field-was-retired", &[("name", field.label(cx.language).to_owned())]);
            let back = format!("/admin/own-fields/{subject}/{code}/restore");
            cx.see_other_saying("/admin/own-fields", said.with_undo(back)).await
        }
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            let field = own_field::get(&cx, &subject, &code)?;
            let form = filled(&cx, &field).with_problems(problems);
            form_page(&mut cx, 422, Some(field), &form, Vec::new()).await
        }
        Err(error) => Err(error),
    }
}

async fn restore(mut cx: Cx, Path((subject, code)): Path<(String, String)>) -> Result<Response> {
    own_field::restore(&mut cx, &subject, &code).await?;
    cx.see_other_saying("/admin/own-fields", Flash::new("own-field-was-restored", &[])).await
}
