//! Pages of the code lists.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::audit;
use platform::codes::{self, Code, EDIT, Entry};
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::text::kebab;
use platform::web::Routes;
use platform::{Cx, Error, Result};
use ui::Fields;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/codes", index)
        .get("/admin/codes/{list}", show)
        .get("/admin/codes/{list}/new", new)
        .post("/admin/codes/{list}", add)
        .get("/admin/codes/{list}/{code}", edit_page)
        .post("/admin/codes/{list}/{code}", edit)
}

/// What a list is called; one without words of its own is shown by its name.
pub(crate) fn list_words(view: &View, list: &str) -> String {
    let key = format!("codes-list-{}", kebab(list));
    if view.has(&key) { view.t(&key) } else { list.replace('_', " ") }
}

#[derive(Template)]
#[template(path = "codes/pages/index.html")]
struct IndexPage {
    view: View,
    bar: Html,
    /// Name, words, how many hold today, how many there are.
    lists: Vec<(String, String, usize, usize)>,
}

async fn index(mut cx: Cx) -> Result<Response> {
    cx.require(&EDIT)?;
    let (view, today) = (cx.view(), cx.today());
    let lists = cx
        .house
        .codes
        .names()
        .into_iter()
        .map(|list| {
            let all = cx.house.codes.all(&list);
            let now = all.iter().filter(|code| code.holds_on(today)).count();
            (list.clone(), list_words(&view, &list), now, all.len())
        })
        .collect();
    cx.page(200, IndexPage { bar: ui::administration::bar(&cx), lists, view }).await
}

#[derive(Template)]
#[template(path = "codes/pages/show.html")]
struct ShowPage {
    view: View,
    bar: Html,
    list: String,
    words: String,
    codes: Vec<(Code, bool)>,
}

async fn show(mut cx: Cx, Path(list): Path<String>) -> Result<Response> {
    cx.require(&EDIT)?;
    let today = cx.today();
    let codes: Vec<(Code, bool)> = cx
        .house
        .codes
        .all(&list)
        .into_iter()
        .map(|code| {
            let holds = code.holds_on(today);
            (code, holds)
        })
        .collect();
    if codes.is_empty() {
        return Err(Error::NotFound);
    }
    let view = cx.view();
    let page = ShowPage { bar: ui::administration::bar(&cx), words: list_words(&view, &list), list, codes, view };
    cx.page(200, page).await
}

#[derive(Template)]
#[template(path = "codes/pages/form.html")]
struct FormPage<'a> {
    view: View,
    bar: Html,
    list: String,
    words: String,
    code: Option<Code>,
    fields: Fields<'a>,
    timeline: Html,
}

async fn form_page(cx: &mut Cx, status: u16, list: &str, code: Option<Code>, form: &Form) -> Result<Response> {
    let view = cx.view();
    let timeline = match &code {
        Some(code) => {
            let entries = audit::read::of_label(cx, "code", &codes::label(list, &code.code), 50).await?;
            ui::history::timeline(&view, &entries, "code")
        }
        None => Html::default(),
    };
    let page = FormPage {
        bar: ui::administration::bar(cx),
        words: list_words(&view, list),
        list: list.to_owned(),
        code,
        fields: Fields::new(&view, form, "code"),
        timeline,
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn new(mut cx: Cx, Path(list): Path<String>) -> Result<Response> {
    cx.require(&EDIT)?;
    if cx.house.codes.all(&list).is_empty() {
        return Err(Error::NotFound);
    }
    let form = Form::default().with("valid_from", cx.today().to_string());
    form_page(&mut cx, 200, &list, None, &form).await
}

fn filled(form: &Form) -> Entry {
    Entry {
        name_en: form.text("name_en"),
        name_zh_hant: form.text("name_zh_hant"),
        name_zh_hans: form.text("name_zh_hans"),
        valid_from: form.text("valid_from"),
        valid_to: form.text("valid_to"),
        source: form.text("source"),
        aliases: form.text("aliases"),
        group_code: form.text("group_code"),
    }
}

async fn add(mut cx: Cx, Path(list): Path<String>, form: Form) -> Result<Response> {
    match codes::add(&mut cx, &list, form.value("code"), filled(&form)).await {
        Ok(_) => cx.see_other_saying(format!("/admin/codes/{list}"), Flash::new("code-was-saved", &[])).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            form_page(&mut cx, 422, &list, None, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

async fn edit_page(mut cx: Cx, Path((list, code)): Path<(String, String)>) -> Result<Response> {
    cx.require(&EDIT)?;
    let held = cx.house.codes.get(&list, &code).ok_or(Error::NotFound)?;
    let form = Form::default()
        .with("name_en", &held.name_en)
        .with("name_zh_hant", &held.name_zh_hant)
        .with("name_zh_hans", &held.name_zh_hans)
        .with("valid_from", held.valid_from.to_string())
        .with("valid_to", held.valid_to.map(|day| day.to_string()).unwrap_or_default())
        .with("source", &held.source)
        .with("aliases", &held.aliases)
        .with("group_code", &held.group_code);
    form_page(&mut cx, 200, &list, Some(held), &form).await
}

async fn edit(mut cx: Cx, Path((list, code)): Path<(String, String)>, form: Form) -> Result<Response> {
    match codes::change(&mut cx, &list, &code, filled(&form)).await {
        Ok(_) => cx.see_other_saying(format!("/admin/codes/{list}"), Flash::new("code-was-saved", &[])).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            let held = cx.house.codes.get(&list, &code);
            form_page(&mut cx, 422, &list, held, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}
