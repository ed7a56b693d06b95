//! Dates, numbers and money as a reader of each language writes them.

use time::Date;

use crate::clock::{At, Zone};
use crate::text::Language;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `11 Nov 2024`, `2024年11月11日`.
pub fn date(language: Language, day: Date) -> String {
    match language {
        Language::English => {
            let month = MONTHS[usize::from(u8::from(day.month())) - 1];
            format!("{} {month} {}", day.day(), day.year())
        }
        _ => format!("{}年{}月{}日", day.year(), u8::from(day.month()), day.day()),
    }
}

/// `11 Nov 2024, 09:05`, in the office's time.
pub fn at(language: Language, at: At, zone: &Zone) -> String {
    let (day, hour, minute) = zone.local(at);
    let gap = if language == Language::English { ", " } else { " " };
    format!("{}{gap}{hour:02}:{minute:02}", date(language, day))
}

/// Several things in a row: `one, two`, `一、二`.
pub fn list<T: AsRef<str>>(language: Language, items: impl IntoIterator<Item = T>) -> String {
    let mut written = String::new();
    for item in items {
        if !written.is_empty() {
            written.push_str(if language == Language::English { ", " } else { "、" });
        }
        written.push_str(item.as_ref());
    }
    written
}

/// Somebody's own words: `“…”`, `「…」`.
pub fn quoted(language: Language, words: &str) -> String {
    match language {
        Language::Traditional => format!("「{words}」"),
        _ => format!("“{words}”"),
    }
}

/// What stands between a label and what it labels.
pub fn colon(language: Language) -> &'static str {
    if language == Language::English { ": " } else { "：" }
}

/// A remark beside words: `from (%)`, `起點（%）`.
pub fn bracketed(language: Language, words: &str, remark: &str) -> String {
    match language {
        Language::English => format!("{words} ({remark})"),
        _ => format!("{words}（{remark}）"),
    }
}

/// `1,234,567`.
pub fn number(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0 {
        grouped.push('-');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A whole number of the smallest units, written with its decimals: `scaled(123450, 2)` is `1,234.50`.
pub fn scaled(value: i64, decimals: u32) -> String {
    let unit = 10_i64.pow(decimals.min(18));
    let whole = number((value / unit).abs());
    let sign = if value < 0 { "-" } else { "" };
    match decimals {
        0 => number(value),
        decimals => format!("{sign}{whole}.{:0width$}", (value % unit).abs(), width = decimals as usize),
    }
}

/// As [`scaled`], without decimals that are all noughts.
pub fn scaled_short(value: i64, decimals: u32) -> String {
    let text = scaled(value, decimals);
    match text.split_once('.') {
        Some((whole, rest)) => match rest.trim_end_matches('0') {
            "" => whole.to_owned(),
            rest => format!("{whole}.{rest}"),
        },
        None => text,
    }
}

/// A number as it is kept, such as `-12500.5`, with its thousands apart.
pub fn decimal(kept: &str) -> String {
    let (sign, digits) = kept.strip_prefix('-').map_or(("", kept), |digits| ("-", digits));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), number);
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{rest}") }
}

/// A share in basis points: `3333` is `33.3%`.
pub fn percent(basis_points: i64) -> String {
    let tenths = (basis_points.abs() * 2 + 10) / 20;
    let sign = if basis_points < 0 { "-" } else { "" };
    if tenths % 10 == 0 { format!("{sign}{}%", tenths / 10) } else { format!("{sign}{}.{}%", tenths / 10, tenths % 10) }
}

fn currency_sign(language: Language, currency: &str) -> String {
    match (language, currency) {
        (Language::English, "HKD") => "HK$".to_owned(),
        (Language::English, "USD") => "US$".to_owned(),
        (Language::English, "GBP") => "£".to_owned(),
        (Language::English, "EUR") => "€".to_owned(),
        (Language::English, code) => format!("{code} "),
        (_, _) => String::new(),
    }
}

