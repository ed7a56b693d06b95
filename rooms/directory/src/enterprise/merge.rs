//! Merging as a pointer: the loser points at the survivor, what belonged to it stays its own and is
//! read with the survivor. Undone at any time, whatever was written since.

use std::collections::BTreeMap;

use platform::audit::{self, Change, FieldChange};
use platform::clock::At;
use platform::own_field;
use platform::{Cx, Error, Id, Problems, Result};

use super::{Enterprise, FIELDS, SUBJECT, get, refuse_hidden_parent, store, told_on, write};
use crate::entry;
use crate::identifier::{self, Identifier};
use crate::resemblance::review;
use crate::{MERGE, group, industry};

mod outlook;
pub mod pages;
#[path = "merge/store.rs"]
mod pointers;
mod sight;

/// What is said of a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GivenMerge {
    /// Fields whose value the survivor takes from the loser; all others keep the survivor's.
    pub take: Vec<String>,
    pub reason: String,
    /// Said by somebody who knows that the two were told apart: they are the same after all.
    pub told_apart_wrongly: bool,
}

impl GivenMerge {
    /// A merge that takes nothing over, for this reason.
    pub fn because(reason: &str) -> Self {
        Self { reason: reason.to_owned(), ..Self::default() }
    }
}

/// What would follow the survivor: the text key of a kind, and how many.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[schema(as = MergeFollowing)]
pub struct Following {
    pub key: &'static str,
    pub count: i64,
}

/// Exact counts of what belongs to a record and would follow it, over all rooms, as far as the actor may see it: what is
/// out of reach follows, too, and is not told of.
pub async fn following(cx: &mut Cx, loser: Id) -> Result<Vec<Following>> {
    let held = get(cx, loser).await?;
    cx.require_on(&MERGE, held.relation())?;
    let members = store::members(cx, held.id).await?;
    let mut counts = Vec::new();
    for relation in cx.house.relations.clone().into_iter().filter(|relation| relation.of == "enterprise") {
        counts.push(Following { key: relation.key, count: (relation.count)(cx, &members).await? });
    }
    Ok(counts)
}

/// Whether a person has said of two enterprises that they are not the same.
pub async fn told_apart(cx: &mut Cx, one: Id, other: Id) -> Result<bool> {
    review::told_apart_between(cx, one, other).await
}

/// Merges one record into another. Those with different numbers of one register are different legal entities and stay
/// so; those that a person told apart are merged only by somebody who says that this was wrong.
pub async fn merge(cx: &mut Cx, loser: Id, into: Id, given: &GivenMerge) -> Result<()> {
    let (loser, survivor) = (get(cx, loser).await?, get(cx, into).await?);
    let granted = cx.require_on(&MERGE, survivor.relation())?;
    cx.require_on(&MERGE, loser.relation())?;
    refuse(cx, &survivor, &loser).await?;
    let reason = entry::reason(&given.reason)?;
    if let Some(unknown) = given.take.iter().find(|name| !is_known(cx, name)) {
        let mut problems = Problems::default();
        problems.add_with("take", "problem-field-unknown-named", &[("field", unknown.clone())]);
        return Err(Error::Invalid(problems));
    }
    refuse_unedited(cx, &given.take)?;
    if told_apart(cx, survivor.id, loser.id).await? {
        if !given.told_apart_wrongly {
            return Err(Error::conflict("merge-told-apart"));
        }
        review::same_after_all(cx, &survivor, &loser, &reason).await?;
    }
    if given.take.iter().any(|name| name == "tier") && loser.tier < survivor.tier {
        return Err(Error::invalid("take", "merge-tier-eases"));
    }
    if given.take.iter().any(|name| name == "parent_id") {
        refuse_hidden_parent(cx, &survivor, loser.parent_id, "take").await?;
    }
    let (tier, team) = sight::joined(&survivor, &loser);
    let joined = Enterprise { tier: tier.rank(), team_id: team, ..survivor.clone() };
    let above = match loser.parent_id {
        Some(parent) => Some(store::get(cx, parent).await?.survivor_id),
        None => None,
    };
    let mut after = survivor.clone();
    let mut change = Change::new("enterprise.merged", "enterprise", survivor.id)
        .label(&survivor.name)
        .version(survivor.version + 1)
        .note(Some(reason.clone()))
        .set("merged", audit::Told::record("enterprise", loser.id, &loser.name));
    let mut chosen: Vec<FieldChange> = Vec::new();
    let own: Vec<String> = loser.own.codes().map(|code| format!("{}{code}", own_field::PREFIX)).collect();
    for field in write::fields(own.iter().map(String::as_str)) {
        // The tier follows from both: taken over, it could be lower than the survivor's own. What nobody was asked about,
        // since they don't edit it, goes where there is room.
        let is_asked = own_field::code_of(field).is_none() || own_field::is_edited(cx, SUBJECT, field);
        let unasked = !is_asked && survivor.value(field).is_none();
        let taken = unasked || (field != "tier" && given.take.iter().any(|name| name == field));
        let (mine, theirs) = (survivor.value(field), if taken { loser.value(field) } else { joined.value(field) });
        // Nothing becomes its own parent by taking over the parent of its child.
        let fits = field != "parent_id" || above != Some(survivor.id);
        if fits && mine != theirs {
            let old = told_on(cx, field, mine.as_deref()).await?;
            let new = told_on(cx, field, theirs.as_deref()).await?;
            chosen.push(FieldChange { field: field.to_owned(), old: old.clone(), new: new.clone() });
            change = change.field(field, old, new);
            after.set(field, theirs);
        }
    }
    store::update(cx, &granted, &after).await?;
    pointers::point(cx, &granted, &loser, survivor.id).await?;
    chosen.extend(sight::carry_over(cx, &granted, [&survivor, &after], &loser).await?);
    pointers::insert(cx, &loser, survivor.id, &reason, &serde_json::to_string(&chosen)?).await?;
    cx.record(change);
    cx.record(
        Change::new("enterprise.merged_into", "enterprise", loser.id)
            .label(&loser.name)
            .version(loser.version + 1)
            .note(Some(reason))
            .set("survivor", audit::Told::record("enterprise", survivor.id, &survivor.name)),
    );
    Ok(())
}

