//! What was measured, as a table for a terminal and as Markdown for docs/PERFORMANCE.md.

use crate::measure::Times;

/// What is asked of a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// The slowest but one in a hundred, in milliseconds.
    P99(f64),
    P95(f64),
    /// The slowest of all.
    Most(f64),
    /// As many in a second.
    Rate(f64),
    /// One number, at most.
    Value(f64, &'static str),
    None,
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Line {
    pub name: String,
    pub times: Option<Times>,
    pub value: Option<f64>,
    pub target: Target,
    /// What the bare statement takes in the database, in milliseconds.
    pub bare: Option<f64>,
    pub note: String,
}

impl Line {
    pub fn timed(name: &str, times: Times, target: Target) -> Self {
        Self { name: name.to_owned(), times: Some(times), value: None, target, bare: None, note: String::new() }
    }

    pub fn valued(name: &str, value: f64, target: Target) -> Self {
        Self { name: name.to_owned(), times: None, value: Some(value), target, bare: None, note: String::new() }
    }

    pub fn bare(mut self, millis: f64) -> Self {
        self.bare = Some(millis);
        self
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    fn figure(&self) -> Option<(f64, f64, bool)> {
        let times = self.times.as_ref();
        let of = |part: f64| times.map(|times| times.at(part));
        Some(match self.target {
            Target::P99(most) => (of(99.0)?, most, true),
            Target::P95(most) => (of(95.0)?, most, true),
            Target::Most(most) => (times?.most(), most, true),
            Target::Rate(least) => (times.map(|times| times.a_second).or(self.value)?, least, false),
            Target::Value(most, _) => (self.value?, most, true),
            Target::None => return None,
        })
    }

    /// Met, or missed by how much; a wrong answer misses whatever its speed.
    fn verdict(&self) -> String {
        let wrong = self.times.as_ref().map_or(0, |times| times.wrong);
        if wrong > 0 {
            return format!("missed: {wrong} wrong answers");
        }
        match self.figure() {
            None => String::new(),
            Some((is, target, true)) if is <= target => "met".to_owned(),
            Some((is, target, false)) if is >= target => "met".to_owned(),
            Some((is, target, true)) => format!("missed by {} ({:.1} times)", short(is - target), is / target),
            Some((is, target, false)) => format!("missed by {} ({:.0} %)", short(target - is), 100.0 * is / target),
        }
    }

    fn cells(&self) -> [String; 9] {
        let of = |part: f64| self.times.as_ref().map_or_else(String::new, |times| short(times.at(part)));
        let target = match self.target {
            Target::P99(most) => format!("p99 ≤ {} ms", short(most)),
            Target::P95(most) => format!("p95 ≤ {} ms", short(most)),
            Target::Most(most) => format!("each ≤ {} ms", short(most)),
            Target::Rate(least) => format!("≥ {}/s", short(least)),
            Target::Value(most, unit) => format!("≤ {} {unit}", short(most)),
            Target::None => String::new(),
        };
        let rate = match (&self.times, self.value, self.target) {
            (_, Some(value), Target::Value(_, unit)) => format!("{} {unit}", short(value)),
            (_, Some(value), _) => format!("{}/s", short(value)),
            (Some(times), ..) => format!("{}/s", short(times.a_second)),
            _ => String::new(),
        };
        let middle = self.times.as_ref().map(|times| times.at(50.0));
        let ratio = match (self.bare, middle) {
            (Some(bare), Some(middle)) if bare > 0.0 => format!("{:.1}", middle / bare),
            _ => String::new(),
        };
        [
            self.name.clone(),
            of(50.0),
            of(95.0),
            of(99.0),
            rate,
            self.bare.map(short).unwrap_or_default(),
            ratio,
            target,
            self.verdict(),
        ]
    }
}

/// Three figures are enough to compare by.
fn short(number: f64) -> String {
    match number.abs() {
        size if size >= 100.0 => format!("{number:.0}"),
        size if size >= 10.0 => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    }
}

const HEADS: [&str; 9] = ["measure", "p50 ms", "p95 ms", "p99 ms", "rate", "bare ms", "ratio", "target", ""];

fn width(text: &str) -> usize {
    text.chars().count()
}

pub fn plain(lines: &[Line]) -> String {
    let rows: Vec<[String; 9]> =
        std::iter::once(HEADS.map(str::to_owned)).chain(lines.iter().map(Line::cells)).collect();
    let widths: Vec<usize> =
        (0..HEADS.len()).map(|place| rows.iter().map(|row| width(&row[place])).max().unwrap_or_default()).collect();
    let mut text = String::new();
    for row in &rows {
        for (place, cell) in row.iter().enumerate() {
            let gap = " ".repeat(widths[place] - width(cell));
            text.push_str(&if place == 0 || place > 6 { format!("{cell}{gap}  ") } else { format!("{gap}{cell}  ") });
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    for line in lines.iter().filter(|line| !line.note.is_empty()) {
        text.push_str(&format!("{}: {}\n", line.name, line.note));
    }
    for (line, wrong) in lines.iter().filter_map(|line| Some((line, line.times.as_ref()?.first_wrong.as_ref()?))) {
        text.push_str(&format!("{}: a wrong answer: {wrong}\n", line.name));
    }
    text
}

pub fn markdown(lines: &[Line]) -> String {
    let mut text = format!("| {} |\n", HEADS.join(" | "));
    text.push_str("|---|---:|---:|---:|---:|---:|---:|---|---|\n");
    for line in lines {
        text.push_str(&format!("| {} |\n", line.cells().join(" | ")));
    }
    text.push('\n');
    for line in lines.iter().filter(|line| !line.note.is_empty()) {
        text.push_str(&format!("- {}: {}\n", line.name, line.note));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_target_is_met_or_missed_by_so_much() {
        let times = Times::of(vec![10.0, 20.0, 30.0], Duration::from_secs(1));
        assert_eq!(Line::timed("x", times.clone(), Target::P99(30.0)).verdict(), "met");
        assert_eq!(Line::timed("x", times.clone(), Target::P99(20.0)).verdict(), "missed by 10.0 (1.5 times)");
        assert_eq!(Line::timed("x", times.clone(), Target::Rate(6.0)).verdict(), "missed by 3.00 (50 %)");
        let mut wrong = times;
        wrong.wrong = 2;
        assert_eq!(Line::timed("x", wrong, Target::P99(30.0)).verdict(), "missed: 2 wrong answers");
        assert_eq!(Line::valued("x", 61.0, Target::Value(90.0, "MB")).verdict(), "met");
    }
}
