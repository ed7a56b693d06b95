//! Who people are and how they sign in: bodies, teams, accounts, roles, sessions, API keys.
//!
//! At the door: [`Gatekeeper`] says who is behind a request; [`account`] and [`team`] give names
//! and choices to other rooms.

pub mod account;
pub mod body;
pub mod key;
pub mod reader;
pub mod responsible;
pub mod roles;
pub mod secret;
pub mod session;
mod stale;
pub mod team;
pub mod view;

use platform::db::Migration;
use platform::permission::{Permission, Role, Scope};
use platform::room::{Action, Named, Nav, Room};

pub use account::first_run;
pub use session::Gatekeeper;

/// Making, changing and ending accounts; teams and bodies.
pub const ADMINISTER: Permission =
    Permission::write("identity.account.administer", &[(Role::Administrator, Scope::All)]);

/// Seeing them, for those who administer them: a key that only reads needs no more.
pub const READ: Permission = Permission::read("identity.account.read", &[(Role::Administrator, Scope::All)]);

/// The room.
pub fn room() -> Room {
    Room {
        name: "identity",
        migrations: vec![
            Migration::both(2026_11_24_10, "identity", include_str!("../migrations/20261124_10_identity.sql")),
            Migration::both(
                2026_11_24_11,
                "administration",
                include_str!("../migrations/20261124_11_administration.sql"),
            ),
            Migration::both(2026_11_24_12, "versions", include_str!("../migrations/20261124_12_versions.sql")),
            Migration::both(2026_11_28_10, "doors", include_str!("../migrations/20261128_10_doors.sql")),
        ],
        texts: vec![
            ("en", include_str!("text/en.ftl")),
            ("zh-Hant", include_str!("text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("text/zh-Hans.ftl")),
            ("en", include_str!("administration/text/en.ftl")),
            ("zh-Hant", include_str!("administration/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("administration/text/zh-Hans.ftl")),
            ("en", include_str!("view/text/en.ftl")),
            ("zh-Hant", include_str!("view/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("view/text/zh-Hans.ftl")),
            ("en", include_str!("reader/text/en.ftl")),
            ("zh-Hant", include_str!("reader/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("reader/text/zh-Hans.ftl")),
            ("en", include_str!("stale/text/en.ftl")),
            ("zh-Hant", include_str!("stale/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("stale/text/zh-Hans.ftl")),
        ],
        permissions: vec![&ADMINISTER, &READ, &view::KEEP, &view::SHARE],
        routes: session::pages::routes()
            .merge(account::pages::routes())
            .merge(team::pages::routes())
            .merge(body::pages::routes())
            .merge(session::administration::routes())
            .merge(roles::pages::routes())
            .merge(view::pages::routes()),
        checks: vec![account::check()],
        named: vec![
            Named { kind: "team", names: |cx| Box::pin(team::names(cx)) },
            Named { kind: "body", names: |cx| Box::pin(body::every_name(cx)) },
        ],
        pack: vec![body::table()],
        api: account::api::routes().merge(team::api::routes()).merge(body::api::routes()).merge(view::api::routes()),
        nav: vec![Nav { key: "nav-admin", href: "/admin", icon: "settings", permission: &ADMINISTER, place: 90 }],
        belongs: vec![("/views", "/")],
        actions: vec![
            action("accounts-heading", "/admin/accounts", &ADMINISTER),
            action("teams-heading", "/admin/teams", &ADMINISTER),
            action("bodies-heading", "/admin/bodies", &ADMINISTER),
            action("roles-heading", "/admin/roles", &ADMINISTER),
            action("sessions-heading", "/admin/sessions", &ADMINISTER),
            action("attempts-heading", "/admin/sign-ins", &ADMINISTER),
            action("account-keys", "/admin/keys", &ADMINISTER),
            action("account-invite", "/admin/accounts/new", &ADMINISTER),
            action("account-link", "/account", &view::KEEP),
            action("views-heading", "/views", &view::KEEP),
        ],
        ..Default::default()
    }
}

const fn action(key: &'static str, href: &'static str, permission: &'static Permission) -> Action {
    Action { key, href, permission }
}

#[cfg(test)]
mod tests;
