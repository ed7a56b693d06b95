//! Permission, once: this actor, this action, this record.
//!
//! A check gives a [`Granted`], which only the check can make; stores that write ask for one.
//! Lists ask for a [`Visible`], the actor's reach as a condition that every read, count,
//! search, export and figure passes through.

use std::collections::BTreeSet;
use std::sync::Mutex;

use crate::cx::Cx;
use crate::error::{Error, Result};
use crate::id::Id;
use crate::sql::Sql;

/// What a person is in the office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Administrator,
    Director,
    TeamLead,
    Officer,
    PartnerOfficer,
    CommitteeMember,
    Auditor,
    ReadOnly,
}

impl Role {
    pub const ALL: [Self; 8] = [
        Self::Administrator,
        Self::Director,
        Self::TeamLead,
        Self::Officer,
        Self::PartnerOfficer,
        Self::CommitteeMember,
        Self::Auditor,
        Self::ReadOnly,
    ];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Director => "director",
            Self::TeamLead => "team_lead",
            Self::Officer => "officer",
            Self::PartnerOfficer => "partner_officer",
            Self::CommitteeMember => "committee_member",
            Self::Auditor => "auditor",
            Self::ReadOnly => "read_only",
        }
    }

    /// The text key of the role's name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Administrator => "role-administrator",
            Self::Director => "role-director",
            Self::TeamLead => "role-team-lead",
            Self::Officer => "role-officer",
            Self::PartnerOfficer => "role-partner-officer",
            Self::CommitteeMember => "role-committee-member",
            Self::Auditor => "role-auditor",
            Self::ReadOnly => "role-read-only",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// On which records a role may do a thing: its own, its teams', or all it can see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    Own,
    Team,
    All,
}

/// An action that needs permission, and who has it. Named `room.noun.verb`.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    pub name: &'static str,
    pub writes: bool,
    pub grants: &'static [(Role, Scope)],
}

impl Permission {
    pub const fn read(name: &'static str, grants: &'static [(Role, Scope)]) -> Self {
        Self { name, writes: false, grants }
    }

    pub const fn write(name: &'static str, grants: &'static [(Role, Scope)]) -> Self {
        Self { name, writes: true, grants }
    }

    /// The scope a key needs for it.
    pub fn key_scope(&self) -> String {
        format!("{}:{}", self.room(), if self.writes { "write" } else { "read" })
    }

    pub fn room(&self) -> &'static str {
        self.name.split('.').next().unwrap_or(self.name)
    }
}

/// How far a record is kept from readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Anyone signed in, partner bodies and the committee included.
    Public = 0,
    /// Everybody in the office.
    Office = 1,
    /// The team that holds it, its owner, and those named on it.
    Team = 2,
    /// Only those named on it, its owner, directors and auditors.
    Named = 3,
}

impl Tier {
    pub const ALL: [Self; 4] = [Self::Public, Self::Office, Self::Team, Self::Named];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Office => "office",
            Self::Team => "team",
            Self::Named => "named",
        }
    }

    pub const fn key(self) -> &'static str {
        match self {
            Self::Public => "tier-public",
            Self::Office => "tier-office",
            Self::Team => "tier-team",
            Self::Named => "tier-named",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tier| tier.code() == code)
    }

    pub const fn rank(self) -> i64 {
        self as i64
    }

    pub fn from_rank(rank: i64) -> Self {
        Self::ALL.into_iter().find(|tier| tier.rank() == rank).unwrap_or(Self::Named)
    }
}

/// Who acts: a signed-in person, a key of theirs, or the machine's own operator.
#[derive(Clone, Debug)]
pub struct Actor {
    /// None for the machine's operator at the command line and for nightly jobs.
    pub account: Option<Id>,
    pub name: String,
    pub roles: Vec<Role>,
    pub teams: Vec<Id>,
    pub body: Option<Id>,
    /// For a program that acts with a key: what the key is limited to.
    pub key: Option<KeyLimits>,
    pub session: Option<Id>,
}

/// What an API key may do of what its account may: `directory:read`, `projects:write`, `*:read`.
#[derive(Clone, Debug, Default)]
pub struct KeyLimits {
    pub id: Option<Id>,
    pub scopes: Vec<String>,
}

/// The name of what only a person may do who is signed in: no key, whatever its scopes.
pub const PERSON: &str = "person";

impl KeyLimits {
    fn covers(&self, permission: &Permission) -> bool {
        let kind = if permission.writes { "write" } else { "read" };
        self.scopes.iter().any(|scope| {
            scope.split_once(':').is_some_and(|(room, allowed)| {
                (room == "*" || room == permission.room()) && (allowed == kind || allowed == "write")
            })
        })
    }
}

