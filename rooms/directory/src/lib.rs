//! Enterprises and the people in them: whom the office courts, and those already here.
//!
//! At the door: [`enterprise::brief`] for a name and a link, [`enterprise::register`],
//! [`flag::pages::badges`] for what must be seen wherever the enterprise is, and the views
//! `directory_enterprise_brief`, `directory_enterprise_industry`, `directory_enterprise_fact`,
//! `directory_enterprise_measurement`, `directory_enterprise_flag`, `directory_enterprise_relation` and
//! `directory_person_brief`, whose columns are part of the door.

mod check;
pub mod enterprise;
mod entry;
pub mod flag;
pub mod group;
pub mod identifier;
pub mod industry;
pub mod measurement;
pub mod name;
pub mod person;
pub mod relation;
pub mod resemblance;
mod written;

use platform::db::Migration;
use platform::permission::{Permission, Role, Scope};
use platform::room::{Action, Finder, Nav, Relation, Room, Sight, Tab};

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
/// Having the model of resemblance learn from decisions, and choosing which model is used.
pub const TEACH: Permission =
    Permission::write("directory.resemblance.teach", &[(Role::Director, Scope::All), (Role::TeamLead, Scope::All)]);
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
        migrations: migrations(),
        texts: texts(),
        permissions: vec![&READ, &EDIT, &MERGE, &TEACH, &CONTACT],
        routes: enterprise::pages::routes()
            .merge(enterprise::correct::pages::routes())
            .merge(enterprise::reader::routes())
            .merge(enterprise::trash::pages::routes())
            .merge(name::pages::routes())
            .merge(identifier::pages::routes())
            .merge(industry::pages::routes())
            .merge(measurement::pages::routes())
            .merge(flag::pages::routes())
            .merge(relation::pages::routes())
            .merge(group::pages::routes())
            .merge(resemblance::pages::routes())
            .merge(resemblance::review::pages::routes())
            .merge(resemblance::model::pages::routes())
            .merge(person::pages::routes()),
        api: enterprise::api::routes()
            .merge(enterprise::correct::api::routes())
            .merge(enterprise::reader::api())
            .merge(name::api::routes())
            .merge(identifier::api::routes())
            .merge(industry::api::routes())
            .merge(measurement::api::routes())
            .merge(flag::api::routes())
            .merge(relation::api::routes())
            .merge(group::api::routes())
            .merge(resemblance::api::routes())
            .merge(resemblance::review::api::routes())
            .merge(resemblance::model::api::routes())
            .merge(person::api::routes()),
        nav: vec![Nav { key: "nav-enterprises", href: "/enterprises", icon: "building", permission: &READ, place: 20 }],
        belongs: vec![("/people", "/enterprises"), ("/imports", "/enterprises")],
        tabs: [
            ("enterprise-tab-overview", "", 10),
            ("enterprise-tab-people", "people", 20),
            ("enterprise-tab-relations", "relations", 30),
            ("enterprise-tab-group", "group", 35),
            ("enterprise-tab-facts", "facts", 40),
            ("enterprise-tab-names", "names", 45),
            ("enterprise-tab-history", "history", 90),
        ]
        .map(|(key, suffix, place)| Tab { of: "enterprise", key, suffix, permission: &READ, place })
        .to_vec(),
        relations: relations(),
        sights: vec![
            Sight {
                kind: "enterprise",
                both: &["merged", "survivor", "beside"],
                seen: |cx, ids| Box::pin(enterprise::seen(cx, ids)),
            },
            Sight { kind: "person", both: &[], seen: |cx, ids| Box::pin(person::seen(cx, ids)) },
        ],
        imports: vec![
            &enterprise::import::Enterprises,
            &person::import::People,
            &measurement::import::Measurements,
            &flag::import::Flags,
            &relation::import::Relations,
            &name::import::Names,
            &identifier::import::Identifiers,
        ],
        exports: vec![
            &enterprise::export::Enterprises,
            &person::export::People,
            &measurement::export::Measurements,
            &flag::export::Flags,
            &relation::export::Relations,
            &name::export::Names,
            &identifier::export::Identifiers,
            &resemblance::review::export::Decisions,
        ],
        jobs: vec![resemblance::review::job(), resemblance::model::job()],
        finders: vec![
            Finder {
                kind: "enterprise",
                key: "enterprise-record",
                permission: &READ,
                find: |cx, typed, limit| Box::pin(enterprise::find(cx, typed, limit)),
            },
            Finder {
                kind: "person",
                key: "person-kind",
                permission: &READ,
                find: |cx, typed, limit| Box::pin(person::find(cx, typed, limit)),
            },
        ],
        lists: vec![("enterprise", "/enterprises")],
        actions: vec![
            Action { key: "enterprise-new-heading", href: "/enterprises/new", permission: &EDIT },
            Action { key: "enterprises-import-file", href: "/imports/new?kind=enterprises", permission: &EDIT },
            Action { key: "review-heading", href: "/enterprises/review", permission: &EDIT },
            Action { key: "resembling-heading", href: "/enterprises/resembling", permission: &EDIT },
            Action { key: "enterprises-mine", href: "/enterprises?owner=me", permission: &EDIT },
            Action { key: "imports-heading", href: "/imports", permission: &EDIT },
            Action { key: "people-heading", href: "/people", permission: &READ },
            Action { key: "trash-heading", href: "/enterprises/retired", permission: &READ },
        ],
        checks: std::iter::once(enterprise::check()).chain(check::checks()).collect(),
        ..Default::default()
    }
}

