//! Export of identifiers, in the columns that import takes.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, PAGE, after_key, column, day, next_key};
use platform::permission::{Permission, Tier};
use platform::{Cx, Result};

use super::store;
use crate::READ;

pub struct Identifiers;

impl ExportKind for Identifiers {
    fn name(&self) -> &'static str {
        "identifiers"
    }

    fn key(&self) -> &'static str {
        "import-identifiers"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("enterprise", "identifier-enterprise"),
            column("enterprise_name", "enterprise-name"),
            column("scheme", "identifier-scheme"),
            column("register", "identifier-register"),
            column("value", "identifier-value"),
            column("valid_from", "identifier-valid-from"),
            column("valid_to", "identifier-valid-to"),
        ];
        COLUMNS
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, _: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let held = store::exported(cx, after_key(mark), PAGE).await?;
            let next = next_key(&held, |last| last.identifier.id);
            let mut rows = Vec::with_capacity(held.len());
            for one in held {
                cx.look("enterprise", one.survivor_id, &one.survivor_name, Tier::from_rank(one.tier));
                rows.push(vec![
                    Cell::Text(one.reference),
                    Cell::Text(one.survivor_name),
                    Cell::Text(one.identifier.scheme),
                    Cell::Text(one.identifier.register),
                    Cell::Text(one.identifier.value),
                    day(one.identifier.valid_from),
                    day(one.identifier.valid_to),
                ]);
            }
            Ok(ExportPage { rows, next })
        })
    }
}
