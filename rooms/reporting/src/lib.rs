//! Figures: every metric as at a date as known at a date, what was published, and why the two differ.
//!
//! At the door: [`figures::figures_report`] for the page, the API and the command line alike.

pub mod figures;
pub mod published;
pub mod reconciliation;

use platform::db::Migration;
use platform::permission::{Permission, Role, Scope};
use platform::room::{Nav, Room};

/// Reading figures, within one's reach.
pub const READ: Permission = Permission::read(
    "reporting.figures.read",
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
/// Keeping what was published.
pub const PUBLISHED: Permission =
    Permission::write("reporting.published.keep", &[(Role::Director, Scope::All), (Role::TeamLead, Scope::All)]);

/// The room.
pub fn room() -> Room {
    Room {
        name: "reporting",
        migrations: vec![Migration::both(
            2026_11_24_40,
            "published figures",
            include_str!("../migrations/20261124_40_published_figures.sql"),
        )],
        texts: vec![
            ("en", include_str!("text/en.ftl")),
            ("zh-Hant", include_str!("text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("text/zh-Hans.ftl")),
        ],
        permissions: vec![&READ, &PUBLISHED],
        routes: figures::pages::routes().merge(published::pages::routes()).merge(reconciliation::pages::routes()),
        api: figures::api::routes().merge(published::api::routes()).merge(reconciliation::api::routes()),
        nav: vec![
            Nav { key: "nav-day", href: "/", icon: "sun", permission: &READ, place: 1 },
            Nav { key: "nav-figures", href: "/figures", icon: "figures", permission: &READ, place: 40 },
        ],
        imports: vec![&published::import::Figures],
        ..Default::default()
    }
}

#[cfg(test)]
mod tests;
