//! Who still sees what was merged: a merge never lowers a tier, opens the loser to no other team, and keeps what became of
//! it in the sight of those to whom the loser's own tier showed it.

use platform::audit::{FieldChange, Told};
use platform::permission::{Granted, Relation, Tier};
use platform::{Cx, Id, Result};

use crate::enterprise::{Enterprise, reader};

/// The field under which a merge keeps whom it named on the survivor.
pub(super) const READER: &str = "reader";

/// The tier and the team that two records have as one. Where the loser is its team's and the survivor another team's, no
/// team may be told of both: only people by name.
pub(super) fn joined(survivor: &Enterprise, loser: &Enterprise) -> (Tier, Option<Id>) {
    let tier = survivor.tier().max(loser.tier());
    if tier != Tier::Team || loser.tier() != Tier::Team {
        return (tier, survivor.team_id);
    }
    match survivor.team_id {
        None => (tier, loser.team_id),
        Some(team) if loser.team_id == Some(team) => (tier, Some(team)),
        Some(team) => (Tier::Named, Some(team)),
    }
}

/// Who must be named on a record of this tier and relation, so that it stays in sight: of the survivor and the loser those
/// whom their tiers could not keep out, the loser's team where it was the team's, and the actor.
pub(super) async fn to_name(
    cx: &mut Cx,
    survivor: &Enterprise,
    loser: &Enterprise,
    tier: Tier,
    relation: Relation,
) -> Result<Vec<Id>> {
    if tier < Tier::Team {
        return Ok(Vec::new());
    }
    let mut accounts = readers(cx, survivor).await?;
    accounts.extend(readers(cx, loser).await?);
    if let Some(team) = loser.team_id.filter(|_| loser.tier() == Tier::Team)
        && !(tier == Tier::Team && relation.team == Some(team))
    {
        accounts.extend(identity::team::accounts(cx, team).await?);
    }
    if !cx.visible().reaches(tier, relation, false) {
        accounts.extend(cx.account());
    }
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts)
}

/// Names on the survivor as it is after the merge whoever [`to_name`] says, but its owner. Answers whom it named.
pub(super) async fn carry_over(
    cx: &mut Cx,
    granted: &Granted,
    [before, survivor]: [&Enterprise; 2],
    loser: &Enterprise,
) -> Result<Vec<FieldChange>> {
    let mut accounts = to_name(cx, before, loser, survivor.tier(), survivor.relation()).await?;
    accounts.retain(|account| Some(*account) != survivor.owner_id);
    let named = identity::reader::name_all(cx, granted, &reader::record(survivor), &accounts).await?;
    let told = |(id, name): (Id, String)| Told::record("account", id, &name);
    let field = |new: Told| FieldChange { field: READER.to_owned(), old: Told::Nothing, new };
    Ok(named.into_iter().map(told).map(field).collect())
}

/// Who sees a record wherever its tier keeps it from others: those named on it, and whose it is.
async fn readers(cx: &mut Cx, held: &Enterprise) -> Result<Vec<Id>> {
    let named = identity::reader::of(cx, "enterprise", held.id).await?;
    Ok(named.into_iter().map(|reader| reader.account_id).chain(held.owner_id).collect())
}

/// Takes off the survivor whom the merge named on it and who is still named.
pub(super) async fn take_back(
    cx: &mut Cx,
    granted: &Granted,
    survivor: &Enterprise,
    named: Vec<FieldChange>,
) -> Result<()> {
    let still: Vec<Id> = match named.is_empty() {
        true => return Ok(()),
        false => identity::reader::of(cx, "enterprise", survivor.id).await?.iter().map(|one| one.account_id).collect(),
    };
    for one in named {
        if let Told::Record { id, .. } = one.new
            && still.contains(&id)
        {
            identity::reader::unname(cx, granted, &reader::record(survivor), id).await?;
        }
    }
    Ok(())
}
