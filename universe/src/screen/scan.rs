//! The plain engine: groups of rows read on all cores, only the columns asked for.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use rayon::prelude::*;
use screening::{About, Answer, Company, Engine, Firm, Measure, Plan, Screened, Watch};

use super::kernel::{Kernel, Scores};
use super::open::{Group, Open};
use super::tally::{Bar, Best, Tally, firmness};
use crate::error::Error;
use crate::id;

/// A universe in a folder. It takes notice when another state has been brought in; what is under way ends on the state it began on.
pub struct Universe {
    folder: PathBuf,
    open: Mutex<Option<(Stamp, Arc<Open>)>>,
}

/// When the catalogue was written, and how long it is.
type Stamp = (Option<SystemTime>, u64);

impl Universe {
    /// There need not be anything in the folder yet.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), open: Mutex::new(None) }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The state as it is now.
    pub fn open(&self) -> Result<Arc<Open>, Error> {
        let stamp = std::fs::metadata(self.folder.join("catalogue.json"))
            .map_or((None, 0), |found| (found.modified().ok(), found.len()));
        let mut held = self.open.lock().map_err(|_| Error::Engine("a thread has died".to_owned()))?;
        if let Some((of, open)) = &*held
            && *of == stamp
        {
            return Ok(open.clone());
        }
        let open = Arc::new(Open::new(&self.folder)?);
        *held = Some((stamp, open.clone()));
        Ok(open)
    }

    fn screened(&self, plan: &Plan, watch: &Watch) -> Result<Screened, screening::Error> {
        let open = self.open().map_err(said)?;
        let kernel = Kernel::new(plan);
        let left_out = open.excluded(plan.exclude.iter()).map_err(said)?;
        let groups = open.groups(&plan.conditions);
        let rows: u64 = groups.iter().map(|group| group.rows).sum();
        watch.expect(rows);
        let pass = Pass { open: &open, kernel: &kernel, left_out, groups, watch, bar: Bar::default() };
        let mut tally = pass.tally()?;
        let best = tally.best();
        let firm = match tally.firm(&best) {
            Some(firm) => firm,
            None => {
                watch.expect(rows * 2);
                pass.firm(&best)?
            }
        };
        let companies = open.companies(&best).map_err(said)?;
        let facets = tally.facets();
        Ok(Screened::new(plan, open.about(), tally.ranked, tally.known, facets, companies, firm))
    }
}

/// An error of a universe as rooms see it.
pub(crate) fn said(error: Error) -> screening::Error {
    match error {
        Error::None { .. } => screening::Error::Empty,
        Error::Stopped => screening::Error::Cancelled,
        other => screening::Error::engine(other),
    }
}

struct Pass<'a> {
    open: &'a Open,
    kernel: &'a Kernel,
    left_out: std::collections::HashSet<u64>,
    groups: Vec<Group>,
    watch: &'a Watch,
    bar: Bar,
}

impl Pass<'_> {
    fn tally(&self) -> Result<Tally<'_>, screening::Error> {
        let measures: Vec<Measure> = self.kernel.measures().into_iter().collect();
        let bar = &self.bar;
        let threads = rayon::current_num_threads();
        let next = AtomicUsize::new(0);
        let tallies: Vec<Tally<'_>> = (0..threads)
            .into_par_iter()
            .map(|_| {
                let mut tally = Tally::new(self.kernel, bar, threads);
                let mut scores = Scores::default();
                // Whoever is free takes the next group, so that no core waits for another.
                while let Some(group) = self.groups.get(next.fetch_add(1, Ordering::Relaxed)) {
                    self.watch.go_on()?;
                    let columns = self.score(*group, &measures, &mut scores).map_err(said)?;
                    tally
                        .see(&columns, &scores, (group.file, group.group), |rows| self.open.ids(*group, Some(rows)))
                        .map_err(said)?;
                    self.watch.did(group.rows);
                }
                Ok(tally)
            })
            .collect::<Result<_, screening::Error>>()?;
        let mut all = Tally::new(self.kernel, bar, 1);
        for tally in tallies {
            all.join(tally);
        }
        Ok(all)
    }

    fn score(&self, group: Group, measures: &[Measure], to: &mut Scores) -> Result<super::kernel::Columns, Error> {
        let (columns, rows) = self.open.columns(group, measures)?;
        let ids = if self.left_out.is_empty() { Vec::new() } else { self.open.ids(group, None)? };
        let out = ids.iter().enumerate().filter(|(_, id)| self.left_out.contains(id)).map(|(row, _)| row);
        self.kernel.score(&columns, rows, out, to);
        Ok(columns)
    }

    /// How firm the ranks are, by going through all rows once more.
    fn firm(&self, best: &[Best]) -> Result<Vec<Firm>, screening::Error> {
        let measures: Vec<Measure> = self.kernel.plan.columns().into_iter().collect();
        let fresh = firmness(&self.kernel.plan, best);
        let counted = self
            .groups
            .par_iter()
            .try_fold(
                || (fresh.clone(), Scores::default()),
                |(mut counter, mut scores), group| {
                    self.watch.go_on()?;
                    self.score(*group, &measures, &mut scores).map_err(said)?;
                    let rows: Vec<u32> = (0..scores.rows)
                        .filter(|row| scores.ranked[*row] && scores.totals[*row] >= counter.least())
                        .map(|row| row as u32)
                        .collect();
                    if !rows.is_empty() {
                        let ids = self.open.ids(*group, Some(&rows)).map_err(said)?;
                        for (row, id) in rows.iter().zip(ids) {
                            let row = *row as usize;
                            let points: Vec<u32> = scores.of(row).collect();
                            counter.see(&id::written(id), scores.totals[row], &points);
                        }
                    }
                    self.watch.did(group.rows);
                    Ok((counter, scores))
                },
            )
            .map(|part| part.map(|(counter, _)| counter))
            .try_reduce(
                || fresh.clone(),
                |mut one, other| {
                    one.add(&other);
                    Ok(one)
                },
            );
        counted.map(|counter| counter.told(best.len()))
    }
}

/// Lets long work hold its thread without holding up others that wait on it.
pub(crate) fn at_length<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

impl Engine for Universe {
    fn about(&self) -> Answer<'_, About> {
        Box::pin(async move {
            match at_length(|| self.open()) {
                Ok(open) => Ok(open.about()),
                Err(Error::None { .. }) => Ok(About::default()),
                Err(error) => Err(said(error)),
            }
        })
    }

    fn screen<'a>(&'a self, plan: &'a Plan, watch: &'a Watch) -> Answer<'a, Screened> {
        Box::pin(async move { at_length(|| self.screened(plan, watch)) })
    }

    fn company<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Company>> {
        Box::pin(async move { at_length(|| self.open().and_then(|open| open.company(id))).map_err(said) })
    }

    fn known<'a>(&'a self, keys: &'a [String]) -> Answer<'a, Vec<Company>> {
        Box::pin(async move { at_length(|| self.open().and_then(|open| open.known(keys))).map_err(said) })
    }

    fn search<'a>(&'a self, words: &'a str, most: usize) -> Answer<'a, Vec<Company>> {
        Box::pin(async move { at_length(|| self.open().and_then(|open| open.search(words, most))).map_err(said) })
    }
}
