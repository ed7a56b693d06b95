//! Counts of several bodies, which are each right and can't be added.

use std::collections::BTreeMap;

use projects::figures::Measure;

use super::{ATTRACTED, Desk, Finding};
use crate::published::Published;

pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (coming, first) in PERIODS {
        findings.extend(periods(desk, coming, first));
    }
    findings.extend(same_metric(desk));
    findings.extend(together(desk));
    findings
}

/// What is told of the coming years, and what of the first year: of money, and of jobs.
const PERIODS: [(&[&str], &[&str]); 2] = [
    (
        &["investment_expected_cumulative", "investment_expected_in_quarter"],
        &[
            "investment_first_year",
            "investment_half_year",
            "investment_year",
            "investment_since_2023",
            "investment_first_year_since_2023",
        ],
    ),
    (
        &["jobs_expected_cumulative", "jobs_expected_in_quarter"],
        &["jobs_first_year", "jobs_half_year", "jobs_since_2023"],
    ),
];

/// One body tells the first year, another the coming years: money and jobs of both can't be added.
fn periods(desk: &Desk<'_>, coming: &[&str], first: &[&str]) -> Option<Finding> {
    let latest = |metrics: &[&str], basis: &str, but: Option<&str>| {
        desk.rows.iter().rfind(|row| {
            metrics.contains(&row.metric.as_str()) && row.basis == basis && but.is_none_or(|body| row.body != body)
        })
    };
    let coming = latest(coming, "coming_years", None)?;
    let first = latest(first, "first_year", Some(&coming.body))?;
    Some(
        Finding::warns("not_additive", "finding-not-additive", vec![first.id, coming.id])
            .with("one_body", desk.bodies.name(&first.body))
            .with("one", desk.words(first))
            .with("one_day", desk.view.date(first.as_at))
            .with("other_body", desk.bodies.name(&coming.body))
            .with("other", desk.words(coming))
            .with("other_day", desk.view.date(coming.as_at)),
    )
}

/// Two bodies give the same metric: they count overlapping successes, each by its own rule.
fn same_metric(desk: &Desk<'_>) -> Vec<Finding> {
    let mut latest: BTreeMap<&str, BTreeMap<&str, &Published>> = BTreeMap::new();
    for row in desk.rows.iter().filter(|row| !row.body.is_empty()) {
        latest.entry(&row.metric).or_default().insert(&row.body, row);
    }
    let mut findings = Vec::new();
    for (metric, bodies) in latest.iter().filter(|(_, bodies)| bodies.len() > 1) {
        let told: Vec<String> = bodies
            .values()
            .map(|row| {
                desk.view.bracketed(
                    format!("{} {}", desk.bodies.name(&row.body), desk.words(row)),
                    desk.view.date(row.as_at),
                )
            })
            .collect();
        let finding = Finding::warns("two_bodies", "finding-two-bodies", bodies.values().map(|row| row.id).collect())
            .with("metric", crate::published::metric_name(desk.view, metric))
            .with("told", told.join(if desk.view.tag() == "en" { "; " } else { "；" }));
        findings.push(if *metric == ATTRACTED { finding.of_register(Measure::EnterprisesAttracted) } else { finding });
    }
    findings
}

/// Figures that two bodies counted together contain both bodies' own.
fn together(desk: &Desk<'_>) -> Vec<Finding> {
    let mut joint: BTreeMap<&str, Vec<&Published>> = BTreeMap::new();
    for row in desk.rows.iter().filter(|row| row.body.contains('+')) {
        joint.entry(&row.body).or_default().push(row);
    }
    joint
        .iter()
        .filter_map(|(body, rows)| {
            let example = rows.last()?;
            Some(
                Finding::explains(
                    "counted_together",
                    "finding-counted-together",
                    // The one that is named stands first among those listed.
                    rows.iter().rev().map(|row| row.id).collect(),
                )
                .with("bodies", desk.bodies.name(body))
                .with("count", rows.len())
                .with("metric", desk.metric(example))
                .with("value", desk.words(example)),
            )
        })
        .collect()
}
