//! Decisions as the file that `oases match --decisions` takes: two ids, and same or different.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, column, text};
use platform::permission::Permission;
use platform::{Cx, Result};

use crate::EDIT;
use crate::resemblance::Verdict;

pub struct Decisions;

impl ExportKind for Decisions {
    fn name(&self) -> &'static str {
        "resemblance-decisions"
    }

    fn key(&self) -> &'static str {
        "review-decisions-heading"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("record_id_a", "enterprise-reference"),
            column("record_id_b", "enterprise-reference"),
            // Of one family is not the same: the matcher knows two answers.
            column("decision", "review-decision"),
            column("verdict", "review-decision"),
            column("note", "review-note"),
            column("decided_at", "review-decided-at"),
        ];
        COLUMNS
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, _: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let page = super::decisions(cx, mark, 1_000).await?;
            let rows = page
                .rows
                .into_iter()
                .map(|decided| {
                    let same = decided.decision.verdict == Verdict::Same.code();
                    let answer = if same { Verdict::Same } else { Verdict::Different };
                    vec![
                        Cell::Text(decided.one_reference),
                        Cell::Text(decided.other_reference),
                        Cell::Text(answer.code().to_owned()),
                        Cell::Text(decided.decision.verdict),
                        text(decided.decision.note.as_deref()),
                        Cell::Text(decided.decision.decided_at.to_string()),
                    ]
                })
                .collect();
            Ok(ExportPage { rows, next: page.next })
        })
    }
}
