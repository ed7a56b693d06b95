//! Accounts: a person or a program, with roles and teams. Ended, never deleted.

use std::collections::HashMap;
use std::sync::Arc;

use platform::audit::{Change, Coded, Told};
use platform::permission::{Actor, Role};
use platform::{Cx, Error, Id, Problems, Result, Taken, version};

use crate::{ADMINISTER, READ, secret, team};

pub mod api;
pub mod list;
mod own;
pub mod pages;
mod proof;
mod store;

pub use own::{NewPassword, change_password, choose_language, own, use_codes};
pub(crate) use proof::check;
pub use store::Account;

/// A form that offers people offers so many.
const MOST_OFFERED: usize = 1_000;
/// A one-time link is good for a day.
const LINK_SECONDS: i64 = 24 * 3600;

/// What is given to make an account.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    pub email: String,
    pub name: String,
    pub roles: Vec<Role>,
    pub teams: Vec<Id>,
    /// The body it belongs to; a partner's case officer has one.
    pub body: Option<Id>,
}

impl NewAccount {
    /// The first account of a house, which nobody is there to invite.
    fn first(name: &str, email: &str) -> Self {
        let roles = vec![Role::Administrator, Role::Director];
        Self { email: email.to_owned(), name: name.to_owned(), roles, ..Self::default() }
    }

    fn checked(mut self) -> Result<Self> {
        let problems = self.check();
        problems.into_result()?;
        Ok(self)
    }

    /// Tidies what was given and says all that is wrong with it.
    fn check(&mut self) -> Problems {
        let mut problems = Problems::default();
        self.email = problems.line("email", &self.email, 200).to_lowercase();
        self.name = problems.line("name", &self.name, 200);
        let parts = self.email.split_once('@');
        let fits =
            parts.is_some_and(|(who, place)| !who.is_empty() && place.contains('.') && !self.email.contains(' '));
        problems.require(fits, "email", "problem-email");
        problems.require(!self.name.is_empty(), "name", "problem-name-missing");
        problems.require(!self.roles.is_empty(), "roles", "problem-roles-missing");
        require_body(&mut problems, &self.roles, self.body);
        problems
    }
}

/// A partner's case officer acts for a body; which one must be known.
fn require_body(problems: &mut Problems, roles: &[Role], body: Option<Id>) {
    let partner = roles.contains(&Role::PartnerOfficer);
    problems.require(!partner || body.is_some(), "body", "problem-body-missing");
}

/// A body or a team that is not there, or has ended, takes nobody.
async fn refuse_unknown(cx: &mut Cx, teams: &[Id], held: &[Id], body: Option<Id>, held_body: Option<Id>) -> Result<()> {
    let mut problems = Problems::default();
    let known = team::options(cx).await?;
    let fits = |id: &Id| held.contains(id) || known.iter().any(|(team, _)| team == id);
    problems.require(teams.iter().all(fits), "teams", "problem-team-unknown");
    if let Some(id) = body.filter(|_| body != held_body) {
        let bodies = crate::body::options(cx).await?;
        problems.require(bodies.iter().any(|(body, _)| *body == id), "body", "problem-body-unknown");
    }
    problems.into_result()
}

/// Makes an account and a one-time link by which its holder chooses a password. The link is shown
/// once and is not kept.
pub async fn invite(cx: &mut Cx, new: NewAccount) -> Result<(Account, String)> {
    cx.require(&ADMINISTER)?;
    let new = new.checked()?;
    let account = insert(cx, new, None).await?;
    let link = link(cx, Some(account.id)).await?;
    Ok((account, link))
}

/// Makes an account with a password, as the sample office does for its people.
pub async fn make(cx: &mut Cx, new: NewAccount, password: &str) -> Result<Account> {
    cx.require(&ADMINISTER)?;
    let new = new.checked()?;
    let hash = secret::hash(password).await?;
    insert(cx, new, Some(hash)).await
}

