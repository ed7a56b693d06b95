//! From a fact to points: whole numbers only, so that every engine and every machine gives the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The most points a criterion gives: millionths of its weight.
pub const FULL: u32 = 1_000_000;

/// Breakpoints lie between minus and plus this, so that no product leaves 63 bits.
pub const FURTHEST: i64 = 4_000_000_000_000;

/// How points follow from a measure, as an officer writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Curve {
    /// `above` points from `at` on, `below` points under it.
    Threshold {
        at: i64,
        #[serde(default)]
        below: u32,
        #[serde(default = "full")]
        above: u32,
    },
    /// A straight line from (`from`, `low`) to (`to`, `high`), level outside. `low` may lie above `high`.
    Linear {
        from: i64,
        to: i64,
        #[serde(default)]
        low: u32,
        #[serde(default = "full")]
        high: u32,
    },
    /// Equal points for each doubling from `from` to `to`, straight between doublings, level outside.
    Log {
        from: i64,
        to: i64,
        #[serde(default)]
        low: u32,
        #[serde(default = "full")]
        high: u32,
    },
    /// Points by bands: those of the last row at or below the measure, `below` under the first; or straight lines
    /// between the rows, level outside.
    Table {
        rows: Vec<Row>,
        #[serde(default)]
        below: u32,
        #[serde(default)]
        between: Between,
    },
    /// Points by code, `otherwise` for the rest.
    Codes {
        points: BTreeMap<String, u32>,
        #[serde(default)]
        otherwise: u32,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub at: i64,
    pub points: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Between {
    #[default]
    Steps,
    Lines,
}

fn full() -> u32 {
    FULL
}

/// A curve made ready for reckoning. Three shapes are all an engine has to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Points of the last row whose number is at or below the measure; `below` before the first. Rows rise.
    Steps { below: u32, rows: Vec<(i64, u32)> },
    /// Level before the first row and after the last; between two of them
    /// `y0 + (x - x0) * (y1 - y0) / (x1 - x0)`, the division cut towards zero. Rows rise; there are at least two.
    Lines { rows: Vec<(i64, u32)> },
    /// Points of the code; of its longest beginning that is in the table, if `by_beginning`; else `otherwise`.
    Codes { points: BTreeMap<String, u32>, otherwise: u32, by_beginning: bool },
}

impl Shape {
    pub fn of_number(&self, x: i64) -> u32 {
        match self {
            Self::Steps { below, rows } => match rows.partition_point(|row| row.0 <= x) {
                0 => *below,
                n => rows[n - 1].1,
            },
            Self::Lines { rows } => match rows.partition_point(|row| row.0 <= x) {
                0 => rows.first().map_or(0, |row| row.1),
                n if n == rows.len() => rows[n - 1].1,
                n => between(rows[n - 1], rows[n], x),
            },
            Self::Codes { otherwise, .. } => *otherwise,
        }
    }

    pub fn of_code(&self, code: &str) -> u32 {
        let Self::Codes { points, otherwise, by_beginning } = self else { return 0 };
        if let Some(found) = points.get(code) {
            return *found;
        }
        if *by_beginning {
            let beginnings = code.char_indices().rev().map(|(end, _)| &code[..end]);
            if let Some(found) = beginnings.filter(|part| !part.is_empty()).find_map(|part| points.get(part)) {
                return *found;
            }
        }
        *otherwise
    }

    /// The least and the most it can give.
    pub fn range(&self) -> (u32, u32) {
        let all: Vec<u32> = match self {
            Self::Steps { below, rows } => rows.iter().map(|row| row.1).chain([*below]).collect(),
            Self::Lines { rows } => rows.iter().map(|row| row.1).collect(),
            Self::Codes { points, otherwise, .. } => points.values().copied().chain([*otherwise]).collect(),
        };
        (all.iter().copied().min().unwrap_or(0), all.iter().copied().max().unwrap_or(0))
    }

    /// The fewest points that it can give and that are `wanted` at least; none if it gives no more than less.
    pub fn reach(&self, wanted: u32) -> Option<u32> {
        let least = |all: &mut dyn Iterator<Item = u32>| all.filter(|points| *points >= wanted).min();
        match self {
            Self::Steps { below, rows } => least(&mut rows.iter().map(|row| row.1).chain([*below])),
            Self::Codes { points, otherwise, .. } => least(&mut points.values().copied().chain([*otherwise])),
            // Between its rows a line gives everything.
            Self::Lines { .. } => {
                let (fewest, most) = self.range();
                Some(wanted.max(fewest)).filter(|points| *points <= most)
            }
        }
    }

