//! Export of names, in the columns that import takes.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, PAGE, after_key, column, day, next_key};
use platform::permission::{Permission, Tier};
use platform::{Cx, Result};

use super::store;
use crate::READ;

pub struct Names;

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
            let held = store::exported(cx, after_key(mark), PAGE).await?;
            let next = next_key(&held, |last| last.name.id);
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