fn migrations() -> Vec<Migration> {
    vec![
        Migration::both(2026_11_24_20, "directory", include_str!("../migrations/20261124_20_directory.sql")),
        Migration::both(
            2026_11_24_21,
            "names and identifiers",
            include_str!("../migrations/20261124_21_names_and_identifiers.sql"),
        ),
        Migration::both(
            2026_11_24_22,
            "measurements and flags",
            include_str!("../migrations/20261124_22_measurements_and_flags.sql"),
        ),
        Migration::both(2026_11_24_23, "relations", include_str!("../migrations/20261124_23_relations.sql")),
        Migration::both(2026_11_24_24, "people", include_str!("../migrations/20261124_24_people.sql")),
        Migration::both(2026_11_24_25, "trash", include_str!("../migrations/20261124_25_trash.sql")),
        Migration::both(
            2026_11_24_49,
            "enterprise positions",
            include_str!("../migrations/20261124_49_enterprise_positions.sql"),
        ),
        Migration::both(
            2026_11_29_40,
            "codes of listings",
            include_str!("../migrations/20261129_40_listing_codes.sql"),
        ),
        Migration::both(2026_11_28_35, "who stood for whom", include_str!("../migrations/20261128_35_standings.sql")),
        Migration::both(2026_11_24_70, "lists of enterprises", include_str!("../migrations/20261124_70_lists.sql")),
        Migration::both(2026_11_24_92, "resemblance", include_str!("../migrations/20261124_92_resemblance.sql")),
        Migration::both(2026_11_30_11, "own values", include_str!("../migrations/20261130_11_own_values.sql")),
        Migration::both(2026_11_24_80, "list indexes", include_str!("../migrations/20261124_80_list_indexes.sql")),
        Migration::pair(
            2026_11_24_90,
            "fewer indexes",
            include_str!("../migrations/20261124_90_fewer_indexes.sqlite.sql"),
            include_str!("../migrations/20261124_90_fewer_indexes.postgres.sql"),
        ),
        Migration::pair(
            2026_11_24_98,
            "industries in lists",
            include_str!("../migrations/20261124_98_industries_in_lists.sqlite.sql"),
            include_str!("../migrations/20261124_98_industries_in_lists.postgres.sql"),
        ),
    ]
}

fn texts() -> Vec<(&'static str, &'static str)> {
    macro_rules! of {
        ($($noun:literal),*) => {
            vec![$(
                ("en", include_str!(concat!($noun, "text/en.ftl"))),
                ("zh-Hant", include_str!(concat!($noun, "text/zh-Hant.ftl"))),
                ("zh-Hans", include_str!(concat!($noun, "text/zh-Hans.ftl"))),
            )*]
        };
    }
    of![
        "",
        "enterprise/correct/",
        "enterprise/list/",
        "name/",
        "name/import/",
        "measurement/",
        "relation/",
        "person/",
        "resemblance/"
    ]
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
                standing: None,
            }
        };
    }
    vec![
        relation!("enterprise_names", "enterprise_id", "merge-names", enterprise::merge::count_names),
        relation!("enterprise_identifiers", "enterprise_id", "merge-identifiers", enterprise::merge::count_identifiers),
        relation!("enterprise_industries", "enterprise_id", "merge-industries", enterprise::merge::count_industries),
        relation!(
            "enterprise_measurements",
            "enterprise_id",
            "merge-measurements",
            enterprise::merge::count_measurements
        ),
        relation!("enterprise_flags", "enterprise_id", "merge-flags", enterprise::merge::count_flags),
        relation!("enterprise_relations", "from_id", "merge-relations-from", relation::count_from),
        relation!("enterprise_relations", "to_id", "merge-relations-to", relation::count_to),
        relation!("enterprises", "parent_id", "merge-children", group::count_children),
        relation!("people", "enterprise_id", "merge-people", person::count_of),
        relation!("person_posts", "enterprise_id", "merge-posts", person::post::count_at),
    ]
}

#[cfg(test)]
mod tests;
