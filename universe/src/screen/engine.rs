//! Apache DataFusion scans, prunes and filters, on all cores and within bounds of memory; points and totals are ours, and the same
//! as the plain scan's.

use std::collections::HashSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array, RecordBatch, UInt64Array};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{Expr, col, lit};
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use futures::TryStreamExt;
use screening::{About, Answer, Company, Condition, Engine, Firm, Measure, Plan, Screened, Watch};
use tokio::runtime::{Builder, Runtime};

use super::kernel::{Columns, Kernel, Scores};
use super::open::Open;
use super::scan::{Universe, at_length, said};
use super::tally::{Bar, Best, Tally, firmness};
use crate::company::SCHEMA;
use crate::error::Error;
use crate::id;

/// A universe that DataFusion goes through.
pub struct DataFusion {
    universe: Universe,
    memory: usize,
    threads: usize,
}

impl DataFusion {
    /// `memory` bounds what the scan holds, in bytes.
    pub fn new(universe: Universe, memory: usize) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        Self { universe, memory, threads }
    }

    fn context(&self) -> Result<SessionContext, Error> {
        let mut config = SessionConfig::new()
            .with_target_partitions(self.threads)
            .with_batch_size(16 * 1024)
            .with_collect_statistics(false);
        let parquet = &mut config.options_mut().execution.parquet;
        parquet.schema_force_view_types = false;
        let pool = Arc::new(GreedyMemoryPool::new(self.memory));
        let runtime = RuntimeEnvBuilder::new().with_memory_pool(pool).build_arc().map_err(engine)?;
        Ok(SessionContext::new_with_config_rt(config, runtime))
    }

    fn streams(
        &self,
        open: &Open,
        kernel: &Kernel,
        measures: &[Measure],
    ) -> Result<Vec<SendableRecordBatchStream>, Error> {
        let paths: Vec<String> = open.paths().map(|path| path.to_string_lossy().into_owned()).collect();
        let columns: Vec<&str> = std::iter::once("id").chain(measures.iter().map(|measure| measure.name())).collect();
        let context = self.context()?;
        let planned = async {
            let options = ParquetReadOptions::default().schema(&SCHEMA);
            let mut frame = context.read_parquet(paths, options).await?;
            for condition in kernel.plan.conditions.iter().filter_map(asked) {
                frame = frame.filter(condition)?;
            }
            frame.select_columns(&columns)?.execute_stream_partitioned().await
        };
        runtime()?.block_on(planned).map_err(engine)
    }

    fn screened(&self, plan: &Plan, watch: &Watch) -> Result<Screened, screening::Error> {
        let open = self.universe.open().map_err(said)?;
        let kernel = Kernel::new(plan);
        let left_out = open.excluded(plan.exclude.iter()).map_err(said)?;
        watch.expect(open.catalogue.companies);
        let bar = Bar::default();
        let measures: Vec<Measure> = kernel.measures().into_iter().collect();
        let streams = self.streams(&open, &kernel, &measures).map_err(said)?;
        let threads = streams.len();
        let tallies = on_threads(streams, |batches| {
            let mut tally = Tally::new(&kernel, &bar, threads);
            let mut scores = Scores::default();
            batches.each(watch, &mut |batch| {
                let (columns, ids) = columns(batch, &measures)?;
                let out = (0..if left_out.is_empty() { 0 } else { batch.num_rows() })
                    .filter(|row| left_out.contains(&ids.value(*row)));
                kernel.score(&columns, batch.num_rows(), out, &mut scores);
                tally.see(&columns, &scores, (0, 0), |rows| {
                    Ok(rows.iter().map(|row| ids.value(*row as usize)).collect())
                })
            })?;
            Ok(tally)
        })?;
        let mut all = Tally::new(&kernel, &bar, 1);
        for tally in tallies {
            all.join(tally);
        }
        let best = all.best();
        let firm = match all.firm(&best) {
            Some(firm) => firm,
            None => self.firm(&open, &kernel, &left_out, &best, watch)?,
        };
        let companies = open.companies_of(&best).map_err(said)?;
        let facets = all.facets();
        Ok(Screened::new(plan, open.about(), all.ranked, all.known, facets, companies, firm))
    }

    /// How firm the ranks are, by going through all rows once more.
    fn firm(
        &self,
        open: &Open,
        kernel: &Kernel,
        left_out: &HashSet<u64>,
        best: &[Best],
        watch: &Watch,
    ) -> Result<Vec<Firm>, screening::Error> {
        watch.expect(open.catalogue.companies * 2);
        let measures: Vec<Measure> = kernel.plan.columns().into_iter().collect();
        let streams = self.streams(open, kernel, &measures).map_err(said)?;
        let fresh = firmness(&kernel.plan, best);
        let counters = on_threads(streams, |batches| {
            let mut counter = fresh.clone();
            let mut scores = Scores::default();
            batches.each(watch, &mut |batch| {
                let (columns, ids) = columns(batch, &measures)?;
                kernel.score(&columns, batch.num_rows(), std::iter::empty(), &mut scores);
                for row in 0..scores.rows {
                    let id = ids.value(row);
                    if scores.ranked[row] && scores.totals[row] >= counter.least() && !left_out.contains(&id) {
                        let points: Vec<u32> = scores.of(row).collect();
                        counter.see(&id::written(id), scores.totals[row], &points);
                    }
                }
                Ok(())
            })?;
            Ok(counter)
        })?;
        let mut all = fresh.clone();
        for counter in counters {
            all.add(&counter);
        }
        Ok(all.told(best.len()))
    }
}

