//! The Hong Kong pack, inside the binary: code lists, bodies, teams, gates, the office's settings.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, Result};
use platform::codes::{self, Code};
use platform::holidays::{self, Holiday};
use platform::house::House;
use platform::{Cx, settings};
use serde::Deserialize;
use time::Date;

const PACK: &str = include_str!("../../packs/hong-kong/pack.toml");
const LISTS: [(&str, &str); 4] = [
    ("industries.toml", include_str!("../../packs/hong-kong/industries.toml")),
    ("origins.toml", include_str!("../../packs/hong-kong/origins.toml")),
    ("code-lists.toml", include_str!("../../packs/hong-kong/code-lists.toml")),
    ("enterprise-lists.toml", include_str!("../../packs/hong-kong/enterprise-lists.toml")),
];
const HOLIDAYS: &str = include_str!("../../packs/hong-kong/holidays.toml");
const BODIES: &str = include_str!("../../packs/hong-kong/bodies.toml");
const TEAMS: &str = include_str!("../../packs/hong-kong/teams.toml");
const GATES: &str = include_str!("../../packs/hong-kong/gates.toml");
const BATCHES: &str = include_str!("../../packs/hong-kong/batches.toml");
const PARTNERS: &str = include_str!("../../packs/hong-kong/partners.csv");
const FIGURES: &str = include_str!("../../packs/hong-kong/published-figures.csv");

#[derive(Deserialize)]
struct Pack {
    id: String,
    version: String,
    time_zone: String,
    currency: String,
    /// The weekdays on which the office does not work, by their English names.
    rest_days: Vec<String>,
    office: Office,
}

#[derive(Deserialize)]
struct Office {
    name_en: String,
    name_zh_hant: String,
    name_zh_hans: String,
}

#[derive(Deserialize)]
struct Lists {
    code: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    list: String,
    code: String,
    name_en: String,
    name_zh_hant: String,
    name_zh_hans: String,
    valid_from: Date,
    valid_to: Option<Date>,
    #[serde(default)]
    group: String,
    #[serde(default)]
    aliases: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
struct Holidays {
    holiday: Vec<Holiday>,
}

#[derive(Deserialize)]
struct Bodies {
    body: Vec<identity::team::NewBody>,
}

#[derive(Deserialize)]
struct Teams {
    team: Vec<identity::team::NewTeam>,
}

#[derive(Deserialize)]
struct Gates {
    gate: Vec<projects::gate::Gate>,
}

#[derive(Deserialize)]
struct Batches {
    batch: Vec<projects::batch::NewBatch>,
}

fn lists() -> Result<Vec<Code>> {
    let mut codes = Vec::new();
    for (name, text) in LISTS {
        let lists: Lists = toml::from_str(text).with_context(|| format!("{name} of the pack"))?;
        for (place, entry) in lists.code.into_iter().enumerate() {
            codes.push(Code {
                list: entry.list,
                code: entry.code,
                name_en: entry.name_en,
                name_zh_hant: entry.name_zh_hant,
                name_zh_hans: entry.name_zh_hans,
                valid_from: entry.valid_from,
                valid_to: entry.valid_to,
                position: i64::try_from(place)?,
                source: entry.source,
                aliases: entry.aliases.join("\n").to_lowercase(),
                group_code: entry.group,
            });
        }
    }
    Ok(codes)
}

/// Brings the pack in, through the verbs that keep its rules.
pub async fn load(cx: &mut Cx) -> Result<()> {
    let pack: Pack = toml::from_str(PACK).context("pack.toml")?;
    let set = [
        ("pack", format!("{} {}", pack.id, pack.version)),
        ("time-zone", pack.time_zone),
        ("currency", pack.currency),
        ("rest-days", pack.rest_days.join(",")),
        ("office-name-en", pack.office.name_en),
        ("office-name-zh-hant", pack.office.name_zh_hant),
        ("office-name-zh-hans", pack.office.name_zh_hans),
    ];
    for (name, value) in set {
        settings::set(cx, name, &value).await?;
    }
    codes::load(cx, lists()?).await?;
    let holidays: Holidays = toml::from_str(HOLIDAYS).context("holidays.toml")?;
    holidays::load(cx, holidays.holiday).await?;
    let bodies: Bodies = toml::from_str(BODIES).context("bodies.toml")?;
    identity::team::load_bodies(cx, bodies.body).await?;
    let teams: Teams = toml::from_str(TEAMS).context("teams.toml")?;
    identity::team::load(cx, teams.team).await?;
    let gates: Gates = toml::from_str(GATES).context("gates.toml")?;
    projects::gate::load(cx, gates.gate).await?;
    let batches: Batches = toml::from_str(BATCHES).context("batches.toml")?;
    projects::batch::load(cx, batches.batch).await?;
    cx.commit().await?;
    let house = cx.house.clone();
    house.settings.reload(cx).await?;
    house.codes.reload(cx).await?;
    house.holidays.reload(cx).await?;
    cx.commit().await?;
    Ok(())
}

/// The public register and the published figures, through the importers a user has.
pub async fn load_register(house: &Arc<House>) -> Result<()> {
    for (kind, name, text) in [("partners", "partners.csv", PARTNERS), ("figures", "published-figures.csv", FIGURES)] {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(name);
        std::fs::File::create(&path)?.write_all(text.as_bytes())?;
        let import = crate::cli::import_file(house, kind, &path, None, false).await?;
        println!("{name}: {} created, {} refused", import.created, import.refused);
        anyhow::ensure!(import.refused == 0, "the pack’s own {name} was refused in part");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pack_can_be_read_and_its_industries_change_on_their_day() {
        let codes = lists().unwrap();
        let on = |day: Date| codes.iter().filter(|code| code.list == "industry" && code.holds_on(day)).count();
        assert_eq!(on(time::macros::date!(2025 - 02 - 25)), 4);
        assert_eq!(on(time::macros::date!(2025 - 02 - 26)), 5);
        assert!(toml::from_str::<Pack>(PACK).is_ok());
        assert!(toml::from_str::<Bodies>(BODIES).is_ok_and(|bodies| bodies.body.len() > 10));
        assert!(toml::from_str::<Batches>(BATCHES).is_ok_and(|batches| batches.batch.len() == 5));
        assert!(toml::from_str::<Teams>(TEAMS).is_ok() && toml::from_str::<Gates>(GATES).is_ok());
    }

    #[test]
    fn every_year_has_its_seventeen_holidays_and_none_on_a_sunday() {
        let holidays: Holidays = toml::from_str(HOLIDAYS).unwrap();
        let days: Vec<Date> = holidays.holiday.iter().map(|holiday| holiday.day).collect();
        for year in 2022..=2027 {
            assert_eq!(days.iter().filter(|day| day.year() == year).count(), 17, "{year}");
        }
        assert!(days.is_sorted() && days.iter().all(|day| day.weekday() != time::Weekday::Sunday));
        let pack: Pack = toml::from_str(PACK).unwrap();
        let rest: Vec<_> = pack.rest_days.iter().map(|name| holidays::weekday(name).unwrap()).collect();
        let working = platform::clock::WorkingDays::new(rest, days);
        // Easter Monday of 2026 is also the day following Ching Ming, so Tuesday is kept too.
        let thursday = time::macros::date!(2026 - 04 - 02);
        assert_eq!(working.after(thursday, 1), Some(time::macros::date!(2026 - 04 - 08)));
        assert_eq!(working.between(time::macros::date!(2026 - 09 - 30), time::macros::date!(2026 - 10 - 19)), Some(11));
    }
}
