//! Cumulative series as steps, with what was said on a day as marks beside them.

use platform::pages::{Html, View};
use time::{Date, Duration};

use super::axis::{self, Scale, Values};
use super::letters::{self, LINE};
use super::{Around, Drawing, Frame, Reading, Readings, Series, Shape, figure, picture, table};

/// All of a chart of steps: lines, marks, and the day up to which it is drawn.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    pub series: Vec<Series>,
    pub readings: Option<Readings>,
    pub scale: Scale,
    pub until: Option<Date>,
}

/// A chart of steps with its table. `write` says a value in words short enough for a drawing,
/// `exact` to the last digit for the table.
pub fn steps(
    view: &View,
    around: &Around,
    chart: &Steps,
    write: impl Fn(i64) -> String,
    exact: impl Fn(i64) -> String,
) -> Html {
    let table = table::of_steps(view, around, chart, &exact);
    figure(view, around, &shapes(view, chart), |frame| draw(view, chart, frame, &write), &table)
}

/// The picture alone, with its colours inside, to save and send.
pub fn steps_picture(view: &View, around: &Around, chart: &Steps, write: impl Fn(i64) -> String) -> String {
    let drawing = draw(view, chart, super::WHOLE, &write);
    picture::standalone(view, around, &shapes(view, chart), &drawing)
}

/// What the shapes of the marks mean, of those there are.
fn shapes(view: &View, chart: &Steps) -> String {
    let mut there: Vec<Shape> =
        chart.readings.iter().flat_map(|said| said.readings.iter().map(|one| one.shape)).collect();
    there.sort();
    there.dedup();
    there.iter().map(|shape| format!("{} {}", shape.sign(), view.t(shape.key()))).collect::<Vec<_>>().join("  ")
}

impl Steps {
    fn readings(&self) -> &[Reading] {
        self.readings.as_ref().map_or(&[], |said| &said.readings)
    }

    fn days(&self) -> impl Iterator<Item = Date> + '_ {
        let points = self.series.iter().flat_map(|one| one.points.iter().map(|(day, _)| *day));
        points.chain(self.readings().iter().map(|one| one.day))
    }

    fn values(&self) -> impl Iterator<Item = i64> + '_ {
        let points = self.series.iter().flat_map(|one| one.points.iter().filter_map(|(_, value)| *value));
        points.chain(self.readings().iter().map(|one| one.value))
    }
}

/// The first day's mark must not stand on the axis's words.
const INSET: f64 = 8.0;

/// Where things are in a drawing.
struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    first: Date,
    span: f64,
    values: Values,
}

impl Plot {
    fn x(&self, day: Date) -> f64 {
        self.left + INSET + (day - self.first).whole_days() as f64 / self.span * (self.right - self.left - INSET)
    }

    fn y(&self, value: i64) -> f64 {
        self.bottom - self.values.share(value) * (self.bottom - self.top)
    }
}

/// What is written at the end of a line: its name and what it stands at.
struct Label {
    /// Where the line ends; a line without a value has no end.
    end: Option<(f64, f64)>,
    name: Vec<String>,
    value: Vec<String>,
    /// The top of the label, once placed.
    top: f64,
}

impl Label {
    fn height(&self) -> f64 {
        (self.name.len() + self.value.len()) as f64 * LINE + 4.0
    }
}

fn draw(view: &View, chart: &Steps, frame: Frame, write: &impl Fn(i64) -> String) -> Drawing {
    let until = chart.until.or_else(|| chart.days().max());
    let (Some(earliest), Some(until)) = (chart.days().min(), until) else {
        return empty(view, frame);
    };
    let values = Values::over(chart.values(), &chart.scale);
    // A month at least, so that what began yesterday is not a line without length.
    let first = earliest.min(until.checked_sub(Duration::days(30)).unwrap_or(earliest));
    let texts = label_texts(view, chart, write);
    let widest = texts.iter().flat_map(|(name, value)| [name, value]).map(|text| letters::width(text));
    let labels_wide = widest.fold(0.0, f64::max).min(frame.width * 0.34);
    let mut plot = Plot {
        left: values.width() + 8.0,
        right: frame.width - labels_wide - 14.0,
        top: 30.0,
        bottom: frame.height - 26.0,
        first,
        span: (until - first).whole_days().max(1) as f64,
        values,
    };
    let mut labels: Vec<Label> = texts
        .iter()
        .map(|(name, value)| Label {
            end: None,
            name: letters::lines(name, labels_wide),
            value: letters::lines(value, labels_wide),
            top: 0.0,
        })
        .collect();
    // Labels are never set over one another: the drawing grows until they fit.
    let needed: f64 = labels.iter().map(Label::height).sum();
    plot.bottom = plot.bottom.max(plot.top + needed);
    let height = plot.bottom + 26.0;
    place(chart, &plot, until, &mut labels);

    let mut svg = format!("<text x=\"0\" y=\"12\">{}</text>", Html::escape(&chart.scale.words));
    grid(view, &plot, until, &mut svg);
    for one in &chart.series {
        line(one, &plot, until, &mut svg);
    }
    for one in chart.readings() {
        mark(view, one, &plot, &mut svg);
    }
    for label in &labels {
        write_label(label, &plot, &mut svg);
    }
    Drawing { body: svg, width: frame.width, height }
}

