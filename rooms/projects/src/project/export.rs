//! Export of projects: what the list shows, and what an import takes beside it.

use futures::future::BoxFuture;
use platform::export::{Cell, ExportColumn, ExportKind, ExportPage, column, own_cells, text};
use platform::forms::Form;
use platform::order::Place;
use platform::own_field;
use platform::permission::{Permission, Tier};
use platform::{Cx, Id, Result};

use super::SUBJECT;
use super::list::{self, Filter};
use crate::READ;

mod store;
mod told;

use told::Told;

pub struct Projects;

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
            column("hq_kind", "project-hq-kind"),
            column("batch", "project-batch"),
            column("owner", "project-owner-id"),
            column("team", "project-team-id"),
            column("tier", "project-tier"),
            column("created", "project-created"),
            column("updated", "project-updated"),
            column("activities", "project-activities"),
            column("description", "project-description"),
            column("assessment", "project-assessment"),
            column("proposal_received_on", "project-proposal-received-on"),
            column("stage_on", "project-stage-on"),
            column("status_on", "project-status-on"),
            column("note", "project-note"),
            column("met_on", "project-met-on"),
            column("attracted_on", "project-attracted-on"),
            column("attraction_batch", "project-attraction-batch"),
            column("signed_on", "project-signed-on"),
            column("ceremony", "project-ceremony"),
            column("commenced_on", "project-commenced-on"),
            column("evidence_kind", "project-evidence-kind"),
            column("evidence_on", "project-dated-on"),
            column("evidence_reference", "project-evidence-reference"),
            column("cleared_on", "project-cleared-on"),
            column("clearance_source", "project-clearance-source"),
        ];
        COLUMNS
    }

    fn filters(&self) -> &'static [&'static str] {
        &[
            "q",
            "stage",
            "status",
            "nature",
            "tier",
            "owner",
            "team",
            "enterprise",
            "batch",
            "borne_out",
            "retired",
            own_field::PARAMETER,
            "ids",
            "sort",
        ]
    }

    fn own(&self) -> Option<&'static str> {
        Some(SUBJECT)
    }

    fn page<'a>(&'a self, cx: &'a mut Cx, query: &'a str, mark: Option<&'a str>) -> BoxFuture<'a, Result<ExportPage>> {
        Box::pin(async move {
            let filter = Filter { place: Place::after(mark), ..Filter::asked(cx, &Form::decode(query))? };
            let page = list::page(cx, &filter, 1_000).await?;
            let ids: Vec<Id> = page.projects.iter().map(|held| held.id).collect();
            let batches = list::batches_of(cx, &ids).await?;
            let (owners, teams) = list::holders(cx, &page.projects).await?;
            for project in &page.projects {
                cx.look("project", project.id, &project.title, Tier::from_rank(project.tier));
            }
            let told = Told::look_up(cx, &page.projects).await?;
            let row = |held: list::Listed| {
                let further = told.cells(&held);
                let own = own_cells(cx, SUBJECT, &held.own);
                let mut cells = vec![
                    Cell::Text(held.reference),
                    Cell::Text(held.title),
                    Cell::Text(held.enterprise_name),
                    Cell::Text(held.stage),
                    Cell::Text(held.status),
                    text(held.nature.as_deref()),
                    text(held.hq_kind.as_deref()),
                    text(batches.get(&held.id).map(|names| names.join("; ")).as_deref()),
                    text(held.owner_id.and_then(|id| owners.get(&id)).map(String::as_str)),
                    text(held.team_id.and_then(|id| teams.get(&id)).map(String::as_str)),
                    Cell::Text(Tier::from_rank(held.tier).code().to_owned()),
                    Cell::Text(held.created_at.to_string()),
                    Cell::Text(held.updated_at.to_string()),
                ];
                cells.extend(further);
                cells.extend(own);
                cells
            };
            Ok(ExportPage { rows: page.projects.into_iter().map(row).collect(), next: page.next })
        })
    }
}
