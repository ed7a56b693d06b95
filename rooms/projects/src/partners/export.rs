//! Export of the register of partners, in the columns that its import takes; on demand only those
//! who may be named.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, PAGE, column, day, text};
use platform::forms::Form;
use platform::permission::Permission;
use platform::{Cx, Result};

use super::store::{self, Listed};
use crate::READ;

pub struct Partners;

impl ExportKind for Partners {
    fn name(&self) -> &'static str {
        "partners"
    }

    fn key(&self) -> &'static str {
        "import-partners"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("reference", "project-reference"),
            column("batch_date", "partner-batch-date"),
            column("batch", "project-batch"),
            column("name_en", "enterprise-name-en"),
            column("name_zh", "partner-name-zh"),
            column("industry", "enterprise-industry"),
            column("origin", "enterprise-reporting-origin"),
            column("source", "partner-source"),
            column("status", "project-status"),
            column("cleared_on", "clearance-since"),
            column("attracted_on", "partner-attracted-on"),
            column("attracted_batch", "partner-attracted-batch"),
        ];
        COLUMNS
    }

    fn filters(&self) -> &'static [&'static str] {
        &["batch", "cleared"]
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let asked = Form::decode(query);
            let (batch, cleared) = (asked.optional("batch"), asked.value("cleared") == "yes");
            let found = store::page(cx, batch.as_deref(), cleared, mark, PAGE).await?;
            let ids: Vec<_> = found.iter().map(|one| one.survivor_id).collect();
            let industries = store::industries(cx, &ids).await?;
            let next = found.last().filter(|_| found.len() as i64 == PAGE).map(|one| one.reference.clone());
            let rows = found.into_iter().map(|one| {
                let codes: Vec<&str> =
                    industries.iter().filter(|(of, _)| *of == one.survivor_id).map(|(_, code)| code.as_str()).collect();
                row(one, &codes.join("; "))
            });
            Ok(ExportPage { rows: rows.collect(), next })
        })
    }
}

fn row(one: Listed, industries: &str) -> Vec<Cell> {
    let chinese_first = one.name_language.starts_with("zh");
    let (english, chinese) =
        if chinese_first { (one.second_name, Some(one.name)) } else { (Some(one.name), one.second_name) };
    let status = if one.signed_on.is_some() { "signed" } else { "attracted" };
    vec![
        Cell::Text(one.reference),
        day(one.signed_on),
        text(one.batch.as_deref()),
        text(english.as_deref()),
        text(chinese.as_deref()),
        text(Some(industries).filter(|codes| !codes.is_empty())),
        text(one.reporting_origin.as_deref()),
        text(one.source.as_deref()),
        Cell::Text(status.to_owned()),
        day(one.cleared_on),
        day(one.attracted_on),
        text(one.attracted_batch.as_deref()),
    ]
}
