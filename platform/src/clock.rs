//! Instants, and the clock as a parameter.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, RwLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::Date;

use crate::units::narrow;

mod working;

pub use working::WorkingDays;

/// An instant: microseconds since 1970-01-01T00:00:00Z.
///
/// Kept as a whole number because SQLite would sort written instants wrongly:
/// half a second past comes before twelve hundredths past.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
#[sqlx(transparent)]
pub struct At(pub i64);

impl At {
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The last instant of a day, as the office's time zone has it.
    pub fn end_of(day: Date, zone: &Zone) -> Self {
        match day.next_day() {
            Some(next) => Self(zone.start_of(next).0 - 1),
            None => Self(i64::MAX),
        }
    }
}

/// RFC 3339 in UTC, with as many decimals as there are.
impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(instant) => instant.fmt(f),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let instant: jiff::Timestamp = text.parse().map_err(serde::de::Error::custom)?;
        Ok(Self(instant.as_microsecond()))
    }
}

impl utoipa::PartialSchema for At {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(utoipa::openapi::KnownFormat::DateTime)))
            .into()
    }
}

impl utoipa::ToSchema for At {}

/// The office's time zone: days are the office's days, not the visitor's. A pack that is brought in while the house is in
/// use sets it for all who hold it.
#[derive(Clone, Debug)]
pub struct Zone(Arc<RwLock<jiff::tz::TimeZone>>);

impl Zone {
    /// `name` is an IANA zone such as `Asia/Hong_Kong`; the database is inside the binary.
    pub fn named(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name).ok().map(Self::of)
    }

    fn of(zone: jiff::tz::TimeZone) -> Self {
        Self(Arc::new(RwLock::new(zone)))
    }

    fn get(&self) -> jiff::tz::TimeZone {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// From now on as that other one.
    pub(crate) fn follow(&self, other: &Self) {
        let zone = other.get();
        *self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = zone;
    }

    pub fn utc() -> Self {
        Self::of(jiff::tz::TimeZone::UTC)
    }

    pub fn day_of(&self, at: At) -> Date {
        self.local(at).0
    }

    /// The office's day and time of day (hour, minute) of an instant.
    pub fn local(&self, at: At) -> (Date, u8, u8) {
        let civil = match jiff::Timestamp::from_microsecond(at.0) {
            Ok(instant) => self.get().to_datetime(instant),
            Err(_) => return (Date::MIN, 0, 0),
        };
        let month = time::Month::try_from(civil.month() as u8).unwrap_or(time::Month::January);
        let day = Date::from_calendar_date(civil.year().into(), month, civil.day() as u8).unwrap_or(Date::MIN);
        (day, civil.hour() as u8, civil.minute() as u8)
    }

    pub fn start_of(&self, day: Date) -> At {
        let civil = i16::try_from(day.year())
            .ok()
            .and_then(|year| jiff::civil::Date::new(year, u8::from(day.month()) as i8, day.day() as i8).ok());
        let instant = civil.and_then(|date| self.get().to_timestamp(date.at(0, 0, 0, 0)).ok());
        match instant {
            Some(instant) => At(instant.as_microsecond()),
            None if day.year() > 2000 => At(i64::MAX),
            None => At(i64::MIN),
        }
    }
}

/// What time it is: the machine's, or the one a test says.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    pub fn standing_at(at: At) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.0)))
    }

    pub fn now(&self) -> At {
        match self {
            Self::System => At(jiff::Timestamp::now().as_microsecond()),
            Self::Fixed(micros) => At(micros.load(Ordering::SeqCst)),
        }
    }

    /// Sets a standing clock; the machine's clock can't be set.
    pub fn set(&self, at: At) {
        if let Self::Fixed(micros) = self {
            micros.store(at.0, Ordering::SeqCst);
        }
    }
}

/// Reads a day written as people write it in forms and files: `2024-11-11`, `11/11/2024` is refused
/// because two continents read it differently. Years outside 1900 to 2200 are slips.
pub fn parse_day(text: &str) -> Result<Date, DayProblem> {
    let text = narrow(text);
    let text = text.trim();
    let text = text.split_once('T').map_or(text, |(day, _)| day);
    let parts: Vec<&str> = if text.contains('年') {
        text.trim_end_matches(['日', '號', '号']).split(['年', '月']).map(str::trim).collect()
    } else {
        text.split(['-', '/', '.']).map(str::trim).collect()
    };
    let [year, month, day] = parts[..] else { return Err(DayProblem::Form) };
    if !(year.len() == 4 || year.len() == 5) || month.len() > 2 || day.len() > 2 {
        return Err(DayProblem::Form);
    }
    let year: i32 = year.parse().map_err(|_| DayProblem::Form)?;
    let month: u8 = month.parse().map_err(|_| DayProblem::Form)?;
    let day: u8 = day.parse().map_err(|_| DayProblem::Form)?;
    if !(1900..=2200).contains(&year) {
        return Err(DayProblem::Year);
    }
    let month = time::Month::try_from(month).map_err(|_| DayProblem::NoSuchDay)?;
    Date::from_calendar_date(year, month, day).map_err(|_| DayProblem::NoSuchDay)
}

