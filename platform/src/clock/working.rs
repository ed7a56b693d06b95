//! Working days: what is promised in days is counted without rest days and public holidays.

use std::collections::BTreeSet;

use time::{Date, Weekday};

/// Which days the office works. A year whose holidays are not known is not guessed: the answer is
/// none, and whoever asked says so instead of promising a wrong day.
#[derive(Clone, Debug, Default)]
pub struct WorkingDays {
    rest: Vec<Weekday>,
    holidays: BTreeSet<Date>,
    years: BTreeSet<i32>,
}

impl WorkingDays {
    pub fn new(rest: impl IntoIterator<Item = Weekday>, holidays: impl IntoIterator<Item = Date>) -> Self {
        let holidays: BTreeSet<Date> = holidays.into_iter().collect();
        let years = holidays.iter().map(|day| day.year()).collect();
        Self { rest: rest.into_iter().collect(), holidays, years }
    }

    pub fn is_working(&self, day: Date) -> Option<bool> {
        self.years.contains(&day.year()).then(|| !self.rest.contains(&day.weekday()) && !self.holidays.contains(&day))
    }

    /// The day that is `days` working days after this one; for none, this day or the next working one.
    pub fn after(&self, from: Date, days: u32) -> Option<Date> {
        let mut day = from;
        let mut left = days;
        while left > 0 || !self.is_working(day)? {
            day = day.next_day()?;
            if left > 0 && self.is_working(day)? {
                left -= 1;
            }
        }
        Some(day)
    }

    /// How many working days come after `from` up to `to`, that day included; with a minus where
    /// `to` is earlier.
    pub fn between(&self, from: Date, to: Date) -> Option<i64> {
        if to < from {
            return self.between(to, from).map(|days| -days);
        }
        let (mut day, mut count) = (from, 0);
        self.is_working(from)?;
        while day < to {
            day = day.next_day()?;
            count += i64::from(self.is_working(day)?);
        }
        Some(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn april() -> WorkingDays {
        // Easter of 2026, with Ching Ming on its Sunday.
        let days = [date!(2026 - 04 - 03), date!(2026 - 04 - 04), date!(2026 - 04 - 06), date!(2026 - 04 - 07)];
        WorkingDays::new([Weekday::Saturday, Weekday::Sunday], days)
    }

    #[test]
    fn rest_days_and_holidays_are_passed_over() {
        let days = april();
        assert_eq!(days.is_working(date!(2026 - 04 - 02)), Some(true));
        assert_eq!(days.is_working(date!(2026 - 04 - 05)), Some(false));
        assert_eq!(days.is_working(date!(2026 - 04 - 07)), Some(false));
        assert_eq!(days.after(date!(2026 - 04 - 02), 1), Some(date!(2026 - 04 - 08)));
        assert_eq!(days.after(date!(2026 - 04 - 02), 0), Some(date!(2026 - 04 - 02)));
        assert_eq!(days.after(date!(2026 - 04 - 03), 0), Some(date!(2026 - 04 - 08)));
        assert_eq!(days.after(date!(2026 - 04 - 02), 4), Some(date!(2026 - 04 - 13)));
        assert_eq!(days.between(date!(2026 - 04 - 02), date!(2026 - 04 - 13)), Some(4));
        assert_eq!(days.between(date!(2026 - 04 - 13), date!(2026 - 04 - 02)), Some(-4));
        assert_eq!(days.between(date!(2026 - 04 - 03), date!(2026 - 04 - 03)), Some(0));
    }

    #[test]
    fn a_year_without_known_holidays_is_not_guessed() {
        let days = april();
        assert_eq!(days.is_working(date!(2027 - 01 - 04)), None);
        assert_eq!(days.after(date!(2026 - 12 - 31), 1), None);
        assert_eq!(days.between(date!(2026 - 12 - 31), date!(2027 - 01 - 05)), None);
        assert_eq!(days.between(date!(2025 - 12 - 31), date!(2026 - 01 - 05)), None);
    }
}
