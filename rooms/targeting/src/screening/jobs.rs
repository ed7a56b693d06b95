//! Running a screening, as a job: progress is told now and then, and a word to stop is heard within a second.

use std::sync::Arc;
use std::time::Duration;

use ::screening::{Context, Error as Refused, Plan, Watch};
use directory::resemblance::{LONG_PATIENCE, ready};
use platform::audit::{Change, Told};
use platform::jobs::{Job, JobError, JobKind, keep_alive};
use platform::{Cx, Error, Id};

use super::{links, store};
use crate::{SCREEN, criteria, universe};

pub const NAME: &str = "screen companies";

pub const SCREEN_COMPANIES: JobKind = JobKind { name: NAME, run: |cx, job| Box::pin(run(cx, job)), nightly: false };

async fn run(cx: &mut Cx, job: &Job) -> Result<(), JobError> {
    let id = job.subject().ok_or_else(|| JobError::GiveUp(Error::NotFound))?;
    let granted = cx.require(&SCREEN)?;
    let screening = store::get(cx, id).await?;
    if !screening.is_at_work() {
        return Ok(());
    }
    let version = criteria::version_at(cx, screening.set_id, screening.number).await?;
    let context: Context = serde_json::from_str(&screening.context).map_err(Error::from)?;
    let top = usize::try_from(screening.top).unwrap_or(0);
    let top = top + super::spare(top);
    let begun = universe::engine(cx)
        .and_then(|engine| Ok((engine, Plan::new(&version.criteria, &context, top).map_err(universe::refused)?)));
    let found = match begun {
        Ok((engine, plan)) => {
            let watch = Arc::new(Watch::default());
            let (plan, watched) = (Arc::new(plan), watch.clone());
            let work = tokio::spawn(async move { engine.screen(&plan, &watched).await });
            follow(cx, job, id, &watch, work).await?
        }
        Err(error) => Err(Refused::engine(error.to_string())),
    };
    cx.renew();
    match found {
        Ok(found) => {
            let found = found.levelled();
            // The register is asked before anything is written, so that no writer is held up meanwhile.
            ready(&cx.house.clone(), LONG_PATIENCE).await;
            keep_alive(cx, job).await?;
            cx.commit().await?;
            let linked = links::found(cx, &found.top).await?;
            if store::keep(cx, &granted, id, &found).await? {
                links::renew(cx, &granted, &found.top, &linked).await?;
                cx.record(
                    Change::new("screening.done", "screening", id)
                        .label(&screening.name)
                        .version(screening.version + 1)
                        .set("ranked", Told::Number(i64::try_from(found.ranked).unwrap_or(i64::MAX))),
                );
            }
            Ok(())
        }
        // Whoever cancelled the screening has said so already; whoever cancelled the job has not.
        Err(Refused::Cancelled) => {
            store::end(cx, &granted, id, "cancelled", "").await?;
            Ok(())
        }
        Err(refused) => {
            let (key, error) = match refused {
                Refused::Empty => ("universe-none", Error::conflict("universe-none")),
                other => ("screening-failed", Error::unexpected(other.to_string())),
            };
            tracing::warn!(screening = %id, %error, "screening failed");
            if store::end(cx, &granted, id, "failed", key).await? {
                let change = Change::new("screening.failed", "screening", id).label(&screening.name);
                cx.record(change.version(screening.version + 1));
            }
            Ok(())
        }
    }
}

/// Waits for the engine while telling how far it is, until it has ended or somebody wants it to.
async fn follow(
    cx: &mut Cx,
    job: &Job,
    id: Id,
    watch: &Watch,
    mut work: tokio::task::JoinHandle<Result<::screening::Screened, Refused>>,
) -> Result<Result<::screening::Screened, Refused>, JobError> {
    loop {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let (done, expected) = watch.progress();
        let wanted = store::progress(cx, id, number(done), number(expected)).await?;
        let held = keep_alive(cx, job).await?;
        cx.commit().await?;
        if !wanted || !held {
            watch.stop();
        }
        tokio::select! {
            ended = &mut work => {
                return Ok(ended.unwrap_or_else(|failed| Err(Refused::engine(failed.to_string()))));
            }
            () = tokio::time::sleep(Duration::from_millis(700)) => {}
        }
    }
}
