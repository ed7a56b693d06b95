//! SQL of the words by which projects are found.

use platform::permission::Granted;
use platform::search::{fold, prefix_condition, word_condition};
use platform::sql::{AT_ONCE, Sql, insert_many as insert_rows};
use platform::{Cx, Result};

use super::super::Project;
use super::super::store::{COLUMNS, living};
use super::keys;

/// Writes the words of projects in place of those they had.
pub(in crate::project) async fn put(cx: &mut Cx, _: &Granted, projects: &[Project], new: bool) -> Result<()> {
    for chunk in projects.chunks(AT_ONCE) {
        if !new {
            let mut sql = Sql::new("DELETE FROM project_search_keys WHERE project_id");
            sql.bind_in(chunk.iter().map(|project| project.id));
            sql.execute(cx).await?;
        }
        let of = |project: &Project| {
            let id = project.id;
            keys(&project.reference, &project.title).into_iter().map(move |key| vec![key.into(), id.into()])
        };
        let rows = chunk.iter().flat_map(of).collect();
        let head = "INSERT INTO project_search_keys (key, project_id)";
        insert_rows(cx, head, " ON CONFLICT DO NOTHING", rows).await?;
    }
    Ok(())
}

/// Adds the selection of projects of which a word goes on as was typed, or of whose title several words do, each for
/// itself.
pub(in crate::project) fn found(sql: &mut Sql, typed: &str) {
    sql.push("SELECT k.project_id FROM project_search_keys k WHERE ");
    if !prefix_condition(sql, "k.key", typed) {
        sql.push("1 = 0");
    }
    // The longest word is looked up, since the fewest begin so; the others are looked for in what that finds.
    let words = fold::query_words(typed);
    let [(first, _), others @ ..] = &words[..] else { return };
    if others.is_empty() {
        return;
    }
    sql.push(" UNION SELECT k.project_id FROM project_search_keys k JOIN projects t ON t.id = k.project_id WHERE ");
    if !prefix_condition(sql, "k.key", first) {
        sql.push("1 = 0");
    }
    for (word, unspaced) in others {
        sql.push(" AND ");
        word_condition(sql, "t.title_key", word, *unspaced);
    }
}

/// Living projects within reach by a word: a scan of an index that stops as soon as enough is found.
pub(in crate::project) async fn suggest(cx: &mut Cx, typed: &str, limit: i64) -> Result<Vec<Project>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" JOIN project_search_keys k ON k.project_id = p.id WHERE ");
    if !prefix_condition(&mut sql, "k.key", typed) {
        return Ok(Vec::new());
    }
    living(cx, &mut sql);
    // One project may be found by several words.
    sql.push(" ORDER BY k.key, k.project_id LIMIT ").bind(limit * 4);
    let found: Vec<Project> = sql.fetch_all(cx).await?;
    if !found.is_empty() || fold::query_words(typed).len() < 2 {
        return Ok(found);
    }
    let mut apart = Sql::new(COLUMNS);
    apart.push(" WHERE p.id IN (");
    self::found(&mut apart, typed);
    apart.push(")");
    living(cx, &mut apart);
    apart.push(" ORDER BY p.title_key, p.id LIMIT ").bind(limit);
    apart.fetch_all(cx).await
}
