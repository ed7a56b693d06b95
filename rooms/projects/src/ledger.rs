//! The ledger: what was pledged, revised, realised and withdrawn. Only ever added to; additions and
//! revisions stay apart; a slip is reversed by an entry of its own.
//!
//! Totals as at a day, as known at an instant, come out exactly as they would have then: an entry
//! counts when its day has come and it had been recorded.

use platform::api::Mark;
use platform::audit::{Change, Told};
use platform::clock::At;
use platform::forms::Loose;
use platform::permission::{Permission, Role, Scope};
use platform::units::{self, Unit};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use crate::project::{self, Dated, Project};
use crate::{evidence, stage};

pub mod api;
mod batch;
pub mod export;
pub mod import;
pub mod pages;
mod pledge;
mod proof;
mod store;

pub use proof::check;
pub use store::Entry;

/// Entering pledges and outcomes, and reversing slips.
pub const ENTER: Permission = Permission::write(
    "projects.ledger.enter",
    &[(Role::Director, Scope::All), (Role::TeamLead, Scope::All), (Role::Officer, Scope::All)],
);

pub const MEASURES: [&str; 6] =
    ["investment", "jobs_rd", "jobs_management", "jobs_other", "jobs_unspecified", "floor_area"];
pub const KINDS: [&str; 4] = ["pledged", "revised", "realised", "withdrawn"];

/// What is given to make an entry. A revision states the new total.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewEntry {
    pub measure: String,
    /// pledged, revised, realised or withdrawn.
    pub kind: String,
    /// A number alone, in units and not in millions.
    pub amount: Loose,
    /// A currency, `jobs`, `sq_ft` or `sq_m`; the measure's own when left out.
    pub unit: Loose,
    pub effective_on: Loose,
    pub period_from: Loose,
    pub period_to: Loose,
    /// For money of another currency: how much of the office's currency one is, and who says so.
    pub rate: Loose,
    pub rate_source: String,
    /// What shows it, in words; this or the next is needed for what is realised.
    pub evidence: String,
    /// A recorded paper of the project.
    pub evidence_id: Loose,
    pub note: String,
}

/// An entry that meets the rules that need no other entry.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    measure: String,
    kind: String,
    amount: i64,
    unit: Unit,
    base: i64,
    rate: Option<i64>,
    rate_source: Option<String>,
    period_from: Option<Date>,
    period_to: Option<Date>,
    effective_on: Date,
    evidence: Option<String>,
    evidence_id: Option<Id>,
    note: Option<String>,
}

/// The most that one entry may be of each measure, in whole units: beyond it a unit was mistaken.
fn most_sensible(measure: &str) -> i64 {
    match measure {
        "investment" => 10_000_000_000_000,
        "floor_area" => 1_000_000_000,
        _ => 5_000_000,
    }
}

/// Square feet for one square metre, in hundred-millionths, by the international foot of 1959:
/// one square foot is exactly 0.09290304 square metres.
fn sq_m_to_sq_ft(hundredths: i64) -> Option<i64> {
    const SQ_M_E8: i128 = 100_000_000;
    const SQ_FT_IN_SQ_M_E8: i128 = 9_290_304;
    let scaled = i128::from(hundredths) * SQ_M_E8;
    i64::try_from((scaled + SQ_FT_IN_SQ_M_E8 / 2) / SQ_FT_IN_SQ_M_E8).ok()
}

/// What totals add of an amount: money of another currency at its rate, in millionths of the office's
/// for one, areas in square feet, each rounded half up.
fn base_of(amount: i64, unit: &Unit, rate: Option<i64>, office: &str) -> Option<i64> {
    match (unit, rate) {
        (Unit::SquareMetres, _) => sq_m_to_sq_ft(amount),
        (Unit::Money(code), Some(rate)) => {
            let from = 10_i128.pow(units::decimals(code));
            let to = 10_i128.pow(units::decimals(office));
            let product = i128::from(amount) * i128::from(rate) * to;
            let step = from * 1_000_000;
            i64::try_from((product + step / 2) / step).ok()
        }
        _ => Some(amount),
    }
}

