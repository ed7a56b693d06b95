//! The office's public holidays: a dated list that the pack brings and every count of working days
//! goes by.

use std::sync::{Arc, RwLock};

use futures::future::BoxFuture;
use serde::Deserialize;
use sqlx::FromRow;
use time::{Date, Weekday};

use crate::audit::{Change, Told};
use crate::codes::EDIT;
use crate::cx::Cx;
use crate::error::{Problems, Result};
use crate::on;
use crate::pack::{PackRow, PackTable};
use crate::sql::{Value, insert_many};
use crate::text::Language;

/// One day on which the office does not work, whatever weekday it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, FromRow)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    pub day: Date,
    pub name_en: String,
    pub name_zh_hant: String,
    pub name_zh_hans: String,
    pub source: String,
}

impl Holiday {
    pub fn name(&self, language: Language) -> &str {
        match language {
            Language::English => &self.name_en,
            Language::Traditional => &self.name_zh_hant,
            Language::Simplified => &self.name_zh_hans,
        }
    }
}

/// All holidays, held in memory: there are seventeen a year.
#[derive(Debug, Default)]
pub struct Holidays(RwLock<Arc<Vec<Holiday>>>);

impl Holidays {
    /// Every holiday known, earliest first.
    pub fn all(&self) -> Arc<Vec<Holiday>> {
        self.0.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// The next holidays from a day on, that day included.
    pub fn next(&self, from: Date, most: usize) -> Vec<Holiday> {
        self.all().iter().filter(|holiday| holiday.day >= from).take(most).cloned().collect()
    }

    pub async fn reload(&self, cx: &mut Cx) -> Result<()> {
        let sql = "SELECT day, name_en, name_zh_hant, name_zh_hans, source FROM holidays ORDER BY day";
        let rows: Vec<Holiday> = on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?;
        *self.0.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = Arc::new(rows);
        Ok(())
    }
}

/// A weekday by its English name in lower case, as packs write it.
pub fn weekday(name: &str) -> Option<Weekday> {
    Some(match name {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

/// Brings in holidays, new or renewed, as a pack does. Days already there and not named stay.
pub async fn load(cx: &mut Cx, holidays: Vec<Holiday>) -> Result<u64> {
    cx.require(&EDIT)?;
    let mut problems = Problems::default();
    for holiday in &holidays {
        let said = [&holiday.name_en, &holiday.name_zh_hant, &holiday.name_zh_hans, &holiday.source];
        problems.require(said.iter().all(|text| !text.is_empty()), &holiday.day.to_string(), "problem-code-unnamed");
    }
    problems.into_result()?;
    let known = cx.house.holidays.all();
    let news: Vec<Holiday> = holidays.into_iter().filter(|holiday| !known.contains(holiday)).collect();
    for holiday in &news {
        let before = known.iter().find(|held| held.day == holiday.day);
        let id = cx.new_id();
        cx.record(
            Change::new("holiday.set", "holiday", id)
                .label(holiday.day.to_string())
                .field(
                    "name_en",
                    Told::text(before.map(|held| held.name_en.as_str())),
                    Told::Text(holiday.name_en.clone()),
                )
                .field(
                    "source",
                    Told::text(before.map(|held| held.source.as_str())),
                    Told::Text(holiday.source.clone()),
                ),
        );
    }
    let rows: Vec<Vec<Value>> = news
        .iter()
        .map(|holiday| {
            vec![
                holiday.day.into(),
                holiday.name_en.clone().into(),
                holiday.name_zh_hant.clone().into(),
                holiday.name_zh_hans.clone().into(),
                holiday.source.clone().into(),
            ]
        })
        .collect();
    let head = "INSERT INTO holidays (day, name_en, name_zh_hant, name_zh_hans, source)";
    let tail = " ON CONFLICT (day) DO UPDATE SET name_en = excluded.name_en, name_zh_hant = excluded.name_zh_hant, \
                name_zh_hans = excluded.name_zh_hans, source = excluded.source";
    insert_many(cx, head, tail, rows).await?;
    if !news.is_empty() {
        cx.renew_on_commit();
    }
    Ok(news.len() as u64)
}

/// The holidays as a table of the pack.
pub(crate) fn pack_table() -> PackTable {
    PackTable { name: "holidays", key: "pack-holidays", columns: &["pack-day", "pack-name"], rows }
}

fn rows(cx: &mut Cx) -> BoxFuture<'_, Result<Vec<PackRow>>> {
    let view = cx.view();
    let rows = cx.house.holidays.all();
    let rows = rows
        .iter()
        .map(|holiday| PackRow {
            cells: vec![view.date(holiday.day), holiday.name(view.lang).to_owned()],
            valid_from: Some(holiday.day),
            valid_to: Some(holiday.day),
            source: holiday.source.clone(),
        })
        .collect();
    Box::pin(async move { Ok(rows) })
}
