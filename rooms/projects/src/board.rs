//! The board: a column for each stage, each a keyed list of its own with its count and what its
//! projects pledge. Cards move by drag, by keyboard and by a plain menu.

use platform::forms::Form;
use platform::{Cx, Result};

use crate::{READ, stage};

pub mod pages;
mod store;

pub use store::Card;

/// What the board shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Ended projects too.
    pub ended: bool,
    /// Only those the reader is responsible for.
    pub own: bool,
}

impl Filter {
    pub fn read(form: &Form) -> Self {
        Self { ended: form.value("ended") == "yes", own: form.value("own") == "yes" }
    }
}

/// A stage's cards from a mark on, and what there is of it in all.
#[derive(Clone, Debug, Default)]
pub struct Column {
    pub stage: &'static str,
    pub cards: Vec<Card>,
    /// Further down this column, and back to its top.
    pub next: Option<String>,
    pub count: i64,
    /// Investment that stands pledged, in the office's currency.
    pub pledged: i64,
}

/// How many cards a column shows at once.
pub const CARDS: i64 = 20;

/// All columns; `after` gives the mark from which a column goes on.
pub async fn columns(cx: &mut Cx, filter: &Filter, after: impl Fn(&str) -> Option<String>) -> Result<Vec<Column>> {
    cx.require(&READ)?;
    let sums = store::sums(cx, filter).await?;
    let mut columns = Vec::with_capacity(stage::STAGES.len());
    for code in stage::STAGES {
        let (cards, next) = store::cards(cx, code, filter, after(code).as_deref(), CARDS).await?;
        let (count, pledged) =
            sums.iter().find(|(stage, ..)| stage == code).map_or((0, 0), |(_, count, pledged)| (*count, *pledged));
        columns.push(Column { stage: code, cards, next, count, pledged });
    }
    Ok(columns)
}
