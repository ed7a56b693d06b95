//! Enterprises as the rows of a file write them, looked up once for each spelling.

use std::collections::HashMap;

use platform::audit::{Entry, FieldChange, Told};
use platform::forms::Loose;
use platform::import::{Named, Outcome, Row, Undone};
use platform::{Cx, Error, Id, Problems, Result};
use time::Date;

use crate::enterprise::{self, Brief};

/// That no enterprise, or more than one, goes by what a cell says.
pub(crate) const UNKNOWN: &str = "problem-enterprise-unknown";

/// That a record is retired, which takes no change.
const RETIRED: [&str; 2] = ["enterprise-retired", "person-retired"];

/// What has been looked up so far.
#[derive(Default)]
pub(crate) struct Written(HashMap<String, Option<Brief>>);

impl Written {
    /// The enterprise that a cell names, or a problem of that column. A retired one takes nothing.
    pub(crate) async fn find(
        &mut self,
        cx: &mut Cx,
        problems: &mut Problems,
        column: &str,
        text: &str,
    ) -> Result<Option<Brief>> {
        let brief = match self.0.get(text) {
            Some(brief) => brief.clone(),
            None => {
                let brief = enterprise::written(cx, text).await?;
                self.0.insert(text.to_owned(), brief.clone());
                brief
            }
        };
        match &brief {
            None => problems.add_with(column, UNKNOWN, &[("value", text.chars().take(100).collect::<String>())]),
            Some(brief) if brief.retired => problems.add(column, "enterprise-retired"),
            Some(_) => {}
        }
        Ok(brief.filter(|brief| !brief.retired))
    }
}

/// What a verb refused, as the outcome of a row: a refused row never stops the others.
pub(crate) fn outcome(done: Result<Outcome>, column: &str) -> Result<Outcome> {
    match done {
        Ok(outcome) => Ok(outcome),
        Err(Error::Invalid(problems)) => Ok(Outcome::Refused(problems)),
        Err(Error::Conflict(conflict)) => {
            let mut problems = Problems::default();
            let args: Vec<(&str, String)> =
                conflict.args.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
            problems.add_with(column, &conflict.key, &args);
            Ok(Outcome::Refused(problems))
        }
        Err(Error::NotFound | Error::Forbidden(_)) => {
            let mut problems = Problems::default();
            problems.add(column, "error-forbidden-body");
            Ok(Outcome::Refused(problems))
        }
        Err(error) => Err(error),
    }
}

/// What a verb refused, as the answer of an undo.
pub(crate) fn undone(done: Result<()>) -> Result<Undone> {
    match done {
        Ok(()) => Ok(Undone::Reversed),
        Err(Error::Conflict(conflict)) if RETIRED.contains(&conflict.key.as_str()) => Ok(Undone::KeptRetired),
        Err(Error::Conflict(_) | Error::NotFound | Error::Forbidden(_) | Error::Invalid(_)) => Ok(Undone::KeptTouched),
        Err(error) => Err(error),
    }
}

/// The record of a kind that an entry tells of.
pub(crate) fn told_record(entry: &Entry, kind: &str) -> Option<Id> {
    entry.fields().into_iter().find_map(|change| match change.new {
        Told::Record { kind: told, id, .. } if told == kind => Some(id),
        _ => None,
    })
}

/// What a row is read as; its problems join those of the row.
pub(crate) fn checked<T>(problems: &mut Problems, read: Result<T>) -> Result<Option<T>> {
    match read {
        Ok(checked) => Ok(Some(checked)),
        Err(Error::Invalid(more)) => {
            problems.extend(more);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

type Days = (Option<Date>, Option<Date>);

/// What a row says differently of the days on which something holds, and those days as they would be
/// given. A column that the file does not have changes nothing.
pub(crate) fn days(row: &Row, before: Days, new: Days) -> Result<(Vec<FieldChange>, Loose, Loose)> {
    let from = if row.has("valid_from") { new.0 } else { before.0 };
    let to = if row.has("valid_to") { new.1 } else { before.1 };
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Error::invalid("valid_to", "problem-period-backwards"));
    }
    let change = |field: &str, old: Option<Date>, new: Option<Date>| FieldChange {
        field: field.to_owned(),
        old: Told::day(old),
        new: Told::day(new),
    };
    let changes = differing(vec![change("valid_from", before.0, from), change("valid_to", before.1, to)]);
    let given = |day: Option<Date>| Loose::from(day.map(|day| day.to_string()));
    Ok((changes, given(from), given(to)))
}

/// A field as it was before an entry changed it, or as it stands where the entry left it be. Where
/// somebody has changed it since, nothing is put back.
pub(crate) fn put_back(entry: &Entry, field: &str, stands: &Told) -> Result<Option<String>> {
    match entry.fields().into_iter().find(|change| change.field == field) {
        Some(change) if change.new != *stands => Err(Error::conflict("record-changed-meanwhile")),
        Some(change) => Ok(change.old.raw()),
        None => Ok(stands.raw()),
    }
}

/// Only the fields that differ.
pub(crate) fn differing(changes: Vec<FieldChange>) -> Vec<FieldChange> {
    changes.into_iter().filter(|change| change.old != change.new).collect()
}

/// Why an import changed something, where its rows do not say.
pub(crate) fn reason(cx: &Cx, given: Option<&str>) -> String {
    let named = || cx.kept.get::<Named>().0.clone();
    given.map(str::to_owned).or_else(|| Some(named()).filter(|named| !named.is_empty())).unwrap_or("import".to_owned())
}
