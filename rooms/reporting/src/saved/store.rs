//! SQL of saved definitions.

use platform::permission::Granted;
use platform::sql::{Sql, insert_many};
use platform::{Cx, Id, Result, run};

use super::Saved;

const COLUMNS: &str = "SELECT id, name, definition, owner_id, owner_name, shared, team_id, version, updated_at, name_key \
     FROM saved_crosstabs";

pub(super) async fn insert(cx: &mut Cx, _: &Granted, saved: &Saved) -> Result<()> {
    let head = "INSERT INTO saved_crosstabs (id, name, name_key, definition, owner_id, owner_name, shared, team_id, version, \
                created_at, updated_at)";
    let row = vec![
        saved.id.into(),
        saved.name.clone().into(),
        saved.name_key.clone().into(),
        saved.definition.clone().into(),
        saved.owner_id.into(),
        saved.owner_name.clone().into(),
        saved.shared.clone().into(),
        saved.team_id.into(),
        saved.version.into(),
        saved.updated_at.into(),
        saved.updated_at.into(),
    ];
    insert_many(cx, head, "", vec![row]).await?;
    Ok(())
}

/// Adds that a definition is the reader's own, or shared with them. Whoever acts without an account,
/// the machine's operator, sees all.
fn within_reach(cx: &Cx, sql: &mut Sql) {
    let Some(account) = cx.account() else { return };
    sql.push(" AND (shared = 'office' OR owner_id = ").bind(account);
    let teams = cx.actor.as_ref().map(|actor| actor.teams.clone()).unwrap_or_default();
    if !teams.is_empty() {
        sql.push(" OR (shared = 'team' AND team_id").bind_in(teams).push(")");
    }
    sql.push(")");
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Saved> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE retired_at IS NULL AND id = ").bind(id);
    within_reach(cx, &mut sql);
    sql.fetch_one(cx).await
}

/// One within reach, retired or not.
pub(super) async fn any(cx: &mut Cx, id: Id) -> Result<Saved> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    within_reach(cx, &mut sql);
    sql.fetch_one(cx).await
}

pub(super) async fn page(cx: &mut Cx, after: Option<&str>, limit: i64) -> Result<Vec<Saved>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE retired_at IS NULL");
    within_reach(cx, &mut sql);
    if let Some(after) = after {
        let mark = platform::api::Mark::decode(after, 2)?;
        sql.push(" AND (name_key, id) > (").bind(mark.text(0)).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(" ORDER BY name_key, id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

pub(super) async fn update(cx: &mut Cx, _: &Granted, saved: &Saved) -> Result<()> {
    let sql = "UPDATE saved_crosstabs SET name = $2, name_key = $3, shared = $4, team_id = $5, version = $6,
                 updated_at = $7 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(saved.id).bind(&saved.name).bind(&saved.name_key).bind(&saved.shared)
        .bind(saved.team_id).bind(saved.version).bind(saved.updated_at).execute(db).await)?;
    Ok(())
}

pub(super) async fn retire(cx: &mut Cx, _: &Granted, id: Id, away: bool) -> Result<()> {
    let now = cx.now();
    let mut sql = Sql::new("UPDATE saved_crosstabs SET version = version + 1, updated_at = ");
    sql.bind(now).push(", retired_at = ").bind(away.then_some(now)).push(" WHERE id = ").bind(id);
    sql.execute(cx).await?;
    Ok(())
}