/// Reads up to when something must have been recorded: a day, which counts to its end in the
/// office's time zone, or an instant with its offset, such as `2024-11-11T09:30:00+08:00`.
pub fn parse_known(text: &str, zone: &Zone) -> Result<At, DayProblem> {
    let text = narrow(text);
    let text = text.trim();
    if !text.contains(['T', 't']) {
        return parse_day(text).map(|day| At::end_of(day, zone));
    }
    // In an address a plus sign that nobody escaped has become a space.
    let instant: jiff::Timestamp = text.replace(' ', "+").parse().map_err(|_| DayProblem::Instant)?;
    let at = At(instant.as_microsecond());
    if (1900..=2200).contains(&zone.day_of(at).year()) { Ok(at) } else { Err(DayProblem::Year) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayProblem {
    /// With a time of day, and no instant.
    Instant,
    /// Not written as year, month, day.
    Form,
    /// Such as 31 February.
    NoSuchDay,
    /// Outside 1900 to 2200.
    Year,
}

impl DayProblem {
    pub fn key(self) -> &'static str {
        match self {
            Self::Instant => "problem-instant-form",
            Self::Form => "problem-day-form",
            Self::NoSuchDay => "problem-day-none",
            Self::Year => "problem-day-year",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn what_was_known_is_asked_by_day_or_by_instant() {
        let zone = Zone::named("Asia/Hong_Kong").unwrap();
        let known = |text: &str| parse_known(text, &zone).map(|at| at.to_string());
        assert_eq!(known("2026-11-28").unwrap(), "2026-11-28T15:59:59.999999Z");
        assert_eq!(known("２０２６－１１－２８"), known("2026-11-28"));
        assert_eq!(known("2026-11-28T21:42:00Z").unwrap(), "2026-11-28T21:42:00Z");
        assert_eq!(known("2026-11-28T21:42:00+08:00").unwrap(), "2026-11-28T13:42:00Z");
        assert_eq!(known("2026-11-28T21:42:00 08:00").unwrap(), "2026-11-28T13:42:00Z");
        for wrong in ["2026-11-28T21:42:00", "2026-11-28T", "2026-11-28T25:00:00Z"] {
            assert_eq!(known(wrong), Err(DayProblem::Instant), "{wrong}");
        }
        assert_eq!(known("2026-02-31"), Err(DayProblem::NoSuchDay));
    }

    #[test]
    fn days_are_read_and_slips_are_named() {
        assert_eq!(parse_day(" 2024-11-11 "), Ok(date!(2024 - 11 - 11)));
        assert_eq!(parse_day("2024/1/5"), Ok(date!(2024 - 01 - 05)));
        assert_eq!(parse_day("2024年11月11日"), Ok(date!(2024 - 11 - 11)));
        assert_eq!(parse_day("２０２４年１１月１１日"), Ok(date!(2024 - 11 - 11)));
        assert_eq!(parse_day("２０２４／１／５"), Ok(date!(2024 - 01 - 05)));
        assert_eq!(parse_day("2025-02-31"), Err(DayProblem::NoSuchDay));
        assert_eq!(parse_day("1024-01-01"), Err(DayProblem::Year));
        assert_eq!(parse_day("21999-01-01"), Err(DayProblem::Year));
        assert_eq!(parse_day("11/11/2024"), Err(DayProblem::Form));
        assert_eq!(parse_day("soon"), Err(DayProblem::Form));
    }

    #[test]
    fn the_day_is_the_offices_day() {
        let zone = Zone::named("Asia/Hong_Kong").unwrap();
        let late = At::from_micros(1_731_283_200_000_000); // 2024-11-11T00:00Z
        assert_eq!(zone.local(late), (date!(2024 - 11 - 11), 8, 0));
        assert_eq!(zone.day_of(At::end_of(date!(2024 - 11 - 11), &zone)), date!(2024 - 11 - 11));
        assert_eq!(zone.start_of(date!(2024 - 11 - 12)).0, At::end_of(date!(2024 - 11 - 11), &zone).0 + 1);
    }

    #[test]
    fn instants_go_through_json() {
        let at = At::from_micros(1_731_283_200_500_000);
        let text = serde_json::to_string(&at).unwrap();
        assert_eq!(text, "\"2024-11-11T00:00:00.5Z\"");
        assert_eq!(serde_json::from_str::<At>(&text).unwrap(), at);
    }
}
