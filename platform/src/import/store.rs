//! SQL of imports. Public to the platform's neighbours only through `run` and the types here.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};
use sqlx::FromRow;

use crate::audit::Entry;
use crate::clock::At;
use crate::cx::Cx;
use crate::error::{Error, Problem, Result};
use crate::files::Received;
use crate::id::Id;
use crate::import::read::Reading;
use crate::import::{Mode, Outcome, Row};
use crate::sql::{AT_ONCE, Sql, Value, insert_many};
use crate::{on, run};

/// An import and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Import {
    pub id: Id,
    pub kind: String,
    pub file_name: String,
    pub digest: String,
    pub size: i64,
    /// How the file is read, as JSON.
    pub reading: String,
    /// uploaded, checking, checked, keeping, kept, failed, cancelled, undoing, undone.
    pub state: String,
    pub failure_key: Option<String>,
    pub failure_args: Option<String>,
    /// The last row checked, and the last kept, as a person counts rows.
    pub rows_checked: i64,
    pub rows_done: i64,
    pub to_create: i64,
    pub to_change: i64,
    pub to_leave: i64,
    pub resembling: i64,
    pub refused: i64,
    pub created: i64,
    pub changed: i64,
    /// Records that an undo took back, and values of records that the import had only changed.
    pub reversed: i64,
    pub reversed_values: i64,
    pub kept_touched: i64,
    /// Rows kept without what they named further down in the file.
    pub incomplete: i64,
    pub undo_mark: Option<Id>,
    pub created_by: Option<Id>,
    pub created_at: At,
    /// When the present step began, or ended.
    pub step_at: Option<At>,
}

pub(super) const COLUMNS: &str = "SELECT id, kind, file_name, digest, size, reading, state, failure_key, failure_args, \
     rows_checked, rows_done, to_create, to_change, to_leave, resembling, refused, created, changed, reversed, \
     reversed_values, kept_touched, incomplete, undo_mark, created_by, created_at, step_at FROM imports";

/// What became of a batch.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub last: u64,
    pub created: i64,
    pub changed: i64,
    pub same: i64,
    pub resembling: i64,
    pub refused: i64,
}

impl Tally {
    pub fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Created(_) | Outcome::Alike(..) => self.created += 1,
            Outcome::Changed(..) => self.changed += 1,
            Outcome::Same(_) => self.same += 1,
            Outcome::Resembles(_) => self.resembling += 1,
            Outcome::Refused(_) => self.refused += 1,
        }
    }
}

/// A row shown in the preview: what would be made or changed.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Example {
    pub row_number: i64,
    pub outcome: String,
    /// JSON: the row's cells for a new record, those and the changed fields for a known one; of one that is likely the same as
    /// others, its cells and those.
    pub detail: String,
    /// The record it changes, or made when the import was kept.
    pub subject_id: Option<Id>,
}

impl Example {
    pub fn of(row: &Row, given: &Outcome) -> Option<Self> {
        let cells = || {
            let mut cells: Vec<_> = row.cells.iter().filter(|(_, cell)| !cell.trim().is_empty()).collect();
            cells.sort();
            cells
        };
        let (outcome, detail) = match given {
            Outcome::Created(_) => ("created", serde_json::to_string(&cells())),
            Outcome::Alike(_, alike) => ("alike", serde_json::to_string(&(cells(), alike))),
            Outcome::Changed(_, fields) => ("changed", serde_json::to_string(&(cells(), fields))),
            _ => return None,
        };
        let subject_id = match given {
            Outcome::Changed(id, _) => Some(*id),
            _ => None,
        };
        Some(Self { row_number: row.number as i64, outcome: outcome.to_owned(), detail: detail.ok()?, subject_id })
    }
}

pub(super) async fn insert(cx: &mut Cx, id: Id, kind: &str, name: &str, file: &Received) -> Result<()> {
    let sql = "INSERT INTO imports (id, kind, file_name, digest, size, reading, state, rows_checked, rows_done,
                 to_create, to_change, to_leave, resembling, refused, created, changed, reversed, kept_touched,
                 created_by, created_at, file_key)
               VALUES ($1, $2, $3, $4, $5, '{\"mapping\":[]}', 'uploaded', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $6, $7, $8)";
    let (account, now, size) = (cx.account(), cx.now(), i64::try_from(file.size).unwrap_or(i64::MAX));
    run!(cx, db => sqlx::query(sql).bind(id).bind(kind).bind(name).bind(&file.digest).bind(size)
        .bind(account).bind(now).bind(crate::search::fold::sort_key(name)).execute(db).await)?;
    Ok(())
}