fn empty(view: &View, frame: Frame) -> Drawing {
    let words = letters::lines(&view.t("chart-nothing"), frame.width - 16.0);
    let body = words
        .iter()
        .enumerate()
        .map(|(place, line)| {
            format!("<text x=\"8\" y=\"{:.1}\">{}</text>", 28.0 + place as f64 * LINE, Html::escape(line))
        })
        .collect();
    Drawing { body, width: frame.width, height: 60.0 }
}

/// Name and value of every line and of the marks; a line without a value says that it has none.
fn label_texts(view: &View, chart: &Steps, write: &impl Fn(i64) -> String) -> Vec<(String, String)> {
    let lines = chart.series.iter().map(|one| {
        let last = one.points.last().and_then(|(_, value)| *value);
        (one.name.clone(), last.map_or_else(|| view.t("chart-no-value"), write))
    });
    let said = chart.readings.iter().filter_map(|said| {
        let last = said.readings.last()?;
        Some((said.name.clone(), last.words.clone()))
    });
    lines.chain(said).collect()
}

/// Gives each label its place: beside its line's end, moved down from the one above it, and up
/// again from the foot.
fn place(chart: &Steps, plot: &Plot, until: Date, labels: &mut [Label]) {
    let lines = chart.series.iter().map(|one| match one.points.last() {
        Some((_, Some(value))) => Some((plot.x(until), plot.y(*value))),
        _ => None,
    });
    let said = chart.readings().last().map(|one| Some((plot.x(one.day), plot.y(one.value))));
    for (label, end) in labels.iter_mut().zip(lines.chain(said)) {
        label.end = end;
        label.top = end.map_or(plot.bottom, |(_, y)| y) - label.height() / 2.0;
    }
    labels.sort_by(|one, other| one.top.total_cmp(&other.top));
    let mut free = plot.top;
    for label in labels.iter_mut() {
        label.top = label.top.max(free);
        free = label.top + label.height();
    }
    let mut foot = plot.bottom;
    for label in labels.iter_mut().rev() {
        label.top = label.top.min(foot - label.height());
        foot = label.top;
    }
}

fn grid(view: &View, plot: &Plot, until: Date, svg: &mut String) {
    for (value, words) in &plot.values.ticks {
        let at = plot.y(*value);
        let class = if *value == 0 { "base" } else { "axis" };
        svg.push_str(&format!(
            "<line class=\"{class}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            plot.left,
            plot.right,
            plot.left - 6.0,
            at + 4.0,
            Html::escape(words)
        ));
    }
    for (day, words, anchor) in axis::days(view, plot.first, until, plot.right - plot.left) {
        let at = plot.x(day);
        svg.push_str(&format!(
            "<line class=\"base\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/><text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>",
            plot.bottom,
            plot.bottom + 4.0,
            plot.bottom + 18.0,
            Html::escape(&words)
        ));
    }
}

fn line(series: &Series, plot: &Plot, until: Date, svg: &mut String) {
    let mut path = String::new();
    let mut drawing = false;
    let mut begun = false;
    for (day, value) in &series.points {
        match value {
            Some(value) if drawing => path.push_str(&format!("H{:.1}V{:.1}", plot.x(*day), plot.y(*value))),
            Some(value) => {
                // The first step rises from nought; after a gap nothing is known of the way here.
                let from = if begun { plot.y(*value) } else { plot.y(0) };
                path.push_str(&format!("M{:.1},{from:.1}V{:.1}", plot.x(*day), plot.y(*value)));
                (drawing, begun) = (true, true);
            }
            None if drawing => {
                path.push_str(&format!("H{:.1}", plot.x(*day)));
                drawing = false;
            }
            None => {}
        }
    }
    if drawing {
        path.push_str(&format!("H{:.1}", plot.x(until)));
    }
    if !path.is_empty() {
        svg.push_str(&format!("<path class=\"{}\" d=\"{path}\"/>", series.hue.class()));
    }
}

