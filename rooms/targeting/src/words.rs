//! Measures, units and values in the reader's words, shared by the room's nouns.

use platform::pages::{Html, View};
use platform::units::narrow;
use platform::web::encode;
use screening::{Measure, Source, Unit, Value, Wrong};

/// The tabs of the room: by address, the present one marked.
pub(crate) fn tabs(view: &View, present: &str) -> Html {
    let all = [
        ("targets", "/targets", "targets-heading"),
        ("screenings", "/targets/screenings", "screenings-heading"),
        ("criteria", "/targets/criteria", "criteria-heading"),
        ("universe", "/targets/universe", "universe-heading"),
    ];
    let items: String = all
        .iter()
        .map(|(name, href, key)| {
            let current = if *name == present { " aria-current=\"page\"" } else { "" };
            format!("<li><a href=\"{href}\"{current}>{}</a></li>", Html::escape(&view.t(key)))
        })
        .collect();
    Html(format!("<ul class=\"tabs\">{items}</ul>"))
}

/// A key of the universe as a step of an address.
pub(crate) fn path(id: &str) -> String {
    encode(id)
}

pub(crate) fn measure_key(measure: Measure) -> String {
    format!("fact-{}", measure.name().replace('_', "-"))
}

pub(crate) fn measure(view: &View, measure: Measure) -> String {
    view.t(&measure_key(measure))
}

pub(crate) fn factor_key(factor: screening::Factor) -> String {
    format!("factor-{}", factor.name().replace('_', "-"))
}

/// A value with its unit.
pub(crate) fn value(view: &View, measure: Measure, value: &Value) -> String {
    match value {
        Value::Code(code) => self::code(view, measure, code),
        Value::Number(number) => self::number(view, measure, *number),
    }
}

pub(crate) fn code(view: &View, measure: Measure, code: &str) -> String {
    let listed = |list: &str, code: &str| {
        if view.codes(list).iter().any(|known| known.code == code) { view.code(list, code) } else { code.to_owned() }
    };
    match measure.unit() {
        // The pack names countries by codes of its own, and keeps ISO's beside them.
        Unit::Country => {
            let folded = code.to_lowercase();
            let known =
                view.codes("jurisdiction").into_iter().find(|one| one.aliases.lines().any(|alias| alias == folded));
            known.map_or_else(|| code.to_owned(), |one| view.code("jurisdiction", &one.code))
        }
        Unit::Status if code == "active" => view.t("company-active"),
        Unit::Status => view.t("company-ended"),
        Unit::Category => category_key(code).map_or_else(|| code.to_owned(), |key| view.t(key)),
        Unit::Exchange if code == "none" => view.t("company-unlisted"),
        Unit::Exchange => listed("exchange", code),
        Unit::Position => listed(crate::chain::PLACES, code),
        Unit::Isic => {
            let division = listed("isic", code.get(..2).unwrap_or(code));
            if division.starts_with(|c: char| c.is_ascii_digit()) {
                code.to_owned()
            } else {
                format!("{code} {division}")
            }
        }
        _ => code.to_owned(),
    }
}

/// Whether the office's lists know a code as companies are narrowed by it: a country by ISO's two letters, an industry by
/// its first digits.
pub(crate) fn is_listed(view: &View, measure: Measure, code: &str) -> bool {
    let listed = |list: &str| view.codes(list).iter().any(|known| known.code == code);
    match measure.unit() {
        Unit::Country => {
            let folded = code.to_lowercase();
            let is = |aliases: &str| aliases.lines().any(|alias| alias == folded);
            code.len() == 2 && view.codes("jurisdiction").iter().any(|known| is(&known.aliases))
        }
        Unit::Exchange => code == "none" || listed("exchange"),
        Unit::Position => listed(crate::chain::PLACES),
        Unit::Isic => {
            let division = code.get(..2).unwrap_or(code);
            code.bytes().all(|byte| byte.is_ascii_digit())
                && view.codes("isic").iter().any(|known| known.code.starts_with(division))
        }
        _ => false,
    }
}

fn category_key(code: &str) -> Option<&'static str> {
    Some(match code {
        "general" => "company-general",
        "fund" => "company-fund",
        "branch" => "company-branch",
        "sole_proprietor" => "company-sole-proprietor",
        "government" => "company-government",
        "international" => "company-international",
        _ => return None,
    })
}

pub(crate) fn number(view: &View, measure: Measure, number: i64) -> String {
    let counted = |key: &str| view.t1(key, "n", view.number(number));
    match measure.unit() {
        Unit::BasisPoints => view.percent(number),
        Unit::ThousandDollars => view.money_exact(number.saturating_mul(100_000), "USD"),
        Unit::Year => number.to_string(),
        Unit::Steps => counted("counted-steps"),
        Unit::Neighbours => counted("counted-neighbours"),
        Unit::Families => counted("counted-families"),
        Unit::Countries => counted("counted-countries"),
        Unit::Offices => counted("counted-offices"),
        _ => counted("counted-people"),
    }
}

