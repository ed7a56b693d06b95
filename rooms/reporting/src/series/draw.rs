//! From figures to charts: which lines and bars belong together, and what is said around them.

use platform::pages::View;
use platform::{Cx, Result};
use projects::figures::{AsOf, Dimension, Measure};
use time::Date;
use ui::charts::{Around, Bars, Hue, Reading, Readings, Scale, Series, Shape, Steps};

use super::{Line, Said};
use crate::figures::key;
use crate::published::pages::value_in_words;

/// The charts there are, in the order of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chart {
    Investment,
    Jobs,
    Enterprises,
    Cut(Dimension),
}

impl Chart {
    pub const ALL: [Self; 5] = [
        Self::Investment,
        Self::Jobs,
        Self::Enterprises,
        Self::Cut(Dimension::Industry),
        Self::Cut(Dimension::ReportingOrigin),
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Investment => "investment",
            Self::Jobs => "jobs",
            Self::Enterprises => "enterprises",
            Self::Cut(Dimension::ReportingOrigin) => "origin",
            Self::Cut(by) => by.code(),
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|chart| chart.code() == code)
    }

    pub const fn key(self) -> &'static str {
        match self {
            Self::Investment => "chart-investment",
            Self::Jobs => "chart-jobs",
            Self::Enterprises => "chart-enterprises",
            Self::Cut(Dimension::ReportingOrigin) => "chart-origin",
            Self::Cut(_) => "chart-industry",
        }
    }

    const fn lines(self) -> &'static [(Measure, Hue)] {
        match self {
            Self::Investment => {
                &[(Measure::InvestmentPledged, Hue::Pledged), (Measure::InvestmentRealised, Hue::Realised)]
            }
            Self::Jobs => &[(Measure::JobsPledged, Hue::Pledged), (Measure::JobsRealised, Hue::Realised)],
            _ => &[(Measure::EnterprisesAttracted, Hue::Attracted), (Measure::PartnersSigned, Hue::Signed)],
        }
    }
}

/// What a chart by group shows: a count, or what was pledged beside what was realised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Subject {
    #[default]
    Attracted,
    Signed,
    Investment,
    Jobs,
}

impl Subject {
    pub const ALL: [Self; 4] = [Self::Attracted, Self::Signed, Self::Investment, Self::Jobs];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Attracted => "attracted",
            Self::Signed => "signed",
            Self::Investment => "investment",
            Self::Jobs => "jobs",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.code() == code)
    }

    pub const fn key(self) -> &'static str {
        match self {
            Self::Attracted => "metric-enterprises-attracted",
            Self::Signed => "metric-partners-signed",
            Self::Investment => "chart-subject-investment",
            Self::Jobs => "chart-subject-jobs",
        }
    }

    /// What its bars measure.
    pub fn measures(self) -> impl Iterator<Item = Measure> {
        self.bars().iter().map(|(measure, _)| *measure)
    }

    const fn bars(self) -> &'static [(Measure, Hue)] {
        match self {
            Self::Attracted => &[(Measure::EnterprisesAttracted, Hue::Attracted)],
            Self::Signed => &[(Measure::PartnersSigned, Hue::Signed)],
            Self::Investment => Chart::Investment.lines(),
            Self::Jobs => Chart::Jobs.lines(),
        }
    }
}

/// What was asked for in the address.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub as_of: AsOf,
    /// What was given for “as known at”, if anything was: as the address has it, and the day if it
    /// means the end of one.
    pub known: Option<(String, Option<Date>)>,
    pub subject: Subject,
    /// The address's part with these, for the files of a chart.
    pub query: String,
}

impl Asked {
    /// The part of an address that says as known when, if that was given.
    fn known(&self) -> String {
        let address = |(given, _): &(String, Option<Date>)| format!("&known_at={}", platform::web::encode(given));
        self.known.as_ref().map_or_else(String::new, address)
    }
}

/// What a chart is drawn from.
pub(crate) enum Drawn {
    Steps(Box<Steps>, Vec<(Line, Vec<Said>)>),
    Bars(Box<Bars>),
}

