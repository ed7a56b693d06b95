//! A register's own table, read by a map of its columns (TOML): which column holds which field, in which form and unit.

use std::collections::BTreeMap;
use std::path::Path;

use screening::{CATEGORIES, Measure, Unit, Value};
use serde::Deserialize;

use crate::amount::Decimal;
use crate::day::{Day, DayForm};
use crate::error::Error;
use crate::lei::country;

mod reading;

pub use reading::Reading;

/// A map as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    register: Option<String>,
    encoding: Option<String>,
    delimiter: Option<String>,
    worksheet: Option<String>,
    days: Option<String>,
    decimal: Option<String>,
    thousands: Option<String>,
    #[serde(default)]
    nothing: Vec<String>,
    columns: BTreeMap<String, Many>,
    #[serde(default)]
    facts: BTreeMap<String, WrittenFact>,
    #[serde(default)]
    rates: BTreeMap<String, String>,
}

/// One column or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Many {
    One(String),
    Some(Vec<String>),
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFact {
    column: Option<String>,
    value: Option<String>,
    as_at: Option<String>,
    days: Option<String>,
    unit: Option<String>,
    scale: Option<i64>,
    currency: Option<String>,
    #[serde(default)]
    codes: BTreeMap<String, String>,
    otherwise: Option<String>,
}

/// A map that holds together.
#[derive(Clone, Debug)]
pub struct Map {
    pub encoding: Option<String>,
    pub delimiter: Option<u8>,
    pub worksheet: Option<String>,
    register: String,
    days: DayForm,
    decimal: char,
    group: Option<char>,
    nothing: Vec<String>,
    /// Field and its columns.
    columns: Vec<(Field, Vec<String>)>,
    facts: Vec<FactMap>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Key,
    Name,
    Names,
    Lei,
    Number,
    Region,
    City,
    Address,
    Website,
    Telephone,
    Form,
    Changed,
}

const FIELDS: [(&str, Field); 12] = [
    ("key", Field::Key),
    ("name", Field::Name),
    ("names", Field::Names),
    ("lei", Field::Lei),
    ("number", Field::Number),
    ("region", Field::Region),
    ("city", Field::City),
    ("address", Field::Address),
    ("website", Field::Website),
    ("telephone", Field::Telephone),
    ("form", Field::Form),
    ("changed", Field::Changed),
];

#[derive(Clone, Debug)]
struct FactMap {
    measure: Measure,
    from: From,
    as_at: Option<String>,
    days: DayForm,
    times: Decimal,
    /// What a figure with a percent sign after it is counted by, whatever the column's unit: a share only.
    percent: Option<Decimal>,
    by: i128,
    codes: BTreeMap<String, String>,
    otherwise: Option<String>,
}

#[derive(Clone, Debug)]
enum From {
    Column(String),
    Value(String),
}

/// No company that is screened is older; an earlier year is a slip.
pub(crate) const FIRST_YEAR: i64 = 1600;

/// What is wrong with a row: the column and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub column: String,
    pub why: String,
}

fn bad(place: impl Into<String>, reason: impl Into<String>) -> Error {
    Error::Map { place: place.into(), reason: reason.into() }
}

