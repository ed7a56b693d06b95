//! Who people are and how they sign in: bodies, teams, accounts, roles, sessions, API keys.
//!
//! At the door: [`Gatekeeper`] says who is behind a request; [`account`] and [`team`] give names
//! and choices to other rooms.

pub mod account;
pub mod key;
pub mod secret;
pub mod session;
pub mod team;

use platform::db::Migration;
use platform::permission::{Permission, Role, Scope};
use platform::room::{Nav, Room};

pub use account::first_run;
pub use session::Gatekeeper;

/// Making, changing and ending accounts; teams and bodies.
pub const ADMINISTER: Permission =
    Permission::write("identity.account.administer", &[(Role::Administrator, Scope::All)]);

/// The room.
pub fn room() -> Room {
    Room {
        name: "identity",
        migrations: vec![Migration::both(
            2026_11_24_10,
            "identity",
            include_str!("../migrations/20261124_10_identity.sql"),
        )],
        texts: vec![
            ("en", include_str!("text/en.ftl")),
            ("zh-Hant", include_str!("text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("text/zh-Hans.ftl")),
            ("en", include_str!("team/text/en.ftl")),
            ("zh-Hant", include_str!("team/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("team/text/zh-Hans.ftl")),
        ],
        permissions: vec![&ADMINISTER],
        pack: vec![team::bodies_table()],
        routes: session::pages::routes().merge(account::pages::routes()),
        nav: vec![Nav {
            key: "nav-admin",
            href: "/admin/accounts",
            icon: "settings",
            permission: &ADMINISTER,
            place: 90,
        }],
        ..Default::default()
    }
}

#[cfg(test)]
mod tests;
