//! What stands pledged of one measure of one project, and what it bears: nothing dated back makes less
//! than nothing of a later day, nor untrue the total that a later revision states.

use std::collections::HashMap;

use platform::units::{Decimal, Unit};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use super::store::{self, Revision};
use super::{Checked, Entry};

/// A change of what stands pledged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    pub on: Date,
    pub by: i64,
    /// Made by a pledge, or by the reversal of one.
    pub pledged: bool,
}

/// What made up a pledge. Entries of one day count in the order in which they were recorded: a
/// revision states the total of what had been recorded by then, and what is pledged or withdrawn on
/// the same day after it adds to that total or takes from it.
#[derive(Clone, Debug, Default)]
pub(super) struct Pledge {
    pub changes: Vec<Shift>,
    /// The revisions that were not taken back.
    pub revisions: Vec<Revision>,
}

/// The pledges of several projects, by project and measure.
pub(super) type Pledges = HashMap<(Id, String), Pledge>;

pub(super) async fn of(cx: &mut Cx, projects: &[Id]) -> Result<Pledges> {
    let mut pledges = Pledges::new();
    for (project, measure, kind, on, by) in store::pledges(cx, projects).await? {
        pledges.entry((project, measure)).or_default().changes.push(Shift { on, by, pledged: kind == "pledged" });
    }
    for revision in store::revisions(cx, projects).await? {
        pledges.entry((revision.project_id, revision.measure.clone())).or_default().revisions.push(revision);
    }
    Ok(pledges)
}

impl Pledge {
    /// What stood on a day, and the least that stood then or on any later day.
    fn stood(&self, day: Date) -> (i64, i64) {
        let on_day: i64 = self.changes.iter().filter(|shift| shift.on <= day).map(|shift| shift.by).sum();
        let mut later: Vec<&Shift> = self.changes.iter().filter(|shift| shift.on > day).collect();
        later.sort_by_key(|shift| shift.on);
        let (mut lowest, mut running) = (on_day, on_day);
        let mut later = later.into_iter().peekable();
        while let Some(shift) = later.next() {
            running += shift.by;
            // What is entered for the same day stands together at its end.
            if later.peek().is_none_or(|next| next.on != shift.on) {
                lowest = lowest.min(running);
            }
        }
        (on_day, lowest)
    }

    /// Whether anything was pledged by a day that was not a slip.
    fn was_made_by(&self, day: Date) -> bool {
        self.changes.iter().filter(|shift| shift.pledged && shift.on <= day).map(|shift| shift.by).sum::<i64>() > 0
    }

    /// Turns what was given into what is kept: a revision becomes its difference, a withdrawal a minus.
    pub(super) fn take(&self, mut new: Checked) -> Result<Checked> {
        let (standing, lowest) = self.stood(new.effective_on);
        match new.kind.as_str() {
            "revised" => {
                if !self.was_made_by(new.effective_on) {
                    let mut problems = Problems::default();
                    problems.add_with("kind", "ledger-revision-of-nothing", &[("day", new.effective_on.to_string())]);
                    return Err(Error::Invalid(problems));
                }
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