/// Whether the value of a field of this name can be taken over, as far as the actor may know.
fn is_known(cx: &Cx, name: &str) -> bool {
    match own_field::code_of(name) {
        Some(_) => !own_field::is_hidden(cx, SUBJECT, name),
        None => FIELDS.iter().any(|(field, _)| *field == name),
    }
}

/// Refuses to take over what the actor's role sees and does not edit.
fn refuse_unedited(cx: &Cx, take: &[String]) -> Result<()> {
    let mut problems = Problems::default();
    for name in
        take.iter().filter(|name| own_field::code_of(name).is_some() && !own_field::is_edited(cx, SUBJECT, name))
    {
        problems.add_with("take", "own-field-not-yours-named", &[("field", own_field::label(cx, SUBJECT, name))]);
    }
    problems.into_result()
}

/// Refuses two that can't become one, whatever is said of them.
pub(super) async fn refuse(cx: &mut Cx, survivor: &Enterprise, loser: &Enterprise) -> Result<()> {
    if loser.id == survivor.id {
        return Err(Error::conflict("merge-same-record"));
    }
    if loser.retired_at.is_some() || survivor.retired_at.is_some() {
        return Err(Error::conflict("enterprise-retired"));
    }
    refuse_different_numbers(cx, survivor, loser).await?;
    // Parent and child may become one; with others between them the group would close into a circle.
    for (one, other) in [(survivor.id, loser.id), (loser.id, survivor.id)] {
        if group::lies_under(cx, one, other).await?.is_some_and(|steps| steps > 1) {
            return Err(Error::conflict("merge-closes-circle"));
        }
    }
    Ok(())
}

/// Two numbers in force in one register are of two legal entities.
async fn refuse_different_numbers(cx: &mut Cx, survivor: &Enterprise, loser: &Enterprise) -> Result<()> {
    let today = cx.today();
    let in_force = |held: &Identifier| held.scheme != "listing" && held.valid_to.is_none_or(|last| last >= today);
    let mine: Vec<Identifier> = identifier::of(cx, survivor.id).await?.into_iter().filter(in_force).collect();
    let theirs: Vec<Identifier> = identifier::of(cx, loser.id).await?.into_iter().filter(in_force).collect();
    let same_register =
        |one: &Identifier, other: &Identifier| one.scheme == other.scheme && one.register == other.register;
    for one in &mine {
        if let Some(other) = theirs.iter().find(|other| same_register(one, other) && other.value != one.value) {
            return Err(Error::conflict_with(
                "merge-different-numbers",
                &[("one", one.value.clone()), ("other", other.value.clone())],
            ));
        }
    }
    Ok(())
}

