//! Projects: what an enterprise means to do here, how far it is, and what was pledged and realised.
//!
//! At the door: [`project::brief`] and [`project::start`], the ledger in [`ledger`], and every number
//! that can be counted from projects in [`figures`]. The view `projects_project_brief` is part of it.

pub mod attention;
pub mod evidence;
pub mod figures;
pub mod gate;
pub mod ledger;
pub mod milestone;
pub mod partners;
pub mod project;
pub mod stage;

use platform::db::Migration;
use platform::permission::{Permission, Role, Scope};
use platform::room::{Finder, Nav, Relation, Room, Tab};

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
                2026_11_24_65,
                "projects by status",
                include_str!("../migrations/20261124_65_projects_by_status.sql"),
            ),
        ],
        texts: vec![
            ("en", include_str!("text/en.ftl")),
            ("zh-Hant", include_str!("text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("text/zh-Hans.ftl")),
            ("en", include_str!("gate/text/en.ftl")),
            ("zh-Hant", include_str!("gate/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("gate/text/zh-Hans.ftl")),
            ("en", include_str!("ledger/text/en.ftl")),
            ("zh-Hant", include_str!("ledger/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("ledger/text/zh-Hans.ftl")),
        ],
        permissions: vec![&READ, &EDIT, &OVERRIDE, &GATES, &ledger::ENTER],
        routes: project::pages::routes().merge(project::steps::routes()).merge(ledger::pages::routes()),
        api: project::api::routes().merge(ledger::api::routes()),
        nav: vec![Nav { key: "nav-projects", href: "/projects", icon: "projects", permission: &READ, place: 30 }],
        tabs: vec![
            Tab { of: "enterprise", key: "enterprise-tab-projects", suffix: "projects", permission: &READ, place: 15 },
            Tab { of: "project", key: "project-tab-overview", suffix: "", permission: &READ, place: 10 },
            Tab { of: "project", key: "project-tab-ledger", suffix: "ledger", permission: &READ, place: 20 },
            Tab { of: "project", key: "project-tab-history", suffix: "history", permission: &READ, place: 90 },
        ],
        relations: vec![Relation {
            of: "enterprise",
            table: "projects",
            column: "enterprise_id",
            key: "merge-projects",
            count: |cx, ids| Box::pin(project::count_of(cx, ids)),
        }],
        imports: vec![&partners::Partners, &ledger::import::Ledger],
        exports: vec![&project::export::Projects, &ledger::export::Ledger],
        finders: vec![Finder {
            kind: "project",
            key: "project-kind",
            permission: &READ,
            find: |cx, typed, limit| Box::pin(project::find(cx, typed, limit)),
        }],
        checks: vec![project::check(), ledger::check()],
        pack: vec![gate::pack_table()],
        ..Default::default()
    }
}

#[cfg(test)]
mod tests;
