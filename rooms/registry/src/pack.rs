//! The pack's data as they stand: what holds when, and where it comes from.

pub mod pages;
