//! SQL of releases. There is no update and no delete; the database's own triggers refuse both.

use platform::api::Mark;
use platform::error::Taken;
use platform::permission::Granted;
use platform::sql::{Sql, insert_many};
use platform::{Cx, Id, Result, run};

use super::{DRAFTS, Release};

const COLUMNS: &str = "SELECT r.id, r.reference, r.title, r.note, r.definition, r.measure, r.metric_version, r.as_at, \
     r.known_at, r.frozen_by, r.frozen_by_name, r.frozen_at, r.words, r.body, \
     CASE WHEN s.outcome = 'signed_off' THEN s.signed_by_name END AS signed_by_name, \
     CASE WHEN s.outcome = 'signed_off' THEN s.signed_at END AS signed_at, \
     CASE WHEN s.outcome = 'signed_off' THEN s.note END AS sign_off_note, \
     CASE WHEN s.outcome = 'withdrawn' THEN s.signed_by_name END AS withdrawn_by_name, \
     CASE WHEN s.outcome = 'withdrawn' THEN s.signed_at END AS withdrawn_at, \
     CASE WHEN s.outcome = 'withdrawn' THEN s.note END AS withdrawal_reason FROM releases r LEFT JOIN release_signatures s ON s.release_id = r.id WHERE 1 = 1";

fn within_reach(cx: &Cx, sql: &mut Sql) {
    if !cx.may(&DRAFTS) {
        sql.push(" AND s.outcome = 'signed_off'");
    }
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Release> {
    let mut sql = Sql::new(COLUMNS);
    within_reach(cx, &mut sql);
    sql.push(" AND r.id = ").bind(id);
    sql.fetch_one(cx).await
}

/// The next after a key, whoever may read them: for a proof of all.
pub(super) async fn all(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<Release>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" AND r.id > ").bind(after).push(" ORDER BY r.id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

pub(super) async fn page(cx: &mut Cx, after: Option<&str>, limit: i64) -> Result<Vec<Release>> {
    let mut sql = Sql::new(COLUMNS);
    within_reach(cx, &mut sql);
    if let Some(after) = after {
        let mark = Mark::decode(after, 2)?;
        sql.push(" AND (r.frozen_at, r.id) < (").bind(mark.number(0)?).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(" ORDER BY r.frozen_at DESC, r.id DESC LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, release: &Release) -> Result<()> {
    let head = "INSERT INTO releases (id, reference, title, note, definition, measure, metric_version, words, body, as_at, \
                known_at, frozen_by, frozen_by_name, frozen_at)";
    let row = vec![
        release.id.into(),
        release.reference.clone().into(),
        release.title.clone().into(),
        release.note.clone().into(),
        release.definition.clone().into(),
        release.measure.clone().into(),
        release.metric_version.into(),
        release.words.clone().into(),
        release.body.clone().into(),
        release.as_at.into(),
        release.known_at.into(),
        release.frozen_by.into(),
        release.frozen_by_name.clone().into(),
        release.frozen_at.into(),
    ];
    insert_many(cx, head, "", vec![row]).await?;
    Ok(())
}

/// Signs a draft off or withdraws it. Of two who do so at once, the second is refused.
pub(super) async fn decide(cx: &mut Cx, _: &Granted, id: Id, by: Id, outcome: &str, note: &str) -> Result<()> {
    let sql = "INSERT INTO release_signatures (release_id, signed_by, signed_by_name, signed_at, note, outcome)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let now = cx.now();
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    run!(cx, db => sqlx::query(sql).bind(id).bind(by).bind(&name).bind(now).bind(note).bind(outcome).execute(db).await)
        .taken("release-decided")?;
    Ok(())
}
