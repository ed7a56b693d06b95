//! What every door for programs shares: JSON with problems by field, paging by key, ETags,
//! conditional writes and idempotency keys.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::cx::Cx;
use crate::error::{Error, Result};

mod again;
pub mod asked;
mod describe;
mod json;

pub(crate) use again::{IN_PROGRESS, Idempotency, replay};
pub use describe::described;
pub use json::Json;

/// A page of a list, and the mark from which the next goes on.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Sent as `after` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Where a page ended: the values of its order's columns. Opaque to clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark(pub Vec<String>);

impl Mark {
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&self.0).unwrap_or_default())
    }

    /// A mark that is not ours is a problem of `after`.
    pub fn decode(text: &str, parts: usize) -> Result<Self> {
        let wrong = || Error::invalid("after", "problem-mark");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
        let values: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        if values.len() == parts { Ok(Self(values)) } else { Err(wrong()) }
    }

    pub fn number(&self, place: usize) -> Result<i64> {
        self.0.get(place).and_then(|text| text.parse().ok()).ok_or_else(|| Error::invalid("after", "problem-mark"))
    }

    pub fn text(&self, place: usize) -> &str {
        self.0.get(place).map_or("", String::as_str)
    }
}

/// The version a program means to change, from `If-Match: "7"`; a proxy that packs an answer makes `W/"7"` of it, which
/// means the same. Where nothing asks for it, a change that names one is
/// refused when it would be kept: a condition is met or told to be none, never passed over.
#[derive(Clone, Copy, Debug)]
pub struct IfMatch(pub Option<i64>);

/// Whether a version was named, and whether anything asked for it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Condition {
    named: bool,
    heeded: Arc<AtomicBool>,
}

impl Condition {
    /// What a request names; the same to whoever reads it, in whichever order.
    pub(crate) fn of(parts: &mut Parts) -> Self {
        if parts.extensions.get::<Self>().is_none() {
            let changes = !matches!(parts.method, Method::GET | Method::HEAD);
            let named = changes && parts.headers.contains_key(header::IF_MATCH);
            parts.extensions.insert(Self { named, ..Self::default() });
        }
        parts.extensions.get::<Self>().cloned().unwrap_or_default()
    }

    pub(crate) fn refuse_unheeded(&self) -> Result<()> {
        match self.named && !self.heeded.load(Ordering::Relaxed) {
            true => Err(Error::invalid("If-Match", "problem-etag-not-here")),
            false => Ok(()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Condition::of(parts).heeded.store(true, Ordering::Relaxed);
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        strong(text)
            .trim_matches('"')
            .parse()
            .map(|version| Self(Some(version)))
            .map_err(|_| Error::invalid("If-Match", "problem-etag"))
    }
}

impl IfMatch {
    /// The version; a write that does not say which version it means is refused.
    pub fn required(self) -> Result<i64> {
        self.0.ok_or_else(|| Error::invalid("If-Match", "problem-etag-missing"))
    }

    /// For a step that is taken whole or not at all: refuses any version but the one that stands, if one was named.
    pub fn agrees(self, stands: i64) -> Result<()> {
        self.0.map_or(Ok(()), |seen| crate::version::expect(seen, stands, Vec::new()))
    }
}

/// An entity tag without the mark of weakness.
fn strong(tag: &str) -> &str {
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn answer(status: i64, location: &str, etag: &str, body: String) -> Result<Response> {
    let status =
        u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    for (name, value) in [(header::LOCATION, location), (header::ETAG, etag)] {
        if !value.is_empty() {
            let value = HeaderValue::from_str(value).map_err(|error| Error::Unexpected(Box::new(error)))?;
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

impl Cx {
    /// Keeps what was done and answers with JSON.
    pub async fn json<T: Serialize>(&mut self, body: &T) -> Result<Response> {
        let body = serde_json::to_string(body)?;
        self.commit().await?;
        answer(200, "", "", body)
    }

    /// A record with its version as ETag; "not modified" where the program has it already, weakened by a proxy or not, or
    /// any version will do for it (`*`).
    pub async fn found<T: Serialize>(&mut self, version: i64, body: &T) -> Result<Response> {
        let etag = format!("\"{version}\"");
        let held = self.page.if_none_match.as_deref().unwrap_or_default();
        let held = held.split(',').map(str::trim).any(|one| one == "*" || strong(one) == etag);
        let body = serde_json::to_string(body)?;
        self.commit().await?;
        if held { answer(304, "", &etag, String::new()) } else { answer(200, "", &etag, body) }
    }

    /// A new record: 201, where it is, its version; remembered under the idempotency key if the
    /// program gave one, in the same transaction.
    pub async fn created<T: Serialize>(&mut self, location: String, version: i64, body: &T) -> Result<Response> {
        self.created_showing_once(location, version, body, body).await
    }

    /// As [`Cx::created`], where `body` holds a secret that is shown this once: sent again, the create is answered with
    /// `later`, which is without it.
    pub async fn created_showing_once<T: Serialize>(
        &mut self,
        location: String,
        version: i64,
        body: &T,
        later: &T,
    ) -> Result<Response> {
        let body = serde_json::to_string(body)?;
        let etag = format!("\"{version}\"");
        again::keep(self, &location, &etag, &serde_json::to_string(later)?).await?;
        self.commit().await?;
        answer(201, &location, &etag, body)
    }
}
