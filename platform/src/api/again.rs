//! A create that is sent again under its idempotency key is answered as the first was, and done once.
//!
//! The key belongs to who sent it: to one API key, or to the person of a session. Whatever the create needed permission
//! for is asked for again before its answer is given again, and secrets are not kept.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use crate::cx::{Cx, Way};
use crate::error::{Error, Result, Taken};
use crate::house::{House, SignedIn};
use crate::permission::Actor;
use crate::text::Language;
use crate::{on, run};

/// The largest body a program may send; files go through import.
const MOST_BYTES: usize = 1 << 20;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A create that may be sent again: its key and what was sent under it.
#[derive(Clone, Debug)]
pub struct Idempotency {
    key: String,
    request: String,
}

/// Whose an idempotency key is: the account, and its API key; 0 where the account itself is signed in.
fn whose(actor: Option<&Actor>) -> (i64, i64) {
    let account = actor.and_then(|actor| actor.account).map_or(0, |id| id.0);
    let key = actor.and_then(|actor| actor.key.as_ref()).and_then(|key| key.id).map_or(0, |id| id.0);
    (account, key)
}

/// Answers a repeated create with what the first was answered.
pub(crate) async fn replay(State(house): State<Arc<House>>, request: Request, next: Next) -> Response {
    let Some(key) = request.headers().get(&IDEMPOTENCY_KEY).cloned() else { return next.run(request).await };
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    match replay_known(&house, request, key).await {
        Ok(Ok(response)) => response,
        Ok(Err(request)) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

async fn replay_known(
    house: &Arc<House>,
    request: Request,
    key: HeaderValue,
) -> Result<std::result::Result<Response, Request>> {
    let key = key.to_str().ok().filter(|key| (8..=200).contains(&key.len())).map(str::to_owned);
    let key = key.ok_or_else(|| Error::invalid("Idempotency-Key", "problem-idempotency-key"))?;
    let (mut parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, MOST_BYTES).await.map_err(|_| Error::conflict("form-too-large"))?;
    let mut digest = Sha256::new();
    digest.update(parts.uri.path().as_bytes());
    digest.update([0]);
    digest.update(&bytes);
    let sent = data_encoding::HEXLOWER.encode(&digest.finalize());
    let actor = parts.extensions.get::<Option<SignedIn>>().cloned().flatten().map(|someone| someone.actor);
    let (account, api_key) = whose(actor.as_ref());
    let mut cx = Cx::reading(house.clone(), actor, Way::Api, Language::English);
    let sql = "SELECT request, permissions, status, location, etag, body FROM idempotency_keys
               WHERE account_id = $1 AND api_key_id = $2 AND key = $3";
    let known: Option<(String, String, i64, String, String, String)> =
        on!(cx, db => sqlx::query_as(sql).bind(account).bind(api_key).bind(&key).fetch_optional(db).await)?;
    cx.commit().await?;
    let Some((request, permissions, status, location, etag, body)) = known else {
        parts.extensions.insert(Idempotency { key, request: sent });
        return Ok(Err(Request::from_parts(parts, Body::from(bytes))));
    };
    for permission in house.permissions.iter().filter(|one| permissions.split(' ').any(|name| name == one.name)) {
        cx.require(permission)?;
    }
    if request != sent {
        return Err(Error::conflict("idempotency-key-reused"));
    }
    Ok(Ok(super::answer(status, &location, &etag, body)?))
}

/// Keeps what a create is answered with, if the program gave a key, with what it needed permission for.
pub(super) async fn keep(cx: &mut Cx, location: &str, etag: &str, body: &str) -> Result<()> {
    let Some(Idempotency { key, request }) = cx.idempotency.take() else { return Ok(()) };
    let (account, api_key) = whose(cx.actor.as_ref());
    let (permissions, at) = (cx.permissions_used(), cx.now());
    let sql = "INSERT INTO idempotency_keys (account_id, api_key_id, key, request, permissions, status, location, etag, body, at)
               VALUES ($1, $2, $3, $4, $5, 201, $6, $7, $8, $9)";
    run!(cx, db => sqlx::query(sql).bind(account).bind(api_key).bind(&key).bind(&request).bind(&permissions)
        .bind(location).bind(etag).bind(body).bind(at).execute(db).await)
    .taken("idempotency-in-progress")?;
    Ok(())
}