impl Actor {
    /// Whoever runs the program on the machine itself: may do everything, by that name.
    pub fn operator(name: &str) -> Self {
        Self {
            account: None,
            name: name.to_owned(),
            roles: Role::ALL.to_vec(),
            teams: Vec::new(),
            body: None,
            key: None,
            session: None,
        }
    }

    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The widest scope in which the actor may do this, if at all.
    pub fn scope(&self, permission: &Permission) -> Option<Scope> {
        if self.key.as_ref().is_some_and(|key| !key.covers(permission)) {
            return None;
        }
        self.scope_by_role(permission)
    }

    fn scope_by_role(&self, permission: &Permission) -> Option<Scope> {
        permission.grants.iter().filter(|(role, _)| self.is(*role)).map(|(_, scope)| *scope).max()
    }

    /// Whether only the key stands in the way: its account may, and its scopes do not reach.
    pub fn is_kept_by_key(&self, permission: &Permission) -> bool {
        self.key.as_ref().is_some_and(|key| !key.covers(permission)) && self.scope_by_role(permission).is_some()
    }

    pub fn visible(&self) -> Visible {
        let everything = self.is(Role::Director) || self.is(Role::Auditor);
        let tier = if everything {
            Tier::Named
        } else if self.is(Role::Administrator) {
            Tier::Team
        } else if self.roles.iter().any(|role| matches!(role, Role::TeamLead | Role::Officer | Role::ReadOnly)) {
            Tier::Office
        } else {
            Tier::Public
        };
        Visible { tier, account: self.account, teams: self.teams.clone() }
    }
}

/// How a record relates to people: what `require_on` weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relation {
    pub team: Option<Id>,
    pub owner: Option<Id>,
}

/// Proof that a permission was checked. Only the check makes one.
#[derive(Clone, Debug)]
pub struct Granted {
    by: Option<Id>,
    permission: &'static str,
}

impl Granted {
    /// The account that acts; none for the machine's operator.
    pub fn by(&self) -> Option<Id> {
        self.by
    }

    pub fn permission(&self) -> &'static str {
        self.permission
    }
}

/// What a request was let do so far.
#[derive(Debug, Default)]
pub(crate) struct Used {
    permissions: Mutex<BTreeSet<&'static str>>,
    /// Whether what is read now belongs to what a key was let read.
    reads_along: bool,
}

impl Cx {
    /// Checks an action that concerns no one record.
    pub fn require(&self, permission: &Permission) -> Result<Granted> {
        self.weigh(permission, None).inspect(|_| self.note(permission))
    }

    /// What is read from here on is part of what `granted` lets see, in whichever room it is kept: a key's scopes do not
    /// stand in its way. Roles and reach do, as ever, and a key writes nothing that its scopes do not name.
    pub fn read_along(&mut self, granted: &Granted) {
        self.used.reads_along |= self.actor.as_ref().is_some_and(|actor| actor.account == granted.by);
    }

    /// As [`Cx::require`] and [`Cx::read_along`] in one.
    pub fn require_along(&mut self, permission: &Permission) -> Result<Granted> {
        let granted = self.require(permission)?;
        self.read_along(&granted);
        Ok(granted)
    }

    /// The names of the permissions this was let go by, with blanks between them.
    pub(crate) fn permissions_used(&self) -> String {
        let used = self.used.permissions.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        used.iter().copied().collect::<Vec<_>>().join(" ")
    }

    /// What is only read along is not needed by itself.
    fn note(&self, permission: &Permission) {
        if self.actor.as_ref().is_some_and(|actor| actor.scope(permission).is_some()) {
            let mut used = self.used.permissions.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            used.insert(permission.name);
        }
    }

    /// Whether the actor may do this, on a record that relates so to people, or at all.
    fn weigh(&self, permission: &Permission, on: Option<Relation>) -> Result<Granted> {
        let actor = self.actor.as_ref().ok_or(Error::NotSignedIn)?;
        let scope = match self.used.reads_along && !permission.writes {
            true => actor.scope_by_role(permission),
            false => actor.scope(permission),
        };
        let relation = on.unwrap_or_default();
        let owns = relation.owner.is_some() && relation.owner == actor.account;
        let holds = match scope {
            None => false,
            Some(_) if on.is_none() => true,
            Some(Scope::All) => true,
            Some(Scope::Team) => owns || relation.team.is_some_and(|team| actor.teams.contains(&team)),
            Some(Scope::Own) => owns,
        };
        if holds {
            Ok(Granted { by: actor.account, permission: permission.name })
        } else {
            Err(Error::Forbidden(permission.name))
        }
    }

    /// The account of whoever is signed in. A key acts for its account, and never on it.
    pub fn require_person(&self) -> Result<Id> {
        let actor = self.actor.as_ref().ok_or(Error::NotSignedIn)?;
        if actor.key.is_some() {
            return Err(Error::Forbidden(PERSON));
        }
        actor.account.ok_or(Error::NotSignedIn)
    }

