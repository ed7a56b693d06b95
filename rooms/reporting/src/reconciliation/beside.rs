//! Each metric of the register beside what the office itself last published of it.

use projects::figures::{Measure, Value};
use serde::Serialize;

use super::{ATTRACTED, Ceremony, Decimal, Desk, Finding, Id, SIGNED};
use crate::figures::unit_told;
use crate::published::Published;
use crate::series::{metric_of, steps_of};

/// The metrics of the register that offices publish, in the order of the figures.
pub(super) const MEASURES: [Measure; 6] = [
    Measure::EnterprisesMet,
    Measure::EnterprisesAttracted,
    Measure::PartnersSigned,
    Measure::InvestmentPledged,
    Measure::JobsPledged,
    Measure::FloorAreaPledged,
];

/// What was published, as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ReconciledFigure)]
pub struct Told {
    /// In whole units of `unit`, as published.
    pub value: Decimal,
    pub unit: String,
    pub comparator: String,
    pub basis: String,
    pub scope: String,
    pub as_at: String,
    pub source: String,
    /// What was noted of it, such as a doubt.
    pub note: String,
    /// The published figures it rests on: one, or those that were added up.
    pub published_figures: Vec<Id>,
    /// In the reader's words.
    pub words: String,
}

/// A metric as the register counts it, and as the office last published it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = ReconciledMetric)]
pub struct Beside {
    pub metric: &'static str,
    /// In whole units of `unit`.
    pub register: Decimal,
    pub unit: String,
    /// Null where nothing had been published by the day.
    pub published: Option<Told>,
    /// What the register counts in the smallest steps of its unit, and that unit.
    #[serde(skip)]
    pub exact: (i64, String),
}

/// The latest of several; of one day the one without a note, then an exact one, then the first kept.
pub(super) fn latest<'a>(rows: impl Iterator<Item = &'a Published>) -> Option<&'a Published> {
    rows.max_by_key(|row| {
        (row.as_at, row.note.is_empty(), row.comparator == "exactly", std::cmp::Reverse(row.record_id))
    })
}

/// The count of enterprises attracted that the register is set beside: the latest exact one that no
/// note doubts, unless a ceremony has been held since; then the latest told.
pub(super) fn attracted<'a>(desk: &Desk<'a>, ceremonies: &[Ceremony]) -> Option<&'a Published> {
    let held = ceremonies.last().map(|one| one.day.as_str()).unwrap_or_default();
    let firm = latest(desk.own(ATTRACTED).filter(|row| is_firm(row) && row.as_at.to_string().as_str() >= held));
    firm.or_else(|| latest(desk.own(ATTRACTED)))
}

fn is_firm(row: &Published) -> bool {
    row.comparator == "exactly" && row.note.is_empty()
}

fn figure<'a>(desk: &Desk<'a>, measure: Measure, ceremonies: &[Ceremony]) -> Option<&'a Published> {
    match measure {
        Measure::EnterprisesAttracted => attracted(desk, ceremonies),
        measure => latest(desk.own(metric_of(measure)?.0)),
    }
}

fn told(desk: &Desk<'_>, row: &Published) -> Told {
    Told {
        value: Decimal { steps: row.value, decimals: 3 },
        unit: row.unit.clone(),
        comparator: row.comparator.clone(),
        basis: row.basis.clone(),
        scope: row.scope.clone(),
        as_at: row.as_at.to_string(),
        source: row.source.clone(),
        note: row.note.clone(),
        published_figures: vec![row.id],
        words: desk.words(row),
    }
}

/// Signatures are told ceremony by ceremony: what stands beside the register is their sum.
fn signed(desk: &Desk<'_>, ceremonies: &[Ceremony]) -> Option<Told> {
    let last = ceremonies.last()?;
    let of = |one: &Ceremony| desk.rows.iter().find(|row| row.id == one.published_figure);
    let last = told(desk, of(last)?);
    let each = |text: fn(&Published) -> &str| {
        let mut all: Vec<&str> = ceremonies.iter().filter_map(of).map(text).filter(|text| !text.is_empty()).collect();
        all.dedup();
        all.join("; ")
    };
    let sum: i64 = ceremonies.iter().map(|one| one.published).sum();
    // A sum is no more exact than the least exact of its parts.
    let comparator = ceremonies.iter().map(|one| one.comparator.as_str()).find(|one| *one != "exactly");
    let comparator = comparator.unwrap_or("exactly");
    Some(Told {
        value: Decimal { steps: sum, decimals: 0 },
        comparator: comparator.to_owned(),
        scope: each(|row| &row.scope),
        source: each(|row| &row.source),
        note: each(|row| &row.note),
        published_figures: ceremonies.iter().map(|one| one.published_figure).collect(),
        words: crate::published::pages::compared(desk.view, comparator, desk.view.t1("unit-enterprises", "n", sum)),
        ..last
    })
}