    /// The number nearest to `x` that gives at least `wanted` points, if one does.
    pub fn nearest(&self, x: i64, wanted: u32) -> Option<i64> {
        if self.of_number(x) >= wanted {
            return Some(x);
        }
        let rows = match self {
            Self::Steps { rows, .. } | Self::Lines { rows } => rows,
            Self::Codes { .. } => return None,
        };
        // Between two neighbouring rows a shape only rises or only falls, so that halving finds the edge.
        let ends = rows.iter().map(|row| row.0).chain(rows.iter().filter_map(|row| row.0.checked_sub(1)));
        let good: Vec<i64> = ends.filter(|end| self.of_number(*end) >= wanted).collect();
        let up = good.iter().copied().filter(|end| *end > x).min().map(|end| self.edge(x, end, wanted));
        let down = good.iter().copied().filter(|end| *end < x).max().map(|end| self.edge(x, end, wanted));
        match (up, down) {
            (Some(up), Some(down)) => Some(if up.abs_diff(x) <= down.abs_diff(x) { up } else { down }),
            (up, down) => up.or(down),
        }
    }

    /// Between `bad`, which gives too little, and `good`: the number nearest to `bad` that gives enough.
    fn edge(&self, bad: i64, good: i64, wanted: u32) -> i64 {
        let rows = match self {
            Self::Steps { rows, .. } | Self::Lines { rows } => rows.as_slice(),
            Self::Codes { .. } => return good,
        };
        // The nearest row on the way from `good` to `bad`, so that only one stretch is halved.
        let last = if good > bad {
            rows.iter().map(|row| row.0).filter(|at| *at > bad && *at < good).max().unwrap_or(bad)
        } else {
            rows.iter().map(|row| row.0).filter(|at| *at < bad && *at > good).min().unwrap_or(bad)
        };
        let (mut bad, mut good) = (last, good);
        if self.of_number(bad) >= wanted {
            return bad;
        }
        while bad.abs_diff(good) > 1 {
            let middle = i64::midpoint(bad, good);
            if self.of_number(middle) >= wanted { good = middle } else { bad = middle }
        }
        good
    }
}

fn between((x0, y0): (i64, u32), (x1, y1): (i64, u32), x: i64) -> u32 {
    let (y0, y1) = (i64::from(y0), i64::from(y1));
    u32::try_from(y0 + (x - x0) * (y1 - y0) / (x1 - x0)).unwrap_or(0)
}

impl Curve {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Threshold { .. } => "threshold",
            Self::Linear { .. } => "linear",
            Self::Log { .. } => "log",
            Self::Table { .. } => "table",
            Self::Codes { .. } => "codes",
        }
    }

    /// Made ready. What `Criteria::checked` refuses has no meaning here, but harms nothing.
    pub fn shape(&self, by_beginning: bool) -> Shape {
        match self {
            Self::Threshold { at, below, above } => Shape::Steps { below: *below, rows: vec![(*at, *above)] },
            Self::Linear { from, to, low, high } => Shape::Lines { rows: rising(vec![(*from, *low), (*to, *high)]) },
            Self::Log { from, to, low, high } => Shape::Lines { rows: rising(doublings(*from, *to, *low, *high)) },
            Self::Table { rows, below, between } => {
                let rows = rising(rows.iter().map(|row| (row.at, row.points)).collect());
                match between {
                    Between::Steps => Shape::Steps { below: *below, rows },
                    Between::Lines => Shape::Lines { rows },
                }
            }
            Self::Codes { points, otherwise } => {
                Shape::Codes { points: points.clone(), otherwise: *otherwise, by_beginning }
            }
        }
    }
}

/// Within bounds, in order, one row for each number.
fn rising(mut rows: Vec<(i64, u32)>) -> Vec<(i64, u32)> {
    for row in &mut rows {
        row.0 = row.0.clamp(-FURTHEST, FURTHEST);
        row.1 = row.1.min(FULL);
    }
    rows.sort_by_key(|row| row.0);
    rows.dedup_by_key(|row| row.0);
    rows
}

