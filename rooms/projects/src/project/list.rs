//! Lists of projects: by filter, by enterprise, and one column of the board.

use platform::forms::Form;
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use ui::lists::Total;

use crate::READ;

mod store;

/// What a list shows; the same names in the address and the API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub q: Option<String>,
    pub stage: Option<String>,
    pub status: Option<String>,
    pub nature: Option<String>,
    pub owner: Option<Id>,
    pub enterprises: Vec<Id>,
    pub retired: bool,
    pub after: Option<String>,
    pub before: Option<String>,
}

impl Filter {
    pub fn read(form: &Form) -> Self {
        Self {
            q: form.optional("q"),
            stage: form.optional("stage"),
            status: form.optional("status"),
            nature: form.optional("nature"),
            owner: form.value("owner").parse().ok(),
            enterprises: Vec::new(),
            retired: form.value("retired") == "yes",
            after: form.optional("after"),
            before: form.optional("before"),
        }
    }
}

/// A project with its enterprise's name.
#[derive(Clone, Debug, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Listed {
    pub id: Id,
    pub reference: String,
    pub title: String,
    pub stage: String,
    pub status: String,
    pub nature: Option<String>,
    pub override_reason: Option<String>,
    pub updated_at: platform::clock::At,
    pub version: i64,
    pub enterprise_id: Id,
    pub enterprise_name: String,
    pub name_language: String,
}

#[derive(Clone, Debug, Default)]
pub struct ListPage {
    pub projects: Vec<Listed>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// One page; out of reach is left out, and counted nowhere.
pub async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<ListPage> {
    cx.require(&READ)?;
    store::page(cx, filter, limit).await
}

/// How many a filter shows, counted a little past a thousand at most.
pub async fn total(cx: &mut Cx, filter: &Filter) -> Result<Total> {
    cx.require(&READ)?;
    Ok(Total::bounded(store::count(cx, filter).await?))
}
