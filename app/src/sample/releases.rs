//! What the sample office has published: one table frozen and signed off on two days, its definition
//! shared with the office, and after each ceremony the figures of a press release.

use std::sync::Arc;

use anyhow::{Context, Result};
use identity::account;
use platform::clock::Clock;
use platform::cx::Way;
use platform::forms::Loose;
use platform::house::House;
use platform::text::Language;
use platform::{Cx, Id};
use projects::figures::{self, AsOf, Measure};
use reporting::published::{self, NewPublished};
use reporting::release::{self, NewRelease};
use reporting::saved::{self, NewSaved};
use time::{Date, Duration};

use super::plan::{OPENING, ceremony_of};

const TABLE: &str = "rows=industry&rows=reporting_origin&columns=nature&measure=enterprises_attracted";
const TITLE: &str = "Enterprises attracted, by industry, origin and nature of entry";
/// Frozen in the morning, signed off in the afternoon.
const FROZEN: i64 = 10 * 3_600;
const SIGNED: i64 = 15 * 3_600;

/// The press release of a ceremony goes out in the evening.
const TOLD: i64 = 17 * 3_600;

/// The days that are still to come on which the office publishes.
pub(super) struct Releases {
    tables: Vec<Date>,
    ceremonies: Vec<Date>,
}

impl Releases {
    pub(super) fn until(today: Date) -> Self {
        let ceremonies = (OPENING.year()..=today.year()).map(ceremony_of).filter(|day| *day > OPENING);
        Self { tables: vec![today - Duration::days(400), today - Duration::days(45)], ceremonies: ceremonies.collect() }
    }

    /// Publishes what is due before a day, in the order of the days.
    pub(super) async fn due(&mut self, house: &Arc<House>, clock: &Clock, before: Date) -> Result<()> {
        loop {
            let table = self.tables.first().copied().filter(|day| *day < before);
            let ceremony = self.ceremonies.first().copied().filter(|day| *day < before);
            match (table, ceremony) {
                (Some(day), ceremony) if ceremony.is_none_or(|ceremony| day <= ceremony) => {
                    self.tables.remove(0);
                    freeze(house, clock, day, self.tables.is_empty()).await?;
                }
                (_, Some(day)) => {
                    self.ceremonies.remove(0);
                    clock.set(super::at(house, day, TOLD));
                    tell(house, day).await?;
                }
                _ => return Ok(()),
            }
        }
    }
}

/// One director freezes a table, another signs it off; with the last its definition is shared.
async fn freeze(house: &Arc<House>, clock: &Clock, day: Date, last: bool) -> Result<()> {
    clock.set(super::at(house, day, FROZEN));
    let mut cx = acting(house, "director@sample.example").await?;
    let new = NewRelease {
        title: TITLE.to_owned(),
        note: "Made up for the sample office.".to_owned(),
        definition: format!("{TABLE}&as_at={day}"),
    };
    let frozen = release::freeze(&mut cx, new).await?;
    if last {
        let shared = NewSaved { name: TITLE.to_owned(), definition: TABLE.to_owned(), shared: "office".to_owned() };
        saved::save(&mut cx, shared).await?;
    }
    cx.commit().await?;
    clock.set(super::at(house, day, SIGNED));
    let mut cx = acting(house, "deputy@sample.example").await?;
    release::sign_off(&mut cx, frozen.id, "Checked against the records.").await?;
    cx.commit().await?;
    Ok(())
}

/// The figures of a ceremony's press release, near what the register counts: two of those who signed
/// did so without being named, and amounts are rounded as such releases round them.
async fn tell(house: &Arc<House>, day: Date) -> Result<()> {
    let mut cx = acting(house, "director@sample.example").await?;
    let now = AsOf { as_at: day, known_at: cx.now() };
    let before = AsOf { as_at: day - Duration::DAY, known_at: cx.now() };
    let counted = async |cx: &mut Cx, as_of, measure| anyhow::Ok(figures::total(cx, as_of, measure).await?.value);
    let signed = counted(&mut cx, now, Measure::PartnersSigned).await?;
    let signed_before = counted(&mut cx, before, Measure::PartnersSigned).await?;
    let attracted = counted(&mut cx, now, Measure::EnterprisesAttracted).await?;
    let met = counted(&mut cx, now, Measure::EnterprisesMet).await?;
    let investment = counted(&mut cx, now, Measure::InvestmentPledged).await? / 100;
    let jobs = counted(&mut cx, now, Measure::JobsPledged).await?;
    let body = house.settings.get("office-body").context("the pack names the office’s body")?;
    // Few are told to the ten, and none at all is nothing to tell.
    let step = |value: i64| if value < 1_000 { 10 } else { 100 };
    let down = |value: i64| (value / step(value) * step(value)).to_string();
    let near = |value: i64| ((value + step(value) / 2) / step(value) * step(value)).to_string();
    for (metric, value, unit, comparator, basis) in [
        ("partners_signed_in_batch", (signed - signed_before + 2).to_string(), "enterprises", "exactly", "counted"),
        ("enterprises_attracted_cumulative", (attracted + 2).to_string(), "enterprises", "exactly", "counted"),
        ("enterprises_met", (met / 10 * 10).to_string(), "enterprises", "over", "counted"),
        ("investment_expected_cumulative", down(investment / 1_000_000), "HKD_million", "over", "coming_years"),
        ("jobs_expected_cumulative", near(jobs), "jobs", "about", "coming_years"),
    ] {
        if value == "0" {
            continue;
        }
        let new = NewPublished {
            as_at: day.to_string(),
            metric: metric.to_owned(),
            value: Loose(value),
            unit: unit.to_owned(),
            comparator: comparator.to_owned(),
            basis: basis.to_owned(),
            scope: "Sample office, made up".to_owned(),
            body: body.clone(),
            source: "Sample press release, made up".to_owned(),
            ..NewPublished::default()
        };
        published::keep(&mut cx, new).await?;
    }
    cx.commit().await?;
    Ok(())
}

/// A context of one of the office's people.
async fn acting(house: &Arc<House>, email: &str) -> Result<Cx> {
    let mut cx = house.cx_operator("sample office", Way::Command);
    let id: Id = account::by_email(&mut cx, email).await?.with_context(|| format!("there is no {email}"))?;
    let actor = house.authenticator.by_account(&mut cx, id).await?;
    cx.undo().await?;
    Ok(Cx::new(house.clone(), actor, Way::Command, Language::English))
}
