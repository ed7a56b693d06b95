//! Signing in and staying so: sessions that can be listed and ended, attempts that are limited.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use platform::audit::Change;
use platform::clock::At;
use platform::house::{Authenticator, House, SignedIn};
use platform::order::{Place, Rows};
use platform::permission::{Actor, KeyLimits};
use platform::text::Language;
use platform::{Cx, Error, Id, Result, Way};

use crate::account::{self, Account};
use crate::{ADMINISTER, key, secret};

pub mod administration;
pub mod pages;
mod store;

pub use store::{Attempt, Open, Session};

use store::Outcome;

/// A session ends after this long without a request,
const IDLE_SECONDS: i64 = 12 * 3600;
/// and after this long in any case.
const WHOLE_SECONDS: i64 = 7 * 24 * 3600;
/// Failed attempts within [`WINDOW_SECONDS`] before waiting begins: for one account, for one address.
const ATTEMPTS_BY_ACCOUNT: i64 = 5;
const ATTEMPTS_BY_ADDRESS: i64 = 50;
const WINDOW_SECONDS: i64 = 15 * 60;

/// How a sign-in went.
pub enum SignIn {
    /// The session's token, for the cookie.
    Done(String),
    /// The password fits; a one-time code is wanted. The token leads to that step only.
    Code(String),
}

/// Where a sign-in comes from.
#[derive(Clone, Debug, Default)]
pub struct From {
    pub address: String,
    pub agent: String,
}

/// Signs in by password. Wrong address and wrong password get the same answer in the same time.
pub async fn sign_in(house: &Arc<House>, email: &str, password: &str, from: &From) -> Result<SignIn> {
    let email = email.trim().to_lowercase();
    let mut cx = house.cx_operator("sign-in", Way::Page);
    cx.actor = None;
    let attempt = begin_attempt(&mut cx, &email, from).await?;
    let account = account::account_by_email(&mut cx, &email).await?.filter(|account| account.ended_at.is_none());
    // The hash takes long: no transaction is held open over it.
    cx.commit().await?;
    let stored = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let fits = secret::verify(password, stored).await?;
    let Some(account) = account.filter(|_| fits) else { return Err(Error::invalid("password", "sign-in-wrong")) };
    // Whoever has the password alone has not signed in: failures before go on counting.
    let awaits_code = account.code_secret.is_some();
    let outcome = if awaits_code { Outcome::AwaitsCode } else { Outcome::SignedIn };
    store::came_to(&mut cx, attempt, outcome).await?;
    let token = begin(&mut cx, &account, awaits_code, from).await?;
    cx.commit().await?;
    Ok(if awaits_code { SignIn::Code(token) } else { SignIn::Done(token) })
}

/// The second step: a one-time code, each good once. Wrong ones count as failed attempts.
pub async fn give_code(house: &Arc<House>, token: &str, code: &str, from: &From) -> Result<String> {
    let mut cx = house.cx_operator("sign-in", Way::Page);
    cx.actor = None;
    let session = store::by_token(&mut cx, &secret::digest(token)).await?.filter(|session| session.awaits_code);
    let session = session.filter(|session| session.ended_at.is_none() && fresh(session, cx.now(), 600));
    let Some(session) = session else { return Err(Error::conflict("sign-in-code-late")) };
    let account = account::account_by_id(&mut cx, session.account_id).await?;
    let attempt = begin_attempt(&mut cx, &account.email, from).await?;
    let seconds = u64::try_from(cx.now().0 / 1_000_000).unwrap_or_default();
    let step =
        account.code_secret.as_deref().and_then(|held| secret::code_step(held, code, seconds, account.code_last_step));
    let used = match step {
        Some(step) => account::use_step(&mut cx, account.id, step).await?,
        None => false,
    };
    if !used {
        cx.commit().await?;
        return Err(Error::invalid("code", "problem-code"));
    }
    store::came_to(&mut cx, attempt, Outcome::SignedIn).await?;
    store::end(&mut cx, session.id).await?;
    let token = begin(&mut cx, &account, false, from).await?;
    cx.commit().await?;
    Ok(token)
}

/// Too many failures, of the account or from the address, and nothing more is tried for a while.
///
/// An attempt counts as failed until it is known to be right: many sent at once are no more than many in turn.
async fn begin_attempt(cx: &mut Cx, email: &str, from: &From) -> Result<Id> {
    let since = cx.now().plus_seconds(-WINDOW_SECONDS);
    let (by_account, by_address) = store::failures(cx, email, &from.address, since).await?;
    if by_account < ATTEMPTS_BY_ACCOUNT && by_address < ATTEMPTS_BY_ADDRESS {
        return store::attempt(cx, email, &from.address).await;
    }
    cx.undo().await?;
    Err(Error::conflict_with("sign-in-too-often", &[("minutes", (WINDOW_SECONDS / 60).to_string())]))
}

