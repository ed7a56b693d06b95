//! What every write to an enterprise and to what belongs to it shares.

use std::collections::{BTreeMap, HashSet};

use identity::responsible;
use platform::audit::{self, Change, Told};
use platform::forms::{Loose, says_again};
use platform::own_field;
use platform::permission::{Granted, Tier};
use platform::{Cx, Error, Id, Problems, Result, version};

use super::{Enterprise, FIELDS, SUBJECT, get, store, told, written};
use crate::entry::{self, Both};
use crate::{EDIT, group};

/// Of what an edit gives that which says something else than the enterprise holds. Only that is checked: a record that
/// breaks today's rules in one field can be repaired in another. A parent is looked at in any case, as is a field that the
/// actor's role does not see: to hit on what is out of reach must not be told from any other value.
pub(super) fn differing(
    cx: &Cx,
    before: &Enterprise,
    mut edit: BTreeMap<String, Option<String>>,
) -> BTreeMap<String, Option<String>> {
    edit.retain(|field, given| {
        let known = if own_field::code_of(field).is_some() {
            !own_field::is_hidden(cx, SUBJECT, field)
        } else {
            FIELDS.iter().any(|(name, _)| *name == field) && field != "parent_id"
        };
        !known || !says_again(given.as_deref(), before.value(field).as_deref())
    });
    edit
}

/// The standard fields in their order, and those of the office's own among these names.
pub(in crate::enterprise) fn fields<'n>(among: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let own = among.filter(|name| own_field::code_of(name).is_some());
    FIELDS.iter().map(|(field, _)| *field).chain(own).collect()
}

/// The parent as the actor sees it: none where it is out of reach.
async fn parent_in_sight(cx: &mut Cx, held: &Enterprise) -> Result<Option<Id>> {
    match held.parent_id {
        Some(parent) => Ok(super::seen(cx, &[parent]).await?.first().copied()),
        None => Ok(None),
    }
}

/// Where a parent is given: one that fits, as the record that stands for it.
pub(super) async fn settle_parent(
    cx: &mut Cx,
    before: &Enterprise,
    checked: &mut BTreeMap<String, Option<String>>,
) -> Result<()> {
    let Some(given) = checked.get("parent_id").cloned() else { return Ok(()) };
    let held = parent_in_sight(cx, before).await?;
    // What one may not see one can't take away: an empty field says nothing of a parent out of reach.
    if given.is_none() && held.is_none() {
        checked.remove("parent_id");
    }
    let given = given.and_then(|given| given.parse::<Id>().ok());
    // Nor may its key be guessed: it is unknown like any other that is out of reach.
    let Some(parent) = given.filter(|given| held != Some(*given)) else { return Ok(()) };
    let mut problems = Problems::default();
    let found = group::fits(cx, &mut problems, before.id, parent).await?;
    problems.into_result()?;
    checked.insert("parent_id".to_owned(), found.map(|found| found.id.to_string()));
    Ok(())
}

/// Refuses another parent in the place of one that is out of the actor's reach, and says no more of it than that.
pub(super) async fn refuse_hidden_parent(
    cx: &mut Cx,
    before: &Enterprise,
    given: Option<Id>,
    field: &str,
) -> Result<()> {
    let Some(parent) = before.parent_id.filter(|parent| given != Some(*parent)) else { return Ok(()) };
    let stands = store::get(cx, parent).await?.survivor_id;
    match super::seen(cx, &[parent, stands]).await?.is_empty() {
        true => Err(Error::invalid(field, "problem-parent-not-yours")),
        false => Ok(()),
    }
}

/// Where an owner or a team is given: one that may hold it.
pub(super) async fn settle_holders(
    cx: &mut Cx,
    before: &Enterprise,
    checked: &BTreeMap<String, Option<String>>,
) -> Result<()> {
    let mut given = before.clone();
    for field in ["owner_id", "team_id"] {
        if let Some(value) = checked.get(field) {
            given.set(field, value.clone());
        }
    }
    let mut problems = Problems::default();
    responsible::check(cx, &mut problems, &EDIT, given.relation(), before.relation()).await?;
    problems.into_result()
}

/// A field's value as the audit of a record tells it. Another record is named: who reads the history without seeing that
/// one is not told of it.
pub(crate) async fn told_on(cx: &mut Cx, field: &str, value: Option<&str>) -> Result<Told> {
    let Some(id) = value.and_then(|text| text.parse::<Id>().ok()) else { return Ok(told(cx, field, value)) };
    match field {
        "parent_id" => {}
        "owner_id" | "team_id" => return told_holder(cx, field, id).await,
        _ => return Ok(told(cx, field, value)),
    }
    let other = store::get(cx, id).await?;
    Ok(Told::record("enterprise", id, &other.name))
}

/// An owner or a team by name.
pub(super) async fn told_holder(cx: &mut Cx, field: &str, id: Id) -> Result<Told> {
    let (kind, name) = match field {
        "owner_id" => ("account", identity::account::name(cx, id).await?),
        _ => ("team", identity::team::names(cx).await?.remove(&id)),
    };
    Ok(Told::record(kind, id, &name.unwrap_or_else(|| id.to_string())))
}

/// Whether everyone who may read one record may read the other.
pub(crate) fn may_name(on: &Enterprise, other: &Enterprise) -> bool {
    other.tier() <= Tier::Office && other.tier <= on.tier
}

