//! Export of the ledger: every entry within reach, as entered, with its number and that of the entry
//! it takes back. Brought in unchanged, every row is known again.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, column, day, text};
use platform::permission::Permission;
use platform::units::Unit;
use platform::{Cx, Error, Id, Result};

use super::store;
use crate::{READ, project};

pub struct Ledger;

impl ExportKind for Ledger {
    fn name(&self) -> &'static str {
        "ledger"
    }

    fn key(&self) -> &'static str {
        "import-ledger"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("project", "project-kind"),
            column("measure", "ledger-measure"),
            column("kind", "ledger-kind"),
            column("amount", "ledger-amount"),
            column("unit", "ledger-unit"),
            column("effective_on", "project-effective-on"),
            column("period_from", "ledger-period-from"),
            column("period_to", "ledger-period-to"),
            column("evidence", "ledger-evidence"),
            column("note", "ledger-note"),
            column("rate", "ledger-rate"),
            column("rate_source", "ledger-rate-source"),
            column("evidence_id", "ledger-evidence-id"),
            column("entry", "ledger-entry"),
            column("reverses", "ledger-reverses"),
            // What the entry changes: of a revision not the total it states, of a reversal the opposite.
            column("base_amount", "ledger-base-amount"),
            column("base_unit", "ledger-base-unit"),
        ];
        COLUMNS
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, _: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let after = mark.map(|mark| mark.parse::<Id>()).transpose().map_err(|_| Error::NotFound)?;
            let found = store::page(cx, after, 1_000).await?;
            let next = found.last().filter(|_| found.len() == 1_000).map(|(entry, _)| entry.id.to_string());
            let mut projects: Vec<Id> = found.iter().map(|(entry, _)| entry.project_id).collect();
            projects.sort_unstable();
            projects.dedup();
            project::look_over(cx, &projects).await?;
            let rows = found
                .into_iter()
                .map(|(entry, reference)| {
                    let base = super::base_unit(cx, &entry.measure);
                    let base_scale = Unit::from_code(&base).map_or(0, |unit| unit.decimals());
                    let scale = Unit::from_code(&entry.unit).map_or(0, |unit| unit.decimals());
                    vec![
                        Cell::Text(reference),
                        Cell::Text(entry.measure),
                        Cell::Text(entry.kind),
                        Cell::Decimal { unscaled: entry.amount, scale },
                        Cell::Text(entry.unit),
                        day(Some(entry.effective_on)),
                        day(entry.period_from),
                        day(entry.period_to),
                        text(entry.evidence.as_deref()),
                        text(entry.note.as_deref()),
                        entry.rate.map_or(Cell::Empty, |rate| Cell::Decimal { unscaled: rate, scale: 6 }),
                        text(entry.rate_source.as_deref()),
                        text(entry.evidence_id.map(|id| id.to_string()).as_deref()),
                        Cell::Text(entry.id.to_string()),
                        text(entry.reverses_id.map(|id| id.to_string()).as_deref()),
                        Cell::Decimal { unscaled: entry.base_amount, scale: base_scale },
                        Cell::Text(base),
                    ]
                })
                .collect();
            Ok(ExportPage { rows, next })
        })
    }
}