async fn insert(cx: &mut Cx, new: NewAccount, hash: Option<String>) -> Result<Account> {
    refuse_unknown(cx, &new.teams, &[], new.body, None).await?;
    let id = cx.new_id();
    store::insert(cx, id, &new, hash).await.taken("account-already-there")?;
    store::set_teams(cx, id, &new.teams).await?;
    let called = team_names(cx, &new.teams).await?;
    let bodies = crate::body::names(cx, &[new.body]).await?;
    let body =
        new.body.map_or(Told::Nothing, |id| Told::record("body", id, bodies.get(&id).map_or("", String::as_str)));
    cx.record(
        Change::new("account.invited", "account", id)
            .label(&new.name)
            .version(1)
            .set("email", Told::Text(new.email.clone()))
            .set("roles", told_roles(&new.roles))
            .set("teams", called)
            .set("body", body),
    );
    store::get(cx, id).await
}

/// Makes a new link for somebody who lost password or codes, and shuts every other way in: the old
/// password and the codes are gone, sessions, keys and older links end.
pub async fn reset(cx: &mut Cx, id: Id) -> Result<String> {
    cx.require(&ADMINISTER)?;
    let account = store::get(cx, id).await?;
    if account.ended_at.is_some() {
        return Err(Error::conflict("account-has-ended"));
    }
    store::set_code(cx, id, None).await?;
    store::set_password(cx, id, None).await?;
    shut(cx, id).await?;
    cx.record(Change::new("account.reset", "account", id).label(account.name));
    link(cx, Some(id)).await
}

/// What an administrator may change of an account.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    pub name: String,
    pub roles: Vec<Role>,
    pub teams: Vec<Id>,
    pub body: Option<Id>,
}

/// Changes name, roles, teams and body. The last administrator stays one.
pub async fn edit(cx: &mut Cx, id: Id, version: i64, edit: Edit) -> Result<()> {
    cx.require(&ADMINISTER)?;
    let before = store::get(cx, id).await?;
    let mut problems = Problems::default();
    let name = problems.line("name", &edit.name, 200);
    problems.require(!name.is_empty(), "name", "problem-name-missing");
    problems.require(!edit.roles.is_empty(), "roles", "problem-roles-missing");
    require_body(&mut problems, &edit.roles, edit.body);
    problems.into_result()?;
    if before.roles().contains(&Role::Administrator) && !edit.roles.contains(&Role::Administrator) {
        refuse_last_administrator(cx, id).await?;
    }
    let teams_before = store::teams_of(cx, id).await?;
    refuse_unknown(cx, &edit.teams, &teams_before, edit.body, before.body_id).await?;
    let (teams_then, teams_now) = (team_names(cx, &teams_before).await?, team_names(cx, &edit.teams).await?);
    let bodies = crate::body::names(cx, &[before.body_id, edit.body]).await?;
    let body = |id: Option<Id>| {
        id.map_or(Told::Nothing, |id| Told::record("body", id, bodies.get(&id).map_or("", String::as_str)))
    };
    let fields = [
        ("name", Told::Text(before.name.clone()), Told::Text(name.clone())),
        ("roles", told_roles(&before.roles()), told_roles(&edit.roles)),
        ("teams", teams_then, teams_now),
        ("body", body(before.body_id), body(edit.body)),
    ];
    let view = cx.view();
    let said = |told: &Told| Some(view.told(told)).filter(|_| *told != Told::Nothing);
    let both = fields.iter().map(|(field, theirs, yours)| version::both(field, said(yours), said(theirs)));
    version::expect(version, before.version, both.collect())?;
    store::update(cx, &before, &name, &codes(&edit.roles), edit.body).await?;
    store::set_teams(cx, id, &edit.teams).await?;
    let change = Change::new("account.edited", "account", id).label(&name).version(before.version + 1);
    cx.record(fields.into_iter().fold(change, |change, (field, old, new)| change.field(field, old, new)));
    crate::session::forget();
    Ok(())
}

/// What the audit tells of roles: each by its name in the reader's language.
fn told_roles(roles: &[Role]) -> Told {
    let coded = |role: &Role| Coded { code: role.code().to_owned(), key: role.key().to_owned(), args: Vec::new() };
    Told::Codes(roles.iter().map(coded).collect())
}

/// What the audit tells of teams, in the order of their keys.
async fn team_names(cx: &mut Cx, ids: &[Id]) -> Result<Told> {
    let called = team::names(cx).await?;
    let mut records: Vec<(Id, String)> = ids.iter().filter_map(|id| Some((*id, called.get(id)?.clone()))).collect();
    records.sort_unstable();
    records.dedup();
    Ok(match records.is_empty() {
        true => Told::Nothing,
        false => Told::Records { kind: "team".to_owned(), records },
    })
}

