//! Targets for the palette and the search page.

use platform::room::Found;
use platform::{Cx, Result};

use super::list;
use crate::READ;

/// For the palette and the search page: by reference, or by any name of the enterprise.
pub async fn find(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<Found>> {
    cx.require(&READ)?;
    // A letter that half the register begins with is not worth waiting for.
    let filter = list::Filter { q: Some(typed.to_owned()), keys: Some(2_000), ..list::Filter::default() };
    let page = list::page(cx, &filter, limit.clamp(1, 50)).await?;
    let found = page.rows.into_iter().map(|one| Found {
        kind: "target",
        href: format!("/targets/{}", one.id),
        sublabel: one.reference,
        label: one.enterprise,
        lang: one.name_language,
    });
    Ok(found.collect())
}
