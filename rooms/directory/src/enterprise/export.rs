//! Export of enterprises: just what the list shows, page by page.

use futures::future::BoxFuture;
use platform::Cx;
use platform::Result;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, text};
use platform::forms::Form;
use platform::permission::Permission;

use super::list::{self, Filter};
use crate::READ;

pub struct Enterprises;

const fn column(field: &'static str, key: &'static str) -> ExportColumn {
    ExportColumn { field, key }
}

impl ExportKind for Enterprises {
    fn name(&self) -> &'static str {
        "enterprises"
    }

    fn key(&self) -> &'static str {
        "import-enterprises"
    }

    fn permission(&self) -> &'static Permission {
        &READ
    }

    fn columns(&self) -> &'static [ExportColumn] {
        const COLUMNS: &[ExportColumn] = &[
            column("reference", "enterprise-reference"),
            column("name", "enterprise-name"),
            column("second_name", "enterprise-second-name"),
            column("kind", "enterprise-kind-label"),
            column("reporting_origin", "enterprise-reporting-origin"),
            column("incorporation", "enterprise-incorporation"),
            column("headquarters", "enterprise-headquarters"),
            column("main_listing", "enterprise-main-listing"),
            column("value_chain", "enterprise-value-chain"),
            column("website", "enterprise-website"),
            column("tier", "enterprise-tier"),
        ];
        COLUMNS
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let mut filter = Filter::read(&Form::decode(query));
            filter.before = None;
            filter.after = mark.map(str::to_owned);
            let page = list::page(cx, &filter, 1_000).await?;
            for enterprise in &page.enterprises {
                cx.look("enterprise", enterprise.id, &enterprise.name, enterprise.tier());
            }
            let rows = page
                .enterprises
                .into_iter()
                .map(|held| {
                    let tier = held.tier().code();
                    vec![
                        Cell::Text(held.reference),
                        Cell::Text(held.name),
                        text(held.second_name.as_deref()),
                        Cell::Text(held.kind),
                        text(held.reporting_origin.as_deref()),
                        text(held.incorporation.as_deref()),
                        text(held.headquarters.as_deref()),
                        text(held.main_listing.as_deref()),
                        text(held.value_chain.as_deref()),
                        text(held.website.as_deref()),
                        Cell::Text(tier.to_owned()),
                    ]
                })
                .collect();
            Ok(ExportPage { rows, next: page.next })
        })
    }
}