impl NewEntry {
    fn checked(&self, cx: &Cx) -> Result<Checked> {
        let mut problems = Problems::default();
        problems.require(MEASURES.contains(&self.measure.as_str()), "measure", "ledger-measure-unknown");
        problems.require(KINDS.contains(&self.kind.as_str()), "kind", "ledger-kind-unknown");
        let office = cx.house.settings.currency();
        let own = match self.measure.as_str() {
            "investment" => office.as_str(),
            "floor_area" => "sq_ft",
            _ => "jobs",
        };
        let unit = Unit::from_code(self.unit.get().unwrap_or(own));
        let fits = match (&unit, self.measure.as_str()) {
            (Some(Unit::Money(code)), "investment") => *code == office || units::is_currency(code),
            (Some(Unit::SquareFeet | Unit::SquareMetres), "floor_area") => true,
            (Some(Unit::Jobs), measure) => measure.starts_with("jobs"),
            _ => false,
        };
        problems.require(fits, "unit", "ledger-unit-unfit");
        let unit = unit.unwrap_or(Unit::Count);
        let amount = problems.amount("amount", self.amount.get(), unit.decimals());
        problems.require(self.amount.get().is_some(), "amount", "ledger-amount-missing");
        let nought_makes_sense = self.kind == "revised";
        problems.require(nought_makes_sense || amount != Some(0), "amount", "ledger-amount-nought");
        let effective_on = problems.required_day("effective_on", self.effective_on.get());
        if let Some(day) = effective_on {
            problems.require(day <= cx.today(), "effective_on", "problem-day-future");
        }
        let period_from = problems.day("period_from", self.period_from.get());
        let period_to = problems.day("period_to", self.period_to.get());
        if let (Some(from), Some(to)) = (period_from, period_to) {
            problems.require(from <= to, "period_to", "problem-period-backwards");
        }
        let evidence = problems.line("evidence", &self.evidence, 500);
        let evidence_id = self.evidence_id.get().and_then(|text| text.parse::<Id>().ok());
        problems.require(
            self.evidence_id.get().is_none() || evidence_id.is_some(),
            "evidence_id",
            "ledger-paper-unknown",
        );
        let shown = !evidence.is_empty() || evidence_id.is_some();
        problems.require(self.kind != "realised" || shown, "evidence", "ledger-evidence-missing");
        let note = problems.running("note", &self.note, 2_000);
        let rate_source = problems.line("rate_source", &self.rate_source, 300);
        let rate = problems.amount("rate", self.rate.get(), 6);
        let foreign = matches!(&unit, Unit::Money(code) if *code != office);
        problems.require(
            !foreign || (rate.is_some_and(|rate| rate > 0) && !rate_source.is_empty()),
            "rate",
            "ledger-rate-missing",
        );
        let base = amount.and_then(|amount| base_of(amount, &unit, rate.filter(|_| foreign), &office));
        problems.require(amount.is_none() || base.is_some(), "amount", "problem-amount-too-large");
        let step = 10_i64.pow(Unit::from_code(own).map_or(0, |unit| unit.decimals()));
        if base.is_some_and(|base| base / step > most_sensible(&self.measure)) {
            let most = platform::format::number(most_sensible(&self.measure));
            problems.add_with("amount", "ledger-amount-absurd", &[("most", most)]);
        }
        problems.into_result()?;
        let (Some(amount), Some(base), Some(effective_on)) = (amount, base, effective_on) else {
            return Err(Error::invalid("amount", "ledger-amount-missing"));
        };
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        Ok(Checked {
            measure: self.measure.clone(),
            kind: self.kind.clone(),
            amount,
            unit,
            base,
            rate: rate.filter(|_| foreign),
            rate_source: some(rate_source).filter(|_| foreign),
            period_from,
            period_to,
            effective_on,
            evidence: some(evidence),
            evidence_id,
            note: some(note),
        })
    }
}

