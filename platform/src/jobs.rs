//! Jobs: what happens later, each one verb, safe to run twice.
//!
//! One table; a job is enqueued in the transaction that causes it and claimed by exactly one
//! process. A claim is a lease: a killed process's job is taken up again when the lease ends,
//! and what the dead process might still report is refused by the attempt number.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use serde_json::Value as Json;
use sqlx::FromRow;

use crate::clock::At;
use crate::cx::{Cx, Way};
use crate::db::Dialect;
use crate::error::{Error, Result};
use crate::house::House;
use crate::id::Id;
use crate::order::{By, Order, Place, Rows, Sort};
use crate::permission::{Actor, Permission, Role, Scope};
use crate::sql::Sql;
use crate::text::Language;
use crate::{on, run};

pub const READ: Permission =
    Permission::read("jobs.job.read", &[(Role::Administrator, Scope::All), (Role::Director, Scope::All)]);
pub const MANAGE: Permission = Permission::write("jobs.job.manage", &[(Role::Administrator, Scope::All)]);

/// A kind of job: an imperative sentence and the function that does it.
#[derive(Clone, Copy)]
pub struct JobKind {
    pub name: &'static str,
    pub run: for<'a> fn(&'a mut Cx, &'a Job) -> BoxFuture<'a, std::result::Result<(), JobError>>,
    /// Done every night besides, unasked.
    pub nightly: bool,
}

/// A job as claimed.
#[derive(Clone, Debug, FromRow)]
pub struct Job {
    pub id: Id,
    pub kind: String,
    pub payload: String,
    pub attempts: i64,
    pub created_by: Option<Id>,
}

impl Job {
    pub fn payload(&self) -> Json {
        serde_json::from_str(&self.payload).unwrap_or(Json::Null)
    }

    /// The record that the job is about: the payload's `subject`.
    pub fn subject(&self) -> Option<Id> {
        self.payload().get("subject").and_then(Json::as_i64).map(Id)
    }
}

/// What a job says when it could not be done.
#[derive(Debug)]
pub enum JobError {
    /// Try again later, with growing waits.
    Retry(Error),
    /// It can't be done; someone should look.
    GiveUp(Error),
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        match error {
            Error::Unexpected(_) => Self::Retry(error),
            other => Self::GiveUp(other),
        }
    }
}

/// A job as people see it.
#[derive(Clone, Debug, FromRow)]
pub struct JobRow {
    pub id: Id,
    pub kind: String,
    pub payload: String,
    pub state: String,
    pub attempts: i64,
    pub run_at: At,
    pub locked_until: Option<At>,
    pub last_error: Option<String>,
    pub created_by: Option<Id>,
    pub created_at: At,
    pub finished_at: Option<At>,
}

const LEASE_SECONDS: i64 = 120;
const MOST_ATTEMPTS: i64 = 8;

/// Enqueues a job in this transaction, to run at once or at an instant.
pub async fn enqueue(cx: &mut Cx, kind: &str, payload: Json, run_at: Option<At>) -> Result<Id> {
    let id = cx.new_id();
    let sql = "INSERT INTO jobs (id, kind, payload, state, attempts, run_at, created_by, created_at)
               VALUES ($1, $2, $3, 'waiting', 0, $4, $5, $6)";
    let (now, account) = (cx.now(), cx.account());
    run!(cx, db => sqlx::query(sql).bind(id).bind(kind).bind(payload.to_string())
        .bind(run_at.unwrap_or(now)).bind(account).bind(now).execute(db).await)?;
    cx.wake_jobs_on_commit();
    Ok(id)
}

