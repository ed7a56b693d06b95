//! Who takes part: which program, with which functions.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Counts the changes to what our functions are given and what they answer.
const FUNCTIONS: u32 = 1;

/// The version of a program that takes part in a cluster. Only equals work together: another could give other bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Version {
    pub program: String,
    pub functions: u32,
}

impl Version {
    /// That of this program.
    pub fn own() -> Self {
        Self { program: env!("CARGO_PKG_VERSION").to_owned(), functions: FUNCTIONS }
    }

    /// As it stands in the names of executors.
    pub(super) fn of_executor(id: &str) -> Option<Self> {
        let (program, rest) = id.strip_prefix("oases-")?.split_once('+')?;
        let (functions, _) = rest.split_once('-')?;
        Some(Self { program: program.to_owned(), functions: functions.parse().ok()? })
    }

    pub(super) fn executor(&self, name: &str) -> String {
        format!("oases-{self}-{name}")
    }

    /// As each request to the scheduler says it.
    pub(super) fn agent(&self) -> String {
        format!("oases/{self}")
    }

    /// Whether a request's agent is of this version; tonic adds its own name behind.
    pub(super) fn is_agent(&self, agent: &str) -> bool {
        agent.split(' ').next() == Some(self.agent().as_str())
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}", self.program, self.functions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_where_it_is_written() {
        let own = Version::own();
        assert_eq!(Version::of_executor(&own.executor("2f-1")), Some(own.clone()));
        assert_eq!(Version::of_executor("2f-1"), None);
        assert!(own.is_agent(&format!("{} tonic/0.14.9", own.agent())));
        assert!(!own.is_agent("tonic/0.14.9"));
        let next = Version { functions: own.functions + 1, ..own.clone() };
        assert!(!own.is_agent(&next.agent()));
    }
}
