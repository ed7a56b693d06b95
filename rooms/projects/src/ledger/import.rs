//! Import of ledger entries: the columns a file may have, and what a row says.

use futures::future::BoxFuture;
use platform::audit::Entry as AuditEntry;
use platform::forms::Loose;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone, column};
use platform::permission::Permission;
use platform::{Cx, Result};

use super::{ENTER, NewEntry, batch};

pub struct Ledger;

impl ImportKind for Ledger {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn key(&self) -> &'static str {
        "import-ledger"
    }

    fn permission(&self) -> &'static Permission {
        &ENTER
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            column("project", "project-kind", &["project reference", "reference"], true),
            column("measure", "ledger-measure", &[], true),
            column("kind", "ledger-kind", &["type"], true),
            column("amount", "ledger-amount", &["value"], true),
            column("unit", "ledger-unit", &["currency"], false),
            column("effective_on", "project-effective-on", &["date", "effective date"], true),
            column("period_from", "ledger-period-from", &[], false),
            column("period_to", "ledger-period-to", &[], false),
            column("rate", "ledger-rate", &[], false),
            column("rate_source", "ledger-rate-source", &[], false),
            column("evidence", "ledger-evidence", &[], false),
            column("note", "ledger-note", &["notes"], false),
            column("evidence_id", "ledger-evidence-id", &["paper"], false),
            column("entry", "ledger-entry", &["entry number"], false),
            column("reverses", "ledger-reverses", &[], false),
        ];
        COLUMNS
    }

    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>> {
        Box::pin(batch::take(cx, rows, mode))
    }

    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [AuditEntry]) -> BoxFuture<'a, Result<Vec<Undone>>> {
        Box::pin(batch::undo(cx, entries))
    }
}

pub(super) fn read(row: &Row) -> NewEntry {
    let loose = |field: &str| Loose::from(row.optional(field));
    NewEntry {
        measure: row.text("measure"),
        kind: row.text("kind"),
        amount: loose("amount"),
        unit: loose("unit"),
        effective_on: loose("effective_on"),
        period_from: loose("period_from"),
        period_to: loose("period_to"),
        rate: loose("rate"),
        rate_source: row.text("rate_source"),
        evidence: row.text("evidence"),
        evidence_id: loose("evidence_id"),
        note: row.text("note"),
    }
}
