//! A row about an enterprise we hold: judged whole, then written.

use std::collections::BTreeMap;

use platform::audit::{FieldChange, Told};
use platform::import::{Mode, Outcome, Row};
use platform::{Cx, Error, Id, Problems, Result};

use super::{Held, reference};
use crate::enterprise::new::Checked;
use crate::enterprise::{Enterprise, NewIdentifier, NewName, correct, edit, get, refuse_hidden_parent, told};
use crate::identifier::{self, GivenIdentifier};
use crate::name::{self, GivenName};
use crate::written;
use crate::{EDIT, group};

/// What a row says differently is changed, and nothing else; everything that may refuse it is asked
/// before any of it is written.
pub(super) async fn known(cx: &mut Cx, held: &Held, id: Id, row: &Row, new: &Checked, mode: Mode) -> Result<Outcome> {
    let Some(enterprise) = held.enterprises.get(&id) else {
        // An identifier of a record out of reach: told, without telling whose it is.
        return Ok(refused(identified_in(row, new), "enterprise-identifier-held"));
    };
    if enterprise.retired_at.is_some() {
        let column = if reference(row).is_some() { "reference" } else { identified_in(row, new) };
        return Ok(refused(column, "enterprise-retired"));
    }
    let mut differing: BTreeMap<String, Option<String>> = new
        .fields
        .iter()
        .filter(|(field, value)| value.is_some() && enterprise.value(field) != **value)
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    if let Some(parent) = new.parent.as_ref().filter(|parent| enterprise.parent_id != Some(parent.id)) {
        let mut problems = Problems::default();
        group::fits(cx, &mut problems, id, parent.id).await?;
        if !problems.is_empty() {
            return Ok(Outcome::Refused(at_column(&problems, "parent")));
        }
        refuse_hidden_parent(cx, enterprise, Some(parent.id), "parent").await?;
        differing.insert("parent_id".to_owned(), Some(parent.id.to_string()));
    }
    let names: Vec<&NewName> = new.names.iter().filter(|name| !held.has_name(id, name)).collect();
    let identifiers: Vec<&NewIdentifier> =
        new.identifiers.iter().filter(|identifier| held.holder(identifier) != Some(id)).collect();
    // A parent that comes further down is given when it is there; until then what it will change is told.
    let ahead = row.get("parent").filter(|_| mode == Mode::Check && new.parent.is_none());
    if differing.is_empty() && names.is_empty() && identifiers.is_empty() && ahead.is_none() {
        return Ok(Outcome::Same(id));
    }
    cx.require_on(&EDIT, enterprise.relation())?;
    let counted = correct::COUNTED.into_iter().find(|field| differing.contains_key(*field));
    if let Some(field) = counted
        && let Some(release) = platform::frozen::of(cx, "enterprise", id).await?
    {
        let mut problems = Problems::default();
        problems.add_with(field, correct::FROZEN, &[("release", release)]);
        return Ok(Outcome::Refused(problems));
    }
    for identifier in &identifiers {
        if let Err(error) = identifier::refuse_unfit(cx, enterprise, identifier).await {
            return at_number(error, identifier);
        }
    }
    let shown = reference(row).and_then(|_| renamed(enterprise, &names));
    let mut changes: Vec<FieldChange> = differing
        .iter()
        .map(|(field, value)| FieldChange {
            field: field.clone(),
            old: told(cx, field, enterprise.value(field).as_deref()),
            new: match &new.parent {
                Some(parent) if field == "parent_id" => Told::record("enterprise", parent.id, &parent.name),
                _ => told(cx, field, value.as_deref()),
            },
        })
        .collect();
    let text = |field: &str, old: Option<&str>, new: &str| FieldChange {
        field: field.to_owned(),
        old: Told::text(old),
        new: Told::Text(new.to_owned()),
    };
    if let Some(parent) = ahead {
        let held = group::parent(cx, enterprise).await?.map(|held| Told::record("enterprise", held.id, &held.name));
        changes.push(FieldChange {
            field: "parent_id".to_owned(),
            old: held.unwrap_or_default(),
            new: Told::Text(parent.to_owned()),
        });
    }
    if let Some((first, second)) = &shown {
        changes.push(text("name", Some(&enterprise.name), &first.0));
        changes.extend(second.iter().map(|(name, _)| text("second_name", enterprise.second_name.as_deref(), name)));
        changes.retain(|change| change.old != change.new);
    }
    changes.extend(names.iter().map(|name| text("names", None, &name.name)));
    changes.extend(identifiers.iter().map(|identifier| text("identifiers", None, &identifier.value)));
    if mode == Mode::Keep {
        if !differing.is_empty() {
            edit(cx, id, enterprise.version, differing).await?;
        }
        for NewName { name, language, kind } in names.into_iter().cloned() {
            name::add(cx, id, GivenName { name, language, kind, ..GivenName::default() }).await?;
        }
        if let Some((first, second)) = shown {
            show(cx, id, &first, second.as_ref()).await?;
        }
        for NewIdentifier { scheme, register, value } in identifiers.into_iter().cloned() {
            identifier::add(cx, id, GivenIdentifier { scheme, register, value, ..Default::default() }).await?;
        }
    }
    Ok(Outcome::Changed(id, changes))
}

