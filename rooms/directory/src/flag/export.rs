//! Export of flags, in the columns that import takes.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, day};
use platform::permission::{Permission, Tier};
use platform::{Cx, Result};

use super::store;
use crate::READ;

pub struct Flags;

const fn column(field: &'static str, key: &'static str) -> ExportColumn {
    ExportColumn { field, key }
}

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
            const PAGE: i64 = 1_000;
            let after = mark.and_then(|mark| mark.parse().ok()).unwrap_or_default();
            let held = store::exported(cx, after, PAGE).await?;
            let next = held.last().filter(|_| held.len() as i64 == PAGE).map(|last| last.flag.id.to_string());
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
