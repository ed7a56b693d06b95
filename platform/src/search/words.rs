//! What was typed, word by word in any order: the rarest word is looked up by the keys of names, the others are looked for
//! in what that finds.

use super::{fold, prefix_condition};
use crate::cx::Cx;
use crate::error::Result;
use crate::sql::Sql;

/// A folded word, and whether it is of a script written without spaces.
pub type Word = (String, bool);

/// A word that begins so many names is looked for among what another finds, or in what a list comes by.
pub const COMMON: i64 = 2_000;

/// The words of what was typed, the rarest first, where no name goes on as it stands; none where it is looked for as it
/// stands. `table` is that of the names' keys, in a column `key`.
pub async fn apart(cx: &mut Cx, table: &'static str, typed: &str) -> Result<Option<Vec<Word>>> {
    let words = fold::query_words(typed);
    let alone = words.first().map(|(word, _)| word) == fold::query_key(typed).as_ref();
    if words.is_empty() || alone || beginnings(cx, table, typed, 1).await? > 0 {
        return Ok(None);
    }
    if words.len() < 2 {
        return Ok(Some(words));
    }
    let mut counted = Vec::with_capacity(words.len());
    for word in words {
        counted.push((beginnings(cx, table, &word.0, COMMON).await?, word));
    }
    counted.sort_by_key(|(count, _)| *count);
    Ok(Some(counted.into_iter().map(|(_, word)| word).collect()))
}

/// How many names have a place where a search may begin that goes on as this does, `most` at the most.
pub async fn beginnings(cx: &mut Cx, table: &'static str, typed: &str, most: i64) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT 1 FROM ");
    sql.push_name(table).push(" k WHERE ");
    if !prefix_condition(&mut sql, "k.key", typed) {
        return Ok(0);
    }
    sql.push(" LIMIT ").bind(most).push(") begun");
    sql.fetch_number(cx).await
}
