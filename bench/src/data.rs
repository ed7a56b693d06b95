//! The data that everything is measured on: a made-up office of a stated size, the same for the
//! same seed, made once and kept.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Result, bail};
use platform::Id;
use platform::clock::At;
use platform::id::IdMaker;
use sha2::{Digest, Sha256};

use crate::place::Place;

mod office;
mod store;
pub mod words;

use office::{Account, Office, Staff};
pub use office::{INDUSTRIES, ORIGINS, Size};
use store::{Filling, Rows};

pub const PASSWORD: &str = "made up to measure";
pub const OFFICERS: u64 = 300;
/// Raised whenever the same seed would make other rows.
const VERSION: u32 = 2;

pub fn officer_email(number: u64) -> String {
    format!("officer{number}@bench.example")
}

/// The API key of the first officer; it opens nothing but made-up data.
pub const OFFICER_KEY: &str = "oases_bench_officer_key_for_made_up_data";
pub const DIRECTOR_KEY: &str = "oases_bench_director_key_for_made_up_data";

/// Whether the place holds this office, in tables that have not changed since it was made; `reuse`
/// takes it even in changed ones.
pub async fn is_there(place: &Place, oases: &Path, seed: u64, scale: f64, reuse: bool) -> bool {
    let Some((wanted, shape)) = store::made(place).await else { return false };
    if wanted != wish(seed, scale) {
        return false;
    }
    let migrated = tokio::process::Command::new(oases)
        .arg("migrate")
        .args(place.arguments())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .await;
    migrated.is_ok_and(|status| status.success())
        && (reuse || store::shape_of(place).await.is_ok_and(|now| now == shape))
}

fn wish(seed: u64, scale: f64) -> String {
    format!("{VERSION}/{seed}/{scale}")
}

/// Makes the office in an empty place.
pub async fn make(place: &Place, oases: &Path, seed: u64, scale: f64) -> Result<()> {
    let started = Instant::now();
    let loaded = tokio::process::Command::new(oases)
        .args(["load", "--office", "reference"])
        .args(place.arguments())
        .stdout(Stdio::null())
        .status()
        .await?;
    if !loaded.success() {
        bail!("the empty office can't be loaded");
    }
    let postgres = place.database.is_some();
    let mut filling = Filling::open(place).await?;
    let staff = staff(&mut filling, postgres).await?;
    let mut numbers = BTreeMap::new();
    for year in 2024..=2026 {
        for letter in ["E", "P"] {
            let series = format!("{letter}-{year}");
            let last = filling.last_number(&series).await?;
            numbers.insert(series, last);
        }
    }
    let end = filling.chain_end().await?;
    // Rows are thought up on one core while the other puts them in.
    let (to, mut from) = tokio::sync::mpsc::channel(16);
    let putting = tokio::spawn(async move {
        while let Some((table, text)) = from.recv().await {
            filling.put(table, text).await?;
        }
        anyhow::Ok(filling)
    });
    let size = Size::of(scale);
    let mut office = Office::new(seed, size, &staff, to, postgres, end, numbers);
    let say = |what: &str| eprintln!("  {what}: {:.0} s", started.elapsed().as_secs_f64());
    let made = async {
        office.accounts().await?;
        office.enterprises().await?;
        say("enterprises");
        office.people().await?;
        office.projects().await?;
        say("people and projects");
        office.ledger().await?;
        say("ledger");
        office.related().await
    }
    .await;
    let (numbers, seq, hash) = {
        let (seq, hash) = office.chain_end();
        (office.numbers.clone(), seq, hash.to_owned())
    };
    drop(office);
    // What went wrong with putting in says more than that nobody takes rows any longer.
    let mut filling = putting.await??;
    made?;
    for (series, last) in numbers {
        filling.set_last_number(&series, last).await?;
    }
    filling.set_chain_end(seq, &hash).await?;
    filling.finish(&wish(seed, scale)).await?;
    say("whole office");
    Ok(())
}

async fn staff(filling: &mut Filling, postgres: bool) -> Result<Staff> {
    let hash = identity::secret::hash(PASSWORD).await.map_err(|error| anyhow::anyhow!("{error}"))?;
    let ids = IdMaker::new(18);
    let at = At(1_705_276_800_000_000);
    let teams = filling.teams().await?;
    let mut accounts = Rows::new(store::ACCOUNTS, postgres);
    let mut members = Rows::new(store::ACCOUNT_TEAMS, postgres);
    let mut keys = Rows::new(store::API_KEYS, postgres);
    let mut officers: Vec<Account> = Vec::new();
    let mut add = |email: &str, name: &str, roles: &str| {
        let id = ids.make(at);
        accounts.add(&[
            id.into(),
            email.into(),
            name.into(),
            roles.into(),
            "en".into(),
            (&hash).into(),
            1_i64.into(),
            at.into(),
        ]);
        id
    };
    let director = (Id(0), "Director".to_owned(), "director@bench.example".to_owned());
    let director = (add(&director.2, &director.1, "director,administrator"), director.1, director.2);
    for number in 0..OFFICERS {
        let name = format!("Officer {number}");
        let id = add(&officer_email(number), &name, "officer");
        if let Some(team) = teams.get(number as usize % teams.len().max(1)) {
            members.add(&[id.into(), (*team).into()]);
        }
        officers.push((id, name, officer_email(number)));
    }
    for (key, account) in [(OFFICER_KEY, officers[0].0), (DIRECTOR_KEY, director.0)] {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(key.as_bytes()));
        keys.add(&[
            ids.make(at).into(),
            account.into(),
            "bench".into(),
            "oases_bench_".into(),
            (&digest).into(),
            "*:write".into(),
            time::macros::date!(2099 - 12 - 31).into(),
            at.into(),
        ]);
    }
    for rows in [&mut accounts, &mut members, &mut keys] {
        if let Some((table, text)) = rows.take() {
            filling.put(table, text).await?;
        }
    }
    Ok(Staff { director, officers, teams })
}