/// Ends what opens an account besides its password: sessions, keys, links not used yet.
async fn shut(cx: &mut Cx, id: Id) -> Result<()> {
    crate::key::end_all(cx, id).await?;
    store::void_links(cx, Some(id)).await?;
    crate::session::end_all(cx, id, None).await
}

/// Ends an account and, for good, all its sessions and keys. What it did keeps its name.
pub async fn end(cx: &mut Cx, id: Id, reason: &str) -> Result<()> {
    cx.require(&ADMINISTER)?;
    let account = store::get(cx, id).await?;
    let mut problems = Problems::default();
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    if account.roles().contains(&Role::Administrator) {
        refuse_last_administrator(cx, id).await?;
    }
    store::end(cx, id, Some(&reason)).await?;
    shut(cx, id).await?;
    cx.record(Change::new("account.ended", "account", id).label(account.name).note(Some(reason)));
    Ok(())
}

/// Lets an ended account be used again, by its password; sessions and keys it had stay ended.
pub async fn restore(cx: &mut Cx, id: Id) -> Result<()> {
    cx.require(&ADMINISTER)?;
    let account = store::get(cx, id).await?;
    store::end(cx, id, None).await?;
    cx.record(Change::new("account.restored", "account", id).label(account.name));
    Ok(())
}

async fn refuse_last_administrator(cx: &mut Cx, but: Id) -> Result<()> {
    let others = store::administrators(cx, but).await?;
    if others == 0 { Err(Error::conflict("account-last-administrator")) } else { Ok(()) }
}

/// Where nobody can administer yet, makes the one-time path that makes the first administrator.
pub async fn first_run(cx: &mut Cx) -> Result<Option<String>> {
    cx.require(&ADMINISTER)?;
    if store::administrators(cx, Id(0)).await? > 0 {
        return Ok(None);
    }
    link(cx, None).await.map(Some)
}

async fn link(cx: &mut Cx, account: Option<Id>) -> Result<String> {
    let token = secret::token()?;
    if account.is_some() {
        store::void_links(cx, account).await?;
    }
    let expires = cx.now().plus_seconds(LINK_SECONDS);
    store::insert_link(cx, &secret::digest(&token), account, expires).await?;
    Ok(format!("/welcome/{token}"))
}

/// What a one-time link leads to.
pub enum Welcome {
    /// The first administrator gives name, address and password.
    First,
    /// An account waits for its password.
    Account(Account),
}

/// Whom a link welcomes; used or expired ones are not found.
pub async fn welcome(cx: &mut Cx, token: &str) -> Result<Welcome> {
    match store::link(cx, &secret::digest(token)).await? {
        None => Err(Error::NotFound),
        Some(None) => Ok(Welcome::First),
        Some(Some(id)) => match store::get(cx, id).await? {
            account if account.ended_at.is_some() => Err(Error::NotFound),
            account => Ok(Welcome::Account(account)),
        },
    }
}

/// Chooses a password by a one-time link, which is then used up, as are others to the same end. `hash`
/// was made before. What opened the account until now no longer does, and who acts from here on is
/// the account itself.
pub async fn accept(cx: &mut Cx, token: &str, name: &str, email: &str, hash: String) -> Result<Id> {
    let welcome = welcome(cx, token).await?;
    if !store::use_link(cx, &secret::digest(token)).await? {
        return Err(Error::NotFound);
    }
    let id = match welcome {
        Welcome::Account(account) => {
            store::set_password(cx, account.id, Some(&hash)).await?;
            shut(cx, account.id).await?;
            cx.record(Change::new("account.password_set", "account", account.id).label(account.name));
            account.id
        }
        Welcome::First => {
            store::void_links(cx, None).await?;
            insert(cx, NewAccount::first(name, email).checked()?, Some(hash)).await?.id
        }
    };
    crate::session::act_as(cx, id).await?;
    Ok(id)
}

/// All that is wrong with what the first account is to be called, to be told along with its password.
pub(crate) fn problems_of_first(name: &str, email: &str) -> Problems {
    NewAccount::first(name, email).check()
}

fn roles_of(codes: &str) -> Vec<Role> {
    codes.split(',').filter_map(Role::from_code).collect()
}