pub async fn get(cx: &mut Cx, id: Id) -> Result<Import> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    sql.fetch_one(cx).await
}

/// Which of these rows something has been said of already.
pub(super) async fn told(cx: &mut Cx, id: Id, rows: &[u64]) -> Result<HashSet<u64>> {
    if rows.is_empty() {
        return Ok(HashSet::new());
    }
    let numbers = rows.iter().filter_map(|row| i64::try_from(*row).ok());
    let mut sql = Sql::new("SELECT DISTINCT row_number FROM import_problems WHERE import_id = ");
    sql.bind(id).push(" AND row_number").bind_in(numbers).push(" ORDER BY row_number");
    let rows: Vec<(i64,)> = sql.fetch_all(cx).await?;
    Ok(rows.into_iter().map(|(row,)| row.unsigned_abs()).collect())
}

/// The imports of a person that wait for them: to say which column is which, to keep or to cancel.
pub async fn waiting(cx: &mut Cx, account: Id, limit: i64) -> Result<Vec<Import>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE created_by = ").bind(account).push(" AND state IN ('uploaded', 'checked')");
    sql.push(" ORDER BY id DESC LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

/// An earlier import of the very same file, if there was one that was kept.
pub async fn same_file(cx: &mut Cx, kind: &str, digest: &str, but: Id) -> Result<Option<Import>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE digest = ").bind(digest).push(" AND kind = ").bind(kind).push(" AND state = 'kept' AND id <> ");
    sql.bind(but).push(" ORDER BY id DESC LIMIT 1");
    sql.fetch_optional(cx).await
}

/// An import of the very same file that was being kept when its process ended.
pub async fn broken_off(cx: &mut Cx, kind: &str, digest: &str) -> Result<Option<Import>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE digest = ").bind(digest).push(" AND kind = ").bind(kind).push(" AND state = 'keeping'");
    sql.push(" AND created_by IS NULL ORDER BY id DESC LIMIT 1");
    sql.fetch_optional(cx).await
}

/// Takes the next batch, unless another process has kept its rows already: the import's row is held
/// until the batch is whole.
pub(super) async fn claim(cx: &mut Cx, id: Id, first: u64) -> Result<bool> {
    let sql = "UPDATE imports SET rows_done = rows_done WHERE id = $1 AND rows_done < $2";
    let first = i64::try_from(first).unwrap_or(i64::MAX);
    Ok(run!(cx, db => sqlx::query(sql).bind(id).bind(first).execute(db).await)? == 1)
}

pub(super) async fn set_reading(cx: &mut Cx, id: Id, reading: &str) -> Result<()> {
    let sql = "UPDATE imports SET reading = $2 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(reading).execute(db).await)?;
    Ok(())
}

pub(super) async fn begin_check(cx: &mut Cx, id: Id) -> Result<()> {
    for sql in ["DELETE FROM import_problems WHERE import_id = $1", "DELETE FROM import_examples WHERE import_id = $1"]
    {
        run!(cx, db => sqlx::query(sql).bind(id).execute(db).await)?;
    }
    let sql = "UPDATE imports SET state = 'checking', rows_checked = 0, to_create = 0, to_change = 0, to_leave = 0,
                 resembling = 0, refused = 0, failure_key = NULL, failure_args = NULL, step_at = $2 WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).execute(db).await)?;
    Ok(())
}

pub(super) async fn set_state(cx: &mut Cx, id: Id, state: &'static str, at: Option<At>) -> Result<()> {
    // A cancelled import stays cancelled when the worker comes to its end.
    let sql = "UPDATE imports SET state = $2, step_at = $3 WHERE id = $1 AND (state <> 'cancelled' OR $2 = 'undoing')";
    let at = at.unwrap_or_else(|| cx.now());
    run!(cx, db => sqlx::query(sql).bind(id).bind(state).bind(at).execute(db).await)?;
    Ok(())
}

pub(super) async fn fail(cx: &mut Cx, id: Id, key: &str, args: &[(String, String)]) -> Result<()> {
    let sql = "UPDATE imports SET state = 'failed', failure_key = $2, failure_args = $3 WHERE id = $1";
    let args = serde_json::to_string(args)?;
    run!(cx, db => sqlx::query(sql).bind(id).bind(key).bind(&args).execute(db).await)?;
    Ok(())
}

