//! The ledger tab of a project.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use platform::clock::{At, parse_day};
use platform::forms::{Form, Loose};
use platform::pages::{Flash, Html, View};
use platform::units::Unit;
use platform::web::Routes;
use platform::{Cx, Id, Result};
use time::Date;
use ui::{Choice, Fields};

use super::api::{as_of, counts};
use super::{ENTER, Entry, KINDS, MEASURES, NewEntry, Total, base_of, kind_key, measure_key};
use crate::{evidence, project};

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
    office: String,
    totals: Vec<Total>,
    entries: Vec<Entry>,
    reversed: Vec<Id>,
    next: Option<String>,
    papers: Vec<(Id, String)>,
    /// The day and the instant of the totals: what came later is shown and does not count.
    as_of: (Date, At),
    as_at: String,
    known_at: String,
    form: &'a Form,
    fields: Fields<'a>,
    measures: Vec<Choice>,
    kinds: Vec<Choice>,
    units: Vec<Choice>,
    shown_by: Vec<Choice>,
    may_enter: bool,
}

impl LedgerPage<'_> {
    /// By which dates the totals are counted; on the screen the form says it.
    fn dates(&self) -> String {
        let (day, known) = self.as_of;
        self.view.t2("dates-known", "day", self.view.date(day), "known", self.view.at(known))
    }

    /// What the reason for taking an entry back is called on this page.
    fn reason(&self, entry: &Entry) -> String {
        format!("reason-{}", entry.id)
    }

    fn is_reversed(&self, entry: &Entry) -> bool {
        self.reversed.contains(&entry.id)
    }

    fn counts(&self, entry: &Entry) -> bool {
        counts(entry, self.as_of.0, self.as_of.1)
    }

    /// The amount as it was entered; of a reversal what it gives back or takes off.
    fn amount(&self, entry: &Entry) -> String {
        match entry.reverses_id {
            Some(_) => self.change(entry),
            None => self.view.amount(entry.amount, &entry.unit),
        }
    }

    /// What an entry changes, with its sign.
    fn change(&self, entry: &Entry) -> String {
        let words = self.view.amount(entry.base_amount, self.base_unit(entry));
        if entry.base_amount > 0 { format!("+{words}") } else { words }
    }

    /// What the entered amount comes to in the totals: as they add it where it was made in another unit, and for a
    /// revision, which states the new total, what it changes.
    fn counted(&self, entry: &Entry) -> Vec<String> {
        if entry.reverses_id.is_some() {
            return Vec::new();
        }
        let (unit, revised) = (self.base_unit(entry), entry.kind == "revised");
        let amount = match Unit::from_code(&entry.unit).filter(|_| revised) {
            Some(entered) => base_of(entry.amount, &entered, entry.rate, &self.office),
            None => Some(entry.base_amount.abs()),
        };
        let converted = amount.filter(|_| entry.unit != unit);
        let converted = converted.map(|amount| ("ledger-converted", self.view.amount(amount, unit)));
        let changed = revised.then(|| ("ledger-changed-by", self.change(entry)));
        converted.into_iter().chain(changed).map(|(key, amount)| self.view.t1(key, "amount", amount)).collect()
    }

    fn base_unit(&self, entry: &Entry) -> &str {
        match entry.measure.as_str() {
            "investment" => &self.office,
            "floor_area" => "sq_ft",
            _ => "jobs",
        }
    }

    fn rate(&self, entry: &Entry) -> Option<String> {
        let (rate, source) = (platform::format::scaled_short(entry.rate?, 6), entry.rate_source.as_deref()?);
        Some(self.view.t2("ledger-rate-shown", "rate", rate, "source", source))
    }

    fn paper(&self, entry: &Entry) -> Option<&str> {
        let id = entry.evidence_id?;
        self.papers.iter().find(|(paper, _)| *paper == id).map(|(_, name)| name.as_str())
    }
}

