//! One import from upload to undo: checked, kept in batches that are each whole, taken up again
//! after a kill where it stopped, and undone entry by entry.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::audit::{self, Change, Told};
use crate::clock::At;
use crate::cx::{Cx, Way};
use crate::error::{Error, Problem, Result};
use crate::files::Received;
use crate::house::House;
use crate::id::Id;
use crate::import::read::{self, Reading};
use crate::import::store::{self, Import, Tally};
use crate::import::{Ahead, ImportKind, Later, Left, Mode, Outcome, Undone};
use crate::jobs::{self, Job, JobError, JobKind};
use crate::permission::Actor;
use crate::text::Language;

/// Rows taken in one transaction: long enough to be quick, short enough that others get their turn.
const BATCH: usize = 1_000;
/// How many rows of each outcome a preview shows.
const EXAMPLES: i64 = 50;
/// The largest file taken.
pub const MOST_BYTES: u64 = 1 << 30;

pub const CHECK_JOB: &str = "Check an import";
pub const KEEP_JOB: &str = "Keep an import";
pub const UNDO_JOB: &str = "Undo an import";

/// The jobs that imports run as.
pub fn job_kinds() -> Vec<JobKind> {
    vec![
        JobKind { name: CHECK_JOB, run: |cx, job| run_job(cx, job, Step::Check), nightly: false },
        JobKind { name: KEEP_JOB, run: |cx, job| run_job(cx, job, Step::Keep), nightly: false },
        JobKind { name: UNDO_JOB, run: |cx, job| run_job(cx, job, Step::Undo), nightly: false },
    ]
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Check,
    Keep,
    Undo,
}

/// Takes in a file that has been received; its columns are mapped next.
pub async fn upload(cx: &mut Cx, kind: &'static dyn ImportKind, file_name: &str, file: Received) -> Result<Import> {
    cx.require(kind.permission())?;
    let id = cx.new_id();
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|character| !character.is_control()).take(200).collect();
    store::insert(cx, id, kind.name(), &name, &file).await?;
    cx.record(Change::new("import.uploaded", "import", id).label(name).set("kind", Told::Text(kind.name().to_owned())));
    store::get(cx, id).await
}

/// An import that the actor may see: their own, or anybody's for those who may do this kind.
pub async fn get(cx: &mut Cx, id: Id) -> Result<(Import, &'static dyn ImportKind)> {
    let import = store::get(cx, id).await?;
    let kind = cx.house.import_kind(&import.kind).ok_or(Error::NotFound)?;
    cx.require(kind.permission()).map_err(|_| Error::NotFound)?;
    Ok((import, kind))
}

/// Decides how the file is read and sets off the check. Allowed until the import is kept.
pub async fn map(cx: &mut Cx, id: Id, reading: Reading) -> Result<()> {
    prepare(cx, id, reading).await?;
    jobs::enqueue(cx, CHECK_JOB, serde_json::json!({ "subject": id }), None).await?;
    Ok(())
}

/// As [`map`], for a caller that does the check itself.
pub async fn prepare(cx: &mut Cx, id: Id, reading: Reading) -> Result<()> {
    let (import, kind) = get(cx, id).await?;
    if !matches!(import.state.as_str(), "uploaded" | "checked" | "failed") || import.rows_done > 0 {
        return Err(Error::conflict("import-already-kept"));
    }
    read::mapping_problems(&reading, kind.columns()).into_result()?;
    store::set_reading(cx, id, &serde_json::to_string(&reading)?).await?;
    store::remember_mapping(cx, kind.name(), &reading).await?;
    store::begin_check(cx, id).await
}

/// Keeps what the check showed. Refused rows are left out; the rest goes in.
pub async fn keep(cx: &mut Cx, id: Id) -> Result<()> {
    begin_keeping(cx, id).await?;
    jobs::enqueue(cx, KEEP_JOB, serde_json::json!({ "subject": id }), None).await?;
    Ok(())
}

/// As [`keep`], for a caller that does the work itself.
pub async fn begin_keeping(cx: &mut Cx, id: Id) -> Result<()> {
    let (import, _) = get(cx, id).await?;
    if import.state != "checked" {
        return Err(Error::conflict("import-not-checked"));
    }
    store::set_state(cx, id, "keeping", None).await?;
    cx.record(Change::new("import.kept", "import", id).label(import.file_name));
    Ok(())
}