impl Map {
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::parse(&std::fs::read_to_string(path).map_err(Error::io(path))?)
    }

    pub fn parse(text: &str) -> Result<Self, Error> {
        let written: Written = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            bad(format!("line {line}"), error.message())
        })?;
        let form = |place: &str, name: &Option<String>| match name {
            None => Ok(None),
            Some(name) => DayForm::named(name).map(Some).ok_or_else(|| {
                let known: Vec<&str> = DayForm::NAMES.iter().map(|(name, _)| *name).collect();
                bad(place, format!("“{name}” is no form of days; there are {}", known.join(", ")))
            }),
        };
        let mark = |place: &str, text: &Option<String>| match text.as_deref().map(|t| t.chars().collect::<Vec<_>>()) {
            None => Ok(None),
            Some(one) if one.len() == 1 && !one[0].is_ascii_digit() => Ok(Some(one[0])),
            Some(_) => Err(bad(place, "is one character, and no digit")),
        };
        let decimal = mark("decimal", &written.decimal)?.unwrap_or('.');
        let group = mark("thousands", &written.thousands)?.or(match decimal {
            '.' => Some(','),
            ',' => Some('.'),
            _ => None,
        });
        if group == Some(decimal) {
            return Err(bad("thousands", "is the same as the decimal mark"));
        }
        let delimiter = match mark("delimiter", &written.delimiter)? {
            None => None,
            Some(mark) => Some(
                u8::try_from(mark)
                    .ok()
                    .filter(u8::is_ascii)
                    .ok_or_else(|| bad("delimiter", "is an ASCII character"))?,
            ),
        };
        let mut columns = Vec::new();
        for (name, many) in written.columns {
            let field = FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field).ok_or_else(|| {
                let known: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
                bad(format!("columns.{name}"), format!("no such field; there are {}", known.join(", ")))
            })?;
            let many = match many {
                Many::One(one) => vec![one],
                Many::Some(some) => some,
            };
            let joined = matches!(field, Field::Names | Field::Address | Field::Key);
            if many.is_empty() || (many.len() > 1 && !joined) {
                return Err(bad(format!("columns.{name}"), "is one column"));
            }
            columns.push((field, many));
        }
        columns.sort_by_key(|(field, _)| *field);
        for (needed, name) in [(Field::Key, "key"), (Field::Name, "name")] {
            if !columns.iter().any(|(field, _)| *field == needed) {
                return Err(bad(format!("columns.{name}"), "must be said"));
            }
        }
        let days = form("days", &written.days)?.unwrap_or_default();
        let mut rates = BTreeMap::from([("USD".to_owned(), Decimal::ONE)]);
        for (currency, rate) in written.rates {
            let place = format!("rates.{currency}");
            let rate = Decimal::read(&rate, '.', None)
                .filter(|r| r.mantissa > 0 && r.mantissa < 1_000_000_000_000 && r.places <= 12)
                .ok_or_else(|| bad(place, format!("“{rate}” is no rate such as \"0.1282\": US dollars for one")))?;
            rates.insert(currency, rate);
        }
        let facts = written
            .facts
            .into_iter()
            .map(|(name, fact)| FactMap::of(&name, fact, &rates, days, &form))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            encoding: written.encoding,
            delimiter,
            worksheet: written.worksheet,
            register: written.register.unwrap_or_default(),
            days,
            decimal,
            group,
            nothing: written.nothing,
            columns,
            facts,
        })
    }

    /// Where the map's columns stand in a header; an error names one that isn't there.
    pub fn on(&self, path: &Path, header: &[String]) -> Result<Reading<'_>, Error> {
        let place = |column: &String| {
            header.iter().position(|h| h.trim() == column).ok_or_else(|| Error::NoColumn {
                path: path.to_owned(),
                column: column.clone(),
                has: header.join(", "),
            })
        };
        let mut fields = Vec::new();
        for (field, columns) in &self.columns {
            fields.push((*field, columns.iter().map(place).collect::<Result<Vec<_>, _>>()?));
        }
        let mut facts = Vec::new();
        for fact in &self.facts {
            let column = match &fact.from {
                From::Column(column) => Some(place(column)?),
                From::Value(_) => None,
            };
            facts.push((fact, column, fact.as_at.as_ref().map(place).transpose()?));
        }
        Ok(Reading { map: self, header: header.to_vec(), fields, facts })
    }
}

impl FactMap {
    fn of(
        name: &str,
        fact: WrittenFact,
        rates: &BTreeMap<String, Decimal>,
        days: DayForm,
        form: &impl Fn(&str, &Option<String>) -> Result<Option<DayForm>, Error>,
    ) -> Result<Self, Error> {
        let place = |field: &str| format!("facts.{name}.{field}");
        let measure = Measure::named(name).filter(|m| m.from() == *m).ok_or_else(|| {
            let known: Vec<&str> = Measure::held().map(Measure::name).collect();
            bad(format!("facts.{name}"), format!("no such measure; there are {}", known.join(", ")))
        })?;
        let from = match (fact.column, fact.value) {
            (Some(column), None) => From::Column(column),
            (None, Some(value)) => From::Value(value),
            _ => return Err(bad(format!("facts.{name}"), "has either a column or a value")),
        };
        let money = measure.unit() == Unit::ThousandDollars;
        let mut times = match (money, &fact.currency) {
            (true, Some(currency)) => *rates.get(currency).ok_or_else(|| {
                bad(place("currency"), format!("rates.{currency} must say how many US dollars one is"))
            })?,
            (true, None) => return Err(bad(place("currency"), "must be said, such as \"USD\"")),
            (false, None) => Decimal::ONE,
            (false, Some(_)) => return Err(bad(place("currency"), "goes with money only")),
        };
        let by = if money { 1_000 } else { 1 };
        let shares = measure.unit() == Unit::BasisPoints;
        match (shares, fact.unit.as_deref()) {
            (true, None | Some("percent")) => times.mantissa *= 100,
            (true, Some("share")) => times.mantissa *= 10_000,
            (true, Some("basis points")) | (false, None) => {}
            (true, Some(_)) => return Err(bad(place("unit"), "is \"percent\", \"share\" or \"basis points\"")),
            (false, Some(_)) => return Err(bad(place("unit"), "goes with shares only; a scale goes with the rest")),
        }
        match fact.scale {
            None => {}
            Some(_) if measure.is_code() || shares => return Err(bad(place("scale"), "goes with figures only")),
            Some(scale) if (1..=1_000_000_000_000).contains(&scale) => times.mantissa *= i128::from(scale),
            Some(_) => return Err(bad(place("scale"), "lies between 1 and 1,000,000,000,000")),
        }
        let days = form(&place("days"), &fact.days)?.unwrap_or(days);
        let percent = shares.then_some(Decimal { mantissa: Decimal::ONE.mantissa * 100, ..Decimal::ONE });
        let (as_at, codes, otherwise) = (fact.as_at, fact.codes, fact.otherwise);
        let made = Self { measure, from, as_at, days, times, percent, by, codes, otherwise };
        for code in made.codes.values().chain(&made.otherwise) {
            made.value(code, '.', None, true).map_err(|why| bad(place("codes"), why))?;
        }
        if let From::Value(value) = &made.from {
            made.value(value, '.', None, true).map_err(|why| bad(place("value"), why))?;
        }
        Ok(made)
    }

