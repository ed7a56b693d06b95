//! What the office has set: its names, and what its figures rest on.

pub mod api;
pub mod pages;