/// The rows of a log curve: `from`, each doubling of it below `to`, and `to`.
fn doublings(from: i64, to: i64, low: u32, high: u32) -> Vec<(i64, u32)> {
    let from = from.clamp(1, FURTHEST);
    let to = to.clamp(1, FURTHEST);
    let whole = i128::from(log2(to)) - i128::from(log2(from));
    let mut rows = vec![(from, low)];
    let mut steps: i128 = 1;
    let mut x = from.saturating_mul(2);
    while x < to && whole > 0 {
        let rise = (i128::from(high) - i128::from(low)) * (steps << FRACTION) / whole;
        rows.push((x, u32::try_from(i128::from(low) + rise).unwrap_or(0)));
        steps += 1;
        x = x.saturating_mul(2);
    }
    rows.push((to, high));
    rows
}

const FRACTION: u32 = 32;

/// The logarithm to base 2 of a number from 1 on, in 2^-32, cut off; by squaring, bit for bit, without a float.
fn log2(x: i64) -> u64 {
    let x = x.max(1).unsigned_abs();
    let whole = 63 - x.leading_zeros();
    // The number scaled to lie in [1, 2), with 62 bits behind the point.
    let mut part = u128::from(x) << (62 - whole);
    let mut bits = 0u64;
    for _ in 0..FRACTION {
        part = (part * part) >> 62;
        bits <<= 1;
        if part >= 1 << 63 {
            bits |= 1;
            part >>= 1;
        }
    }
    (u64::from(whole) << FRACTION) | bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logarithm_is_right_to_nine_digits() {
        for x in [1_i64, 2, 3, 10, 1_000, 123_456_789, FURTHEST] {
            let ours = log2(x) as f64 / f64::from(2).powi(32);
            assert!((ours - (x as f64).log2()).abs() < 1e-9, "{x}: {ours}");
        }
    }

    #[test]
    fn a_log_curve_gives_equal_points_for_each_doubling() {
        let shape = Curve::Log { from: 100, to: 1_600, low: 0, high: FULL }.shape(false);
        let points: Vec<u32> = [50, 100, 200, 300, 400, 800, 1_600, 9_999].map(|x| shape.of_number(x)).to_vec();
        assert_eq!(points, [0, 0, 250_000, 375_000, 500_000, 750_000, FULL, FULL]);
    }

    #[test]
    fn a_straight_line_is_cut_towards_its_beginning() {
        let rising = Curve::Linear { from: 0, to: 3, low: 0, high: FULL }.shape(false);
        assert_eq!([-1, 0, 1, 2, 3, 4].map(|x| rising.of_number(x)), [0, 0, 333_333, 666_666, FULL, FULL]);
        let falling = Curve::Linear { from: 0, to: 3, low: FULL, high: 0 }.shape(false);
        assert_eq!([-1, 0, 1, 2, 3, 4].map(|x| falling.of_number(x)), [FULL, FULL, 666_667, 333_334, 0, 0]);
    }

    #[test]
    fn an_industry_takes_its_longest_beginning() {
        let points = BTreeMap::from([("26".to_owned(), 500_000), ("2611".to_owned(), FULL)]);
        let shape = Curve::Codes { points, otherwise: 7 }.shape(true);
        assert_eq!(["2611", "2610", "26", "2", "27", ""].map(|x| shape.of_code(x)), [FULL, 500_000, 500_000, 7, 7, 7]);
    }

    #[test]
    fn the_nearest_number_that_would_do_is_found() {
        let line = Curve::Linear { from: 0, to: 1_000, low: 0, high: FULL }.shape(false);
        assert_eq!(line.nearest(100, 250_000), Some(250));
        assert_eq!(line.nearest(300, 250_000), Some(300));
        let falling = Curve::Linear { from: 0, to: 4, low: FULL, high: 0 }.shape(false);
        assert_eq!(falling.nearest(4, 500_000), Some(2));
        let step = Curve::Threshold { at: 10, below: 0, above: 500_000 }.shape(false);
        assert_eq!((step.nearest(3, 400_000), step.nearest(3, 600_000)), (Some(10), None));
        let hump = [(0, 0), (10, FULL), (20, 0)].map(|(at, points)| Row { at, points }).to_vec();
        let hump = Curve::Table { rows: hump, below: 0, between: Between::Lines }.shape(false);
        assert_eq!((hump.nearest(25, 500_000), hump.nearest(-3, 500_000)), (Some(15), Some(5)));
    }
}
