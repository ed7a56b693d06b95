//! Reading the audit: a record's history, and the auditor's search through all of it.

use std::collections::HashMap;

use crate::audit::{Entry, FieldChange};
use crate::clock::At;
use crate::cx::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::permission::{Permission, Role, Scope};
use crate::sql::Sql;

pub(super) const COLUMNS: &str = "SELECT id, lane, seq, at, actor_id, actor_name, way, verb, subject_kind, subject_id, \
     subject_label, subject_version, import_id, note, detail, hash FROM audit_entries";

/// Searching the whole audit.
pub const SEARCH: Permission =
    Permission::read("audit.entry.search", &[(Role::Auditor, Scope::All), (Role::Director, Scope::All)]);

/// The verb of entries that tell of a look, not of a change.
pub const LOOKED: &str = "record.looked";

impl Entry {
    /// The fields changed. An entry that can't be read shows none rather than failing the page;
    /// `oases check` names it.
    pub fn fields(&self) -> Vec<FieldChange> {
        serde_json::from_str(&self.detail).unwrap_or_default()
    }
}

/// A record's history, latest first, below `before` if given. The caller has already made sure
/// that the actor may see the record.
pub async fn history(cx: &mut Cx, kind: &'static str, id: Id, before: Option<Id>, limit: i64) -> Result<Vec<Entry>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE subject_kind = ").bind(kind).push(" AND subject_id = ").bind(id);
    if let Some(before) = before {
        sql.push(" AND id < ").bind(before);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

/// The changes of a record after one of its versions: what a stale edit would write over.
pub async fn since_version(cx: &mut Cx, kind: &'static str, id: Id, version: i64) -> Result<Vec<Entry>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE subject_kind = ").bind(kind).push(" AND subject_id = ").bind(id);
    sql.push(" AND subject_version > ").bind(version).push(" ORDER BY id");
    sql.fetch_all(cx).await
}

/// The entries of an import, latest first: what its undo walks.
pub async fn of_import(cx: &mut Cx, import: Id, before: Option<Id>, limit: i64) -> Result<Vec<Entry>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE import_id = ").bind(import);
    if let Some(before) = before {
        sql.push(" AND id < ").bind(before);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

/// What an auditor looks for; every part may be left out.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub actor: Option<Id>,
    pub verb: Option<String>,
    pub subject_kind: Option<String>,
    pub subject: Option<Id>,
    pub label: Option<String>,
    pub since: Option<At>,
    pub until: Option<At>,
    pub import: Option<Id>,
    pub before: Option<Id>,
}

/// Searches the whole audit, latest first.
pub async fn search(cx: &mut Cx, wanted: &Search, limit: i64) -> Result<Vec<Entry>> {
    cx.require(&SEARCH)?;
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE 1 = 1");
    if let Some(actor) = wanted.actor {
        sql.push(" AND actor_id = ").bind(actor);
    }
    if let Some(verb) = &wanted.verb {
        sql.push(" AND verb = ").bind(verb.as_str());
    }
    if let Some(kind) = &wanted.subject_kind {
        sql.push(" AND subject_kind = ").bind(kind.as_str());
    }
    if let Some(subject) = wanted.subject {
        sql.push(" AND subject_id = ").bind(subject);
    }
    if let Some(label) = &wanted.label {
        sql.push(" AND subject_label = ").bind(label.as_str());
    }
    if let Some(since) = wanted.since {
        sql.push(" AND at >= ").bind(since);
    }
    if let Some(until) = wanted.until {
        sql.push(" AND at <= ").bind(until);
    }
    if let Some(import) = wanted.import {
        sql.push(" AND import_id = ").bind(import);
    }
    if let Some(before) = wanted.before {
        sql.push(" AND id < ").bind(before);
    }
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

/// When each of several records was last changed in any way, its parts included; looks leave it be.
pub async fn last_changes(cx: &mut Cx, kind: &'static str, ids: &[Id]) -> Result<HashMap<Id, At>> {
    let mut last = HashMap::new();
    for some in ids.chunks(500) {
        let mut sql = Sql::new("SELECT subject_id, MAX(at) FROM audit_entries WHERE subject_kind = ");
        sql.bind(kind).push(" AND subject_id").bind_in(some.iter().copied());
        sql.push(" AND verb <> ").bind(LOOKED).push(" GROUP BY subject_id ORDER BY subject_id");
        last.extend(sql.fetch_all::<(Id, At)>(cx).await?);
    }
    Ok(last)
}
