//! Charts as SVG drawn on the server: they need no script, print, and always stand with their
//! table. Counts change on days, so cumulative series are steps. Each chart is drawn twice, for a
//! wide page and for a phone, because a picture made smaller has letters nobody can read.

use platform::pages::{Html, View};
use time::Date;

mod axis;
mod bars;
mod letters;
mod picture;
mod steps;
mod table;

pub use axis::Scale;
pub use bars::{Bars, bars, bars_picture};
pub use steps::{Steps, steps, steps_picture};

/// What a line or bar stands for; each has its colour and its dashes, so that pledged and
/// realised never share either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hue {
    Pledged,
    Realised,
    Attracted,
    Signed,
}

impl Hue {
    const fn class(self) -> &'static str {
        match self {
            Self::Pledged => "s1",
            Self::Realised => "s2",
            Self::Attracted => "s3",
            Self::Signed => "s4",
        }
    }

    const fn fill(self) -> &'static str {
        match self {
            Self::Pledged => "f1",
            Self::Realised => "f2",
            Self::Attracted => "f3",
            Self::Signed => "f4",
        }
    }
}

/// A cumulative series: what it stands at from each day on. A value that is missing is a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub name: String,
    pub hue: Hue,
    pub points: Vec<(Date, Option<i64>)>,
    /// Where the records behind a value are listed; the day, as 2024-11-11, is put for `{day}`.
    pub records: String,
}

/// How sure a reading is of itself, as the word before the number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shape {
    Exact,
    About,
    AtLeast,
    AtMost,
}

impl Shape {
    const fn sign(self) -> &'static str {
        match self {
            Self::Exact => "●",
            Self::About => "○",
            Self::AtLeast => "▲",
            Self::AtMost => "▼",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Exact => "chart-exact",
            Self::About => "chart-about",
            Self::AtLeast => "chart-at-least",
            Self::AtMost => "chart-at-most",
        }
    }
}

/// What somebody said on a day, set beside the lines as a mark of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub day: Date,
    pub value: i64,
    pub shape: Shape,
    /// The value as it was said: “over HK$60 billion”.
    pub words: String,
    pub source: String,
    pub href: String,
}

/// Readings under one name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    pub name: String,
    pub readings: Vec<Reading>,
}

/// What stands around a chart.
#[derive(Clone, Debug, Default)]
pub struct Around {
    /// Used in ids; letters and hyphens.
    pub id: String,
    pub title: String,
    /// As-at date, known-at date, source, and what must be said with the figures; a line each.
    pub notes: Vec<String>,
    pub picture_href: String,
    pub data_href: String,
    /// Alone on its page: larger, with its table open.
    pub alone: bool,
}

/// How large a chart is drawn, in its own units, of which twelve are the height of a letter.
#[derive(Clone, Copy, Debug)]
struct Frame {
    class: &'static str,
    width: f64,
    height: f64,
}

const HALF: Frame = Frame { class: "wide", width: 560.0, height: 290.0 };
const WHOLE: Frame = Frame { class: "wide", width: 900.0, height: 380.0 };
const PHONE: Frame = Frame { class: "narrow", width: 350.0, height: 300.0 };

/// A drawing without its outermost element, and how high it came out.
struct Drawing {
    body: String,
    width: f64,
    height: f64,
}

impl Drawing {
    fn svg(&self, class: &str, id: &str, title: &str) -> String {
        format!(
            "<svg class=\"{class}\" viewBox=\"0 0 {:.0} {:.0}\" role=\"img\" aria-labelledby=\"{id}-{class}\" xmlns=\"http://www.w3.org/2000/svg\"><title id=\"{id}-{class}\">{}</title>{}</svg>",
            self.width,
            self.height,
            Html::escape(title),
            self.body
        )
    }
}

/// The figure with both its drawings, what is said under it, and the table.
fn figure(view: &View, around: &Around, key: &str, draw: impl Fn(Frame) -> Drawing, table: &str) -> Html {
    let frames = [if around.alone { WHOLE } else { HALF }, PHONE];
    let drawn: String = frames.map(|frame| draw(frame).svg(frame.class, &around.id, &around.title)).concat();
    let notes: String = around.notes.iter().map(|note| format!("<span>{}</span>", Html::escape(note))).collect();
    let key = if key.is_empty() { String::new() } else { format!("<span>{}</span>", Html::escape(key)) };
    let open = if around.alone { " open" } else { "" };
    Html(format!(
        "<figure class=\"chart{alone}\" aria-labelledby=\"{id}-heading\"><h2 id=\"{id}-heading\">{title}</h2>{drawn}\
         <figcaption>{key}{notes}<span class=\"row save\"><a href=\"{picture_href}\" download aria-label=\"{as_picture}{colon}{title}\">{as_picture}</a> <a href=\"{data_href}\" download aria-label=\"{as_data}{colon}{title}\">{as_data}</a></span></figcaption>\
         <details{open}><summary>{heading}</summary>{table}</details></figure>",
        alone = if around.alone { " alone" } else { "" },
        id = around.id,
        title = Html::escape(&around.title),
        colon = view.colon(),
        picture_href = Html::escape(&around.picture_href),
        data_href = Html::escape(&around.data_href),
        as_picture = Html::escape(&view.t("chart-save-picture")),
        as_data = Html::escape(&view.t("chart-save-data")),
        heading = Html::escape(&view.t("chart-table")),
    ))
}
