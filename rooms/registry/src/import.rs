//! Imports by page: a file is received, its columns mapped, its rows checked and shown, kept, undone.

pub mod list;
pub mod pages;
mod show;
