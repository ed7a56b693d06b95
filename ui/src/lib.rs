//! The look: layouts, components, stylesheets, icons and small scripts.
//!
//! Everything a browser needs is inside the binary; nothing is fetched from elsewhere. Pages are
//! askama templates in the rooms that extend `office.html` or `bare.html`; what recurs in them is
//! here as functions that give [`platform::pages::Html`].

pub mod administration;
mod assets;
pub mod charts;
pub mod fields;
pub mod history;
mod icons;
pub mod lists;
pub mod own_fields;

pub use assets::{asset, router};
pub use fields::{Choice, Fields};
pub use icons::icon;

/// Words shared by all pages: (language code, Fluent text).
pub fn texts() -> &'static [(&'static str, &'static str)] {
    &[
        ("en", include_str!("../text/en.ftl")),
        ("zh-Hant", include_str!("../text/zh-Hant.ftl")),
        ("zh-Hans", include_str!("../text/zh-Hans.ftl")),
        ("en", include_str!("history/text/en.ftl")),
        ("zh-Hant", include_str!("history/text/zh-Hant.ftl")),
        ("zh-Hans", include_str!("history/text/zh-Hans.ftl")),
    ]
}

#[cfg(test)]
mod contrast;