/// A name and its language.
type Text = (String, String);

/// By what an enterprise is shown once a row that names it by reference gives it another name: in
/// place of the name shown in that language. A name in a further language is only added.
fn renamed(enterprise: &Enterprise, names: &[&NewName]) -> Option<(Text, Option<Text>)> {
    let before = (
        (enterprise.name.clone(), enterprise.name_language.clone()),
        enterprise.second_name.clone().zip(enterprise.second_language.clone()),
    );
    let mut after = before.clone();
    for name in names {
        let shown = (name.name.clone(), name.language.clone());
        if after.0.1 == name.language {
            after.0 = shown;
        } else if after.1.as_ref().is_some_and(|(_, language)| *language == name.language) {
            after.1 = Some(shown);
        }
    }
    (after != before).then_some(after)
}

async fn show(cx: &mut Cx, id: Id, first: &Text, second: Option<&Text>) -> Result<()> {
    let held = get(cx, id).await?;
    let names = name::of(cx, id).await?;
    let find = |(name, language): &Text| {
        let own = names.iter().filter(|one| one.enterprise_id == id);
        own.into_iter().find(|one| one.name == *name && one.language == *language).map(|one| one.id)
    };
    if let Some(first) = find(first) {
        name::show(cx, id, held.version, first, second.and_then(find)).await?;
    }
    Ok(())
}

/// What refuses a number, at the column that gives it.
fn at_number(error: Error, identifier: &NewIdentifier) -> Result<Outcome> {
    let column = number_column(&identifier.scheme);
    Ok(match written::outcome(Err(error), column)? {
        Outcome::Refused(found) => Outcome::Refused(at_column(&found, column)),
        other => other,
    })
}

fn refused(column: &str, key: &str) -> Outcome {
    let mut problems = Problems::default();
    problems.add(column, key);
    Outcome::Refused(problems)
}

/// The column by which a row says whose number it gives.
pub(super) fn identified_in(row: &Row, new: &Checked) -> &'static str {
    new.identifiers.first().map_or_else(|| named_in(row), |identifier| number_column(&identifier.scheme))
}

fn number_column(scheme: &str) -> &'static str {
    match scheme {
        "lei" => "lei",
        "registry" => "registry_number",
        _ => "listing_code",
    }
}

/// The column by which a row says whom it is about.
pub(super) fn named_in(row: &Row) -> &'static str {
    let columns = ["reference", "name", "name_en", "name_zh_hant", "name_zh_hans", "name_other"];
    columns.into_iter().find(|field| row.get(field).is_some()).unwrap_or("name")
}

/// What was found at other fields, at the column that says it.
fn at_column(found: &Problems, column: &str) -> Problems {
    let mut problems = Problems::default();
    for problem in found.all() {
        let args: Vec<(&str, String)> =
            problem.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
        problems.add_with(column, &problem.key, &args);
    }
    problems
}
