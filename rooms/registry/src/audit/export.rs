//! Export of the audit: just what the search shows, as codes that do not change with the language.

use futures::future::BoxFuture;
use platform::audit::read;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, column, text};
use platform::forms::Form;
use platform::order::Place;
use platform::permission::Permission;
use platform::{Cx, Result};

pub struct Audit;

impl ExportKind for Audit {
    fn name(&self) -> &'static str {
        "audit"
    }

    fn key(&self) -> &'static str {
        "nav-audit"
    }

    fn permission(&self) -> &'static Permission {
        &read::SEARCH
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("at", "audit-at"),
            column("actor", "audit-actor"),
            column("way", "audit-way"),
            column("verb", "audit-verb"),
            column("kind", "audit-kind"),
            column("subject", "audit-subject"),
            column("label", "audit-label"),
            column("note", "audit-note"),
            column("changes", "audit-changes"),
            column("import", "audit-import"),
            column("hash", "audit-hash"),
        ];
        COLUMNS
    }

    fn filters(&self) -> &'static [&'static str] {
        &["actor", "subject", "kind", "verb", "way", "q", "note", "import", "since", "until"]
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let (wanted, problems) = super::wanted(cx, &Form::decode(query)).await?;
            problems.into_result()?;
            let page = read::page(cx, &wanted, &Place::after(mark), 1_000).await?;
            let rows = page
                .rows
                .into_iter()
                .map(|entry| {
                    vec![
                        Cell::Text(entry.at.to_string()),
                        Cell::Text(entry.actor_name),
                        Cell::Text(entry.way),
                        Cell::Text(entry.verb),
                        Cell::Text(entry.subject_kind),
                        Cell::Text(entry.subject_id.to_string()),
                        Cell::Text(entry.subject_label),
                        text(entry.note.as_deref()),
                        Cell::Text(entry.detail),
                        text(entry.import_id.map(|id| id.to_string()).as_deref()),
                        Cell::Text(entry.hash),
                    ]
                })
                .collect();
            Ok(ExportPage { rows, next: page.next })
        })
    }
}
