//! The figures of a chart as a table, always beneath it.

use platform::pages::{Html, View};
use time::Date;

use super::{Around, Bars, Steps};

/// More days than this are told by month: the data file has them all.
const MOST_DAYS: usize = 60;

pub(super) fn of_steps(view: &View, around: &Around, chart: &Steps, write: &impl Fn(i64) -> String) -> String {
    let mut days: Vec<Date> = chart.series.iter().flat_map(|one| one.points.iter().map(|(day, _)| *day)).collect();
    days.sort();
    days.dedup();
    let all = days.len();
    if all > MOST_DAYS {
        let months = |day: &Date| (day.year(), day.month());
        let mut last: Vec<Date> = Vec::new();
        for day in days {
            match last.last_mut() {
                Some(held) if months(&*held) == months(&day) => *held = day,
                _ => last.push(day),
            }
        }
        days = last;
    }
    let mut html = String::new();
    if !days.is_empty() {
        let head: Vec<(String, bool)> = std::iter::once((view.t("chart-day"), false))
            .chain(chart.series.iter().map(|one| (one.name.clone(), true)))
            .collect();
        let rows = days.iter().map(|day| {
            let cells = chart.series.iter().map(|one| {
                let held = one.points.iter().rev().find(|(at, _)| at <= day).and_then(|(_, value)| *value);
                (linked(held, &one.records.replace("{day}", &day.to_string()), write), true)
            });
            std::iter::once((view.day(*day).0, false)).chain(cells).collect()
        });
        html.push_str(&table(&around.title, true, &head, rows));
        if all > MOST_DAYS {
            html.push_str(&format!("<p class=\"muted small\">{}</p>", Html::escape(&view.t("chart-table-months"))));
        }
    }
    if let Some(said) = &chart.readings {
        let head = [(view.t("chart-day"), false), (said.name.clone(), true), (view.t("chart-source"), false)];
        let rows = said.readings.iter().map(|one| {
            let value = format!("<a href=\"{}\">{}</a>", Html::escape(&one.href), Html::escape(&one.words));
            vec![(view.day(one.day).0, false), (value, true), (Html::escape(&one.source).0, false)]
        });
        html.push_str(&table(&view.labelled(&around.title, &said.name), true, &head, rows));
    }
    if html.is_empty() { format!("<p class=\"muted\">{}</p>", Html::escape(&view.t("chart-nothing"))) } else { html }
}

pub(super) fn of_bars(view: &View, around: &Around, chart: &Bars, write: &impl Fn(i64) -> String) -> String {
    let head: Vec<(String, bool)> = std::iter::once((chart.heading.clone(), false))
        .chain(chart.series.iter().map(|(name, _)| (name.clone(), true)))
        .collect();
    let rows = chart.groups.iter().enumerate().map(|(place, (name, values))| {
        let records = chart.records.get(place).map_or(&[][..], Vec::as_slice);
        let cells = values
            .iter()
            .enumerate()
            .map(|(at, value)| (linked(*value, records.get(at).map_or("", String::as_str), write), true));
        std::iter::once((Html::escape(name).0, false)).chain(cells).collect()
    });
    if chart.groups.is_empty() {
        return format!("<p class=\"muted\">{}</p>", Html::escape(&view.t("chart-nothing")));
    }
    table(&around.title, false, &head, rows)
}

/// A value in words, leading to the records behind it.
fn linked(value: Option<i64>, href: &str, write: &impl Fn(i64) -> String) -> String {
    match value {
        Some(value) if !href.is_empty() => {
            format!("<a href=\"{}\">{}</a>", Html::escape(href), Html::escape(&write(value)))
        }
        Some(value) => Html::escape(&write(value)).0,
        None => "–".to_owned(),
    }
}

/// A table whose first column heads its rows. Cells are escaped already; heads are not.
fn table(
    label: &str,
    by_day: bool,
    head: &[(String, bool)],
    rows: impl Iterator<Item = Vec<(String, bool)>>,
) -> String {
    let number = |is: bool| if is { " class=\"number\"" } else { "" };
    let head: String = head
        .iter()
        .map(|(words, is)| format!("<th scope=\"col\"{}>{}</th>", number(*is), Html::escape(words)))
        .collect();
    let body: String = rows
        .map(|cells| {
            let cells: String = cells
                .iter()
                .enumerate()
                .map(|(place, (words, is))| match place {
                    0 => format!("<th scope=\"row\"{}>{words}</th>", if by_day { " class=\"nowrap\"" } else { "" }),
                    _ => format!("<td{}>{words}</td>", number(*is)),
                })
                .collect();
            format!("<tr>{cells}</tr>")
        })
        .collect();
    format!(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>",
        Html::escape(label)
    )
}
