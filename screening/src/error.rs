//! What can go wrong, in words.

use crate::Problem;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("not readable as criteria: {0}")]
    Toml(Box<toml::de::Error>),
    #[error("not readable as criteria: {0}")]
    Json(serde_json::Error),
    #[error("{}", lines(.0))]
    Criteria(Vec<Problem>),
    #[error("stopped, as was asked")]
    Cancelled,
    /// There is no universe yet.
    #[error("no universe has been brought in yet")]
    Empty,
    /// What an engine met: a file it can't read, a disk that is full.
    #[error("{0}")]
    Engine(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn engine(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Engine(source.into())
    }
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}
