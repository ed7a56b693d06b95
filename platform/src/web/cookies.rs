//! The cookies Oases sets, and how they are read.

use axum::http::{HeaderMap, header};

use crate::house::Config;

pub const LANGUAGE: &str = "oases_language";
pub const THEME: &str = "oases_theme";
pub const FLASH: &str = "oases_flash";

/// The session's cookie; over TLS the prefix binds it to this very host.
pub fn session_name(config: &Config) -> &'static str {
    if config.secure_cookies { "__Host-oases_session" } else { "oases_session" }
}

pub fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(given, _)| *given == name)
        .map(|(_, value)| value.to_owned())
}

/// A `Set-Cookie` value. `seconds` of life; none lasts until the browser closes, zero removes it.
pub fn set(config: &Config, name: &str, value: &str, seconds: Option<i64>, readable: bool) -> String {
    let mut cookie = format!("{name}={value}; Path=/; SameSite=Lax");
    if let Some(seconds) = seconds {
        cookie.push_str(&format!("; Max-Age={seconds}"));
    }
    if !readable {
        cookie.push_str("; HttpOnly");
    }
    if config.secure_cookies {
        cookie.push_str("; Secure");
    }
    cookie
}
