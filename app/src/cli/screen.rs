//! `oases screen`: companies of a universe ranked by criteria in a file. It needs no installation, only a folder.

use std::collections::BTreeSet;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::screening::{Context as Tables, Criteria, Plan, Screened, Watch};
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use super::{operator, read_text};
use crate::rooms::{self, Place};
use crate::say::said;

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
    /// TOML file of chain_distance and chain_gap, how far each place of a chain is from enterprises already here, as the page
    /// of criteria gives it; those of the data folder's office when absent.
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

pub(super) async fn run(args: ScreenArgs, place: &Place) -> Result<()> {
    if !(1..=MOST).contains(&args.top) {
        bail!("--top {}: a number from 1 to {MOST}", args.top);
    }
    let named = |path: &Path| path.display().to_string();
    let inputs = [Some(&args.criteria), args.exclude.as_ref(), args.chains.as_ref()];
    let inputs: Vec<&Path> = inputs.into_iter().flatten().map(PathBuf::as_path).collect();
    ::matching::apart(&[&args.out], &inputs)?;
    let mut criteria = Criteria::from_toml(&read_text(&args.criteria)?).with_context(|| named(&args.criteria))?;
    if let Some(key) = criteria.exclude.iter().find(|key| !::screening::names_company(key)) {
        bail!(
            "{}: exclude: “{key}” is neither an id of the universe nor an LEI with right check digits",
            named(&args.criteria)
        );
    }
    let folder = args.universe.unwrap_or_else(|| place.data.join("universe"));
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
    let tables = match &args.chains {
        Some(path) => Tables::from_toml(&read_text(path)?).with_context(|| named(path))?,
        None if Tables::default().lacks(&criteria).is_some() => chains_of(place).await?.unwrap_or_default(),
        None => Tables::default(),
    };
    // Nothing would be known of it, which looks like an answer.
    if let Some(measure) = tables.lacks(&criteria) {
        let from = match &args.chains {
            Some(path) => format!("{} has no table of it", path.display()),
            None => format!("{} holds no office that has any", place.data.display()),
        };
        bail!(
            "{}: {} is worked out from the value chains, and {from}. Give --data of an office, or --chains with the file \
             that the page of criteria gives (Download the chains)",
            named(&args.criteria),
            measure.name()
        );
    }
    let plan = Arc::new(Plan::new(&criteria, &tables, args.top).with_context(|| named(&args.criteria))?);
    #[cfg(feature = "cluster")]
    let engine = args.on.engine(&folder)?.unwrap_or_else(|| rooms::engine(&folder));
    #[cfg(not(feature = "cluster"))]
    let engine = rooms::engine(&folder);
    let watch = Arc::new(Watch::default());
    let (planned, watched) = (plan.clone(), watch.clone());
    let begun = Instant::now();
    let work = tokio::spawn(async move { engine.screen(&planned, &watched).await });
    let found = follow(&watch, work).await.with_context(|| named(&folder))?.levelled();
    write(&found, &args.out, args.format)?;
    say!(
        "{} of {} companies met the conditions; {} ranked in {:.1} s",
        found.ranked,
        found.universe.companies,
        found.top.len(),
        begun.elapsed().as_secs_f64()
    )?;
    if let Some(last) = found.top.last().filter(|last| found.level_beyond(last)) {
        let (first, _) = found.level_with(last);
        say!("from rank {first} on all have one total, and more beyond the last may have it too: --top tells more")?;
    }
    Ok(())
}

/// The chains of the office in this place, with the enterprises that are there now; none where there is no office.
async fn chains_of(place: &Place) -> Result<Option<Tables>> {
    if !place.database().holds_house().await? {
        return Ok(None);
    }
    let built = rooms::build(place).await?;
    let mut cx = operator(&built.house);
    let tables = targeting::chain::context(&mut cx).await.map_err(|error| said(&cx, error));
    cx.undo().await.map_err(|error| said(&cx, error))?;
    built.house.close().await;
    tables.map(Some)
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
            serde_json::to_writer(&mut to, &found.told()).with_context(broken)?;
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

#[cfg(test)]
mod tests {
    use super::*;

    const BY_CHAIN: &str = "name = \"Near\"\n[[criterion]]\nkey = \"near\"\nfactor = \"ecosystem\"\nmeasure = \"chain_distance\"\n\
         weight = 1\ncurve = { kind = \"threshold\", at = 1 }\n";

    #[tokio::test]
    async fn a_measure_of_the_chains_without_their_tables_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let place = Place { data: folder.path().join("nothing"), database: None, ..Place::default() };
        let args = |chains: Option<PathBuf>| ScreenArgs {
            criteria: file("near.toml", BY_CHAIN),
            universe: Some(folder.path().join("universe")),
            top: 5,
            out: folder.path().join("out.csv"),
            format: ScreenFormat::Csv,
            exclude: None,
            chains,
            #[cfg(feature = "cluster")]
            on: super::super::cluster::OnArgs::default(),
        };
        let told = run(args(None), &place).await.unwrap_err().to_string();
        assert!(
            told.contains("chain_distance is worked out from the value chains") && told.contains("--chains"),
            "{told}"
        );
        assert!(!place.data.exists(), "no office is made where there is none");
        let empty = file("chains.toml", "[chain_gap]\n\"batteries.cells\" = 1\n");
        let told = run(args(Some(empty)), &place).await.unwrap_err().to_string();
        assert!(told.contains("has no table of it"), "{told}");
        // With a table it is the universe that is asked for.
        let whole = file("whole.toml", "[chain_distance]\n\"batteries.cells\" = 0\n");
        let told = format!("{:#}", run(args(Some(whole)), &place).await.unwrap_err());
        assert!(!told.contains("chain_distance"), "{told}");
        // Nobody is here in an office that has just begun, and that is said too.
        let built = rooms::build(&place).await.unwrap();
        built.house.close().await;
        assert_eq!(chains_of(&place).await.unwrap(), Some(Tables::default()));
    }
}
