//! API keys: an account's, limited by scopes and an end date, shown once.

use std::sync::Arc;

use platform::audit::{Change, Told};
use platform::clock::At;
use platform::house::House;
use platform::order::{Place, Rows};
use platform::text::Language;
use platform::{Cx, Error, Id, Problems, Result, Way};
use sqlx::FromRow;
use time::Date;

use crate::{ADMINISTER, secret};

mod store;

pub use store::Held;

/// A key, without what opens.
#[derive(Clone, Debug, FromRow)]
pub struct Key {
    pub id: Id,
    pub account_id: Id,
    pub label: String,
    /// Its first characters, to recognise it by.
    pub start: String,
    pub scopes: String,
    pub expires_on: Date,
    pub used_at: Option<At>,
    pub created_at: At,
    pub ended_at: Option<At>,
}

impl Key {
    pub fn scopes(&self) -> Vec<String> {
        self.scopes.split_whitespace().map(str::to_owned).collect()
    }
}

/// What is given to make a key.
#[derive(Clone, Debug, Default)]
pub struct NewKey {
    pub label: String,
    /// `room:read` or `room:write`, `*` for every room.
    pub scopes: Vec<String>,
    pub expires_on: String,
}

/// Makes a key for oneself; answers it in full, this once.
pub async fn make(cx: &mut Cx, new: NewKey) -> Result<String> {
    let account = cx.account().ok_or(Error::NotSignedIn)?;
    if cx.actor.as_ref().is_some_and(|actor| actor.key.is_some()) {
        return Err(Error::Forbidden("identity.key.make"));
    }
    let mut problems = Problems::default();
    let label = problems.line("label", &new.label, 100);
    problems.require(!label.is_empty(), "label", "problem-name-missing");
    let fits = |scope: &String| {
        scope.split_once(':').is_some_and(|(room, kind)| {
            matches!(kind, "read" | "write")
                && !room.is_empty()
                && room.chars().all(|c| c.is_ascii_lowercase() || c == '*')
        })
    };
    problems.require(!new.scopes.is_empty() && new.scopes.iter().all(fits), "scopes", "problem-scopes");
    let today = cx.today();
    let expires = problems.required_day("expires_on", Some(&new.expires_on));
    if let Some(day) = expires {
        problems.require(day > today && (day - today).whole_days() <= 366, "expires_on", "problem-key-expiry");
    }
    problems.into_result()?;
    let Some(expires) = expires else { return Err(Error::invalid("expires_on", "problem-day-missing")) };
    let key = format!("oases_{}", secret::token()?);
    let id = cx.new_id();
    let start: String = key.chars().take(12).collect();
    store::insert(cx, id, account, &label, &start, &secret::digest(&key), &new.scopes.join(" "), expires).await?;
    cx.record(
        Change::new("key.made", "account", account)
            .set("label", Told::Text(label))
            .set("scopes", Told::Text(new.scopes.join(" ")))
            .set("expires_on", Told::Day(expires)),
    );
    Ok(key)
}

/// One's own keys, latest first.
pub async fn own(cx: &mut Cx) -> Result<Vec<Key>> {
    let account = cx.account().ok_or(Error::NotSignedIn)?;
    store::list(cx, account).await
}

/// Ends one of one's own keys.
pub async fn end(cx: &mut Cx, id: Id) -> Result<()> {
    let account = cx.account().ok_or(Error::NotSignedIn)?;
    let key = store::list(cx, account).await?.into_iter().find(|key| key.id == id).ok_or(Error::NotFound)?;
    store::end(cx, id).await?;
    cx.record(Change::new("key.ended", "account", account).set("label", Told::Text(key.label)));
    crate::session::forget();
    Ok(())
}

/// The keys of an account that are still good, for administrators.
pub async fn of_account(cx: &mut Cx, account: Id) -> Result<Vec<Key>> {
    cx.require(&ADMINISTER)?;
    store::list(cx, account).await
}

/// All keys that have not been ended, latest first, with whose they are.
pub async fn all(cx: &mut Cx, place: &Place, limit: i64) -> Result<Rows<Held>> {
    cx.require(&ADMINISTER)?;
    store::all(cx, place, limit).await
}

/// Ends anybody's key; who did it stays in the audit.
pub async fn end_of(cx: &mut Cx, id: Id) -> Result<()> {
    cx.require(&ADMINISTER)?;
    let key = store::get(cx, id).await?;
    store::end(cx, id).await?;
    cx.record(Change::new("key.ended", "account", key.account_id).set("label", Told::Text(key.label)));
    crate::session::forget();
    Ok(())
}

/// The key behind a digest, if it is still good.
pub(crate) async fn by_digest(cx: &mut Cx, digest: &str) -> Result<Option<Key>> {
    let today = cx.today();
    let key = store::by_digest(cx, digest).await?;
    Ok(key.filter(|key| key.ended_at.is_none() && key.expires_on >= today))
}

/// Notes that a key was used; once in five minutes is enough to tell a forgotten one.
pub(crate) async fn note_use(house: &Arc<House>, key: &Key) -> Result<()> {
    let mut cx = Cx::new(house.clone(), None, Way::Api, Language::English);
    let long_ago = cx.now().plus_seconds(-300);
    if key.used_at.is_none_or(|used| used < long_ago) {
        store::used(&mut cx, key.id).await?;
        cx.commit().await?;
    }
    Ok(())
}
