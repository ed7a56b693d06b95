//! One import from upload to undo: checked, kept in batches that are each whole, taken up again
//! after a kill where it stopped, and undone entry by entry.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::audit::{Change, Told};
use crate::clock::At;
use crate::cx::{Cx, Way};
use crate::error::{Error, Problem, Result};
use crate::files::Received;
use crate::house::House;
use crate::id::Id;
use crate::import::ahead::With;
use crate::import::read::{self, Reading};
use crate::import::store::{self, Import, Tally};
use crate::import::{Ahead, ImportKind, Later, Left, Mode, Named, Outcome, columns, foresee, readable};
use crate::jobs::{self, Job, JobError, JobKind};
use crate::permission::{Actor, Relation};
use crate::text::Language;

mod back;

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
    kind.get_ready(&cx.house);
    let told = Told::code(kind.name(), kind.key());
    cx.record(Change::new("import.uploaded", "import", id).label(name).set("kind", told));
    store::get(cx, id).await
}

/// An import that the actor may see: one of their own, or anybody's for those who see every record. Whatever a file
/// holds may be above the tier of everybody else.
pub async fn get(cx: &mut Cx, id: Id) -> Result<(Import, &'static dyn ImportKind)> {
    let import = store::get(cx, id).await?;
    let kind = cx.house.import_kind(&import.kind).ok_or(Error::NotFound)?;
    let is_own = import.created_by.is_some() && import.created_by == cx.account();
    if !is_own && !cx.visible().everything() {
        return Err(Error::NotFound);
    }
    Ok((import, kind))
}

/// Whether the actor may decide on an import that they see: its importer, or who may do this kind to all records.
pub fn may_decide(cx: &Cx, import: &Import, kind: &dyn ImportKind) -> bool {
    decides(cx, import, kind).is_ok()
}

fn decides(cx: &Cx, import: &Import, kind: &dyn ImportKind) -> Result<()> {
    let is_own = import.created_by.is_some() && import.created_by == cx.account();
    if is_own {
        return cx.require(kind.permission()).map(drop);
    }
    cx.require_on(kind.permission(), Relation::default()).map(drop)
}

/// As [`get`], for whoever may decide on it.
pub(super) async fn to_decide(cx: &mut Cx, id: Id) -> Result<(Import, &'static dyn ImportKind)> {
    let (import, kind) = get(cx, id).await?;
    decides(cx, &import, kind)?;
    Ok((import, kind))
}

/// Decides how the file is read and sets off the check. Allowed until the import is kept.
pub async fn map(cx: &mut Cx, id: Id, reading: Reading) -> Result<()> {
    prepare(cx, id, reading).await?;
    jobs::enqueue(cx, CHECK_JOB, serde_json::json!({ "subject": id }), None).await?;
    Ok(())
}

/// Keeps how the file is read without looking at its rows: another sheet, encoding or delimiter has other columns, which
/// a person maps next.
pub async fn reread(cx: &mut Cx, id: Id, reading: Reading) -> Result<()> {
    to_map(cx, id).await?;
    store::set_reading(cx, id, &serde_json::to_string(&reading)?).await
}

/// An import whose columns the actor may map.
pub async fn to_map(cx: &mut Cx, id: Id) -> Result<(Import, &'static dyn ImportKind)> {
    let (import, kind) = to_decide(cx, id).await?;
    if !matches!(import.state.as_str(), "uploaded" | "checked" | "failed") || import.rows_done > 0 {
        return Err(Error::conflict("import-already-kept"));
    }
    Ok((import, kind))
}

/// As [`map`], for a caller that does the check itself.
pub async fn prepare(cx: &mut Cx, id: Id, reading: Reading) -> Result<()> {
    let (_, kind) = to_map(cx, id).await?;
    read::mapping_problems(&reading, &columns(cx, kind)).into_result()?;
    store::set_reading(cx, id, &serde_json::to_string(&reading)?).await?;
    // Whose references a file bears is asked of each anew.
    if !kind.elsewhere().is_some_and(|column| reading.fills(column)) {
        store::remember_mapping(cx, kind.name(), &reading).await?;
    }
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
    let (import, _) = to_decide(cx, id).await?;
    if import.state != "checked" {
        return Err(Error::conflict("import-not-checked"));
    }
    store::set_state(cx, id, "keeping", None).await?;
    cx.record(Change::new("import.kept", "import", id).label(import.file_name));
    Ok(())
}

/// Takes the whole import back: what it created is retired, what it changed is put back, and what
/// somebody has worked on since stays and is named. Where something stayed, it may be tried again.
pub async fn undo(cx: &mut Cx, id: Id) -> Result<()> {
    let import = foresee::to_undo(cx, id).await?;
    store::begin_undo(cx, id).await?;
    jobs::enqueue(cx, UNDO_JOB, serde_json::json!({ "subject": id }), None).await?;
    cx.record(Change::new("import.undone", "import", id).label(import.file_name));
    Ok(())
}

/// Stops an import under way at its next batch. What is kept so far stays and can be undone.
pub async fn cancel(cx: &mut Cx, id: Id) -> Result<()> {
    let (import, _) = to_decide(cx, id).await?;
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
    let worker = Worker { house, actor, id, job, named: Named::of(house, actor, id).await? };
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

struct Worker<'a> {
    house: &'a Arc<House>,
    actor: &'a Actor,
    id: Id,
    job: Option<&'a Job>,
    named: Arc<Named>,
}

