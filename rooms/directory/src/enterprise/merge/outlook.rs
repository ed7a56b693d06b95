//! What a merge would do, told before it is done.

use platform::error::Conflict;
use platform::permission::{Relation, Tier};
use platform::{Cx, Error, Id, Result};

use super::sight;
use crate::MERGE;
use crate::enterprise::{Enterprise, store};
use crate::measurement::{self, Measurement};

/// What two records would become as one.
#[derive(Clone, Debug, Default)]
pub struct Outlook {
    /// Why they can't be merged, if they can't.
    pub refused: Option<Conflict>,
    /// The tier that the survivor would rise to, if it would.
    pub rises_to: Option<Tier>,
    /// Whether it rises above both because they are of different teams.
    pub parts_teams: bool,
    /// By name, who would see it although its tier keeps it from others; directors and auditors see everything besides.
    pub seen_by: Vec<String>,
    /// Figures of which the two records say different things.
    pub figures: Vec<Differing>,
}

/// A figure of one year that two records give differently: the survivor's stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    pub stands: Measurement,
    pub gives_way: Measurement,
}

/// Looks ahead at a merge of two that the actor may merge.
pub async fn outlook(cx: &mut Cx, survivor: &Enterprise, loser: &Enterprise) -> Result<Outlook> {
    for one in [survivor, loser] {
        cx.require_on(&MERGE, one.relation())?;
    }
    let mut found = Outlook::default();
    match super::refuse(cx, survivor, loser).await {
        Ok(()) => {}
        Err(Error::Conflict(conflict)) => {
            found.refused = Some(*conflict);
            return Ok(found);
        }
        Err(error) => return Err(error),
    }
    let (tier, team) = sight::joined(survivor, loser);
    found.rises_to = Some(tier).filter(|tier| *tier > survivor.tier());
    found.parts_teams = tier > survivor.tier().max(loser.tier());
    let relation = Relation { team, ..survivor.relation() };
    let accounts = sight::to_name(cx, survivor, loser, tier, relation).await?;
    found.seen_by = identity::account::names(cx, accounts).await?.into_values().collect();
    found.seen_by.sort();
    let (mine, theirs) = (standing(cx, survivor.id).await?, standing(cx, loser.id).await?);
    for stands in mine {
        let same_year = |other: &&Measurement| (&other.measure, other.year) == (&stands.measure, stands.year);
        let differs = |other: &&Measurement| (other.amount, &other.unit) != (stands.amount, &stands.unit);
        if let Some(gives_way) = theirs.iter().find(same_year).filter(differs) {
            found.figures.push(Differing { gives_way: gives_way.clone(), stands });
        }
    }
    Ok(found)
}

/// The figure that stands of each measure and year.
async fn standing(cx: &mut Cx, id: Id) -> Result<Vec<Measurement>> {
    let held = store::get(cx, id).await?;
    let mut all = measurement::standing(cx, held.survivor_id).await?;
    all.dedup_by(|next, held| (&next.measure, next.year) == (&held.measure, held.year));
    Ok(all)
}