pub(super) fn metrics(desk: &Desk<'_>, ceremonies: &[Ceremony], totals: &[(Measure, Value)]) -> Vec<Beside> {
    let beside = |(measure, value): &(Measure, Value)| Beside {
        metric: measure.code(),
        register: Decimal::of(value.value, &value.unit),
        unit: unit_told(measure.code(), &value.unit),
        published: match measure {
            Measure::PartnersSigned => signed(desk, ceremonies),
            measure => figure(desk, *measure, ceremonies).map(|row| told(desk, row)),
        },
        exact: (value.value, value.unit.clone()),
    };
    totals.iter().map(beside).collect()
}

pub(super) fn findings(desk: &Desk<'_>, totals: &[(Measure, Value)], ceremonies: &[Ceremony]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = doubted(desk, ceremonies).into_iter().collect();
    // Signatures have a finding of their own, which tells the ceremonies apart.
    for (measure, value) in totals.iter().filter(|(measure, _)| *measure != Measure::PartnersSigned) {
        let Some(row) = figure(desk, *measure, ceremonies) else { continue };
        findings.extend(differs(desk, *measure, value, row));
    }
    findings
}

/// The published value and the register's do not agree, the comparator taken into account.
fn differs(desk: &Desk<'_>, measure: Measure, register: &Value, row: &Published) -> Option<Finding> {
    let published = steps_of(row, &register.unit)?;
    let counted = register.value;
    let agrees = match row.comparator.as_str() {
        "exactly" => counted == published,
        "over" => counted > published,
        "at_least" | "range_low" => counted >= published,
        "nearly" | "range_high" => counted <= published && counted >= published / 10 * 9,
        _ => (counted - published).abs() <= published / 20,
    };
    let key = if counted == 0 { "finding-register-empty" } else { "finding-register-differs" };
    (!agrees).then(|| {
        Finding::explains("register_differs", key, vec![row.id])
            .with("metric", desk.view.t(&crate::figures::key(measure)))
            .with("published", desk.words(row))
            .with("day", desk.view.date(row.as_at))
            .with("register", crate::series::pages::words_of(desk.view, counted, &register.unit))
            .of_register(measure)
    })
}

/// The count set beside the register's is itself noted as doubtful.
fn doubted(desk: &Desk<'_>, ceremonies: &[Ceremony]) -> Option<Finding> {
    let row = attracted(desk, ceremonies).filter(|row| !row.note.is_empty())?;
    let firm = latest(desk.own(ATTRACTED).filter(|row| is_firm(row)));
    let signed: i64 = ceremonies.iter().map(|one| one.published).sum();
    let rests_on = std::iter::once(row.id).chain(firm.map(|firm| firm.id));
    let key = if firm.is_some() { "finding-doubted-before" } else { "finding-doubted" };
    let mut finding = Finding::warns("doubted", key, rests_on.collect())
        .with("metric", desk.metric(row))
        .with("value", desk.count(row))
        .with("day", desk.view.date(row.as_at))
        .with("note", &row.note)
        .of_register(Measure::EnterprisesAttracted);
    if let Some(firm) = firm {
        finding = finding
            .with("before", desk.count(firm))
            .with("before_day", desk.view.date(firm.as_at))
            .with("signed", signed);
    }
    Some(finding)
}

/// Which of the figures of one ceremony counts: the one that [`latest`] chooses, of each day.
pub(super) fn of_ceremonies<'a>(desk: &Desk<'a>) -> Vec<&'a Published> {
    let mut days: std::collections::BTreeMap<time::Date, Vec<&Published>> = std::collections::BTreeMap::new();
    for row in desk.own(SIGNED) {
        days.entry(row.as_at).or_default().push(row);
    }
    days.into_values().filter_map(|rows| latest(rows.into_iter())).collect()
}