/// A value of a unit in the reader's words, to the last digit.
pub(crate) fn words(view: &View, value: i64, unit: &str) -> String {
    match unit {
        "count" => view.number(value),
        currency if currency.len() == 3 => view.money_exact(value, currency),
        unit => view.amount(value, unit),
    }
}

/// As [`words`], short enough to stand in a chart: a rounded amount says that it is.
pub(crate) fn short_words(view: &View, value: i64, unit: &str) -> String {
    let exact = words(view, value, unit);
    match unit {
        "count" | "jobs" => exact,
        currency if currency.len() == 3 => {
            let short = view.money_short(value, currency);
            let shorter = short.words.chars().count() < exact.chars().count();
            if shorter && !short.exact { view.t1("said-about", "value", short.words) } else { exact }
        }
        _ => exact,
    }
}

/// The unit a chart's values have.
pub(crate) fn unit_of(cx: &Cx, chart: Chart, subject: Subject) -> String {
    let measures = if let Chart::Cut(_) = chart { subject.bars() } else { chart.lines() };
    measures.first().map_or_else(String::new, |(measure, _)| projects::figures::unit(cx, *measure))
}

fn scale(view: &View, unit: &str, most: i64) -> Scale {
    let (divisor, words) = match unit {
        "count" => (1, view.t("chart-axis-enterprises")),
        "jobs" => (1, view.t("chart-axis-jobs")),
        currency => view.money_scale(most, currency),
    };
    Scale { divisor, words }
}

const fn shape(comparator: &str) -> Shape {
    match comparator.as_bytes() {
        b"about" => Shape::About,
        b"over" | b"at_least" | b"range_low" => Shape::AtLeast,
        b"nearly" | b"range_high" => Shape::AtMost,
        _ => Shape::Exact,
    }
}

/// Reads and puts together a chart.
pub(crate) async fn chart(cx: &mut Cx, view: &View, chart: Chart, asked: &Asked) -> Result<Drawn> {
    match chart {
        Chart::Cut(by) => bars(cx, view, by, asked).await,
        chart => steps(cx, view, chart, asked).await,
    }
}

async fn steps(cx: &mut Cx, view: &View, chart: Chart, asked: &Asked) -> Result<Drawn> {
    let mut lines = Vec::new();
    for (measure, _) in chart.lines() {
        let line = super::line(cx, asked.as_of, *measure).await?;
        let said = super::said(cx, asked.as_of, *measure).await?;
        lines.push((line, said));
    }
    let series = lines
        .iter()
        .zip(chart.lines())
        .map(|((line, _), (measure, hue))| Series {
            name: view.t(&key(*measure)),
            hue: *hue,
            points: line.points.iter().map(|point| (point.day, Some(point.value))).collect(),
            records: format!("/figures/records?metric={}&as_at={{day}}{}", measure.code(), asked.known()),
        })
        .collect();
    // One published series to a chart: what the first line counts, so that no mark is taken for
    // another line's.
    let readings = lines.first().filter(|(_, said)| !said.is_empty()).map(|(line, said)| Readings {
        name: view.t1("chart-published", "name", view.t(&key(line.measure))),
        readings: said.iter().map(|one| reading(view, one)).collect(),
    });
    let values = lines
        .iter()
        .flat_map(|(line, said)| line.points.iter().map(|point| point.value).chain(said.iter().map(|one| one.value)));
    let unit = unit_of(cx, chart, asked.subject);
    let steps = Steps {
        scale: scale(view, &unit, values.max().unwrap_or_default()),
        series,
        readings,
        until: Some(asked.as_of.as_at),
    };
    Ok(Drawn::Steps(Box::new(steps), lines))
}

fn reading(view: &View, said: &Said) -> Reading {
    Reading {
        day: said.figure.as_at,
        value: said.value,
        shape: shape(&said.figure.comparator),
        words: value_in_words(view, &said.figure),
        source: said.figure.source.clone(),
        href: format!("/figures/published/{}", said.figure.id),
    }
}

