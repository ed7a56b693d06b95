//! Bars that lie down: their names may be long, and a phone is narrow. All begin at nought.

use platform::pages::{Html, View};

use super::axis::{Scale, Values};
use super::letters::{self, LINE};
use super::{Around, Drawing, Frame, Hue, figure, picture, table};

/// Groups with one bar for each series; a value that is missing has no bar and says so.
#[derive(Clone, Debug, Default)]
pub struct Bars {
    pub series: Vec<(String, Hue)>,
    pub groups: Vec<(String, Vec<Option<i64>>)>,
    /// Where the records behind each bar are listed: as many, in the same order.
    pub records: Vec<Vec<String>>,
    /// The heading of the groups' names in the table.
    pub heading: String,
    pub scale: Scale,
}

const THICK: f64 = 14.0;

/// Bars with their table. `write` says a value in words short enough for a drawing, `exact` to the
/// last digit for the table.
pub fn bars(
    view: &View,
    around: &Around,
    chart: &Bars,
    write: impl Fn(i64) -> String,
    exact: impl Fn(i64) -> String,
) -> Html {
    let table = table::of_bars(view, around, chart, &exact);
    figure(view, around, "", |frame| draw(view, around, chart, frame, &write), &table)
}

/// The picture alone, with its colours inside, to save and send.
pub fn bars_picture(view: &View, around: &Around, chart: &Bars, write: impl Fn(i64) -> String) -> String {
    let drawing = draw(view, around, chart, super::WHOLE, &write);
    picture::standalone(view, around, "", &drawing)
}

fn draw(view: &View, around: &Around, chart: &Bars, frame: Frame, write: &impl Fn(i64) -> String) -> Drawing {
    if chart.groups.is_empty() {
        let line = format!("<text x=\"8\" y=\"28\">{}</text>", Html::escape(&view.t("chart-nothing")));
        return Drawing { body: line, width: frame.width, height: 60.0 };
    }
    let said = |place: usize, value: Option<i64>| {
        let words = value.map_or_else(|| view.t("chart-no-value"), write);
        match chart.series.get(place).filter(|_| chart.series.len() > 1) {
            Some((name, _)) => format!("{name} {words}"),
            None => words,
        }
    };
    let all = || chart.groups.iter().flat_map(|(_, values)| values.iter().copied());
    let values = Values::over(all().flatten(), &chart.scale);
    let labels = chart.groups.iter().flat_map(|(_, values)| values.iter().enumerate());
    let widest = labels.map(|(place, value)| letters::width(&said(place, *value))).fold(0.0, f64::max);
    let right = (frame.width - widest - 10.0).max(frame.width * 0.3);
    let x = |value: i64| values.share(value) * right;
    let mut svg = hatches(around, frame, chart);
    svg.push_str(&format!("<text x=\"0\" y=\"12\">{}</text>", Html::escape(&chart.scale.words)));
    let grid_at = svg.len();
    let (nought, mut y) = (x(0), 22.0);
    for (name, group) in &chart.groups {
        for line in letters::lines(name, frame.width) {
            svg.push_str(&format!("<text class=\"name\" x=\"0\" y=\"{:.1}\">{}</text>", y + 12.0, Html::escape(&line)));
            y += LINE;
        }
        y += 3.0;
        for (place, value) in group.iter().enumerate() {
            let hue = chart.series.get(place).map_or(Hue::Attracted, |(_, hue)| *hue);
            let end = value.map_or(nought, x);
            if value.is_some_and(|value| value != 0) {
                svg.push_str(&bar(around, frame, hue, nought.min(end), y, (end - nought).abs()));
            }
            svg.push_str(&format!(
                "<text class=\"value\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                end.max(nought) + 6.0,
                y + 11.5,
                Html::escape(&said(place, *value))
            ));
            y += THICK + 3.0;
        }
        y += 8.0;
    }
    let mut grid = String::new();
    let mut free = f64::MIN;
    for (value, words) in &values.ticks {
        let at = x(*value);
        let class = if *value == 0 { "base" } else { "axis" };
        grid.push_str(&format!("<line class=\"{class}\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"18\" y2=\"{y:.1}\"/>"));
        let half = letters::width(words) / 2.0;
        let start = if *value == values.low { at } else { at - half };
        if start >= free {
            grid.push_str(&format!("<text x=\"{start:.1}\" y=\"{:.1}\">{}</text>", y + 14.0, Html::escape(words)));
            free = start + half * 2.0 + 6.0;
        }
    }
    svg.insert_str(grid_at, &grid);
    Drawing { body: svg, width: frame.width, height: y + 20.0 }
}

/// What the second and fourth hues are filled with, so that a grey print tells them apart. The
/// drawing is on the page twice, and an id may stand there once.
fn hatches(around: &Around, frame: Frame, chart: &Bars) -> String {
    let hatched = chart.series.iter().filter(|(_, hue)| hatched(*hue));
    hatched
        .map(|(_, hue)| {
            let class = hue.class().replace('s', "h");
            format!(
                "<defs><pattern id=\"{}-{}-{class}\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\"><path class=\"{class}\" d=\"M-1,6L6,-1M-1,1L1,-1M4,6L6,4\"/></pattern></defs>",
                around.id, frame.class
            )
        })
        .collect()
}

const fn hatched(hue: Hue) -> bool {
    matches!(hue, Hue::Realised | Hue::Signed)
}

fn bar(around: &Around, frame: Frame, hue: Hue, x: f64, y: f64, width: f64) -> String {
    let place = format!("x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{THICK}\"", width.max(1.0));
    let mut drawn = format!("<rect class=\"{}\" {place}/>", hue.fill());
    if hatched(hue) {
        let class = hue.class().replace('s', "h");
        drawn.push_str(&format!("<rect fill=\"url(#{}-{}-{class})\" {place}/>", around.id, frame.class));
    }
    drawn
}