/// Whether the password proves the holder of an account that is signed in. Wrong ones count as failed
/// attempts, and too many of them are refused like those at the door.
pub(crate) async fn is_holder(cx: &Cx, account: &Account, password: &str, from: &From) -> Result<bool> {
    let mut apart = cx.house.cx_operator("sign-in", Way::Page);
    apart.actor = None;
    let attempt = begin_attempt(&mut apart, &account.email, from).await?;
    apart.commit().await?;
    let fits = secret::verify(password, account.password_hash.as_deref()).await?;
    if fits {
        // Nobody has signed in: what failed before goes on counting, and this was no attempt at the door.
        store::was_none(&mut apart, attempt).await?;
        apart.commit().await?;
    }
    Ok(fits)
}

fn fresh(session: &Session, now: At, seconds: i64) -> bool {
    session.created_at.plus_seconds(seconds) > now
}

/// From here on the account itself acts: its holder is proved, though no session says so yet.
pub(crate) async fn act_as(cx: &mut Cx, account: Id) -> Result<()> {
    cx.actor = actor(cx, account).await?.map(|(actor, _)| actor);
    Ok(())
}

/// Begins a session for an account whose holder is proved; answers its token.
pub(crate) async fn begin(cx: &mut Cx, account: &Account, awaits_code: bool, from: &From) -> Result<String> {
    let token = secret::token()?;
    let id = cx.new_id();
    store::insert(cx, id, account.id, &secret::digest(&token), awaits_code, from).await?;
    if !awaits_code {
        act_as(cx, account.id).await?;
        let mut change = Change::new("account.signed_in", "account", account.id).label(&account.name);
        change.note = Some(from.address.clone()).filter(|address| !address.is_empty());
        cx.record(change);
    }
    Ok(token)
}

/// One's sessions that are still good, latest first.
pub async fn own(cx: &mut Cx) -> Result<Vec<Session>> {
    let account = cx.require_person()?;
    let (idle, whole) = (cx.now().plus_seconds(-IDLE_SECONDS), cx.now().plus_seconds(-WHOLE_SECONDS));
    store::list(cx, account, idle, whole).await
}

/// Ends one of one's own sessions.
pub async fn end(cx: &mut Cx, id: Id) -> Result<()> {
    let account = cx.require_person()?;
    if store::get(cx, id).await?.account_id != account {
        return Err(Error::NotFound);
    }
    store::end(cx, id).await?;
    cx.record(Change::new("session.ended", "account", account));
    forget();
    Ok(())
}

/// The sessions of an account that are still good, for administrators.
pub async fn of_account(cx: &mut Cx, account: Id) -> Result<Vec<Session>> {
    cx.require(&ADMINISTER)?;
    let (idle, whole) = (cx.now().plus_seconds(-IDLE_SECONDS), cx.now().plus_seconds(-WHOLE_SECONDS));
    store::list(cx, account, idle, whole).await
}

/// All sessions that are still good, latest first.
pub async fn all(cx: &mut Cx, place: &Place, limit: i64) -> Result<Rows<Open>> {
    cx.require(&ADMINISTER)?;
    let (idle, whole) = (cx.now().plus_seconds(-IDLE_SECONDS), cx.now().plus_seconds(-WHOLE_SECONDS));
    store::all(cx, idle, whole, place, limit).await
}

/// Ends anybody's session; who did it stays in the audit.
pub async fn end_of(cx: &mut Cx, id: Id) -> Result<()> {
    cx.require(&ADMINISTER)?;
    let session = store::get(cx, id).await?;
    let account = account::account_by_id(cx, session.account_id).await?;
    store::end(cx, id).await?;
    cx.record(Change::new("session.ended_by_administrator", "account", account.id).label(account.name));
    forget();
    Ok(())
}

/// What sign-in attempts are looked for by.
#[derive(Clone, Debug, Default)]
pub struct Attempts {
    /// An e-mail address or a network address, as typed.
    pub text: Option<String>,
    pub failed: bool,
}

/// Sign-in attempts, latest first: where somebody guesses, it shows here.
pub async fn attempts(cx: &mut Cx, wanted: &Attempts, place: &Place, limit: i64) -> Result<Rows<Attempt>> {
    cx.require(&ADMINISTER)?;
    store::attempts(cx, wanted, place, limit).await
}

/// The accounts and addresses that must wait now, with how many failures each has.
pub async fn stopped(cx: &mut Cx) -> Result<Vec<(String, i64)>> {
    cx.require(&ADMINISTER)?;
    let since = cx.now().plus_seconds(-WINDOW_SECONDS);
    store::stopped(cx, since, ATTEMPTS_BY_ACCOUNT, ATTEMPTS_BY_ADDRESS).await
}

/// Ends all sessions of an account, but one if given.
pub(crate) async fn end_all(cx: &mut Cx, account: Id, but: Option<Id>) -> Result<()> {
    store::end_all(cx, account, but).await?;
    forget();
    Ok(())
}