/// Takes the whole import back: what it created is retired, what it changed is put back, and what
/// somebody has worked on since stays and is named.
pub async fn undo(cx: &mut Cx, id: Id) -> Result<()> {
    let (import, _) = get(cx, id).await?;
    if !matches!(import.state.as_str(), "kept" | "cancelled" | "failed") || import.rows_done == 0 {
        return Err(Error::conflict("import-nothing-to-undo"));
    }
    store::set_state(cx, id, "undoing", None).await?;
    jobs::enqueue(cx, UNDO_JOB, serde_json::json!({ "subject": id }), None).await?;
    cx.record(Change::new("import.undone", "import", id).label(import.file_name));
    Ok(())
}

/// Stops an import under way at its next batch. What is kept so far stays and can be undone.
pub async fn cancel(cx: &mut Cx, id: Id) -> Result<()> {
    let (import, _) = get(cx, id).await?;
    if !matches!(import.state.as_str(), "uploaded" | "checking" | "checked" | "keeping") {
        return Err(Error::conflict("import-already-ended"));
    }
    store::set_state(cx, id, "cancelled", None).await?;
    cx.record(Change::new("import.cancelled", "import", id).label(import.file_name));
    Ok(())
}

fn run_job<'a>(cx: &'a mut Cx, job: &'a Job, step: Step) -> BoxFuture<'a, Result<(), JobError>> {
    Box::pin(async move {
        let id = job.subject().ok_or_else(|| JobError::GiveUp(Error::unexpected("no import named")))?;
        let actor = cx.actor.clone().ok_or(JobError::GiveUp(Error::NotSignedIn))?;
        let house = cx.house.clone();
        let worked = work_through(&house, &actor, id, step, Some(job), |_| {}).await;
        match worked {
            Ok(_) => Ok(()),
            Err(error @ Error::Unexpected(_)) => Err(JobError::Retry(error)),
            Err(error) => {
                // The file itself is at fault: the import says so on its own page.
                let (key, args) = match &error {
                    Error::Conflict(conflict) => (conflict.key.clone(), conflict.args.clone()),
                    _ => ("import-failed".to_owned(), Vec::new()),
                };
                store::fail(cx, id, &key, &args).await?;
                cx.commit().await?;
                Err(JobError::GiveUp(error))
            }
        }
    })
}

/// Does a step of an import to its end, telling progress after each batch. The command line calls
/// this directly; pages go through the job.
pub async fn work_through(
    house: &Arc<House>,
    actor: &Actor,
    id: Id,
    step: Step,
    job: Option<&Job>,
    mut progress: impl FnMut(&Import),
) -> Result<Import> {
    let worker = Worker { house, actor, id, job };
    match step {
        Step::Undo => worker.undo(&mut progress).await?,
        Step::Check | Step::Keep => worker.rows(step, &mut progress).await?,
    }
    let mut cx = worker.cx(false);
    let import = store::get(&mut cx, id).await?;
    cx.commit().await?;
    progress(&import);
    Ok(import)
}

/// What is kept with each batch for the kind to ask for.
struct With {
    ahead: Arc<Ahead>,
    left: Arc<Left>,
}

impl With {
    fn put(&self, cx: &Cx) {
        cx.kept.put(self.ahead.clone());
        cx.kept.put(self.left.clone());
    }
}

struct Worker<'a> {
    house: &'a Arc<House>,
    actor: &'a Actor,
    id: Id,
    job: Option<&'a Job>,
}

