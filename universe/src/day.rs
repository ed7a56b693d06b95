//! Days as whole numbers, the way Parquet keeps them.

use time::{Date, Month};

use crate::map::FIRST_YEAR;

/// Days since 1 January 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

const EPOCH: i32 = 2_440_588;

/// How a register writes its days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayForm {
    /// `2026-11-24`, with or without a time after it.
    #[default]
    Iso,
    /// `24/11/2026`, `24.11.2026`, `24-11-2026`.
    DayFirst,
    /// `11/24/2026`.
    MonthFirst,
    /// `20261124`.
    Compact,
    /// `2026`: the year's last day for a figure, its first for a founding.
    Year,
}

impl DayForm {
    pub const NAMES: [(&'static str, Self); 5] = [
        ("YYYY-MM-DD", Self::Iso),
        ("DD/MM/YYYY", Self::DayFirst),
        ("MM/DD/YYYY", Self::MonthFirst),
        ("YYYYMMDD", Self::Compact),
        ("YYYY", Self::Year),
    ];

    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, form)| *form)
    }

    /// Reads a day; nothing if it isn't one of this form.
    pub fn read(self, text: &str) -> Option<Day> {
        let text = text.trim();
        let (year, month, day) = match self {
            Self::Iso => {
                let day = match text.get(10..11) {
                    None => text,
                    Some("T" | " ") => &text[..10],
                    Some(_) => return None,
                };
                parts(day, ['-', '/'].as_slice()).filter(|[year, ..]| *year > 999)?.into()
            }
            Self::DayFirst => {
                let [day, month, year] = parts(text, ['/', '.', '-'].as_slice())?;
                (year, month, day)
            }
            Self::MonthFirst => {
                let [month, day, year] = parts(text, ['/', '.', '-'].as_slice())?;
                (year, month, day)
            }
            Self::Compact => {
                let whole = number(text).filter(|_| text.len() == 8)?;
                (whole / 10_000, whole / 100 % 100, whole % 100)
            }
            Self::Year => (number(text).filter(|_| text.len() == 4)?, 12, 31),
        };
        Day::of(year, month, day)
    }
}

fn parts(text: &str, between: &[char]) -> Option<[i32; 3]> {
    let mut parts = text.split(between).map(number);
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

fn number(text: &str) -> Option<i32> {
    let plain = !text.is_empty() && text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

impl Day {
    fn of(year: i32, month: i32, day: i32) -> Option<Self> {
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
        let date = Some(date).filter(|_| i64::from(year) >= FIRST_YEAR)?;
        Some(Self::from(date))
    }

    pub fn date(self) -> Date {
        Date::from_julian_day(self.0.saturating_add(EPOCH)).unwrap_or(Date::MIN)
    }

    pub fn year(self) -> i32 {
        self.date().year()
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        Self(date.to_julian_day() - EPOCH)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let date = self.date();
        write!(to, "{:04}-{:02}-{:02}", date.year(), date.month() as u8, date.day())
    }
}

impl std::str::FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        DayForm::Iso.read(text).ok_or_else(|| format!("“{text}” is no day such as 2026-11-24"))
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_each_register_writes_them() {
        let day = Some("2026-11-24".parse().expect("a day"));
        for (form, text) in [
            (DayForm::Iso, "2026-11-24T08:00:00Z"),
            (DayForm::Iso, "2026-11-24"),
            (DayForm::Iso, "2026/11/24"),
            (DayForm::DayFirst, "24.11.2026"),
            (DayForm::MonthFirst, "11/24/2026"),
            (DayForm::Compact, "20261124"),
        ] {
            assert_eq!(form.read(text), day, "{text}");
        }
        assert_eq!(DayForm::Year.read("2026").map(|d| d.to_string()).as_deref(), Some("2026-12-31"));
        for (form, text) in [
            (DayForm::Iso, "2026-02-30"),
            (DayForm::Iso, "24-11-2026"),
            (DayForm::Iso, "2026-11-24x"),
            (DayForm::Iso, "２０２６-11-24"),
            (DayForm::Compact, "2026112"),
            (DayForm::DayFirst, "1/2/3/4"),
            (DayForm::Year, "0026"),
            (DayForm::Iso, "1599-12-31"),
        ] {
            assert_eq!(form.read(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_counted_from_1970() {
        assert_eq!("1970-01-01".parse::<Day>(), Ok(Day(0)));
        assert_eq!("1602-03-20".parse::<Day>().map(|d| d.to_string()).as_deref(), Ok("1602-03-20"));
    }
}