pub(super) async fn add_tally(cx: &mut Cx, id: Id, tally: &Tally, mode: Mode) -> Result<()> {
    let last = i64::try_from(tally.last).unwrap_or(i64::MAX);
    if mode == Mode::Check {
        let sql = "UPDATE imports SET rows_checked = $2, to_create = to_create + $3, to_change = to_change + $4,
                     to_leave = to_leave + $5, resembling = resembling + $6, refused = refused + $7 WHERE id = $1";
        run!(cx, db => sqlx::query(sql).bind(id).bind(last).bind(tally.created).bind(tally.changed).bind(tally.same)
            .bind(tally.resembling).bind(tally.refused).execute(db).await)?;
    } else {
        let sql = "UPDATE imports SET rows_done = $2, created = created + $3, changed = changed + $4,
                     refused = refused + $5 WHERE id = $1";
        run!(cx, db => sqlx::query(sql).bind(id).bind(last).bind(tally.created).bind(tally.changed)
            .bind(tally.refused).execute(db).await)?;
    }
    Ok(())
}

/// What taking rows once more came to.
pub(super) async fn add_second(cx: &mut Cx, id: Id, changed: i64, incomplete: i64) -> Result<()> {
    let sql = "UPDATE imports SET changed = changed + $2, incomplete = incomplete + $3 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(changed).bind(incomplete).execute(db).await)?;
    Ok(())
}

/// Those of these records that entries of the import tell of.
pub(super) async fn told_of(cx: &mut Cx, id: Id, kind: &str, records: &[Id]) -> Result<HashSet<Id>> {
    subjects(cx, id, kind, records, "").await
}

/// Those of them that the import made.
pub(super) async fn made_by(cx: &mut Cx, id: Id, kind: &str, records: &[Id]) -> Result<HashSet<Id>> {
    subjects(cx, id, kind, records, " AND subject_version = 1").await
}

/// Those of them of which something is taken back already.
pub(super) async fn reversed_of(cx: &mut Cx, id: Id, kind: &str, records: &[Id]) -> Result<HashSet<Id>> {
    let reversed = " AND EXISTS (SELECT 1 FROM import_reversals r WHERE r.entry_id = a.id)";
    subjects(cx, id, kind, records, reversed).await
}

