//! What stands pledged of one measure of one project, and what it bears: nothing dated back makes less
//! than nothing of a later day, nor untrue the total that a later revision states.

use std::collections::HashMap;

use platform::units::{Decimal, Unit};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use super::store::{self, Revision};
use super::{Checked, Entry};

/// What made up a pledge.
#[derive(Clone, Debug, Default)]
pub(super) struct Pledge {
    /// Each change: its day, and by how much.
    pub changes: Vec<(Date, i64)>,
    /// The revisions that were not taken back.
    pub revisions: Vec<Revision>,
}

/// The pledges of several projects, by project and measure.
pub(super) type Pledges = HashMap<(Id, String), Pledge>;

pub(super) async fn of(cx: &mut Cx, projects: &[Id]) -> Result<Pledges> {
    let mut pledges = Pledges::new();
    for (project, measure, day, change) in store::pledges(cx, projects).await? {
        pledges.entry((project, measure)).or_default().changes.push((day, change));
    }
    for revision in store::revisions(cx, projects).await? {
        pledges.entry((revision.project_id, revision.measure.clone())).or_default().revisions.push(revision);
    }
    Ok(pledges)
}

impl Pledge {
    /// What stood on a day, and the least that stood then or on any later day.
    fn stood(&self, day: Date) -> (i64, i64) {
        let on_day: i64 = self.changes.iter().filter(|(on, _)| *on <= day).map(|(_, change)| change).sum();
        let mut later: Vec<&(Date, i64)> = self.changes.iter().filter(|(on, _)| *on > day).collect();
        later.sort_by_key(|(on, _)| *on);
        let (mut lowest, mut running) = (on_day, on_day);
        let mut later = later.into_iter().peekable();
        while let Some((on, change)) = later.next() {
            running += change;
            // What is entered for the same day stands together at its end.
            if later.peek().is_none_or(|(next, _)| next != on) {
                lowest = lowest.min(running);
            }
        }
        (on_day, lowest)
    }

    /// Turns what was given into what is kept: a revision becomes its difference, a withdrawal a minus.
    pub(super) fn take(&self, mut new: Checked) -> Result<Checked> {
        let (standing, lowest) = self.stood(new.effective_on);
        match new.kind.as_str() {
            "revised" => {
                new.base -= standing;
                if new.base == 0 {
                    return Err(Error::invalid("amount", "ledger-revision-same"));
                }
            }
            "withdrawn" => {
                if new.base > standing {
                    return Err(Error::invalid("amount", "ledger-withdrawal-too-large"));
                }
                new.base = -new.base;
            }
            _ => {}
        }
        if new.kind == "realised" {
            return Ok(new);
        }
        let later = self.revisions.iter().filter(|one| one.effective_on > new.effective_on);
        if let Some(stated) = later.min_by_key(|one| one.effective_on) {
            return Err(stated.refusal());
        }
        if new.base < 0 && lowest + new.base < 0 {
            return Err(Error::invalid("amount", "ledger-less-than-nothing"));
        }
        Ok(new)
    }

    /// Whether what came later leaves something to take this entry back from. A revision states the
    /// total of its measure by its day: while it stands, nothing that it counted is taken back.
    pub(super) fn lets_go(&self, entry: &Entry) -> bool {
        if entry.kind == "realised" {
            return true;
        }
        let rests_on_this = |one: &Revision| {
            one.effective_on >= entry.effective_on && (one.recorded_at, one.id) > (entry.recorded_at, entry.id)
        };
        let (_, lowest) = self.stood(entry.effective_on);
        !self.revisions.iter().any(rests_on_this) && (entry.base_amount <= 0 || lowest >= entry.base_amount)
    }
}

impl Revision {
    /// Of an entry that would make its total untrue.
    fn refusal(&self) -> Error {
        let mut problems = Problems::default();
        let total = Decimal::of(self.amount, &self.unit);
        let total = platform::format::scaled_short(total.steps, total.decimals);
        let unit = match Unit::from_code(&self.unit) {
            Some(Unit::Money(code)) => format!(" {code}"),
            _ => String::new(),
        };
        let args = [("day", self.effective_on.to_string()), ("total", format!("{total}{unit}"))];
        problems.add_with("effective_on", "ledger-before-revision", &args);
        Error::Invalid(problems)
    }
}