fn codes(roles: &[Role]) -> String {
    roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(",")
}

impl Account {
    pub fn roles(&self) -> Vec<Role> {
        roles_of(&self.roles)
    }
}

/// An account, for administrators.
pub async fn get(cx: &mut Cx, id: Id) -> Result<(Account, Vec<Id>)> {
    cx.require(&READ)?;
    Ok((store::get(cx, id).await?, store::teams_of(cx, id).await?))
}

/// All accounts by name, ended ones last.
pub async fn all(cx: &mut Cx) -> Result<Vec<Account>> {
    cx.require(&READ)?;
    store::all(cx).await
}

/// Those who can own a record, for choosing: (id, name).
pub async fn options(cx: &mut Cx) -> Result<Vec<(Id, String)>> {
    Ok(standing(cx).await?.iter().take(MOST_OFFERED).map(|(id, name, _)| (*id, name.clone())).collect())
}

/// Those still there with what they are, by name.
pub(crate) async fn standing(cx: &mut Cx) -> Result<Arc<Vec<(Id, String, Vec<Role>)>>> {
    if let Some(found) = cx.recent("accounts with roles") {
        return Ok(found);
    }
    let found = store::standing(cx).await?;
    let found = found.into_iter().map(|(id, name, roles)| (id, name, roles_of(&roles))).collect();
    Ok(cx.keep_recent("accounts with roles".to_owned(), found))
}

/// What these accounts are, and whether each has ended; of those that are there at all.
pub(crate) async fn standings(cx: &mut Cx, ids: &[Id]) -> Result<HashMap<Id, (Vec<Role>, bool)>> {
    let found = store::standings(cx, ids).await?;
    Ok(found.into_iter().map(|(id, roles, ended)| (id, (roles_of(&roles), ended.is_some()))).collect())
}

/// Everybody who was ever of the office, for reading whom a file names: those who left come first, so
/// that of two of one name the one still there is taken.
pub async fn everybody(cx: &mut Cx) -> Result<Vec<(Id, String)>> {
    store::everybody(cx).await
}

/// What an account is called; other rooms show owners by it.
pub async fn name(cx: &mut Cx, id: Id) -> Result<Option<String>> {
    store::name(cx, id).await
}

/// What these accounts are called, in one question.
pub async fn names(cx: &mut Cx, ids: impl IntoIterator<Item = Id>) -> Result<HashMap<Id, String>> {
    let mut ids: Vec<Id> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    store::names(cx, &ids).await
}

/// Whose records a list shows: the reader's own, nobody's, or somebody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    Me,
    Nobody,
    Account(Id),
}

impl Holder {
    /// As an address writes it: `me`, `none`, or an account's key.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "me" => Some(Self::Me),
            "none" => Some(Self::Nobody),
            id => id.parse().ok().map(Self::Account),
        }
    }

    /// The words of a filter that is set to it.
    pub async fn told(self, cx: &mut Cx) -> Result<String> {
        Ok(match self {
            Self::Me => cx.text("holder-me", &[]),
            Self::Nobody => cx.text("holder-none", &[]),
            Self::Account(id) => name(cx, id).await?.unwrap_or_else(|| id.to_string()),
        })
    }
}

/// Those whose records a list can be narrowed to: oneself, nobody, then everybody by name, for those
/// of the office.
pub async fn holders(cx: &mut Cx) -> Result<Vec<(String, String)>> {
    let mut choices =
        vec![("me".to_owned(), cx.text("holder-me", &[])), ("none".to_owned(), cx.text("holder-none", &[]))];
    // Partner bodies and the committee are not handed the list of the office's people.
    let inside =
        |actor: &Actor| actor.roles.iter().any(|role| !matches!(role, Role::PartnerOfficer | Role::CommitteeMember));
    if cx.actor.as_ref().is_some_and(inside) {
        choices.extend(options(cx).await?.into_iter().map(|(id, name)| (id.to_string(), name)));
    }
    Ok(choices)
}

pub async fn by_email(cx: &mut Cx, email: &str) -> Result<Option<Id>> {
    Ok(store::by_email(cx, &email.trim().to_lowercase()).await?.map(|account| account.id))
}

pub(crate) use store::{by_email as account_by_email, get as account_by_id, teams_of, use_step};