/// How a measure's numbers are typed: digits behind the point, and the text key of the unit.
pub(crate) fn typed_unit(measure: Measure) -> (u32, &'static str) {
    match measure.unit() {
        Unit::BasisPoints => (2, "typed-percent"),
        Unit::ThousandDollars => (3, "typed-million-dollars"),
        Unit::Year => (0, "typed-year"),
        Unit::Steps => (0, "typed-steps"),
        Unit::Neighbours => (0, "typed-neighbours"),
        Unit::Families => (0, "typed-families"),
        Unit::Countries => (0, "typed-countries"),
        Unit::Offices => (0, "typed-offices"),
        _ => (0, "typed-people"),
    }
}

/// What codes of a measure look like.
pub(crate) fn codes_hint(measure: Measure) -> &'static str {
    match measure.unit() {
        Unit::Country => "codes-country-hint",
        Unit::Status => "codes-status-hint",
        Unit::Category => "codes-category-hint",
        Unit::Exchange => "codes-exchange-hint",
        Unit::Isic => "codes-isic-hint",
        _ => "codes-place-hint",
    }
}

/// A whole number written with so many digits behind the point, zeros at the end left off.
pub(crate) fn plain(number: i64, digits: u32) -> String {
    if digits == 0 {
        return number.to_string();
    }
    let scale = 10_u64.pow(digits);
    let size = number.unsigned_abs();
    let sign = if number < 0 { "-" } else { "" };
    let rest = format!("{:0width$}", size % scale, width = digits as usize);
    let rest = rest.trim_end_matches('0');
    let point = if rest.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{rest}", size / scale)
}

/// What `plain` writes, and what people type: blanks and thousands' commas are passed over. None where it is no such
/// number, or has more digits behind the point.
pub(crate) fn read_plain(text: &str, digits: u32) -> Option<i64> {
    let text: String = narrow(text).chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '_' | '%')).collect();
    let (negative, text) = text.strip_prefix('-').map_or((false, text.as_str()), |rest| (true, rest));
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = digits as usize;
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && rest.is_empty() || !plain(whole) || !plain(rest) || rest.len() > digits {
        return None;
    }
    let number: i64 = format!("{whole}{rest:0<digits$}").parse().ok()?;
    Some(if negative { -number } else { number })
}

/// Points as a share: 625,000 is 62.5.
pub(crate) fn points(points: u32) -> String {
    plain(i64::from(points), 4)
}

/// As `points`, with one digit behind the point: for reading, not for typing.
pub(crate) fn points_short(points: u32) -> String {
    plain(i64::from(points) / 1_000, 1)
}

/// A total as a share of all points, in per cent with two digits.
pub(crate) fn share(view: &View, total: i64, full: i64) -> String {
    let basis_points = i128::from(total) * 10_000 / i128::from(full.max(1));
    view.percent(i64::try_from(basis_points).unwrap_or(0))
}

/// A source by its title, where the universe knows one.
pub(crate) fn source(sources: &[Source], name: &str) -> String {
    let known = sources.iter().find(|source| source.name == name).map(|source| source.title.clone());
    known.filter(|title| !title.is_empty()).unwrap_or_else(|| name.to_owned())
}

pub(crate) fn wrong_key(wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Missing => "criteria-problem-missing",
        Wrong::TooLong => "criteria-problem-too-long",
        Wrong::TooMany => "criteria-problem-too-many",
        Wrong::Twice => "criteria-problem-twice",
        Wrong::Key => "criteria-problem-key",
        Wrong::TooHigh => "criteria-problem-too-high",
        Wrong::Range => "criteria-problem-range",
        Wrong::NotAbove => "criteria-problem-not-above",
        Wrong::NotRising => "criteria-problem-not-rising",
        Wrong::NeedsNumber => "criteria-problem-needs-number",
        Wrong::NeedsCode => "criteria-problem-needs-code",
        Wrong::Code => "criteria-problem-code",
        Wrong::NoWeight => "criteria-problem-no-weight",
    }
}

#[cfg(test)]
mod tests {
    use super::{plain, read_plain};

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for (number, digits, text) in
            [(1_250, 2, "12.5"), (-5, 2, "-0.05"), (7_000, 3, "7"), (42, 0, "42"), (0, 4, "0")]
        {
            assert_eq!(plain(number, digits), text);
            assert_eq!(read_plain(text, digits), Some(number));
        }
        assert_eq!(read_plain("1,200.5 %", 2), Some(120_050));
        assert_eq!(read_plain("１，２００．５％", 2), Some(120_050));
        for wrong in ["", "-", ".", "1.234", "x", "1.2.3", "99999999999999999999"] {
            assert_eq!(read_plain(wrong, 2), None, "{wrong}");
        }
    }
}
