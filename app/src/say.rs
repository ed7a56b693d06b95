//! What is said on the terminal. Whoever listens may go away, as `| head -1` does: the work goes on
//! to its end, for an office half loaded would be worse, and what is left to say is dropped.

use std::fmt::Arguments;
use std::io::{ErrorKind, Result, Write, stderr, stdout};

use anyhow::anyhow;
use platform::{Cx, Error};

/// A line on standard output. That it can't be written is a failure, such as a full disk's.
macro_rules! say {
    ($($words:tt)*) => { $crate::say::out(format_args!("{}\n", format_args!($($words)*))) };
}

/// A line on standard error. That nobody can be told is told to nobody.
macro_rules! aside {
    ($($words:tt)*) => { $crate::say::err(format_args!("{}\n", format_args!($($words)*))) };
}

pub fn out(words: Arguments<'_>) -> Result<()> {
    let mut to = stdout().lock();
    heard(to.write_fmt(words).and_then(|()| to.flush()))
}

pub fn err(words: Arguments<'_>) {
    let mut to = stderr().lock();
    let _ = to.write_fmt(words).and_then(|()| to.flush());
}

/// Forgives that nobody listens any more.
pub fn heard(done: Result<()>) -> Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// An error in the words a person at the terminal can use.
pub fn said(cx: &Cx, error: Error) -> anyhow::Error {
    match &error {
        Error::Invalid(problems) => {
            let lines: Vec<String> = problems
                .all()
                .iter()
                .map(|problem| format!("{}: {}", problem.field, platform::web::say(cx, &problem.key, &problem.args)))
                .collect();
            anyhow!("{}", lines.join("\n"))
        }
        Error::Conflict(conflict) => {
            let mut text = platform::web::say(cx, &conflict.key, &conflict.args);
            for reason in &conflict.reasons {
                text.push_str("\n  ");
                text.push_str(&platform::web::say(cx, &reason.key, &reason.args));
            }
            anyhow!(text)
        }
        Error::NotFound => anyhow!("there is no such record"),
        error if error.is_full() => anyhow!("{}", cx.text("error-full-body", &[])),
        error if error.is_busy() => anyhow!("{}", cx.text("somebody-else-writing", &[])),
        _ => anyhow!("{error}"),
    }
}

/// An error and its causes, each said once: some tell their cause in their own words already.
pub fn once(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.contains(&cause) {
            said.push_str(": ");
            said.push_str(&cause);
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    #[test]
    fn what_a_cause_says_is_said_once() {
        let error =
            Err::<(), _>(anyhow::anyhow!("no room")).context("can't be opened: no room").context("var").unwrap_err();
        assert_eq!(super::once(&error), "var: can't be opened: no room");
    }
}
