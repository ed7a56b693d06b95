//! Groups: which enterprise belongs to which. The parent is a field of the enterprise; what may be
//! one, and the tree it makes, are here.

use std::collections::HashSet;

use platform::forms::Loose;
use platform::{Cx, Error, Id, Problems, Result};
use serde::Serialize;

use crate::enterprise::{self, Brief, Enterprise};

pub mod api;
pub mod pages;
mod store;

pub use store::count_children;

/// How far up a chain of parents is walked; a group deeper than this is no group.
const DEEPEST: usize = 50;
/// How many of a group one page shows.
pub const MOST: usize = 300;

/// One of a group, with how deep it lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = GroupMember)]
pub struct Member {
    pub id: Id,
    pub reference: String,
    pub name: String,
    pub name_language: String,
    pub second_name: Option<String>,
    pub kind: String,
    /// The member above; none at the top, or where what is above is out of reach.
    pub parent_id: Option<Id>,
    pub depth: u32,
}

/// A group as far as the actor sees it.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
#[schema(as = EnterpriseGroup)]
pub struct Group {
    /// Top first, each followed by what lies under it.
    pub members: Vec<Member>,
    /// Whether there are more than are listed.
    pub more: bool,
}

/// The parent of an enterprise, if it has one that is within reach and not itself by a merge.
pub async fn parent(cx: &mut Cx, held: &Enterprise) -> Result<Option<Enterprise>> {
    let Some(id) = held.parent_id else { return Ok(None) };
    match enterprise::get(cx, id).await {
        Ok(parent) if parent.id == held.id || parent.retired_at.is_some() => Ok(None),
        Ok(parent) => Ok(Some(parent)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes the keys of parents out of reach out of what a program is told.
pub(crate) async fn veil(cx: &mut Cx, told: &mut [Enterprise]) -> Result<()> {
    for held in told.iter_mut() {
        held.own.give(cx, enterprise::SUBJECT);
    }
    let parents: Vec<Id> = told.iter().filter_map(|held| held.parent_id).collect();
    if parents.is_empty() {
        return Ok(());
    }
    let seen: HashSet<Id> = enterprise::seen(cx, &parents).await?.into_iter().collect();
    for held in told {
        held.parent_id = held.parent_id.filter(|parent| seen.contains(parent));
    }
    Ok(())
}

/// The whole group around an enterprise: from the highest parent within reach down. One query a
/// level.
pub async fn of(cx: &mut Cx, held: &Enterprise) -> Result<Group> {
    let mut top = held.clone();
    let mut seen = HashSet::from([top.id]);
    while let Some(above) = parent(cx, &top).await? {
        if !seen.insert(above.id) || seen.len() > DEEPEST {
            break;
        }
        top = above;
    }
    let mut known = HashSet::from([top.id]);
    let mut all = vec![member(&top, None, 0)];
    let mut level = vec![top.id];
    let (mut depth, mut more) = (0, false);
    while !level.is_empty() {
        depth += 1;
        let below = store::children(cx, &level, MOST as i64 + 1).await?;
        level.clear();
        for (child, above) in below {
            if all.len() >= MOST {
                more = true;
                break;
            }
            if known.insert(child.id) {
                level.push(child.id);
                all.push(member(&child, Some(above), depth));
            }
        }
        if more {
            break;
        }
    }
    Ok(Group { members: in_order(all), more })
}

fn member(held: &Enterprise, parent_id: Option<Id>, depth: u32) -> Member {
    Member {
        id: held.id,
        reference: held.reference.clone(),
        name: held.name.clone(),
        name_language: held.name_language.clone(),
        second_name: held.second_name.clone(),
        kind: held.kind.clone(),
        parent_id,
        depth,
    }
}

/// Each followed by what lies under it; within a level the order of the names is kept.
fn in_order(all: Vec<Member>) -> Vec<Member> {
    let mut ordered = Vec::with_capacity(all.len());
    let mut waiting: Vec<&Member> = all.iter().filter(|member| member.parent_id.is_none()).rev().collect();
    while let Some(next) = waiting.pop() {
        waiting.extend(all.iter().filter(|member| member.parent_id == Some(next.id)).rev());
        ordered.push(next.clone());
    }
    ordered
}

/// The direct children, for the overview: a few, and whether there are more.
pub async fn children(cx: &mut Cx, held: &Enterprise, limit: i64) -> Result<Vec<Brief>> {
    let found = store::children(cx, &[held.id], limit).await?;
    Ok(found.into_iter().map(|(child, _)| child.brief()).filter(|child| child.id != held.id).collect())
}

/// Checks that an enterprise may have this parent: one that can be seen, is not retired, is not
/// itself and does not lie under it. Answers the record that stands for the parent.
pub(crate) async fn fits(cx: &mut Cx, problems: &mut Problems, held: Id, parent: Id) -> Result<Option<Enterprise>> {
    let found = match enterprise::get(cx, parent).await {
        Ok(found) => found,
        Err(Error::NotFound) => {
            problems.add_with("parent_id", "problem-enterprise-unknown", &[("value", parent.to_string())]);
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    if found.retired_at.is_some() {
        problems.add("parent_id", "enterprise-retired");
    } else if found.id == held {
        problems.add("parent_id", "group-of-itself");
    } else if lies_under(cx, found.id, held).await?.is_some() {
        problems.add("parent_id", "group-circle");
    }
    Ok(Some(found))
}

/// The parent of a new enterprise, as it is written: nothing lies under it yet.
pub(crate) async fn written(cx: &mut Cx, problems: &mut Problems, text: &Loose) -> Result<Option<Enterprise>> {
    if text.get().is_none() {
        return Ok(None);
    }
    enterprise::chosen(cx, problems, "parent", text).await
}

/// How many steps one lies under another, whoever may see what is between: out of reach or not, a
/// circle is one.
pub(crate) async fn lies_under(cx: &mut Cx, one: Id, other: Id) -> Result<Option<usize>> {
    let mut at = one;
    for step in 1..=DEEPEST {
        let Some(above) = store::above(cx, at).await? else { return Ok(None) };
        if above == other {
            return Ok(Some(step));
        }
        at = above;
    }
    // Deeper than any group: not to be made deeper.
    Ok(Some(DEEPEST))
}
