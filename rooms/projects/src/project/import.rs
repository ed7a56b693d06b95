//! Import of projects: the columns a file may have. A row with a reference changes that project;
//! one without starts a project, or is about the one of that enterprise with that title.

use futures::future::BoxFuture;
use platform::audit::Entry;
use platform::import::{Column, ImportKind, Mode, Outcome, Row, Undone, column};
use platform::permission::Permission;
use platform::{Cx, Result};

use super::{SUBJECT, batch, undo};
use crate::EDIT;

pub struct Projects;

/// The column of references that another office gave.
pub(super) const ELSEWHERE: &str = "reference_elsewhere";

const COLUMNS: &[Column] = &[
    column("reference", "project-reference", &["project", "project reference"], false),
    column(ELSEWHERE, "project-reference-elsewhere", &["reference at another office"], false),
    column("enterprise", "project-enterprise", &["company", "enterprise reference", "enterprise name"], false),
    column("title", "project-title", &["project title", "name"], false),
    column("nature", "project-nature", &["nature"], false),
    column("hq_kind", "project-hq-kind", &["hq", "headquarters kind"], false),
    column("activities", "project-activities", &["activity"], false),
    column("description", "project-description", &["notes"], false),
    column("assessment", "project-assessment", &[], false),
    column("proposal_received_on", "project-proposal-received-on", &["proposal received"], false),
    column("tier", "project-tier", &["confidentiality"], false),
    column("team", "project-team-id", &["team_id"], false),
    column("owner", "project-owner-id", &["owner_id", "officer", "responsible officer"], false),
    column("stage", "project-stage", &[], false),
    column("stage_on", "project-stage-on", &["stage since", "stage date"], false),
    column("status", "project-status", &[], false),
    column("status_on", "project-status-on", &["status since", "status date"], false),
    column("note", "project-note", &["reason"], false),
    column("met_on", "project-met-on", &["met"], false),
    column("attracted_on", "project-attracted-on", &["attracted"], false),
    column("attraction_batch", "project-attraction-batch", &[], false),
    column("signed_on", "project-signed-on", &["signed"], false),
    column("ceremony", "project-ceremony", &[], false),
    column("commenced_on", "project-commenced-on", &["commenced", "commenced operation"], false),
    column("evidence_kind", "project-evidence-kind", &[], false),
    column("evidence_on", "project-dated-on", &["evidence date"], false),
    column("evidence_reference", "project-evidence-reference", &["evidence"], false),
    column("cleared_on", "project-cleared-on", &["name cleared", "name cleared on"], false),
    column("clearance_source", "project-clearance-source", &[], false),
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

    fn elsewhere(&self) -> Option<&'static str> {
        Some(ELSEWHERE)
    }

    fn own(&self) -> Option<&'static str> {
        Some(SUBJECT)
    }

    fn take<'a>(&'a self, cx: &'a mut Cx, rows: &'a [Row], mode: Mode) -> BoxFuture<'a, Result<Vec<Outcome>>> {
        Box::pin(batch::take(cx, rows, mode))
    }

    fn undo<'a>(&'a self, cx: &'a mut Cx, entries: &'a [Entry]) -> BoxFuture<'a, Result<Vec<Undone>>> {
        Box::pin(undo::undo(cx, entries))
    }
}
