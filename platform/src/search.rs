//! Search in every script, by keys in a B-tree: the same on both databases, transactional with
//! the record, and joined with the reader's reach in one query.
//!
//! A name is stored once per place where a search may begin in it (each word of a Latin name,
//! each character of a Chinese, Japanese or Korean one), so that a prefix scan finds it.

pub mod fold;
pub mod words;

use crate::sql::Sql;

/// Adds `key >= … AND key < …` for what was typed, on the named column. Answers false, and adds
/// nothing, when nothing in the query can be searched for.
pub fn prefix_condition(sql: &mut Sql, column: &'static str, typed: &str) -> bool {
    let Some(key) = fold::query_key(typed) else { return false };
    sql.push_name(column).push(" >= ").bind(key.as_str());
    if let Some(end) = fold::successor(&key) {
        sql.push(" AND ").push_name(column).push(" < ").bind(end);
    }
    true
}

/// Adds `' ' || column LIKE …`, true where a word of a folded name begins so, or for a script written without spaces
/// where it stands anywhere in it.
pub fn word_condition(sql: &mut Sql, column: &'static str, word: &str, unspaced: bool) {
    sql.push("' ' || ").push_name(column).push(" LIKE ");
    sql.bind(if unspaced { within(word) } else { format!("% {}%", literal(word)) }).push(" ESCAPE '!'");
}

/// The pattern of LIKE, escaped by `!`, for what holds a text anywhere.
pub fn within(text: &str) -> String {
    format!("%{}%", literal(text))
}

fn literal(text: &str) -> String {
    text.chars().flat_map(|sign| matches!(sign, '%' | '_' | '!').then_some('!').into_iter().chain([sign])).collect()
}
