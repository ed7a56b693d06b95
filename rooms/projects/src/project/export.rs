//! Export of projects: just what the list shows.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, text};
use platform::forms::Form;
use platform::permission::Permission;
use platform::{Cx, Result};

use super::list::{self, Filter};
use crate::READ;

pub struct Projects;

const fn column(field: &'static str, key: &'static str) -> ExportColumn {
    ExportColumn { field, key }
}

impl ExportKind for Projects {
    fn name(&self) -> &'static str {
        "projects"
    }

    fn key(&self) -> &'static str {
        "projects-heading"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("reference", "project-reference"),
            column("title", "project-title"),
            column("enterprise", "project-enterprise"),
            column("stage", "project-stage"),
            column("status", "project-status"),
            column("nature", "project-nature"),
        ];
        COLUMNS
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let mut filter = Filter::read(&Form::decode(query));
            filter.before = None;
            filter.after = mark.map(str::to_owned);
            let page = list::page(cx, &filter, 1_000).await?;
            let row = |held: list::Listed| {
                vec![
                    Cell::Text(held.reference),
                    Cell::Text(held.title),
                    Cell::Text(held.enterprise_name),
                    Cell::Text(held.stage),
                    Cell::Text(held.status),
                    text(held.nature.as_deref()),
                ]
            };
            Ok(ExportPage { rows: page.projects.into_iter().map(row).collect(), next: page.next })
        })
    }
}
