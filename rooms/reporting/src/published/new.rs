//! What is given to keep a published figure, and what is asked of it.

use std::collections::BTreeMap;

use platform::forms::Loose;
use platform::units::Unit;
use platform::{Cx, Error, Problems, Result};

use super::{BASES, Bodies, COMPARATORS, METRICS, MONEY, Published, WHOLE, units};

/// What is given to keep a published figure.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewPublished {
    pub as_at: String,
    pub metric: String,
    /// In whole units: 13.3 of a billion.
    pub value: Loose,
    pub unit: String,
    pub comparator: String,
    pub basis: String,
    pub scope: String,
    pub denominator: String,
    pub body: String,
    pub source: String,
    pub note: String,
}

impl NewPublished {
    /// From fields by name, such as a form's or a row's.
    pub fn of(fields: &BTreeMap<String, String>) -> Self {
        let text = |field: &str| fields.get(field).cloned().unwrap_or_default();
        Self {
            as_at: text("as_at"),
            metric: text("metric"),
            value: Loose(text("value")),
            unit: text("unit"),
            comparator: text("comparator"),
            basis: text("basis"),
            scope: text("scope"),
            denominator: text("denominator"),
            body: text("body"),
            source: text("source"),
            note: text("note"),
        }
    }

    pub(super) fn checked(&self, cx: &Cx, bodies: &Bodies) -> Result<Published> {
        let mut problems = Problems::default();
        let as_at = problems.required_day("as_at", Some(&self.as_at));
        // What is expected of a later day is a target or a forecast of the day it was told.
        problems.require(as_at.is_none_or(|day| day <= cx.today()), "as_at", "problem-day-future");
        let value = problems.amount("value", self.value.get(), 3);
        problems.require(self.value.get().is_some(), "value", "published-value-missing");
        let mut line = |field: &str, text: &str, needed: bool| {
            let text = problems.line(field, text, 1_000);
            problems.require(!needed || !text.is_empty(), field, "published-part-missing");
            text
        };
        let (metric, unit) = (line("metric", &self.metric, true), line("unit", &self.unit, true));
        let (comparator, basis) = (line("comparator", &self.comparator, true), line("basis", &self.basis, true));
        let (scope, source) = (line("scope", &self.scope, true), line("source", &self.source, true));
        let (denominator, body) = (line("denominator", &self.denominator, false), line("body", &self.body, true));
        let note = line("note", &self.note, false);
        problems.require(
            comparator.is_empty() || COMPARATORS.contains(&comparator.as_str()),
            "comparator",
            "published-comparator-unknown",
        );
        problems.require(basis.is_empty() || BASES.contains(&basis.as_str()), "basis", "published-basis-unknown");
        if !unit.is_empty() && !is_unit(&unit) {
            let known = units().collect::<Vec<_>>().join(", ");
            problems.add_with("unit", "published-unit-unknown", &[("value", unit.clone()), ("known", known)]);
        }
        if !metric.is_empty() && !cx.house.codes.has(METRICS, &metric) {
            problems.add_with("metric", "published-metric-unknown", &[("value", metric.clone())]);
        }
        if !body.is_empty() && !bodies.knows(&body) {
            problems.add_with("body", "published-body-unknown", &[("value", body.clone())]);
        }
        let halved = WHOLE.contains(&unit.as_str()) && value.is_some_and(|value| value % 1_000 != 0);
        problems.require(!halved, "value", "published-value-whole");
        let past_all = unit == "percent" && value.is_some_and(|value| value > 100_000);
        problems.require(!past_all, "value", "published-share-past-all");
        // A share says of how many.
        problems.require(unit != "percent" || !denominator.is_empty(), "denominator", "published-part-missing");
        problems.into_result()?;
        let (Some(as_at), Some(value)) = (as_at, value) else {
            return Err(Error::invalid("value", "published-value-missing"));
        };
        let id = cx.new_id();
        Ok(Published {
            id,
            record_id: id,
            version: 1,
            as_at,
            metric,
            value,
            unit,
            comparator,
            basis,
            scope,
            denominator,
            body,
            source,
            note,
            recorded_at: cx.now(),
            recorded_by_name: cx.actor.as_ref().map(|actor| actor.name.clone()).unwrap_or_default(),
            reason: None,
            superseded_at: None,
            ended: None,
            ended_reason: None,
            ended_by_name: None,
        })
    }
}

/// One of the units there are, or money: `HKD`, `HKD_million`, `HKD_billion`.
fn is_unit(unit: &str) -> bool {
    let money = |scale: &&str| {
        let currency = unit.strip_suffix(*scale).unwrap_or_default();
        matches!(Unit::from_code(currency), Some(Unit::Money(_)))
    };
    units().any(|known| known == unit) || MONEY.iter().any(money)
}
