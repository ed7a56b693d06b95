//! The code lists that the office edits: dated, so that tables of an earlier date keep their words.

pub mod api;
pub mod pages;
