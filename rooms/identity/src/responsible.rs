//! Who answers for records: an account that is there and whose role may edit them, a team that stands.
//! The rooms that keep such records ask here, whichever way the account or the team came in.

use std::collections::{HashMap, HashSet};

use platform::permission::{Permission, Relation, Role};
use platform::{Cx, Id, Problems, Result};

use crate::{account, team};

/// What is known of the accounts and teams that were asked about, for records of one kind.
#[derive(Debug)]
pub struct Known {
    edit: &'static Permission,
    /// Who asks, if they may edit such records themselves.
    asking: Option<Id>,
    /// Roles, and whether the account has ended.
    accounts: HashMap<Id, (Vec<Role>, bool)>,
    teams: HashSet<Id>,
}

impl Default for Known {
    /// Knows nobody.
    fn default() -> Self {
        Self { edit: &crate::ADMINISTER, asking: None, accounts: HashMap::new(), teams: HashSet::new() }
    }
}

/// Looks up everybody who is named in these, in few questions however many there are. `edit` is the
/// permission to change a record of the kind.
pub async fn among(cx: &mut Cx, edit: &'static Permission, named: &[Relation]) -> Result<Known> {
    let distinct = |ids: &mut dyn Iterator<Item = Id>| ids.collect::<HashSet<Id>>().into_iter().collect::<Vec<Id>>();
    let asking = cx.actor.as_ref().filter(|actor| may(edit, &actor.roles)).and_then(|actor| actor.account);
    let owners = distinct(&mut named.iter().filter_map(|one| one.owner).filter(|owner| Some(*owner) != asking));
    let accounts = account::standings(cx, &owners).await?;
    let teams = if named.iter().any(|one| one.team.is_some()) {
        team::options(cx).await?.into_iter().map(|(id, _)| id).collect()
    } else {
        HashSet::new()
    };
    Ok(Known { edit, asking, accounts, teams })
}

impl Known {
    /// What is wrong with those a record is given to, under `owner_id` and `team_id`. Those who hold it
    /// already may keep it, so that such a record can still be repaired elsewhere.
    pub fn check(&self, problems: &mut Problems, given: Relation, held: Relation) {
        if let Some(owner) = given.owner.filter(|owner| given.owner != held.owner && Some(*owner) != self.asking) {
            match self.accounts.get(&owner) {
                None => problems.add_with("owner_id", "problem-owner-unknown", &[("value", owner.to_string())]),
                Some((_, true)) => problems.add("owner_id", "problem-owner-ended"),
                Some((roles, false)) => problems.require(may(self.edit, roles), "owner_id", "problem-owner-role"),
            }
        }
        if let Some(team) = given.team.filter(|_| given.team != held.team) {
            problems.require(self.teams.contains(&team), "team_id", "problem-team-unknown");
        }
    }
}

fn may(edit: &Permission, roles: &[Role]) -> bool {
    edit.grants.iter().any(|(role, _)| roles.contains(role))
}

/// The same for one record; asks nothing where neither changes.
pub async fn check(
    cx: &mut Cx,
    problems: &mut Problems,
    edit: &'static Permission,
    given: Relation,
    held: Relation,
) -> Result<()> {
    let differing = Relation {
        owner: given.owner.filter(|_| given.owner != held.owner),
        team: given.team.filter(|_| given.team != held.team),
    };
    if differing != Relation::default() {
        among(cx, edit, &[differing]).await?.check(problems, given, held);
    }
    Ok(())
}

/// Who can be chosen for records of the kind, by name, and who holds this one already: (id, name).
pub async fn owners(cx: &mut Cx, edit: &'static Permission, held: Option<Id>) -> Result<Vec<(Id, String)>> {
    let mut found: Vec<(Id, String)> = account::standing(cx)
        .await?
        .iter()
        .filter(|(_, _, roles)| may(edit, roles))
        .map(|(id, name, _)| (*id, name.clone()))
        .collect();
    if let Some(held) = held.filter(|held| found.iter().all(|(id, _)| id != held)) {
        found.push((held, account::name(cx, held).await?.unwrap_or_else(|| held.to_string())));
    }
    Ok(found)
}

/// The teams that can be chosen today, and the one that holds the record already: (id, name).
pub async fn teams(cx: &mut Cx, held: Option<Id>) -> Result<Vec<(Id, String)>> {
    let mut found = team::options(cx).await?;
    if let Some(held) = held.filter(|held| found.iter().all(|(id, _)| id != held)) {
        found.push((held, team::names(cx).await?.remove(&held).unwrap_or_else(|| held.to_string())));
    }
    Ok(found)
}
