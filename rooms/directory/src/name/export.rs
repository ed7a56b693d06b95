//! Export of names, in the columns that import takes.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, day};
use platform::permission::{Permission, Tier};
use platform::{Cx, Result};

use super::store;
use crate::READ;

pub struct Names;

const fn column(field: &'static str, key: &'static str) -> ExportColumn {
    ExportColumn { field, key }
}

impl ExportKind for Names {
    fn name(&self) -> &'static str {
        "names"
    }

    fn key(&self) -> &'static str {
        "import-names"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("enterprise", "name-enterprise"),
            column("enterprise_name", "enterprise-name"),
            column("name", "name-name"),
            column("language", "name-language"),
            column("kind", "name-kind"),
            column("valid_from", "name-valid-from"),
            column("valid_to", "name-valid-to"),
        ];
        COLUMNS
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, _: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            const PAGE: i64 = 1_000;
            let after = mark.and_then(|mark| mark.parse().ok()).unwrap_or_default();
            let held = store::exported(cx, after, PAGE).await?;
            let next = held.last().filter(|_| held.len() as i64 == PAGE).map(|last| last.name.id.to_string());
            let mut rows = Vec::with_capacity(held.len());
            for one in held {
                cx.look("enterprise", one.survivor_id, &one.survivor_name, Tier::from_rank(one.tier));
                rows.push(vec![
                    Cell::Text(one.reference),
                    Cell::Text(one.survivor_name),
                    Cell::Text(one.name.name),
                    Cell::Text(one.name.language),
                    Cell::Text(one.name.kind),
                    day(one.name.valid_from),
                    day(one.name.valid_to),
                ]);
            }
            Ok(ExportPage { rows, next })
        })
    }
}
