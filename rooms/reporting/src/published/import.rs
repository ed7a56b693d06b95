//! Import of published figures.

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone, column};
use platform::permission::Permission;
use platform::{Cx, Result};

use super::batch;
use crate::PUBLISHED;

pub struct Figures;

impl ImportKind for Figures {
    fn name(&self) -> &'static str {
        "figures"
    }

    fn key(&self) -> &'static str {
        "published-heading"
    }

    fn permission(&self) -> &'static Permission {
        &PUBLISHED
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            column("as_at", "as-at", &["date"], true),
            column("metric", "figures-metric", &[], true),
            column("value", "figures-value", &[], true),
            column("unit", "published-unit", &[], true),
            column("comparator", "published-comparator", &[], true),
            column("basis", "published-basis", &[], true),
            column("scope", "published-scope", &[], true),
            column("denominator", "published-denominator", &[], false),
            column("body", "published-body", &[], true),
            column("source", "published-source", &[], true),
            column("note", "published-note", &[], false),
            column("reason", "published-reason", &[], false),
        ];
        COLUMNS
    }

    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>> {
        Box::pin(batch::take(cx, rows, mode))
    }

    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [Entry]) -> BoxFuture<'a, Result<Vec<Undone>>> {
        Box::pin(batch::undo(cx, entries))
    }
}