fn mark(view: &View, reading: &Reading, plot: &Plot, svg: &mut String) {
    let (x, y) = (plot.x(reading.day), plot.y(reading.value));
    let title = format!("<title>{}</title>", Html::escape(&view.labelled(view.date(reading.day), &reading.words)));
    svg.push_str(&match reading.shape {
        Shape::Exact => format!("<circle class=\"said\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\">{title}</circle>"),
        Shape::About => format!("<circle class=\"said-about\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\">{title}</circle>"),
        Shape::AtLeast => {
            format!("<path class=\"said\" d=\"M{:.1},{:.1}l4.5,8h-9z\">{title}</path>", x, y - 5.0)
        }
        Shape::AtMost => {
            format!("<path class=\"said\" d=\"M{:.1},{:.1}l4.5,-8h-9z\">{title}</path>", x, y + 5.0)
        }
    });
}

fn write_label(label: &Label, plot: &Plot, svg: &mut String) {
    let (x, middle) = (plot.right + 10.0, label.top + label.height() / 2.0);
    // A thread from the end of the line to a label that had to move, or that stands far off.
    let far = |(end_x, end_y): &(f64, f64)| (middle - end_y).abs() > 8.0 || plot.right - end_x > 8.0;
    if let Some((end_x, end_y)) = label.end.filter(far) {
        svg.push_str(&format!(
            "<path class=\"lead\" d=\"M{:.1},{end_y:.1}L{:.1},{end_y:.1}L{:.1},{middle:.1}\"/>",
            end_x + 6.0_f64.min((plot.right - end_x).max(0.0)),
            plot.right,
            x - 3.0
        ));
    }
    let lines = label.name.iter().map(|line| ("name", line)).chain(label.value.iter().map(|line| ("value", line)));
    for (place, (class, words)) in lines.enumerate() {
        svg.push_str(&format!(
            "<text class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\">{}</text>",
            label.top + 13.0 + place as f64 * LINE,
            Html::escape(words)
        ));
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::super::{Hue, PHONE, WHOLE};
    use super::*;

    fn placed(ends: &[i64], frame: Frame) -> Vec<(f64, f64)> {
        let series: Vec<Series> = ends
            .iter()
            .map(|end| Series {
                name: "Investment pledged by all".to_owned(),
                hue: Hue::Pledged,
                points: vec![(date!(2024 - 01 - 01), Some(*end))],
                records: String::new(),
            })
            .collect();
        let chart = Steps { series, scale: Scale { divisor: 1, words: String::new() }, ..Steps::default() };
        let values = Values::over(chart.values(), &chart.scale);
        let mut labels: Vec<Label> = ends
            .iter()
            .map(|_| Label { end: None, name: vec!["a".into(), "b".into()], value: vec!["c".into()], top: 0.0 })
            .collect();
        let needed: f64 = labels.iter().map(Label::height).sum();
        let plot = Plot {
            left: 40.0,
            right: frame.width - 100.0,
            top: 30.0,
            bottom: (frame.height - 26.0).max(30.0 + needed),
            first: date!(2024 - 01 - 01),
            span: 365.0,
            values,
        };
        place(&chart, &plot, date!(2024 - 12 - 31), &mut labels);
        assert!(
            labels.iter().all(|label| label.top >= plot.top - 0.01 && label.top + label.height() <= plot.bottom + 0.01)
        );
        labels.iter().map(|label| (label.top, label.top + label.height())).collect()
    }

    #[test]
    fn labels_never_stand_over_one_another_nor_run_out_of_the_picture() {
        for frame in [PHONE, WHOLE] {
            for ends in [&[0, 0][..], &[100, 100, 100], &[0, 0, 0, 0, 0, 0, 0, 0], &[5, 100, 98, 97], &[1]] {
                let placed = placed(ends, frame);
                for pair in placed.windows(2) {
                    assert!(pair[0].1 <= pair[1].0 + 0.01, "{ends:?}: {placed:?}");
                }
            }
        }
    }

    #[test]
    fn a_missing_value_is_a_gap() {
        let values = Values::over([0, 10].into_iter(), &Scale { divisor: 1, words: String::new() });
        let plot = Plot {
            left: 0.0,
            right: 100.0,
            top: 0.0,
            bottom: 100.0,
            first: date!(2024 - 01 - 01),
            span: 100.0,
            values,
        };
        let day = |days: i64| date!(2024 - 01 - 01) + Duration::days(days);
        let points = vec![(day(0), Some(5)), (day(40), None), (day(60), Some(10))];
        let mut svg = String::new();
        line(
            &Series { name: String::new(), hue: Hue::Signed, points, records: String::new() },
            &plot,
            day(100),
            &mut svg,
        );
        assert_eq!(svg, "<path class=\"s4\" d=\"M8.0,100.0V50.0H44.8M63.2,0.0V0.0H100.0\"/>");
    }
}
