//! What a reader chooses: language, and light or dark for this browser. Both work before sign-in; a language chosen
//! after it goes with the account to every browser.

use axum::response::{IntoResponse, Redirect, Response};

use crate::cx::Cx;
use crate::error::Result;
use crate::forms::Form;
use crate::pages::set_cookie;
use crate::text::Language;
use crate::web::{Routes, cookies};

const YEAR: i64 = 365 * 24 * 3600;

pub(crate) fn routes() -> Routes {
    Routes::new().public_post("/language", language).public_post("/theme", theme)
}

async fn language(mut cx: Cx, form: Form) -> Result<Response> {
    let language = Language::from_code(form.value("language")).unwrap_or_default();
    if cx.account().is_some() {
        let house = cx.house.clone();
        house.authenticator.choose_language(&mut cx, language).await?;
        cx.commit().await?;
    }
    Ok(back(&cx, &form, cookies::LANGUAGE, language.code()))
}

async fn theme(cx: Cx, form: Form) -> Result<Response> {
    let theme = match form.value("theme") {
        "light" => "light",
        "dark" => "dark",
        _ => "system",
    };
    Ok(back(&cx, &form, cookies::THEME, theme))
}

fn back(cx: &Cx, form: &Form, name: &str, value: &str) -> Response {
    let mut response = Redirect::to(safe_back(form.value("back"))).into_response();
    set_cookie(&mut response, &cookies::set(&cx.house.config, name, value, Some(YEAR), false));
    response
}

/// An address of our own to go back to; anything that could lead elsewhere leads home.
pub fn safe_back(address: &str) -> &str {
    let ours = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && !address.chars().any(char::is_control);
    if ours { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_never_sent_to_another_site() {
        for address in ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x", "", "/a\nb"] {
            assert_eq!(safe_back(address), "/", "{address}");
        }
        assert_eq!(safe_back("/enterprises?sort=name"), "/enterprises?sort=name");
    }
}
