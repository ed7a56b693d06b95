//! The database itself, spoken to directly.

mod store;

pub use store::*;
