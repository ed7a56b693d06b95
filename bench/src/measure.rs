//! How a thing is measured: many clients at once, warmed up, every answer timed.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::client::{Answer, Ask, Client};
use crate::data::words::Dice;

/// How many clients ask at once.
pub const CLIENTS: usize = 8;

/// Times of answers, in milliseconds, and how many came in a second.
#[derive(Clone, Debug, Default)]
pub struct Times {
    sorted: Vec<f64>,
    pub a_second: f64,
    pub wrong: u64,
    pub first_wrong: Option<String>,
}

impl Times {
    pub fn of(mut millis: Vec<f64>, spent: Duration) -> Self {
        millis.sort_by(f64::total_cmp);
        let a_second = millis.len() as f64 / spent.as_secs_f64().max(0.001);
        Self { sorted: millis, a_second, wrong: 0, first_wrong: None }
    }

    /// The time that `part` of a hundred did not exceed (nearest rank).
    pub fn at(&self, part: f64) -> f64 {
        let rank = (part / 100.0 * self.sorted.len() as f64).ceil() as usize;
        self.sorted.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
    }

    pub fn most(&self) -> f64 {
        self.sorted.last().copied().unwrap_or(f64::NAN)
    }
}

/// What a client asks next, knowing the last answer.
pub type Next = Box<dyn FnMut(&mut Dice, Option<&Answer>) -> Ask + Send>;

/// Lets every client ask one thing after another for a while. `next` makes what each client goes
/// by; `right` says whether an answer was what it should be.
pub async fn drive(
    clients: Vec<Client>,
    seconds: f64,
    next: impl Fn(usize) -> Next,
    right: impl Fn(&Answer) -> bool + Clone + Send + 'static,
) -> Result<Times> {
    let warm = Duration::from_secs_f64((seconds / 4.0).clamp(0.5, 3.0));
    let measured = Duration::from_secs_f64(seconds);
    let started = Instant::now();
    let mut tasks = Vec::new();
    for (place, mut client) in clients.into_iter().enumerate() {
        let (mut next, right) = (next(place), right.clone());
        tasks.push(tokio::spawn(async move {
            let mut dice = Dice::of(9, 100, place as u64);
            let (mut times, mut wrong, mut first, mut last) = (Vec::new(), 0, None, None);
            while started.elapsed() < warm + measured {
                let counts = started.elapsed() >= warm;
                let answer = client.send(next(&mut dice, last.as_ref())).await?;
                if counts {
                    times.push(answer.took.as_secs_f64() * 1000.0);
                    if !right(&answer) {
                        wrong += 1;
                        first.get_or_insert(format!("{} {}", answer.status, answer.start()));
                    }
                }
                last = Some(answer);
            }
            anyhow::Ok((times, wrong, first))
        }));
    }
    let (mut all, mut wrong, mut first_wrong) = (Vec::new(), 0, None);
    for task in tasks {
        let (times, bad, first) = task.await??;
        all.extend(times);
        wrong += bad;
        first_wrong = first_wrong.or(first);
    }
    let spent = started.elapsed().saturating_sub(warm);
    Ok(Times { wrong, first_wrong, ..Times::of(all, spent) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let times = Times::of((1..=100).map(f64::from).collect(), Duration::from_secs(10));
        assert_eq!((times.at(50.0), times.at(95.0), times.at(99.0), times.most()), (50.0, 95.0, 99.0, 100.0));
        assert_eq!(times.a_second, 10.0);
        assert_eq!(Times::of(vec![7.0], Duration::from_secs(1)).at(99.0), 7.0);
    }
}
