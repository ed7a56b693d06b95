//! Projects: what an enterprise means to do here, how far it is, and what was pledged and realised.
//!
//! At the door: [`project::brief`] and [`project::start`], the ledger in [`ledger`], and every number
//! that can be counted from projects in [`figures`]. The view `projects_project_brief` is part of it.

pub mod attention;
pub mod batch;
pub mod board;
pub mod clearance;
pub mod evidence;
pub mod figures;
pub mod gate;
pub mod ledger;
pub mod milestone;
pub mod note;
pub mod partners;
pub mod project;
pub mod stage;

use platform::db::Migration;
use platform::permission::{Permission, Role, Scope};
use platform::room::{Action, Finder, Nav, Relation, Room, Sight, Tab};

/// Reading projects within one's reach.
pub const READ: Permission = Permission::read(
    "projects.project.read",
    &[
        (Role::Administrator, Scope::All),
        (Role::Director, Scope::All),
        (Role::TeamLead, Scope::All),
        (Role::Officer, Scope::All),
        (Role::PartnerOfficer, Scope::All),
        (Role::CommitteeMember, Scope::All),
        (Role::Auditor, Scope::All),
        (Role::ReadOnly, Scope::All),
    ],
);
/// Starting, editing and moving projects, and recording what happened.
pub const EDIT: Permission = Permission::write(
    "projects.project.edit",
    &[(Role::Director, Scope::All), (Role::TeamLead, Scope::All), (Role::Officer, Scope::All)],
);
/// Going past a gate with something missing.
pub const OVERRIDE: Permission =
    Permission::write("projects.gate.override", &[(Role::Director, Scope::All), (Role::TeamLead, Scope::Team)]);
/// Setting the gates.
pub const GATES: Permission = Permission::write("projects.gate.set", &[(Role::Administrator, Scope::All)]);

