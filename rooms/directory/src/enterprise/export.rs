//! Export of enterprises: just what the list shows, page by page.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, text};
use platform::forms::Form;
use platform::order::Place;
use platform::permission::Permission;
use platform::{Cx, Id, Result};

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
            column("industries", "enterprise-industries"),
            column("owner", "enterprise-owner-id"),
            column("team", "enterprise-team-id"),
            column("created", "enterprise-created"),
            column("updated", "enterprise-updated"),
        ];
        COLUMNS
    }

    fn filters(&self) -> &'static [&'static str] {
        &["q", "industry", "origin", "kind", "tier", "owner", "team", "retired", "ids", "sort"]
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let filter = Filter { place: Place::after(mark), ..Filter::read(&Form::decode(query)) };
            let page = list::page(cx, &filter, 1_000).await?;
            let ids: Vec<Id> = page.rows.iter().map(|held| held.id).collect();
            let industries = list::industries(cx, &ids).await?;
            let (owners, teams) = list::holders(cx, &page.rows).await?;
            for enterprise in &page.rows {
                cx.look("enterprise", enterprise.id, &enterprise.name, enterprise.tier());
            }
            let rows = page
                .rows
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
                        text(industries.get(&held.id).map(|codes| codes.join("; ")).as_deref()),
                        text(held.owner_id.and_then(|id| owners.get(&id)).map(String::as_str)),
                        text(held.team_id.and_then(|id| teams.get(&id)).map(String::as_str)),
                        Cell::Text(held.created_at.to_string()),
                        Cell::Text(held.updated_at.to_string()),
                    ]
                })
                .collect();
            Ok(ExportPage { rows, next: page.next })
        })
    }
}
