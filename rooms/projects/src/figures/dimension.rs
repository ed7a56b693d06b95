//! What figures can be cut by.

use super::{Counted, Measure};

/// The value of a dimension that is not stated.
pub const NOT_STATED: &str = "";

/// What a table's rows and columns can be, and what it can be limited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    Industry,
    ReportingOrigin,
    Nature,
    HqKind,
    Stage,
    Status,
    /// The batch of an attraction; for signings the ceremony.
    Batch,
    /// The year of the milestone, or of the ledger entry's effective day.
    Year,
    Activity,
    ValueChain,
}

impl Dimension {
    pub const ALL: [Self; 10] = [
        Self::Industry,
        Self::ReportingOrigin,
        Self::Nature,
        Self::HqKind,
        Self::Stage,
        Self::Status,
        Self::Batch,
        Self::Year,
        Self::Activity,
        Self::ValueChain,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Industry => "industry",
            Self::ReportingOrigin => "reporting_origin",
            Self::Nature => "nature",
            Self::HqKind => "hq_kind",
            Self::Stage => "stage",
            Self::Status => "status",
            Self::Batch => "batch",
            Self::Year => "year",
            Self::Activity => "activity",
            Self::ValueChain => "value_chain",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dimension| dimension.code() == code)
    }

    /// The dated code list that its values are of.
    pub const fn list(self) -> Option<&'static str> {
        match self {
            Self::Industry => Some("industry"),
            Self::ReportingOrigin => Some("origin"),
            Self::Nature => Some("nature"),
            Self::HqKind => Some("hq_kind"),
            Self::Activity => Some("activity"),
            Self::ValueChain => Some("value_chain"),
            Self::Stage | Self::Status | Self::Batch | Self::Year => None,
        }
    }

    /// Whether one project can have several values at once, with commas between.
    pub const fn several(self) -> bool {
        matches!(self, Self::Industry | Self::Activity)
    }

    /// Whether a measure can be cut by it: a project as such has no year.
    pub const fn fits(self, measure: Measure) -> bool {
        !matches!((self, measure.counted()), (Self::Year, Counted::Projects))
    }
}
