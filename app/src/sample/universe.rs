//! The sample's universe: companies that don't exist, some of them the register's own, brought in by the import a user has.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use ::universe::made_up::{Given, MAP, MadeUp};
use ::universe::{About, Import, Map};
use anyhow::Result;

use super::plan::Plan;

const COMPANIES: u64 = 5_000;
/// Of each so manieth enterprise of the register the universe tells too.
const KNOWN: usize = 3;

pub fn load(folder: &Path, plan: &Plan) -> Result<()> {
    let made = MadeUp {
        seed: 20_261_124,
        count: COMPANIES,
        given: plan.enterprises.iter().step_by(KNOWN).map(given).collect(),
        ..MadeUp::default()
    };
    let passing = tempfile::tempdir()?;
    let write = |name: &str, with: &dyn Fn(&mut dyn Write) -> std::io::Result<()>| -> Result<_> {
        let path = passing.path().join(name);
        let mut to = BufWriter::new(File::create(&path)?);
        with(&mut to)?;
        to.flush()?;
        Ok(path)
    };
    let records = write("lei.xml", &|to| made.lei_records(to, false))?;
    let relations = write("relations.xml", &|to| made.relations(to))?;
    let register = write("register.csv", &|to| made.register(to, false))?;
    let mut import = Import::new(folder, "sample-lei", vec![records, relations]);
    import.about = about("Made-up LEI records", 2);
    // What is made up stands at its own day, whenever it is loaded.
    import.today = MadeUp::STANDS_AT;
    import.run(&mut |_, _, _| {})?;
    let mut import = Import::new(folder, "sample-register", vec![register]);
    import.reader.map = Some(Map::parse(MAP)?);
    import.reader.as_at = "2026-06-30".parse().ok();
    import.today = MadeUp::STANDS_AT;
    import.about = about("A made-up register of companies", 1);
    import.run(&mut |_, _, _| {})?;
    Ok(())
}

fn about(title: &str, rank: u32) -> About {
    About {
        title: Some(title.to_owned()),
        licence: Some("CC0-1.0".to_owned()),
        rank: Some(rank),
        made_up: true,
        ..About::default()
    }
}

/// An enterprise of the register as the universe names it.
fn given(enterprise: &super::plan::Enterprise) -> Given {
    let [latin, _, simplified] = &enterprise.names;
    let country = match enterprise.origin {
        "united-states" => "US",
        "united-kingdom" => "GB",
        "france" => "FR",
        "germany" => "DE",
        "japan" => "JP",
        "singapore" => "SG",
        _ => "CN",
    };
    let (isic, chain) = TRADES
        .iter()
        .find(|(word, ..)| latin.ends_with(word))
        .map_or(("7210", "biomedicine.discovery"), |(_, isic, chain)| (*isic, *chain));
    let (name, other) = match country {
        "CN" => (format!("{simplified}有限公司"), latin.clone()),
        _ => (latin.clone(), simplified.clone()),
    };
    Given { name, other, country: country.to_owned(), isic: isic.to_owned(), chain: chain.to_owned() }
}

/// What the trades of the register's names are in industries and places of a chain.
const TRADES: [(&str, &str, &str); 15] = [
    ("Biologics", "2100", "biomedicine.manufacturing"),
    ("Diagnostics", "7210", "biomedicine.trials"),
    ("Medical Devices", "2660", "biomedicine.devices"),
    ("Vision AI", "6201", "ai.models"),
    ("Data", "6311", "ai.data"),
    ("Chips", "2610", "chips.design"),
    ("Payments", "6419", "finance.payments"),
    ("Ledger Systems", "6619", "finance.platforms"),
    ("Insurtech", "6619", "finance.platforms"),
    ("Robotics", "2829", "robotics.systems"),
    ("Batteries", "2720", "batteries.cells"),
    ("Materials", "2720", "batteries.materials"),
    ("Hydrogen", "2720", "batteries.packs"),
    ("Games", "5820", "culture.games"),
    ("Animation", "5911", "culture.film"),
];
