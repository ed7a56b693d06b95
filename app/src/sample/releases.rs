//! What the sample office has published: one table frozen and signed off on two days, and its
//! definition shared with the office.

use std::sync::Arc;

use anyhow::{Context, Result};
use identity::account;
use platform::clock::Clock;
use platform::cx::Way;
use platform::house::House;
use platform::text::Language;
use platform::{Cx, Id};
use reporting::release::{self, NewRelease};
use reporting::saved::{self, NewSaved};
use time::{Date, Duration};

const TABLE: &str = "rows=industry&rows=reporting_origin&columns=nature&measure=enterprises_attracted";
const TITLE: &str = "Enterprises attracted, by industry, origin and nature of entry";
/// Frozen in the morning, signed off in the afternoon.
const FROZEN: i64 = 10 * 3_600;
const SIGNED: i64 = 15 * 3_600;

/// The days that are still to come on which the office publishes.
pub(super) struct Releases(Vec<Date>);

impl Releases {
    pub(super) fn until(today: Date) -> Self {
        Self(vec![today - Duration::days(400), today - Duration::days(45)])
    }

    /// Publishes what is due before a day; one director freezes, another signs off.
    pub(super) async fn due(&mut self, house: &Arc<House>, clock: &Clock, before: Date) -> Result<()> {
        while self.0.first().is_some_and(|day| *day < before) {
            let day = self.0.remove(0);
            clock.set(super::at(house, day, FROZEN));
            let mut cx = acting(house, "director@sample.example").await?;
            let new = NewRelease {
                title: TITLE.to_owned(),
                note: "Made up for the sample office.".to_owned(),
                definition: format!("{TABLE}&as_at={day}"),
            };
            let frozen = release::freeze(&mut cx, new).await?;
            if self.0.is_empty() {
                let shared =
                    NewSaved { name: TITLE.to_owned(), definition: TABLE.to_owned(), shared: "office".to_owned() };
                saved::save(&mut cx, shared).await?;
            }
            cx.commit().await?;
            clock.set(super::at(house, day, SIGNED));
            let mut cx = acting(house, "deputy@sample.example").await?;
            release::sign_off(&mut cx, frozen.id, "Checked against the records.").await?;
            cx.commit().await?;
        }
        Ok(())
    }
}

/// A context of one of the office's people.
async fn acting(house: &Arc<House>, email: &str) -> Result<Cx> {
    let mut cx = house.cx_operator("sample office", Way::Command);
    let id: Id = account::by_email(&mut cx, email).await?.with_context(|| format!("there is no {email}"))?;
    let actor = house.authenticator.by_account(&mut cx, id).await?;
    cx.undo().await?;
    Ok(Cx::new(house.clone(), actor, Way::Command, Language::English))
}
