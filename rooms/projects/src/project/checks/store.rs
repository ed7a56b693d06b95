//! SQL of the checks.

use platform::audit::proof::Held;
use platform::own_field::Said;
use platform::permission::Tier;
use platform::sql::Sql;
use platform::{Cx, Id, Result, on};

use crate::evidence::COMMENCEMENT;

const COMMENCED: &str = "SELECT DISTINCT p.reference FROM projects p JOIN milestones m ON m.project_id = p.id \
     WHERE m.kind = 'commenced' AND m.superseded_at IS NULL";

/// The papers of a project that show that it has commenced.
fn shown(sql: &mut Sql) -> &mut Sql {
    sql.push("SELECT 1 FROM evidence v WHERE v.project_id = p.id AND v.withdrawn_at IS NULL AND v.kind");
    sql.bind_in(COMMENCEMENT)
}

/// The projects after a key that say something in fields of the office's own.
pub(super) async fn saying(cx: &mut Cx, after: Id) -> Result<Vec<Said>> {
    let mut sql = Sql::new("SELECT id, reference, own FROM projects WHERE own <> '{}' AND id > ");
    sql.bind(after).push(" ORDER BY id LIMIT 500");
    sql.fetch_all(cx).await
}

/// Every pair of stage and status there is, with one project that has it.
pub(super) async fn pairs(cx: &mut Cx) -> Result<Vec<(String, String, String)>> {
    let sql = "SELECT MIN(reference), stage, status FROM projects GROUP BY stage, status ORDER BY stage, status";
    Ok(on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?)
}

pub(super) async fn check(cx: &mut Cx) -> Result<(u64, Vec<String>)> {
    let count = Sql::new("SELECT COUNT(*) FROM projects").fetch_number(cx).await?;
    let mut wrong = Vec::new();
    let passages = "SELECT p.reference FROM projects p
                    JOIN gate_passages g ON g.project_id = p.id
                     AND g.superseded_at IS NULL AND COALESCE(g.first_id, g.id) =
                       (SELECT MAX(COALESCE(first_id, id)) FROM gate_passages
                        WHERE project_id = p.id AND superseded_at IS NULL)
                    WHERE g.into_stage <> p.stage ORDER BY p.reference LIMIT 20";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(passages).fetch_all(db).await)?;
    wrong.extend(rows.into_iter().map(|(reference,)| format!("{reference} is not at the stage of its last passage")));
    let strangers = "SELECT p.reference, a.id IS NULL AND p.owner_id IS NOT NULL,
                       t.id IS NULL AND p.team_id IS NOT NULL
                     FROM projects p LEFT JOIN identity_account_brief a ON a.id = p.owner_id
                     LEFT JOIN identity_team_brief t ON t.id = p.team_id
                     WHERE (a.id IS NULL AND p.owner_id IS NOT NULL) OR (t.id IS NULL AND p.team_id IS NOT NULL)
                     ORDER BY p.reference LIMIT 20";
    let rows: Vec<(String, bool, bool)> = on!(cx, db => sqlx::query_as(strangers).fetch_all(db).await)?;
    wrong.extend(rows.into_iter().flat_map(|(reference, owner, team)| {
        let owner = owner.then(|| format!("{reference} has an owner that is no account"));
        owner.into_iter().chain(team.then(|| format!("{reference} has a team that is none")))
    }));
    let mut unproved = Sql::new(COMMENCED);
    shown(unproved.push(" AND NOT EXISTS (")).push(") ORDER BY p.reference LIMIT 20");
    let rows: Vec<(String,)> = unproved.fetch_all(cx).await?;
    wrong.extend(rows.into_iter().map(|(reference,)| format!("{reference} commenced without evidence")));
    let unattracted = "SELECT DISTINCT p.reference FROM projects p JOIN milestones m ON m.project_id = p.id
                       WHERE m.kind IN ('signed', 'commenced') AND m.superseded_at IS NULL AND NOT EXISTS (
                         SELECT 1 FROM milestones a WHERE a.project_id = p.id AND a.kind = 'attracted'
                            AND a.superseded_at IS NULL)
                       ORDER BY p.reference LIMIT 20";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(unattracted).fetch_all(db).await)?;
    wrong.extend(
        rows.into_iter().map(|(reference,)| format!("{reference} signed or commenced without having been attracted")),
    );
    let mut late = Sql::new(COMMENCED);
    shown(late.push(" AND EXISTS (")).push(") AND NOT EXISTS (");
    shown(&mut late).push(" AND v.dated_on <= m.effective_on) ORDER BY p.reference LIMIT 20");
    let rows: Vec<(String,)> = late.fetch_all(cx).await?;
    wrong.extend(rows.into_iter().map(|(reference,)| format!("{reference} commenced before what shows it")));
    let early = "SELECT DISTINCT p.reference FROM projects p JOIN milestones m ON m.project_id = p.id
                 WHERE m.kind IN ('signed', 'commenced') AND m.superseded_at IS NULL AND EXISTS (
                   SELECT 1 FROM milestones a WHERE a.project_id = p.id AND a.kind = 'attracted'
                      AND a.superseded_at IS NULL AND a.effective_on > m.effective_on)
                 ORDER BY p.reference LIMIT 20";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(early).fetch_all(db).await)?;
    wrong.extend(rows.into_iter().map(|(reference,)| format!("{reference} signed or commenced before its attraction")));
    let broken = "SELECT DISTINCT p.reference FROM projects p JOIN (
                    SELECT project_id, from_stage,
                      LAG(into_stage) OVER (PARTITION BY project_id ORDER BY COALESCE(first_id, id)) AS entered
                    FROM gate_passages WHERE superseded_at IS NULL) g ON g.project_id = p.id
                  WHERE g.entered <> g.from_stage ORDER BY p.reference LIMIT 20";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(broken).fetch_all(db).await)?;
    wrong.extend(rows.into_iter().map(|(reference,)| format!("{reference} left a stage that it had not entered")));
    let unbegun = "SELECT p.reference FROM projects p WHERE p.stage <> 'identified'
                     AND NOT EXISTS (SELECT 1 FROM gate_passages g WHERE g.project_id = p.id AND g.superseded_at IS NULL)
                   ORDER BY p.reference LIMIT 20";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(unbegun).fetch_all(db).await)?;
    wrong.extend(rows.into_iter().map(|(reference,)| format!("{reference} is at a stage that no passage led to")));
    let orphans = "SELECT p.reference FROM projects p LEFT JOIN directory_enterprise_brief e ON e.id = p.enterprise_id
                   WHERE e.id IS NULL ORDER BY p.reference LIMIT 20";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(orphans).fetch_all(db).await)?;
    wrong.extend(rows.into_iter().map(|(reference,)| format!("{reference} belongs to no enterprise")));
    Ok((count.unsigned_abs(), wrong))
}

/// The next projects after a key, with the tier that each has.
pub(super) async fn tiers(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<Held>> {
    let mut sql = Sql::new("SELECT id, reference, tier FROM projects WHERE id > ");
    sql.bind(after).push(" ORDER BY id LIMIT ").bind(limit);
    let rows: Vec<(Id, String, i64)> = sql.fetch_all(cx).await?;
    let held = |(id, called, tier)| Held { id, called, values: vec![Some(Tier::from_rank(tier).code().to_owned())] };
    Ok(rows.into_iter().map(held).collect())
}
