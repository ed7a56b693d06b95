//! SQL of the partners' import.

use platform::permission::Granted;
use platform::sql::Sql;
use platform::{Cx, Id, Result, run};
use time::Date;

use crate::project::Project;

/// Whether the register already holds this partner: a standing signing on that day, or for an
/// unconfirmed one any living project.
pub(super) async fn has_register_project(cx: &mut Cx, enterprises: &[Id], signed: Option<Date>) -> Result<bool> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM projects p WHERE p.retired_at IS NULL AND p.enterprise_id");
    sql.bind_in(enterprises.iter().copied());
    if let Some(day) = signed {
        sql.push(" AND EXISTS (SELECT 1 FROM milestones m WHERE m.project_id = p.id AND m.kind = 'signed' AND m.superseded_at IS NULL AND m.effective_on = ");
        sql.bind(day).push(")");
    }
    Ok(sql.fetch_number(cx).await? > 0)
}

/// The stage's history: identified until the day, agreed from then on.
pub(super) async fn add_stage(cx: &mut Cx, before: &Project, day: Date) -> Result<()> {
    let sql = "INSERT INTO project_facts (id, project_id, field, value, effective_on, recorded_at)
               VALUES ($1, $2, 'stage', 'identified', $3, $4), ($5, $2, 'stage', 'agreed', $6, $4)";
    let (first, second, now) = (cx.new_id(), cx.new_id(), cx.now());
    let beginning = time::macros::date!(1900 - 01 - 01);
    run!(cx, db => sqlx::query(sql).bind(first).bind(before.id).bind(beginning).bind(now).bind(second).bind(day)
        .execute(db).await)?;
    Ok(())
}

/// The report as evidence, and who may be named since the ceremony.
pub(super) async fn add_papers(cx: &mut Cx, _: &Granted, project: Id, day: Date, source: &str) -> Result<()> {
    let now = cx.now();
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    let paper = "INSERT INTO evidence (id, project_id, kind, dated_on, reference, recorded_at, recorded_by_name)
                 VALUES ($1, $2, 'press-release', $3, $4, $5, $6)";
    let id = cx.new_id();
    run!(cx, db => sqlx::query(paper).bind(id).bind(project).bind(day).bind(source).bind(now).bind(&name)
        .execute(db).await)?;
    let clearance = "INSERT INTO name_clearances (id, project_id, cleared_on, source, recorded_at)
                     VALUES ($1, $2, $3, $4, $5)";
    let id = cx.new_id();
    run!(cx, db => sqlx::query(clearance).bind(id).bind(project).bind(day).bind(source).bind(now).execute(db).await)?;
    Ok(())
}
