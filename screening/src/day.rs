//! Days are written `2026-11-24`.

use serde::{Deserialize, Deserializer, Serializer, de::Error};
use time::Date;
use time::format_description::well_known::Iso8601;

pub fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(day)
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = String::deserialize(deserializer)?;
    Date::parse(&text, &Iso8601::DATE).map_err(|_| D::Error::custom(format!("“{text}” is no day such as 2026-11-24")))
}

pub mod maybe {
    use serde::{Deserialize, Deserializer, Serializer};
    use time::Date;

    pub fn serialize<S: Serializer>(day: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => serializer.collect_str(day),
            None => serializer.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        #[derive(Deserialize)]
        struct Day(#[serde(with = "super")] Date);
        Ok(Option::<Day>::deserialize(deserializer)?.map(|day| day.0))
    }
}
