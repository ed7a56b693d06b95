//! How large an enterprise is: headcount, revenue and R&D spending by year, each with its source. A
//! correction supersedes what it corrects and both stay readable.

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::forms::Loose;
use platform::permission::Granted;
use platform::units::{Decimal, Unit, decimals, is_currency};
use platform::{Cx, Error, Id, Problems, Result};
use serde::Deserialize;
use sqlx::FromRow;

use crate::enterprise::{self, Enterprise};
use crate::entry::{self, agree};

pub mod api;
mod batch;
pub mod export;
pub mod import;
pub mod pages;
mod store;

pub const MEASURES: [&str; 3] = ["headcount", "revenue", "rd_spend"];

#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Measurement {
    pub id: Id,
    pub enterprise_id: Id,
    /// headcount, revenue or rd_spend.
    pub measure: String,
    pub year: i64,
    /// In the unit's smallest steps: people, or minor units of the currency.
    pub amount: i64,
    /// `count`, or the currency (ISO 4217).
    pub unit: String,
    pub source: String,
    pub version: i64,
    pub corrects_id: Option<Id>,
    pub reason: Option<String>,
    pub recorded_at: At,
    pub superseded_at: Option<At>,
}

/// A measurement as it is given, whichever way it arrives.
#[derive(Clone, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct GivenMeasurement {
    pub measure: String,
    pub year: Loose,
    /// The number alone, in whole people or in whole units of the currency: `1234.5` is a thousand dollars and more.
    pub amount: Loose,
    /// Of money (ISO 4217); the office's own when left out. Left out of a headcount.
    pub currency: Loose,
    pub source: String,
    /// Why a correction is made.
    pub reason: String,
}

/// A measurement that meets the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    measure: String,
    year: i64,
    amount: i64,
    unit: String,
    source: String,
}

impl GivenMeasurement {
    /// `held` is the one that is corrected: its currency was taken once and is not asked about again.
    fn checked(&self, cx: &Cx, held: Option<&Measurement>) -> Result<Checked> {
        let mut problems = Problems::default();
        let measure = self.measure.trim().to_lowercase().replace([' ', '-'], "_");
        problems.require(MEASURES.contains(&measure.as_str()), "measure", "problem-measure");
        let this_year = i64::from(cx.today().year());
        let year = self.year.number().unwrap_or_default();
        problems.require((1900..=this_year).contains(&year), "year", "problem-measurement-year");
        let unit = if measure == "headcount" { "count".to_owned() } else { self.currency(cx) };
        let known = measure == "headcount"
            || is_currency(&unit)
            || unit == cx.house.settings.currency()
            || held.is_some_and(|held| held.unit == unit);
        problems.require(known, "currency", "problem-currency");
        let steps = if measure == "headcount" { 0 } else { decimals(&unit) };
        let amount = problems.amount("amount", self.amount.get(), steps);
        problems.require(self.amount.get().is_some(), "amount", "problem-amount-missing");
        if measure == "headcount" && self.currency.get().is_some() {
            problems.add("currency", "problem-currency-of-people");
        }
        let source = problems.line("source", &self.source, 300);
        problems.require(!source.is_empty(), "source", "problem-fact-source");
        problems.into_result()?;
        Ok(Checked { measure, year, amount: amount.unwrap_or_default(), unit, source })
    }

    fn currency(&self, cx: &Cx) -> String {
        let given = self.currency.get().unwrap_or_default().to_uppercase();
        if given.is_empty() { cx.house.settings.currency() } else { given }
    }
}

/// The text key of a measure's name.
pub fn measure_key(measure: &str) -> String {
    format!("measure-{}", measure.replace('_', "-"))
}

/// An amount in its unit, as the audit tells it.
fn told(measure: &str, amount: i64, unit: &str) -> Told {
    match measure {
        "headcount" => Told::Number(amount),
        _ => Told::Money { minor: amount, currency: unit.to_owned() },
    }
}

/// What is held of an enterprise and of those merged into it, superseded ones included: by measure,
/// latest year first, what now stands before what it corrects, and what its own record says before what merged ones do.
pub async fn of(cx: &mut Cx, survivor: Id) -> Result<Vec<Measurement>> {
    let members = enterprise::members(cx, survivor).await?;
    store::of(cx, survivor, &members).await
}

/// What is not superseded.
pub async fn standing(cx: &mut Cx, survivor: Id) -> Result<Vec<Measurement>> {
    Ok(of(cx, survivor).await?.into_iter().filter(|held| held.superseded_at.is_none()).collect())
}

/// The latest year of each measure that now stands.
pub async fn latest(cx: &mut Cx, survivor: Id) -> Result<Vec<Measurement>> {
    let mut standing = standing(cx, survivor).await?;
    standing.dedup_by(|next, held| next.measure == held.measure);
    Ok(standing)
}