impl Checked {
    fn change(&self, project: &Project) -> Change {
        Change::new("ledger.entered", "project", project.id)
            .label(&project.title)
            .note(self.note.clone())
            .set("measure", Told::code(&self.measure, &measure_key(&self.measure)))
            .set("ledger_kind", Told::code(&self.kind, &kind_key(&self.kind)))
            .set("amount", Told::Amount { amount: self.amount, unit: self.unit.code().to_owned() })
            .set("effective_on", Told::Day(self.effective_on))
            .set("ledger_evidence", Told::text(self.evidence.as_deref()))
    }
}

pub fn measure_key(measure: &str) -> String {
    format!("ledger-measure-{}", platform::text::kebab(measure))
}

pub fn kind_key(kind: &str) -> String {
    format!("ledger-kind-{kind}")
}

/// The unit in which a measure is added up.
pub fn base_unit(cx: &Cx, measure: &str) -> String {
    match measure {
        "investment" => cx.house.settings.currency(),
        "floor_area" => "sq_ft".to_owned(),
        _ => "jobs".to_owned(),
    }
}

impl Checked {
    /// What a project takes for a day after its end and before its return: what came of it, what is
    /// taken back, and revisions downwards; a downsized one, which goes on, revisions upwards too. No new
    /// pledge is of such a day.
    fn refuse_ended(&self, dated: &Dated) -> Result<()> {
        let over = |status: &str| stage::is_end(status) && status != "downsized";
        let (ended, field, key) = match self.kind.as_str() {
            "pledged" => (dated.ended_before(self.effective_on, stage::is_end), "effective_on", "ledger-ended-pledge"),
            "revised" if self.base > 0 => {
                (dated.ended_before(self.effective_on, over), "amount", "ledger-ended-upwards")
            }
            _ => return Ok(()),
        };
        let mut problems = Problems::default();
        if let Some(day) = ended {
            problems.add_with(field, key, &[("day", day.to_string())]);
        }
        problems.into_result()
    }
}

/// Makes an entry. Of a day after which a project had ended (withdrawn, lapsed, exited) and not come back
/// yet, it takes withdrawals, what was realised and revisions downwards, so that its ledger can be
/// brought to a true close; of one after it was downsized everything but new pledges. Of any other day
/// it takes all, however late it is entered. A revision changes what was pledged by its day.
pub async fn enter(cx: &mut Cx, project: Id, new: NewEntry) -> Result<Id> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&ENTER, held.relation())?;
    project::refuse_retired(cx, &held).await?;
    let checked = new.checked(cx)?;
    if let Some(paper) = checked.evidence_id {
        let known = evidence::of(cx, held.id).await?.iter().any(|held| held.id == paper);
        if !known {
            return Err(Error::invalid("evidence_id", "ledger-paper-unknown"));
        }
    }
    let pledge = pledge::of(cx, &[held.id]).await?.remove(&(held.id, checked.measure.clone())).unwrap_or_default();
    let checked = pledge.take(checked)?;
    let dated = project::dated(cx, &[held.id]).await?.remove(&held.id).unwrap_or_default();
    checked.refuse_ended(&dated)?;
    let change = checked.change(&held);
    let ids = store::insert_many(cx, &granted, &[(held.id, checked)]).await?;
    let id = ids.first().copied().ok_or_else(|| Error::unexpected("nothing was entered"))?;
    cx.record(change.set("entry", Told::record("ledger", id, &held.reference)));
    Ok(id)
}

/// One entry, if its project is within reach.
pub async fn entry(cx: &mut Cx, id: Id) -> Result<Entry> {
    let held = store::get(cx, id).await?;
    project::get(cx, held.project_id).await?;
    Ok(held)
}

