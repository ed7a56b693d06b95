//! `oases universe`: open company data brought in and kept up to date. It needs no installation, only a folder.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ::universe::{Catalogue, Day, Import, Imported, Map, Stage, sweep};
use anyhow::Result;
use clap::{Args, Subcommand};

use super::Format;

/// The universe of companies that is screened.
#[derive(Args)]
pub struct UniverseArgs {
    /// Its folder; the data folder’s own when absent.
    #[arg(long, global = true, value_name = "DIR")]
    universe: Option<PathBuf>,
    #[command(subcommand)]
    command: UniverseCommand,
}

#[derive(Subcommand)]
enum UniverseCommand {
    /// Brings a source's whole files in: what they leave out has ended.
    Import(SourceArgs),
    /// Brings in files that hold only what changed since.
    Update(SourceArgs),
    /// Says what the universe holds, and what the last updates did.
    Status {
        #[arg(long, default_value = "table")]
        format: Format,
    },
    /// Removes files of earlier states, and what a broken-off import left.
    Sweep {
        /// Only what is older than so many minutes: whoever still reads it has had that long to end.
        #[arg(long, default_value_t = 60, value_name = "MINUTES")]
        older: u64,
    },
}

#[derive(Args)]
struct SourceArgs {
    /// The source's name, as facts will tell it: gleif, companies-registry.
    source: String,
    /// LEI-CDF or RR-CDF XML, GLEIF's golden copy as CSV, or any table by a map (CSV in any encoding, xlsx); packed as gz or zip too.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// TOML file: which column holds which field, in which form and unit.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The day the files stand at: 2026-11-24.
    #[arg(long, value_name = "DAY")]
    as_at: Option<Day>,
    /// What the source calls itself.
    #[arg(long)]
    title: Option<String>,
    /// Under which licence it publishes.
    #[arg(long)]
    licence: Option<String>,
    /// Where it is found.
    #[arg(long)]
    url: Option<String>,
    /// Of two facts of one day, that of the source with the lower rank is believed.
    #[arg(long, value_name = "N")]
    rank: Option<u32>,
    /// The companies are made up, which every page will say.
    #[arg(long)]
    made_up: bool,
    /// Keeps records without a known LEI or number apart, rather than matching them by name.
    #[arg(long)]
    no_matching: bool,
    /// Memory the matcher keeps within.
    #[arg(long, default_value = "2GB", value_name = "SIZE")]
    memory: String,
    /// Takes a whole file that ends more than one in five of the records the source has now.
    #[arg(long)]
    ends_many: bool,
    /// Says what would be done, and does nothing.
    #[arg(long)]
    dry_run: bool,
    #[arg(long, default_value = "table")]
    format: Format,
}

pub(super) fn run(args: UniverseArgs, data: &Path) -> Result<()> {
    let folder = args.universe.unwrap_or_else(|| data.join("universe"));
    match args.command {
        UniverseCommand::Import(source) => bring(&folder, source, false),
        UniverseCommand::Update(source) => bring(&folder, source, true),
        UniverseCommand::Status { format } => status(&Catalogue::read(&folder)?, format),
        UniverseCommand::Sweep { older } => {
            let swept = sweep(&folder, older * 60)?;
            say!("{} files removed, {:.1} MB", swept.files, swept.bytes as f64 / 1e6)?;
            Ok(())
        }
    }
}

fn bring(folder: &Path, args: SourceArgs, delta: bool) -> Result<()> {
    let mut import = Import::new(folder, args.source, args.files);
    import.reader.map = args.map.as_deref().map(Map::read).transpose()?;
    import.reader.as_at = args.as_at;
    import.about = ::universe::About {
        title: args.title,
        licence: args.licence,
        url: args.url,
        rank: args.rank,
        made_up: args.made_up,
    };
    import.delta = delta;
    import.dry_run = args.dry_run;
    import.ends_many = args.ends_many;
    import.matching = !args.no_matching;
    import.memory = ::matching::memory(&args.memory)?;
    let mut teller = Teller::default();
    let imported = import.run(&mut |stage, done, of| teller.tell(stage, done, of))?;
    drop(teller);
    match args.format {
        Format::Json => say!("{}", serde_json::to_string_pretty(&imported)?)?,
        Format::Table | Format::Csv => tell(&imported, args.dry_run)?,
    }
    Ok(())
}

