//! SQL of looking for enterprises.

use platform::search::words::{COMMON, apart, beginnings};
use platform::search::{prefix_condition, word_condition};
use platform::sql::Sql;
use platform::{Cx, Id, Result};

use super::super::SECRECY;
use super::super::new::listing_codes;
use super::super::store::{COLUMNS, Enterprise, by_ids, by_reference, identifier_holders};
use super::{Looked, Word, in_passing};

/// Shorter ones begin too many numbers to be one that somebody has.
const LEAST_CODE: usize = 4;
/// Where a search may begin in names.
const KEYS: &str = "enterprise_name_keys";

/// How a list looks for what was typed.
pub(in crate::enterprise) async fn settled(cx: &mut Cx, typed: &str) -> Result<Looked> {
    if let Some(words) = apart(cx, KEYS, typed).await? {
        return Ok(Looked::ByWords(words));
    }
    match in_passing(typed) {
        Some(word) if beginnings(cx, KEYS, typed, COMMON).await? >= COMMON => Ok(Looked::InPassing(word)),
        _ => Ok(Looked::AsItStands),
    }
}

/// Adds that an enterprise `e` is one that what was typed may mean: by a name; by reference; by an identifier.
pub(in crate::enterprise) fn condition(sql: &mut Sql, typed: &str, looked: &Looked) {
    let words = match looked {
        Looked::InPassing((word, unspaced)) => {
            sql.push("EXISTS (SELECT 1 FROM enterprises o JOIN enterprise_names n ON n.enterprise_id = o.id ");
            sql.push("WHERE o.survivor_id = e.id AND n.withdrawn_at IS NULL AND ");
            word_condition(sql, "n.name_key", word, *unspaced);
            sql.push(")");
            return;
        }
        Looked::ByWords(words) => words.clone(),
        Looked::AsItStands => vec![(typed.to_owned(), false)],
    };
    sql.push("e.id IN (");
    by_words(sql, &words, None);
    let code: String = typed.chars().filter(|sign| !sign.is_whitespace()).collect::<String>().to_uppercase();
    if code.chars().any(|sign| sign.is_ascii_digit()) {
        sql.push(" UNION SELECT r.survivor_id FROM enterprises r WHERE r.reference = ").bind(code.as_str());
        sql.push(
            " UNION SELECT b.survivor_id FROM enterprise_identifiers i JOIN enterprises b ON b.id = i.enterprise_id \
             WHERE i.withdrawn_at IS NULL AND (i.value = ",
        );
        sql.bind(code.as_str());
        for (exchange, code) in listing_codes(&code) {
            sql.push(" OR (i.value = ").bind(code).push(" AND i.scheme = 'listing' AND i.register = ").bind(exchange);
            sql.push(")");
        }
        sql.push(")");
    }
    sql.push(")");
}

/// Adds the selection of those with a name that goes on as the first of these words does and has the others too. Of so many
/// names at most as the first word begins, where a number is given.
fn by_words(sql: &mut Sql, words: &[Word], most: Option<i64>) {
    sql.push("SELECT m.survivor_id FROM ");
    let first = words.first().map_or("", |(word, _)| word.as_str());
    if let Some(most) = most {
        sql.push("(SELECT b.enterprise_id FROM enterprise_name_keys b WHERE ");
        if !prefix_condition(sql, "b.key", first) {
            sql.push("1 = 0");
        }
        sql.push(" ORDER BY b.key, b.enterprise_id LIMIT ").bind(most).push(") k");
    } else {
        sql.push("enterprise_name_keys k");
    }
    sql.push(" JOIN enterprises m ON m.id = k.enterprise_id WHERE ");
    if most.is_some() {
        sql.push("1 = 1");
    } else if !prefix_condition(sql, "k.key", first) {
        sql.push("1 = 0");
    }
    for (word, unspaced) in words.iter().skip(1) {
        sql.push(
            " AND EXISTS (SELECT 1 FROM enterprises o JOIN enterprise_names n ON n.enterprise_id = o.id \
             WHERE o.survivor_id = m.survivor_id AND n.withdrawn_at IS NULL AND ",
        );
        word_condition(sql, "n.name_key", word, *unspaced);
        sql.push(")");
    }
}

