//! A country as dated data: Hong Kong, which is inside the binary, or a folder like
//! `packs/hong-kong`. A pack is read whole and found fit before any of it is brought in.

use std::io::ErrorKind;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, ensure};
use futures::future::BoxFuture;
use platform::codes::{self, Code};
use platform::holidays::{self, Holiday};
use platform::{Cx, settings};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use time::Date;

use crate::say::said;

mod fit;

/// No file of a pack is longer: Hong Kong's longest is a hundredth of it.
const MOST_BYTES: u64 = 4 << 20;

const HONG_KONG: [(&str, &str); 17] = [
    ("pack.toml", include_str!("../../packs/hong-kong/pack.toml")),
    ("industries.toml", include_str!("../../packs/hong-kong/industries.toml")),
    ("origins.toml", include_str!("../../packs/hong-kong/origins.toml")),
    ("jurisdictions.toml", include_str!("../../packs/hong-kong/jurisdictions.toml")),
    ("code-lists.toml", include_str!("../../packs/hong-kong/code-lists.toml")),
    ("enterprise-lists.toml", include_str!("../../packs/hong-kong/enterprise-lists.toml")),
    ("isic.toml", include_str!("../../packs/hong-kong/isic.toml")),
    ("chains.toml", include_str!("../../packs/hong-kong/chains.toml")),
    ("criteria.toml", include_str!("../../packs/hong-kong/criteria.toml")),
    ("holidays.toml", include_str!("../../packs/hong-kong/holidays.toml")),
    ("bodies.toml", include_str!("../../packs/hong-kong/bodies.toml")),
    ("teams.toml", include_str!("../../packs/hong-kong/teams.toml")),
    ("gates.toml", include_str!("../../packs/hong-kong/gates.toml")),
    ("batches.toml", include_str!("../../packs/hong-kong/batches.toml")),
    ("published-metrics.toml", include_str!("../../packs/hong-kong/published-metrics.toml")),
    ("partners.csv", include_str!("../../packs/hong-kong/partners.csv")),
    ("published-figures.csv", include_str!("../../packs/hong-kong/published-figures.csv")),
];
const LISTS: [&str; 5] =
    ["industries.toml", "origins.toml", "jurisdictions.toml", "code-lists.toml", "enterprise-lists.toml"];

/// Lists that a pack may do without.
const FURTHER_LISTS: [&str; 2] = ["isic.toml", "published-metrics.toml"];

/// Where a pack's files are.
#[derive(Clone, Debug)]
pub enum Files {
    HongKong,
    Folder(PathBuf),
}

impl Files {
    /// A file's text, where the pack has that file.
    pub fn text(&self, name: &str) -> Result<Option<String>> {
        let folder = match self {
            Self::HongKong => {
                let held = HONG_KONG.iter().find(|(held, _)| *held == name);
                return Ok(held.map(|(_, text)| (*text).to_owned()));
            }
            Self::Folder(folder) => folder,
        };
        let path = folder.join(name);
        let size = match std::fs::metadata(&path) {
            Ok(file) => file.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).context(path.display().to_string()),
        };
        ensure!(size <= MOST_BYTES, "{}: {size} bytes, and a pack’s file has at most {MOST_BYTES}", path.display());
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        let text = String::from_utf8(bytes).map_err(|_| anyhow!("{}: this is not UTF-8", path.display()))?;
        Ok(Some(text))
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Result<T> {
        self.read_if_any(name)?.ok_or_else(|| anyhow!("{name}: the pack has no such file"))
    }

