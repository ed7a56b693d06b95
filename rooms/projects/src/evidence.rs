//! Evidence: the papers that prove a stage, an operation or a realised figure.

use platform::audit::{Change, Told};
use platform::{Cx, Error, Id, Problems, Result};

use crate::{EDIT, project};

mod store;

pub use store::Evidence;
pub(crate) use store::of;

/// Kinds any one of which shows that operation has commenced. "Commenced operation" is asked for
/// by the legislature and nowhere defined; these are the pack's proposal.
pub const COMMENCEMENT: [&str; 4] = ["business-registration", "lease-start", "first-payroll", "first-licence"];

/// What is given to record a paper.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewEvidence {
    /// A code of the list `evidence`.
    pub kind: String,
    pub dated_on: String,
    pub reference: String,
}

/// Records a paper.
pub async fn add(cx: &mut Cx, project: Id, new: NewEvidence) -> Result<()> {
    let held = project::get(cx, project).await?;
    let granted = cx.require_on(&EDIT, held.relation())?;
    project::refuse_retired(&held)?;
    let mut problems = Problems::default();
    let known = cx.house.codes.has("evidence", &new.kind);
    problems.require(known, "evidence_kind", "problem-evidence-kind");
    let dated = problems.required_day("dated_on", Some(&new.dated_on));
    if let Some(day) = dated {
        problems.require(day <= cx.today(), "dated_on", "problem-day-future");
    }
    let reference = problems.line("evidence_reference", &new.reference, 500);
    problems.require(!reference.is_empty(), "evidence_reference", "problem-evidence-reference");
    problems.into_result()?;
    let Some(dated) = dated else { return Err(Error::invalid("dated_on", "problem-day-missing")) };
    store::insert(cx, &granted, held.id, &new.kind, dated, &reference).await?;
    cx.record(
        Change::new("evidence.added", "project", held.id)
            .label(held.title)
            .set("evidence_kind", Told::listed("evidence", Some(&new.kind)))
            .set("dated_on", Told::Day(dated))
            .set("evidence_reference", Told::Text(reference)),
    );
    Ok(())
}