impl Worker<'_> {
    fn cx(&self, keeping: bool) -> Cx {
        let mut cx = Cx::new(self.house.clone(), Some(self.actor.clone()), Way::Import, Language::English);
        cx.import = keeping.then_some(self.id);
        cx.kept.put(self.named.clone());
        cx
    }

    async fn rows(&self, step: Step, progress: &mut impl FnMut(&Import)) -> Result<()> {
        let mut cx = self.cx(false);
        let import = store::get(&mut cx, self.id).await?;
        cx.commit().await?;
        let kind = self.house.import_kind(&import.kind).ok_or(Error::NotFound)?;
        let reading: Reading = serde_json::from_str(&import.reading)?;
        let done = if step == Step::Keep { import.rows_done } else { 0 };
        let (path, known) = (self.house.files.place(&import.digest), readable(&cx, kind));
        let done = u64::try_from(done).unwrap_or_default();
        let later = kind.later().filter(|later| reading.fills(later.column));
        let mut ahead = Arc::new(Ahead::default());
        if let Some(later) = later {
            ahead = Arc::new(survey(path.clone(), reading.clone(), kind, later).await?);
        }
        let with = With { ahead, left: Arc::new(Left(reading.leaves_alike)), seen: Arc::default(), later };
        let mut batches = read::batches(path.clone(), reading.clone(), known.clone(), done, BATCH);
        while let Some(batch) = batches.recv().await {
            let batch = batch?;
            let mode = if step == Step::Keep { Mode::Keep } else { Mode::Check };
            let Some(import) = self.take(kind, batch, mode, &with).await? else { return Ok(()) };
            progress(&import);
        }
        if let (Some(later), Step::Keep) = (later, step) {
            let mut batches = read::batches(path, reading, known, 0, BATCH);
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
        mut batch: read::Batch,
        mode: Mode,
        with: &With,
    ) -> Result<Option<Import>> {
        let read = batch.rows.iter().map(|row| row.number);
        let first = read.chain(batch.unreadable.iter().map(|(number, _)| *number)).min().unwrap_or_default();
        with.leave_circles(&mut batch);
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
                    let held: Vec<(Id, &str)> = likely.iter().map(|(id, name, _)| (*id, name.as_str())).collect();
                    let held = serde_json::to_string(&held)?;
                    let names: Vec<&str> = likely.iter().map(|(_, name, _)| name.as_str()).collect();
                    problems.push((
                        row.number,
                        Problem {
                            field: String::new(),
                            key: "import-row-resembles".to_owned(),
                            args: vec![("names".to_owned(), names.join(", ")), ("held".to_owned(), held)],
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
        } else {
            let made = batch.rows.iter().zip(&outcomes).filter_map(|(row, outcome)| match outcome {
                Outcome::Created(id) => Some((row.number, *id)),
                _ => None,
            });
            store::link_examples(&mut cx, self.id, &made.collect()).await?;
            // What the check said of a row is said and counted already.
            let numbers: Vec<u64> = problems.iter().map(|(row, _)| *row).collect();
            let told = store::told(&mut cx, self.id, &numbers).await?;
            problems.retain(|(row, _)| !told.contains(row));
            tally.refused = problems.iter().map(|(row, _)| row).collect::<HashSet<_>>().len() as i64;
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
        let mut batch = batch;
        with.leave_circles(&mut batch);
        let mut rows = batch.rows;
        rows.retain(|row| row.get(later.column).is_some_and(|name| with.ahead.has(name)));
        if rows.is_empty() {
            return Ok(true);
        }
        let mut cx = self.cx(true);
        with.put_again(&cx);
        if !self.still_ours(&mut cx).await? {
            cx.undo().await?;
            return Ok(false);
        }
        // What was refused stays so, and of what a process that was killed here has told nothing more is told.
        let numbers: Vec<u64> = rows.iter().map(|row| row.number).collect();
        let told = store::told(&mut cx, self.id, &numbers).await?;
        rows.retain(|row| !told.contains(&row.number));
        let (mut problems, mut incomplete, mut changed): (Vec<(u64, Problem)>, i64, Vec<Id>) = Default::default();
        for (row, outcome) in rows.iter().zip(kind.take(&mut cx, &rows, Mode::Keep).await?) {
            match outcome {
                Outcome::Refused(found) => {
                    incomplete += 1;
                    problems.extend(found.all().iter().map(|problem| (row.number, problem.clone())));
                }
                Outcome::Changed(id, _) => changed.push(id),
                _ => {}
            }
        }
        let counted = store::told_of(&mut cx, self.id, later.record, &changed).await?;
        let tally = changed.iter().filter(|id| !counted.contains(id)).count() as i64;
        store::add_problems(&mut cx, self.id, problems).await?;
        store::add_second(&mut cx, self.id, tally, incomplete).await?;
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
}

/// Reads the file once for the names that it brings.
async fn survey(path: PathBuf, reading: Reading, kind: &'static dyn ImportKind, later: Later) -> Result<Ahead> {
    let mut ahead = Ahead::default();
    let mut batches = read::batches(path, reading, kind.columns().to_vec(), 0, BATCH);
    while let Some(batch) = batches.recv().await {
        for row in batch?.rows {
            ahead.note(&row, later, kind.elsewhere());
        }
    }
    ahead.find_circles();
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