async fn subjects(cx: &mut Cx, id: Id, kind: &str, records: &[Id], and: &'static str) -> Result<HashSet<Id>> {
    let mut found = HashSet::new();
    for some in records.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT DISTINCT subject_id FROM audit_entries a WHERE subject_kind = ");
        sql.bind(kind).push(" AND subject_id").bind_in(some.iter().copied());
        sql.push(" AND +import_id = ").bind(id).push(and).push(" ORDER BY subject_id");
        found.extend(sql.fetch_all::<(Id,)>(cx).await?.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// Notes that entries cancel one another out.
pub(crate) async fn reverse(cx: &mut Cx, id: Id, entries: &[Id]) -> Result<()> {
    let rows = entries.iter().map(|entry| -> Vec<Value> { vec![(*entry).into(), id.into()] }).collect();
    let head = "INSERT INTO import_reversals (entry_id, import_id)";
    insert_many(cx, head, " ON CONFLICT DO NOTHING", rows).await?;
    Ok(())
}

/// An import that was taken back whole: none of its entries stands any more.
pub(super) async fn reverse_all(cx: &mut Cx, id: Id) -> Result<()> {
    let sql = "INSERT INTO import_reversals (entry_id, import_id)
               SELECT id, import_id FROM audit_entries WHERE import_id = $1 ON CONFLICT DO NOTHING";
    run!(cx, db => sqlx::query(sql).bind(id).execute(db).await)?;
    Ok(())
}

/// Which of these entries have been taken back, or took others back.
pub async fn reversed(cx: &mut Cx, entries: &[Id]) -> Result<HashSet<Id>> {
    let mut found = HashSet::new();
    for some in entries.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT entry_id FROM import_reversals WHERE entry_id");
        sql.bind_in(some.iter().copied()).push(" ORDER BY entry_id");
        found.extend(sql.fetch_all::<(Id,)>(cx).await?.into_iter().map(|(id,)| id));
    }
    Ok(found)
}

/// Before an undo, or another try of one that left something.
pub(super) async fn begin_undo(cx: &mut Cx, id: Id) -> Result<()> {
    let sql = "DELETE FROM import_kept WHERE import_id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).execute(db).await)?;
    let sql = "UPDATE imports SET state = 'undoing', undo_mark = NULL, kept_touched = 0, step_at = $2 WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).execute(db).await)?;
    Ok(())
}

/// Keeps the first few rows of each outcome for the preview.
pub(super) async fn add_examples(cx: &mut Cx, id: Id, examples: Vec<Example>, most: i64) -> Result<()> {
    let sql = "SELECT outcome, COUNT(*) FROM import_examples WHERE import_id = $1 GROUP BY outcome ORDER BY outcome";
    let held: Vec<(String, i64)> = on!(cx, db => sqlx::query_as(sql).bind(id).fetch_all(db).await)?;
    let room = |outcome: &str, so_far: &mut HashMap<String, i64>| {
        let count = so_far
            .entry(outcome.to_owned())
            .or_insert_with(|| held.iter().find(|(known, _)| known == outcome).map_or(0, |(_, count)| *count));
        *count += 1;
        // What a person should look at is not cut short so soon.
        *count <= if outcome == "alike" { most * 20 } else { most }
    };
    let mut so_far = HashMap::new();
    let rows: Vec<Vec<Value>> = examples
        .into_iter()
        .filter(|example| room(&example.outcome, &mut so_far))
        .map(|example| {
            let Example { row_number, outcome, detail, subject_id } = example;
            vec![id.into(), row_number.into(), outcome.into(), detail.into(), subject_id.into()]
        })
        .collect();
    insert_many(cx, "INSERT INTO import_examples (import_id, row_number, outcome, detail, subject_id)", "", rows)
        .await?;
    Ok(())
}

/// Notes which records the rows of the preview made.
pub(super) async fn link_examples(cx: &mut Cx, id: Id, made: &HashMap<u64, Id>) -> Result<()> {
    let (Some(first), Some(last)) = (made.keys().min(), made.keys().max()) else { return Ok(()) };
    let bound = |row: u64| i64::try_from(row).unwrap_or(i64::MAX);
    let sql = "SELECT row_number FROM import_examples
               WHERE import_id = $1 AND outcome = 'created' AND row_number BETWEEN $2 AND $3 ORDER BY row_number";
    let (first, last) = (bound(*first), bound(*last));
    let rows: Vec<(i64,)> = on!(cx, db => sqlx::query_as(sql).bind(id).bind(first).bind(last).fetch_all(db).await)?;
    let sql = "UPDATE import_examples SET subject_id = $3
               WHERE import_id = $1 AND outcome = 'created' AND row_number = $2";
    for (row,) in rows {
        if let Some(subject) = made.get(&row.unsigned_abs()).copied() {
            run!(cx, db => sqlx::query(sql).bind(id).bind(row).bind(subject).execute(db).await)?;
        }
    }
    Ok(())
}

pub async fn examples(cx: &mut Cx, id: Id, outcome: &str) -> Result<Vec<Example>> {
    let sql = "SELECT row_number, outcome, detail, subject_id FROM import_examples
               WHERE import_id = $1 AND outcome = $2 ORDER BY row_number";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(id).bind(outcome).fetch_all(db).await)?)
}

pub(super) async fn add_problems(cx: &mut Cx, id: Id, problems: Vec<(u64, Problem)>) -> Result<()> {
    let rows = problems
        .into_iter()
        .enumerate()
        .map(|(place, (row, problem))| -> Result<Vec<Value>> {
            let args = serde_json::to_string(&problem.args)?;
            let row = i64::try_from(row).unwrap_or(i64::MAX);
            Ok(vec![
                id.into(),
                row.into(),
                (place as i64).into(),
                problem.field.into(),
                problem.key.into(),
                args.into(),
            ])
        })
        .collect::<Result<Vec<_>>>()?;
    let head = "INSERT INTO import_problems (import_id, row_number, place, field, key, args)";
    insert_many(cx, head, "", rows).await?;
    Ok(())
}

#[derive(FromRow)]
struct ProblemRow {
    row_number: i64,
    field: String,
    key: String,
    args: String,
}

impl ProblemRow {
    fn problem(self) -> (u64, Problem) {
        let args = serde_json::from_str(&self.args).unwrap_or_default();
        (self.row_number.unsigned_abs(), Problem { field: self.field, key: self.key, args })
    }
}

/// Problems in the order of the rows, from after a row on.
pub async fn problems(cx: &mut Cx, id: Id, after: u64, limit: i64) -> Result<Vec<(u64, Problem)>> {
    let sql = "SELECT row_number, field, key, args FROM import_problems
               WHERE import_id = $1 AND row_number > $2 ORDER BY row_number, place LIMIT $3";
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let rows: Vec<ProblemRow> =
        on!(cx, db => sqlx::query_as(sql).bind(id).bind(after).bind(limit).fetch_all(db).await)?;
    Ok(rows.into_iter().map(ProblemRow::problem).collect())
}

pub(super) async fn all_problems(cx: &mut Cx, id: Id) -> Result<Vec<(u64, Problem)>> {
    let sql = "SELECT row_number, field, key, args FROM import_problems
               WHERE import_id = $1 ORDER BY row_number, place";
    let rows: Vec<ProblemRow> = on!(cx, db => sqlx::query_as(sql).bind(id).fetch_all(db).await)?;
    Ok(rows.into_iter().map(ProblemRow::problem).collect())
}

/// What a batch of an undo took back.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Back {
    pub records: i64,
    pub values: i64,
}

