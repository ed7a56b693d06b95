//! Reconciliation: what was published beside what the register counts, and why they differ.
//!
//! The rules work on the published rows themselves; each finding names the rows it rests on. They
//! come from slips that were really made: a ceremony told as “25”, “19” or “second batch”, square
//! feet printed as square metres, a nought too many, a definition that grew narrower.

use platform::{Cx, Id, Result};
use projects::figures::{self, AsOf, Measure};
use serde::Serialize;
use time::Date;

use crate::published::{self, Published};

pub mod api;
pub mod pages;

/// How much a finding matters to whoever prints a figure next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Explains a difference.
    Explains,
    /// Someone should look before printing.
    Warns,
}

/// Something found: a text key with arguments, and the published rows it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Finding {
    pub kind: &'static str,
    pub severity: Severity,
    pub key: &'static str,
    pub args: Vec<(&'static str, String)>,
    pub rests_on: Vec<Id>,
}

/// One ceremony: how many signed as published, and how many of them the register names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Ceremony {
    pub day: String,
    pub published: i64,
    pub named: i64,
    pub not_named: i64,
}

/// The register's counts beside what was published, as at a day.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Reconciliation {
    pub as_at: String,
    /// Signatures published up to the day, over all ceremonies.
    pub signed_published: i64,
    /// Signatories the register names.
    pub signed_named: i64,
    /// The latest published count of enterprises attracted, if one was.
    pub attracted_published: Option<i64>,
    pub attracted_named: i64,
    pub ceremonies: Vec<Ceremony>,
    pub findings: Vec<Finding>,
}

const THOUSAND: i64 = 1_000;
const SIGNED: &str = "partners_signed_in_batch";
const ATTRACTED: &str = "enterprises_attracted_cumulative";

/// Sets the register beside what was published.
pub async fn reconcile(cx: &mut Cx, as_of: AsOf) -> Result<Reconciliation> {
    let rows = published::until(cx, Some(as_of.as_at)).await?;
    let mut named = Vec::new();
    for ceremony in rows.iter().filter(|row| row.metric == SIGNED) {
        let by = figures::total(cx, AsOf { as_at: ceremony.as_at, ..as_of }, Measure::PartnersSigned).await?.value;
        let day_before = ceremony.as_at.previous_day().unwrap_or(ceremony.as_at);
        let before = figures::total(cx, AsOf { as_at: day_before, ..as_of }, Measure::PartnersSigned).await?.value;
        named.push((ceremony.as_at, by - before));
    }
    let signed_named = figures::total(cx, as_of, Measure::PartnersSigned).await?.value;
    let attracted_named = figures::total(cx, as_of, Measure::EnterprisesAttracted).await?.value;
    let ceremonies = ceremonies(&rows, &named);
    let signed_published: i64 = ceremonies.iter().map(|one| one.published).sum();
    let mut findings = Vec::new();
    let missing: i64 = ceremonies.iter().map(|one| one.not_named).sum();
    if missing != 0 {
        findings.push(Finding {
            kind: "not_named",
            severity: Severity::Explains,
            key: "finding-not-named",
            args: vec![
                ("published", signed_published.to_string()),
                ("named", signed_named.to_string()),
                ("missing", missing.to_string()),
            ],
            rests_on: rows.iter().filter(|row| row.metric == SIGNED).map(|row| row.id).collect(),
        });
    }
    findings.extend(attracted_and_signed(&rows));
    findings.extend(outliers(&rows));
    findings.extend(unit_slips(&rows));
    findings.extend(tenfold(&rows));
    findings.extend(drift(&rows));
    findings.extend(shares(&rows));
    Ok(Reconciliation {
        as_at: as_of.as_at.to_string(),
        signed_published,
        signed_named,
        attracted_published: attracted(&rows).map(|row| row.value / THOUSAND),
        attracted_named,
        ceremonies,
        findings,
    })
}

fn ceremonies(rows: &[Published], named: &[(Date, i64)]) -> Vec<Ceremony> {
    rows.iter()
        .filter(|row| row.metric == SIGNED)
        .map(|row| {
            let named = named.iter().find(|(day, _)| *day == row.as_at).map_or(0, |(_, count)| *count);
            let published = row.value / THOUSAND;
            Ceremony { day: row.as_at.to_string(), published, named, not_named: published - named }
        })
        .collect()
}

/// The latest exact count of enterprises attracted, as the office itself counts them.
fn attracted(rows: &[Published]) -> Option<&Published> {
    rows.iter().rfind(|row| {
        row.metric == ATTRACTED && row.body == "oases" && row.comparator == "exactly" && row.note.is_empty()
    })
}

/// Attracted exceeds signed: some of the first batch signed late, some never in public.
fn attracted_and_signed(rows: &[Published]) -> Option<Finding> {
    let attracted = attracted(rows)?;
    let signed: Vec<&Published> = rows.iter().filter(|row| row.metric == SIGNED).collect();
    let total: i64 = signed.iter().map(|row| row.value).sum::<i64>() / THOUSAND;
    let difference = attracted.value / THOUSAND - total;
    if difference <= 0 {
        return None;
    }
    let first = rows.iter().find(|row| row.metric == ATTRACTED && row.body == "oases")?;
    let first_signed = signed.first()?;
    let late: Vec<&Published> =
        rows.iter().filter(|row| row.metric == "partners_signed_of_which_batch_1_late").collect();
    let late_count: i64 = late.iter().map(|row| row.value).sum::<i64>() / THOUSAND;
    let never = first.value / THOUSAND - first_signed.value / THOUSAND - late_count;
    let mut rests_on = vec![attracted.id, first.id];
    rests_on.extend(signed.iter().chain(&late).map(|row| row.id));
    Some(Finding {
        kind: "attracted_and_signed",
        severity: Severity::Explains,
        key: if never == difference { "finding-attracted-signed-closes" } else { "finding-attracted-signed" },
        args: vec![
            ("attracted", (attracted.value / THOUSAND).to_string()),
            ("signed", total.to_string()),
            ("difference", difference.to_string()),
            ("first", (first.value / THOUSAND).to_string()),
            ("first_signed", (first_signed.value / THOUSAND).to_string()),
            ("late", late_count.to_string()),
        ],
        rests_on,
    })
}

