//! Slips of the pen: square feet read as square metres, a nought too many or too few.
//!
//! Values are set against each other in one base unit, money in its own currency and areas in one
//! measure, so that a slip between millions and billions shows too.

use std::collections::{BTreeMap, BTreeSet};

use platform::Id;

use super::{Desk, Finding};
use crate::published::Published;

/// The powers of ten that a slip makes: a nought or two, or a million read as a billion.
const TIMES: [i128; 3] = [10, 100, 1_000];

pub(super) fn findings(desk: &Desk<'_>) -> Vec<Finding> {
    let mut alike: BTreeMap<&str, Vec<&Published>> = BTreeMap::new();
    let mut series: BTreeMap<(&str, &str), Vec<&Published>> = BTreeMap::new();
    for row in desk.rows {
        // A known slip is kept under the metric's name with an ending.
        alike.entry(crate::published::family(&row.metric)).or_default().push(row);
        series.entry((&row.metric, &row.body)).or_default().push(row);
    }
    let mut findings = Vec::new();
    let mut seen = BTreeSet::new();
    for rows in alike.values() {
        findings.extend(unit_slips(rows, &mut seen));
        findings.extend(of_one_day(desk, rows, &mut seen));
    }
    for rows in series.values() {
        for pair in rows.windows(2) {
            let [before, after] = pair else { continue };
            if seen.insert((before.id, after.id)) {
                findings.extend(after_another(desk, before, after));
            }
        }
    }
    findings
}

/// What a value is measured in, and how much of that it is: thousandths of a currency’s own unit,
/// of a hundred-millionth of a square metre, or of what else is counted.
fn base(row: &Published) -> (String, i128) {
    let value = i128::from(row.value);
    if let Some((currency, scale)) = row.money() {
        return (currency, value * i128::from(scale));
    }
    match row.unit.as_str() {
        "square_feet" => ("area".to_owned(), value * 9_290_304),
        "square_metres" => ("area".to_owned(), value * 100_000_000),
        unit => (unit.to_owned(), value),
    }
}

/// How two values stand to each other, if by a slip.
enum Slip {
    /// So many times, give or take a tenth.
    Times(i128),
    /// As many times as a square metre has square feet, give or take a hundredth.
    Area,
}

fn slip(one: &Published, other: &Published) -> Option<Slip> {
    let ((unit, one), (of, other)) = (base(one), base(other));
    let (small, large) = (one.min(other), one.max(other));
    if unit != of || small <= 0 {
        return None;
    }
    // 10.764 square feet make a square metre.
    if unit == "area" && large * 100_000 >= small * 1_065_636 && large * 100_000 <= small * 1_087_164 {
        return Some(Slip::Area);
    }
    let near = |times: &&i128| large * 10 >= small * **times * 9 && large * 10 <= small * **times * 11;
    TIMES.iter().find(near).map(|times| Slip::Times(*times))
}

/// The same number in square feet and in square metres; each slip once, beside the nearest figure
/// that it repeats.
fn unit_slips(rows: &[&Published], seen: &mut BTreeSet<(Id, Id)>) -> Vec<Finding> {
    let metres = rows.iter().filter(|row| row.unit == "square_metres");
    metres
        .filter_map(|slip| {
            let same = rows.iter().filter(|row| row.unit == "square_feet" && row.value == slip.value);
            let feet = same.min_by_key(|row| (row.as_at - slip.as_at).abs())?;
            seen.extend([(feet.id, slip.id), (slip.id, feet.id)]);
            Some(
                Finding::warns("unit_slip", "finding-unit-slip", vec![feet.id, slip.id])
                    .with("value", feet.written())
                    .with("source", &slip.source),
            )
        })
        .collect()
}

/// Two values of one day, whoever told them, of which one is many times the other.
fn of_one_day(desk: &Desk<'_>, rows: &[&Published], seen: &mut BTreeSet<(Id, Id)>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for same_day in rows.chunk_by(|one, other| one.as_at == other.as_at) {
        for (place, one) in same_day.iter().enumerate() {
            for other in &same_day[place + 1..] {
                let Some(Slip::Times(times)) = slip(one, other) else { continue };
                let (small, large) = if base(one).1 < base(other).1 { (one, other) } else { (other, one) };
                seen.insert((one.id, other.id));
                findings.push(
                    Finding::warns("tenfold", "finding-tenfold", vec![small.id, large.id])
                        .with("small", desk.words(small))
                        .with("large", desk.words(large))
                        .with("times", desk.view.number(i64::try_from(times).unwrap_or_default()))
                        .with("source", &large.source),
                );
            }
        }
    }
    findings
}

/// A figure beside the one of the same metric and body before it.
fn after_another(desk: &Desk<'_>, before: &Published, after: &Published) -> Option<Finding> {
    let (kind, key, times) = match slip(before, after)? {
        Slip::Area => ("unit_slip", "finding-area-slip", 0),
        Slip::Times(times) if base(after).1 > base(before).1 => ("tenfold", "finding-tenfold-up", times),
        Slip::Times(times) => ("tenfold", "finding-tenfold-down", times),
    };
    Some(
        Finding::warns(kind, key, vec![before.id, after.id])
            .with("metric", desk.metric(after))
            .with("before", desk.words(before))
            .with("before_day", desk.view.date(before.as_at))
            .with("after", desk.words(after))
            .with("day", desk.view.date(after.as_at))
            .with("times", desk.view.number(i64::try_from(times).unwrap_or_default())),
    )
}