async fn bars(cx: &mut Cx, view: &View, by: Dimension, asked: &Asked) -> Result<Drawn> {
    let measures = asked.subject.bars();
    let mut groups: Vec<(Option<String>, String, Vec<Option<i64>>)> = Vec::new();
    for (place, (measure, _)) in measures.iter().enumerate() {
        for (name, group) in super::parts(cx, asked.as_of, *measure, by).await?.groups {
            let held = match groups.iter().position(|(code, ..)| *code == group.code) {
                Some(held) => held,
                None => {
                    groups.push((group.code.clone(), name, vec![None; measures.len()]));
                    groups.len() - 1
                }
            };
            groups[held].2[place] = Some(group.value);
        }
    }
    // What is not stated stands last, however large.
    groups.sort_by_key(|(code, ..)| code.is_none());
    let unit = unit_of(cx, Chart::Cut(by), asked.subject);
    let most = groups.iter().flat_map(|(_, _, values)| values.iter().flatten().copied()).max();
    Ok(Drawn::Bars(Box::new(Bars {
        series: measures.iter().map(|(measure, hue)| (name_of(view, *measure, asked.subject), *hue)).collect(),
        records: groups.iter().map(|(code, ..)| records_of(by, code.as_deref(), asked)).collect(),
        groups: groups.into_iter().map(|(_, name, values)| (name, values)).collect(),
        heading: view.t(match by {
            Dimension::ReportingOrigin => "chart-heading-origin",
            _ => "chart-heading-industry",
        }),
        scale: scale(view, &unit, most.unwrap_or_default()),
    })))
}

/// Where the records behind the bars of a group are listed.
fn records_of(by: Dimension, code: Option<&str>, asked: &Asked) -> Vec<String> {
    let code = platform::web::encode(code.unwrap_or("not_stated"));
    let dates = format!("as_at={}{}", asked.as_of.as_at, asked.known());
    let measures = asked.subject.measures();
    measures
        .map(|measure| format!("/figures/crosstab/records?measure={}&{}={code}&{dates}", measure.code(), by.code()))
        .collect()
}

/// In a chart of pledged beside realised, that word alone: the title says of what.
fn name_of(view: &View, measure: Measure, subject: Subject) -> String {
    match (subject, measure) {
        (Subject::Attracted | Subject::Signed, measure) => view.t(&key(measure)),
        (_, Measure::InvestmentPledged | Measure::JobsPledged) => view.t("basis-pledged"),
        _ => view.t("basis-realised"),
    }
}

/// What stands around a chart: title, dates, source, and what must be said with it.
pub(crate) fn around(view: &View, chart: Chart, asked: &Asked, drawn: &Drawn, partial: bool, alone: bool) -> Around {
    let title = match chart {
        Chart::Cut(_) => view.t1(chart.key(), "subject", view.t(asked.subject.key())),
        _ => view.t(chart.key()),
    };
    let day = view.date(asked.as_of.as_at);
    let mut notes = vec![match &asked.known {
        Some((_, Some(known))) => view.t2("chart-dates-known", "day", day, "known", view.date(*known)),
        Some((_, None)) => view.t2("dates-known", "day", day, "known", view.at(asked.as_of.known_at)),
        None => view.t1("chart-dates", "day", day),
    }];
    notes.push(view.t1("chart-source-register", "office", &view.office));
    if let Drawn::Steps(steps, _) = drawn
        && steps.readings.is_some()
    {
        notes.push(view.t("chart-source-published"));
    }
    if let Chart::Cut(Dimension::Industry) = chart {
        notes.push(view.t("chart-note-industry"));
    }
    if partial {
        notes.push(view.t("figures-scope-partial"));
    }
    let file = |ending: &str| format!("/figures/charts/{}.{ending}?{}", chart.code(), asked.query);
    Around {
        id: format!("chart-{}", chart.code()),
        title,
        notes,
        picture_href: file("svg"),
        data_href: file("csv"),
        alone,
    }
}