    fn read_if_any<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        // The reader of TOML names the line, the field and the reason.
        toml::from_str(&text).map(Some).map_err(|error| anyhow!("{name}: {error}"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    id: String,
    version: String,
    time_zone: String,
    currency: String,
    /// The weekdays on which the office does not work, by their English names.
    rest_days: Vec<String>,
    /// The origins whose enterprises are shown by the name in their own script first.
    own_script_origins: Vec<String>,
    office: Office,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Office {
    /// The office among the bodies: what it published stands beside the register's own count.
    body: String,
    name_en: String,
    name_zh_hant: String,
    name_zh_hans: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    code: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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
#[serde(deny_unknown_fields)]
struct Holidays {
    holiday: Vec<Holiday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bodies {
    body: Vec<identity::body::NewBody>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Teams {
    team: Vec<identity::team::NewTeam>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Gates {
    gate: Vec<projects::gate::Gate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batches {
    batch: Vec<projects::batch::NewBatch>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Chains {
    place: Vec<ChainPlace>,
}

/// A place in a value chain, with its names.
#[derive(Deserialize)]
struct ChainPlace {
    #[serde(flatten)]
    place: targeting::chain::Place,
    name_en: String,
    name_zh_hant: String,
    name_zh_hans: String,
    valid_from: Date,
    source: String,
}

/// A pack that was read and found fit.
pub struct Pack {
    about: About,
    /// Each file of lists with its entries, in their order.
    lists: Vec<(&'static str, Vec<Entry>)>,
    holidays: Vec<Holiday>,
    bodies: Vec<identity::body::NewBody>,
    teams: Vec<identity::team::NewTeam>,
    gates: Vec<projects::gate::Gate>,
    batches: Vec<projects::batch::NewBatch>,
    chains: Vec<ChainPlace>,
    /// Criteria to start from, as the command line reads them.
    criteria: Option<String>,
}

impl Pack {
    pub fn read(files: &Files) -> Result<Self> {
        if let Files::Folder(folder) = files {
            ensure!(folder.is_dir(), "{}: there is no such folder", folder.display());
        }
        let mut lists = Vec::new();
        for name in LISTS {
            lists.push((name, files.read::<Lists>(name)?.code));
        }
        for name in FURTHER_LISTS {
            if let Some(further) = files.read_if_any::<Lists>(name)? {
                lists.push((name, further.code));
            }
        }
        let pack = Self {
            about: files.read("pack.toml")?,
            lists,
            holidays: files.read::<Holidays>("holidays.toml")?.holiday,
            bodies: files.read::<Bodies>("bodies.toml")?.body,
            teams: files.read::<Teams>("teams.toml")?.team,
            gates: files.read::<Gates>("gates.toml")?.gate,
            batches: files.read::<Batches>("batches.toml")?.batch,
            chains: files.read_if_any::<Chains>("chains.toml")?.unwrap_or_default().place,
            criteria: files.text("criteria.toml")?,
        };
        let faults = pack.faults();
        ensure!(faults.is_empty(), "{}", faults.join("\n"));
        Ok(pack)
    }

    fn codes(&self) -> Result<Vec<Code>> {
        let mut codes = Vec::new();
        for (_, entries) in &self.lists {
            for (place, entry) in entries.iter().enumerate() {
                codes.push(Code {
                    list: entry.list.clone(),
                    code: entry.code.clone(),
                    name_en: entry.name_en.clone(),
                    name_zh_hant: entry.name_zh_hant.clone(),
                    name_zh_hans: entry.name_zh_hans.clone(),
                    valid_from: entry.valid_from,
                    valid_to: entry.valid_to,
                    position: i64::try_from(place)?,
                    source: entry.source.clone(),
                    aliases: entry.aliases.join("\n").to_lowercase(),
                    group_code: entry.group.clone(),
                });
            }
        }
        for (place, chain) in self.chains.iter().enumerate() {
            codes.push(Code {
                list: targeting::chain::PLACES.to_owned(),
                code: chain.place.code.clone(),
                name_en: chain.name_en.clone(),
                name_zh_hant: chain.name_zh_hant.clone(),
                name_zh_hans: chain.name_zh_hans.clone(),
                valid_from: chain.valid_from,
                valid_to: None,
                position: i64::try_from(place)?,
                source: chain.source.clone(),
                aliases: String::new(),
                group_code: String::new(),
            });
        }
        Ok(codes)
    }

    /// Brings the pack in, through the verbs that keep its rules.
    pub async fn load(self, cx: &mut Cx) -> Result<()> {
        self.write(cx).await?;
        cx.commit().await?;
        Ok(())
    }

    async fn write(self, cx: &mut Cx) -> Result<()> {
        let codes = self.codes()?;
        let Self { about, holidays, bodies, teams, gates, batches, chains, criteria, .. } = self;
        let set = [
            ("pack", format!("{} {}", about.id, about.version)),
            ("time-zone", about.time_zone),
            ("currency", about.currency),
            ("rest-days", about.rest_days.join(",")),
            ("own-script-origins", about.own_script_origins.join(",")),
            ("office-body", about.office.body),
            ("office-name-en", about.office.name_en),
            ("office-name-zh-hant", about.office.name_zh_hant),
            ("office-name-zh-hans", about.office.name_zh_hans),
        ];
        for (name, value) in set {
            settings::set(cx, name, &value).await?;
        }
        codes::load(cx, codes).await.map_err(|error| said(cx, error))?;
        holidays::load(cx, holidays).await.map_err(|error| said(cx, error).context("holidays.toml"))?;
        identity::body::load(cx, bodies).await.map_err(|error| said(cx, error).context("bodies.toml"))?;
        identity::team::load(cx, teams).await.map_err(|error| said(cx, error).context("teams.toml"))?;
        projects::gate::load(cx, gates).await.map_err(|error| said(cx, error).context("gates.toml"))?;
        for (place, batch) in batches.into_iter().enumerate() {
            let row = place + 1;
            let done = projects::batch::load(cx, vec![batch]).await;
            done.map_err(|error| said(cx, error).context(format!("batches.toml, row {row}")))?;
        }
        let places: Vec<targeting::chain::Place> = chains.into_iter().map(|chain| chain.place).collect();
        targeting::chain::load(cx, &places).await.map_err(|error| said(cx, error).context("chains.toml"))?;
        if let Some(text) = criteria {
            let done = targeting::criteria::load(cx, &text, "criteria.toml").await;
            done.map_err(|error| said(cx, error).context("criteria.toml"))?;
        }
        Ok(())
    }
}

/// The pack inside the program, for an office that has none.
pub struct Inside;

impl registry::pack::Supply for Inside {
    fn name(&self) -> String {
        Pack::read(&Files::HongKong).map(|pack| format!("{} {}", pack.about.id, pack.about.version)).unwrap_or_default()
    }

    fn bring_in<'a>(&'a self, cx: &'a mut Cx) -> BoxFuture<'a, platform::Result<()>> {
        Box::pin(async move {
            let pack =
                Pack::read(&Files::HongKong).map_err(|error| platform::Error::unexpected(format!("{error:#}")))?;
            pack.write(cx).await.map_err(|error| platform::Error::unexpected(format!("{error:#}")))
        })
    }
}

#[cfg(test)]
mod tests {
    use platform::both_databases;
    use platform::testing::{On, Story, TestHouse, TestPlan};

    use super::*;

    #[test]
    fn the_pack_can_be_read_and_its_industries_change_on_their_day() {
        let pack = Pack::read(&Files::HongKong).unwrap();
        let codes = pack.codes().unwrap();
        let on = |day: Date| codes.iter().filter(|code| code.list == "industry" && code.holds_on(day)).count();
        assert_eq!(on(time::macros::date!(2025 - 02 - 25)), 4);
        assert_eq!(on(time::macros::date!(2025 - 02 - 26)), 5);
        assert!(pack.bodies.len() > 10 && pack.batches.len() == 5);
    }

    #[test]
    fn every_year_has_its_seventeen_holidays_and_none_on_a_sunday() {
        let pack = Pack::read(&Files::HongKong).unwrap();
        let days: Vec<Date> = pack.holidays.iter().map(|holiday| holiday.day).collect();
        for year in 2022..=2027 {
            assert_eq!(days.iter().filter(|day| day.year() == year).count(), 17, "{year}");
        }
        assert!(days.is_sorted() && days.iter().all(|day| day.weekday() != time::Weekday::Sunday));
        let rest: Vec<_> = pack.about.rest_days.iter().map(|name| holidays::weekday(name).unwrap()).collect();
        let working = platform::clock::WorkingDays::new(rest, days);
        // Easter Monday of 2026 is also the day following Ching Ming, so Tuesday is kept too.
        let thursday = time::macros::date!(2026 - 04 - 02);
        assert_eq!(working.after(thursday, 1), Some(time::macros::date!(2026 - 04 - 08)));
        assert_eq!(working.between(time::macros::date!(2026 - 09 - 30), time::macros::date!(2026 - 10 - 19)), Some(11));
    }

    #[test]
    fn the_folder_reads_as_what_is_inside_the_binary() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../packs/hong-kong");
        let (inside, outside) =
            (Pack::read(&Files::HongKong).unwrap(), Pack::read(&Files::Folder(folder.into())).unwrap());
        assert_eq!(inside.codes().unwrap(), outside.codes().unwrap());
        for (name, _) in HONG_KONG {
            assert_eq!(Files::Folder(folder.into()).text(name).unwrap(), Files::HongKong.text(name).unwrap(), "{name}");
        }
    }

    struct Whole(TestHouse);

    impl Story for Whole {
        async fn open(on: On) -> Self {
            let rooms = crate::rooms::all();
            let plan = TestPlan { rooms, shared_texts: ui::texts().to_vec(), ..TestPlan::default() };
            Self(TestHouse::open(on, plan).await)
        }
    }

    #[both_databases]
    async fn an_office_begins_with_the_pack_inside_the_program(house: Whole) {
        let house = house.0;
        registry::pack::put(&house.house, std::sync::Arc::new(Inside));
        let root = house.person(platform::permission::Role::Administrator, None);
        assert!(root.get("/").await.body.contains("href=\"/admin/pack\">Bring in a pack"));
        let done = root.post("/admin/pack", &[]).await;
        assert_eq!(done.status, 303, "{}", done.body);
        assert!(!root.get("/").await.body.contains("Bring in a pack"));
        assert_eq!(house.house.settings.currency(), "HKD");
        assert!(root.get("/admin/pack?table=gates").await.status == 200);
        let mut cx = house.operator();
        assert!(!projects::gate::all(&mut cx).await.unwrap().is_empty());
        assert!(directory::enterprise::named(&mut cx, "AstraZeneca").await.unwrap().is_empty(), "without the register");
    }
}
