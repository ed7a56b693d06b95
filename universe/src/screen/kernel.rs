//! A plan over columns: points, totals and who is ranked, for a whole group of rows at once.

use std::collections::BTreeSet;

use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, Int64Array, StringArray};
use screening::{Condition, FACETS, FULL, Measure, Plan, Shape, Step};

/// The columns of a group of rows, by measure.
#[derive(Clone, Default)]
pub struct Columns {
    of: [Option<ArrayRef>; Measure::ALL.len()],
}

impl Columns {
    pub fn put(&mut self, measure: Measure, array: ArrayRef) {
        self.of[measure as usize] = Some(array);
    }

    pub(crate) fn get(&self, measure: Measure) -> Column<'_> {
        let Some(array) = &self.of[measure as usize] else { return Column::None };
        let any = array.as_any();
        if let Some(numbers) = any.downcast_ref::<Int64Array>() {
            return Column::Numbers(numbers);
        }
        if let Some(words) = any.downcast_ref::<DictionaryArray<Int32Type>>()
            && let Some(values) = words.values().as_any().downcast_ref::<StringArray>()
        {
            return Column::Codes(words, values);
        }
        Column::None
    }
}

#[derive(Clone, Copy)]
pub(crate) enum Column<'a> {
    Numbers(&'a Int64Array),
    Codes(&'a DictionaryArray<Int32Type>, &'a StringArray),
    /// Nothing is known of any row.
    None,
}

/// A plan made ready for columns.
#[derive(Clone, Debug)]
pub struct Kernel {
    pub plan: Plan,
    curves: Vec<Ready>,
}

/// What came out for a group of rows.
#[derive(Clone, Debug, Default)]
pub struct Scores {
    pub rows: usize,
    pub ranked: Vec<bool>,
    pub totals: Vec<i64>,
    /// All rows' points of the first step, then of the next.
    pub points: Vec<u32>,
}

impl Scores {
    pub fn of(&self, row: usize) -> impl Iterator<Item = u32> + '_ {
        self.points.iter().skip(row).step_by(self.rows.max(1)).copied()
    }
}

impl Kernel {
    pub fn new(plan: &Plan) -> Self {
        Self { plan: plan.clone(), curves: plan.steps.iter().map(|step| Ready::of(&step.shape)).collect() }
    }

    /// The measures a scan has to read: what is reckoned, and what is counted.
    pub fn measures(&self) -> BTreeSet<Measure> {
        self.plan.columns().into_iter().chain(FACETS).collect()
    }

    /// How far below the least of those ranked a total can lie and still matter to how firm they are.
    pub fn margin(&self) -> i64 {
        let most = self.plan.steps.iter().map(|step| step.weight).max().unwrap_or(0);
        (most * i64::from(FULL)).div_euclid(5) + 1
    }

    /// Reckons a group of rows. `left_out` names rows that are excluded.
    pub fn score(&self, columns: &Columns, rows: usize, left_out: impl Iterator<Item = usize>, to: &mut Scores) {
        to.rows = rows;
        to.ranked.clear();
        to.ranked.resize(rows, true);
        for row in left_out {
            to.ranked[row] = false;
        }
        to.totals.clear();
        to.totals.resize(rows, 0);
        to.points.clear();
        to.points.resize(rows * self.plan.steps.len(), 0);
        for condition in &self.plan.conditions {
            hold(condition, columns.get(condition.measure), &mut to.ranked);
        }
        for (at, (step, ready)) in self.plan.steps.iter().zip(&self.curves).enumerate() {
            let points = &mut to.points[at * rows..(at + 1) * rows];
            ready.points(step, columns.get(step.column), points, &mut to.ranked);
            for (total, points) in to.totals.iter_mut().zip(points) {
                *total += step.weight * i64::from(*points);
            }
        }
    }
}

/// Takes off the mark of rows that don't meet a condition.
fn hold(condition: &Condition, column: Column<'_>, ranked: &mut [bool]) {
    match column {
        Column::None => {
            if !condition.keep_missing {
                ranked.fill(false);
            }
        }
        Column::Numbers(numbers) => {
            let (least, most) = (condition.at_least.unwrap_or(i64::MIN), condition.at_most.unwrap_or(i64::MAX));
            let fits = !condition.measure.is_code();
            for (row, (mark, number)) in ranked.iter_mut().zip(numbers.values()).enumerate() {
                let held = if numbers.is_null(row) {
                    condition.keep_missing
                } else {
                    fits && least <= *number && *number <= most
                };
                *mark &= held;
            }
        }
        Column::Codes(words, values) => {
            let is = |code: &str, asked: &str| {
                if condition.measure.by_beginning() { code.starts_with(asked) } else { code == asked }
            };
            let holds: Vec<bool> = (0..values.len())
                .map(|at| {
                    let code = values.value(at);
                    condition.measure.is_code()
                        && (condition.one_of.is_empty() || condition.one_of.iter().any(|one| is(code, one)))
                        && !condition.none_of.iter().any(|one| is(code, one))
                })
                .collect();
            for (row, mark) in ranked.iter_mut().enumerate() {
                *mark &= words.key(row).map_or(condition.keep_missing, |key| holds[key]);
            }
        }
    }
}

