//! What changed between two releases of the same claim: its scope, its unit, its basis, or of how
//! many it is a share.

use std::collections::BTreeMap;

use super::{Desk, Finding, SIGNED, THOUSAND};
use crate::published::Published;

pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    let mut findings = drift(desk);
    findings.extend(shares(desk.rows));
    findings.extend(denominators(desk));
    findings
}

/// A metric told otherwise than in the release of the same body before it.
pub(super) fn drift(desk: &Desk<'_>) -> Vec<Finding> {
    let mut series: BTreeMap<(&str, &str), Vec<&Published>> = BTreeMap::new();
    for row in desk.rows {
        series.entry((&row.metric, &row.body)).or_default().push(row);
    }
    let mut findings = Vec::new();
    for rows in series.values() {
        for pair in rows.windows(2) {
            let [before, after] = pair else { continue };
            findings.extend(changed(desk, before, after));
        }
    }
    findings
}

/// A scope as it is compared: case and spacing mean nothing.
fn scope(row: &Published) -> String {
    row.scope.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn changed(desk: &Desk<'_>, before: &Published, after: &Published) -> Vec<Finding> {
    let basis = |row: &Published| desk.view.t(&crate::published::basis_key(&row.basis));
    let told = |kind, key, old: String, new: String| {
        Finding::warns(kind, key, vec![before.id, after.id])
            .with("metric", desk.metric(after))
            .with("before", old)
            .with("after", new)
            .with("day", desk.view.date(after.as_at))
    };
    let mut findings = Vec::new();
    if before.unit != after.unit {
        // A value says its unit in words.
        findings.push(told("unit_changed", "finding-unit-changed", desk.words(before), desk.words(after)));
    }
    if before.basis != after.basis {
        findings.push(told("basis_changed", "finding-basis-changed", basis(before), basis(after)));
    }
    if before.denominator != after.denominator && !before.denominator.is_empty() {
        let (old, new) = (before.denominator.clone(), after.denominator.clone());
        findings.push(told("denominator_changed", "finding-denominator-changed", old, new));
    }
    // The scope of a signing is its ceremony, and never that of the one before.
    if scope(before) != scope(after) && after.metric != SIGNED {
        let (old, new) = (before.scope.clone(), after.scope.clone());
        findings.push(told("definition_changed", "finding-definition-changed", old, new));
    }
    findings
}

/// A count and the share that tells the same claim.
const CLAIMS: [(&str, &str); 2] =
    [("enterprises_listed", "share_listed"), ("enterprises_global_or_regional_hq", "share_global_or_regional_hq")];

/// A share printed as “over” that the count behind it meets exactly, or rounds to.
fn shares(rows: &[Published]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (count, share) in CLAIMS {
        let latest = |metric: &str| rows.iter().rfind(|row| row.metric == metric);
        let (Some(count), Some(share)) = (latest(count), latest(share)) else { continue };
        let Some(of) = share.denominator.parse::<i64>().ok().filter(|of| *of > 0) else { continue };
        // Basis points of the count in the share's own denominator.
        let exact = count.value / THOUSAND * 10_000 / of;
        let printed = share.value / 10;
        let contradicts = share.comparator == "over" && exact <= printed;
        let rests_on = vec![count.id, share.id];
        let finding = if contradicts {
            Finding::warns("share", "finding-share-contradicts", rests_on)
        } else {
            Finding::explains("share", "finding-share-rounds", rests_on)
        };
        findings.push(
            finding
                .with("count", count.value / THOUSAND)
                .with("of", of)
                .with("exact", platform::format::percent(exact))
                .with("printed", platform::format::percent(printed)),
        );
    }
    findings
}

/// One claim told of different totals: as a count and as a share, twice on one day, or by a source
/// that says so itself.
fn denominators(desk: &Desk<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut differ = |one: &Published, other: &Published| {
        findings.push(
            Finding::warns("denominators", "finding-denominators", vec![one.id, other.id])
                .with("one", desk.words(one))
                .with("of", &one.denominator)
                .with("other", desk.words(other))
                .with("other_of", &other.denominator)
                .with("metric", desk.metric(other)),
        );
    };
    for (count, share) in CLAIMS {
        let latest = |metric: &str| desk.rows.iter().rfind(|row| row.metric == metric && !row.denominator.is_empty());
        if let (Some(count), Some(share)) = (latest(count), latest(share))
            && count.denominator != share.denominator
        {
            differ(count, share);
        }
    }
    let mut same_day: BTreeMap<_, &Published> = BTreeMap::new();
    for row in desk.rows.iter().filter(|row| !row.denominator.is_empty()) {
        let first = same_day.entry((row.as_at, row.metric.as_str())).or_insert(row);
        if first.denominator != row.denominator {
            differ(first, row);
        }
    }
    for row in desk.rows.iter().filter(|row| row.scope.contains("denominator differs")) {
        findings.push(
            Finding::warns("denominators", "finding-denominator-told", vec![row.id])
                .with("metric", desk.metric(row))
                .with("value", desk.words(row))
                .with("scope", &row.scope),
        );
    }
    findings
}