impl Worker<'_> {
    fn cx(&self, keeping: bool) -> Cx {
        let mut cx = Cx::new(self.house.clone(), Some(self.actor.clone()), Way::Import, Language::English);
        cx.import = keeping.then_some(self.id);
        cx
    }

    async fn rows(&self, step: Step, progress: &mut impl FnMut(&Import)) -> Result<()> {
        let mut cx = self.cx(false);
        let import = store::get(&mut cx, self.id).await?;
        cx.commit().await?;
        let kind = self.house.import_kind(&import.kind).ok_or(Error::NotFound)?;
        let reading: Reading = serde_json::from_str(&import.reading)?;
        let done = if step == Step::Keep { import.rows_done } else { 0 };
        let path = self.house.files.place(&import.digest);
        let done = u64::try_from(done).unwrap_or_default();
        let later = kind.later().filter(|later| reading.fills(later.column));
        let mut ahead = Arc::new(Ahead::default());
        if let Some(later) = later {
            ahead = Arc::new(survey(path.clone(), reading.clone(), kind, later).await?);
        }
        let with = With { ahead, left: Arc::new(Left(reading.leaves_alike)) };
        let mut batches = read::batches(path.clone(), reading.clone(), kind.columns(), done, BATCH);
        while let Some(batch) = batches.recv().await {
            let batch = batch?;
            let mode = if step == Step::Keep { Mode::Keep } else { Mode::Check };
            let Some(import) = self.take(kind, batch, mode, &with).await? else { return Ok(()) };
            progress(&import);
        }
        if let (Some(later), Step::Keep) = (later, step) {
            let mut batches = read::batches(path, reading, kind.columns(), 0, BATCH);
            while let Some(batch) = batches.recv().await {
                if !self.take_again(kind, batch?, later, &with).await? {
                    return Ok(());
                }
            }
        }
        let mut cx = self.cx(false);
        let state = if step == Step::Keep { "kept" } else { "checked" };
        store::set_state(&mut cx, self.id, state, None).await?;
        cx.commit().await
    }

    /// One batch, whole or not at all: rows, entries, problems and progress in one transaction.
    /// Answers nothing when someone has cancelled the import or another process has it.
    async fn take(
        &self,
        kind: &'static dyn ImportKind,
        batch: read::Batch,
        mode: Mode,
        with: &With,
    ) -> Result<Option<Import>> {
        let outcomes = if mode == Mode::Check {
            // The check reads in a transaction of its own, so that it holds no writer up.
            let mut reader = Cx::reading(self.house.clone(), Some(self.actor.clone()), Way::Import, Language::English);
            with.put(&reader);
            let outcomes = kind.take(&mut reader, &batch.rows, mode).await?;
            reader.commit().await?;
            Some(outcomes)
        } else {
            None
        };
        let mut cx = self.cx(mode == Mode::Keep);
        with.put(&cx);
        let read = batch.rows.iter().map(|row| row.number);
        let first = read.chain(batch.unreadable.iter().map(|(number, _)| *number)).min().unwrap_or_default();
        let free = mode == Mode::Check || store::claim(&mut cx, self.id, first).await?;
        if !free || !self.still_ours(&mut cx).await? {
            cx.undo().await?;
            return Ok(None);
        }
        let outcomes = match outcomes {
            Some(outcomes) => outcomes,
            None => kind.take(&mut cx, &batch.rows, mode).await?,
        };
        if outcomes.len() != batch.rows.len() {
            return Err(Error::unexpected("an import kind must answer for every row"));
        }
        let mut tally = Tally { last: batch.last, ..Default::default() };
        let mut problems: Vec<(u64, Problem)> = batch.unreadable;
        tally.refused += problems.len() as i64;
        let mut examples = Vec::new();
        for (row, outcome) in batch.rows.iter().zip(&outcomes) {
            tally.count(outcome);
            match outcome {
                Outcome::Refused(found) => {
                    problems.extend(found.all().iter().map(|problem| (row.number, problem.clone())));
                }
                Outcome::Resembles(likely) => {
                    let names: Vec<&str> = likely.iter().map(|(_, name, _)| name.as_str()).collect();
                    problems.push((
                        row.number,
                        Problem {
                            field: String::new(),
                            key: "import-row-resembles".to_owned(),
                            args: vec![("names".to_owned(), names.join(", "))],
                        },
                    ));
                }
                Outcome::Created(_) | Outcome::Alike(..) | Outcome::Changed(..) | Outcome::Same(_) => {}
            }
            if let Some(example) = store::Example::of(row, outcome) {
                examples.push(example);
            }
        }
        if mode == Mode::Check {
            store::add_examples(&mut cx, self.id, examples, EXAMPLES).await?;
            store::add_problems(&mut cx, self.id, problems).await?;
        }
        store::add_tally(&mut cx, self.id, &tally, mode).await?;
        let import = store::get(&mut cx, self.id).await?;
        cx.commit().await?;
        Ok(Some(import))
    }

    /// Takes the rows of a batch that named something ahead of them: it is there now, or will not come,
    /// which is told. Taken twice they change nothing, so that a killed process takes them again.
    async fn take_again(
        &self,
        kind: &'static dyn ImportKind,
        batch: read::Batch,
        later: Later,
        with: &With,
    ) -> Result<bool> {
        let mut rows = batch.rows;
        rows.retain(|row| row.get(later.column).is_some_and(|name| with.ahead.has(name)));
        if rows.is_empty() {
            return Ok(true);
        }
        let mut cx = self.cx(true);
        cx.kept.put(with.left.clone());
        if !self.still_ours(&mut cx).await? {
            cx.undo().await?;
            return Ok(false);
        }
        let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
        let told = store::told(&mut cx, self.id, &numbers).await?;
        let mut problems: Vec<(u64, Problem)> = Vec::new();
        for (row, outcome) in rows.iter().zip(kind.take(&mut cx, &rows, Mode::Keep).await?) {
            // What the check said of a row, or a process that was killed here, is said already.
            if let Outcome::Refused(found) = outcome
                && !told.contains(&row.number)
            {
                problems.extend(found.all().iter().map(|problem| (row.number, problem.clone())));
            }
        }
        store::add_problems(&mut cx, self.id, problems).await?;
        cx.commit().await?;
        Ok(true)
    }

    async fn still_ours(&self, cx: &mut Cx) -> Result<bool> {
        if store::get(cx, self.id).await?.state == "cancelled" {
            return Ok(false);
        }
        match self.job {
            Some(job) => jobs::keep_alive(cx, job).await,
            None => Ok(true),
        }
    }

    async fn undo(&self, progress: &mut impl FnMut(&Import)) -> Result<()> {
        let mut cx = self.cx(false);
        let import = store::get(&mut cx, self.id).await?;
        cx.commit().await?;
        let kind = self.house.import_kind(&import.kind).ok_or(Error::NotFound)?;
        let mut before = import.undo_mark;
        loop {
            let mut cx = self.cx(false);
            if !self.still_ours(&mut cx).await? {
                cx.undo().await?;
                return Ok(());
            }
            cx.note = Some(format!("import {}", self.id));
            let mut entries = audit::read::of_import(&mut cx, self.id, before, BATCH as i64).await?;
            entries.retain(|entry| entry.subject_kind != "import");
            let Some(last) = entries.last() else {
                store::set_state(&mut cx, self.id, "undone", None).await?;
                cx.commit().await?;
                return Ok(());
            };
            before = Some(last.id);
            let answers = kind.undo(&mut cx, &entries).await?;
            let kept: Vec<&audit::Entry> = entries
                .iter()
                .zip(&answers)
                .filter(|(_, answer)| **answer == Undone::KeptTouched)
                .map(|(entry, _)| entry)
                .collect();
            let reversed = answers.iter().filter(|answer| **answer == Undone::Reversed).count();
            store::add_undone(&mut cx, self.id, before, reversed as i64, &kept).await?;
            let import = store::get(&mut cx, self.id).await?;
            cx.commit().await?;
            progress(&import);
        }
    }
}

