//! Who a target is held by where nobody is named.

use platform::permission::Tier;
use platform::{Cx, Id};

/// The team that a target of the tier is of, where none is named: the actor's own, if they are in one only. None where that
/// doesn't say, or where the tier is no team's.
pub(crate) fn team_for(cx: &Cx, tier: Tier, named: Option<Id>) -> Option<Id> {
    let own = cx.actor.as_ref().map(|actor| actor.teams.as_slice());
    match (named, tier, own) {
        (None, Tier::Team, Some([only])) => Some(*only),
        (named, ..) => named,
    }
}