fn currency_word(language: Language, currency: &str) -> String {
    let (traditional, simplified) = match currency {
        "HKD" => ("港元", "港元"),
        "USD" => ("美元", "美元"),
        "CNY" => ("元人民幣", "元人民币"),
        "GBP" => ("英鎊", "英镑"),
        "EUR" => ("歐元", "欧元"),
        "JPY" => ("日圓", "日元"),
        code => (code, code),
    };
    match language {
        Language::Traditional => traditional.to_owned(),
        _ => simplified.to_owned(),
    }
}

/// Money in full: `HK$1,234.50`, `1,234.50港元`. `decimals` is the currency's.
pub fn money(language: Language, minor: i64, currency: &str, decimals: u32) -> String {
    let amount = scaled_short(minor.checked_abs().unwrap_or(i64::MAX), decimals);
    let sign = if minor < 0 { "-" } else { "" };
    match language {
        Language::English => format!("{sign}{}{amount}", currency_sign(language, currency)),
        _ => format!("{sign}{amount}{}", currency_word(language, currency)),
    }
}

/// An amount in a headline's words, and whether they say all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    pub words: String,
    /// Whether nothing was rounded away.
    pub exact: bool,
}

/// Money as a headline says it: `HK$42 billion`, `420億港元`. Two decimals of the big unit at most,
/// rounded half up.
pub fn money_short(language: Language, minor: i64, currency: &str, decimals: u32) -> Short {
    let sign = if minor < 0 { "-" } else { "" };
    let amount = i128::from(minor.unsigned_abs());
    let major = 10_i128.pow(decimals.min(18));
    // The largest unit of which there is one at least.
    let found = big_units(language).iter().find_map(|(unit, word)| {
        let step = unit * major;
        let rounded = (amount * 200 + step) / (step * 2);
        (amount >= step).then(|| (rounded, amount * 100 == rounded * step, *word))
    });
    let Some((rounded, exact, word)) = found else {
        return Short { words: money(language, minor, currency, decimals), exact: true };
    };
    let words = match language {
        Language::English => format!("{sign}{}{} {word}", currency_sign(language, currency), hundredths(rounded)),
        _ => format!("{sign}{}{word}{}", hundredths(rounded), currency_word(language, currency)),
    };
    Short { words, exact }
}

/// The units that large amounts of money are told in, largest first.
const fn big_units(language: Language) -> &'static [(i128, &'static str)] {
    match language {
        Language::English => &[(1_000_000_000, "billion"), (1_000_000, "million")],
        Language::Traditional => &[(100_000_000, "億"), (10_000, "萬")],
        Language::Simplified => &[(100_000_000, "亿"), (10_000, "万")],
    }
}

/// Money as its source printed it, in thousandths of so many of the currency's own unit: 61,568 of
/// a million is `HK$61,568 million`. Chinese says the same amount, exactly, in its own steps.
pub fn money_printed(language: Language, thousandths: i64, scale: i64, currency: &str, decimals: u32) -> String {
    let own = || {
        let minor = i128::from(thousandths) * i128::from(scale) * 10_i128.pow(decimals.min(18));
        (minor % 1_000 == 0).then(|| i64::try_from(minor / 1_000).ok()).flatten()
    };
    let sign = if thousandths < 0 { "-" } else { "" };
    let amount = scaled_short(thousandths.checked_abs().unwrap_or(i64::MAX), 3);
    let word = big_units(Language::English).iter().find(|(unit, _)| *unit == i128::from(scale)).map(|(_, word)| *word);
    match (language, word, own()) {
        (Language::English, Some(word), _) => format!("{sign}{}{amount} {word}", currency_sign(language, currency)),
        (Language::English, None, _) => format!("{sign}{}{amount}", currency_sign(language, currency)),
        (_, _, Some(minor)) => money_exact(language, minor, currency, decimals),
        (_, _, None) => format!("{sign}{amount} {currency} × {}", number(scale)),
    }
}

