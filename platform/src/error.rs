//! Errors are five: not found, forbidden, conflict, invalid, unexpected.
//!
//! The first four carry text keys for a person; the last keeps its source and is logged once,
//! at the edge, with an id the visitor can quote. `web::answer` turns kinds into pages and JSON.

use serde::Serialize;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or none that the actor may see.
    #[error("not found")]
    NotFound,
    /// The actor may know that it exists, and may not do this to it.
    #[error("forbidden: {0}")]
    Forbidden(&'static str),
    /// The action does not fit the state of things.
    #[error("conflict: {}", .0.key)]
    Conflict(Box<Conflict>),
    /// What was filled in can't be taken; problems by field.
    #[error("invalid: {0:?}")]
    Invalid(Problems),
    /// Nobody is signed in.
    #[error("not signed in")]
    NotSignedIn,
    #[error(transparent)]
    Unexpected(#[from] Box<dyn std::error::Error + Send + Sync>),
}

/// Why an action does not fit, in words, and what stands in the way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflict {
    pub key: String,
    pub args: Vec<(String, String)>,
    /// Everything that is missing or in the way, named at once.
    pub reasons: Vec<Problem>,
    /// For a stale edit: both versions, as JSON, for the API to show.
    pub versions: Option<serde_json::Value>,
}

impl Error {
    pub fn conflict(key: impl Into<String>) -> Self {
        Self::Conflict(Box::new(Conflict { key: key.into(), ..Default::default() }))
    }

    pub fn conflict_with(key: impl Into<String>, args: &[(&str, String)]) -> Self {
        let args = args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self::Conflict(Box::new(Conflict { key: key.into(), args, ..Default::default() }))
    }

    pub fn invalid(field: &str, key: &str) -> Self {
        let mut problems = Problems::default();
        problems.add(field, key);
        Self::Invalid(problems)
    }

    pub fn unexpected(message: impl Into<String>) -> Self {
        Self::Unexpected(message.into().into())
    }

    /// Whether there was no room left to write to: a disk that is full, or a limit on it.
    pub fn is_full(&self) -> bool {
        self.is_caused_by(|cause| {
            use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
            let broken = cause.downcast_ref::<std::io::Error>();
            // SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_SHMSIZE; PostgreSQL's disk_full.
            broken.is_some_and(|error| matches!(error.kind(), StorageFull | QuotaExceeded | FileTooLarge))
                || has_code(cause, &["13", "778", "4874", "53100"])
        })
    }

    /// Whether others kept the database to themselves for too long: asked again in a moment, it may be done.
    pub fn is_busy(&self) -> bool {
        self.is_caused_by(|cause| {
            // SQLITE_BUSY and its kinds; PostgreSQL's serialization_failure, deadlock_detected, lock_not_available.
            matches!(cause.downcast_ref::<sqlx::Error>(), Some(sqlx::Error::PoolTimedOut))
                || has_code(cause, &["5", "261", "517", "773", "40001", "40P01", "55P03"])
        })
    }

    /// Whether somebody else has just made what only one may make.
    pub fn is_there_already(&self) -> bool {
        matches!(self, Self::Unexpected(source) if is_unique_violation(source.as_ref()))
    }

    fn is_caused_by(&self, is: impl Fn(&(dyn std::error::Error + 'static)) -> bool) -> bool {
        let Self::Unexpected(source) = self else { return false };
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(source.as_ref());
        while let Some(error) = cause {
            if is(error) {
                return true;
            }
            cause = error.source();
        }
        false
    }
}

fn has_code(cause: &(dyn std::error::Error + 'static), codes: &[&str]) -> bool {
    let Some(sqlx::Error::Database(error)) = cause.downcast_ref::<sqlx::Error>() else { return false };
    error.code().is_some_and(|code| codes.contains(&code.as_ref()))
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::RowNotFound => Self::NotFound,
            other => Self::Unexpected(Box::new(other)),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::Unexpected(Box::new(error))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Unexpected(Box::new(error))
    }
}

/// A unique column refused a second one: says so in words instead of failing.
pub trait Taken<T> {
    fn taken(self, key: &'static str) -> Result<T>;
}

impl<T, E: Into<Error>> Taken<T> for std::result::Result<T, E> {
    fn taken(self, key: &'static str) -> Result<T> {
        self.map_err(|error| match error.into() {
            Error::Unexpected(source) if is_unique_violation(source.as_ref()) => Error::conflict(key),
            other => other,
        })
    }
}

fn is_unique_violation(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    error
        .downcast_ref::<sqlx::Error>()
        .and_then(sqlx::Error::as_database_error)
        .is_some_and(|database| database.is_unique_violation())
}

/// One thing wrong with one field; the sentence is a text key with arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Problem {
    pub field: String,
    pub key: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(String, String)>,
}

/// All that is wrong with what was filled in, in the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl From<Vec<Problem>> for Problems {
    fn from(problems: Vec<Problem>) -> Self {
        Self(problems)
    }
}

impl Problems {
    pub fn add(&mut self, field: &str, key: &str) {
        self.add_with(field, key, &[]);
    }

    pub fn add_with(&mut self, field: &str, key: &str, args: &[(&str, String)]) {
        self.0.push(Problem {
            field: field.to_owned(),
            key: key.to_owned(),
            args: args.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        });
    }

    /// Notes a problem unless the condition holds.
    pub fn require(&mut self, holds: bool, field: &str, key: &str) {
        if !holds {
            self.add(field, key);
        }
    }

    pub fn on(&self, field: &str) -> Vec<&Problem> {
        self.0.iter().filter(|problem| problem.field == field).collect()
    }

    pub fn all(&self) -> &[Problem] {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn extend(&mut self, other: Problems) {
        self.0.extend(other.0);
    }

    /// The same problems under other names of their fields, as a form or a file calls them.
    pub fn known_as(mut self, name: impl Fn(&str) -> String) -> Self {
        for problem in &mut self.0 {
            problem.field = name(&problem.field);
        }
        self
    }

    pub fn into_result(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self)) }
    }
}
