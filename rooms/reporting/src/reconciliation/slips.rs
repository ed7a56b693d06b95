//! Slips of the pen: square feet read as square metres, a nought too many.

use std::collections::BTreeMap;

use super::{Desk, Finding};
use crate::published::Published;

pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    let mut alike: BTreeMap<&str, Vec<&Published>> = BTreeMap::new();
    for row in desk.rows {
        // A known slip is kept under the metric's name with an ending.
        alike.entry(row.metric.trim_end_matches("_misreport")).or_default().push(row);
    }
    let mut findings = Vec::new();
    for rows in alike.values() {
        findings.extend(unit_slips(rows));
        findings.extend(tenfold(desk, rows));
    }
    findings
}

/// The same number in square feet and in square metres; each slip once, beside the nearest figure
/// that it repeats.
fn unit_slips(rows: &[&Published]) -> Vec<Finding> {
    let metres = rows.iter().filter(|row| row.unit == "square_metres");
    metres
        .filter_map(|slip| {
            let same = rows.iter().filter(|row| row.unit == "square_feet" && row.value == slip.value);
            let feet = same.min_by_key(|row| (row.as_at - slip.as_at).abs())?;
            Some(
                Finding::warns("unit_slip", "finding-unit-slip", vec![feet.id, slip.id])
                    .with("value", feet.written())
                    .with("source", &slip.source),
            )
        })
        .collect()
}

/// One number ten times another of the same metric, unit and day.
fn tenfold(desk: &Desk<'_>, rows: &[&Published]) -> Vec<Finding> {
    let mut days: BTreeMap<_, Vec<&Published>> = BTreeMap::new();
    for row in rows {
        days.entry((row.as_at, row.unit.as_str())).or_default().push(row);
    }
    let mut findings = Vec::new();
    for same_day in days.values() {
        for small in same_day.iter().filter(|row| row.value > 0) {
            let tenth = |large: &&&Published| Some(large.value) == small.value.checked_mul(10);
            if let Some(large) = same_day.iter().find(tenth) {
                findings.push(
                    Finding::warns("tenfold", "finding-tenfold", vec![small.id, large.id])
                        .with("small", desk.words(small))
                        .with("large", desk.words(large))
                        .with("source", &large.source),
                );
            }
        }
    }
    findings
}