/// A shape laid out for many numbers.
#[derive(Clone, Debug)]
enum Ready {
    Steps { below: u32, at: Vec<i64>, points: Vec<u32> },
    Lines { at: Vec<i64>, points: Vec<u32>, pieces: Vec<Piece> },
    Codes,
}

/// A straight piece: from a number on, so many points, rising by so many over so far.
#[derive(Clone, Copy, Debug)]
struct Piece {
    from: i64,
    points: i64,
    rise: i64,
    over: i64,
    share: f64,
}

impl Piece {
    /// `rise × (x − from) / over`, cut towards nought. The product is divided as a float, which is quicker, and the last place set
    /// right by whole numbers: the quotient is below a million, so that the float can be off by one at most.
    fn at(&self, x: i64) -> u32 {
        let product = (x - self.from) * self.rise.abs();
        let mut whole = (product as f64 * self.share) as i64;
        let rest = product - whole * self.over;
        whole += i64::from(rest >= self.over) - i64::from(rest < 0);
        (if self.rise < 0 { self.points - whole } else { self.points + whole }) as u32
    }
}

/// How many rows begin at or before a number. Counting all of a few is quicker than halving, which guesses wrong at each turn.
fn behind(at: &[i64], x: i64) -> usize {
    if at.len() <= 24 {
        at.iter().map(|from| usize::from(*from <= x)).sum()
    } else {
        at.partition_point(|from| *from <= x)
    }
}

impl Ready {
    fn of(shape: &Shape) -> Self {
        let apart = |rows: &[(i64, u32)]| -> (Vec<i64>, Vec<u32>) { rows.iter().copied().unzip() };
        match shape {
            Shape::Steps { below, rows } => {
                let (at, points) = apart(rows);
                Self::Steps { below: *below, at, points }
            }
            Shape::Lines { rows } => {
                let pieces = rows
                    .windows(2)
                    .map(|two| {
                        let over = two[1].0 - two[0].0;
                        Piece {
                            from: two[0].0,
                            points: i64::from(two[0].1),
                            rise: i64::from(two[1].1) - i64::from(two[0].1),
                            over,
                            share: 1.0 / over as f64,
                        }
                    })
                    .collect();
                let (at, points) = apart(rows);
                Self::Lines { at, points, pieces }
            }
            Shape::Codes { .. } => Self::Codes,
        }
    }

    fn numbers(&self, numbers: &[i64], to: &mut [u32]) {
        match self {
            Self::Steps { below, at, points } => {
                for (to, x) in to.iter_mut().zip(numbers) {
                    *to = match behind(at, *x) {
                        0 => *below,
                        n => points[n - 1],
                    };
                }
            }
            Self::Lines { at, points, pieces } => {
                let (first, last) = (points.first().copied().unwrap_or(0), points.last().copied().unwrap_or(0));
                for (to, x) in to.iter_mut().zip(numbers) {
                    *to = match behind(at, *x) {
                        0 => first,
                        n if n == at.len() => last,
                        n => pieces[n - 1].at(*x),
                    };
                }
            }
            Self::Codes => {}
        }
    }

    fn points(&self, step: &Step, column: Column<'_>, to: &mut [u32], ranked: &mut [bool]) {
        let missing = step.missing.unwrap_or(0);
        let leaves_out = step.missing.is_none();
        let codes = matches!(self, Self::Codes);
        match (column, codes) {
            (Column::Numbers(numbers), false) => {
                self.numbers(numbers.values(), to);
                if let Some(nulls) = numbers.nulls() {
                    for ((points, mark), there) in to.iter_mut().zip(ranked).zip(nulls.iter()) {
                        if !there {
                            *points = missing;
                            *mark &= !leaves_out;
                        }
                    }
                }
            }
            (Column::Codes(words, values), true) => {
                let of: Vec<u32> = (0..values.len()).map(|at| step.shape.of_code(values.value(at))).collect();
                for (row, (points, mark)) in to.iter_mut().zip(ranked).enumerate() {
                    match words.key(row) {
                        Some(key) => *points = of[key],
                        None => {
                            *points = missing;
                            *mark &= !leaves_out;
                        }
                    }
                }
            }
            // A shape of the other kind finds nothing in the column, as if it were empty.
            _ => {
                to.fill(missing);
                if leaves_out {
                    ranked.fill(false);
                }
            }
        }
    }
}
