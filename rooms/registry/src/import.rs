//! Imports by page and by program: a file is received, its columns mapped, its rows checked and shown, kept, undone.

pub mod api;
mod columns;
pub mod list;
pub mod pages;
mod problems;
mod receive;
mod show;
mod told;
