//! Published figures: kept with value, unit, comparator, basis, scope, as-at date and source. One that
//! lacks any of these is refused, naming all that is missing.

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::forms::Loose;
use platform::{Cx, Error, Id, Problems, Result};
use serde::Serialize;
use sqlx::FromRow;
use time::Date;

use crate::{PUBLISHED, READ};

pub mod api;
mod batch;
pub mod import;
pub mod pages;
mod store;

pub const COMPARATORS: [&str; 7] = ["exactly", "about", "over", "nearly", "at_least", "range_low", "range_high"];
pub const BASES: [&str; 10] = [
    "pledged",
    "realised",
    "first_year",
    "coming_years",
    "target",
    "counted",
    "applied",
    "approved",
    "forecast",
    "capacity",
];

#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
pub struct Published {
    pub id: Id,
    pub as_at: Date,
    pub metric: String,
    /// In thousandths of the unit.
    pub value: i64,
    pub unit: String,
    pub comparator: String,
    pub basis: String,
    pub scope: String,
    pub denominator: String,
    pub body: String,
    pub source: String,
    pub note: String,
    pub recorded_at: At,
}

/// What is given to keep a published figure.
#[derive(Clone, Debug, Default, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct NewPublished {
    pub as_at: String,
    pub metric: String,
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
    fn checked(&self, cx: &Cx) -> Result<Published> {
        let mut problems = Problems::default();
        let as_at = problems.required_day("as_at", Some(&self.as_at));
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
        let (denominator, body) = (line("denominator", &self.denominator, false), line("body", &self.body, false));
        let note = line("note", &self.note, false);
        problems.require(
            comparator.is_empty() || COMPARATORS.contains(&comparator.as_str()),
            "comparator",
            "published-comparator-unknown",
        );
        problems.require(basis.is_empty() || BASES.contains(&basis.as_str()), "basis", "published-basis-unknown");
        // A share says of how many.
        problems.require(unit != "percent" || !denominator.is_empty(), "denominator", "published-part-missing");
        problems.into_result()?;
        let (Some(as_at), Some(value)) = (as_at, value) else {
            return Err(Error::invalid("value", "published-value-missing"));
        };
        let (id, recorded_at) = (cx.new_id(), cx.now());
        Ok(Published {
            id,
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
            recorded_at,
        })
    }
}

impl Published {
    /// The value as it is written: `13.3`, `102`.
    pub fn written(&self) -> String {
        platform::format::scaled_short(self.value, 3)
    }

    fn same(&self, other: &Self) -> bool {
        let all = |one: &Self| {
            (
                one.as_at,
                one.value,
                [&one.metric, &one.unit, &one.comparator, &one.basis, &one.scope, &one.source, &one.body]
                    .map(String::clone),
            )
        };
        all(self) == all(other)
    }

    fn change(&self) -> Change {
        Change::new("published.kept", "published", self.id)
            .label(format!("{} {}", self.metric, self.as_at))
            .set("published_value", Told::Text(format!("{} {}", self.written(), self.unit)))
            .set("source", Told::Text(self.source.clone()))
    }
}

/// Keeps a figure that was published.
pub async fn keep(cx: &mut Cx, new: NewPublished) -> Result<Published> {
    let granted = cx.require(&PUBLISHED)?;
    let figure = new.checked(cx)?;
    store::insert_many(cx, &granted, std::slice::from_ref(&figure)).await?;
    cx.record(figure.change());
    Ok(figure)
}

/// What was published by a day, oldest first; all of it for no day.
pub async fn until(cx: &mut Cx, day: Option<Date>) -> Result<Vec<Published>> {
    cx.require(&READ)?;
    store::until(cx, day).await
}

/// A page of what was published, latest first, of a metric and a body if given.
pub async fn page(
    cx: &mut Cx,
    metric: Option<&str>,
    body: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Published>> {
    cx.require(&READ)?;
    store::page(cx, metric, body, after, limit).await
}
