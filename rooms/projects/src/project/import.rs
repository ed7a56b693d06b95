//! Import of projects: the columns a file may have. A row with a reference changes that project;
//! one without starts a project, or is about the one of that enterprise with that title.

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone};
use platform::permission::Permission;
use platform::{Cx, Result};

use super::{batch, undo};
use crate::EDIT;

pub struct Projects;

const fn column(field: &'static str, key: &'static str, aliases: &'static [&'static str]) -> Column {
    Column { field, key, aliases, required: false }
}

const COLUMNS: &[Column] = &[
    column("reference", "project-reference", &["project", "project reference"]),
    column("enterprise", "project-enterprise", &["company", "enterprise reference", "enterprise name"]),
    column("title", "project-title", &["project title", "name"]),
    column("nature", "project-nature", &["nature"]),
    column("hq_kind", "project-hq-kind", &["hq", "headquarters kind"]),
    column("activities", "project-activities", &["activity"]),
    column("description", "project-description", &["notes"]),
    column("assessment", "project-assessment", &[]),
    column("proposal_received_on", "project-proposal-received-on", &["proposal received"]),
    column("tier", "project-tier", &["confidentiality"]),
    column("team", "project-team-id", &["team_id"]),
    column("owner", "project-owner-id", &["owner_id", "officer", "responsible officer"]),
    column("stage", "project-stage", &[]),
    column("stage_on", "project-stage-on", &["stage since", "stage date"]),
    column("status", "project-status", &[]),
    column("status_on", "project-status-on", &["status since", "status date"]),
    column("note", "project-note", &["reason"]),
    column("met_on", "project-met-on", &["met"]),
    column("attracted_on", "project-attracted-on", &["attracted"]),
    column("attraction_batch", "project-attraction-batch", &[]),
    column("signed_on", "project-signed-on", &["signed"]),
    column("ceremony", "project-ceremony", &[]),
    column("commenced_on", "project-commenced-on", &["commenced", "commenced operation"]),
    column("evidence_kind", "project-evidence-kind", &[]),
    column("evidence_on", "project-dated-on", &["evidence date"]),
    column("evidence_reference", "project-evidence-reference", &["evidence"]),
    column("cleared_on", "project-cleared-on", &["name cleared", "name cleared on"]),
    column("clearance_source", "project-clearance-source", &[]),
];

impl ImportKind for Projects {
    fn name(&self) -> &'static str {
        "projects"
    }

    fn key(&self) -> &'static str {
        "projects-heading"
    }

    fn permission(&self) -> &'static Permission {
        &EDIT
    }

    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>> {
        Box::pin(batch::take(cx, rows, mode))
    }

    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [Entry]) -> BoxFuture<'a, Result<Vec<Undone>>> {
        Box::pin(undo::undo(cx, entries))
    }
}
