//! The office's paper room: what comes in as files and goes out as files, the audit, the jobs, and
//! search over all rooms; code lists and settings. It has no tables of its own; it draws what the
//! platform does, because the platform knows no look.

pub mod audit;
pub mod codes;
pub mod export;
pub mod import;
pub mod jobs;
pub mod own_field;
pub mod pack;
pub mod search;
pub mod settings;

use platform::permission::Permission;
use platform::room::{Action, Nav, Room};

/// The room.
pub fn room() -> Room {
    Room {
        name: "registry",
        texts: vec![
            ("en", include_str!("text/en.ftl")),
            ("zh-Hant", include_str!("text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("text/zh-Hans.ftl")),
            ("en", include_str!("import/list/text/en.ftl")),
            ("zh-Hant", include_str!("import/list/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("import/list/text/zh-Hans.ftl")),
            ("en", include_str!("own_field/text/en.ftl")),
            ("zh-Hant", include_str!("own_field/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("own_field/text/zh-Hans.ftl")),
            ("en", include_str!("pack/text/en.ftl")),
            ("zh-Hant", include_str!("pack/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("pack/text/zh-Hans.ftl")),
            ("en", include_str!("administration/text/en.ftl")),
            ("zh-Hant", include_str!("administration/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("administration/text/zh-Hans.ftl")),
        ],
        routes: import::pages::routes()
            .merge(export::routes())
            .merge(audit::pages::routes())
            .merge(pack::pages::routes())
            .merge(search::pages::routes())
            .merge(jobs::pages::routes())
            .merge(codes::pages::routes())
            .merge(own_field::pages::routes())
            .merge(settings::pages::routes()),
        api: import::api::routes()
            .merge(audit::api::routes())
            .merge(search::api::routes())
            .merge(jobs::api::routes())
            .merge(codes::api::routes())
            .merge(own_field::api::routes())
            .merge(settings::api::routes()),
        exports: vec![&audit::export::Audit],
        actions: vec![
            action("jobs-heading", "/admin/jobs", &platform::jobs::READ),
            action("codes-heading", "/admin/codes", &platform::codes::EDIT),
            action("own-fields-heading", "/admin/own-fields", &platform::own_field::DEFINE),
            action("settings-heading", "/admin/settings", &platform::settings::EDIT),
        ],
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

const fn action(key: &'static str, href: &'static str, permission: &'static Permission) -> Action {
    Action { key, href, permission }
}

#[cfg(test)]
mod tests;
