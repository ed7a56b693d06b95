//! Targeting: whom to win. Companies of the universe are ranked by criteria that an officer composes; what is
//! chosen goes on the target list with its reasons.
//!
//! At the door: [`universe::Universe`], which `app` puts into the house, and [`chain::load`] and [`criteria::load`] for
//! the pack.

pub mod chain;
pub mod criteria;
pub mod screening;
pub mod target;
pub mod universe;
mod words;

use platform::db::Migration;
use platform::permission::{Permission, Role, Scope};
use platform::room::{Action, Finder, Nav, Relation, Room, Sight, Tab};

/// Reading criteria, screenings and the universe. Not for partner bodies: nothing of a target is seen outside the office.
pub const READ: Permission = Permission::read(
    "targeting.screening.read",
    &[
        (Role::Administrator, Scope::All),
        (Role::Director, Scope::All),
        (Role::TeamLead, Scope::All),
        (Role::Officer, Scope::All),
        (Role::Auditor, Scope::All),
        (Role::ReadOnly, Scope::All),
    ],
);
/// Composing criteria and running them.
pub const SCREEN: Permission = Permission::write(
    "targeting.screening.run",
    &[(Role::Director, Scope::All), (Role::TeamLead, Scope::All), (Role::Officer, Scope::All)],
);
/// Taking criteria and screenings of others out of the lists.
pub const RETIRE: Permission = Permission::write(
    "targeting.screening.retire",
    &[(Role::Director, Scope::All), (Role::TeamLead, Scope::All), (Role::Officer, Scope::Own)],
);
/// Putting targets on the list and writing how they stand.
pub const TARGET: Permission = Permission::write(
    "targeting.target.edit",
    &[(Role::Director, Scope::All), (Role::TeamLead, Scope::All), (Role::Officer, Scope::All)],
);

/// The room.
pub fn room() -> Room {
    Room {
        name: "targeting",
        migrations: vec![
            Migration::both(2026_11_24_95, "criteria", include_str!("../migrations/20261124_95_criteria.sql")),
            Migration::both(2026_11_24_96, "screenings", include_str!("../migrations/20261124_96_screenings.sql")),
            Migration::both(2026_11_24_97, "targets", include_str!("../migrations/20261124_97_targets.sql")),
            Migration::both(
                2026_11_29_70,
                "company likenesses",
                include_str!("../migrations/20261129_70_company_likenesses.sql"),
            ),
        ],
        texts: texts(),
        permissions: vec![&READ, &SCREEN, &RETIRE, &TARGET],
        routes: target::pages::routes()
            .merge(target::reader::routes())
            .merge(target::list::pages::routes())
            .merge(criteria::pages::routes())
            .merge(criteria::compose::routes())
            .merge(screening::pages::routes())
            .merge(screening::list::pages::routes())
            .merge(screening::send::pages::routes())
            .merge(universe::pages::routes()),
        api: target::api::routes()
            .merge(target::reader::api())
            .merge(criteria::api::routes())
            .merge(screening::api::routes())
            .merge(universe::api::routes()),
        nav: vec![Nav { key: "nav-targets", href: "/targets", icon: "targets", permission: &READ, place: 25 }],
        tabs: vec![Tab {
            of: "enterprise",
            key: "enterprise-tab-targets",
            suffix: "targets",
            permission: &READ,
            place: 14,
        }],
        sights: vec![Sight { kind: "target", both: &[], seen: |cx, ids| Box::pin(target::reader::seen(cx, ids)) }],
        relations: vec![
            Relation {
                of: "enterprise",
                table: "targets",
                column: "enterprise_id",
                key: "merge-targets",
                count: |cx, ids| Box::pin(target::count_of(cx, ids)),
                standing: Some(|cx, ids| Box::pin(target::standing_of(cx, ids))),
            },
            Relation {
                of: "enterprise",
                table: "company_links",
                column: "enterprise_id",
                key: "merge-company-links",
                count: |cx, ids| Box::pin(screening::count_of(cx, ids)),
                standing: None,
            },
        ],
        exports: vec![&target::export::Targets, &screening::export::Screening],
        jobs: vec![screening::jobs::SCREEN_COMPANIES],
        finders: vec![Finder {
            kind: "target",
            key: "target-kind",
            permission: &READ,
            find: |cx, typed, limit| Box::pin(target::find::find(cx, typed, limit)),
        }],
        lists: vec![("target", "/targets")],
        actions: vec![
            Action { key: "criteria-heading", href: "/targets/criteria", permission: &READ },
            Action { key: "criteria-new-heading", href: "/targets/criteria/new", permission: &SCREEN },
            Action { key: "screenings-heading", href: "/targets/screenings", permission: &READ },
            Action { key: "universe-heading", href: "/targets/universe", permission: &READ },
        ],
        checks: vec![screening::check(), target::check()],
        pack: vec![chain::pack_table()],
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
    words!["text", "universe/text", "criteria/text", "screening/text", "target/text"]
}

#[cfg(test)]
mod tests;
