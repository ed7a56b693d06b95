//! `oases load`: fills an empty database with the real public register, or with a sample office.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::ValueEnum;
use platform::house::House;
use platform::{Way, settings};

use crate::{pack, sample};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Office {
    /// The pack and the real public register.
    Reference,
    /// A full working office, made up and marked so on every page.
    Sample,
}

pub async fn run(house: &Arc<House>, office: Office) -> Result<()> {
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
            sample::load(house).await?;
        }
    }
    Ok(())
}
