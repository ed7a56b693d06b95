//! The command line. Errors go to standard error with a non-zero exit; `--format json` is stable.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use platform::clock::{At, parse_day};
use platform::house::{Built, House};
use platform::{Cx, Way};
use time::Date;

use crate::rooms::Place;
use crate::{backup, check, load, rooms, serve, table};

pub use import::import_file;

#[cfg(feature = "cluster")]
mod cluster;
mod crosstab;
mod figures;
mod import;
mod matching;
mod screen;
mod universe;
mod user;

/// The system an office for attracting strategic enterprises runs on.
#[derive(Parser)]
#[command(name = "oases", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct PlaceArgs {
    /// Folder of the database and files.
    #[arg(long, global = true, default_value = "var", value_name = "DIR")]
    data: PathBuf,
    /// PostgreSQL address (postgres://…), instead of the database in the data folder.
    #[arg(long, global = true, env = "OASES_DATABASE", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the pages and the API, and works on jobs.
    Serve {
        #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDR")]
        listen: std::net::SocketAddr,
        /// The address people use, when a proxy with TLS stands before this server: https://…
        #[arg(long, value_name = "URL")]
        public_url: Option<String>,
    },
    /// Fills an empty database with the real public register, or with a made-up sample office.
    Load {
        #[arg(long)]
        office: load::Office,
        /// A folder like packs/hong-kong, instead of the pack inside the program.
        #[arg(long, value_name = "DIR")]
        pack: Option<PathBuf>,
    },
    /// Brings in a csv or xlsx file.
    Import {
        /// enterprises, people, names, identifiers, relations, flags, measurements, projects, partners, ledger or figures.
        kind: String,
        file: PathBuf,
        /// TOML file: which of the file's columns holds which field.
        #[arg(long, value_name = "FILE")]
        map: Option<PathBuf>,
        /// Says what would be done, and does nothing.
        #[arg(long)]
        dry_run: bool,
        /// Leaves rows that are likely the same as what is held, without being equal to it, for a person.
        #[arg(long)]
        leave_alike: bool,
    },
    /// Writes records of a kind to standard output or a file.
    Export {
        kind: String,
        #[arg(long, default_value = "csv")]
        format: ExportFormat,
        /// Filters as in a list's address: industry=fintech&origin=france.
        #[arg(long, default_value = "")]
        filter: String,
        /// Where to write; standard output when absent (not for xlsx).
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Every metric as at a date, as known at a date.
    Figures {
        #[command(flatten)]
        as_of: AsOfArgs,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// A metric by dimensions, as at a date, as known at a date.
    Crosstab {
        #[command(flatten)]
        table: crosstab::CrosstabArgs,
        #[command(flatten)]
        as_of: AsOfArgs,
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Accounts.
    #[command(subcommand)]
    User(user::UserCommand),
    /// Brings the database to this version's shape.
    Migrate,
    /// Proves the database consistent, and says what is not.
    Check,
    /// Writes one file with everything in it, while serving.
    Backup { file: PathBuf },
    /// Brings a backup up in an empty data folder or database.
    Restore {
        file: PathBuf,
        /// Only proves that the backup can be restored.
        #[arg(long)]
        check: bool,
    },
    /// Says which records of a file are of one enterprise.
    Match(matching::MatchArgs),
    /// Says which records of one file are of the same enterprise as records of another.
    Link(matching::LinkArgs),
    /// Brings open company data in, and keeps it up to date.
    Universe(universe::UniverseArgs),
    /// Ranks the companies of a universe by criteria.
    Screen(screen::ScreenArgs),
    /// Many machines for one job: a scheduler and its executors.
    #[cfg(feature = "cluster")]
    #[command(subcommand)]
    Cluster(cluster::ClusterCommand),
    /// Prints the API's description (OpenAPI 3.1).
    Openapi,
}

#[derive(Args)]
struct AsOfArgs {
    /// What had taken effect by this day (today when absent): 2024-11-11.
    #[arg(long, value_name = "DATE")]
    as_at: Option<String>,
    /// What had been recorded by the end of this day (everything when absent).
    #[arg(long, value_name = "DATE")]
    known_at: Option<String>,
}

impl AsOfArgs {
    fn read(&self, cx: &Cx) -> Result<(Date, At)> {
        let day = |name: &str, text: &Option<String>| -> Result<Option<Date>> {
            let Some(text) = text else { return Ok(None) };
            parse_day(text)
                .map(Some)
                .map_err(|problem| anyhow!("--{name}: {}", cx.text(problem.key(), &[("value", text.clone())])))
        };
        let as_at = day("as-at", &self.as_at)?.unwrap_or_else(|| cx.today());
        let known_at = day("known-at", &self.known_at)?.map_or(cx.now(), |day| At::end_of(day, &cx.house.zone));
        Ok((as_at, known_at))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
    Csv,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    Csv,
    Xlsx,
    Json,
}

pub async fn run(cli: Cli) -> Result<ExitCode> {
    let mut place = Place { data: cli.place.data.clone(), database: cli.place.database.clone(), secure_cookies: false };
    match cli.command {
        Command::Serve { listen, public_url } => {
            place.secure_cookies = public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
            serve::run(&place, listen, public_url).await?;
        }
        Command::Restore { file, check } => backup::restore(&place, &file, check).await?,
        Command::Load { office, pack } => load::run(&place, office, pack).await?,
        Command::Match(args) => matching::run(args)?,
        Command::Link(args) => matching::link(args)?,
        Command::Universe(args) => universe::run(args, &place.data)?,
        Command::Screen(args) => screen::run(args, &place.data).await?,
        #[cfg(feature = "cluster")]
        Command::Cluster(command) => cluster::run(command).await?,
        Command::Openapi => {
            // The description needs the rooms but no installation: a database in a passing folder.
            let folder = tempfile::tempdir()?;
            let place = Place { data: folder.path().to_owned(), database: None, secure_cookies: false };
            let built = rooms::build(&place).await?;
            say!("{}", serve::openapi(built.api).1.to_pretty_json()?)?;
            built.house.close().await;
        }
        other => {
            let built = rooms::build(&place).await?;
            let house = built.house.clone();
            let done = on_house(other, built).await;
            house.close().await;
            return done;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn on_house(command: Command, built: Built) -> Result<ExitCode> {
    let house = built.house;
    match command {
        Command::Import { kind, file, map, dry_run, leave_alike } => {
            return import::run(&house, &kind, &file, map.as_deref(), dry_run, leave_alike).await;
        }
        Command::Export { kind, format, filter, out } => table::export(&house, &kind, format, &filter, out).await?,
        Command::Figures { as_of, format } => figures::figures(&house, &as_of, format).await?,
        Command::Crosstab { table, as_of, format } => crosstab::crosstab(&house, &table, &as_of, format).await?,
        Command::User(command) => user::run(&house, command).await?,
        Command::Migrate => say!("The database has this version’s shape.")?,
        Command::Check => return check::run(&house).await,
        Command::Backup { file } => backup::backup(&house, &file).await?,
        Command::Serve { .. }
        | Command::Load { .. }
        | Command::Restore { .. }
        | Command::Match(_)
        | Command::Link(_)
        | Command::Universe(_)
        | Command::Screen(_)
        | Command::Openapi => bail!("not a command on a house"),
        #[cfg(feature = "cluster")]
        Command::Cluster(_) => bail!("not a command on a house"),
    }
    Ok(ExitCode::SUCCESS)
}

/// A writing context of whoever runs this command on the machine.
fn operator(house: &Arc<House>) -> Cx {
    house.cx_operator("command line", Way::Command)
}

fn read_text(path: &std::path::Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))
}
