//! Export of flags, in the columns that import takes.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, PAGE, after_key, column, day, next_key};
use platform::permission::{Permission, Tier};
use platform::{Cx, Result};

use super::store;
use crate::READ;

pub struct Flags;

impl ExportKind for Flags {
    fn name(&self) -> &'static str {
        "flags"
    }

    fn key(&self) -> &'static str {
        "import-flags"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("enterprise", "flag-enterprise"),
            column("name", "enterprise-name"),
            column("flag", "flag-flag"),
            column("valid_from", "flag-valid-from"),
            column("valid_to", "flag-valid-to"),
            column("source", "flag-source"),
        ];
        COLUMNS
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, _: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let held = store::exported(cx, after_key(mark), PAGE).await?;
            let next = next_key(&held, |last| last.flag.id);
            let mut rows = Vec::with_capacity(held.len());
            for one in held {
                cx.look("enterprise", one.survivor_id, &one.name, Tier::from_rank(one.tier));
                rows.push(vec![
                    Cell::Text(one.reference),
                    Cell::Text(one.name),
                    Cell::Text(one.flag.flag),
                    day(Some(one.flag.valid_from)),
                    day(one.flag.valid_to),
                    Cell::Text(one.flag.source),
                ]);
            }
            Ok(ExportPage { rows, next })
        })
    }
}