/// One partition's batches, drawn on a thread of their own.
struct Batches {
    stream: SendableRecordBatchStream,
    runtime: Runtime,
}

impl Batches {
    fn each(
        mut self,
        watch: &Watch,
        with: &mut dyn FnMut(&RecordBatch) -> Result<(), Error>,
    ) -> Result<(), screening::Error> {
        while let Some(batch) = self.runtime.block_on(self.stream.try_next()).map_err(engine).map_err(said)? {
            watch.go_on()?;
            with(&batch).map_err(said)?;
            watch.did(batch.num_rows() as u64);
        }
        Ok(())
    }
}

/// Draws all streams at once, each on a thread of its own: what is reckoned of a batch is worth more than the hand-over.
fn on_threads<T: Send>(
    streams: Vec<SendableRecordBatchStream>,
    with: impl Fn(Batches) -> Result<T, screening::Error> + Sync,
) -> Result<Vec<T>, screening::Error> {
    std::thread::scope(|scope| {
        let with = &with;
        let threads: Vec<_> = streams
            .into_iter()
            .map(|stream| scope.spawn(move || with(Batches { stream, runtime: runtime().map_err(said)? })))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

fn runtime() -> Result<Runtime, Error> {
    Builder::new_current_thread().enable_all().build().map_err(|error| Error::Engine(error.to_string()))
}

fn engine(error: datafusion::error::DataFusionError) -> Error {
    Error::Engine(error.to_string())
}

fn columns<'a>(batch: &'a RecordBatch, measures: &[Measure]) -> Result<(Columns, &'a UInt64Array), Error> {
    let mut columns = Columns::default();
    for measure in measures {
        if let Some(column) = batch.column_by_name(measure.name()) {
            columns.put(*measure, column.clone());
        }
    }
    let ids = batch.column_by_name("id").and_then(|column| column.as_any().downcast_ref());
    ids.map(|ids| (columns, ids)).ok_or_else(|| Error::Engine("the scan gave no ids".to_owned()))
}

/// A condition as an expression, by which files, groups and pages are passed over. What can't be said as one is left to the kernel,
/// which looks at every condition in any case.
fn asked(condition: &Condition) -> Option<Expr> {
    let column = col(condition.measure.name());
    let codes = |codes: &[String]| -> Option<Expr> {
        if condition.measure.by_beginning() {
            let plain = codes.iter().all(|code| code.bytes().all(|b| b.is_ascii_alphanumeric()));
            let each = codes.iter().map(|code| column.clone().like(lit(format!("{code}%"))));
            return each.reduce(Expr::or).filter(|_| plain);
        }
        Some(column.clone().in_list(codes.iter().map(|code| lit(code.as_str())).collect(), false))
    };
    let mut all = None;
    let mut and = |one: Expr| all = Some(all.take().map_or_else(|| one.clone(), |all: Expr| all.and(one.clone())));
    if condition.measure.is_code() {
        if !condition.one_of.is_empty() {
            and(codes(&condition.one_of)?);
        }
    } else {
        if let Some(least) = condition.at_least {
            and(column.clone().gt_eq(lit(least)));
        }
        if let Some(most) = condition.at_most {
            and(column.clone().lt_eq(lit(most)));
        }
    }
    let all = all?;
    Some(if condition.keep_missing { all.or(column.is_null()) } else { all })
}

impl Engine for DataFusion {
    fn about(&self) -> Answer<'_, About> {
        self.universe.about()
    }

    fn screen<'a>(&'a self, plan: &'a Plan, watch: &'a Watch) -> Answer<'a, Screened> {
        // On a thread of its own, whichever runtime waits for it.
        Box::pin(async move {
            at_length(|| {
                std::thread::scope(|scope| {
                    let work = scope.spawn(|| self.screened(plan, watch));
                    work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                })
            })
        })
    }

    fn company<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Company>> {
        self.universe.company(id)
    }

    fn known<'a>(&'a self, keys: &'a [String]) -> Answer<'a, Vec<Company>> {
        self.universe.known(keys)
    }

    fn search<'a>(&'a self, words: &'a str, most: usize) -> Answer<'a, Vec<Company>> {
        self.universe.search(words, most)
    }
}