    /// Reads a cell, or a code that stands for one if `plain`.
    fn value(&self, text: &str, decimal: char, group: Option<char>, plain: bool) -> Result<Value, String> {
        let mut text = text.trim();
        if !plain && (!self.codes.is_empty() || self.otherwise.is_some()) {
            text = match (self.codes.get(text), &self.otherwise) {
                (Some(code), _) => code,
                (None, Some(otherwise)) => otherwise,
                (None, None) => return Err(format!("“{}” is none of the codes of the map", short(text))),
            };
        }
        let wrong = |what: &str| Err(format!("“{}” is no {what}", short(text)));
        match self.measure.unit() {
            Unit::Country => country(text).map(Value::Code).map_or_else(|| wrong("country of two letters"), Ok),
            Unit::Status if matches!(text, "active" | "ended") => Ok(Value::Code(text.to_owned())),
            Unit::Status => wrong("status: active or ended"),
            Unit::Category if CATEGORIES.contains(&text) => Ok(Value::Code(text.to_owned())),
            Unit::Category => wrong("category such as general, fund or branch"),
            Unit::Exchange
                if text == "none" || is_code(text, 4..=4, |b| b.is_ascii_uppercase() || b.is_ascii_digit()) =>
            {
                Ok(Value::Code(text.to_owned()))
            }
            Unit::Exchange => wrong("exchange by ISO 10383, nor none"),
            Unit::Isic => {
                // The section's letter and points say nothing that the digits don't.
                let digits: String =
                    text.trim_start_matches(|c: char| c.is_ascii_alphabetic()).chars().filter(|c| *c != '.').collect();
                if is_code(&digits, 2..=4, |b| b.is_ascii_digit()) {
                    Ok(Value::Code(digits))
                } else {
                    wrong("industry of ISIC Rev. 4: two to four digits")
                }
            }
            Unit::Position
                if is_code(text, 1..=80, |b| {
                    b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'_')
                }) =>
            {
                Ok(Value::Code(text.to_owned()))
            }
            Unit::Position => wrong("place in a chain such as batteries.cells"),
            Unit::Year => {
                let day = [self.days, DayForm::Iso].into_iter().filter(|_| !plain).find_map(|form| form.read(text));
                // Beside a day that there is, a year stands alone: of several figures no one is it.
                let alone = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).count() == 1;
                let year = day.map(Day::year).or_else(|| matching::year(text).filter(|_| alone).map(i32::from));
                year.map(|year| Value::Number(i64::from(year)))
                    .map_or_else(|| wrong("year, nor a day in the form of the map"), Ok)
            }
            _ => {
                let bare = text.trim_end_matches(['%', '％']);
                let signed = self.percent.filter(|_| bare.len() < text.len() && !plain);
                let text = if self.percent.is_some() { bare.trim_end() } else { text };
                let Some(read) = Decimal::read(text, decimal, group) else { return wrong("figure") };
                let times = signed.unwrap_or(if plain { Decimal::ONE } else { self.times });
                let Some(whole) = read.whole(times, if plain { 1 } else { self.by }) else {
                    return Err(format!("“{}” is past what is taken", short(text)));
                };
                match self.measure.least() {
                    // Before rounding: what is a little below nought is no nought.
                    Some(least) if whole < least || (least == 0 && read.mantissa < 0) => {
                        Err(format!("“{}” is less than there can be", short(text)))
                    }
                    _ => Ok(Value::Number(whole)),
                }
            }
        }
    }
}

fn is_code(text: &str, length: std::ops::RangeInclusive<usize>, fits: impl Fn(u8) -> bool) -> bool {
    length.contains(&text.len()) && text.bytes().all(fits)
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}
