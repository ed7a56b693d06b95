//! A resemblance in the reader's words: field, both values, how they agree, what that weighs.

use platform::pages::View;
use platform::{Cx, Problem};

use super::{Likely, Resemblance, Verdict};

/// From this probability on, in millionths, it may well be the same.
const PERHAPS: i64 = 100_000;

/// A waterfall as a page shows it.
#[derive(Clone, Debug)]
pub struct Told {
    pub verdict: String,
    pub percent: String,
    pub kin: String,
    pub before: String,
    pub rows: Vec<Row>,
    pub outcome: String,
}

/// One field of a waterfall.
#[derive(Clone, Debug)]
pub struct Row {
    pub field: String,
    pub one: String,
    pub other: String,
    pub level: String,
    pub speaks: String,
    pub bits: String,
    /// How far its bar goes, from `against-8` to `for-8`.
    pub bar: String,
}

pub(crate) fn field_key(field: &str) -> String {
    format!("resemblance-field-{field}")
}

/// The text key of a level, which says itself in English: "same word, other suffix".
pub(crate) fn level_key(level: &str) -> String {
    format!("resemblance-level-{}", level.replace(',', "").replace(' ', "-"))
}

/// What a weight says, for those who don't think in bits.
fn speaks_key(weight: i64) -> &'static str {
    match weight {
        6_000.. => "resemblance-speaks-strongly-for",
        2_000..6_000 => "resemblance-speaks-for",
        300..2_000 => "resemblance-speaks-little-for",
        -299..300 => "resemblance-speaks-neither",
        -2_000..-299 => "resemblance-speaks-little-against",
        -6_000..-2_000 => "resemblance-speaks-against",
        _ => "resemblance-speaks-strongly-against",
    }
}

/// Bits with one decimal and a sign.
pub fn bits(weight: i64) -> String {
    let tenths = (weight.abs() + 50) / 100;
    let sign = if tenths == 0 {
        ""
    } else if weight < 0 {
        "\u{2212}"
    } else {
        "+"
    };
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

fn bar(weight: i64) -> String {
    let steps = ((weight.abs() + 1_000) / 2_000).clamp(0, 8);
    format!("{}-{steps}", if weight < 0 { "against" } else { "for" })
}

/// A share in millionths, never rounded to a certainty that it isn't.
pub fn percent(view: &View, millionths: i64) -> String {
    view.percent(
        (millionths / 100)
            .clamp(if millionths > 0 { 10 } else { 0 }, if millionths < 1_000_000 { 9_990 } else { 10_000 }),
    )
}

/// What a pair is taken for. Where too little is known to say, unlike is not said of what is alike so far.
pub fn verdict(view: &View, found: &Resemblance) -> String {
    if found.is_asked_by_website() {
        return view.t("resemblance-verdict-website");
    }
    let perhaps = found.verdict == Verdict::Different && found.probability >= PERHAPS;
    view.t(if perhaps { "resemblance-verdict-perhaps" } else { found.verdict.key() })
}

/// What a record says of a field, in words: a country by its name, several values listed as the reader's language does.
fn value(view: &View, field: &str, said: &str) -> String {
    let words = said.split(", ").map(|part| match field {
        "country" => view.code_written("jurisdiction", part),
        _ => part.to_owned(),
    });
    view.list(words)
}

pub fn told(view: &View, found: &Resemblance) -> Told {
    let sum: i64 = found.waterfall.reasons.iter().map(|reason| reason.weight).sum();
    Told {
        verdict: verdict(view, found),
        percent: percent(view, found.probability),
        kin: percent(view, found.kin),
        before: bits(found.waterfall.before),
        rows: found
            .waterfall
            .reasons
            .iter()
            .map(|reason| Row {
                field: view.t(&field_key(&reason.field)),
                one: value(view, &reason.field, &reason.one),
                other: value(view, &reason.field, &reason.other),
                level: view.t(&level_key(&reason.level)),
                speaks: view.t(speaks_key(reason.weight)),
                bits: bits(reason.weight),
                bar: bar(reason.weight),
            })
            .collect(),
        outcome: bits(found.waterfall.before + sum),
    }
}

/// The reasons that weigh most, in a line: "name: equal in Latin letters (+12.3)".
pub fn line(view: &View, found: &Resemblance) -> String {
    let mut reasons: Vec<_> = found.waterfall.reasons.iter().filter(|reason| reason.weight.abs() >= 300).collect();
    reasons.sort_by_key(|reason| -reason.weight.abs());
    let told = reasons.into_iter().take(4).map(|reason| {
        let (field, level) = (view.t(&field_key(&reason.field)), view.t(&level_key(&reason.level)));
        view.tn("resemblance-in-line", &[("field", field), ("level", level), ("bits", bits(reason.weight))])
    });
    told.collect::<Vec<_>>().join("; ")
}

/// Those that stand in the way of registering another, each with why.
pub(crate) fn reasons(cx: &Cx, likely: &[Likely]) -> Vec<Problem> {
    let view = cx.view();
    let problem = |one: &Likely| {
        let mut args = vec![
            ("name".to_owned(), one.enterprise.name.clone()),
            ("reference".to_owned(), one.enterprise.reference.clone()),
        ];
        let key = match (one.equal, &one.resemblance) {
            (Some(key), _) => key,
            (None, Some(found)) => {
                args.push(("percent".to_owned(), percent(&view, found.probability)));
                args.push(("reasons".to_owned(), line(&view, found)));
                "resembles-likely"
            }
            (None, None) => "resembles-name",
        };
        Problem { field: one.enterprise.id.to_string(), key: key.to_owned(), args }
    };
    likely.iter().map(problem).collect()
}
