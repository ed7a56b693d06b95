//! Pieces of a job: handed in, waited for, handed in again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use datafusion::arrow::array::RecordBatch;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use tokio::time::{MissedTickBehavior, interval};

use super::Error;
use super::client::{Attempt, Client};

/// How long is waited for a piece, and how often it is tried.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// An attempt that has no answer by then is given up.
    pub most: Duration,
    /// Where nothing else is left to be handed in, a piece that takes three times as long as the slowest so far, and this at least,
    /// is handed in beside its first attempt; whichever answers first is taken.
    pub late: Duration,
    pub attempts: u32,
    /// How long is waited for a first executor.
    pub idle: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            most: Duration::from_secs(600),
            late: Duration::from_secs(5),
            attempts: 5,
            idle: Duration::from_secs(30),
        }
    }
}

impl Limits {
    /// How long a piece may take before it is late. While none has come back, nobody knows how long one takes.
    fn patience(&self, slowest: Duration) -> Duration {
        if slowest.is_zero() { self.late * 12 } else { self.late.max(slowest * 3) }
    }
}

/// What is told as a job goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// So many slots take part.
    Slots(usize),
    Done {
        piece: usize,
        of: usize,
    },
    /// A piece came to nothing and is handed in again.
    Lost {
        piece: usize,
        of: usize,
        attempt: u32,
        why: String,
    },
    /// A piece takes long and is handed in a second time.
    Late {
        piece: usize,
        of: usize,
        attempt: u32,
    },
}

/// One piece's way to its answer.
#[derive(Default)]
struct Way {
    tried: u32,
    /// Attempts that may still answer.
    open: u32,
    since: Option<Instant>,
    /// Whether its latest attempt no longer counts as taking a slot.
    late: bool,
    answer: Option<Vec<RecordBatch>>,
}

struct Came {
    piece: usize,
    took: Duration,
    attempt: Attempt,
}

/// Has all plans reckoned; the answers come back in the plans' order. `watch` is asked several times a second whether to go on.
pub(super) async fn run(
    client: &Client,
    plans: &[Vec<u8>],
    limits: &Limits,
    watch: &(dyn Fn() -> Result<(), screening::Error> + Sync),
    told: &(dyn Fn(Told) + Sync),
) -> Result<Vec<Vec<RecordBatch>>, Stopped> {
    let of = plans.len();
    let mut ways: Vec<Way> = plans.iter().map(|_| Way::default()).collect();
    let mut waiting: VecDeque<usize> = (0..of).collect();
    let mut running: FuturesUnordered<BoxFuture<'static, Came>> = FuturesUnordered::new();
    let client = Arc::new(client.clone());
    let start = |piece: usize, way: &mut Way, running: &mut FuturesUnordered<BoxFuture<'static, Came>>| {
        way.tried += 1;
        way.open += 1;
        way.since = Some(Instant::now());
        way.late = false;
        let (client, plan, most) = (client.clone(), plans[piece].clone(), limits.most);
        running.push(Box::pin(async move {
            let since = Instant::now();
            let attempt = client.attempt(plan, most).await;
            Came { piece, took: since.elapsed(), attempt }
        }));
    };
    let (mut slots, mut slowest, mut done) = (0, Duration::ZERO, 0);
    let (mut asked, mut idle): (Option<Instant>, Instant) = (None, Instant::now());
    let mut tick = interval(Duration::from_millis(100));
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while done < of {
        tokio::select! {
            came = running.next(), if !running.is_empty() => {
                let Some(Came { piece, took, attempt }) = came else { continue };
                let way = &mut ways[piece];
                way.open -= 1;
                if way.answer.is_some() {
                    continue;
                }
                match attempt {
                    Attempt::Answered(batches) => {
                        way.answer = Some(batches);
                        slowest = slowest.max(took);
                        done += 1;
                        told(Told::Done { piece: piece + 1, of });
                    }
                    Attempt::Lost(_) if way.open > 0 => {}
                    Attempt::Lost(why) if way.tried < limits.attempts => {
                        told(Told::Lost { piece: piece + 1, of, attempt: way.tried, why });
                        way.since = None;
                        waiting.push_back(piece);
                    }
                    Attempt::Lost(reason) => {
                        return Err(Error::Failed { piece: piece + 1, of, attempts: way.tried, reason }.into());
                    }
                }
            }
            _ = tick.tick() => {
                watch()?;
                if asked.is_none_or(|asked| asked.elapsed() > Duration::from_secs(1)) {
                    let now = client.slots().await?;
                    asked = Some(Instant::now());
                    if now != slots {
                        told(Told::Slots(now));
                        slots = now;
                    }
                }
                if slots > 0 {
                    idle = Instant::now();
                } else if idle.elapsed() > limits.idle {
                    return Err(Error::Idle(client.address().to_owned()).into());
                }
                if waiting.is_empty() {
                    let patience = limits.patience(slowest);
                    for (piece, way) in ways.iter_mut().enumerate() {
                        let long = way.since.is_some_and(|since| since.elapsed() > patience);
                        if way.answer.is_none() && long && way.tried < limits.attempts && slots > 0 {
                            told(Told::Late { piece: piece + 1, of, attempt: way.tried });
                            start(piece, way, &mut running);
                        }
                    }
                }
            }
        }
        // A piece that takes far longer than all others holds no slot: its executor may be gone.
        let patience = limits.patience(slowest);
        for way in &mut ways {
            way.late |= way.since.is_some_and(|since| since.elapsed() > patience);
        }
        while ways.iter().filter(|way| way.open > 0 && way.answer.is_none() && !way.late).count() < slots {
            let Some(piece) = waiting.pop_front() else { break };
            start(piece, &mut ways[piece], &mut running);
        }
    }
    Ok(ways.into_iter().map(|way| way.answer.unwrap_or_default()).collect())
}

/// Why a run ended without an answer.
pub(super) enum Stopped {
    /// Somebody asked it to.
    Asked(screening::Error),
    Failed(Error),
}

impl From<screening::Error> for Stopped {
    fn from(error: screening::Error) -> Self {
        Self::Asked(error)
    }
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}
