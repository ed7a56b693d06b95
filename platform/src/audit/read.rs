//! Reading the audit: a record's history, and the auditor's search through all of it.

use std::collections::{BTreeMap, HashMap};

use crate::audit::{Entry, FieldChange, Told};
use crate::clock::At;
use crate::cx::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::on;
use crate::order::{By, Order, Place, Rows, Sort};
use crate::own_field;
use crate::permission::{Permission, Relation, Role, Scope};
use crate::sql::{AT_ONCE, Sql};

pub(super) const COLUMNS: &str = "SELECT id, lane, seq, at, actor_id, actor_name, way, verb, subject_kind, subject_id, \
     subject_label, subject_version, import_id, note, detail, hash FROM audit_entries";

/// Searching the whole audit.
pub const SEARCH: Permission =
    Permission::read("audit.entry.search", &[(Role::Auditor, Scope::All), (Role::Director, Scope::All)]);

/// Knowing who has looked at a record: whose it is, who leads the team that holds it, and those who
/// search the whole audit.
pub const LOOKS: Permission = Permission::read(
    "audit.look.read",
    &[
        (Role::Auditor, Scope::All),
        (Role::Director, Scope::All),
        (Role::TeamLead, Scope::Team),
        (Role::Officer, Scope::Own),
    ],
);

/// Stands for what may not be named.
const UNNAMED: &str = "–";

/// The field under which an entry on a record names the one that it was written through. Where both are read as one,
/// the entry on the other tells it already.
pub const THROUGH: &str = "through";

/// The verb of entries that tell of a look, not of a change.
pub const LOOKED: &str = "record.looked";

impl Entry {
    /// The fields changed. An entry that can't be read shows none rather than failing the page;
    /// `oases check` names it.
    pub fn fields(&self) -> Vec<FieldChange> {
        serde_json::from_str(&self.detail).unwrap_or_default()
    }
}

/// A record's history, latest first, below `before` if given: its changes, for who has looked is for
/// fewer to know. The caller has already made sure that the actor may see the record; other records that it tells
/// of are named only where the actor may see them too.
pub async fn history(cx: &mut Cx, kind: &'static str, id: Id, before: Option<Id>, limit: i64) -> Result<Vec<Entry>> {
    history_of(cx, kind, &[id], before, limit).await
}

/// As [`history`], of several records that are read as one.
pub async fn history_of(
    cx: &mut Cx,
    kind: &'static str,
    ids: &[Id],
    before: Option<Id>,
    limit: i64,
) -> Result<Vec<Entry>> {
    let (most, mut before) = (usize::try_from(limit).unwrap_or_default(), before);
    let mut told: Vec<Entry> = Vec::new();
    loop {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE subject_kind = ").bind(kind).push(" AND subject_id").bind_in(ids.iter().copied());
        sql.push(" AND verb <> ").bind(LOOKED);
        if let Some(before) = before {
            sql.push(" AND id < ").bind(before);
        }
        sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
        let mut entries: Vec<Entry> = sql.fetch_all(cx).await?;
        let is_last = entries.len() < most;
        before = entries.last().map(|entry| entry.id);
        entries.retain(|entry| !is_told_elsewhere(entry, ids));
        leave_unnamed(cx, &mut entries).await?;
        in_readers_names(cx, &mut entries).await?;
        own_field::leave_unseen(cx, kind, &mut entries)?;
        told.extend(entries);
        // What is not shown makes room for what happened before it.
        if is_last || told.len() >= most {
            told.truncate(most);
            return Ok(told);
        }
    }
}

fn is_told_elsewhere(entry: &Entry, ids: &[Id]) -> bool {
    let through = |change: &FieldChange| matches!(&change.new, Told::Record { id, .. } if change.field == THROUGH && ids.contains(id));
    ids.len() > 1 && entry.fields().iter().any(through)
}