/// The units an entry may be made in.
pub(crate) fn units(cx: &Cx, view: &View) -> Vec<Choice> {
    let office = super::base_unit(cx, "investment");
    let key = |code: &str| format!("ledger-unit-{}", code.to_lowercase().replace('_', "-"));
    let foreign = ["USD", "CNY", "HKD", "EUR", "GBP", "JPY", "SGD", "CHF"].into_iter().filter(|code| *code != office);
    let codes = std::iter::once(office.as_str()).chain(foreign).chain(["jobs", "sq_ft", "sq_m"]);
    codes
        .map(|code| Choice::new(code, if view.has(&key(code)) { view.t(&key(code)) } else { code.to_owned() }))
        .collect()
}

async fn page(cx: &mut Cx, status: u16, id: Id, form: &Form) -> Result<Response> {
    let held = project::get(cx, id).await?;
    let view = cx.view();
    let asked = Form::decode(&view.query);
    let (as_at, known_at) = as_of(cx, &asked)?;
    let known = parse_day(asked.value("known_at")).ok();
    let (entries, reversed, next) = super::page(cx, id, asked.optional("after").as_deref(), 100).await?;
    let office = super::base_unit(cx, "investment");
    let papers: Vec<(Id, String)> = evidence::all(cx, id)
        .await?
        .into_iter()
        .map(|paper| (paper.id, format!("{} · {}", view.code("evidence", &paper.kind), paper.reference)))
        .collect();
    let dates = format!("as_at={}&known_at={}", asked.value("as_at"), asked.value("known_at"));
    let page = LedgerPage {
        heading: project::pages::heading(cx, &held, "ledger").await?,
        id,
        totals: super::totals(cx, id, as_at, known_at).await?,
        entries,
        reversed,
        next: next.map(|mark| format!("?{dates}&after={mark}")),
        shown_by: papers.iter().map(|(id, name)| Choice::new(id, name.clone())).collect(),
        papers,
        as_of: (as_at, known_at),
        as_at: as_at.to_string(),
        known_at: known.map(|day| day.to_string()).unwrap_or_default(),
        fields: Fields::new(&view, form, "ledger"),
        form,
        measures: MEASURES.iter().map(|code| Choice::new(code, view.t(&measure_key(code)))).collect(),
        kinds: KINDS.iter().map(|code| Choice::new(code, view.t(&kind_key(code)))).collect(),
        units: units(cx, &view),
        may_enter: cx.may_on(&ENTER, held.relation()) && held.retired_at.is_none(),
        office,
        view: view.clone(),
    };
    cx.page(status, page).await
}

/// The form of an entry as it begins.
fn begun(form: Form) -> Form {
    form.with("kind", "pledged").with("measure", "investment")
}

async fn index(mut cx: Cx, Path(id): Path<Id>) -> Result<Response> {
    page(&mut cx, 200, id, &begun(Form::default())).await
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
        evidence_id: loose("evidence_id"),
        note: form.text("note"),
    };
    match super::enter(&mut cx, id, new).await {
        Ok(_) => cx.see_other_saying(format!("/projects/{id}/ledger"), Flash::new("ledger-was-entered", &[])).await,
        Err(error) => {
            let (status, form) = form.refused(error, "kind")?;
            cx.undo().await?;
            page(&mut cx, status, id, &form).await
        }
    }
}

async fn reverse(mut cx: Cx, Path((id, entry)): Path<(Id, Id)>, form: Form) -> Result<Response> {
    match super::reverse(&mut cx, entry, form.value("reason")).await {
        Ok(_) => cx.see_other_saying(format!("/projects/{id}/ledger"), Flash::new("ledger-was-reversed", &[])).await,
        Err(error) => {
            let (status, form) = form.refused(error, "reason")?;
            cx.undo().await?;
            let form = form.known_as(&[("reason", &format!("reason-{entry}"))]);
            page(&mut cx, status, id, &begun(form)).await
        }
    }
}
