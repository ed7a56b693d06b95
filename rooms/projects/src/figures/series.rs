//! A figure through time, and a figure by group: the days on which it changed, by industry, by
//! origin. A series is one statement under the same reach as the figure itself, and ends at it; a
//! group is a cross-tab cut by one dimension, so that a chart never says otherwise than a table.

use platform::{Cx, Result};
use sqlx::FromRow;
use time::Date;

use super::cut::{self, Cut};
use super::{AsOf, Counted, Dimension, Measure, NOT_STATED, OUTCOMES, PLEDGES};
use crate::READ;

mod store;

/// What a figure stands at from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    pub day: Date,
    pub value: i64,
}

/// A group's part of a figure; without a code for what is not stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub code: Option<String>,
    pub value: i64,
}

/// A day and by how much a figure changed on it.
#[derive(Clone, Copy, Debug, FromRow)]
struct Step {
    day: Date,
    change: i64,
}

/// A figure through time up to the day, as known at the instant: its value from each day on.
pub async fn cumulative(cx: &mut Cx, as_of: AsOf, measure: Measure) -> Result<Vec<Point>> {
    cx.require(&READ)?;
    let steps: Vec<Step> = match measure.counted() {
        Counted::Milestone(kind) => store::firsts(cx, as_of, kind).await?,
        Counted::Pledges(measures) => store::sums(cx, as_of, measures, PLEDGES).await?,
        Counted::Outcomes(measures) => store::sums(cx, as_of, measures, OUTCOMES).await?,
        // Projects as such are counted when they are recorded, which is no day of theirs.
        Counted::Projects => Vec::new(),
    };
    let mut value = 0;
    Ok(steps
        .into_iter()
        .map(|step| {
            value += step.change;
            Point { day: step.day, value }
        })
        .collect())
}

/// A figure by group as at the day, largest first.
pub async fn groups(cx: &mut Cx, as_of: AsOf, measure: Measure, by: Dimension) -> Result<Vec<Group>> {
    let tally = cut::tally(cx, &Cut { by: vec![by], ..Cut::whole(measure, as_of) }).await?;
    let group = |code: &String| Group {
        code: Some(code.clone()).filter(|code| code != NOT_STATED),
        value: tally.value(&[Some(code)]),
    };
    let mut groups: Vec<Group> = tally.values(0).iter().map(group).collect();
    groups.sort_by(|one, other| other.value.cmp(&one.value).then(one.code.cmp(&other.code)));
    Ok(groups)
}