fn tell(imported: &Imported, dry: bool) -> Result<()> {
    let counts = &imported.counts;
    for (name, count) in [
        ("read", counts.read),
        ("added", counts.added),
        ("changed", counts.changed),
        ("ended", counts.ended),
        ("as before", counts.same),
        ("older than what is held", counts.stale),
        ("relations changed", counts.relations),
        ("linked by LEI or number", counts.linked),
        ("linked by name", counts.matched),
        ("maybe the same, kept apart", counts.unsure),
        ("taken without a fact", imported.mended),
        ("not usable", counts.bad),
    ] {
        if count > 0 || name == "read" {
            say!("{name:<28} {count:>12}")?;
        }
    }
    if let Some(list) = &imported.problems {
        say!("What can’t be used is listed in {}", list.display())?;
    }
    for rows in &imported.mend {
        say!("Rows to mend, and to bring in by an update, are in {}", rows.display())?;
    }
    if let Some(list) = &imported.pairs {
        say!("Pairs to look at are listed in {}", list.display())?;
    }
    if dry {
        for problem in &imported.first_problems {
            say!("{problem}")?;
        }
        say!("Nothing was changed.")?;
    } else {
        say!("{} companies, state {}", imported.companies, imported.snapshot)?;
    }
    Ok(())
}

fn status(catalogue: &Catalogue, format: Format) -> Result<()> {
    if format == Format::Json {
        say!("{}", serde_json::to_string_pretty(catalogue)?)?;
        return Ok(());
    }
    let day = |day: Option<Day>| day.map_or_else(|| "unknown".to_owned(), |day| day.to_string());
    let bytes: u64 = catalogue.parts.iter().map(|part| part.bytes).sum();
    say!(
        "State {}: {} companies, {} of them active, {:.1} MB",
        catalogue.snapshot,
        catalogue.companies,
        catalogue.active,
        bytes as f64 / 1e6
    )?;
    say!(
        "{:<20} {:>4} {:>10} {:>12} {:>12} {:>10}  licence",
        "source",
        "rank",
        "as at",
        "records",
        "active",
        "relations"
    )?;
    for source in &catalogue.sources {
        say!(
            "{:<20} {:>4} {:>10} {:>12} {:>12} {:>10}  {}{}",
            source.name,
            source.rank,
            day(source.as_at),
            source.records,
            source.active,
            source.relations,
            source.licence,
            if source.made_up { " (made up)" } else { "" }
        )?;
        if let Some(last) = source.updates.last() {
            let counts = &last.counts;
            say!(
                "  last {}: {} read, {} added, {} changed, {} ended, {} not usable",
                if last.delta { "update" } else { "import" },
                counts.read,
                counts.added,
                counts.changed,
                counts.ended,
                counts.bad
            )?;
        }
    }
    Ok(())
}

/// Tells progress: on a terminal in place, elsewhere a line now and then.
struct Teller {
    stage: Option<Stage>,
    since: Instant,
    told: Instant,
}

impl Default for Teller {
    fn default() -> Self {
        Self { stage: None, since: Instant::now(), told: Instant::now() }
    }
}

impl Teller {
    fn tell(&mut self, stage: Stage, done: u64, of: u64) {
        let fresh = self.stage != Some(stage);
        let often = if std::io::stderr().is_terminal() { 500 } else { 5_000 };
        if fresh {
            self.stage = Some(stage);
            self.since = Instant::now();
        } else if self.told.elapsed() < Duration::from_millis(often) {
            return;
        }
        self.told = Instant::now();
        let mut line = stage.name().to_owned();
        if done > 0 {
            let rate = done as f64 / self.since.elapsed().as_secs_f64().max(0.001);
            line = match stage {
                Stage::Reading => format!("{line} {:.1} MB a second", rate / 1e6),
                _ => format!("{line} {done}"),
            };
            if of > 0 {
                let left = of.saturating_sub(done) as f64 / rate.max(0.001);
                line = format!("{line}, {:.0} %, {left:.0} s left", done as f64 * 100.0 / of as f64);
            }
        }
        let mut to = std::io::stderr();
        let _ = if to.is_terminal() { write!(to, "\r\x1b[K{line}") } else { writeln!(to, "{line}") };
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        if self.stage.is_some() && std::io::stderr().is_terminal() {
            aside!("");
        }
    }
}
