//! The target list: narrowed, sorted, and what can be done with several at once.

use identity::account::Holder;
use platform::api::asked::{self, Word};
use platform::clock::At;
use platform::forms::Form;
use platform::order::{Place, Rows, Sort};
use platform::permission::Tier;
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use time::Date;
use ui::lists::Total;

use super::STANDINGS;
use crate::READ;

pub mod pages;
mod store;

pub use store::ORDERS;

/// More picked rows than these are done in parts.
const MOST_PICKED: usize = 200;

/// What the list shows; the same names in the address, the API and an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    pub q: Option<String>,
    /// Of the keys of names that what was typed begins, so many are looked at, in their order; all without it.
    pub(super) keys: Option<i64>,
    pub standing: Option<String>,
    pub round: Option<String>,
    pub tier: Option<Tier>,
    pub owner: Option<Holder>,
    pub team: Option<Id>,
    pub enterprise: Option<Id>,
    pub retired: bool,
    pub ids: Vec<Id>,
    pub sort: Sort,
    pub place: Place,
}

/// What its words may be.
const WORDS: [(&str, Word); 7] = [
    ("standing", Word::One(&STANDINGS)),
    ("tier", Word::Shared),
    ("owner", Word::Shared),
    ("team", Word::Shared),
    ("enterprise", Word::Shared),
    ("retired", Word::Shared),
    ("sort", Word::Order(ORDERS)),
];

/// Latest change first.
const USUAL: Sort = Sort { order: &ORDERS[0], down: true };

impl Default for Filter {
    fn default() -> Self {
        Self::read(&Form::default())
    }
}

impl Filter {
    /// The filter of a question that names nothing unknown: a list narrowed by a misspelt word would look like the one meant.
    pub fn asked(cx: &Cx, form: &Form) -> Result<Self> {
        asked::unknown(&cx.house.codes, form, &WORDS).into_result()?;
        Ok(Self::read(form))
    }

    /// What a form sets, as a page draws it.
    pub(super) fn read(form: &Form) -> Self {
        Self {
            q: form.optional("q"),
            keys: None,
            standing: form.optional("standing"),
            round: form.optional("round"),
            tier: Tier::from_code(form.value("tier")),
            owner: Holder::read(form.value("owner")),
            team: form.value("team").parse().ok(),
            enterprise: form.value("enterprise").parse().ok(),
            retired: form.value("retired") == "yes",
            ids: form.values("ids").iter().filter_map(|id| id.parse().ok()).take(MOST_PICKED).collect(),
            sort: Sort::read(form.value("sort"), ORDERS, USUAL),
            place: Place::read(form),
        }
    }
}

/// A target with its enterprise's name.
#[derive(Clone, Debug, FromRow, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ListedTarget)]
pub struct Listed {
    pub id: Id,
    pub reference: String,
    pub round: String,
    pub standing: String,
    pub standing_on: Date,
    pub rank: Option<i64>,
    pub screening_id: Option<Id>,
    pub project_id: Option<Id>,
    pub tier: i64,
    pub team_id: Option<Id>,
    pub owner_id: Option<Id>,
    pub version: i64,
    pub created_at: At,
    pub updated_at: At,
    pub retired_at: Option<At>,
    pub enterprise_id: Id,
    pub enterprise: String,
    pub name_language: String,
}

/// Notes that these targets were given out with more than their names.
pub(super) fn look_over(cx: &mut Cx, rows: &[Listed]) {
    let looked = rows.iter().map(|row| ("target", row.id, row.reference.clone(), Tier::from_rank(row.tier)));
    cx.look_over(looked);
}

/// One page; out of reach is left out, and counted nowhere.
pub async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<Rows<Listed>> {
    cx.require(&READ)?;
    store::page(cx, filter, limit).await
}

/// How many a filter shows, counted a little past a thousand at most unless all are asked for.
pub async fn total(cx: &mut Cx, filter: &Filter, whole: bool) -> Result<Total> {
    cx.require(&READ)?;
    let count = store::count(cx, filter, whole).await?;
    Ok(if whole { Total::Exactly(count) } else { Total::bounded(count) })
}

/// The rounds there are, latest first.
pub async fn rounds(cx: &mut Cx) -> Result<Vec<String>> {
    cx.require(&READ)?;
    store::rounds(cx).await
}
