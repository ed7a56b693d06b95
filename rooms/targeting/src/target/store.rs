//! SQL of targets.

use platform::permission::Granted;
use platform::sql::{Sql, insert_many};
use platform::{Cx, Id, Result, on, run};
use time::Date;

use super::{SECRECY, Standing, Target};

const COLUMNS: &str = "SELECT id, reference, enterprise_id, round, standing, standing_on, screening_id, company_id, rank, \
     reasons, note, project_id, tier, team_id, owner_id, version, created_at, updated_at, retired_at, retired_reason \
     FROM targets";

pub(super) async fn insert(cx: &mut Cx, _: &Granted, target: &Target) -> Result<()> {
    let head = "INSERT INTO targets (id, reference, enterprise_id, round, standing, standing_on, screening_id, company_id, \
                rank, reasons, note, project_id, tier, team_id, owner_id, version, created_at, updated_at)";
    let row = vec![
        target.id.into(),
        target.reference.clone().into(),
        target.enterprise_id.into(),
        target.round.clone().into(),
        target.standing.clone().into(),
        target.standing_on.into(),
        target.screening_id.into(),
        target.company_id.clone().into(),
        target.rank.into(),
        target.reasons.clone().into(),
        target.note.clone().into(),
        target.project_id.into(),
        target.tier.into(),
        target.team_id.into(),
        target.owner_id.into(),
        target.version.into(),
        target.created_at.into(),
        target.updated_at.into(),
    ];
    insert_many(cx, head, "", vec![row]).await?;
    Ok(())
}

pub(super) async fn update(cx: &mut Cx, _: &Granted, target: &Target) -> Result<()> {
    let sql = "UPDATE targets SET round = $2, standing = $3, standing_on = $4, note = $5, project_id = $6, tier = $7,
                 team_id = $8, owner_id = $9, version = $10, updated_at = $11 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(target.id).bind(&target.round).bind(&target.standing).bind(target.standing_on)
        .bind(&target.note).bind(target.project_id).bind(target.tier).bind(target.team_id).bind(target.owner_id)
        .bind(target.version).bind(target.updated_at).execute(db).await)?;
    Ok(())
}

pub(super) async fn set_retired(cx: &mut Cx, _: &Granted, id: Id, reason: Option<&str>) -> Result<()> {
    let now = cx.now();
    let mut sql = Sql::new("UPDATE targets SET version = version + 1, updated_at = ");
    sql.bind(now).push(", retired_at = ").bind(reason.map(|_| now)).push(", retired_reason = ").bind(reason);
    sql.push(" WHERE id = ").bind(id);
    sql.execute(cx).await?;
    Ok(())
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Target> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    sql.fetch_one(cx).await
}

/// Of these targets those that their own tier lets the actor see, with the enterprise of each.
pub(super) async fn seen(cx: &mut Cx, ids: &[Id]) -> Result<Vec<(Id, Id)>> {
    let mut sql = Sql::new("SELECT t.id, t.enterprise_id FROM targets t WHERE t.id");
    sql.bind_in(ids.iter().copied()).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.push(" ORDER BY t.id");
    sql.fetch_all(cx).await
}

pub(super) async fn is_reader(cx: &mut Cx, id: Id) -> Result<bool> {
    let Some(account) = cx.account() else { return Ok(false) };
    let sql = "SELECT 1 FROM readers WHERE subject_kind = 'target' AND subject_id = $1 AND account_id = $2";
    let found: Option<(i32,)> = on!(cx, db => sqlx::query_as(sql).bind(id).bind(account).fetch_optional(db).await)?;
    Ok(found.is_some())
}

/// The live target within reach of an enterprise or of what was merged with it.
pub(super) async fn live(cx: &mut Cx, enterprise: Id) -> Result<Option<Id>> {
    let mut sql = Sql::new(
        "SELECT t.id FROM directory_enterprise_brief m JOIN targets t ON t.enterprise_id = m.id \
         WHERE t.retired_at IS NULL AND t.standing IN ('proposed', 'reserved', 'approached') AND m.survivor_id = ",
    );
    sql.bind(enterprise).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.push(" ORDER BY t.id DESC LIMIT 1");
    let found: Option<(Id,)> = sql.fetch_optional(cx).await?;
    Ok(found.map(|(id,)| id))
}

/// The reference of the latest target within reach of an enterprise or of what was merged with it, where it was declined.
pub(super) async fn declined(cx: &mut Cx, enterprise: Id) -> Result<Option<String>> {
    let mut sql = Sql::new(
        "SELECT t.reference, t.standing FROM directory_enterprise_brief m JOIN targets t ON t.enterprise_id = m.id \
         WHERE t.retired_at IS NULL AND m.survivor_id = ",
    );
    sql.bind(enterprise).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.push(" ORDER BY t.id DESC LIMIT 1");
    let latest: Option<(String, String)> = sql.fetch_optional(cx).await?;
    Ok(latest.filter(|(_, standing)| standing == "declined").map(|(reference, _)| reference))
}

