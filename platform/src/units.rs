//! Units of amounts: money in minor units, people, floor area as entered. An amount is a whole
//! number of its unit's smallest steps; areas are converted only for display.

use std::borrow::Cow;
use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

/// What an amount counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// ISO 4217 code; the step is the currency's minor unit.
    Money(String),
    /// Whole people or posts.
    Jobs,
    /// Hundredths of a square foot.
    SquareFeet,
    /// Hundredths of a square metre.
    SquareMetres,
    /// Whole things: enterprises, projects.
    Count,
}

/// Decimals of a currency's minor unit (ISO 4217).
pub fn decimals(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "XAF" | "XOF" | "PYG" | "UGX" => 0,
        "BHD" | "KWD" | "OMR" | "JOD" | "TND" | "IQD" | "LYD" => 3,
        _ => 2,
    }
}

/// The currencies of ISO 4217 that are legal tender somewhere, in the order of their codes.
const CURRENCIES: [&str; 154] = [
    "AED", "AFN", "ALL", "AMD", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BHD", "BIF", "BMD", "BND",
    "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE",
    "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD",
    "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD", "JOD", "JPY",
    "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD",
    "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO",
    "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF",
    "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP", "SZL", "THB",
    "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VES", "VND", "VUV",
    "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// Whether a code is a currency of ISO 4217 that money is counted in.
pub fn is_currency(code: &str) -> bool {
    CURRENCIES.binary_search(&code).is_ok()
}

impl Unit {
    /// As stored: `HKD`, `jobs`, `sq_ft`, `sq_m`, `count`.
    pub fn code(&self) -> &str {
        match self {
            Self::Money(currency) => currency,
            Self::Jobs => "jobs",
            Self::SquareFeet => "sq_ft",
            Self::SquareMetres => "sq_m",
            Self::Count => "count",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "jobs" => Self::Jobs,
            "sq_ft" => Self::SquareFeet,
            "sq_m" => Self::SquareMetres,
            "count" => Self::Count,
            currency if currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()) => {
                Self::Money(currency.to_owned())
            }
            _ => return None,
        })
    }

    pub fn decimals(&self) -> u32 {
        match self {
            Self::Money(currency) => decimals(currency),
            Self::SquareFeet | Self::SquareMetres => 2,
            Self::Jobs | Self::Count => 0,
        }
    }

    /// Text key of an amount with this unit, with `{ $n }`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Money(_) => "unit-money",
            Self::Jobs => "unit-jobs",
            Self::SquareFeet => "unit-sq-ft",
            Self::SquareMetres => "unit-sq-m",
            Self::Count => "unit-count",
        }
    }
}

/// An amount as programs are told it: a decimal number in whole units, written from its steps, so
/// that no digit goes through a float.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decimal {
    pub steps: i64,
    pub decimals: u32,
}

impl Decimal {
    /// An amount in the steps of a unit by its code; what is no unit counts whole things.
    pub fn of(steps: i64, unit: &str) -> Self {
        Self { steps, decimals: Unit::from_code(unit).map_or(0, |unit| unit.decimals()) }
    }
}

/// Without grouping and without noughts at the end: `21018800008.5`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::format::scaled_short(self.steps, self.decimals).replace(',', ""))
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.to_string()).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl utoipa::PartialSchema for Decimal {
    fn schema() -> utoipa::openapi::RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some(
                "An exact decimal number in whole units of the unit named beside it: dollars and not cents. \
                 A program that adds such numbers up reads them as decimals.",
            ))
            .into()
    }
}

impl utoipa::ToSchema for Decimal {}

/// Why a written amount was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmountProblem {
    /// No number, or a number with letters or a unit in it.
    Form,
    /// Below nought.
    Negative,
    /// More decimals than the unit has.
    Decimals,
    /// Past what can be kept exactly.
    TooLarge,
}

impl AmountProblem {
    pub fn key(self) -> &'static str {
        match self {
            Self::Form => "problem-amount-form",
            Self::Negative => "problem-amount-negative",
            Self::Decimals => "problem-amount-decimals",
            Self::TooLarge => "problem-amount-too-large",
        }
    }
}

/// Full-width signs, as a Chinese keyboard writes digits, points and dashes, made the plain ones.
pub fn narrow(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = |sign: char| match sign {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(sign as u32 - 0xFEE0).unwrap_or(sign),
        '\u{3000}' => ' ',
        _ => sign,
    };
    Cow::Owned(text.chars().map(plain).collect())
}

/// Reads a written amount exactly: `1,234.50` in a unit of two decimals is 123450. Negative
/// amounts are refused here; what is taken back is an entry of its own kind.
pub fn parse_amount(text: &str, decimals: u32) -> Result<i64, AmountProblem> {
    let text = narrow(text);
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let grouped_well = !whole.contains(',')
        || whole.split(',').enumerate().all(
            |(place, group)| {
                if place == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 }
            },
        );
    let whole: String = whole.chars().filter(|c| *c != ',').collect();
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !grouped_well || whole.is_empty() || !is_number(&whole) || !is_number(fraction) {
        return Err(AmountProblem::Form);
    }
    if negative {
        return Err(AmountProblem::Negative);
    }
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals as usize {
        return Err(AmountProblem::Decimals);
    }
    let padded = format!("{whole}{fraction:0<width$}", width = decimals as usize);
    // Nine quadrillion steps: sums of a million such entries still fit in 64 bits with room.
    padded.parse::<i64>().ok().filter(|amount| *amount <= 9_000_000_000_000_000).ok_or(AmountProblem::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_exactly_or_refused_with_the_reason() {
        assert_eq!(parse_amount(" 1,234.50 ", 2), Ok(123_450));
        assert_eq!(parse_amount("42", 0), Ok(42));
        assert_eq!(parse_amount("0.1", 2), Ok(10));
        assert_eq!(parse_amount("42 million", 2), Err(AmountProblem::Form));
        assert_eq!(parse_amount("HK$42", 2), Err(AmountProblem::Form));
        assert_eq!(parse_amount("1,23", 2), Err(AmountProblem::Form));
        assert_eq!(parse_amount("", 2), Err(AmountProblem::Form));
        assert_eq!(parse_amount("-5", 2), Err(AmountProblem::Negative));
        assert_eq!(parse_amount("1.005", 2), Err(AmountProblem::Decimals));
        assert_eq!(parse_amount("1.50", 0), Err(AmountProblem::Decimals));
        assert_eq!(parse_amount("99999999999999999999", 0), Err(AmountProblem::TooLarge));
        assert_eq!(parse_amount("1e9", 0), Err(AmountProblem::Form));
    }

    #[test]
    fn full_width_digits_are_digits() {
        assert_eq!(parse_amount("１２３４", 0), Ok(1_234));
        assert_eq!(parse_amount("　１，２３４．５０", 2), Ok(123_450));
        assert_eq!(parse_amount("－５", 2), Err(AmountProblem::Negative));
        assert_eq!(parse_amount("١٢٣٤", 0), Err(AmountProblem::Form));
    }

    #[test]
    fn programs_are_told_every_digit() {
        let told = |steps, unit| serde_json::to_string(&Decimal::of(steps, unit)).unwrap();
        assert_eq!(told(122_500_000_000, "HKD"), "1225000000");
        assert_eq!(told(-2_101_880_000_850, "HKD"), "-21018800008.5");
        assert_eq!(told(9_007_199_254_740_993, "HKD"), "90071992547409.93", "more digits than a float holds");
        assert_eq!(told(17, "jobs"), "17");
        assert_eq!(told(1_000, "JPY"), "1000");
        assert_eq!(told(5, "sq_m"), "0.05");
    }
}
