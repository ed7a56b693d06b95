//! The definitions of metrics: each with its words, a version, and from when to when it holds. A
//! rule of counting that changes gets a new version; figures say by which they were counted.

use time::Date;
use time::macros::date;

use super::Measure;

/// One version of a metric's definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    pub measure: Measure,
    pub version: i64,
    pub valid_from: Date,
    /// The last day it holds; none while it does.
    pub valid_to: Option<Date>,
}

const fn first(measure: Measure) -> Metric {
    Metric { measure, version: 1, valid_from: date!(2022 - 12 - 23), valid_to: None }
}

/// Every version there has been, the latest of a measure last.
const METRICS: [Metric; 18] = [
    first(Measure::EnterprisesMet),
    first(Measure::EnterprisesAttracted),
    first(Measure::PartnersSigned),
    first(Measure::CommencedOperation),
    first(Measure::InvestmentPledged),
    first(Measure::InvestmentRealised),
    first(Measure::JobsPledged),
    first(Measure::JobsRealised),
    first(Measure::FloorAreaPledged),
    first(Measure::Projects),
    first(Measure::JobsRdPledged),
    first(Measure::JobsManagementPledged),
    first(Measure::JobsOtherPledged),
    first(Measure::JobsUnspecifiedPledged),
    first(Measure::JobsRdRealised),
    first(Measure::JobsManagementRealised),
    first(Measure::JobsOtherRealised),
    first(Measure::JobsUnspecifiedRealised),
];

impl Metric {
    fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day <= end)
    }

    /// The text key of its name; with `-definition` of its rule, a later version's with its number.
    pub fn key(&self) -> String {
        format!("metric-{}", self.measure.code().replace('_', "-"))
    }

    pub fn definition_key(&self) -> String {
        let key = self.key();
        if self.version == 1 { format!("{key}-definition") } else { format!("{key}-definition-{}", self.version) }
    }
}

/// The definition by which a measure is counted as at a day: the one in force, or before there was
/// any the first.
pub fn metric(measure: Measure, day: Date) -> Metric {
    let of = || METRICS.iter().filter(|metric| metric.measure == measure);
    let found = of().rfind(|metric| metric.holds_on(day)).or_else(|| of().next());
    found.copied().unwrap_or(first(measure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_definition_and_versions_follow_one_another() {
        for measure in Measure::every() {
            let versions: Vec<&Metric> = METRICS.iter().filter(|metric| metric.measure == measure).collect();
            assert!(!versions.is_empty(), "{measure:?}");
            for (earlier, later) in versions.iter().zip(versions.iter().skip(1)) {
                assert_eq!(later.version, earlier.version + 1);
                assert_eq!(earlier.valid_to.and_then(Date::next_day), Some(later.valid_from), "{measure:?}");
            }
            assert_eq!(versions.last().and_then(|metric| metric.valid_to), None);
        }
    }
}
