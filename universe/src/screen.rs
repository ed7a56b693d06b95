//! Screening: a plan reckoned over columns, by a plain scan or by an engine, the same bytes from each.

#[cfg(feature = "cluster")]
pub(crate) mod count;
#[cfg(feature = "engine")]
pub(crate) mod engine;
pub(crate) mod kernel;
pub(crate) mod open;
pub(crate) mod scan;
pub(crate) mod tally;

#[cfg(feature = "engine")]
pub use engine::DataFusion;
pub use open::Open;
pub use scan::Universe;
