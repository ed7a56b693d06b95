//! What the audit says of many records at once, for proofs that the tables hold what it tells.

use std::collections::HashMap;

use futures::future::BoxFuture;
use sqlx::FromRow;

use super::FieldChange;
use crate::cx::Cx;
use crate::error::Result;
use crate::id::Id;
use crate::room::Findings;
use crate::sql::Sql;

/// Records looked at together.
pub const PAGE: i64 = 500;

/// More than these of one check are not told one by one.
const MOST_TOLD: usize = 20;

/// An entry, as far as a proof asks.
#[derive(Clone, Debug, FromRow)]
pub struct Said {
    pub subject_id: Id,
    pub verb: String,
    /// The record's version after the change, where it has one.
    pub version: Option<i64>,
    detail: String,
}

impl Said {
    pub fn fields(&self) -> Vec<FieldChange> {
        serde_json::from_str(&self.detail).unwrap_or_default()
    }
}

fn among(kind: &'static str, after: Id, up_to: Option<Id>) -> Sql {
    let mut sql = Sql::new(
        "SELECT subject_id, verb, subject_version AS version, detail FROM audit_entries WHERE subject_kind = ",
    );
    sql.bind(kind).push(" AND subject_id > ").bind(after);
    if let Some(up_to) = up_to {
        sql.push(" AND subject_id <= ").bind(up_to);
    }
    sql
}

/// The entries of these verbs about the records of a kind that come after one key, up to another if
/// given and with it: record by record, each in the order they were made.
pub async fn said(
    cx: &mut Cx,
    kind: &'static str,
    after: Id,
    up_to: Option<Id>,
    verbs: &[&'static str],
) -> Result<Vec<Said>> {
    let mut sql = among(kind, after, up_to);
    sql.push(" AND verb").bind_in(verbs.iter().copied()).push(" ORDER BY subject_id, id");
    sql.fetch_all(cx).await
}

/// As [`said`], by whatever verb, of entries that tell of any of these fields.
pub async fn said_of(
    cx: &mut Cx,
    kind: &'static str,
    after: Id,
    up_to: Option<Id>,
    fields: &[&'static str],
) -> Result<Vec<Said>> {
    let mut sql = among(kind, after, up_to);
    for (place, field) in fields.iter().enumerate() {
        sql.push(if place == 0 { " AND (" } else { " OR " });
        sql.push("detail LIKE ").bind(format!("%\"field\":\"{field}\"%"));
    }
    sql.push(") ORDER BY subject_id, id");
    sql.fetch_all(cx).await
}

/// A record as its table holds it: what it is called, and the compared fields in their order, each as [`super::Told::raw`]
/// writes it.
#[derive(Clone, Debug)]
pub struct Held {
    pub id: Id,
    pub called: String,
    pub values: Vec<Option<String>>,
}

/// The next records after a key, in the order of their keys, at most so many.
pub type Page = for<'a> fn(&'a mut Cx, Id, i64) -> BoxFuture<'a, Result<Vec<Held>>>;

/// Compares the records of a kind with the last that the audit tells of each of `fields`: one pass, a page at a time.
/// Beside each field stands what it is where nothing was ever told.
pub async fn unlike(
    cx: &mut Cx,
    kind: &'static str,
    fields: &[(&'static str, Option<&'static str>)],
    page: Page,
) -> Result<Findings> {
    let names: Vec<&'static str> = fields.iter().map(|(name, _)| *name).collect();
    let (mut findings, mut after) = (Findings::default(), Id(0));
    loop {
        let records = page(cx, after, PAGE).await?;
        let Some(last) = records.last().map(|record| record.id) else { return Ok(findings) };
        let mut told: HashMap<(Id, usize), Option<String>> = HashMap::new();
        for entry in said_of(cx, kind, after, Some(last), &names).await? {
            for change in entry.fields() {
                if let Some(place) = names.iter().position(|name| *name == change.field) {
                    told.insert((entry.subject_id, place), change.new.raw());
                }
            }
        }
        findings.looked_at += records.len() as u64;
        for record in &records {
            for (place, ((field, unsaid), held)) in fields.iter().zip(&record.values).enumerate() {
                let said = told.remove(&(record.id, place)).flatten();
                let said = said.as_deref().or(*unsaid);
                if held.as_deref() != said {
                    let words = |value: Option<&str>| value.map_or("nothing".to_owned(), |text| format!("“{text}”"));
                    let (called, held, said) = (&record.called, words(held.as_deref()), words(said));
                    findings.wrong.push(format!("{called}: {field} is {held}, and the audit says {said}"));
                }
            }
        }
        if is_enough(&mut findings) {
            return Ok(findings);
        }
        after = last;
    }
}

/// Whether so much is wrong that no more is looked for; what is over is left out, and that it is.
pub fn is_enough(findings: &mut Findings) -> bool {
    let enough = findings.wrong.len() > MOST_TOLD;
    if enough {
        findings.wrong.truncate(MOST_TOLD);
        findings.wrong.push("and more, of which none is told".to_owned());
    }
    enough
}
