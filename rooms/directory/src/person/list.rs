//! The list of people: of one enterprise or of all, found by any name in any script.

use platform::api::asked::{self, Word};
use platform::clock::At;
use platform::forms::Form;
use platform::own_field::{self, Own, Wanted};
use platform::{Cx, Id, Result};
use serde::Serialize;
use sqlx::FromRow;
use ui::lists::Total;

use super::SUBJECT;
use crate::READ;

mod store;

/// What its words may be.
const WORDS: [(&str, Word); 2] = [("enterprise", Word::Shared), ("retired", Word::Shared)];

/// What a list shows; the same names in the address, the API and an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub q: Option<String>,
    pub enterprise: Option<Id>,
    pub retired: bool,
    /// Fields of the office's own and what they are to say.
    pub own: Vec<Wanted>,
    pub after: Option<String>,
    pub before: Option<String>,
}

impl Filter {
    /// The filter of a question that names nothing unknown: a list narrowed by a misspelt word would look like the one meant.
    pub fn asked(cx: &Cx, form: &Form) -> Result<Self> {
        let mut problems = asked::unknown(&cx.house.codes, form, &WORDS);
        let own = own_field::wanted(cx, SUBJECT, form, &mut problems);
        problems.into_result()?;
        Ok(Self { own, ..Self::read(form) })
    }

    /// What a form sets, as a page draws it; fields of the office's own apart.
    pub(super) fn read(form: &Form) -> Self {
        Self {
            q: form.optional("q"),
            enterprise: form.value("enterprise").parse().ok(),
            retired: form.value("retired") == "yes",
            own: Vec::new(),
            after: form.optional("after"),
            before: form.optional("before"),
        }
    }
}

/// A person as a list shows them.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize, utoipa::ToSchema)]
#[schema(as = ListedPerson)]
pub struct Listed {
    pub id: Id,
    pub name: String,
    pub second_name: Option<String>,
    /// The present post.
    pub post: Option<String>,
    pub languages: Option<String>,
    pub enterprise_id: Id,
    pub enterprise_reference: String,
    pub enterprise_name: String,
    #[serde(skip)]
    pub enterprise_language: String,
    #[serde(skip)]
    pub enterprise_tier: i64,
    #[serde(skip)]
    pub name_key: String,
    pub retired_at: Option<At>,
    pub retired_reason: Option<String>,
    #[sqlx(try_from = "String")]
    pub own: Own,
}

#[derive(Clone, Debug, Default)]
pub struct ListPage {
    pub people: Vec<Listed>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// One page, by name; people of enterprises out of reach or retired are left out and counted nowhere.
pub async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<ListPage> {
    cx.require(&READ)?;
    store::page(cx, filter, limit).await
}

/// How many a filter shows, counted a little past a thousand at most.
pub async fn total(cx: &mut Cx, filter: &Filter) -> Result<Total> {
    cx.require(&READ)?;
    Ok(Total::bounded(store::count(cx, filter).await?))
}

/// Those a name may be meant by, while it is typed: living people of living enterprises within reach.
pub async fn suggest(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<Listed>> {
    cx.require(&READ)?;
    store::suggest(cx, typed, limit).await
}
