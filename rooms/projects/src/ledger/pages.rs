//! The ledger tab of a project.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::clock::{At, parse_day};
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::web::Routes;
use platform::{Cx, Error, Id, Result};
use ui::{Choice, Fields};

use super::{ENTER, Entry, KINDS, MEASURES, NewEntry, Total, kind_key, measure_key};
use crate::project;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/projects/{id}/ledger", index)
        .post("/projects/{id}/ledger", enter)
        .post("/projects/{id}/ledger/{entry}/reverse", reverse)
}

#[derive(Template)]
#[template(path = "ledger/pages/ledger.html")]
struct LedgerPage<'a> {
    view: View,
    heading: Html,
    id: Id,
    totals: Vec<Total>,
    entries: Vec<Entry>,
    reversed: Vec<Id>,
    as_at: String,
    known_at: String,
    fields: Fields<'a>,
    measures: Vec<Choice>,
    kinds: Vec<Choice>,
    units: Vec<Choice>,
    may_enter: bool,
}

impl LedgerPage<'_> {
    fn is_reversed(&self, entry: &Entry) -> bool {
        self.reversed.contains(&entry.id)
    }
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let held = project::get(cx, id).await?;
    let view = cx.view();
    let asked = Form::decode(&view.query);
    let as_at = parse_day(asked.value("as_at")).unwrap_or_else(|_| cx.today());
    let known = parse_day(asked.value("known_at")).ok();
    let known_at = known.map_or(cx.now(), |day| At::end_of(day, &cx.house.zone));
    let entries = super::entries(cx, id).await?;
    let office = super::base_unit(cx, "investment");
    let page = LedgerPage {
        heading: project::pages::heading(cx, &held, "ledger").await?,
        id,
        totals: super::totals(cx, id, as_at, known_at).await?,
        reversed: entries.iter().filter_map(|entry| entry.reverses_id).collect(),
        entries,
        as_at: as_at.to_string(),
        known_at: known.map(|day| day.to_string()).unwrap_or_default(),
        fields: Fields::new(&view, form, "ledger"),
        measures: MEASURES.iter().map(|code| Choice::new(code, view.t(&measure_key(code)))).collect(),
        kinds: KINDS.iter().map(|code| Choice::new(code, view.t(&kind_key(code)))).collect(),
        units: [office.as_str(), "USD", "CNY", "EUR", "GBP", "jobs", "sq_ft", "sq_m"]
            .iter()
            .map(|code| Choice::new(code, view.t(&format!("ledger-unit-{}", code.to_lowercase().replace('_', "-")))))
            .collect(),
        may_enter: cx.may_on(&ENTER, held.relation()) && held.retired_at.is_none(),
        view: view.clone(),
    };
    cx.page(status, page).await
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    let form = Form::default().with("kind", "pledged").with("measure", "investment");
    page(&mut cx, 200, id, &form).await
}

async fn enter(mut cx: Cx, Path(id): Path<Id>, form: Form) -> Result<Response> {
    let loose = |field: &str| Loose(form.text(field));
    let new = NewEntry {
        measure: form.text("measure"),
        kind: form.text("kind"),
        amount: loose("amount"),
        unit: loose("unit"),
        effective_on: loose("effective_on"),
        period_from: loose("period_from"),
        period_to: loose("period_to"),
        rate: loose("rate"),
        rate_source: form.text("rate_source"),
        evidence: form.text("evidence"),
        note: form.text("note"),
    };
    match super::enter(&mut cx, id, new).await {
        Ok(_) => cx.see_other_saying(format!("/projects/{id}/ledger"), Flash::new("ledger-was-entered", &[])).await,
        Err(Error::Invalid(problems)) => {
            cx.undo().await?;
            page(&mut cx, 422, id, &form.with_problems(problems)).await
        }
        Err(error) => Err(error),
    }
}

async fn reverse(mut cx: Cx, Path((id, entry)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    super::reverse(&mut cx, entry, form.value("reason")).await?;
    cx.see_other_saying(format!("/projects/{id}/ledger"), Flash::new("ledger-was-reversed", &[])).await
}
