//! The audit by page, for those who may search all of it.

pub mod pages;
