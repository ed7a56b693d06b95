//! What of a person's projects needs them: near its next gate, without a change for long, delayed.
//!
//! Asked for by the front page, so everything here is a handful of look-ups by owner, however many
//! projects the office has.

use platform::{Cx, Problem, Result, audit};

use crate::project::Project;
use crate::{READ, gate, stage};

mod store;

pub use store::{Brief, Own};

/// Without a change for so many days a project is stale.
pub const STALE_DAYS: i64 = 30;
/// So many of a person's live projects are looked through, those longest without a change first.
const LOOKED_THROUGH: i64 = 200;

/// One of a person's projects and the stage it could move to.
#[derive(Clone, Debug)]
pub struct Near {
    pub project: Brief,
    pub into: &'static str,
    /// The one thing missing; none when the gate is open.
    pub missing: Option<Problem>,
}

/// A person's live projects, sorted by what they ask for.
#[derive(Clone, Debug, Default)]
pub struct Mine {
    pub own: Own,
    /// Whose next gate is open or lacks one thing, furthest along first.
    pub near: Vec<Near>,
    /// Longest without a change first, with the number of days.
    pub stale: Vec<(Brief, i64)>,
    pub delayed: Vec<Brief>,
}

/// What of the actor's own projects needs them, at most so many of each kind.
pub async fn mine(cx: &mut Cx, most: usize) -> Result<Mine> {
    cx.require(&READ)?;
    let Some(account) = cx.account() else { return Ok(Mine::default()) };
    let own = store::own(cx, account).await?;
    let live = store::live(cx, account, LOOKED_THROUGH).await?;
    let today = cx.today();
    let gates = gate::all(cx).await?;
    let ids: Vec<platform::Id> = live.iter().map(|(project, _)| project.id).collect();
    let held = gate::held(cx, &ids).await?;
    // A pledge, a paper or a meeting is a change too, though the project's own row stays.
    let changed = audit::read::last_changes(cx, "project", &ids).await?;
    let nothing = gate::Held::default();
    let mut mine = Mine { own, ..Mine::default() };
    for (project, brief) in live {
        if project.status == "delayed" {
            mine.delayed.push(brief.clone());
        }
        if project.status == "dormant" {
            continue;
        }
        let last = changed.get(&project.id).copied().unwrap_or(project.updated_at).max(project.updated_at);
        let days = (today - cx.house.zone.day_of(last)).whole_days();
        if days >= STALE_DAYS {
            mine.stale.push((brief.clone(), days));
        }
        let known = held.get(&project.id).unwrap_or(&nothing);
        if let Some(near) = near(&gates, known, &project, brief, today)? {
            mine.near.push(near);
        }
    }
    mine.stale.sort_by_key(|(_, days)| std::cmp::Reverse(*days));
    mine.near.sort_by_key(|near| (near.missing.is_some(), std::cmp::Reverse(stage::place(near.into))));
    mine.near.truncate(most);
    mine.stale.truncate(most);
    mine.delayed.truncate(most);
    Ok(mine)
}

fn near(
    gates: &[gate::Gate],
    held: &gate::Held,
    project: &Project,
    brief: Brief,
    today: time::Date,
) -> Result<Option<Near>> {
    let next = stage::place(&project.stage).and_then(|place| stage::STAGES.get(place + 1));
    let Some(into) = next else { return Ok(None) };
    let mut missing = gate::judge(gates, held, project, into, today)?.missing;
    if missing.len() > 1 {
        return Ok(None);
    }
    Ok(Some(Near { project: brief, into, missing: missing.pop() }))
}
