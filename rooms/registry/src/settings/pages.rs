//! The page of settings.

use askama::Template;
use axum::response::Response;
use platform::audit;
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::settings::{self, EDIT, NAMES};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::Fields;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/admin/settings", show).post("/admin/settings", name)
}

#[derive(Template)]
#[template(path = "settings/pages/settings.html")]
struct SettingsPage<'a> {
    view: View,
    bar: Html,
    fields: Fields<'a>,
    /// What is fixed once the office has records, with its value.
    fixed: Vec<(String, String)>,
    timeline: Html,
}

async fn page(cx: &mut Cx, status: u16, form: &Form) -> Result<Response> {
    let view = cx.view();
    let entries = audit::read::history(cx, "office", Id(1), None, 20).await?;
    let held = |name: &str| cx.house.settings.get(name).unwrap_or_else(|| "–".to_owned());
    let fixed = vec![
        (view.t("settings-zone"), held("time-zone")),
        (view.t("settings-currency"), held("currency")),
        (view.t("settings-pack"), held("pack")),
    ];
    let template = SettingsPage {
        bar: ui::administration::bar(cx),
        fields: Fields::new(&view, form, "settings"),
        fixed,
        timeline: ui::history::timeline(&view, &entries, "settings"),
        view: view.clone(),
    };
    cx.page(status, template).await
}

async fn show(mut cx: Cx) -> Result<Response> {
    cx.require(&EDIT)?;
    let form = NAMES
        .iter()
        .fold(Form::default(), |form, name| form.with(name, cx.house.settings.get(name).unwrap_or_default()));
    page(&mut cx, 200, &form).await
}

async fn name(mut cx: Cx, form: Form) -> Result<Response> {
    let names = NAMES.map(|name| form.value(name));
    match settings::name_office(&mut cx, names).await {
        Ok(()) => cx.see_other_saying("/admin/settings", Flash::new("settings-were-saved", &[])).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            page(&mut cx, 422, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}
