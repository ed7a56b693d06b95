//! Lists narrowed by fields of the office's own: `own.CODE=VALUE`.

use super::value::{found_by, read};
use super::{OwnField, PREFIX, code_of, store, visible};
use crate::cx::Cx;
use crate::error::Problems;
use crate::forms::Form;
use crate::sql::Sql;

/// How a description of a list's address names all of them.
pub const PARAMETER: &str = "own.{code}";

/// A field that a list is narrowed by, and by which value of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub field: OwnField,
    /// As it is kept.
    pub value: String,
}

/// What an address asks of fields of the office's own. A field that nobody may filter by, or that the actor does not see,
/// and a value that it can't have are problems: a list without them would look like the one meant.
pub fn wanted(cx: &Cx, subject: &str, form: &Form, problems: &mut Problems) -> Vec<Wanted> {
    let asked = form.pairs().iter().filter(|(name, value)| code_of(name).is_some() && !value.trim().is_empty());
    let asked: Vec<&(String, String)> = asked.collect();
    if asked.is_empty() {
        return Vec::new();
    }
    let seen = visible(cx, subject);
    let mut wanted: Vec<Wanted> = Vec::new();
    for (name, value) in asked {
        let Some(field) = seen.iter().find(|field| field.filterable && Some(field.code.as_str()) == code_of(name))
        else {
            let known: Vec<&str> = seen.iter().filter(|field| field.filterable).map(OwnField::name).collect();
            let key = if known.is_empty() { "own-field-no-filter" } else { "problem-asked-unknown" };
            let shown = name.chars().take(60).collect::<String>();
            problems.add_with(name, key, &[("name", shown), ("known", known.join(", "))]);
            continue;
        };
        let Some(value) = read(cx, problems, field, name, value.trim(), true) else { continue };
        // A record says one thing in a field: what two values do not find together, no third will.
        let before: Vec<&Wanted> = wanted.iter().filter(|one| one.field.code == field.code).collect();
        if before.len() < 2 && before.iter().all(|one| one.value != value) {
            wanted.push(Wanted { field: field.clone(), value });
        }
    }
    wanted
}

/// Adds to a condition of a list: `column`, the record's key, is of one that says so.
pub fn condition(sql: &mut Sql, subject: &'static str, column: &'static str, wanted: &[Wanted]) {
    for one in wanted {
        sql.push(" AND ").push_name(column);
        store::condition(sql, subject, &one.field.code, &found_by(&one.field.kind, &one.value));
    }
}

/// Whether a parameter's name is of a field of the office's own.
pub(crate) fn is_parameter(name: &str) -> bool {
    name.len() > PREFIX.len() && name.starts_with(PREFIX)
}
