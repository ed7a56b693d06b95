//! The ground every room stands on. It knows no room.
//!
//! Start with [`cx`] (one request, one transaction), [`permission`] (a check that can't be
//! skipped), [`audit`] (written with the rows it tells of) and [`room`] (what a room hands in).

// The derive macros of the template and test crates name this crate from inside it too.
extern crate self as platform;

pub mod api;
pub mod audit;
pub mod clock;
pub mod codes;
pub mod cx;
pub mod db;
pub mod error;
pub mod export;
pub mod files;
pub mod format;
pub mod forms;
pub mod frozen;
pub mod holidays;
pub mod house;
pub mod id;
pub mod import;
pub mod jobs;
pub mod keep;
pub mod languages;
pub mod node;
pub mod order;
pub mod own_field;
pub mod pack;
pub mod pages;
pub mod permission;
mod recent;
pub mod room;
pub mod search;
pub mod sequences;
pub mod settings;
pub mod sql;
pub mod text;
pub mod units;
pub mod version;
pub mod web;

#[cfg(feature = "testing")]
pub mod testing;

#[cfg(all(test, feature = "testing"))]
mod stories;

pub use cx::{Cx, Way};
pub use error::{Error, Problem, Problems, Result, Taken};
pub use id::Id;
pub use platform_macros::both_databases;
pub use sheets;

use db::Migration;

/// Fills with randomness from the system.
pub fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::unexpected(error.to_string()))
}

/// The platform's own tables, words and permissions, joined in like a room's.
pub(crate) fn own_room() -> room::Room {
    room::Room {
        name: "platform",
        migrations: vec![
            Migration::both(2026_11_24_00, "ground", include_str!("../migrations/20261124_00_ground.sql")),
            Migration::pair(
                2026_11_24_01,
                "audit stays as written",
                include_str!("../migrations/20261124_01_append_only.sqlite.sql"),
                include_str!("../migrations/20261124_01_append_only.postgres.sql"),
            ),
            Migration::both(2026_11_24_02, "imports", include_str!("../migrations/20261124_02_imports.sql")),
            Migration::both(2026_11_24_03, "frozen", include_str!("../migrations/20261124_03_frozen.sql")),
            Migration::both(2026_11_24_04, "holidays", include_str!("../migrations/20261124_04_holidays.sql")),
            Migration::both(2026_11_24_05, "registry", include_str!("../migrations/20261124_05_registry.sql")),
            Migration::both(2026_11_24_06, "reached", include_str!("../migrations/20261124_06_reached.sql")),
            Migration::both(2026_11_24_07, "import list", include_str!("../migrations/20261124_07_import_list.sql")),
            Migration::both(2026_11_24_91, "audit labels", include_str!("../migrations/20261124_91_audit_labels.sql")),
            Migration::both(
                2026_11_28_00,
                "import reversals",
                include_str!("../migrations/20261128_00_import_reversals.sql"),
            ),
            Migration::both(
                2026_11_29_00,
                "jurisdictions",
                include_str!("../migrations/20261129_00_jurisdictions.sql"),
            ),
            Migration::both(2026_11_29_01, "audit notes", include_str!("../migrations/20261129_01_audit_notes.sql")),
            Migration::both(2026_11_29_10, "idempotency", include_str!("../migrations/20261129_10_idempotency.sql")),
            Migration::both(2026_11_30_10, "own fields", include_str!("../migrations/20261130_10_own_fields.sql")),
            Migration::both(
                2026_11_30_30,
                "import undone",
                include_str!("../migrations/20261130_30_import_undone.sql"),
            ),
        ],
        jobs: import::run::job_kinds(),
        texts: vec![
            ("en", include_str!("text/en.ftl")),
            ("zh-Hant", include_str!("text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("text/zh-Hans.ftl")),
            ("en", include_str!("own_field/text/en.ftl")),
            ("zh-Hant", include_str!("own_field/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("own_field/text/zh-Hans.ftl")),
            ("en", include_str!("version/text/en.ftl")),
            ("zh-Hant", include_str!("version/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("version/text/zh-Hans.ftl")),
            ("en", include_str!("pack/text/en.ftl")),
            ("zh-Hant", include_str!("pack/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("pack/text/zh-Hans.ftl")),
            ("en", include_str!("files/text/en.ftl")),
            ("zh-Hant", include_str!("files/text/zh-Hant.ftl")),
            ("zh-Hans", include_str!("files/text/zh-Hans.ftl")),
        ],
        routes: web::preferences(),
        pack: vec![codes::pack_table(), holidays::pack_table()],
        permissions: vec![
            &audit::read::SEARCH,
            &audit::read::LOOKS,
            &codes::EDIT,
            &settings::EDIT,
            &pack::READ,
            &jobs::READ,
            &jobs::MANAGE,
            &own_field::READ,
            &own_field::DEFINE,
        ],
        ..Default::default()
    }
}