/// Claims the next job that is due, or one whose lease has ended.
async fn claim(cx: &mut Cx) -> Result<Option<Job>> {
    let sqlite = "UPDATE jobs SET state = 'running', attempts = attempts + 1, locked_until = $2
         WHERE id = (SELECT id FROM jobs WHERE (state = 'waiting' AND run_at <= $1)
                     OR (state = 'running' AND locked_until < $1) ORDER BY run_at, id LIMIT 1)
         RETURNING id, kind, payload, attempts, created_by";
    let postgres = "UPDATE jobs SET state = 'running', attempts = attempts + 1, locked_until = $2
         WHERE id = (SELECT id FROM jobs WHERE (state = 'waiting' AND run_at <= $1)
                     OR (state = 'running' AND locked_until < $1) ORDER BY run_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, kind, payload, attempts, created_by";
    let sql = if cx.dialect() == Dialect::Sqlite { sqlite } else { postgres };
    let now = cx.now();
    let until = now.plus_seconds(LEASE_SECONDS);
    Ok(on!(cx, db => sqlx::query_as(sql).bind(now).bind(until).fetch_optional(db).await)?)
}

/// Lengthens the lease of a long job; answers false when another process has taken it over or
/// someone has cancelled it, and the job must stop.
pub async fn keep_alive(cx: &mut Cx, job: &Job) -> Result<bool> {
    let sql = "UPDATE jobs SET locked_until = $3 WHERE id = $1 AND attempts = $2 AND state = 'running'";
    let until = cx.house.clock.now().plus_seconds(LEASE_SECONDS);
    let held = run!(cx, db => sqlx::query(sql).bind(job.id).bind(job.attempts).bind(until).execute(db).await)?;
    Ok(held == 1)
}

async fn finish(cx: &mut Cx, job: &Job, outcome: std::result::Result<(), JobError>) -> Result<()> {
    let now = cx.now();
    let (state, error, run_at) = match outcome {
        Ok(()) => ("done", None, now),
        Err(JobError::Retry(error)) if job.attempts < MOST_ATTEMPTS => {
            // 10 s, 20 s, 40 s … about 20 minutes at the last.
            let wait = 10_i64 << (job.attempts - 1).clamp(0, 7);
            ("waiting", Some(error.to_string()), now.plus_seconds(wait))
        }
        Err(JobError::Retry(error) | JobError::GiveUp(error)) => ("failed", Some(error.to_string()), now),
    };
    if let Some(error) = &error {
        tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, state, error, "job not done");
    }
    let finished = (state != "waiting").then_some(now);
    let sql = "UPDATE jobs SET state = $3, last_error = $4, run_at = $5, finished_at = $6, locked_until = NULL
               WHERE id = $1 AND attempts = $2 AND state = 'running'";
    run!(cx, db => sqlx::query(sql).bind(job.id).bind(job.attempts).bind(state).bind(error).bind(run_at)
        .bind(finished).execute(db).await)?;
    Ok(())
}

/// Runs one due job, if there is one. Answers whether it did.
pub async fn run_one(house: &Arc<House>) -> Result<bool> {
    let mut cx = house.cx_operator("oases", Way::Job);
    let Some(job) = claim(&mut cx).await? else {
        cx.undo().await?;
        return Ok(false);
    };
    cx.commit().await?;
    let actor = match job.created_by {
        Some(account) => {
            let actor = house.authenticator.by_account(&mut cx, account).await?;
            cx.undo().await?;
            actor
        }
        None => Some(Actor::operator("oases")),
    };
    let outcome = match (house.jobs.iter().find(|kind| kind.name == job.kind), actor) {
        (None, _) => Err(JobError::GiveUp(Error::unexpected("no such kind of job"))),
        (_, None) => Err(JobError::GiveUp(Error::unexpected("the account it acts for is gone"))),
        (Some(kind), Some(actor)) => {
            let mut work = Cx::new(house.clone(), Some(actor), Way::Job, Language::English);
            let outcome = (kind.run)(&mut work, &job).await;
            match outcome {
                Ok(()) => work.commit().await.map_err(JobError::from),
                Err(error) => {
                    work.undo().await?;
                    Err(error)
                }
            }
        }
    };
    let mut cx = house.cx_operator("oases", Way::Job);
    finish(&mut cx, &job, outcome).await?;
    cx.commit().await?;
    Ok(true)
}

/// Runs due jobs until there is none; for tests and the command line.
pub async fn run_all(house: &Arc<House>) -> Result<u64> {
    let mut done = 0;
    while run_one(house).await? {
        done += 1;
    }
    Ok(done)
}

/// Works for as long as the process does; wakes when a job is enqueued here, and looks every few
/// seconds for those enqueued elsewhere.
pub async fn work(house: Arc<House>) {
    loop {
        let woken = house.jobs_wake.notified();
        match run_one(&house).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "jobs can't be read"),
        }
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(Duration::from_secs(3)) => {}
        }
    }
}

/// Seconds after the office's midnight at which what is done every night begins.
const NIGHT: i64 = 3 * 3_600;
const NIGHTS_SEEN_TO: Duration = Duration::from_secs(600);

