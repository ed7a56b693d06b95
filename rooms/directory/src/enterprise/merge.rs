//! Merging as a pointer: the loser points at the survivor, what belonged to it stays its own and is
//! read with the survivor. Undone at any time, whatever was written since.

use std::collections::BTreeMap;

use platform::audit::{Change, FieldChange};
use platform::{Cx, Error, Id, Problems, Result};

use super::{Enterprise, FIELDS, get, store, told};
use crate::MERGE;

#[path = "merge/store.rs"]
mod pointers;

/// What would follow the survivor: the text key of a kind, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Following {
    pub key: &'static str,
    pub count: i64,
}

/// Exact counts of what belongs to a record and would follow it, over all rooms.
pub async fn following(cx: &mut Cx, loser: Id) -> Result<Vec<Following>> {
    let members = store::members(cx, loser).await?;
    let mut counts = Vec::new();
    for relation in cx.house.relations.clone().into_iter().filter(|relation| relation.of == "enterprise") {
        counts.push(Following { key: relation.key, count: (relation.count)(cx, &members).await? });
    }
    Ok(counts)
}

/// Merges one record into another. `take` names the fields whose value the survivor takes from the
/// loser; all others keep the survivor's.
pub async fn merge(cx: &mut Cx, loser: Id, into: Id, take: &[String], reason: &str) -> Result<()> {
    let (loser, survivor) = (get(cx, loser).await?, get(cx, into).await?);
    let granted = cx.require_on(&MERGE, survivor.relation())?;
    cx.require_on(&MERGE, loser.relation())?;
    if loser.id == survivor.id {
        return Err(Error::conflict("merge-same-record"));
    }
    if loser.retired_at.is_some() || survivor.retired_at.is_some() {
        return Err(Error::conflict("enterprise-retired"));
    }
    let mut problems = Problems::default();
    let reason = problems.line("reason", reason, 500);
    problems.require(!reason.is_empty(), "reason", "problem-reason-missing");
    problems.into_result()?;
    let mut after = survivor.clone();
    let mut change = Change::new("enterprise.merged", "enterprise", survivor.id)
        .label(&survivor.name)
        .version(survivor.version + 1)
        .note(Some(reason.clone()))
        .set("merged", platform::audit::Told::record("enterprise", loser.id, &loser.name));
    let mut chosen: Vec<FieldChange> = Vec::new();
    for (field, _) in FIELDS {
        // A merge never makes a record easier to see than either of its parts.
        let taken = take.iter().any(|name| name == field) || (*field == "tier" && loser.tier > survivor.tier);
        let (mine, theirs) = (survivor.value(field), loser.value(field));
        if taken && mine != theirs {
            let (old, new) = (told(field, mine.as_deref()), told(field, theirs.as_deref()));
            chosen.push(FieldChange { field: (*field).to_owned(), old: old.clone(), new: new.clone() });
            change = change.field(field, old, new);
            after.set(field, theirs);
        }
    }
    store::update(cx, &granted, &after).await?;
    pointers::point(cx, &granted, &loser, survivor.id).await?;
    pointers::insert(cx, &loser, survivor.id, &reason, &serde_json::to_string(&chosen)?).await?;
    cx.record(change);
    cx.record(
        Change::new("enterprise.merged_into", "enterprise", loser.id)
            .label(&loser.name)
            .version(loser.version + 1)
            .note(Some(reason))
            .set("survivor", platform::audit::Told::record("enterprise", survivor.id, &survivor.name)),
    );
    Ok(())
}

/// What an unmerge could not put back, because somebody has changed it since.
pub type Kept = Vec<String>;

/// Takes a merge back. What the merge took into the survivor goes back to what it was, unless it
/// was changed since; what was written to the survivor since stays with it.
pub async fn unmerge(cx: &mut Cx, loser: Id) -> Result<Kept> {
    // First whether one may see it at all: that a record is not merged would tell that it is there.
    let survivor = get(cx, loser).await?;
    let granted = cx.require_on(&MERGE, survivor.relation())?;
    let held = store::get(cx, loser).await?;
    let Some(into) = held.merged_into else { return Err(Error::conflict("merge-not-merged")) };
    let merge = pointers::latest(cx, loser).await?.ok_or(Error::NotFound)?;
    let direct = store::get(cx, into).await?;
    let chosen: Vec<FieldChange> = serde_json::from_str(&merge.chosen)?;
    let mut after = direct.clone();
    let mut kept = Vec::new();
    let mut change = Change::new("enterprise.unmerged", "enterprise", direct.id)
        .label(&direct.name)
        .version(direct.version + 1)
        .set("merged", platform::audit::Told::record("enterprise", held.id, &held.name));
    let mut back: BTreeMap<String, Option<String>> = BTreeMap::new();
    for field in chosen {
        if direct.value(&field.field) == field.new.raw() {
            back.insert(field.field.clone(), field.old.raw());
            change = change.field(&field.field, field.new, field.old);
        } else {
            kept.push(field.field);
        }
    }
    for (field, value) in back {
        after.set(&field, value);
    }
    store::update(cx, &granted, &after).await?;
    pointers::unpoint(cx, &granted, &held).await?;
    pointers::undo(cx, merge.id).await?;
    cx.record(change);
    cx.record(
        Change::new("enterprise.unmerged_from", "enterprise", held.id)
            .label(&held.name)
            .version(held.version + 1)
            .set("survivor", platform::audit::Told::record("enterprise", direct.id, &direct.name)),
    );
    Ok(kept)
}

/// The records merged into this one, directly.
pub async fn merged(cx: &mut Cx, id: Id) -> Result<Vec<Enterprise>> {
    pointers::merged(cx, id).await
}

pub use pointers::{count_identifiers, count_industries, count_names, count_people};
