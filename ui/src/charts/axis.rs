//! Axes: round steps from nought, in a unit that is said once, and days.

use platform::format;
use platform::pages::View;
use time::{Date, Month};

use super::letters;

/// What an axis counts in: how many of the smallest steps make one of its unit, and the unit's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scale {
    pub divisor: i64,
    pub words: String,
}

/// A value axis: from a round number at or below nought to one at or above the most.
pub(super) struct Values {
    pub low: i64,
    pub high: i64,
    pub ticks: Vec<(i64, String)>,
}

impl Values {
    pub fn over(values: impl Iterator<Item = i64>, scale: &Scale) -> Self {
        let (mut least, mut most) = (0, 0);
        for value in values {
            least = least.min(value);
            most = most.max(value);
        }
        let step = step(most.saturating_sub(least));
        // Wider than the values, so that the largest of them still has a round number above it.
        let round = |value: i128| i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX });
        let wide = i128::from(step);
        let low = round(i128::from(least).div_euclid(wide) * wide);
        let high = round((i128::from(most) + wide - 1).div_euclid(wide) * wide).max(step);
        let mut ticks = Vec::new();
        let mut at = low;
        while at <= high {
            ticks.push((at, written(at, scale.divisor)));
            match at.checked_add(step) {
                Some(next) => at = next,
                None => break,
            }
        }
        Self { low, high, ticks }
    }

    /// The widest of the ticks' words.
    pub fn width(&self) -> f64 {
        self.ticks.iter().map(|(_, words)| letters::width(words)).fold(0.0, f64::max)
    }

    /// Where a value lies between the two ends, from 0 to 1.
    pub fn share(&self, value: i64) -> f64 {
        let from_low = |value: i64| value as f64 - self.low as f64;
        from_low(value) / from_low(self.high).max(1.0)
    }
}

/// The least of 1, 2 and 5 with noughts of which six or fewer cover the span.
fn step(span: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if step.saturating_mul(6) >= span {
                return step;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// A tick in the axis's own unit, which is a power of ten of the smallest steps.
fn written(value: i64, divisor: i64) -> String {
    let decimals = divisor.max(1).ilog10();
    format::scaled_short(value, decimals)
}

/// The words under a time axis, each with its day and whether it hangs left, middle or right.
pub(super) fn days(view: &View, first: Date, last: Date, room: f64) -> Vec<(Date, String, &'static str)> {
    let years: Vec<Date> = (first.year()..=last.year())
        .filter_map(|year| Date::from_calendar_date(year, Month::January, 1).ok())
        .filter(|day| *day >= first && *day <= last)
        .collect();
    if years.len() > 1 {
        let fits = (room / 40.0).max(1.0) as usize;
        let every = years.len().div_ceil(fits).max(1);
        return years.into_iter().step_by(every).map(|day| (day, day.year().to_string(), "middle")).collect();
    }
    let (from, to) = (view.date(first), view.date(last));
    let both = letters::width(&from) + letters::width(&to) + 12.0 <= room;
    let mut ends = vec![(last, to, "end")];
    if both {
        ends.push((first, from, "start"));
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_begins_at_nought_and_ends_on_a_round_number_not_far_above() {
        let scale = Scale { divisor: 1, words: String::new() };
        let ends = |most: i64| {
            let axis = Values::over([most].into_iter(), &scale);
            (axis.low, axis.high, axis.ticks.len())
        };
        assert_eq!(ends(0), (0, 1, 2));
        assert_eq!(ends(31), (0, 40, 5));
        assert_eq!(ends(102), (0, 120, 7));
        assert_eq!(ends(22_000), (0, 25_000, 6));
        for most in 1..5_000 {
            let (low, high, ticks) = ends(most);
            assert!(low == 0 && high >= most && high <= most.max(2) * 2 && (2..=8).contains(&ticks), "{most} {high}");
        }
        let (low, high, _) = ends(i64::MAX);
        assert!(low == 0 && high == i64::MAX, "the largest number is drawn too");
    }

    #[test]
    fn what_fell_below_nought_has_room_below_it() {
        let axis = Values::over([-3, 10].into_iter(), &Scale { divisor: 1, words: String::new() });
        assert!(axis.low <= -3 && axis.high >= 10 && axis.ticks.iter().any(|(value, _)| *value == 0));
    }

    #[test]
    fn ticks_are_written_in_the_unit_of_the_axis() {
        assert_eq!(written(6_000_000_000_000, 100_000_000_000), "60");
        assert_eq!(written(250_000_000_000, 100_000_000_000), "2.5");
        assert_eq!(written(20_000, 1), "20,000");
    }
}