/// Has each nightly kind wait for its next night, unless it waits or runs already or somebody cancelled that night.
pub async fn see_to_the_night(house: &Arc<House>) -> Result<()> {
    let mut cx = house.cx_operator("oases", Way::Job);
    let now = cx.now();
    let today = house.zone.day_of(now);
    let tonight =
        [Some(today), today.next_day()].into_iter().flatten().map(|day| house.zone.start_of(day).plus_seconds(NIGHT));
    let Some(next) = tonight.into_iter().find(|at| *at > now) else { return Ok(()) };
    // Several processes do this one after the other: the series is locked until the commit.
    crate::sequences::take(&mut cx, "nights seen to", 1).await?;
    for kind in house.jobs.iter().filter(|kind| kind.nightly) {
        let sql = "SELECT COUNT(*) FROM jobs WHERE state IN ('waiting', 'running', 'cancelled') AND kind = $1
                   AND (state <> 'cancelled' OR run_at > $2)";
        let (there,): (i64,) = on!(cx, db => sqlx::query_as(sql).bind(kind.name).bind(now).fetch_one(db).await)?;
        if there == 0 {
            enqueue(&mut cx, kind.name, Json::Object(Default::default()), Some(next)).await?;
        }
    }
    cx.commit().await
}

/// Sees to the night for as long as the process runs.
pub async fn nights(house: Arc<House>) {
    loop {
        if let Err(error) = see_to_the_night(&house).await {
            tracing::error!(%error, "nightly jobs can't be set off");
        }
        tokio::time::sleep(NIGHTS_SEEN_TO).await;
    }
}

/// The latest jobs, below `before` if given, of a state if given.
pub async fn list(cx: &mut Cx, state: Option<&str>, before: Option<Id>, limit: i64) -> Result<Vec<JobRow>> {
    cx.require(&READ)?;
    let mut sql = Sql::new(ROWS);
    if let Some(state) = state {
        sql.push(" AND state = ").bind(state);
    }
    if let Some(before) = before {
        sql.push(" AND id < ").bind(before);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

const ROWS: &str = "SELECT id, kind, payload, state, attempts, run_at, locked_until, last_error, created_by, created_at, \
     finished_at FROM jobs WHERE 1 = 1";

/// What a job may be: the states in the order a person asks for them.
pub const STATES: [&str; 5] = ["running", "waiting", "failed", "cancelled", "done"];

const ORDERS: &[Order] = &[Order { name: "made", by: &[By::Number("id")] }];

/// A page of jobs, latest first, of a state if given.
pub async fn page(cx: &mut Cx, state: Option<&str>, place: &Place, limit: i64) -> Result<Rows<JobRow>> {
    cx.require(&READ)?;
    let mut sql = Sql::new(ROWS);
    if let Some(state) = state {
        sql.push(" AND state = ").bind(state);
    }
    Sort { order: &ORDERS[0], down: true }.page(&mut sql, place, limit)?;
    let rows = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, place, limit, |job: &JobRow| vec![job.id.to_string()]))
}

/// How many jobs of a state there are, counted a little past a bound at most.
pub async fn count(cx: &mut Cx, state: &str, most: i64) -> Result<i64> {
    cx.require(&READ)?;
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT id FROM jobs WHERE state = ");
    sql.bind(state).push(" LIMIT ").bind(most + 1).push(") counted");
    sql.fetch_number(cx).await
}

/// Lets a failed job try again now.
pub async fn retry(cx: &mut Cx, id: Id) -> Result<()> {
    cx.require(&MANAGE)?;
    let sql = "UPDATE jobs SET state = 'waiting', attempts = 0, run_at = $2, finished_at = NULL
               WHERE id = $1 AND state IN ('failed', 'cancelled')";
    let now = cx.now();
    let found = run!(cx, db => sqlx::query(sql).bind(id).bind(now).execute(db).await)?;
    if found == 0 {
        return Err(Error::conflict("job-not-failed"));
    }
    let kind = kind_of(cx, id).await?;
    cx.record(crate::audit::Change::new("job.retried", "job", id).label(kind));
    cx.wake_jobs_on_commit();
    Ok(())
}

/// Stops a job that waits or runs; a running one stops at its next batch.
pub async fn cancel(cx: &mut Cx, id: Id) -> Result<()> {
    cx.require(&MANAGE)?;
    let sql = "UPDATE jobs SET state = 'cancelled', finished_at = $2, locked_until = NULL
               WHERE id = $1 AND state IN ('waiting', 'running')";
    let now = cx.now();
    let found = run!(cx, db => sqlx::query(sql).bind(id).bind(now).execute(db).await)?;
    if found == 0 {
        return Err(Error::conflict("job-already-ended"));
    }
    let kind = kind_of(cx, id).await?;
    cx.record(crate::audit::Change::new("job.cancelled", "job", id).label(kind));
    Ok(())
}

async fn kind_of(cx: &mut Cx, id: Id) -> Result<String> {
    let (kind,): (String,) =
        on!(cx, db => sqlx::query_as("SELECT kind FROM jobs WHERE id = $1").bind(id).fetch_one(db).await)?;
    Ok(kind)
}
