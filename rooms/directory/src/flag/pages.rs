//! Forms of flags, listed on the tab of facts, and the badges that stand wherever the enterprise does.

use axum::extract::Path;
use axum::response::Response;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html};
use platform::web::Routes;
use platform::{Cx, Id, Result};
use ui::{Choice, Fields};

use super::GivenFlag;
use crate::enterprise;
use crate::entry::{self, Against, Entry, written};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/{id}/flags/new", new)
        .post("/enterprises/{id}/flags", set)
        .get("/enterprises/{id}/flags/{flag}/edit", edit)
        .post("/enterprises/{id}/flags/{flag}", correct)
        .post("/enterprises/{id}/flags/{flag}/withdraw", withdraw)
}

/// The badges of the flags in force, for the line under an enterprise's name wherever it is drawn.
pub async fn badges(cx: &mut Cx, survivor: Id) -> Result<Html> {
    let view = cx.view();
    let badges: String = super::in_force(cx, survivor)
        .await?
        .iter()
        .map(|flag| {
            let words = Html::escape(&view.code("enterprise_flag", &flag.flag));
            format!("<a class=\"badge {}\" href=\"/enterprises/{survivor}/facts\">{words}</a> ", flag.tone())
        })
        .collect();
    Ok(Html(badges))
}

async fn form_page(
    cx: &mut Cx,
    status: u16,
    id: Id,
    flag: Option<Id>,
    form: Form,
    against: Against,
) -> Result<Response> {
    let (held, _) = enterprise::to_edit(cx, id).await?;
    let view = cx.view();
    let fields = Fields::new(&view, &form, "flag");
    let at = format!("/enterprises/{}/flags", held.id);
    // Ended codes stay choosable for earlier days; the day given decides.
    let codes = cx.house.codes.all("enterprise_flag");
    let choices: Vec<Choice> = codes.iter().map(|code| Choice::new(&code.code, code.name(cx.language))).collect();
    let parts = vec![
        fields.hidden("version"),
        fields.select("flag", &choices, false),
        fields.text("source"),
        fields.optional_day("valid_from"),
        fields.optional_day("valid_to"),
    ];
    let entry = Entry {
        heading: enterprise::pages::heading(cx, &held, "facts").await?,
        title: if flag.is_some() { "flag-correct" } else { "flag-add" },
        fields: parts,
        action: flag.map_or_else(|| at.clone(), |flag| format!("{at}/{flag}")),
        button: if flag.is_some() { "save" } else { "flag-add" },
        back: format!("/enterprises/{}/facts", held.id),
        withdraw: flag.map(|flag| (format!("{at}/{flag}/withdraw"), "flag-withdraw")),
    };
    entry::page(cx, status, fields.summary(), entry, against).await
}

fn given(form: &Form) -> GivenFlag {
    GivenFlag {
        flag: form.text("flag"),
        source: form.text("source"),
        valid_from: Loose(form.text("valid_from")),
        valid_to: Loose(form.text("valid_to")),
    }
}

async fn new(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let form = Form::default().with("valid_from", cx.today().to_string());
    form_page(&mut cx, 200, id, None, form, Against::default()).await
}

async fn set(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::set(&mut cx, id, given(&form)).await {
        Ok(_) => said(&mut cx, id, "flag-was-set").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "flag").await?;
            form_page(&mut cx, status, id, None, form, against).await
        }
    }
}

async fn edit(mut cx: Cx, Path((id, flag)): Path<(Id, Id)>) -> Result<Response> {
    let (_, _, held) = super::to_edit(&mut cx, id, flag).await?;
    let form = Form::default()
        .with("version", held.version.to_string())
        .with("flag", held.flag)
        .with("source", held.source)
        .with("valid_from", written(Some(held.valid_from)))
        .with("valid_to", written(held.valid_to));
    form_page(&mut cx, 200, id, Some(flag), form, Against::default()).await
}

async fn correct(mut cx: Cx, Path((id, flag)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::correct(&mut cx, id, flag, version, given(&form)).await {
        Ok(_) => said(&mut cx, id, "enterprise-saved").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "flag").await?;
            form_page(&mut cx, status, id, Some(flag), form, against).await
        }
    }
}

async fn withdraw(mut cx: Cx, Path((id, flag)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    super::withdraw(&mut cx, id, flag, form.value("reason")).await?;
    said(&mut cx, id, "flag-withdrawn").await
}

async fn said(cx: &mut Cx, id: Id, key: &str) -> Result<Response> {
    cx.see_other_saying(format!("/enterprises/{id}/facts"), Flash::new(key, &[])).await
}