pub(crate) async fn to_edit(cx: &mut Cx, enterprise: Id, id: Id) -> Result<(Enterprise, Granted, Measurement)> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let measurement = store::get(cx, id).await?;
    enterprise::belongs(cx, held.id, measurement.enterprise_id).await?;
    Ok((held, granted, measurement))
}

/// Records a measurement. A year that has one already is corrected, not given twice.
pub async fn record(cx: &mut Cx, enterprise: Id, given: GivenMeasurement) -> Result<Measurement> {
    let (held, granted) = enterprise::to_edit(cx, enterprise).await?;
    let checked = given.checked(cx, None)?;
    let members = enterprise::members(cx, held.id).await?;
    if store::standing(cx, held.id, &members, &checked.measure, checked.year).await?.is_some() {
        return Err(Error::invalid("year", "measurement-already-held"));
    }
    let id = keep(cx, &granted, &held, &checked, None, None).await?;
    store::get(cx, id).await
}

async fn keep(
    cx: &mut Cx,
    granted: &Granted,
    held: &Enterprise,
    new: &Checked,
    corrected: Option<&Measurement>,
    reason: Option<String>,
) -> Result<Id> {
    // What a correction stands on stays with the record that it was written to.
    let owner = corrected.map_or(held.id, |before| before.enterprise_id);
    let id = store::insert(cx, granted, owner, new, corrected, reason.as_deref()).await?;
    let old = corrected.map_or(Told::Nothing, |before| told(&before.measure, before.amount, &before.unit));
    let verb = if corrected.is_some() { "enterprise.measurement_corrected" } else { "enterprise.measured" };
    let change = Change::new(verb, "enterprise", held.id)
        .note(reason)
        .set("measure", Told::code(&new.measure, &measure_key(&new.measure)))
        .set("year", Told::Text(new.year.to_string()))
        .field("amount", old, told(&new.measure, new.amount, &new.unit))
        .field("source", Told::text(corrected.map(|before| before.source.as_str())), Told::Text(new.source.clone()))
        .set("_measurement", Told::record("measurement", id, &new.year.to_string()));
    enterprise::note_of(cx, granted, held, owner, change).await?;
    Ok(id)
}

/// Puts a figure right, with the reason: the new one stands, the earlier one is kept beneath it.
pub async fn correct(
    cx: &mut Cx,
    enterprise: Id,
    id: Id,
    version: i64,
    given: GivenMeasurement,
) -> Result<Measurement> {
    let (held, granted, before) = to_edit(cx, enterprise, id).await?;
    let checked = given.checked(cx, Some(&before))?;
    let members = enterprise::members(cx, held.id).await?;
    // Somebody corrected it first: what they wrote is what now stands.
    let standing = match before.superseded_at {
        None => before.clone(),
        Some(_) => {
            store::standing(cx, held.id, &members, &before.measure, before.year).await?.ok_or(Error::NotFound)?
        }
    };
    let text = |amount: i64, unit: &str| match Unit::from_code(unit) {
        Some(Unit::Money(currency)) => format!("{currency} {}", Decimal::of(amount, unit)),
        _ => Decimal::of(amount, unit).to_string(),
    };
    agree(
        version,
        standing.version,
        &[
            ("amount", Some(text(checked.amount, &checked.unit)), Some(text(standing.amount, &standing.unit))),
            ("source", Some(checked.source.clone()), Some(standing.source.clone())),
        ],
    )?;
    let same = Checked {
        measure: standing.measure.clone(),
        year: standing.year,
        amount: standing.amount,
        unit: standing.unit.clone(),
        source: standing.source.clone(),
    };
    if same == checked {
        return Ok(standing);
    }
    let reason = entry::reason(&given.reason)?;
    let moved = (checked.measure.as_str(), checked.year) != (standing.measure.as_str(), standing.year);
    if moved && store::standing(cx, held.id, &members, &checked.measure, checked.year).await?.is_some() {
        return Err(Error::invalid("year", "measurement-already-held"));
    }
    store::supersede(cx, &granted, standing.id, None).await?;
    let id = keep(cx, &granted, &held, &checked, Some(&standing), Some(reason)).await?;
    store::get(cx, id).await
}

/// Takes a figure back: it stood for something else, or for another enterprise.
pub async fn withdraw(cx: &mut Cx, enterprise: Id, id: Id, reason: &str) -> Result<()> {
    let (held, granted, measurement) = to_edit(cx, enterprise, id).await?;
    let reason = entry::reason(reason)?;
    if measurement.superseded_at.is_some() {
        return Err(Error::conflict("measurement-superseded"));
    }
    store::supersede(cx, &granted, id, Some(&reason)).await?;
    let change = Change::new("enterprise.measurement_withdrawn", "enterprise", held.id)
        .note(Some(reason))
        .set("measure", Told::code(&measurement.measure, &measure_key(&measurement.measure)))
        .set("year", Told::Text(measurement.year.to_string()))
        .field("amount", told(&measurement.measure, measurement.amount, &measurement.unit), Told::Nothing);
    enterprise::note_of(cx, &granted, &held, measurement.enterprise_id, change).await
}
