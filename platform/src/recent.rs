//! Answers of a moment ago: what many ask for and few change, such as how many rows a filter shows.
//!
//! One stands until anything is changed through this process. Another process may have changed something
//! too, so it stands for two seconds at most, or the longer the longer answering took, to half a minute:
//! a large office doesn't count the same thousands again and again.

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::cx::Cx;

const LEAST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(30);
/// What took a millisecond to answer stands for three seconds.
const TIMES: u32 = 3_000;
/// More answers than these are not kept at a time.
const MOST: usize = 2_000;

#[derive(Debug, Default)]
pub(crate) struct Recent {
    changes: AtomicU64,
    held: Mutex<HashMap<String, Answer>>,
}

#[derive(Debug)]
struct Answer {
    changes: u64,
    since: Instant,
    stands: Duration,
    value: Arc<dyn Any + Send + Sync>,
}

impl Recent {
    /// How many times something was changed through this process.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::SeqCst)
    }

    pub(crate) fn changed(&self) {
        self.changes.fetch_add(1, Ordering::SeqCst);
    }

    fn get<T: Send + Sync + 'static>(&self, question: &str) -> Option<Arc<T>> {
        let held = self.held.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let answer = held.get(question)?;
        if answer.changes != self.changes() || answer.since.elapsed() >= answer.stands {
            return None;
        }
        answer.value.clone().downcast().ok()
    }

    fn put(&self, question: String, answer: Answer) {
        let mut held = self.held.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if held.len() >= MOST {
            held.clear();
        }
        held.insert(question, answer);
    }
}

impl Cx {
    /// What was answered to this question a moment ago. A question names all that its answer depends
    /// on, the reader's reach with it.
    pub fn recent<T: Send + Sync + 'static>(&self, question: &str) -> Option<Arc<T>> {
        if self.has_changes() {
            return None;
        }
        self.house.recent.get(question)
    }

    /// Keeps an answer that this context has just read.
    pub fn keep_recent<T: Send + Sync + 'static>(&self, question: String, answer: T) -> Arc<T> {
        let answer = Arc::new(answer);
        // What is read stands as of the transaction's beginning.
        if let Some((changes, since)) = self.view_of().filter(|_| !self.has_changes()) {
            let stands = since.elapsed().saturating_mul(TIMES).clamp(LEAST, LONGEST);
            self.house.recent.put(question, Answer { changes, since, stands, value: answer.clone() });
        }
        answer
    }
}