/// Names that start with what was typed, then names that contain it where a search may begin. Both
/// are scans of an index that stop as soon as enough is found, so a common beginning costs no more
/// than a rare one.
pub(in crate::enterprise) async fn suggest(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<Enterprise>> {
    let mut found: Vec<Enterprise> = Vec::new();
    if let Some(exact) = by_reference(cx, &typed.trim().to_uppercase()).await? {
        found.push(exact);
    }
    let code: String = typed.chars().filter(|sign| !sign.is_whitespace()).collect::<String>().to_uppercase();
    if code.chars().any(|sign| sign.is_ascii_digit()) {
        let listings: Vec<(&str, String)> = listing_codes(&code);
        let mut codes: Vec<String> = listings.iter().map(|(_, code)| code.clone()).collect();
        codes.push(code.clone());
        let is_meant = |scheme: &str, register: &str, value: &str| match value == code {
            true => code.len() >= LEAST_CODE,
            false => scheme == "listing" && listings.iter().any(|(of, listed)| *of == register && listed == value),
        };
        let mut holders: Vec<Id> = Vec::new();
        for (scheme, register, value, id) in identifier_holders(cx, &codes).await? {
            if is_meant(&scheme, &register, &value) {
                holders.push(id);
            }
        }
        found.extend(by_ids(cx, &holders).await?.into_iter().filter(|held| held.retired_at.is_none()));
    }
    let mut starts = Sql::new(COLUMNS);
    starts.push(" WHERE ");
    if !prefix_condition(&mut starts, "e.name_key", typed) {
        return Ok(found);
    }
    starts.push(" AND e.retired_at IS NULL AND e.merged_into IS NULL AND ");
    cx.visible().condition(&mut starts, SECRECY);
    starts.push(" ORDER BY e.name_key, e.id LIMIT ").bind(limit);
    found.extend(starts.fetch_all::<Enterprise>(cx).await?);
    if (found.len() as i64) < limit {
        let mut contains =
            Sql::new("SELECT DISTINCT m.survivor_id FROM (SELECT enterprise_id FROM enterprise_name_keys WHERE ");
        prefix_condition(&mut contains, "key", typed);
        contains.push(" ORDER BY key, enterprise_id LIMIT ").bind(limit * 8);
        contains.push(") k JOIN enterprises m ON m.id = k.enterprise_id ORDER BY m.survivor_id");
        let ids: Vec<(Id,)> = contains.fetch_all(cx).await?;
        let ids: Vec<Id> = ids.into_iter().map(|(id,)| id).collect();
        let mut more = by_ids(cx, &ids).await?;
        more.sort_by(|one, other| {
            one.name.chars().count().cmp(&other.name.chars().count()).then(one.id.cmp(&other.id))
        });
        found.extend(more.into_iter().filter(|enterprise| enterprise.retired_at.is_none()));
    }
    let words = if found.is_empty() { apart(cx, KEYS, typed).await? } else { None };
    if let Some(words) = words {
        let mut bounded = Sql::new(COLUMNS);
        bounded.push(" WHERE e.retired_at IS NULL AND e.merged_into IS NULL AND ");
        cx.visible().condition(&mut bounded, SECRECY);
        // So few that they are put in order faster than the order is searched for them.
        bounded.push(" AND e.id IN (SELECT f.survivor_id FROM (");
        by_words(&mut bounded, &words, Some(COMMON));
        bounded.push(") f) ORDER BY e.name_key, e.id LIMIT ").bind(limit);
        found.extend(bounded.fetch_all::<Enterprise>(cx).await?);
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|enterprise| seen.insert(enterprise.id));
    found.truncate(usize::try_from(limit).unwrap_or_default());
    Ok(found)
}
