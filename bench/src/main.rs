//! Measures Oases as docs/PERFORMANCE.md promises: a made-up office of a million enterprises, the
//! real server as a process of its own, clients that speak HTTP. Started by script/bench.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};

mod bare;
mod client;
mod data;
mod machine;
mod measure;
mod measures;
mod place;
mod report;
mod server;

use place::Place;
use report::Line;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Database {
    Sqlite,
    Postgres,
    Both,
}

/// Measures Oases on a made-up office.
#[derive(Parser)]
#[command(name = "bench")]
struct Cli {
    /// The binary to measure.
    #[arg(long, value_name = "FILE")]
    oases: PathBuf,
    /// Where the made-up offices are kept between runs.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// A PostgreSQL server to make databases in: postgres://…
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    #[arg(long, default_value = "both")]
    database: Database,
    /// 1 is a million enterprises, 200,000 projects, 2,000,000 ledger entries.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    #[arg(long, default_value_t = 20_261_124)]
    seed: u64,
    /// One measure alone.
    #[arg(long, value_name = "NAME", value_parser = measures::NAMES)]
    only: Option<String>,
    /// How long each measure is taken.
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
    /// Takes an office made earlier even if tables have changed since: for trying out an index.
    #[arg(long)]
    reuse: bool,
    /// Makes the office and measures nothing.
    #[arg(long)]
    make: bool,
    /// Writes the tables as Markdown too.
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<()> {
    if !(0.001..=10.0).contains(&cli.scale) {
        bail!("a scale is between 0.001 and 10");
    }
    let mut markdown = String::new();
    for database in [Database::Sqlite, Database::Postgres] {
        if cli.database != Database::Both && cli.database != database {
            continue;
        }
        let held = kept(&cli, database)?;
        make(&cli, &held).await?;
        if cli.make {
            continue;
        }
        let copy = copied(&held).await?;
        let (version, megabytes) = {
            let mut bare = bare::Bare::open(&copy).await?;
            (bare.version().await?, bare.megabytes().await?)
        };
        let bench =
            measures::Bench::new(copy.clone(), &cli.oases, cli.seed, cli.scale, cli.seconds, cli.only.clone()).await?;
        let lines: Vec<Line> = bench.all().await?;
        remove(&copy).await?;
        let heading = format!(
            "{version}, {megabytes} MB of data at scale {}, seed {}; {}",
            cli.scale,
            cli.seed,
            machine::described()
        );
        println!("\n{heading}\n\n{}", report::plain(&lines));
        markdown.push_str(&format!("### {}\n\n{heading}.\n\n{}\n", copy.name(), report::markdown(&lines)));
    }
    if let Some(file) = &cli.markdown {
        std::fs::write(file, markdown).with_context(|| format!("{} can't be written", file.display()))?;
    }
    Ok(())
}

fn kept(cli: &Cli, database: Database) -> Result<Place> {
    let (name, url) = match database {
        Database::Postgres => {
            let server = cli.postgres.as_ref().context("--postgres says which server")?;
            ("postgres", Some(format!("{}/oases_bench", server.trim_end_matches('/'))))
        }
        _ => ("sqlite", None),
    };
    Ok(Place { data: cli.data.join(name), database: url })
}

/// Makes the office, unless this very one is there from an earlier run.
async fn make(cli: &Cli, place: &Place) -> Result<()> {
    if data::is_there(place, &cli.oases, cli.seed, cli.scale, cli.reuse).await {
        return Ok(());
    }
    eprintln!("Making an office of scale {} in {}", cli.scale, place.name());
    if place.data.exists() {
        std::fs::remove_dir_all(&place.data)?;
    }
    std::fs::create_dir_all(&place.data)?;
    if place.database.is_some() {
        bare::make_database(place, false).await?;
    }
    data::make(place, &cli.oases, cli.seed, cli.scale).await
}

/// What is measured writes; so it is measured on a copy.
async fn copied(place: &Place) -> Result<Place> {
    let copy = Place { data: place.data.with_extension("run"), database: place.database_named("oases_bench_run") };
    if copy.data.exists() {
        std::fs::remove_dir_all(&copy.data)?;
    }
    copy_folder(&place.data, &copy.data)?;
    if place.database.is_some() {
        bare::make_database(place, true).await?;
    }
    Ok(copy)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
            // Whoever writes next would otherwise wait for the copy on its way to the disk.
            std::fs::File::options().append(true).open(target)?.sync_all()?;
        }
    }
    Ok(())
}

async fn remove(copy: &Place) -> Result<()> {
    if copy.database.is_some() {
        bare::drop_copy(copy).await?;
    }
    std::fs::remove_dir_all(&copy.data)?;
    Ok(())
}