type Known = HashMap<Token, (Instant, SignedIn)>;

/// What a token is given as: a session's opens nothing where a key is asked for, nor the other way round.
type Token = (&'static str, String);

/// Who was behind a token a moment ago. A session ended elsewhere, or a role taken away by
/// another process, takes effect within [`REMEMBERED`]; in this process at once.
static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);
const REMEMBERED: Duration = Duration::from_secs(2);
const MOST_KNOWN: usize = 5_000;

/// Forgets whom this process remembers, so that a change takes effect at once.
pub fn forget() {
    KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clear();
}

fn remembered(token: &Token) -> Option<SignedIn> {
    let known = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    known.get(token).filter(|(at, _)| at.elapsed() < REMEMBERED).map(|(_, someone)| someone.clone())
}

fn remember(token: Token, someone: &SignedIn) {
    let mut known = KNOWN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if known.len() >= MOST_KNOWN {
        known.clear();
    }
    known.insert(token, (Instant::now(), someone.clone()));
}

/// Says who is behind a request.
#[derive(Debug, Default)]
pub struct Gatekeeper;

impl Authenticator for Gatekeeper {
    fn by_session<'a>(&'a self, house: &'a Arc<House>, token: &'a str) -> BoxFuture<'a, Result<Option<SignedIn>>> {
        Box::pin(async move {
            let token: Token = ("session", secret::digest(token));
            if let Some(someone) = remembered(&token) {
                return Ok(Some(someone));
            }
            let mut cx = Cx::reading(house.clone(), None, Way::Page, Language::English);
            let now = cx.now();
            let found = store::by_token(&mut cx, &token.1).await?.filter(|session| {
                !session.awaits_code
                    && session.ended_at.is_none()
                    && fresh(session, now, WHOLE_SECONDS)
                    && session.seen_at.plus_seconds(IDLE_SECONDS) > now
            });
            let Some(session) = found else { return Ok(None) };
            let Some(mut actor) = actor(&mut cx, session.account_id).await? else { return Ok(None) };
            let language = actor.1.take().and_then(|code| Language::from_code(&code));
            let mut actor = actor.0;
            actor.session = Some(session.id);
            cx.commit().await?;
            // Once in five minutes is enough to tell an idle session.
            if session.seen_at.plus_seconds(300) < now {
                heeded(note_seen(house, session.id).await, "a session");
            }
            let someone = SignedIn { actor, language };
            remember(token, &someone);
            Ok(Some(someone))
        })
    }

    fn by_key<'a>(&'a self, house: &'a Arc<House>, given: &'a str) -> BoxFuture<'a, Result<Option<SignedIn>>> {
        Box::pin(async move {
            let token: Token = ("key", secret::digest(given));
            if let Some(someone) = remembered(&token) {
                return Ok(Some(someone));
            }
            let mut cx = Cx::reading(house.clone(), None, Way::Api, Language::English);
            let Some(held) = key::by_digest(&mut cx, &token.1).await? else { return Ok(None) };
            let found = actor(&mut cx, held.account_id).await?;
            cx.commit().await?;
            heeded(key::note_use(house, &held).await, "a key");
            let Some((mut actor, language)) = found else { return Ok(None) };
            actor.key = Some(KeyLimits { id: Some(held.id), scopes: held.scopes() });
            let language = language.and_then(|code| Language::from_code(&code));
            let someone = SignedIn { actor, language };
            remember(token, &someone);
            Ok(Some(someone))
        })
    }

    fn by_account<'a>(&'a self, cx: &'a mut Cx, account: Id) -> BoxFuture<'a, Result<Option<Actor>>> {
        Box::pin(async move { Ok(actor(cx, account).await?.map(|(actor, _)| actor)) })
    }

    fn choose_language<'a>(&'a self, cx: &'a mut Cx, language: Language) -> BoxFuture<'a, Result<()>> {
        Box::pin(account::choose_language(cx, language))
    }
}

async fn note_seen(house: &Arc<House>, session: Id) -> Result<()> {
    let mut cx = Cx::new(house.clone(), None, Way::Page, Language::English);
    store::seen(&mut cx, session).await?;
    cx.commit().await
}

/// Whoever may come in does so though it can't be noted, as where the disk is full: reading needs no room.
fn heeded(noted: Result<()>, what: &str) {
    if let Err(error) = noted {
        tracing::warn!(%error, "the use of {what} can't be noted");
    }
}

async fn actor(cx: &mut Cx, id: Id) -> Result<Option<(Actor, Option<String>)>> {
    let account = account::account_by_id(cx, id).await?;
    if account.ended_at.is_some() {
        return Ok(None);
    }
    let teams = account::teams_of(cx, id).await?;
    let actor = Actor {
        account: Some(account.id),
        roles: account.roles(),
        name: account.name,
        teams,
        body: account.body_id,
        key: None,
        session: None,
    };
    Ok(Some((actor, account.language)))
}
