//! Lists of published figures: by metric, body, basis and day, paged by key in both directions.

use platform::forms::Form;
use platform::{Cx, Problems, Result};
use time::Date;
use ui::lists::Total;

use super::{Published, store};
use crate::READ;

/// What a list shows; the same names in the address, the API and an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub metric: Option<String>,
    pub body: Option<String>,
    pub basis: Option<String>,
    /// As at this day or later, and this day or earlier.
    pub since: Option<Date>,
    pub until: Option<Date>,
    /// What was withdrawn instead of what stands.
    pub withdrawn: bool,
    pub after: Option<String>,
    pub before: Option<String>,
}

impl Filter {
    pub fn read(form: &Form) -> Result<Self> {
        let mut problems = Problems::default();
        let filter = Self {
            metric: form.optional("metric"),
            body: form.optional("body"),
            basis: form.optional("basis"),
            since: problems.day("since", Some(form.value("since"))),
            until: problems.day("until", Some(form.value("until"))),
            withdrawn: form.value("withdrawn") == "yes",
            after: form.optional("after"),
            before: form.optional("before"),
        };
        problems.into_result()?;
        Ok(filter)
    }
}

#[derive(Clone, Debug, Default)]
pub struct ListPage {
    pub figures: Vec<Published>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// One page, latest day first.
pub async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<ListPage> {
    cx.require_along(&READ)?;
    store::page(cx, filter, limit).await
}

/// How many a filter shows, counted a little past a thousand at most.
pub async fn total(cx: &mut Cx, filter: &Filter) -> Result<Total> {
    cx.require_along(&READ)?;
    Ok(Total::bounded(store::count(cx, filter).await?))
}
