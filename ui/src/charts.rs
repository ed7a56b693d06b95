//! Charts as SVG drawn on the server: they need no script, print, and always stand with their
//! table. Counts change on days, so cumulative series are steps.

use platform::pages::{Html, View};
use time::Date;

/// One line of a chart: its name and its values, in the order of the days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub name: String,
    pub points: Vec<(Date, i64)>,
}

/// What stands around a chart.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Used in ids; letters and hyphens.
    pub id: String,
    pub title: String,
    /// The words of the vertical axis: what, in which unit.
    pub axis: String,
    /// As-at date and source.
    pub source: String,
    pub picture_href: String,
    pub data_href: String,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 30.0;

/// A step chart with its table. `write` says a value in words.
pub fn steps(view: &View, around: &Around, series: &[Series], write: impl Fn(i64) -> String) -> Html {
    let picture = steps_picture(view, around, series, &write);
    let mut days: Vec<Date> = series.iter().flat_map(|one| one.points.iter().map(|(day, _)| *day)).collect();
    days.sort();
    days.dedup();
    let head: String = series
        .iter()
        .map(|one| format!("<th scope=\"col\" class=\"number\">{}</th>", Html::escape(&one.name)))
        .collect();
    let body: String = days
        .iter()
        .map(|day| {
            let cells: String = series
                .iter()
                .map(|one| {
                    let value = one.points.iter().rev().find(|(at, _)| at <= day).map(|(_, value)| write(*value));
                    format!("<td class=\"number\">{}</td>", Html::escape(value.as_deref().unwrap_or("–")))
                })
                .collect();
            format!("<tr><th scope=\"row\">{}</th>{cells}</tr>", Html::escape(&view.date(*day)))
        })
        .collect();
    Html(format!(
        "<figure class=\"chart\"><h2>{title}</h2>{picture}<figcaption>{source} · <a href=\"{picture_href}\">{as_picture}</a> · <a href=\"{data_href}\">{as_data}</a></figcaption>\
         <details><summary>{table}</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\"><table><thead><tr><th scope=\"col\">{day}</th>{head}</tr></thead><tbody>{body}</tbody></table></div></details></figure>",
        title = Html::escape(&around.title),
        source = Html::escape(&around.source),
        picture_href = Html::escape(&around.picture_href),
        data_href = Html::escape(&around.data_href),
        as_picture = Html::escape(&view.t("chart-save-picture")),
        as_data = Html::escape(&view.t("chart-save-data")),
        table = Html::escape(&view.t("chart-table")),
        day = Html::escape(&view.t("chart-day")),
    ))
}

/// The picture alone. Colours come from the page's stylesheet; [`standalone`] puts them in.
pub fn steps_picture(_: &View, around: &Around, series: &[Series], write: impl Fn(i64) -> String) -> Html {
    let points = || series.iter().flat_map(|one| one.points.iter());
    let first = points().map(|(day, _)| *day).min();
    let last = points().map(|(day, _)| *day).max();
    let (Some(first), Some(last)) = (first, last) else { return Html::default() };
    let most = points().map(|(_, value)| *value).max().unwrap_or(1).max(1);
    let top = nice(most);
    let span = (last - first).whole_days().max(1) as f64;
    let x = |day: Date| LEFT + (day - first).whole_days() as f64 / span * (WIDTH - LEFT - RIGHT);
    let y = |value: i64| HEIGHT - BOTTOM - value as f64 / top as f64 * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-title\" xmlns=\"http://www.w3.org/2000/svg\"><title id=\"{id}-title\">{}</title><text x=\"0\" y=\"14\">{}</text>",
        Html::escape(&around.title),
        Html::escape(&around.axis),
        id = around.id,
    );
    for quarter in 0..=4 {
        let value = top / 4 * quarter;
        let at = y(value);
        svg.push_str(&format!(
            "<line class=\"axis\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0,
            Html::escape(&write(value))
        ));
    }
    for year in first.year()..=last.year() {
        let Ok(day) = Date::from_calendar_date(year, time::Month::January, 1) else { continue };
        if day >= first && day <= last {
            svg.push_str(&format!(
                "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{year}</text>",
                x(day),
                HEIGHT - 8.0
            ));
        }
    }
    let mut labels: Vec<(f64, String)> = Vec::new();
    for (place, one) in series.iter().enumerate() {
        let mut path = String::new();
        for (at, (day, value)) in one.points.iter().enumerate() {
            if at == 0 {
                path.push_str(&format!("M{:.1},{:.1}", x(*day), y(*value)));
            } else {
                path.push_str(&format!("H{:.1}V{:.1}", x(*day), y(*value)));
            }
        }
        path.push_str(&format!("H{:.1}", WIDTH - RIGHT));
        svg.push_str(&format!("<path class=\"s{}\" d=\"{path}\"/>", place % 8 + 1));
        if let Some((_, value)) = one.points.last() {
            labels.push((y(*value), format!("{} {}", one.name, write(*value))));
        }
    }
    labels.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut free = 0.0_f64;
    for (at, words) in labels {
        // Labels of lines that end close together are moved apart.
        let at = at.max(free);
        free = at + 14.0;
        svg.push_str(&format!(
            "<text class=\"value\" x=\"{}\" y=\"{:.1}\">{}</text>",
            WIDTH - RIGHT + 6.0,
            at + 4.0,
            Html::escape(&words)
        ));
    }
    svg.push_str("</svg>");
    Html(svg)
}

/// A picture with its colours inside, to save and send.
pub fn standalone(picture: &Html) -> String {
    const STYLE: &str = "<style>text{font:12px sans-serif;fill:#56615b}text.value{fill:#17201c}.axis{stroke:#dde2df}path{fill:none;stroke-width:2.5}\
        .s1{stroke:#0b6b4f}.s2{stroke:#b35900;stroke-dasharray:7 3}.s3{stroke:#2b5fa8;stroke-dasharray:2 3}.s4{stroke:#8b3a7d;stroke-dasharray:9 3 2 3}\
        .s5{stroke:#59641a}.s6{stroke:#4d5a55;stroke-dasharray:5 5}.s7{stroke:#a3423c}.s8{stroke:#1f7480;stroke-dasharray:1 3}</style>";
    match picture.0.find("<title") {
        Some(place) => format!("{}{STYLE}{}", &picture.0[..place], &picture.0[place..]),
        None => picture.0.clone(),
    }
}

/// The least round number above a value that four steps divide well.
fn nice(most: i64) -> i64 {
    let mut step = 1_i64;
    loop {
        for factor in [4, 8, 20, 40] {
            match step.checked_mul(factor) {
                Some(top) if top >= most => return top,
                Some(_) => {}
                None => return most,
            }
        }
        match step.checked_mul(10) {
            Some(next) => step = next,
            None => return most,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::nice;

    #[test]
    fn an_axis_ends_on_a_round_number_not_far_above() {
        assert_eq!(nice(1), 4);
        assert_eq!(nice(31), 40);
        assert_eq!(nice(102), 200);
        assert_eq!(nice(i64::MAX), i64::MAX);
        for most in 1..5_000 {
            let top = nice(most);
            assert!(top >= most && top <= most.max(2) * 4 && top % 4 == 0, "{most} {top}");
        }
    }
}