/// One source gives another count than the official “before this batch” that followed.
fn outliers(rows: &[Published]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for before in rows.iter().filter(|row| row.metric == "enterprises_attracted_before_batch") {
        let last =
            rows.iter().rfind(|row| row.metric == ATTRACTED && row.body == before.body && row.as_at < before.as_at);
        if let Some(last) = last.filter(|last| last.value != before.value && last.comparator == "exactly") {
            findings.push(Finding {
                kind: "outlier",
                severity: Severity::Warns,
                key: "finding-outlier",
                args: vec![("value", last.written()), ("later", before.written()), ("source", last.source.clone())],
                rests_on: vec![last.id, before.id],
            });
        }
    }
    findings
}

/// Whether two rows are about the same thing: the same metric, the ending of a known slip left off.
fn alike(one: &Published, other: &Published) -> bool {
    let plain = |row: &Published| row.metric.trim_end_matches("_misreport").to_owned();
    one.id != other.id && plain(one) == plain(other)
}

/// The same number in square feet and in square metres.
fn unit_slips(rows: &[Published]) -> Vec<Finding> {
    pairs(rows, |feet, metres| {
        feet.unit == "square_feet"
            && metres.unit == "square_metres"
            && feet.value == metres.value
            && alike(feet, metres)
    })
    .map(|(feet, metres)| Finding {
        kind: "unit_slip",
        severity: Severity::Warns,
        key: "finding-unit-slip",
        args: vec![("value", feet.written()), ("source", metres.source.clone())],
        rests_on: vec![feet.id, metres.id],
    })
    .collect()
}

/// One number ten times another of the same metric and day.
fn tenfold(rows: &[Published]) -> Vec<Finding> {
    pairs(rows, |small, large| {
        small.as_at == large.as_at
            && small.unit == large.unit
            && large.value == small.value.saturating_mul(10)
            && alike(small, large)
    })
    .map(|(small, large)| Finding {
        kind: "tenfold",
        severity: Severity::Warns,
        key: "finding-tenfold",
        args: vec![("small", small.written()), ("large", large.written()), ("source", large.source.clone())],
        rests_on: vec![small.id, large.id],
    })
    .collect()
}

fn pairs<'a>(
    rows: &'a [Published],
    fits: impl Fn(&Published, &Published) -> bool + 'a,
) -> impl Iterator<Item = (&'a Published, &'a Published)> + 'a {
    let fits = std::rc::Rc::new(fits);
    rows.iter().flat_map(move |one| {
        let fits = fits.clone();
        rows.iter().filter(move |other| fits(one, other)).map(move |other| (one, other))
    })
}

/// The kind of job a scope speaks of.
fn narrowness(row: &Published) -> &'static str {
    let scope = row.scope.to_lowercase();
    if scope.contains("majority r&d") {
        "majority"
    } else if scope.contains("r&d or management") {
        "all"
    } else {
        ""
    }
}

/// A metric whose definition changed between two releases of one body.
fn drift(rows: &[Published]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut last: Option<&Published> = None;
    for row in rows.iter().filter(|row| row.metric == "jobs_expected_cumulative" && !narrowness(row).is_empty()) {
        if let Some(before) = last.filter(|before| narrowness(before) != narrowness(row) && before.body == row.body) {
            findings.push(Finding {
                kind: "definition_changed",
                severity: Severity::Warns,
                key: "finding-definition-changed",
                args: vec![
                    ("metric", row.metric.clone()),
                    ("before", before.scope.clone()),
                    ("after", row.scope.clone()),
                    ("day", row.as_at.to_string()),
                ],
                rests_on: vec![before.id, row.id],
            });
        }
        last = Some(row);
    }
    findings
}

/// A share printed as “over” that the count behind it meets exactly, or rounds to.
fn shares(rows: &[Published]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (count, share) in
        [("enterprises_listed", "share_listed"), ("enterprises_global_or_regional_hq", "share_global_or_regional_hq")]
    {
        let (Some(count), Some(share)) =
            (rows.iter().find(|row| row.metric == count), rows.iter().find(|row| row.metric == share))
        else {
            continue;
        };
        let Some(of) = share.denominator.parse::<i64>().ok().filter(|of| *of > 0) else { continue };
        // Basis points of the count in the share's own denominator.
        let exact = count.value / THOUSAND * 10_000 / of;
        let printed = share.value / 10;
        let contradicts = share.comparator == "over" && exact <= printed;
        findings.push(Finding {
            kind: "share",
            severity: if contradicts { Severity::Warns } else { Severity::Explains },
            key: if contradicts { "finding-share-contradicts" } else { "finding-share-rounds" },
            args: vec![
                ("count", (count.value / THOUSAND).to_string()),
                ("of", of.to_string()),
                ("exact", platform::format::percent(exact)),
                ("printed", platform::format::percent(printed)),
            ],
            rests_on: vec![count.id, share.id],
        });
    }
    findings
}