/// What an unmerge could not put back, because somebody has changed it since: fields of the survivor, and what belongs to
/// the loser and was corrected through the survivor.
pub type Kept = Vec<String>;

/// Takes a merge back. What the merge took into the survivor goes back to what it was, unless it
/// was changed since; what was written to the survivor since stays with it. Industries of the loser that were cut by what
/// was set of the survivor are put back.
pub async fn unmerge(cx: &mut Cx, loser: Id) -> Result<Kept> {
    // First whether one may see it at all: that a record is not merged would tell that it is there.
    let survivor = get(cx, loser).await?;
    let granted = cx.require_on(&MERGE, survivor.relation())?;
    let held = store::get(cx, loser).await?;
    let Some(into) = held.merged_into else { return Err(Error::conflict("merge-not-merged")) };
    let merge = pointers::latest(cx, loser).await?.ok_or(Error::NotFound)?;
    let direct = store::get(cx, into).await?;
    let chosen: Vec<FieldChange> = serde_json::from_str(&merge.chosen)?;
    let (readers, chosen): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|one| one.field == sight::READER);
    let mut after = direct.clone();
    let mut kept = Vec::new();
    let mut change = Change::new("enterprise.unmerged", "enterprise", direct.id)
        .label(&direct.name)
        .version(direct.version + 1)
        .set("merged", audit::Told::record("enterprise", held.id, &held.name));
    let mut back: BTreeMap<String, Option<String>> = BTreeMap::new();
    for field in chosen {
        if direct.value(&field.field) == field.new.raw() {
            let old = pointers::before(cx, into, merge.merged_at, &field.field, field.old).await?;
            back.insert(field.field.clone(), old.raw());
            change = change.field(&field.field, field.new, old);
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
    // Whoever was named for what came with the loser has no more to see here, unless its tier stayed.
    if !kept.iter().any(|field| field == "tier") {
        sight::take_back(cx, &granted, &after, readers).await?;
    }
    let mut version = held.version + 1;
    let mut change = Change::new("enterprise.unmerged_from", "enterprise", held.id).label(&held.name);
    // With parents set since, its own could close a circle: then it stands for itself without one.
    if let Some(parent) = held.parent_id
        && group::lies_under(cx, parent, held.id).await?.is_some()
    {
        let old = told_on(cx, "parent_id", held.value("parent_id").as_deref()).await?;
        change = change.field("parent_id", old, audit::Told::Nothing);
        store::update(cx, &granted, &Enterprise { parent_id: None, ..held.clone() }).await?;
        version += 1;
        kept.push("parent_id".to_owned());
    }
    let change = industry::put_back(cx, &granted, held.id, merge.merged_at, change).await?;
    kept.extend(corrected_since(cx, &held, merge.merged_at).await?);
    kept.retain(|field| own_field::code_of(field).is_none() || !own_field::is_hidden(cx, SUBJECT, field));
    cx.record(change.version(version).set("survivor", audit::Told::record("enterprise", direct.id, &direct.name)));
    Ok(kept)
}

/// What belongs to a record and those under it and was corrected through the survivor: it stays so.
async fn corrected_since(cx: &mut Cx, held: &Enterprise, merged_at: At) -> Result<Kept> {
    let members = store::members(cx, held.id).await?;
    let verbs = audit::read::verbs_through(cx, "enterprise", &members, merged_at).await?;
    let kinds = [
        ("names", "name"),
        ("identifiers", "identifier"),
        ("measurements", "measurement"),
        ("flags", "flag"),
        ("relations", "relation"),
    ];
    let is_told = |noun: &str| verbs.iter().any(|verb| verb.starts_with(&format!("enterprise.{noun}_")));
    Ok(kinds.into_iter().filter(|(_, noun)| is_told(noun)).map(|(kind, _)| kind.to_owned()).collect())
}

/// The records that this one stands for, whether merged into it or into one that was: each can be
/// taken out by itself.
pub async fn merged(cx: &mut Cx, id: Id) -> Result<Vec<Enterprise>> {
    pointers::merged(cx, id).await
}

pub use outlook::{Differing, Outlook, outlook};
pub use pointers::{count_flags, count_identifiers, count_industries, count_measurements, count_names};
