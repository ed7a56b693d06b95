//! Every number that can be counted from projects, as at a day as known at an instant.
//!
//! A counting measure counts enterprises, each once however many projects or merged records it has.
//! A sum adds what the ledger holds. The reader's reach goes into every figure alike: what one may
//! not see is in no number.

use platform::clock::At;
use platform::{Cx, Error, Id, Result};
use time::Date;

use crate::READ;

pub mod cut;
mod dimension;
mod memory;
mod metric;
pub mod series;
mod store;

pub use dimension::{Dimension, NOT_STATED};
pub use metric::{Metric, metric};

/// What had taken effect by a day, of what had been recorded by an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    pub as_at: Date,
    pub known_at: At,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Measure {
    EnterprisesMet,
    EnterprisesAttracted,
    PartnersSigned,
    CommencedOperation,
    InvestmentPledged,
    InvestmentRealised,
    JobsPledged,
    JobsRealised,
    FloorAreaPledged,
    Projects,
    JobsRdPledged,
    JobsManagementPledged,
    JobsOtherPledged,
    JobsUnspecifiedPledged,
    JobsRdRealised,
    JobsManagementRealised,
    JobsOtherRealised,
    JobsUnspecifiedRealised,
}

impl Measure {
    /// The headline figures, in the order reports give them.
    pub const ALL: [Self; 9] = [
        Self::EnterprisesMet,
        Self::EnterprisesAttracted,
        Self::PartnersSigned,
        Self::CommencedOperation,
        Self::InvestmentPledged,
        Self::InvestmentRealised,
        Self::JobsPledged,
        Self::JobsRealised,
        Self::FloorAreaPledged,
    ];

    /// What a cross-tab can count beside the headlines.
    pub const FINER: [Self; 9] = [
        Self::Projects,
        Self::JobsRdPledged,
        Self::JobsManagementPledged,
        Self::JobsOtherPledged,
        Self::JobsUnspecifiedPledged,
        Self::JobsRdRealised,
        Self::JobsManagementRealised,
        Self::JobsOtherRealised,
        Self::JobsUnspecifiedRealised,
    ];

    pub fn every() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().chain(Self::FINER)
    }

    pub const fn code(self) -> &'static str {
        match self {
            Self::EnterprisesMet => "enterprises_met",
            Self::EnterprisesAttracted => "enterprises_attracted",
            Self::PartnersSigned => "partners_signed",
            Self::CommencedOperation => "commenced_operation",
            Self::InvestmentPledged => "investment_pledged",
            Self::InvestmentRealised => "investment_realised",
            Self::JobsPledged => "jobs_pledged",
            Self::JobsRealised => "jobs_realised",
            Self::FloorAreaPledged => "floor_area_pledged",
            Self::Projects => "projects",
            Self::JobsRdPledged => "jobs_rd_pledged",
            Self::JobsManagementPledged => "jobs_management_pledged",
            Self::JobsOtherPledged => "jobs_other_pledged",
            Self::JobsUnspecifiedPledged => "jobs_unspecified_pledged",
            Self::JobsRdRealised => "jobs_rd_realised",
            Self::JobsManagementRealised => "jobs_management_realised",
            Self::JobsOtherRealised => "jobs_other_realised",
            Self::JobsUnspecifiedRealised => "jobs_unspecified_realised",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::every().find(|measure| measure.code() == code)
    }

    /// counted, pledged or realised.
    pub const fn basis(self) -> &'static str {
        match self.counted() {
            Counted::Milestone(_) | Counted::Projects => "counted",
            Counted::Pledges(_) => "pledged",
            Counted::Outcomes(_) => "realised",
        }
    }

    /// Whether enterprises are counted, each once, and not projects or what the ledger adds up to.
    pub const fn counts_enterprises(self) -> bool {
        matches!(self.counted(), Counted::Milestone(_))
    }

    const fn counted(self) -> Counted {
        match self {
            Self::EnterprisesMet => Counted::Milestone("met"),
            Self::EnterprisesAttracted => Counted::Milestone("attracted"),
            Self::PartnersSigned => Counted::Milestone("signed"),
            Self::CommencedOperation => Counted::Milestone("commenced"),
            Self::InvestmentPledged => Counted::Pledges(&["investment"]),
            Self::InvestmentRealised => Counted::Outcomes(&["investment"]),
            Self::JobsPledged => Counted::Pledges(JOBS),
            Self::JobsRealised => Counted::Outcomes(JOBS),
            Self::FloorAreaPledged => Counted::Pledges(&["floor_area"]),
            Self::Projects => Counted::Projects,
            Self::JobsRdPledged => Counted::Pledges(&["jobs_rd"]),
            Self::JobsManagementPledged => Counted::Pledges(&["jobs_management"]),
            Self::JobsOtherPledged => Counted::Pledges(&["jobs_other"]),
            Self::JobsUnspecifiedPledged => Counted::Pledges(&["jobs_unspecified"]),
            Self::JobsRdRealised => Counted::Outcomes(&["jobs_rd"]),
            Self::JobsManagementRealised => Counted::Outcomes(&["jobs_management"]),
            Self::JobsOtherRealised => Counted::Outcomes(&["jobs_other"]),
            Self::JobsUnspecifiedRealised => Counted::Outcomes(&["jobs_unspecified"]),
        }
    }
}