/// Reads the file once for the names that it brings.
async fn survey(path: PathBuf, reading: Reading, kind: &'static dyn ImportKind, later: Later) -> Result<Ahead> {
    let mut ahead = Ahead::default();
    let mut batches = read::batches(path, reading, kind.columns(), 0, BATCH);
    while let Some(batch) = batches.recv().await {
        for row in batch?.rows {
            ahead.note(&row, later);
        }
    }
    Ok(ahead)
}

/// Seconds left at the present pace, once there is a pace and the number of rows is known.
pub fn seconds_left(import: &Import, now: At) -> Option<i64> {
    let started = import.step_at?;
    let (done, all) = match import.state.as_str() {
        "keeping" => (import.rows_done, import.rows_checked),
        _ => return None,
    };
    let spent = (now.0 - started.0) / 1_000_000;
    (done > 1 && spent > 0 && all > done).then(|| (all - done) * spent / done)
}

/// What was said of each row, for the file of problems to mend and send again.
pub async fn problems_by_row(cx: &mut Cx, id: Id) -> Result<HashMap<u64, Vec<Problem>>> {
    let mut rows: HashMap<u64, Vec<Problem>> = HashMap::new();
    for (row, problem) in store::all_problems(cx, id).await? {
        rows.entry(row).or_default().push(problem);
    }
    Ok(rows)
}
