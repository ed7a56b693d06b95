//! Enterprises and the people in them: whom the office courts, and those already here.
//!
//! At the door: [`enterprise::brief`] for a name and a link, [`enterprise::register`], and the views
//! `directory_enterprise_brief`, `directory_enterprise_industry`, `directory_enterprise_fact` and
//! `directory_person_brief`, whose columns are part of the door.

pub mod enterprise;
pub mod person;

use platform::db::Migration;
use platform::permission::{Permission, Role, Scope};
use platform::room::{Action, Finder, Nav, Relation, Room, Tab};

/// Reading enterprises within one's reach.
pub const READ: Permission = Permission::read(
    "directory.enterprise.read",
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
/// Registering and editing.
pub const EDIT: Permission = Permission::write(
    "directory.enterprise.edit",
    &[(Role::Director, Scope::All), (Role::TeamLead, Scope::All), (Role::Officer, Scope::All)],
);
/// Merging and unmerging, retiring and restoring.
pub const MERGE: Permission = Permission::write(
    "directory.enterprise.merge",
    &[(Role::Director, Scope::All), (Role::TeamLead, Scope::All), (Role::Officer, Scope::Team)],
);
/// Ways of reaching people: personal data.
pub const CONTACT: Permission = Permission::read(
    "directory.person.contact",
    &[
        (Role::Director, Scope::All),
        (Role::TeamLead, Scope::All),
        (Role::Officer, Scope::All),
        (Role::Auditor, Scope::All),
    ],
);

/// The room.
pub fn room() -> Room {
    Room {
        name: "directory",
        migrations: vec![
            Migration::both(2026_11_24_20, "directory", include_str!("../migrations/20261124_20_directory.sql")),
            Migration::both(
                2026_11_24_49,
                "enterprise positions",
                include_str!("../migrations/20261124_49_enterprise_positions.sql"),
            ),
            Migration::both(2026_11_24_70, "lists of enterprises", include_str!("../migrations/20261124_70_lists.sql")),
        ],
        texts: vec![
            ("en", include_str!("text/en.ftl")),
            ("zh-Hant", include_str!("text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("text/zh-Hans.ftl")),
            ("en", include_str!("enterprise/correct/text/en.ftl")),
            ("zh-Hant", include_str!("enterprise/correct/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("enterprise/correct/text/zh-Hans.ftl")),
            ("en", include_str!("enterprise/list/text/en.ftl")),
            ("zh-Hant", include_str!("enterprise/list/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("enterprise/list/text/zh-Hans.ftl")),
        ],
        permissions: vec![&READ, &EDIT, &MERGE, &CONTACT],
        routes: enterprise::pages::routes().merge(enterprise::correct::pages::routes()).merge(person::pages::routes()),
        api: enterprise::api::routes().merge(enterprise::correct::api::routes()).merge(person::api::routes()),
        nav: vec![Nav { key: "nav-enterprises", href: "/enterprises", icon: "building", permission: &READ, place: 20 }],
        tabs: vec![
            Tab { of: "enterprise", key: "enterprise-tab-overview", suffix: "", permission: &READ, place: 10 },
            Tab { of: "enterprise", key: "enterprise-tab-people", suffix: "people", permission: &READ, place: 20 },
            Tab { of: "enterprise", key: "enterprise-tab-history", suffix: "history", permission: &READ, place: 90 },
        ],
        relations: relations(),
        imports: vec![&enterprise::import::Enterprises, &person::import::People],
        exports: vec![&enterprise::export::Enterprises],
        finders: vec![Finder {
            kind: "enterprise",
            key: "enterprise-kind",
            permission: &READ,
            find: |cx, typed, limit| Box::pin(enterprise::find(cx, typed, limit)),
        }],
        lists: vec![("enterprise", "/enterprises")],
        actions: vec![
            Action { key: "enterprise-new-heading", href: "/enterprises/new", permission: &EDIT },
            Action { key: "enterprises-import-file", href: "/imports/new?kind=enterprises", permission: &EDIT },
            Action { key: "enterprises-mine", href: "/enterprises?owner=me", permission: &EDIT },
        ],
        checks: vec![enterprise::check()],
        ..Default::default()
    }
}

/// What points at an enterprise within this room, and so follows a merge.
fn relations() -> Vec<Relation> {
    macro_rules! relation {
        ($table:literal, $column:literal, $key:literal, $count:path) => {
            Relation {
                of: "enterprise",
                table: $table,
                column: $column,
                key: $key,
                count: |cx, ids| Box::pin($count(cx, ids)),
            }
        };
    }
    vec![
        relation!("enterprise_names", "enterprise_id", "merge-names", enterprise::merge::count_names),
        relation!("enterprise_identifiers", "enterprise_id", "merge-identifiers", enterprise::merge::count_identifiers),
        relation!("enterprise_industries", "enterprise_id", "merge-industries", enterprise::merge::count_industries),
        relation!("people", "enterprise_id", "merge-people", enterprise::merge::count_people),
    ]
}

#[cfg(test)]
mod tests;