/// Notes what was taken back, and what stays and why; a record is counted once.
pub(super) async fn add_undone(
    cx: &mut Cx,
    id: Id,
    mark: Option<Id>,
    back: Back,
    kept: &[(&Entry, &str)],
) -> Result<()> {
    let rows = kept
        .iter()
        .map(|(entry, reason)| -> Vec<Value> {
            vec![
                id.into(),
                entry.subject_kind.clone().into(),
                entry.subject_id.into(),
                entry.subject_label.clone().into(),
                (*reason).into(),
            ]
        })
        .collect();
    let head = "INSERT INTO import_kept (import_id, subject_kind, subject_id, label, reason)";
    insert_many(cx, head, " ON CONFLICT DO NOTHING", rows).await?;
    let sql = "UPDATE imports SET undo_mark = $2, reversed = reversed + $3, reversed_values = reversed_values + $4,
                 kept_touched = (SELECT COUNT(*) FROM import_kept WHERE import_id = $1) WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(mark).bind(back.records).bind(back.values).execute(db).await)?;
    Ok(())
}

/// A record that an undo left, in part or whole.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Stayed {
    pub subject_kind: String,
    pub subject_id: Id,
    /// What it was called at the time.
    pub label: String,
    /// touched: somebody has worked on it since; in_part: on some of what was changed, which alone stays; retired: it was
    /// retired since; laden: something else stands on it.
    pub reason: String,
}

/// The records that an undo left, by name.
pub async fn stayed(cx: &mut Cx, id: Id) -> Result<Vec<Stayed>> {
    let sql = "SELECT subject_kind, subject_id, label, reason FROM import_kept WHERE import_id = $1
               ORDER BY label, subject_id LIMIT 500";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(id).fetch_all(db).await)?)
}

/// The records an undo left as they were because somebody had worked on them: (kind, id, name).
pub async fn kept(cx: &mut Cx, id: Id) -> Result<Vec<(String, Id, String)>> {
    let sql = "SELECT subject_kind, subject_id, label FROM import_kept WHERE import_id = $1
               ORDER BY label, subject_id LIMIT 500";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(id).fetch_all(db).await)?)
}

fn headers_digest(reading: &Reading) -> String {
    let mut digest = Sha256::new();
    for (header, _) in &reading.mapping {
        digest.update(header.as_bytes());
        digest.update([0]);
    }
    data_encoding::HEXLOWER.encode(&digest.finalize()[..16])
}

/// Remembers how these headers were mapped, for this kind and this person.
pub(super) async fn remember_mapping(cx: &mut Cx, kind: &str, reading: &Reading) -> Result<()> {
    let sql = "INSERT INTO import_mappings (account_id, kind, headers, reading, used_at) VALUES ($1, $2, $3, $4, $5)
               ON CONFLICT (account_id, kind, headers)
               DO UPDATE SET reading = excluded.reading, used_at = excluded.used_at";
    let account = cx.account().map_or(0, |id| id.0);
    let (headers, text, now) = (headers_digest(reading), serde_json::to_string(reading)?, cx.now());
    run!(cx, db => sqlx::query(sql).bind(account).bind(kind).bind(&headers).bind(&text).bind(now).execute(db).await)?;
    Ok(())
}

/// How this person mapped files of this kind, the latest first; before all others one with these very headers.
pub async fn remembered(cx: &mut Cx, kind: &str, headers: &[String]) -> Result<Vec<Reading>> {
    let asked = Reading {
        mapping: headers.iter().map(|header| (header.clone(), String::new())).collect(),
        ..Default::default()
    };
    let sql = "SELECT reading FROM import_mappings WHERE account_id = $1 AND kind = $2
               ORDER BY CASE WHEN headers = $3 THEN 0 ELSE 1 END, used_at DESC, headers LIMIT 20";
    let account = cx.account().map_or(0, |id| id.0);
    let digest = headers_digest(&asked);
    let found: Vec<(String,)> =
        on!(cx, db => sqlx::query_as(sql).bind(account).bind(kind).bind(&digest).fetch_all(db).await)?;
    found.into_iter().map(|(text,)| serde_json::from_str(&text).map_err(Error::from)).collect()
}