pub(super) async fn refuse_stale(
    cx: &mut Cx,
    before: &Enterprise,
    version: i64,
    mine: &BTreeMap<String, Option<String>>,
    changed: &[&str],
) -> Result<()> {
    let since = changed_since(cx, before, Some(version)).await?;
    let stands = Enterprise { parent_id: parent_in_sight(cx, before).await?, ..before.clone() };
    let fields = fields(mine.keys().map(String::as_str));
    let both: Vec<Both> = fields
        .into_iter()
        .filter(|field| changed.contains(field) && since.contains(*field))
        .map(|field| (field, mine.get(field).cloned().flatten(), stands.value(field)))
        .collect();
    entry::agree(version, before.version, &both)
}

/// The fields changed after the version that an editor saw: only these can quarrel with the edit.
pub(crate) async fn changed_since(cx: &mut Cx, held: &Enterprise, version: Option<i64>) -> Result<HashSet<String>> {
    let older = match version {
        Some(version) if version::is_older(version, held.version)? => version,
        _ => return Ok(HashSet::new()),
    };
    let since = audit::read::since_version(cx, "enterprise", held.id, older).await?;
    Ok(since.iter().flat_map(audit::Entry::fields).map(|change| change.field).collect())
}

/// An enterprise that the actor may write to now, and the proof of it: a retired one takes no edits
/// and nothing new.
pub(crate) async fn to_edit(cx: &mut Cx, id: Id) -> Result<(Enterprise, Granted)> {
    let enterprise = get(cx, id).await?;
    let granted = cx.require_on(&EDIT, enterprise.relation())?;
    refuse_retired(&enterprise)?;
    Ok((enterprise, granted))
}

/// Notes a change of what belongs to an enterprise, which goes one version on.
pub(crate) async fn note(cx: &mut Cx, granted: &Granted, enterprise: &Enterprise, change: Change) -> Result<()> {
    let version = store::touch(cx, granted, enterprise.id).await?;
    cx.record(change.label(&enterprise.name).version(version));
    Ok(())
}

/// As [`note`], of what belongs to the record `owner` that this one stands for: told in its history, too, which is read by
/// itself once they are two again.
pub(crate) async fn note_of(
    cx: &mut Cx,
    granted: &Granted,
    enterprise: &Enterprise,
    owner: Id,
    change: Change,
) -> Result<()> {
    note_beside(cx, enterprise, owner, &change).await?;
    note(cx, granted, enterprise, change).await
}

/// Tells a change in the history of a merged record that it was written to, if it was one.
pub(crate) async fn note_beside(cx: &mut Cx, enterprise: &Enterprise, owner: Id, change: &Change) -> Result<()> {
    if owner == enterprise.id {
        return Ok(());
    }
    let record = store::get(cx, owner).await?;
    let through = Told::record("enterprise", enterprise.id, &enterprise.name);
    let mut change = Change { subject_id: owner, version: None, ..change.clone() };
    // What an undo goes by stands with the entry that is undone, once.
    change.fields.retain(|field| !field.field.starts_with('_'));
    cx.record(change.label(&record.name).set(audit::read::THROUGH, through));
    Ok(())
}

/// Refuses what belongs to another enterprise than the one it was asked for under.
pub(crate) async fn belongs(cx: &mut Cx, survivor: Id, owner: Id) -> Result<()> {
    if store::members(cx, survivor).await?.contains(&owner) { Ok(()) } else { Err(Error::NotFound) }
}

/// A record itself, whoever stands for it; for what belongs to it alone.
pub(crate) async fn record(cx: &mut Cx, id: Id) -> Result<Enterprise> {
    store::get(cx, id).await
}

/// The records that each of these stands for, as (record, survivor), in few queries.
pub(crate) async fn members_of(cx: &mut Cx, survivors: &[Id]) -> Result<Vec<(Id, Id)>> {
    store::members_of(cx, survivors).await
}

/// The enterprise that was chosen by key, by reference or by a name that only one has; a problem of
/// that field where there is none, or where it is retired.
pub(crate) async fn chosen(
    cx: &mut Cx,
    problems: &mut Problems,
    field: &str,
    text: &Loose,
) -> Result<Option<Enterprise>> {
    let typed = text.get().unwrap_or_default();
    let by_key = match typed.parse::<Id>() {
        Ok(id) => get(cx, id).await.map(Some).or_else(|error| match error {
            Error::NotFound => Ok(None),
            other => Err(other),
        })?,
        Err(_) => None,
    };
    let found = match by_key {
        Some(found) => Some(found),
        None => match written(cx, typed).await? {
            Some(brief) => Some(get(cx, brief.id).await?),
            None => None,
        },
    };
    match &found {
        None => problems.add_with(
            field,
            "problem-enterprise-unknown",
            &[("value", typed.chars().take(100).collect::<String>())],
        ),
        Some(found) if found.retired_at.is_some() => problems.add(field, "enterprise-retired"),
        Some(_) => {}
    }
    Ok(found)
}

pub(super) fn refuse_retired(enterprise: &Enterprise) -> Result<()> {
    match enterprise.retired_at {
        Some(_) => Err(Error::conflict("enterprise-retired")),
        None => Ok(()),
    }
}
