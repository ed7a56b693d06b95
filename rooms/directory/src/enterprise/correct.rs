//! Correcting what figures count of an enterprise, by an entry with its day and its reason. What a
//! frozen release has counted is changed in no other way; the release keeps what it counted.

use platform::audit::{Change, Told};
use platform::error::Conflict;
use platform::{Cx, Error, Id, Problem, Problems, Result};

use super::{get, new, refuse_retired, store, told};
use crate::EDIT;

pub mod api;
pub mod pages;

/// Fields that figures are cut by: dated.
pub const COUNTED: [&str; 2] = ["reporting_origin", "value_chain"];

/// What is given to correct a field.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[schema(as = NewEnterpriseCorrection)]
#[serde(default)]
pub struct NewCorrection {
    /// reporting_origin or value_chain.
    pub field: String,
    pub value: Option<String>,
    pub effective_on: String,
    pub reason: String,
}

/// The text key of the refusal to overwrite what a frozen release has counted.
pub const FROZEN: &str = "enterprise-frozen";

/// Refuses to overwrite what a frozen release has counted, told at each of these fields.
pub(super) async fn refuse_frozen(cx: &mut Cx, id: Id, fields: &[&str]) -> Result<()> {
    let Some(release) = platform::frozen::of(cx, "enterprise", id).await? else { return Ok(()) };
    let args = vec![("release".to_owned(), release)];
    let reason = |field: &&str| Problem { field: (*field).to_owned(), key: FROZEN.to_owned(), args: args.clone() };
    let reasons = fields.iter().map(reason).collect();
    Err(Error::Conflict(Box::new(Conflict { key: FROZEN.to_owned(), args: args.clone(), reasons, versions: None })))
}

/// Says what a field was from a day on.
pub async fn correct(cx: &mut Cx, id: Id, new: NewCorrection) -> Result<()> {
    let before = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, before.relation())?;
    refuse_retired(&before)?;
    let mut problems = Problems::default();
    let known = COUNTED.into_iter().find(|field| *field == new.field);
    problems.require(known.is_some(), "field", "correction-field-unknown");
    let day = problems.required_day("effective_on", Some(&new.effective_on));
    if let Some(day) = day {
        problems.require(day <= cx.today(), "effective_on", "correction-day-future");
    }
    let reason = problems.line("reason", &new.reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    let (Some(field), Some(day)) = (known, day) else { return Err(Error::NotFound) };
    let checked = new::checked_fields(cx, &[(field.to_owned(), new.value)].into())?;
    let value = checked.get(field).cloned().flatten();
    store::add_fact(cx, &before, field, before.value(field).as_deref(), None).await?;
    // The new value holds from that day on: entries of later days give way to it too.
    for day in std::iter::once(day).chain(store::later_facts(cx, before.id, field, day).await?) {
        store::add_fact(cx, &before, field, value.as_deref(), Some(day)).await?;
    }
    let mut after = before.clone();
    after.set(field, value.clone());
    store::update(cx, &granted, &after).await?;
    cx.record(
        Change::new("enterprise.corrected", "enterprise", before.id)
            .label(&before.name)
            .version(before.version + 1)
            .note(Some(reason))
            .field(field, told(cx, field, before.value(field).as_deref()), told(cx, field, value.as_deref()))
            .set("effective_on", Told::Day(day)),
    );
    Ok(())
}
