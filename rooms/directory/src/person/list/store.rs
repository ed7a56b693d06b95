//! SQL of the list of people.

use std::collections::HashSet;

use platform::api::Mark;
use platform::own_field;
use platform::search::words::{self, COMMON, Word};
use platform::search::{prefix_condition, word_condition};
use platform::sql::Sql;
use platform::{Cx, Result};
use ui::lists::COUNTED;

use super::{Filter, ListPage, Listed};
use crate::enterprise::SECRECY;
use crate::person::SUBJECT;

const COLUMNS: &str = "SELECT p.id, p.name, p.second_name, p.languages, p.name_key, p.retired_at, p.retired_reason, p.own, \
     e.id AS enterprise_id, e.reference AS enterprise_reference, e.name AS enterprise_name, \
     e.name_language AS enterprise_language, e.tier AS enterprise_tier, \
     (SELECT o.title FROM person_posts o WHERE o.person_id = p.id AND o.withdrawn_at IS NULL \
       AND o.valid_to IS NULL ORDER BY o.id DESC LIMIT 1) AS post";

/// The words of what was typed, the rarest first, where no name of a person goes on as it stands.
async fn apart(cx: &mut Cx, typed: Option<&str>) -> Result<Option<Vec<Word>>> {
    match typed {
        Some(typed) => words::apart(cx, "person_name_keys", typed).await,
        None => Ok(None),
    }
}

/// Adds that each of these words is in one of the names of a person `p`.
fn has_words(sql: &mut Sql, words: &[Word]) {
    for (word, unspaced) in words {
        sql.push(" AND (");
        word_condition(sql, "p.name_key", word, *unspaced);
        sql.push(" OR ");
        word_condition(sql, "p.second_key", word, *unspaced);
        sql.push(")");
    }
}

/// Adds the selection of the keys of people that go on as was typed, or as the first of its words does.
fn begun(sql: &mut Sql, typed: &str, apart: Option<&[Word]>) {
    let first = apart.map_or(typed, |words| words.first().map_or("", |(word, _)| word.as_str()));
    sql.push(" FROM person_name_keys k WHERE ");
    if !prefix_condition(sql, "k.key", first) {
        sql.push("1 = 0");
    }
}

fn conditions(filter: &Filter, apart: Option<&[Word]>, cx: &Cx, sql: &mut Sql) {
    sql.push(" FROM people p JOIN enterprises m ON m.id = p.enterprise_id JOIN enterprises e ON e.id = m.survivor_id");
    if let Some(typed) = &filter.q {
        // Found once and joined: PostgreSQL may otherwise look through the keys for each person again.
        sql.push(" JOIN (SELECT DISTINCT k.person_id");
        begun(sql, typed, apart);
        sql.push(") found ON found.person_id = p.id");
    }
    sql.push(" WHERE ");
    match filter.enterprise {
        // Those of a retired enterprise are still read on its own page.
        Some(enterprise) => {
            sql.push("p.enterprise_id IN (SELECT id FROM enterprises WHERE survivor_id = ").bind(enterprise).push(")")
        }
        None => sql.push("e.retired_at IS NULL"),
    };
    has_words(sql, apart.and_then(|words| words.get(1..)).unwrap_or_default());
    own_field::condition(sql, SUBJECT, "p.id", &filter.own);
    sql.push(" AND p.retired_at IS ").push(if filter.retired { "NOT NULL" } else { "NULL" });
    sql.push(" AND ");
    cx.visible().condition(sql, SECRECY);
}

pub(super) async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<ListPage> {
    let backwards = filter.before.is_some();
    let apart = apart(cx, filter.q.as_deref()).await?;
    let mut sql = Sql::new(COLUMNS);
    conditions(filter, apart.as_deref(), cx, &mut sql);
    if let Some(given) = filter.before.as_ref().or(filter.after.as_ref()) {
        let mark = Mark::decode(given, 2)?;
        sql.push(" AND (p.name_key, p.id) ").push(if backwards { "< (" } else { "> (" });
        sql.bind(mark.text(0)).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(if backwards { " ORDER BY p.name_key DESC, p.id DESC" } else { " ORDER BY p.name_key, p.id" });
    sql.push(" LIMIT ").bind(limit + 1);
    let mut rows: Vec<Listed> = sql.fetch_all(cx).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    if backwards {
        rows.reverse();
    }
    let (has_previous, has_next) = if backwards { (more, true) } else { (filter.after.is_some(), more) };
    let mark = |row: Option<&Listed>| row.map(|row| Mark(vec![row.name_key.clone(), row.id.to_string()]).encode());
    Ok(ListPage {
        previous: mark(rows.first()).filter(|_| has_previous),
        next: mark(rows.last()).filter(|_| has_next),
        people: rows,
    })
}

/// Names that start with what was typed, then names of which another word does: both are scans of an index that stop as
/// soon as enough is found that may be seen. Where there are none, those of which several words do, each for itself.
pub(super) async fn suggest(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<Listed>> {
    // The order of joins is the order of the scan: SQLite keeps that of a cross join.
    let joined = " CROSS JOIN enterprises m CROSS JOIN enterprises e
                  WHERE m.id = p.enterprise_id AND e.id = m.survivor_id AND e.retired_at IS NULL AND p.retired_at IS NULL AND ";
    let mut starts = Sql::new(COLUMNS);
    starts.push(" FROM people p").push(joined);
    if !prefix_condition(&mut starts, "p.name_key", typed) {
        return Ok(Vec::new());
    }
    starts.push(" AND ");
    cx.visible().condition(&mut starts, SECRECY);
    starts.push(" ORDER BY p.name_key, p.id LIMIT ").bind(limit);
    let mut found: Vec<Listed> = starts.fetch_all(cx).await?;
    if (found.len() as i64) < limit {
        let mut words = Sql::new(COLUMNS);
        words.push(" FROM person_name_keys k CROSS JOIN people p").push(joined).push("p.id = k.person_id AND ");
        prefix_condition(&mut words, "k.key", typed);
        words.push(" AND ");
        cx.visible().condition(&mut words, SECRECY);
        // One person may be found by several words.
        words.push(" ORDER BY k.key, k.person_id LIMIT ").bind(limit * 4);
        found.extend(words.fetch_all::<Listed>(cx).await?);
    }
    let words = if found.is_empty() { apart(cx, Some(typed)).await? } else { None };
    if let Some(words) = words {
        let mut several = Sql::new(COLUMNS);
        several.push(" FROM people p").push(joined).push("p.id IN (SELECT f.person_id FROM (SELECT k.person_id");
        begun(&mut several, typed, Some(&words));
        several.push(" ORDER BY k.key, k.person_id LIMIT ").bind(COMMON).push(") f) AND ");
        cx.visible().condition(&mut several, SECRECY);
        has_words(&mut several, words.get(1..).unwrap_or_default());
        several.push(" ORDER BY p.name_key, p.id LIMIT ").bind(limit);
        found.extend(several.fetch_all::<Listed>(cx).await?);
    }
    let mut seen = HashSet::new();
    found.retain(|person| seen.insert(person.id));
    found.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(found)
}

pub(super) async fn count(cx: &mut Cx, filter: &Filter) -> Result<i64> {
    let apart = apart(cx, filter.q.as_deref()).await?;
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT p.id");
    conditions(filter, apart.as_deref(), cx, &mut sql);
    sql.push(" LIMIT ").bind(COUNTED + 1).push(") counted");
    sql.fetch_count(cx).await
}
