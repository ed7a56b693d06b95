//! One job on many machines, by Apache DataFusion Ballista.
//!
//! A *scheduler* knows the *executors*; both are this program. A client cuts a job into pieces, each a plan of one stage (scan,
//! project, our function), hands them in one by one, and puts what comes back together in the pieces' order, so that nothing
//! depends on who reckoned what, or how often: the bytes are those of a single machine. Ballista may lose a piece when an executor
//! dies; so each attempt has a time limit of ours, and what was lost or is late is handed in again, a bounded number of times. Whoever
//! takes part says which program and which functions it has, and others than the scheduler's are turned away.
//!
//! There is no encryption and no sign-in: whoever reaches the ports can have plans reckoned. They belong in a closed network.

mod client;
mod error;
mod executor;
mod functions;
mod objects;
mod pieces;
mod plan;
mod scheduler;
mod screen;
mod version;
mod weigh;

pub use error::Error;
pub use executor::Executor;
pub use pieces::{Limits, Told};
pub use scheduler::Scheduler;
pub use screen::Cluster;
pub use version::Version;
pub use weigh::Pairs;

/// What threads of a scheduler and an executor need: plans are read and written by recursion.
pub const STACK: usize = 32 << 20;