/// Takes the names of records that the actor may not see out of what entries tell, entries that tell of nothing else out
/// of the history, and such as are of such a record as much as of the one they stand on.
async fn leave_unnamed(cx: &mut Cx, entries: &mut Vec<Entry>) -> Result<()> {
    for sight in cx.house.sights.clone() {
        let is_told = |told: &Told| match told {
            Told::Record { kind, id, .. } if kind == sight.kind => Some(*id),
            _ => None,
        };
        let mut told: Vec<Id> = entries
            .iter()
            .flat_map(Entry::fields)
            .flat_map(|change| [is_told(&change.old), is_told(&change.new)])
            .flatten()
            .collect();
        told.sort_unstable();
        told.dedup();
        if told.is_empty() {
            continue;
        }
        let seen = (sight.seen)(cx, &told).await?;
        name_again(cx, sight.kind, &seen, entries).await?;
        told.retain(|id| !seen.contains(id));
        if told.is_empty() {
            continue;
        }
        let is_hidden = |value: &Told| is_told(value).is_some_and(|id| told.contains(&id));
        let is_of_hidden = |change: &FieldChange| {
            sight.both.contains(&change.field.as_str()) && (is_hidden(&change.old) || is_hidden(&change.new))
        };
        entries.retain(|entry| !entry.fields().iter().any(is_of_hidden));
        let mut told_of_others = Vec::with_capacity(entries.len());
        for mut entry in entries.drain(..) {
            let mut fields = entry.fields();
            let shown = fields.iter().filter(|change| !change.field.starts_with('_'));
            let values = shown.flat_map(|change| [&change.old, &change.new]).filter(|value| **value != Told::Nothing);
            let (out, told): (Vec<&Told>, Vec<&Told>) =
                values.partition(|value| is_hidden(value) || **value == Told::Text(UNNAMED.to_owned()));
            if told.is_empty() && !out.is_empty() {
                continue;
            }
            for value in fields.iter_mut().flat_map(|change| [&mut change.old, &mut change.new]) {
                if is_hidden(value) {
                    *value = Told::Text(UNNAMED.to_owned());
                }
            }
            entry.detail = serde_json::to_string(&fields)?;
            told_of_others.push(entry);
        }
        *entries = told_of_others;
    }
    Ok(())
}

/// Calls what has a name in each language as the reader does: an entry was written in the language of whoever acted.
async fn in_readers_names(cx: &mut Cx, entries: &mut [Entry]) -> Result<()> {
    for named in cx.house.named.clone() {
        let of_kind = format!("\"kind\":\"{}\"", named.kind);
        if !entries.iter().any(|entry| entry.detail.contains(&of_kind)) {
            continue;
        }
        let names = (named.names)(cx).await?;
        for entry in entries.iter_mut().filter(|entry| entry.detail.contains(&of_kind)) {
            let mut fields = entry.fields();
            for value in fields.iter_mut().flat_map(|change| [&mut change.old, &mut change.new]) {
                let told: Vec<(&Id, &mut String)> = match value {
                    Told::Record { kind, id, name } if kind == named.kind => vec![(&*id, name)],
                    Told::Records { kind, records } if kind == named.kind => {
                        records.iter_mut().map(|(id, name)| (&*id, name)).collect()
                    }
                    _ => Vec::new(),
                };
                for (id, name) in told {
                    if let Some(called) = names.get(id).filter(|_| name != UNNAMED) {
                        name.clone_from(called);
                    }
                }
            }
            entry.detail = serde_json::to_string(&fields)?;
        }
    }
    Ok(())
}

