//! `oases screen`: companies of a universe ranked by criteria in a file. It needs no installation, only a folder.

use std::collections::BTreeSet;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::screening::{Context as Tables, Criteria, Plan, Screened, Watch};
use anyhow::{Context, Result, anyhow, bail};
use clap::{Args, ValueEnum};

use super::read_text;
use crate::rooms;

/// Ranks the companies of a universe.
#[derive(Args)]
pub struct ScreenArgs {
    /// TOML file of criteria, as the page of criteria gives it.
    criteria: PathBuf,
    /// The universe's folder; the data folder’s own when absent.
    #[arg(long, value_name = "DIR")]
    universe: Option<PathBuf>,
    /// How many to rank.
    #[arg(long, default_value_t = 500, value_name = "N")]
    top: usize,
    /// Where the ranking is written.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// csv has a row for each company; json has everything, counts included.
    #[arg(long, default_value = "csv")]
    format: ScreenFormat,
    /// Ids or LEIs to leave out, one a line.
    #[arg(long, value_name = "FILE")]
    exclude: Option<PathBuf>,
    /// TOML file of chain_distance and chain_gap: how far each place of a chain is from enterprises already here.
    #[arg(long, value_name = "FILE")]
    chains: Option<PathBuf>,
    #[cfg(feature = "cluster")]
    #[command(flatten)]
    on: super::cluster::OnArgs,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScreenFormat {
    Csv,
    Json,
}

/// More than these are no target list.
const MOST: usize = 100_000;

pub(super) async fn run(args: ScreenArgs, data: &Path) -> Result<()> {
    if !(1..=MOST).contains(&args.top) {
        bail!("--top {}: a number from 1 to {MOST}", args.top);
    }
    let named = |path: &Path| path.display().to_string();
    let inputs = [Some(&args.criteria), args.exclude.as_ref(), args.chains.as_ref()];
    let inputs: Vec<&Path> = inputs.into_iter().flatten().map(PathBuf::as_path).collect();
    ::matching::apart(&[&args.out], &inputs)?;
    let mut criteria = Criteria::from_toml(&read_text(&args.criteria)?).with_context(|| named(&args.criteria))?;
    let folder = args.universe.unwrap_or_else(|| data.join("universe"));
    if within(&args.out, &folder) {
        bail!("{}: lies in the universe that is screened. Name another place", args.out.display());
    }
    if let Some(path) = &args.exclude {
        let left_out: BTreeSet<String> = read_text(path)?.split_whitespace().map(str::to_owned).collect();
        let unknown =
            if folder.is_dir() { ::universe::Universe::at(&folder).open()?.unknown(&left_out)? } else { Vec::new() };
        if let [first, ..] = &unknown[..] {
            let more = match unknown.len() - 1 {
                0 => String::new(),
                more => format!(", and none has {more} more of the list"),
            };
            bail!("{}: no company of the universe has the id or LEI “{first}”{more}", named(path));
        }
        criteria.exclude.extend(left_out);
    }
    let tables: Tables = match &args.chains {
        Some(path) => toml::from_str(&read_text(path)?).map_err(|error| anyhow!("{}: {error}", path.display()))?,
        None => Tables::default(),
    };
    let plan = Arc::new(Plan::new(&criteria, &tables, args.top).with_context(|| named(&args.criteria))?);
    #[cfg(feature = "cluster")]
    let engine = args.on.engine(&folder)?.unwrap_or_else(|| rooms::engine(&folder));
    #[cfg(not(feature = "cluster"))]
    let engine = rooms::engine(&folder);
    let watch = Arc::new(Watch::default());
    let (planned, watched) = (plan.clone(), watch.clone());
    let begun = Instant::now();
    let work = tokio::spawn(async move { engine.screen(&planned, &watched).await });
    let found = follow(&watch, work).await.with_context(|| named(&folder))?;
    write(&found, &args.out, args.format)?;
    say!(
        "{} of {} companies met the conditions; {} ranked in {:.1} s",
        found.ranked,
        found.universe.companies,
        found.top.len(),
        begun.elapsed().as_secs_f64()
    )?;
    Ok(())
}

fn within(file: &Path, folder: &Path) -> bool {
    let place = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    matches!((place.canonicalize(), folder.canonicalize()), (Ok(place), Ok(folder)) if place.starts_with(&folder))
}

type Work = tokio::task::JoinHandle<Result<Screened, ::screening::Error>>;

/// Tells how far it is until it is done.
async fn follow(watch: &Watch, mut work: Work) -> Result<Screened> {
    let begun = Instant::now();
    let place = std::io::stderr().is_terminal();
    let every = Duration::from_millis(if place { 500 } else { 5_000 });
    loop {
        tokio::select! {
            ended = &mut work => {
                if place {
                    let _ = write!(std::io::stderr(), "\r\x1b[K");
                }
                return Ok(ended??);
            }
            () = tokio::time::sleep(every) => {
                let (done, of) = watch.progress();
                let rate = done as f64 / begun.elapsed().as_secs_f64().max(0.001);
                let left = of.saturating_sub(done) as f64 / rate.max(1.0);
                let line = format!("{done} of {of} looked at, {rate:.0} a second, {left:.0} s left");
                let mut to = std::io::stderr();
                let _ = if place { write!(to, "\r\x1b[K{line}") } else { writeln!(to, "{line}") };
            }
        }
    }
}

/// Written beside its place first, so that what is there is whole.
fn write(found: &Screened, out: &Path, format: ScreenFormat) -> Result<()> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let broken = || format!("{} can't be written", out.display());
    let mut passing = tempfile::NamedTempFile::new_in(folder).with_context(broken)?;
    let mut to = BufWriter::new(passing.as_file_mut());
    match format {
        ScreenFormat::Json => {
            serde_json::to_writer(&mut to, found).with_context(broken)?;
            writeln!(to).with_context(broken)?;
        }
        ScreenFormat::Csv => {
            line(&mut to, &found.columns()).with_context(broken)?;
            for ranked in &found.top {
                line(&mut to, &found.cells(ranked)).with_context(broken)?;
            }
        }
    }
    to.flush().with_context(broken)?;
    drop(to);
    passing.persist(out).with_context(broken)?;
    Ok(())
}

fn line(to: &mut impl Write, cells: &[String]) -> std::io::Result<()> {
    for (at, cell) in cells.iter().enumerate() {
        if at > 0 {
            to.write_all(b",")?;
        }
        // What begins like a formula is text to whoever opens the file in a spreadsheet; a negative number stays one.
        let formula =
            cell.starts_with(['=', '+', '@', '\t', '\r']) || (cell.starts_with('-') && cell.parse::<i64>().is_err());
        let cell = if formula { format!("'{cell}") } else { cell.clone() };
        if cell.contains([',', '"', '\n', '\r']) {
            write!(to, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            to.write_all(cell.as_bytes())?;
        }
    }
    to.write_all(b"\r\n")
}