/// The room.
pub fn room() -> Room {
    Room {
        name: "projects",
        migrations: vec![
            Migration::both(2026_11_24_30, "projects", include_str!("../migrations/20261124_30_projects.sql")),
            Migration::both(2026_11_24_35, "ledger", include_str!("../migrations/20261124_35_ledger.sql")),
            Migration::both(
                2026_11_24_45,
                "ledger by project",
                include_str!("../migrations/20261124_45_ledger_by_project.sql"),
            ),
            Migration::pair(
                2026_11_24_36,
                "ledger stays as written",
                include_str!("../migrations/20261124_36_ledger_append_only.sqlite.sql"),
                include_str!("../migrations/20261124_36_ledger_append_only.postgres.sql"),
            ),
            Migration::both(
                2026_11_24_37,
                "name clearances",
                include_str!("../migrations/20261124_37_name_clearances.sql"),
            ),
            Migration::both(
                2026_11_24_38,
                "evidence files",
                include_str!("../migrations/20261124_38_evidence_files.sql"),
            ),
            Migration::both(2026_11_24_39, "batches", include_str!("../migrations/20261124_39_batches.sql")),
            Migration::both(
                2026_11_24_42,
                "project notes",
                include_str!("../migrations/20261124_42_project_notes.sql"),
            ),
            Migration::both(
                2026_11_24_41,
                "ledger evidence",
                include_str!("../migrations/20261124_41_ledger_evidence.sql"),
            ),
            Migration::both(2026_11_24_71, "lists of projects", include_str!("../migrations/20261124_71_lists.sql")),
            Migration::both(
                2026_11_28_30,
                "what passages rest on",
                include_str!("../migrations/20261128_30_passage_grounds.sql"),
            ),
            Migration::both(
                2026_11_29_55,
                "reasons and days of passages",
                include_str!("../migrations/20261129_55_passages.sql"),
            ),
            Migration::both(
                2026_11_29_50,
                "when projects were retired",
                include_str!("../migrations/20261129_50_project_retirements.sql"),
            ),
            Migration::both(
                2026_11_29_90,
                "words of projects",
                include_str!("../migrations/20261129_90_project_words.sql"),
            ),
            Migration::both(
                2026_11_29_95,
                "histories by project",
                include_str!("../migrations/20261129_95_facts_by_project.sql"),
            ),
            Migration::both(
                2026_11_30_12,
                "own values of projects",
                include_str!("../migrations/20261130_12_own_values.sql"),
            ),
        ],
        texts: texts(),
        permissions: vec![&READ, &EDIT, &OVERRIDE, &GATES, &ledger::ENTER, &clearance::CLEAR, &batch::SET],
        routes: project::pages::routes()
            .merge(project::steps::routes())
            .merge(project::correction::routes())
            .merge(project::reader::routes())
            .merge(board::pages::routes())
            .merge(ledger::pages::routes())
            .merge(evidence::pages::routes())
            .merge(clearance::pages::routes())
            .merge(note::pages::routes())
            .merge(batch::pages::routes())
            .merge(gate::pages::routes()),
        api: project::api::routes()
            .merge(project::reader::api())
            .merge(ledger::api::routes())
            .merge(evidence::api::routes())
            .merge(clearance::api::routes())
            .merge(note::api::routes())
            .merge(batch::api::routes())
            .merge(gate::api::routes()),
        nav: vec![Nav { key: "nav-projects", href: "/projects", icon: "projects", permission: &READ, place: 30 }],
        belongs: vec![("/batches", "/projects"), ("/gates", "/projects")],
        tabs: vec![
            Tab { of: "enterprise", key: "enterprise-tab-projects", suffix: "projects", permission: &READ, place: 15 },
            Tab { of: "project", key: "project-tab-overview", suffix: "", permission: &READ, place: 10 },
            Tab { of: "project", key: "project-tab-ledger", suffix: "ledger", permission: &READ, place: 20 },
            Tab { of: "project", key: "project-tab-evidence", suffix: "evidence", permission: &READ, place: 30 },
            Tab { of: "project", key: "project-tab-history", suffix: "history", permission: &READ, place: 90 },
        ],
        sights: vec![Sight { kind: "project", both: &[], seen: |cx, ids| Box::pin(project::seen(cx, ids)) }],
        relations: vec![Relation {
            of: "enterprise",
            table: "projects",
            column: "enterprise_id",
            key: "merge-projects",
            count: |cx, ids| Box::pin(project::count_of(cx, ids)),
            standing: Some(|cx, ids| Box::pin(project::standing_of(cx, ids))),
        }],
        imports: vec![&project::import::Projects, &partners::Partners, &ledger::import::Ledger],
        exports: vec![&project::export::Projects, &partners::export::Partners, &ledger::export::Ledger],
        finders: vec![Finder {
            kind: "project",
            key: "project-kind",
            permission: &READ,
            find: |cx, typed, limit| Box::pin(project::find(cx, typed, limit)),
        }],
        checks: vec![project::check(), project::check_tiers(), ledger::check(), evidence::check()],
        pack: vec![gate::pack_table()],
        lists: vec![("project", "/projects")],
        actions: vec![
            Action { key: "project-new-heading", href: "/projects/new", permission: &EDIT },
            Action { key: "projects-board", href: "/projects/board", permission: &READ },
            Action { key: "projects-mine", href: "/projects?owner=me", permission: &EDIT },
            Action { key: "batches-heading", href: "/batches", permission: &READ },
            Action { key: "batch-new-heading", href: "/batches/new", permission: &batch::SET },
            Action { key: "gates-heading", href: "/gates", permission: &READ },
        ],
        ..Default::default()
    }
}

/// The words of each noun, in every language.
fn texts() -> Vec<(&'static str, &'static str)> {
    macro_rules! words {
        ($($folder:literal),*) => {
            vec![$(
                ("en", include_str!(concat!($folder, "/en.ftl"))),
                ("zh-Hant", include_str!(concat!($folder, "/zh-Hant.ftl"))),
                ("zh-Hans", include_str!(concat!($folder, "/zh-Hans.ftl"))),
            )*]
        };
    }
    words![
        "text",
        "project/text",
        "project/correction/text",
        "project/list/text",
        "board/text",
        "gate/text",
        "evidence/text",
        "clearance/text",
        "note/text",
        "batch/text",
        "ledger/text"
    ]
}

#[cfg(test)]
mod tests;