/// The kinds of entry that a pledge is made of.
const PLEDGES: &[&str] = &["pledged", "revised", "withdrawn"];
const OUTCOMES: &[&str] = &["realised"];
const JOBS: &[&str] = &["jobs_rd", "jobs_management", "jobs_other", "jobs_unspecified"];

/// What a measure is made of.
enum Counted {
    /// Enterprises with a standing milestone of this kind.
    Milestone(&'static str),
    /// Pledges, their revisions and withdrawals together.
    Pledges(&'static [&'static str]),
    /// What was realised.
    Outcomes(&'static [&'static str]),
    /// Projects that had begun.
    Projects,
}

/// A figure: a whole number of its unit's smallest step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    pub value: i64,
    /// `count`, `jobs`, `sq_ft`, or the office's currency.
    pub unit: String,
    /// How many projects are behind it.
    pub records: i64,
}

/// A project behind a figure.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Record {
    pub project_id: Id,
    pub reference: String,
    pub title: String,
    pub enterprise_id: Id,
    pub enterprise_name: String,
    pub name_language: String,
    pub value: i64,
}

/// The unit of a measure: `count`, `jobs`, `sq_ft`, or the office's currency.
pub fn unit(cx: &Cx, measure: Measure) -> String {
    match measure.counted() {
        Counted::Milestone(_) | Counted::Projects => "count".to_owned(),
        Counted::Pledges(measures) | Counted::Outcomes(measures) => {
            crate::ledger::base_unit(cx, measures.first().copied().unwrap_or_default())
        }
    }
}

/// One figure.
pub async fn total(cx: &mut Cx, as_of: AsOf, measure: Measure) -> Result<Value> {
    let totals = totals(cx, as_of, &[measure]).await?;
    totals.into_iter().next().map(|(_, value)| value).ok_or(Error::NotFound)
}

/// Several figures at once: from memory where the office is large and the reader only reads.
pub async fn totals(cx: &mut Cx, as_of: AsOf, measures: &[Measure]) -> Result<Vec<(Measure, Value)>> {
    cx.require(&READ)?;
    let counted = match memory::totals(cx, as_of, measures).await? {
        Some(counted) => counted,
        None => {
            let mut counted = Vec::with_capacity(measures.len());
            for measure in measures {
                counted.push(by_database(cx, as_of, *measure).await?);
            }
            counted
        }
    };
    let told = measures.iter().zip(counted);
    Ok(told.map(|(measure, (value, records))| (*measure, Value { value, unit: unit(cx, *measure), records })).collect())
}

/// Value and number of projects.
async fn by_database(cx: &mut Cx, as_of: AsOf, measure: Measure) -> Result<(i64, i64)> {
    match measure.counted() {
        Counted::Milestone(kind) => store::count(cx, as_of, kind).await,
        Counted::Pledges(measures) => store::sum(cx, as_of, measures, PLEDGES).await,
        Counted::Outcomes(measures) => store::sum(cx, as_of, measures, OUTCOMES).await,
        Counted::Projects => cut::projects(cx, as_of).await,
    }
}

/// The projects behind a figure, by reference, after one if given.
pub async fn records(
    cx: &mut Cx,
    as_of: AsOf,
    measure: Measure,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Record>> {
    cx.require(&READ)?;
    let found = match measure.counted() {
        Counted::Milestone(kind) => store::milestone_records(cx, as_of, kind, after, limit).await?,
        Counted::Pledges(measures) => store::ledger_records(cx, as_of, measures, PLEDGES, after, limit).await?,
        Counted::Outcomes(measures) => store::ledger_records(cx, as_of, measures, OUTCOMES, after, limit).await?,
        Counted::Projects => return cut::records(cx, &cut::Cut::whole(measure, as_of), after, limit).await,
    };
    look_at(cx, &found).await?;
    Ok(found)
}

/// What each of these adds is shown with it: that is a look at those that are kept from others.
async fn look_at(cx: &mut Cx, records: &[Record]) -> Result<()> {
    let ids: Vec<Id> = records.iter().map(|record| record.project_id).collect();
    crate::project::look_over(cx, &ids).await
}

/// Whether something may have been left out because the reader's reach is not everything.
pub fn partial(cx: &Cx) -> bool {
    !cx.visible().everything()
}

#[cfg(test)]
mod tests;