/// Names the records that an entry was written without a name of, by what their own last entries call them: the reader may
/// see them.
async fn name_again(cx: &mut Cx, kind: &'static str, seen: &[Id], entries: &mut [Entry]) -> Result<()> {
    let is_nameless = |value: &Told| match value {
        Told::Record { kind: held, id, name } if held == kind && name == UNNAMED && seen.contains(id) => Some(*id),
        _ => None,
    };
    let both = |change: &FieldChange| [is_nameless(&change.old), is_nameless(&change.new)];
    let mut nameless: Vec<Id> = entries.iter().flat_map(Entry::fields).flat_map(|one| both(&one)).flatten().collect();
    nameless.sort_unstable();
    nameless.dedup();
    if nameless.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new(
        "SELECT a.subject_id, a.subject_label FROM audit_entries a JOIN (SELECT MAX(id) AS id FROM audit_entries \
         WHERE subject_label <> '' AND subject_kind = ",
    );
    sql.bind(kind).push(" AND subject_id").bind_in(nameless).push(" GROUP BY subject_id) last ON last.id = a.id");
    let names: HashMap<Id, String> = sql.fetch_all::<(Id, String)>(cx).await?.into_iter().collect();
    for entry in entries {
        let mut fields = entry.fields();
        for value in fields.iter_mut().flat_map(|change| [&mut change.old, &mut change.new]) {
            if let Some(known) = is_nameless(value).and_then(|id| names.get(&id))
                && let Told::Record { name, .. } = value
            {
                name.clone_from(known);
            }
        }
        entry.detail = serde_json::to_string(&fields)?;
    }
    Ok(())
}

/// The verbs by which records were written to through another since an instant.
pub async fn verbs_through(cx: &mut Cx, kind: &'static str, ids: &[Id], since: At) -> Result<Vec<String>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE subject_kind = ").bind(kind).push(" AND subject_id").bind_in(ids.iter().copied());
    sql.push(" AND verb <> ").bind(LOOKED).push(" AND at >= ").bind(since).push(" ORDER BY id");
    let entries: Vec<Entry> = sql.fetch_all(cx).await?;
    let through = |entry: &Entry| entry.fields().iter().any(|change| change.field == THROUGH);
    let mut verbs: Vec<String> = entries.into_iter().filter(through).map(|entry| entry.verb).collect();
    verbs.dedup();
    Ok(verbs)
}

