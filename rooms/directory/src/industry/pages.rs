//! The page on which industries are assigned from a day on.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::Form;
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;
use ui::{Choice, Fields};

use super::{Industry, Later};
use crate::enterprise;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/enterprises/{id}/industries", index).post("/enterprises/{id}/industries", assign)
}

#[derive(Template)]
#[template(path = "industry/pages/industries.html")]
struct IndustriesPage<'a> {
    view: View,
    heading: Html,
    id: Id,
    from: Date,
    choices: Vec<Choice>,
    /// From when others are recorded after that day.
    next: Option<Date>,
    /// The frozen release that has counted the enterprise, so that a reason is asked for.
    counted_in: Option<String>,
    held: Vec<Industry>,
    fields: Fields<'a>,
}

/// The day for which industries are chosen: only codes in force on it are offered.
fn day(cx: &Cx, form: &Form) -> (Date, Option<Error>) {
    let mut problems = Problems::default();
    let day = problems.day("from", form.optional("from").as_deref());
    (day.unwrap_or_else(|| cx.today()), problems.into_result().err())
}

async fn page(cx: &mut Cx, status: u16, id: Id, from: Date, form: Form) -> Result<Response> {
    let (held, _) = enterprise::to_edit(cx, id).await?;
    let view = cx.view();
    let known = super::of(cx, held.id).await?;
    let of_day = known.iter().filter(|one| one.holds_on(from)).map(|one| one.industry.as_str());
    let page = IndustriesPage {
        heading: enterprise::pages::heading(cx, &held, "facts").await?,
        id: held.id,
        from,
        choices: Choice::codes(cx, "industry", from, of_day),
        next: super::next(&known, from),
        counted_in: super::counted_in(cx, held.id, from).await?,
        held: known,
        fields: Fields::new(&view, &form, "industry"),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let asked = Form::decode(&cx.view().query);
    let (from, wrong) = day(&cx, &asked);
    let held = enterprise::get(&mut cx, id).await?;
    let mut form = Form::default().with("from", from.to_string()).with("version", held.version.to_string());
    for known in super::of(&mut cx, held.id).await? {
        if known.holds_on(from) {
            form = form.with("industries", known.industry);
        }
    }
    match wrong {
        Some(Error::Invalid(problems)) => page(&mut cx, 422, id, from, asked.with_problems(problems)).await,
        _ => page(&mut cx, 200, id, from, form).await,
    }
}

async fn assign(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let (from, wrong) = day(&cx, &form);
    let done = match wrong {
        Some(error) => Err(error),
        None => {
            let later = if form.value("replace_later").is_empty() { Later::Stays } else { Later::IsReplaced };
            let (version, codes) = (form.number("version"), form.chosen("industries"));
            super::assign(&mut cx, id, version, &codes, from, later, form.value("reason")).await
        }
    };
    match done {
        Ok(()) => cx.see_other_saying(format!("/enterprises/{id}/facts"), Flash::new("industry-assigned", &[])).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            page(&mut cx, 422, id, from, form.with_problems(problems)).await
        }
        // Somebody set them meanwhile: the page shows what now stands.
        Err(Error::Conflict(conflict)) if conflict.versions.is_some() => {
            cx.undo().await?;
            let held = enterprise::get(&mut cx, id).await?;
            let mut problems = Problems::default();
            problems.add("industries", "record-changed-meanwhile");
            let pairs: Vec<_> = form.pairs().iter().filter(|(name, _)| name != "version").cloned().collect();
            let form = Form::new(pairs).with("version", held.version.to_string()).with_problems(problems);
            page(&mut cx, 409, id, from, form).await
        }
        Err(error) => Err(error),
    }
}
