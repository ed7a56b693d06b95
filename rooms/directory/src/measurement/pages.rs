//! The tab of facts: figures by year, flags and industries.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Id, Result, format};
use ui::{Choice, Fields};

use super::{GivenMeasurement, MEASURES, Measurement, measure_key};
use crate::entry::{self, Against, Entry};
use crate::flag::{self, Flag};
use crate::industry::{self, Industry};
use crate::{EDIT, enterprise};

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/enterprises/{id}/facts", index)
        .get("/enterprises/{id}/measurements/new", new)
        .post("/enterprises/{id}/measurements", record)
        .get("/enterprises/{id}/measurements/{measurement}/edit", edit)
        .post("/enterprises/{id}/measurements/{measurement}", correct)
        .post("/enterprises/{id}/measurements/{measurement}/withdraw", withdraw)
}

/// An amount as the page shows it.
pub(crate) fn shown(view: &View, held: &Measurement) -> String {
    if held.measure == "headcount" { view.number(held.amount) } else { view.money(held.amount, &held.unit) }
}

#[derive(Template)]
#[template(path = "measurement/pages/facts.html")]
struct FactsPage {
    view: View,
    heading: Html,
    id: Id,
    standing: Vec<Measurement>,
    earlier: Vec<Measurement>,
    flags: Vec<Flag>,
    industries: Vec<Industry>,
    may_edit: bool,
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let held = enterprise::get(&mut cx, id).await?;
    let (standing, earlier) =
        super::of(&mut cx, held.id).await?.into_iter().partition(|one: &Measurement| one.superseded_at.is_none());
    let page = FactsPage {
        heading: enterprise::pages::heading(&mut cx, &held, "facts").await?,
        id: held.id,
        standing,
        earlier,
        flags: flag::of(&mut cx, held.id).await?,
        industries: industry::of(&mut cx, held.id).await?,
        may_edit: cx.may_on(&EDIT, held.relation()) && held.retired_at.is_none(),
        view: cx.view(),
    };
    cx.page(200, page).await
}

async fn form_page(
    cx: &mut Cx,
    status: u16,
    id: Id,
    measurement: Option<Id>,
    form: Form,
    against: Against,
) -> Result<Response> {
    let (held, _) = enterprise::to_edit(cx, id).await?;
    let view = cx.view();
    let fields = Fields::new(&view, &form, "measurement");
    let at = format!("/enterprises/{}/measurements", held.id);
    let measures: Vec<Choice> =
        MEASURES.iter().map(|measure| Choice::new(*measure, view.t(&measure_key(measure)))).collect();
    let mut parts = vec![
        fields.hidden("version"),
        fields.radios("measure", &measures),
        fields.short("year"),
        fields.short("amount"),
        fields.optional_short("currency"),
        fields.text("source"),
    ];
    if measurement.is_some() {
        parts.push(fields.text("reason"));
    }
    let entry = Entry {
        heading: enterprise::pages::heading(cx, &held, "facts").await?,
        title: if measurement.is_some() { "measurement-correct" } else { "measurement-add" },
        fields: parts,
        action: measurement.map_or_else(|| at.clone(), |measurement| format!("{at}/{measurement}")),
        button: if measurement.is_some() { "measurement-correct" } else { "measurement-add" },
        back: format!("/enterprises/{}/facts", held.id),
        withdraw: measurement.map(|measurement| (format!("{at}/{measurement}/withdraw"), "measurement-withdraw")),
    };
    entry::page(cx, status, fields.summary(), entry, against).await
}

fn given(form: &Form) -> GivenMeasurement {
    GivenMeasurement {
        measure: form.text("measure"),
        year: Loose(form.text("year")),
        amount: Loose(form.text("amount")),
        currency: Loose(form.text("currency")),
        source: form.text("source"),
        reason: form.text("reason"),
    }
}

async fn new(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let form = Form::default().with("measure", "headcount").with("year", (cx.today().year() - 1).to_string());
    form_page(&mut cx, 200, id, None, form, Against::default()).await
}

async fn record(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    match super::record(&mut cx, id, given(&form)).await {
        Ok(_) => said(&mut cx, id, "measurement-recorded").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "measurement").await?;
            form_page(&mut cx, status, id, None, form, against).await
        }
    }
}

async fn edit(mut cx: Cx, Path((id, measurement)): Path<(Id, Id)>) -> Result<Response> {
    let (_, _, held) = super::to_edit(&mut cx, id, measurement).await?;
    let money = held.measure != "headcount";
    let decimals = if money { platform::units::decimals(&held.unit) } else { 0 };
    let form = Form::default()
        .with("version", held.version.to_string())
        .with("measure", held.measure)
        .with("year", held.year.to_string())
        .with("amount", format::scaled_short(held.amount, decimals))
        .with("currency", if money { held.unit } else { String::new() })
        .with("source", held.source);
    form_page(&mut cx, 200, id, Some(measurement), form, Against::default()).await
}

async fn correct(mut cx: Cx, Path((id, measurement)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    let version = form.number("version").unwrap_or_default();
    match super::correct(&mut cx, id, measurement, version, given(&form)).await {
        Ok(_) => said(&mut cx, id, "measurement-corrected").await,
        Err(error) => {
            let (status, form, against) = entry::refused(&mut cx, error, form, "measurement").await?;
            form_page(&mut cx, status, id, Some(measurement), form, against).await
        }
    }
}

async fn withdraw(mut cx: Cx, Path((id, measurement)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    super::withdraw(&mut cx, id, measurement, form.value("reason")).await?;
    said(&mut cx, id, "measurement-withdrawn").await
}

async fn said(cx: &mut Cx, id: Id, key: &str) -> Result<Response> {
    cx.see_other_saying(format!("/enterprises/{id}/facts"), Flash::new(key, &[])).await
}
