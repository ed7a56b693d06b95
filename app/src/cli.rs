//! The command line. Errors go to standard error with a non-zero exit; `--format json` is stable.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, Parser, Subcommand, ValueEnum};
use platform::db::Address;
use platform::export::{self, Cell};
use platform::forms::Form;
use platform::house::{Built, House};
use platform::{Cx, Way};
use projects::figures::AsOf;

use crate::rooms::Place;
use crate::say::said;
use crate::{backup, check, load, rooms, serve, table};

pub use import::import_file;

#[cfg(feature = "cluster")]
mod cluster;
mod crosstab;
mod figures;
mod import;
mod matching;
mod own_field;
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
        /// A proxy before this server, as an address or a network (10.0.0.0/8), whose X-Forwarded-For is believed when it
        /// says whom a request came from; may be given several times. Without it nobody's is.
        #[arg(long = "trusted-proxy", value_name = "ADDR[/BITS]")]
        trusted_proxies: Vec<platform::web::origin::Network>,
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
        /// enterprises, people, names, identifiers, relations, flags, measurements, resemblance-decisions, projects, partners,
        /// ledger, targets, screening, figures or audit.
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
    /// Fields of the office's own.
    #[command(subcommand)]
    OwnField(own_field::OwnFieldCommand),
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
    /// What had been recorded by the end of this day, or by this instant (everything when absent): 2024-11-11,
    /// 2024-11-11T09:30:00+08:00.
    #[arg(long, value_name = "DATE|INSTANT")]
    known_at: Option<String>,
}

impl AsOfArgs {
    /// Read as the pages and the API read them.
    fn read(&self, cx: &Cx) -> Result<AsOf> {
        let text = |text: &Option<String>| text.as_deref().unwrap_or_default().to_owned();
        let form = Form::default().with("as_at", text(&self.as_at)).with("known_at", text(&self.known_at));
        reporting::figures::as_of(cx, &form).map_err(|error| {
            // The options are named as they are written here.
            anyhow!("{}", said(cx, error).to_string().replace("as_at:", "--as-at:").replace("known_at:", "--known-at:"))
        })
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
    let mut place = Place { data: cli.place.data.clone(), database: cli.place.database.clone(), ..Place::default() };
    if let Some(address) = &place.database {
        ensure_an_address(address)?;
    }
    match cli.command {
        Command::Serve { listen, public_url, trusted_proxies } => {
            place.trusted_proxies = trusted_proxies;
            if let Some(url) = &public_url {
                ensure_a_public_url(url)?;
            }
            place.secure_cookies = public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
            place.public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
            serve::run(&place, listen).await?;
        }
        Command::Restore { file, check } => backup::restore(&place, &file, check).await?,
        Command::Load { office, pack } => load::run(&place, office, pack).await?,
        Command::Match(args) => matching::run(args)?,
        Command::Link(args) => matching::link(args)?,
        Command::Universe(args) => universe::run(args, &place.data)?,
        Command::Screen(args) => screen::run(args, &place).await?,
        #[cfg(feature = "cluster")]
        Command::Cluster(command) => cluster::run(command).await?,
        Command::Openapi => {
            // The description needs the rooms but no installation: a database in a passing folder.
            let folder = tempfile::tempdir()?;
            let place = Place { data: folder.path().to_owned(), ..Place::default() };
            let built = rooms::build(&place).await?;
            say!("{}", serve::openapi(built.api).1.to_pretty_json()?)?;
            built.house.close().await;
        }
        other => {
            if other.needs_an_office() {
                ensure_there(&place).await?;
            }
            let built = rooms::build(&place).await?;
            let house = built.house.clone();
            let done = on_house(other, built).await;
            house.close().await;
            return done;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl Command {
    /// Whether it makes sense only where an office is: it must not make one where a path was mistyped.
    const fn needs_an_office(&self) -> bool {
        match self {
            Self::Export { .. }
            | Self::Figures { .. }
            | Self::Crosstab { .. }
            | Self::OwnField(_)
            | Self::Check
            | Self::Backup { .. } => true,
            Self::User(command) => !matches!(command, user::UserCommand::Add { .. }),
            _ => false,
        }
    }
}

/// Another program's database is no file of ours.
fn ensure_an_address(address: &str) -> Result<()> {
    match address.split_once("://") {
        Some((scheme, _)) if !matches!(scheme, "postgres" | "postgresql" | "sqlite") => {
            bail!("--database: {scheme}:// is no database that holds an office; give postgres://USER@HOST/NAME");
        }
        _ => Ok(()),
    }
}

/// Links in letters begin with it, and cookies depend on it.
fn ensure_a_public_url(url: &str) -> Result<()> {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let host = host.map(|rest| rest.trim_end_matches('/'));
    let fits = |host: &str| {
        !host.is_empty() && !host.contains(['/', '?', '#', '@', '"', '<', '>']) && !host.contains(char::is_whitespace)
    };
    if host.is_some_and(fits) {
        return Ok(());
    }
    bail!("--public-url: “{url}” is no address of a server; give https://HOST");
}

/// Refuses to go on where there is nothing to read, and makes nothing.
async fn ensure_there(place: &Place) -> Result<()> {
    let address = place.database();
    if !address.holds_house().await? {
        let place = match &address {
            Address::Sqlite(file) => file.display().to_string(),
            Address::Postgres(_) => "this PostgreSQL database".to_owned(),
        };
        bail!("there is no office in {place}; `oases load` or `oases serve` begins one");
    }
    Ok(())
}

/// Figures are counted by an office's lists, currency and days.
fn ensure_an_office(house: &House) -> Result<()> {
    if house.settings.get("pack").is_none() {
        bail!("this database holds no office yet; `oases load` brings one in");
    }
    Ok(())
}

async fn on_house(command: Command, built: Built) -> Result<ExitCode> {
    let house = built.house;
    match command {
        Command::Import { kind, file, map, dry_run, leave_alike } => {
            return import::run(&house, &kind, &file, map.as_deref(), dry_run, leave_alike).await;
        }
        Command::Export { kind, format, filter, out } => table::export(&house, &kind, format, &filter, out).await?,
        Command::Figures { as_of, format } => {
            ensure_an_office(&house)?;
            figures::figures(&house, &as_of, format).await?;
        }
        Command::Crosstab { table, as_of, format } => {
            ensure_an_office(&house)?;
            crosstab::crosstab(&house, &table, &as_of, format).await?;
        }
        Command::OwnField(command) => own_field::run(&house, command).await?,
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

/// Lines of a CSV with the names of its columns, for a program.
fn csv_lines(headers: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> platform::Result<Vec<String>> {
    let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
    let rows: Vec<Vec<Cell>> = rows.into_iter().map(|row| row.into_iter().map(Cell::Text).collect()).collect();
    let file = export::rows_to_file(export::Format::Csv, &headers, &rows)?;
    Ok(std::fs::read_to_string(file.path())?.trim_start_matches('\u{FEFF}').lines().map(str::to_owned).collect())
}

fn read_text(path: &std::path::Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;
    use crate::rooms;

    #[test]
    fn the_help_names_every_kind_that_comes_in_or_goes_out() {
        let mut command = Cli::command();
        let mut help = |name: &str| command.find_subcommand_mut(name).unwrap().render_long_help().to_string();
        let (import, export) = (help("import"), help("export"));
        for room in rooms::all() {
            for kind in &room.exports {
                assert!(export.contains(kind.name()), "{} in {export}", kind.name());
            }
            for kind in &room.imports {
                assert!(import.contains(kind.name()), "{} in {import}", kind.name());
            }
        }
    }
}