/// Money for a table: as [`money_short`] where nothing is lost by it, else in the next smaller unit
/// or in full, so that cells add up to their totals.
pub fn money_exact(language: Language, minor: i64, currency: &str, decimals: u32) -> String {
    let short = money_short(language, minor, currency, decimals);
    if short.exact {
        return short.words;
    }
    let amount = i128::from(minor.unsigned_abs()) * 100;
    let [_, (small, word)] = big_units(language) else { return money(language, minor, currency, decimals) };
    let step = small * 10_i128.pow(decimals.min(18));
    if amount < step * 100 || amount % step != 0 {
        return money(language, minor, currency, decimals);
    }
    let sign = if minor < 0 { "-" } else { "" };
    let amount = hundredths(amount / step);
    match language {
        Language::English => format!("{sign}{}{amount} {word}", currency_sign(language, currency)),
        _ => format!("{sign}{amount}{word}{}", currency_word(language, currency)),
    }
}

/// The unit that an axis of money counts in, for values up to `most`: how many minor units make
/// one of it, and its words: `HK$ billion`, `億港元`.
pub fn money_scale(language: Language, most: i64, currency: &str, decimals: u32) -> (i64, String) {
    let minor = 10_i64.pow(decimals.min(8));
    let major = most.saturating_abs() / minor;
    let steps: &[(i64, &str)] = match language {
        Language::English => &[(1_000_000_000, "billion"), (1_000_000, "million")],
        Language::Traditional => &[(100_000_000, "億"), (10_000, "萬")],
        Language::Simplified => &[(100_000_000, "亿"), (10_000, "万")],
    };
    let step = steps.iter().find(|(step, _)| major >= *step);
    let (divisor, word) = step.map_or((minor, ""), |(step, word)| (step.saturating_mul(minor), *word));
    let words = match language {
        Language::English => format!("{} {word}", currency_sign(language, currency).trim()),
        _ => format!("{word}{}", currency_word(language, currency)),
    };
    (divisor, words.trim().to_owned())
}

