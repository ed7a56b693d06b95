//! The list of accounts: its filters, its orders, paging by key.

use platform::forms::Form;
use platform::order::{Place, Rows, Sort};
use platform::permission::Role;
use platform::{Cx, Id, Result};
use serde::Serialize;
use ui::lists::Total;

use super::Account;
use crate::READ;

mod store;

pub use store::ORDERS;

/// Whether an account can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Active,
    /// Its holder has not chosen a password yet.
    Invited,
    Ended,
}

impl State {
    pub const ALL: [Self; 3] = [Self::Active, Self::Invited, Self::Ended];

    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Ended => "ended",
        }
    }

    pub fn key(self) -> &'static str {
        match self {
            Self::Active => "account-state-active",
            Self::Invited => "account-state-invited",
            Self::Ended => "account-state-ended",
        }
    }
}

/// What the list shows; the same names in the address and the API.
#[derive(Clone, Debug)]
pub struct Filter {
    pub q: Option<String>,
    pub role: Option<Role>,
    pub team: Option<Id>,
    pub body: Option<Id>,
    pub state: Option<State>,
    pub sort: Sort,
    pub place: Place,
}

impl Filter {
    pub fn read(form: &Form) -> Self {
        let usual = Sort { order: &ORDERS[0], down: false };
        Self {
            q: form.optional("q"),
            role: Role::from_code(form.value("role")),
            team: form.value("team").parse().ok(),
            body: form.value("body").parse().ok(),
            state: State::ALL.into_iter().find(|state| state.code() == form.value("state")),
            sort: Sort::read(form.value("sort"), ORDERS, usual),
            place: Place::read(form),
        }
    }
}

/// An account as lists and programs see it: nothing of what opens.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = ListedAccount)]
pub struct Listed {
    pub id: Id,
    pub email: String,
    pub name: String,
    pub roles: Vec<String>,
    pub teams: Vec<Id>,
    pub body_id: Option<Id>,
    /// active, invited or ended.
    pub state: &'static str,
    /// Whether one-time codes are on.
    pub codes: bool,
    pub version: i64,
    pub created_at: platform::clock::At,
}

impl Account {
    pub fn state(&self) -> State {
        match (self.ended_at, &self.password_hash) {
            (Some(_), _) => State::Ended,
            (None, None) => State::Invited,
            (None, Some(_)) => State::Active,
        }
    }

    pub fn listed(&self, teams: Vec<Id>) -> Listed {
        Listed {
            id: self.id,
            email: self.email.clone(),
            name: self.name.clone(),
            roles: self.roles().iter().map(|role| role.code().to_owned()).collect(),
            teams,
            body_id: self.body_id,
            state: self.state().code(),
            codes: self.code_secret.is_some(),
            version: self.version,
            created_at: self.created_at,
        }
    }
}

/// One page, each account with its teams.
pub async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<Rows<Listed>> {
    cx.require(&READ)?;
    let page = store::page(cx, filter, limit).await?;
    let ids: Vec<Id> = page.rows.iter().map(|account| account.id).collect();
    let mut teams = store::teams(cx, &ids).await?;
    Ok(page.map(|account| {
        let teams = teams.remove(&account.id).unwrap_or_default();
        account.listed(teams)
    }))
}

/// How many a filter shows.
pub async fn total(cx: &mut Cx, filter: &Filter, whole: bool) -> Result<Total> {
    cx.require(&READ)?;
    let count = store::count(cx, filter, whole).await?;
    Ok(if whole { Total::Exactly(count) } else { Total::bounded(count) })
}
