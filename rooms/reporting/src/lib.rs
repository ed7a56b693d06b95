//! Figures: every metric as at a date as known at a date, what was published, and why the two differ.
//!
//! At the door: [`figures::figures_report`] for the page, the API and the command line alike.

pub mod crosstab;
pub mod day;
pub mod figures;
pub mod published;
pub mod reconciliation;
pub mod release;
pub mod saved;
pub mod series;
mod sheet;

use platform::db::Migration;
use platform::permission::{Permission, Role, Scope};
use platform::room::{Action, Nav, Room};

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
        migrations: vec![
            Migration::both(
                2026_11_24_40,
                "published figures",
                include_str!("../migrations/20261124_40_published_figures.sql"),
            ),
            Migration::both(
                2026_11_24_50,
                "saved cross-tabs",
                include_str!("../migrations/20261124_50_saved_crosstabs.sql"),
            ),
            Migration::both(2026_11_24_51, "releases", include_str!("../migrations/20261124_51_releases.sql")),
            Migration::pair(
                2026_11_24_52,
                "releases stay",
                include_str!("../migrations/20261124_52_releases_stay.sqlite.sql"),
                include_str!("../migrations/20261124_52_releases_stay.postgres.sql"),
            ),
            Migration::both(
                2026_11_24_60,
                "published figures keep their versions",
                include_str!("../migrations/20261124_60_published_history.sql"),
            ),
            Migration::both(
                2026_11_29_60,
                "published figures are kept once",
                include_str!("../migrations/20261129_60_published_once.sql"),
            ),
            Migration::both(
                2026_11_29_61,
                "drafted releases can be withdrawn",
                include_str!("../migrations/20261129_61_release_outcomes.sql"),
            ),
        ],
        texts: vec![
            ("en", include_str!("text/en.ftl")),
            ("zh-Hant", include_str!("text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("text/zh-Hans.ftl")),
            ("en", include_str!("crosstab/text/en.ftl")),
            ("zh-Hant", include_str!("crosstab/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("crosstab/text/zh-Hans.ftl")),
            ("en", include_str!("saved/text/en.ftl")),
            ("zh-Hant", include_str!("saved/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("saved/text/zh-Hans.ftl")),
            ("en", include_str!("release/text/en.ftl")),
            ("zh-Hant", include_str!("release/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("release/text/zh-Hans.ftl")),
            ("en", include_str!("day/text/en.ftl")),
            ("zh-Hant", include_str!("day/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("day/text/zh-Hans.ftl")),
            ("en", include_str!("published/text/en.ftl")),
            ("zh-Hant", include_str!("published/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("published/text/zh-Hans.ftl")),
            ("en", include_str!("reconciliation/text/en.ftl")),
            ("zh-Hant", include_str!("reconciliation/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("reconciliation/text/zh-Hans.ftl")),
            ("en", include_str!("series/text/en.ftl")),
            ("zh-Hant", include_str!("series/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("series/text/zh-Hans.ftl")),
        ],
        permissions: vec![&READ, &PUBLISHED, &saved::KEEP, &release::FREEZE, &release::SIGN_OFF, &release::DRAFTS],
        routes: day::pages::routes()
            .merge(figures::pages::routes())
            .merge(crosstab::pages::routes())
            .merge(saved::pages::routes())
            .merge(release::pages::routes())
            .merge(published::pages::routes())
            .merge(reconciliation::pages::routes())
            .merge(series::pages::routes()),
        api: figures::api::routes()
            .merge(crosstab::api::routes())
            .merge(saved::api::routes())
            .merge(release::api::routes())
            .merge(published::api::routes())
            .merge(reconciliation::api::routes())
            .merge(series::api::routes()),
        nav: vec![
            Nav { key: "nav-day", href: "/", icon: "sun", permission: &READ, place: 1 },
            Nav { key: "nav-figures", href: "/figures", icon: "figures", permission: &READ, place: 40 },
        ],
        actions: vec![
            Action { key: "charts-heading", href: "/figures/charts", permission: &READ },
            Action { key: "crosstab-heading", href: "/figures/crosstab", permission: &READ },
            Action { key: "saved-heading", href: "/figures/saved", permission: &READ },
            Action { key: "releases-heading", href: "/figures/releases", permission: &READ },
            Action { key: "published-heading", href: "/figures/published", permission: &READ },
            Action { key: "reconciliation-heading", href: "/figures/reconciliation", permission: &READ },
        ],
        imports: vec![&published::import::Figures],
        exports: vec![&published::export::Figures],
        checks: vec![release::check(), published::check()],
        ..Default::default()
    }
}

#[cfg(test)]
mod tests;
