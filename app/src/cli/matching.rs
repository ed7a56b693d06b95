//! `oases match` and `oases link`: the matcher's door on the terminal. They need no installation, only files.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ::matching::{Columns, Explanation, Job, Settled, Stage, THRESHOLD, memory};
use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use crate::say;

/// Which records of a file are of one enterprise.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct MatchArgs {
    #[command(subcommand)]
    command: Option<MatchCommand>,
    /// CSV with a header, or Parquet: record_id, name, other_name, country, city, address, website, telephone,
    /// registration_number, industry, year_founded. Only the first two must be there.
    #[arg(required = true)]
    records: Option<PathBuf>,
    /// Where record_id,cluster_id is written.
    #[arg(long, required = true, value_name = "CLUSTERS")]
    out: Option<PathBuf>,
    /// Where pairs are written: same, related or unsure, with probability and reasons.
    #[arg(long, value_name = "PAIRS")]
    pairs: Option<PathBuf>,
    /// The scheduler of a cluster that weighs pairs: http://host:port. Its executors must reach the records and the folder of the
    /// output in the same place.
    #[cfg(feature = "cluster")]
    #[arg(long, value_name = "URL")]
    cluster: Option<String>,
    #[command(flatten)]
    how: HowArgs,
}

#[derive(Subcommand)]
enum MatchCommand {
    /// Learns a model from records and writes it, as a file people can read.
    Train {
        records: PathBuf,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        how: HowArgs,
    },
    /// Says field by field why two records are taken for one, or not.
    Explain {
        records: PathBuf,
        #[arg(long, num_args = 2, required = true, value_names = ["ID", "ID"])]
        pair: Vec<String>,
        #[command(flatten)]
        how: HowArgs,
    },
}

/// Which records of one file are of the same enterprise as records of another.
#[derive(Args)]
pub struct LinkArgs {
    a: PathBuf,
    b: PathBuf,
    /// TOML file: which column of B holds which field, where they are not as in A.
    #[arg(long, value_name = "FILE")]
    columns_b: Option<PathBuf>,
    /// Where record_id_a,record_id_b,probability is written.
    #[arg(long, value_name = "PAIRS")]
    out: PathBuf,
    #[command(flatten)]
    how: HowArgs,
}

#[derive(Args)]
struct HowArgs {
    /// A model to go by; without one, one is learnt from the records.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Probability from which records are joined.
    #[arg(long, default_value_t = THRESHOLD, value_name = "P")]
    threshold: f64,
    /// Memory to keep within; what is more is kept on disk beside the output.
    #[arg(long, default_value = "2GB", value_name = "SIZE")]
    memory: String,
    /// Encoding of CSV files, such as big5, gb18030, shift_jis or euc-kr; without it, it is told by the bytes.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// TOML file: which column holds which field, such as name = "Company name".
    #[arg(long, value_name = "FILE")]
    columns: Option<PathBuf>,
    /// What people decided: CSV of two ids and same or different. Obeyed, and learnt from.
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
}

impl HowArgs {
    /// Refuses outputs that are the map of columns, which the job itself never sees.
    fn spare(&self, outputs: &[&Path]) -> Result<()> {
        Ok(::matching::apart(outputs, &self.columns.iter().map(PathBuf::as_path).collect::<Vec<_>>())?)
    }

    fn job(&self, records: Vec<PathBuf>) -> Result<Job> {
        if !(self.threshold > 0.0 && self.threshold < 1.0) {
            bail!("--threshold {}: a probability lies between 0 and 1", self.threshold);
        }
        let mut job = Job::new("");
        job.records = records;
        job.columns = self.columns.as_deref().map_or_else(|| Ok(Columns::default()), Columns::read)?;
        job.encoding.clone_from(&self.encoding);
        job.model.clone_from(&self.model);
        job.decisions.clone_from(&self.decisions);
        job.threshold = self.threshold;
        job.memory = memory(&self.memory)?;
        Ok(job)
    }
}