/// The changes of a record after one of its versions: what a stale edit would write over.
pub async fn since_version(cx: &mut Cx, kind: &str, id: Id, version: i64) -> Result<Vec<Entry>> {
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

/// How far each chain had come: a place in the history of all changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads(BTreeMap<i64, i64>);

/// How far the chains have come, as this transaction sees them.
pub async fn heads(cx: &mut Cx) -> Result<Heads> {
    let rows: Vec<(i64, i64)> =
        on!(cx, db => sqlx::query_as("SELECT lane, seq FROM audit_lanes ORDER BY lane").fetch_all(db).await)?;
    Ok(Heads(rows.into_iter().collect()))
}

impl Heads {
    /// Whether nothing has changed from this place to another.
    pub fn reaches(&self, other: &Self) -> bool {
        other.0.iter().all(|(lane, seq)| self.0.get(lane).is_some_and(|seen| seen >= seq))
    }

    /// The later place of the two, chain by chain.
    pub fn join(&mut self, other: &Self) {
        for (lane, seq) in &other.0 {
            let seen = self.0.entry(*lane).or_default();
            *seen = (*seen).max(*seq);
        }
    }
}

/// The records of these kinds that have changed since a place in the history: every change is an
/// entry, and the entries of a chain have no gaps. Nothing where more than `most` have.
pub async fn changed_since(
    cx: &mut Cx,
    seen: &Heads,
    kinds: &[&'static str],
    most: i64,
) -> Result<Option<Vec<(String, Id)>>> {
    let mut found = Vec::new();
    for (lane, head) in heads(cx).await?.0 {
        let from = seen.0.get(&lane).copied().unwrap_or_default();
        if head <= from {
            continue;
        }
        if head - from > most {
            return Ok(None);
        }
        // In the order of the chain and not of the records: the chain's end is what is read.
        let mut sql = Sql::new("SELECT verb, subject_kind, subject_id FROM audit_entries WHERE lane = ");
        sql.bind(lane).push(" AND seq > ").bind(from).push(" ORDER BY seq");
        let entries: Vec<(String, String, Id)> = sql.fetch_all(cx).await?;
        let told = entries.into_iter().filter(|(verb, kind, _)| verb != LOOKED && kinds.contains(&kind.as_str()));
        found.extend(told.map(|(_, kind, id)| (kind, id)));
    }
    found.sort_unstable();
    found.dedup();
    Ok(Some(found))
}

/// What an auditor looks for; every part may be left out.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub actor: Option<Id>,
    pub verb: Option<String>,
    pub subject_kind: Option<String>,
    pub subject: Option<Id>,
    pub label: Option<String>,
    /// What the record's name begins with, in any script.
    pub text: Option<String>,
    /// Records that the same text is known to mean, by a reference or another of their names: their kinds and keys.
    pub meant: Vec<(&'static str, Id)>,
    /// Words of the reason that was given.
    pub note: Option<String>,
    pub way: Option<String>,
    pub since: Option<At>,
    pub until: Option<At>,
    pub import: Option<Id>,
}

/// Latest first: the key tells the time.
pub const ORDERS: &[Order] = &[Order { name: "at", by: &[By::Number("id")] }];
const LATEST: Sort = Sort { order: &ORDERS[0], down: true };

/// Searches the whole audit, latest first.
pub async fn search(cx: &mut Cx, wanted: &Search, limit: i64) -> Result<Vec<Entry>> {
    Ok(page(cx, wanted, &Place::default(), limit).await?.rows)
}

/// A page of what is looked for, latest first.
pub async fn page(cx: &mut Cx, wanted: &Search, place: &Place, limit: i64) -> Result<Rows<Entry>> {
    cx.require(&SEARCH)?;
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE 1 = 1");
    for (column, number) in [
        (" AND actor_id = ", wanted.actor),
        (" AND subject_id = ", wanted.subject),
        (" AND import_id = ", wanted.import),
    ] {
        if let Some(number) = number {
            sql.push(column).bind(number);
        }
    }
    for (column, text) in
        [(" AND verb = ", &wanted.verb), (" AND subject_kind = ", &wanted.subject_kind), (" AND way = ", &wanted.way)]
    {
        if let Some(text) = text {
            sql.push(column).bind(text.as_str());
        }
    }
    if let Some(label) = &wanted.label {
        labelled(sql.push(" AND "), label);
    }
    if let Some(text) = &wanted.text {
        sql.push(" AND ((");
        if !crate::search::prefix_condition(&mut sql, "label_key", text) {
            sql.push("1 = 0");
        }
        sql.push(")");
        for (kind, id) in &wanted.meant {
            sql.push(" OR (subject_kind = ").bind(*kind).push(" AND subject_id = ").bind(*id).push(")");
        }
        sql.push(")");
    }
    if let Some(note) = &wanted.note {
        sql.push(" AND note IS NOT NULL");
        for word in note.split_whitespace() {
            sql.push(" AND LOWER(note) LIKE ").bind(crate::search::within(&word.to_lowercase())).push(" ESCAPE '!'");
        }
    }
    // The key narrows the range to the days without an index of its own; the instant decides.
    if let Some(since) = wanted.since {
        sql.push(" AND id >= ").bind(Id::first_at(since)).push(" AND at >= ").bind(since);
    }
    if let Some(until) = wanted.until {
        sql.push(" AND id < ").bind(Id::first_at(until.plus_seconds(60))).push(" AND at <= ").bind(until);
    }
    LATEST.page(&mut sql, place, limit)?;
    let mut rows: Vec<Entry> = sql.fetch_all(cx).await?;
    in_readers_names(cx, &mut rows).await?;
    Ok(Rows::of(rows, place, limit, |entry: &Entry| vec![entry.id.to_string()]))
}

/// Who has looked at a record and when, latest first. The caller has made sure that the actor may see
/// the record; `relation` says how it relates to people.
pub async fn looks(
    cx: &mut Cx,
    kind: &str,
    id: Id,
    relation: Relation,
    place: &Place,
    limit: i64,
) -> Result<Rows<Entry>> {
    cx.require_on(&LOOKS, relation)?;
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE subject_kind = ").bind(kind).push(" AND subject_id = ").bind(id);
    sql.push(" AND verb = ").bind(LOOKED);
    LATEST.page(&mut sql, place, limit)?;
    let rows = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, place, limit, |entry: &Entry| vec![entry.id.to_string()]))
}

