//! A curve as a little picture, and in words: the picture says nothing that the words do not.

use platform::pages::{Html, View};
use screening::{Between, Criterion, Curve, FULL, Measure, Missing, Shape};

use crate::words;

const WIDE: i64 = 120;
const HIGH: i64 = 40;

/// The picture of a curve on numbers; codes are told in words alone.
pub(crate) fn picture(criterion: &Criterion) -> Html {
    let shape = criterion.curve.shape(criterion.measure.by_beginning());
    let (rows, steps) = match &shape {
        Shape::Steps { rows, .. } => (rows, true),
        Shape::Lines { rows } => (rows, false),
        Shape::Codes { .. } => return Html::default(),
    };
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Html::default() };
    // A log curve is drawn over the logarithm, on which it is straight: by the place of its rows.
    let log = matches!(criterion.curve, Curve::Log { .. });
    let span = i128::from(last.0) - i128::from(first.0);
    let across = |at: usize, x: i64| -> i64 {
        let inner = WIDE - 40;
        let part = match (log, rows.len(), span) {
            (_, 1, _) | (false, _, 0) => i128::from(inner) / 2,
            (true, many, _) => i128::from(inner) * at as i128 / (many as i128 - 1),
            (false, ..) => i128::from(inner) * (i128::from(x) - i128::from(first.0)) / span,
        };
        20 + i64::try_from(part).unwrap_or(0)
    };
    let up = |points: u32| HIGH - 4 - i64::from(points) * (HIGH - 8) / i64::from(FULL);
    let start = if let Shape::Steps { below, .. } = &shape { up(*below) } else { up(first.1) };
    let mut line = format!("M0 {start}");
    for (at, (x, points)) in rows.iter().enumerate() {
        let (x, y) = (across(at, *x), up(*points));
        line.push_str(&if steps { format!(" H{x} V{y}") } else { format!(" L{x} {y}") });
    }
    line.push_str(&format!(" H{WIDE}"));
    Html(format!(
        "<svg class=\"curve\" viewBox=\"0 0 {WIDE} {HIGH}\" width=\"{WIDE}\" height=\"{HIGH}\" aria-hidden=\"true\" focusable=\"false\">\
         <path class=\"ground\" d=\"M0 {base} H{WIDE}\"/><path class=\"line\" d=\"{line}\"/></svg>",
        base = HIGH - 4,
    ))
}

/// The curve in words.
pub(crate) fn words(view: &View, criterion: &Criterion) -> String {
    let measure = criterion.measure;
    let number = |x: i64| words::number(view, measure, x);
    let points = |points: u32| words::points(points);
    match &criterion.curve {
        Curve::Threshold { at, below, above } => view
            .tn("curve-threshold-words", &[("at", number(*at)), ("above", points(*above)), ("below", points(*below))]),
        Curve::Linear { from, to, low, high } => view.tn(
            "curve-linear-words",
            &[("from", number(*from)), ("to", number(*to)), ("low", points(*low)), ("high", points(*high))],
        ),
        Curve::Log { from, to, low, high } => view.tn(
            "curve-log-words",
            &[("from", number(*from)), ("to", number(*to)), ("low", points(*low)), ("high", points(*high))],
        ),
        Curve::Table { rows, below, between } => {
            let told: Vec<String> = rows
                .iter()
                .map(|row| view.t2("curve-row-words", "at", number(row.at), "points", points(row.points)))
                .collect();
            let told = told.join(&view.t("curve-joint"));
            match between {
                Between::Steps => view.t2("curve-steps-words", "rows", told, "below", points(*below)),
                Between::Lines => view.t1("curve-lines-words", "rows", told),
            }
        }
        Curve::Codes { points: by_code, otherwise } => {
            let told: Vec<String> = by_code
                .iter()
                .take(12)
                .map(|(code, given)| {
                    view.t2("curve-code-words", "code", words::code(view, measure, code), "points", points(*given))
                })
                .collect();
            let mut told = told.join(&view.t("curve-joint"));
            if by_code.len() > 12 {
                told.push('…');
            }
            view.t2("curve-codes-words", "codes", told, "otherwise", points(*otherwise))
        }
    }
}

pub(crate) fn missing(view: &View, missing: Missing) -> String {
    match missing {
        Missing::Points(points) => view.t1("missing-points-words", "points", words::points(points)),
        Missing::LeaveOut => view.t("missing-leave-out-words"),
    }
}

/// What a criterion is called: the office's words, or the measure's.
pub(crate) fn name(view: &View, criterion: &Criterion) -> String {
    if criterion.name.is_empty() { words::measure(view, criterion.measure) } else { criterion.name.clone() }
}

/// A condition in words.
pub(crate) fn condition(view: &View, condition: &screening::Condition) -> String {
    let measure = condition.measure;
    let mut parts = Vec::new();
    let codes = |codes: &[String]| {
        codes.iter().map(|code| words::code(view, measure, code)).collect::<Vec<_>>().join(&view.t("curve-joint"))
    };
    if let Some(least) = condition.at_least {
        parts.push(view.t1("condition-at-least-words", "n", words::number(view, measure, least)));
    }
    if let Some(most) = condition.at_most {
        parts.push(view.t1("condition-at-most-words", "n", words::number(view, measure, most)));
    }
    if !condition.one_of.is_empty() {
        parts.push(view.t1("condition-one-of-words", "codes", codes(&condition.one_of)));
    }
    if !condition.none_of.is_empty() {
        parts.push(view.t1("condition-none-of-words", "codes", codes(&condition.none_of)));
    }
    if parts.is_empty() {
        parts.push(view.t("condition-known-words"));
    }
    if condition.keep_missing {
        parts.push(view.t("condition-keep-words"));
    }
    view.labelled(measure_name(view, measure), parts.join(&view.t("curve-joint")))
}

fn measure_name(view: &View, measure: Measure) -> String {
    words::measure(view, measure)
}
