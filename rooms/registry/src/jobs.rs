//! The page of jobs: what runs, waits, failed and why, with retry and cancel.

pub mod api;
pub mod pages;
