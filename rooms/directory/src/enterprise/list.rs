//! The list of enterprises: its filters, its orders, and paging by key in both directions.

use platform::forms::Form;
use platform::{Cx, Id, Result};
use ui::lists::Total;

use super::store::Enterprise;
use crate::READ;

mod store;

/// What a list shows; the same names in the address, the API and a saved view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub q: Option<String>,
    pub industry: Option<String>,
    pub origin: Option<String>,
    pub kind: Option<String>,
    pub owner: Option<Id>,
    pub team: Option<Id>,
    pub retired: bool,
    /// `name` or `updated`.
    pub sort: String,
    pub after: Option<String>,
    pub before: Option<String>,
}

impl Filter {
    pub fn read(form: &Form) -> Self {
        let id = |name: &str| form.value(name).parse().ok();
        Self {
            q: form.optional("q"),
            industry: form.optional("industry"),
            origin: form.optional("origin"),
            kind: form.optional("kind"),
            owner: id("owner"),
            team: id("team"),
            retired: form.value("retired") == "yes",
            sort: if form.value("sort") == "updated" { "updated" } else { "name" }.to_owned(),
            after: form.optional("after"),
            before: form.optional("before"),
        }
    }
}

/// A page of the list, and the marks of the pages before and after it.
#[derive(Clone, Debug)]
pub struct ListPage {
    pub enterprises: Vec<Enterprise>,
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
