//! `oases load`: fills an empty database with the real public register, or with a sample office.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::ValueEnum;
use platform::clock::{At, Clock};
use platform::house::House;
use platform::{Way, settings};
use time::{OffsetDateTime, Time};

use crate::rooms::{self, Place};
use crate::{pack, sample};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Office {
    /// The pack and the real public register.
    Reference,
    /// A full working office, made up and marked so on every page.
    Sample,
}

/// Builds the house that the office is loaded into, and closes it again.
pub async fn run(place: &Place, office: Office) -> Result<()> {
    let clock = match office {
        Office::Reference => Clock::System,
        Office::Sample => Clock::standing_at(opening()),
    };
    let house = rooms::build_at(place, clock.clone()).await?.house;
    let done = fill(&house, office, &clock).await;
    house.close().await;
    done
}

async fn fill(house: &Arc<House>, office: Office, clock: &Clock) -> Result<()> {
    if house.settings.get("pack").is_some() {
        bail!("this database already holds an office; load fills an empty one");
    }
    let mut cx = house.cx_operator("oases load", Way::Command);
    pack::load(&mut cx).await?;
    match office {
        Office::Reference => pack::load_register(house).await?,
        Office::Sample => {
            settings::set(&mut cx, "office", "sample").await?;
            cx.commit().await?;
            sample::load(house, clock).await?;
        }
    }
    Ok(())
}

/// An hour before the sample office's first morning.
fn opening() -> At {
    At::from_micros(OffsetDateTime::new_utc(sample::OPENING, Time::MIDNIGHT).unix_timestamp() * 1_000_000)
}