fn hundredths(value: i128) -> String {
    scaled_short(i64::try_from(value).unwrap_or(i64::MAX), 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn dates_are_written_as_each_language_does() {
        assert_eq!(super::date(Language::English, date!(2024 - 11 - 11)), "11 Nov 2024");
        assert_eq!(super::date(Language::Traditional, date!(2024 - 11 - 01)), "2024年11月1日");
    }

    #[test]
    fn lists_and_quotations_have_each_languages_marks() {
        assert_eq!(list(Language::English, ["one", "two"]), "one, two");
        assert_eq!(list(Language::Traditional, ["一", "二"]), "一、二");
        assert_eq!(list::<&str>(Language::Simplified, []), "");
        assert_eq!(quoted(Language::Traditional, "甲"), "「甲」");
        assert_eq!(quoted(Language::Simplified, "甲"), "“甲”");
        assert_eq!(bracketed(Language::English, "from", "%"), "from (%)");
        assert_eq!(bracketed(Language::Traditional, "起點", "%"), "起點（%）");
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(number(0), "0");
        assert_eq!(number(-1_234_567), "-1,234,567");
        assert_eq!(number(i64::MIN), "-9,223,372,036,854,775,808");
        assert_eq!(scaled(-5, 2), "-0.05");
        assert_eq!(scaled(123_450, 2), "1,234.50");
        assert_eq!(percent(3333), "33.3%");
        assert_eq!(percent(7451), "74.5%");
        assert_eq!(percent(5000), "50%");
    }

    #[test]
    fn chinese_counts_money_in_its_own_steps() {
        let billion = 100_000_000_000;
        let short = |language, minor| money_short(language, minor, "HKD", 2).words;
        assert_eq!(short(Language::English, 42 * billion), "HK$42 billion");
        assert_eq!(short(Language::Traditional, 42 * billion), "420億港元");
        assert_eq!(short(Language::Simplified, 42 * billion), "420亿港元");
        assert_eq!(short(Language::Traditional, 3_500_000_00), "350萬港元");
        assert_eq!(short(Language::English, -133 * billion / 10), "-HK$13.3 billion");
        assert_eq!(money(Language::Traditional, 123_450, "HKD", 2), "1,234.5港元");
        let scale = |language, most| money_scale(language, most, "HKD", 2);
        assert_eq!(scale(Language::English, 42 * billion), (billion, "HK$ billion".to_owned()));
        assert_eq!(scale(Language::Traditional, 42 * billion), (billion / 10, "億港元".to_owned()));
        assert_eq!(scale(Language::Simplified, billion / 20), (1_000_000, "万港元".to_owned()));
        assert_eq!(scale(Language::English, 50_000), (100, "HK$".to_owned()));
    }

    #[test]
    fn a_headline_is_rounded_half_up_and_says_whether_it_is() {
        let told = |language, dollars: i64| {
            let short = money_short(language, dollars * 100, "HKD", 2);
            (short.words, short.exact)
        };
        let of = |words: &str, exact| (words.to_owned(), exact);
        assert_eq!(told(Language::English, 9_168_456_789), of("HK$9.17 billion", false));
        assert_eq!(told(Language::English, 5_355_000_000), of("HK$5.36 billion", false));
        assert_eq!(told(Language::English, -5_355_000_000), of("-HK$5.36 billion", false));
        assert_eq!(told(Language::English, 5_354_999_999), of("HK$5.35 billion", false));
        assert_eq!(told(Language::English, 6_008_456_789), of("HK$6.01 billion", false));
        assert_eq!(told(Language::English, 6_010_000_000), of("HK$6.01 billion", true));
        assert_eq!(told(Language::English, 999_999_999), of("HK$1,000 million", false));
        assert_eq!(told(Language::English, 999_999), of("HK$999,999", true));
        assert_eq!(told(Language::Traditional, 9_168_456_789), of("91.68億港元", false));
        assert_eq!(told(Language::Traditional, 9_168_500_000), of("91.69億港元", false));
        assert_eq!(told(Language::Simplified, 12_345_678), of("1,234.57万港元", false));
        assert_eq!(told(Language::Simplified, 12_345_600), of("1,234.56万港元", true));
        assert_eq!(money_short(Language::English, 1_234_567_890, "JPY", 0).words, "JPY 1.23 billion");
    }

    #[test]
    fn what_was_printed_is_told_as_it_was_printed() {
        let printed = |language, thousandths, scale| money_printed(language, thousandths, scale, "HKD", 2);
        assert_eq!(printed(Language::English, 61_568_000, 1_000_000), "HK$61,568 million");
        assert_eq!(printed(Language::English, 13_300, 1_000_000_000), "HK$13.3 billion");
        assert_eq!(printed(Language::English, 61_568_400_000_000, 1), "HK$61,568,400,000");
        assert_eq!(printed(Language::English, -500, 1_000_000), "-HK$0.5 million");
        assert_eq!(printed(Language::Traditional, 61_568_000, 1_000_000), "615.68億港元");
        assert_eq!(printed(Language::Traditional, 61_568_456, 1_000_000), "6,156,845.6萬港元");
        assert_eq!(printed(Language::Simplified, 13_300, 1_000_000_000), "133亿港元");
    }

    #[test]
    fn a_table_loses_no_dollar() {
        let exact = |dollars: i64| money_exact(Language::English, dollars * 100, "HKD", 2);
        assert_eq!(exact(1_250_000_000), "HK$1.25 billion");
        assert_eq!(exact(1_175_000_000), "HK$1,175 million");
        assert_eq!(exact(-7_800_003), "-HK$7,800,003");
        assert_eq!(exact(0), "HK$0");
        assert_eq!(money_exact(Language::Traditional, 117_512_340_000 * 100, "HKD", 2), "11,751,234萬港元");
        assert_eq!(money_exact(Language::Simplified, 42_000_000_000 * 100, "HKD", 2), "420亿港元");
    }
}
