//! The office's paper room: what comes in as files and goes out as files, the audit, the jobs, and
//! search over all rooms. It has no tables of its own; it draws what the platform does, because
//! the platform knows no look.

pub mod audit;
pub mod export;
pub mod import;
pub mod pack;
pub mod search;

use platform::room::{Nav, Room};

/// The room.
pub fn room() -> Room {
    Room {
        name: "registry",
        texts: vec![
            ("en", include_str!("text/en.ftl")),
            ("zh-Hant", include_str!("text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("text/zh-Hans.ftl")),
            ("en", include_str!("pack/text/en.ftl")),
            ("zh-Hant", include_str!("pack/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("pack/text/zh-Hans.ftl")),
        ],
        routes: import::pages::routes()
            .merge(export::routes())
            .merge(audit::pages::routes())
            .merge(pack::pages::routes())
            .merge(search::pages::routes()),
        nav: vec![
            Nav {
                key: "nav-audit",
                href: "/audit",
                icon: "history",
                permission: &platform::audit::read::SEARCH,
                place: 80,
            },
            Nav { key: "nav-pack", href: "/admin/pack", icon: "jobs", permission: &platform::pack::READ, place: 85 },
        ],
        ..Default::default()
    }
}

#[cfg(test)]
mod tests;
