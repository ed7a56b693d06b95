//! A create that is sent again under its idempotency key is answered as the first was, and done once.
//!
//! The key belongs to who sent it: to one API key, or to the person of a session. Whatever the create needed permission
//! for is asked for again before its answer is given again, and secrets are not kept.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use sqlx::FromRow;

use crate::cx::{Cx, Way};
use crate::db::Tx;
use crate::error::{Error, Result, Taken};
use crate::house::{House, SignedIn};
use crate::permission::Actor;
use crate::run;
use crate::text::Language;

/// The largest body a program may send; files go through import.
const MOST_BYTES: usize = 1 << 20;
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Why a create is refused while another under its key is being worked on.
pub(crate) const IN_PROGRESS: &str = "idempotency-in-progress";

/// A create that may be sent again: whose it is, its key and what was sent under it.
#[derive(Clone, Debug)]
pub struct Idempotency {
    account: i64,
    api_key: i64,
    key: String,
    request: String,
    /// What the same create was answered that was done while this one waited for its turn.
    meanwhile: Arc<Mutex<Option<Kept>>>,
}

impl Idempotency {
    /// Ends what this request was about to do, if the same was done before its turn to write came: its answer is there,
    /// and any check would tell it of itself.
    pub(crate) async fn refuse_done(&self, tx: &mut Tx) -> Result<()> {
        let Some(kept) = self.kept(tx).await? else { return Ok(()) };
        *self.meanwhile.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = Some(kept);
        Err(Error::conflict(IN_PROGRESS))
    }

    async fn kept(&self, tx: &mut Tx) -> Result<Option<Kept>> {
        let sql = "SELECT request, permissions, status, location, etag, body FROM idempotency_keys
                   WHERE account_id = $1 AND api_key_id = $2 AND key = $3";
        Ok(match tx {
            Tx::Sqlite(transaction) => {
                let asked = sqlx::query_as(sql).bind(self.account).bind(self.api_key).bind(&self.key);
                asked.fetch_optional(&mut **transaction).await?
            }
            Tx::Pg(transaction) => {
                let asked = sqlx::query_as(sql).bind(self.account).bind(self.api_key).bind(&self.key);
                asked.fetch_optional(&mut **transaction).await?
            }
        })
    }
}

/// What was sent under a key, what it needed, and what it was answered.
#[derive(Clone, Debug, FromRow)]
struct Kept {
    request: String,
    permissions: String,
    status: i64,
    location: String,
    etag: String,
    body: String,
}

/// Whose an idempotency key is: the account, and its API key; 0 where the account itself is signed in.
fn whose(actor: Option<&Actor>) -> (i64, i64) {
    let account = actor.and_then(|actor| actor.account).map_or(0, |id| id.0);
    let key = actor.and_then(|actor| actor.key.as_ref()).and_then(|key| key.id).map_or(0, |id| id.0);
    (account, key)
}

/// Answers a repeated create with what the first was answered, also where the first was still being worked on.
pub(crate) async fn replay(State(house): State<Arc<House>>, request: Request, next: Next) -> Response {
    let Some(key) = request.headers().get(&IDEMPOTENCY_KEY).cloned() else { return next.run(request).await };
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    replayed(&house, request, &key, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn replayed(house: &Arc<House>, request: Request, key: &HeaderValue, next: Next) -> Result<Response> {
    let key = key.to_str().ok().filter(|key| (8..=200).contains(&key.len())).map(str::to_owned);
    let key = key.ok_or_else(|| Error::invalid("Idempotency-Key", "problem-idempotency-key"))?;
    let (mut parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, MOST_BYTES).await.map_err(|_| Error::conflict("form-too-large"))?;
    let mut digest = Sha256::new();
    digest.update(parts.uri.path().as_bytes());
    digest.update([0]);
    digest.update(&bytes);
    let request = data_encoding::HEXLOWER.encode(&digest.finalize());
    let actor = parts.extensions.get::<Option<SignedIn>>().cloned().flatten().map(|someone| someone.actor);
    let (account, api_key) = whose(actor.as_ref());
    let sent = Idempotency { account, api_key, key, request, meanwhile: Arc::default() };
    let mut cx = Cx::reading(house.clone(), actor, Way::Api, Language::English);
    let known = sent.kept(cx.tx().await?).await?;
    cx.commit().await?;
    if let Some(known) = known {
        return again(&cx, &sent, known);
    }
    parts.extensions.insert(sent.clone());
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    let meanwhile = sent.meanwhile.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
    match meanwhile {
        Some(known) => again(&cx, &sent, known),
        None => Ok(response),
    }
}

fn again(cx: &Cx, sent: &Idempotency, known: Kept) -> Result<Response> {
    let needed = |name: &str| known.permissions.split(' ').any(|one| one == name);
    for permission in cx.house.permissions.iter().filter(|one| needed(one.name)) {
        cx.require(permission)?;
    }
    if known.request != sent.request {
        return Err(Error::conflict("idempotency-key-reused"));
    }
    super::answer(known.status, &known.location, &known.etag, known.body)
}

/// Keeps what a create is answered with, if the program gave a key, with what it needed permission for.
pub(super) async fn keep(cx: &mut Cx, location: &str, etag: &str, body: &str) -> Result<()> {
    let Some(Idempotency { account, api_key, key, request, .. }) = cx.idempotency.take() else { return Ok(()) };
    let (permissions, at) = (cx.permissions_used(), cx.now());
    let sql = "INSERT INTO idempotency_keys (account_id, api_key_id, key, request, permissions, status, location, etag, body, at)
               VALUES ($1, $2, $3, $4, $5, 201, $6, $7, $8, $9)";
    run!(cx, db => sqlx::query(sql).bind(account).bind(api_key).bind(&key).bind(&request).bind(&permissions)
        .bind(location).bind(etag).bind(body).bind(at).execute(db).await)
    .taken(IN_PROGRESS)?;
    Ok(())
}
