//! API keys: an account's, limited by scopes and an end date, shown once.

use std::collections::BTreeMap;
use std::sync::Arc;

use platform::audit::{Change, Coded, Told};
use platform::clock::At;
use platform::house::House;
use platform::order::{Place, Rows};
use platform::pages::View;
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
    /// `room:read` or `room:write` as [`offered`], `*` for every room.
    pub scopes: Vec<String>,
    pub expires_on: String,
}

/// The scopes that a key may have: of every room, and of each room where they open something.
pub fn offered(house: &House) -> Vec<String> {
    let mut rooms: BTreeMap<&str, bool> = BTreeMap::from([("*", true)]);
    for permission in &house.permissions {
        *rooms.entry(permission.room()).or_default() |= !permission.writes;
    }
    let of = |(room, reads): (&str, bool)| {
        reads.then(|| format!("{room}:read")).into_iter().chain([format!("{room}:write")])
    };
    rooms.into_iter().flat_map(of).collect()
}

/// A scope in the reader's words, with its code; one that no room answers to by its code alone.
pub fn scope_words(view: &View, scope: &str) -> String {
    let (room, kind) = scope.split_once(':').unwrap_or((scope, ""));
    let room_key = format!("key-scope-room-{}", if room == "*" { "any" } else { room });
    let key = format!("key-scope-{kind}");
    if !view.has(&room_key) || !view.has(&key) {
        return scope.to_owned();
    }
    view.t2(&key, "room", view.t(&room_key), "code", scope)
}

/// What the audit tells of a scope; the same words.
fn scope_told(scope: &str) -> Coded {
    let (room, kind) = scope.split_once(':').unwrap_or((scope, ""));
    let room = format!("key-scope-room-{}", if room == "*" { "any" } else { room });
    let args = vec![("room".to_owned(), room), ("code".to_owned(), scope.to_owned())];
    Coded { code: scope.to_owned(), key: format!("key-scope-{kind}"), args }
}

/// A key's scopes as the list of keys shows them.
pub fn scopes_words(view: &View, scopes: &str) -> String {
    view.list(scopes.split_whitespace().map(|scope| scope_words(view, scope)))
}

/// Makes a key for oneself; answers it in full, this once.
pub async fn make(cx: &mut Cx, new: NewKey) -> Result<String> {
    let account = cx.require_person()?;
    let mut problems = Problems::default();
    let label = problems.line("label", &new.label, 100);
    problems.require(!label.is_empty(), "label", "problem-name-missing");
    problems.require(!new.scopes.is_empty(), "scopes", "problem-scopes");
    let offered = offered(&cx.house);
    for scope in &new.scopes {
        if !offered.contains(scope) {
            problems.add_with("scopes", "problem-scope-unknown", &[("value", scope.chars().take(60).collect())]);
        }
    }
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
            .set("scopes", Told::Codes(new.scopes.iter().map(|scope| scope_told(scope)).collect()))
            .set("expires_on", Told::Day(expires)),
    );
    Ok(key)
}

/// One's own keys, latest first.
pub async fn own(cx: &mut Cx) -> Result<Vec<Key>> {
    let account = cx.require_person()?;
    store::list(cx, account).await
}

/// Ends one of one's own keys.
pub async fn end(cx: &mut Cx, id: Id) -> Result<()> {
    let account = cx.require_person()?;
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

/// Ends all keys of an account, for good.
pub(crate) async fn end_all(cx: &mut Cx, account: Id) -> Result<()> {
    store::end_all(cx, account).await?;
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