pub(super) async fn insert_standing(
    cx: &mut Cx,
    _: &Granted,
    target: Id,
    standing: &str,
    on: Date,
    note: &str,
) -> Result<()> {
    let sql =
        "INSERT INTO target_standings (id, target_id, standing, effective_on, note, recorded_by_name, recorded_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let (id, now) = (cx.new_id(), cx.now());
    let by = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    run!(cx, db => sqlx::query(sql).bind(id).bind(target).bind(standing).bind(on).bind(note).bind(&by).bind(now)
        .execute(db).await)?;
    Ok(())
}

/// What a target began with gives way to any other, of whichever day: it was put on the list before it was found out.
pub(super) async fn latest_standing(cx: &mut Cx, target: Id) -> Result<(String, Date)> {
    let sql = "SELECT s.standing, s.effective_on FROM target_standings s WHERE s.target_id = $1
               ORDER BY CASE WHEN s.id = (SELECT MIN(b.id) FROM target_standings b WHERE b.target_id = s.target_id)
                 THEN 1 ELSE 0 END, s.effective_on DESC, s.id DESC LIMIT 1";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(target).fetch_one(db).await)?)
}

/// The day on which it came on the list.
pub(super) async fn listed_on(cx: &mut Cx, target: Id) -> Result<Date> {
    let sql = "SELECT effective_on FROM target_standings WHERE target_id = $1 ORDER BY id LIMIT 1";
    let (day,): (Date,) = on!(cx, db => sqlx::query_as(sql).bind(target).fetch_one(db).await)?;
    Ok(day)
}

pub(super) async fn standings(cx: &mut Cx, target: Id) -> Result<Vec<Standing>> {
    let sql = "SELECT id, standing, effective_on, note, recorded_by_name, recorded_at FROM target_standings
               WHERE target_id = $1 ORDER BY effective_on DESC, id DESC LIMIT 200";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(target).fetch_all(db).await)?)
}

/// How many targets within reach are of any of these enterprises.
pub(super) async fn count_of(cx: &mut Cx, enterprises: &[Id]) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM targets t WHERE t.enterprise_id");
    sql.bind_in(enterprises.iter().copied()).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.fetch_number(cx).await
}

/// How many of all of them there are, in reach or not.
pub(super) async fn standing_of(cx: &mut Cx, enterprises: &[Id]) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM targets WHERE enterprise_id");
    sql.bind_in(enterprises.iter().copied());
    sql.fetch_number(cx).await
}

pub(super) async fn check(cx: &mut Cx) -> Result<(u64, Vec<String>)> {
    let sql = "SELECT t.reference FROM targets t WHERE t.standing <> (SELECT s.standing FROM target_standings s
                 WHERE s.target_id = t.id
                 ORDER BY CASE WHEN s.id = (SELECT MIN(b.id) FROM target_standings b WHERE b.target_id = s.target_id)
                   THEN 1 ELSE 0 END, s.effective_on DESC, s.id DESC LIMIT 1)
               OR NOT EXISTS (SELECT 1 FROM target_standings s WHERE s.target_id = t.id) ORDER BY t.reference";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?;
    let told = rows.into_iter().map(|(reference,)| format!("{reference} does not stand as its latest standing says"));
    let mut wrong: Vec<String> = told.collect();
    let strangers = "SELECT t.reference, a.id IS NULL AND t.owner_id IS NOT NULL,
                       m.id IS NULL AND t.team_id IS NOT NULL
                     FROM targets t LEFT JOIN identity_account_brief a ON a.id = t.owner_id
                     LEFT JOIN identity_team_brief m ON m.id = t.team_id
                     WHERE (a.id IS NULL AND t.owner_id IS NOT NULL) OR (m.id IS NULL AND t.team_id IS NOT NULL)
                     ORDER BY t.reference LIMIT 20";
    let rows: Vec<(String, bool, bool)> = on!(cx, db => sqlx::query_as(strangers).fetch_all(db).await)?;
    wrong.extend(rows.into_iter().flat_map(|(reference, owner, team)| {
        let owner = owner.then(|| format!("{reference} has an owner that is no account"));
        owner.into_iter().chain(team.then(|| format!("{reference} has a team that is none")))
    }));
    let (looked_at,): (i64,) = on!(cx, db => sqlx::query_as("SELECT COUNT(*) FROM targets").fetch_one(db).await)?;
    Ok((u64::try_from(looked_at).unwrap_or(0), wrong))
}