/// Takes an entry back by one of its own, with the reason; both stay to be seen.
pub async fn reverse(cx: &mut Cx, entry: Id, reason: &str) -> Result<Id> {
    let held = store::get(cx, entry).await?;
    let project = project::get(cx, held.project_id).await?;
    let granted = cx.require_on(&ENTER, project.relation())?;
    project::refuse_retired(cx, &project).await?;
    let mut problems = Problems::default();
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    if held.reverses_id.is_some() || !store::reversed_among(cx, &[entry]).await?.is_empty() {
        return Err(Error::conflict("ledger-already-reversed"));
    }
    let of = (held.project_id, held.measure.clone());
    let pledge = pledge::of(cx, &[held.project_id]).await?.remove(&of).unwrap_or_default();
    if !pledge.lets_go(&held) {
        return Err(Error::conflict("ledger-reversal-below"));
    }
    let ids = store::reverse_many(cx, &granted, std::slice::from_ref(&held), &reason).await?;
    cx.record(held.reversal(&project.title, reason));
    ids.first().copied().ok_or_else(|| Error::unexpected("nothing was reversed"))
}

impl Entry {
    fn reversal(&self, title: &str, reason: String) -> Change {
        Change::new("ledger.reversed", "project", self.project_id)
            .label(title)
            .note(Some(reason))
            .field("amount", Told::Amount { amount: self.amount, unit: self.unit.clone() }, Told::Nothing)
            .set("measure", Told::code(&self.measure, &measure_key(&self.measure)))
            .set("effective_on", Told::Day(self.effective_on))
    }
}

/// What a measure of a project adds up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Total {
    pub measure: String,
    pub unit: String,
    /// First pledges, without what changed them.
    pub pledged: i64,
    /// What revisions added or took off.
    pub revised: i64,
    /// What was taken back, as a minus.
    pub withdrawn: i64,
    /// Pledged, revised and withdrawn together.
    pub standing: i64,
    pub realised: i64,
    /// What stands pledged and has not been realised.
    pub outstanding: i64,
}

/// A project's totals as at a day, as known at an instant, for each measure that has an entry.
pub async fn totals(cx: &mut Cx, project: Id, as_at: Date, known_at: At) -> Result<Vec<Total>> {
    let rows = store::totals(cx, project, as_at, known_at).await?;
    let mut totals: Vec<Total> = Vec::new();
    for measure in MEASURES {
        let sum = |kind: &str| {
            rows.iter().filter(|row| row.measure == measure && row.kind == kind).map(|row| row.sum).sum::<i64>()
        };
        if rows.iter().any(|row| row.measure == measure) {
            let (pledged, revised, withdrawn) = (sum("pledged"), sum("revised"), sum("withdrawn"));
            totals.push(Total {
                measure: measure.to_owned(),
                unit: base_unit(cx, measure),
                pledged,
                revised,
                withdrawn,
                standing: pledged + revised + withdrawn,
                realised: sum("realised"),
                // What came above the pledge is no debt.
                outstanding: (pledged + revised + withdrawn - sum("realised")).max(0),
            });
        }
    }
    Ok(totals)
}

/// The entries of a project, latest day first, all of them.
pub async fn entries(cx: &mut Cx, project: Id) -> Result<Vec<Entry>> {
    store::entries(cx, project, None, 1_000).await
}

/// A page of the entries of a project, latest day first, after a mark if given: the page, which of
/// it were reversed, and the mark of the next.
pub async fn page(
    cx: &mut Cx,
    project: Id,
    after: Option<&str>,
    limit: i64,
) -> Result<(Vec<Entry>, Vec<Id>, Option<String>)> {
    let after = after.map(|given| Mark::decode(given, 2)).transpose()?;
    let entries = store::entries(cx, project, after.as_ref(), limit).await?;
    let ids: Vec<Id> = entries.iter().map(|entry| entry.id).collect();
    let reversed = store::reversed_among(cx, &ids).await?;
    let next = entries.last().filter(|_| entries.len() as i64 == limit);
    let next = next.map(|last| Mark(vec![last.effective_on.to_string(), last.id.to_string()]).encode());
    Ok((entries, reversed, next))
}

#[cfg(test)]
mod tests;
