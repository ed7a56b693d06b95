//! `oases load`: fills an empty database with the real public register, or with a sample office.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, bail};
use clap::ValueEnum;
use platform::clock::{At, Clock};
use platform::house::House;
use platform::{Way, settings};
use time::{Duration, OffsetDateTime, Time};

use crate::cli::import_file;
use crate::pack::{Files, Pack};
use crate::rooms::{self, Place};
use crate::sample;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Office {
    /// The pack and the real public register.
    Reference,
    /// A full working office, made up and marked so on every page.
    Sample,
}

/// Brings the pack in, and then the office. The house is built anew in between: it goes by the
/// time zone it finds when it is built, and the office's days are the pack's.
pub async fn run(place: &Place, office: Office, folder: Option<PathBuf>) -> Result<()> {
    if folder.is_some() && office == Office::Sample {
        bail!("the sample office is made up for the pack inside the program; --pack goes with --office reference");
    }
    let files = folder.map_or(Files::HongKong, Files::Folder);
    let pack = Pack::read(&files)?;
    let clock = match office {
        Office::Reference => Clock::System,
        Office::Sample => Clock::standing_at(opening()),
    };
    let house = rooms::build_at(place, clock.clone()).await?.house;
    let begun = begin(&house, office, pack).await;
    house.close().await;
    begun?;
    let house = rooms::build_at(place, clock.clone()).await?.house;
    let done = match office {
        Office::Reference => register(&house, &files).await,
        Office::Sample => sample::load(&house, &clock).await,
    };
    house.close().await;
    done
}

async fn begin(house: &Arc<House>, office: Office, pack: Pack) -> Result<()> {
    if house.settings.get("pack").is_some() {
        bail!("this database already holds an office; load fills an empty one");
    }
    let mut cx = house.cx_operator("oases load", Way::Command);
    if office == Office::Sample {
        settings::set(&mut cx, "office", "sample").await?;
    }
    pack.load(&mut cx).await
}

/// The pack's public register and published figures, where it has them, through the importers a user has.
async fn register(house: &Arc<House>, files: &Files) -> Result<()> {
    for (kind, name) in [("partners", "partners.csv"), ("figures", "published-figures.csv")] {
        let Some(text) = files.text(name)? else { continue };
        let folder = tempfile::tempdir()?;
        let path = folder.path().join(name);
        std::fs::write(&path, text)?;
        let import = import_file(house, kind, &path, None, false).await?;
        say!("{name}: {} created, {} refused", import.created, import.refused)?;
        if import.refused > 0 {
            let mut cx = house.cx_operator("oases load", Way::Command);
            let problems = platform::import::problems(&mut cx, import.id, 0, 200).await?;
            cx.undo().await?;
            for (row, problem) in problems {
                let words = platform::web::say(&cx, &problem.key, &problem.args);
                aside!("{name}: row {row}: {}: {words}", problem.field);
            }
            bail!("{name} of the pack was refused in part");
        }
    }
    Ok(())
}

/// A day before the sample office opens, which is earlier than its first morning in every time zone.
fn opening() -> At {
    let opening = OffsetDateTime::new_utc(sample::OPENING, Time::MIDNIGHT) - Duration::DAY;
    At::from_micros(opening.unix_timestamp() * 1_000_000)
}
