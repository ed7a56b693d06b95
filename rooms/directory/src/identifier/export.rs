//! Export of identifiers, in the columns that import takes.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, day};
use platform::permission::{Permission, Tier};
use platform::{Cx, Result};

use super::store;
use crate::READ;

pub struct Identifiers;

const fn column(field: &'static str, key: &'static str) -> ExportColumn {
    ExportColumn { field, key }
}

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
            const PAGE: i64 = 1_000;
            let after = mark.and_then(|mark| mark.parse().ok()).unwrap_or_default();
            let held = store::exported(cx, after, PAGE).await?;
            let next = held.last().filter(|_| held.len() as i64 == PAGE).map(|last| last.identifier.id.to_string());
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