pub(super) fn run(args: MatchArgs) -> Result<()> {
    let mut teller = Teller::default();
    let mut tell = |stage, done, all| teller.tell(stage, done, all);
    match args.command {
        Some(MatchCommand::Train { records, out, how }) => {
            how.spare(&[&out])?;
            let model = how.job(vec![records])?.train(&out, &mut tell)?;
            say::out(format_args!("{}", model.table()))?;
        }
        Some(MatchCommand::Explain { records, pair, how }) => {
            let why = how.job(vec![records])?.explain(&pair[0], &pair[1], &mut tell)?;
            say::out(format_args!("{}", waterfall(&why)))?;
        }
        None => {
            let (Some(records), Some(out)) = (args.records, args.out) else {
                bail!("match needs RECORDS and --out CLUSTERS")
            };
            args.how.spare(&[Some(out.as_path()), args.pairs.as_deref()].into_iter().flatten().collect::<Vec<_>>())?;
            let (job, pairs) = (args.how.job(vec![records])?, args.pairs.as_deref());
            #[cfg(feature = "cluster")]
            let found = match args.cluster {
                Some(address) => job.run_elsewhere(&out, pairs, &mut super::cluster::pairs(address), &mut tell)?,
                None => job.run(&out, pairs, &mut tell)?,
            };
            #[cfg(not(feature = "cluster"))]
            let found = job.run(&out, pairs, &mut tell)?;
            say!("{} records of {} enterprises", found.records, found.clusters)?;
        }
    }
    Ok(())
}

pub(super) fn link(args: LinkArgs) -> Result<()> {
    let mut teller = Teller::default();
    args.how.spare(&[&args.out])?;
    if let Some(columns) = &args.columns_b {
        ::matching::apart(&[&args.out], &[columns])?;
    }
    let mut job = args.how.job(vec![args.a, args.b])?;
    job.columns_b = args.columns_b.as_deref().map(Columns::read).transpose()?;
    let found = job.link(&args.out, &mut |stage, done, all| teller.tell(stage, done, all))?;
    say!("{} pairs", found.clusters)?;
    Ok(())
}

fn waterfall(why: &Explanation) -> String {
    use std::fmt::Write;
    let mut out = format!("{:<13} {:+7.1} bits\n", "before", why.prior);
    let mut sum = why.prior;
    for reason in &why.reasons {
        sum += reason.weight;
        let values = format!("{} | {}", reason.values.0, reason.values.1);
        let _ = writeln!(
            out,
            "{:<13} {:+7.1}  = {sum:+7.1}  {:<32} {values}",
            reason.field.name(),
            reason.weight,
            reason.level
        );
    }
    let _ = writeln!(out, "{}: same {:.4}, related {:.4}", why.verdict.name(), why.probability, why.kin);
    match why.settled {
        Some(Settled::Decided(true)) => out.push_str("decided: same\n"),
        Some(Settled::Decided(false)) => out.push_str("decided: different\n"),
        Some(Settled::Alike) => out.push_str("equal in every field\n"),
        None => {}
    }
    out
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
    fn tell(&mut self, stage: Stage, done: u64, all: u64) {
        if let Stage::Guessed(encoding) = stage {
            aside!("read as {encoding}, by its bytes; --encoding NAME says otherwise");
            return;
        }
        if stage == Stage::Unlearnt {
            aside!("{}", stage.name());
            return;
        }
        let fresh = self.stage != Some(stage);
        if fresh {
            self.stage = Some(stage);
            self.since = Instant::now();
        }
        if !fresh && self.told.elapsed() < Duration::from_millis(500) {
            return;
        }
        self.told = Instant::now();
        let mut line = stage.name().to_owned();
        if done > 0 && all > 0 {
            let seconds = self.since.elapsed().as_secs_f64();
            let rate = done as f64 / seconds.max(0.001);
            let left = (all.saturating_sub(done)) as f64 / rate.max(0.001);
            let percent = done as f64 * 100.0 / all as f64;
            let rate = match stage {
                Stage::Reading => format!("{:.1} MB", rate / 1e6),
                Stage::Comparing => format!("{rate:.1} parts"),
                _ => format!("{rate:.0} records"),
            };
            line = format!("{line} {percent:.0} %, {rate} a second, {left:.0} s left");
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
