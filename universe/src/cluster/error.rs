//! What can go wrong on a cluster, in words.

use super::Version;

/// Why a job could not be done on a cluster. Nothing is left half-written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("“{0}” is no address of a scheduler, such as http://10.0.0.5:50050")]
    Address(String),
    #[error("no scheduler answers at {address}: {reason}")]
    Silent { address: String, reason: String },
    #[error("what answers at {0} is no scheduler of this program")]
    Stranger(String),
    #[error("the scheduler at {address} is of version {theirs}, this program of {ours}: use one version throughout")]
    Scheduler { address: String, theirs: Version, ours: Version },
    #[error("the executor {id} is of version {theirs}, this program of {ours}: use one version throughout")]
    Executor { id: String, theirs: String, ours: Version },
    #[error("the scheduler at {0} has no executor")]
    Idle(String),
    #[error("piece {piece} of {of} failed {attempts} times, lastly: {reason}")]
    Failed { piece: usize, of: usize, attempts: u32, reason: String },
    #[error("piece {piece} of {of} came out otherwise than on this machine; nothing of the cluster’s answer is used")]
    Differs { piece: usize, of: usize },
    #[error("the cluster looked at {seen} companies where the universe has {held}; nothing of its answer is used")]
    Short { seen: u64, held: u64 },
    #[error("{0}")]
    Answer(&'static str),
    #[error("the work folder {folder} can’t be used: {source}")]
    Folder { folder: String, source: std::io::Error },
    #[error("can’t listen at {address}: {source}")]
    Listen { address: String, source: std::io::Error },
    #[error("objects at {address} can’t be reached: {reason}")]
    Objects { address: String, reason: String },
    #[error(transparent)]
    Ballista(#[from] ballista_core::error::BallistaError),
    #[error(transparent)]
    Engine(#[from] datafusion::error::DataFusionError),
    #[error(transparent)]
    Universe(#[from] crate::Error),
}
