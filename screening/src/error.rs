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
    /// Where a text stops being readable, counted from one: (line, character).
    pub fn place(&self) -> Option<(usize, usize)> {
        match self {
            Self::Json(source) => Some((source.line(), source.column())),
            // The reader of TOML gives the place in words only.
            Self::Toml(source) => {
                let words = source.to_string();
                let (line, rest) = words.split_once(" at line ")?.1.split_once(", column ")?;
                Some((line.parse().ok()?, rest.lines().next()?.trim().parse().ok()?))
            }
            _ => None,
        }
    }

    pub fn engine(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Engine(source.into())
    }
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use crate::Criteria;

    #[test]
    fn what_is_no_criteria_says_where() {
        assert_eq!(Criteria::from_toml("name = \"a\"\nabout = ").unwrap_err().place(), Some((2, 9)));
        assert_eq!(Criteria::from_json("{\"name\": }").unwrap_err().place(), Some((1, 10)));
    }
}
