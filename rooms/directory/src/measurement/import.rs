//! Import of measurements: each row names the enterprise by reference or by a name only one has.

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::forms::Loose;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone, column};
use platform::permission::Permission;
use platform::{Cx, Result};

use super::{GivenMeasurement, batch};
use crate::EDIT;

pub struct Measurements;

impl ImportKind for Measurements {
    fn name(&self) -> &'static str {
        "measurements"
    }

    fn key(&self) -> &'static str {
        "import-measurements"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [Column] {
        const COLUMNS: &[Column] = &[
            column("enterprise", "measurement-enterprise", &["company", "reference", "organisation"], true),
            column("measure", "measurement-measure", &["figure", "metric"], true),
            column("year", "measurement-year", &["fiscal year", "financial year"], true),
            column("amount", "measurement-amount", &["value"], true),
            column("currency", "measurement-currency", &["unit"], false),
            column("source", "measurement-source", &[], true),
            column("reason", "measurement-reason", &[], false),
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

pub(super) fn read(row: &Row) -> GivenMeasurement {
    GivenMeasurement {
        measure: row.text("measure"),
        year: Loose::from(row.text("year")),
        amount: Loose::from(row.text("amount")),
        currency: Loose::from(row.text("currency")),
        source: row.text("source"),
        reason: row.text("reason"),
    }
}