    /// Checks an action on a record that the actor can see; what can't be seen is not found
    /// before this is asked.
    pub fn require_on(&self, permission: &Permission, relation: Relation) -> Result<Granted> {
        self.weigh(permission, Some(relation)).inspect(|_| self.note(permission))
    }

    /// For pages, to decide what to draw; the verb checks again.
    pub fn may(&self, permission: &Permission) -> bool {
        self.weigh(permission, None).is_ok()
    }

    pub fn may_on(&self, permission: &Permission, relation: Relation) -> bool {
        self.weigh(permission, Some(relation)).is_ok()
    }

    /// The actor's reach. Nobody's reach is the public tier.
    pub fn visible(&self) -> Visible {
        match &self.actor {
            Some(actor) => actor.visible(),
            None => Visible { tier: Tier::Public, account: None, teams: Vec::new() },
        }
    }
}

/// An actor's reach as one condition.
#[derive(Clone, Debug)]
pub struct Visible {
    tier: Tier,
    account: Option<Id>,
    teams: Vec<Id>,
}

/// The columns of a record that decide who sees it, and the kind it has in `readers`.
#[derive(Clone, Copy, Debug)]
pub struct Secrecy {
    pub kind: &'static str,
    pub id: &'static str,
    pub tier: &'static str,
    pub team_id: &'static str,
    pub owner_id: &'static str,
}

impl Visible {
    pub fn everything(&self) -> bool {
        self.tier == Tier::Named
    }

    /// Whether a record of this tier and relation is within reach, `named` telling whether the
    /// actor stands among its readers. The same rule as [`Visible::condition`], for one record.
    pub fn reaches(&self, tier: Tier, relation: Relation, named: bool) -> bool {
        tier <= self.tier
            || (self.account.is_some() && (named || relation.owner == self.account))
            || (tier == Tier::Team && relation.team.is_some_and(|team| self.teams.contains(&team)))
    }

    /// Adds `(…)`, true for the records within reach. The columns are constants of the store.
    pub fn condition(&self, sql: &mut Sql, of: Secrecy) {
        if self.everything() {
            sql.push("(1 = 1)");
            return;
        }
        // The sign keeps an index that begins with the tier from being taken for this: nearly every
        // record is within reach, and the list's own order would be lost.
        sql.push("(+").push_name(of.tier).push(" <= ").bind(self.tier.rank());
        if !self.teams.is_empty() && self.tier < Tier::Team {
            sql.push(" OR (").push_name(of.tier).push(" = 2 AND ").push_name(of.team_id);
            sql.bind_in(self.teams.iter().copied()).push(")");
        }
        if let Some(account) = self.account {
            sql.push(" OR ").push_name(of.owner_id).push(" = ").bind(account);
            sql.push(" OR ").push_name(of.id).push(" IN (SELECT subject_id FROM readers WHERE subject_kind = ");
            sql.bind(of.kind).push(" AND account_id = ").bind(account).push(")");
        }
        sql.push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDIT: Permission =
        Permission::write("directory.enterprise.edit", &[(Role::Officer, Scope::Team), (Role::Director, Scope::All)]);

    fn officer() -> Actor {
        Actor { account: Some(Id(7)), roles: vec![Role::Officer], teams: vec![Id(3)], ..Actor::operator("x") }
    }

    #[test]
    fn the_widest_scope_of_ones_roles_counts() {
        assert_eq!(officer().scope(&EDIT), Some(Scope::Team));
        assert_eq!(Actor::operator("x").scope(&EDIT), Some(Scope::All));
        let auditor = Actor { roles: vec![Role::Auditor], ..officer() };
        assert_eq!(auditor.scope(&EDIT), None);
    }

    #[test]
    fn a_key_never_reaches_past_its_scopes() {
        let with =
            |scope: &str| Actor { key: Some(KeyLimits { id: None, scopes: vec![scope.to_owned()] }), ..officer() };
        assert_eq!(with("directory:read").scope(&EDIT), None);
        assert_eq!(with("projects:write").scope(&EDIT), None);
        assert_eq!(with("directory:write").scope(&EDIT), Some(Scope::Team));
        assert_eq!(with("*:write").scope(&EDIT), Some(Scope::Team));
        assert_eq!(with("").scope(&EDIT), None);
    }

    #[test]
    fn a_named_record_is_out_of_reach_unless_named() {
        let visible = officer().visible();
        let elsewhere = Relation { team: Some(Id(9)), owner: Some(Id(8)) };
        assert!(visible.reaches(Tier::Office, elsewhere, false));
        assert!(!visible.reaches(Tier::Team, elsewhere, false));
        assert!(visible.reaches(Tier::Team, Relation { team: Some(Id(3)), owner: None }, false));
        assert!(!visible.reaches(Tier::Named, Relation { team: Some(Id(3)), owner: None }, false));
        assert!(visible.reaches(Tier::Named, elsewhere, true));
        assert!(visible.reaches(Tier::Named, Relation { team: None, owner: Some(Id(7)) }, false));
    }
}