/// The folded label is what is indexed; the label itself decides.
fn labelled(sql: &mut Sql, label: &str) {
    sql.push("label_key = ").bind(crate::search::fold::sort_key(label)).push(" AND subject_label = ").bind(label);
}

/// What happened to whatever bore this label, latest first: the history of a code.
pub async fn of_label(cx: &mut Cx, kind: &str, label: &str, limit: i64) -> Result<Vec<Entry>> {
    let mut sql = Sql::new(COLUMNS);
    labelled(sql.push(" WHERE "), label);
    sql.push(" AND subject_kind = ").bind(kind);
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

/// When each of several records was last changed in any way, its parts included; looks leave it be.
pub async fn last_changes(cx: &mut Cx, kind: &'static str, ids: &[Id]) -> Result<HashMap<Id, At>> {
    let mut last = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT subject_id, MAX(at) FROM audit_entries WHERE subject_kind = ");
        sql.bind(kind).push(" AND subject_id").bind_in(some.iter().copied());
        sql.push(" AND verb <> ").bind(LOOKED).push(" GROUP BY subject_id ORDER BY subject_id");
        last.extend(sql.fetch_all::<(Id, At)>(cx).await?);
    }
    Ok(last)
}

/// Why each of several records was last changed by a verb, as far as a reason was given.
pub async fn last_notes(
    cx: &mut Cx,
    kind: &'static str,
    verb: &'static str,
    ids: &[Id],
) -> Result<HashMap<Id, String>> {
    let mut notes = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT a.subject_id, a.note FROM audit_entries a JOIN (SELECT MAX(id) AS id FROM audit_entries \
             WHERE subject_kind = ",
        );
        sql.bind(kind).push(" AND verb = ").bind(verb).push(" AND subject_id").bind_in(some.iter().copied());
        sql.push(" GROUP BY subject_id) last ON last.id = a.id WHERE a.note IS NOT NULL");
        notes.extend(sql.fetch_all::<(Id, String)>(cx).await?);
    }
    Ok(notes)
}

/// Records of a table that no entry tells of, as `shown` calls them: whatever there is was once made by somebody, so that
/// an audit which was emptied shows.
pub async fn untold(
    cx: &mut Cx,
    kind: &'static str,
    table: &'static str,
    shown: &'static str,
    limit: i64,
) -> Result<Vec<String>> {
    let mut sql = Sql::new("SELECT t.");
    sql.push_name(shown).push(" FROM ").push_name(table);
    sql.push(" t WHERE NOT EXISTS (SELECT 1 FROM audit_entries a WHERE a.subject_kind = ").bind(kind);
    sql.push(" AND a.subject_id = t.id) ORDER BY t.id LIMIT ").bind(limit);
    Ok(sql.fetch_all::<(String,)>(cx).await?.into_iter().map(|(shown,)| shown).collect())
}

/// The verbs and the kinds of record that the audit holds, for choosing: each found by one step in
/// its index, however many entries there are.
pub async fn vocabulary(cx: &mut Cx) -> Result<(Vec<String>, Vec<String>)> {
    cx.require(&SEARCH)?;
    let verbs = "WITH RECURSIVE held (word) AS (SELECT MIN(verb) FROM audit_entries UNION ALL
                   SELECT (SELECT MIN(verb) FROM audit_entries WHERE verb > held.word) FROM held WHERE held.word IS NOT NULL)
                 SELECT word FROM held WHERE word IS NOT NULL ORDER BY word";
    let kinds = "WITH RECURSIVE held (word) AS (SELECT MIN(subject_kind) FROM audit_entries UNION ALL
                   SELECT (SELECT MIN(subject_kind) FROM audit_entries WHERE subject_kind > held.word) FROM held
                   WHERE held.word IS NOT NULL)
                 SELECT word FROM held WHERE word IS NOT NULL ORDER BY word";
    let mut found = [Vec::new(), Vec::new()];
    for (place, sql) in [verbs, kinds].into_iter().enumerate() {
        let words: Vec<(String,)> = on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?;
        found[place] = words.into_iter().map(|(word,)| word).collect();
    }
    let [verbs, kinds] = found;
    Ok((verbs, kinds))
}
