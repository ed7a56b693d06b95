//! SQL of gates and passages through them.

use platform::clock::At;
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

use super::Gate;
use crate::project::Project;

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Passage {
    pub id: Id,
    pub from_stage: String,
    pub into_stage: String,
    pub effective_on: Date,
    pub passed_at: At,
    pub passed_by_name: String,
    pub note: Option<String>,
    /// What was missing, one fact a line; empty when nothing was.
    pub unmet: String,
}

#[derive(FromRow)]
struct Row {
    into_stage: String,
    needs: String,
    any_of: String,
    valid_from: Date,
    valid_to: Option<Date>,
    source: String,
}

pub(super) async fn insert(cx: &mut Cx, id: Id, gate: &Gate) -> Result<bool> {
    let sql = "INSERT INTO gates (id, into_stage, needs, any_of, valid_from, valid_to, source)
               VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (into_stage, valid_from) DO NOTHING";
    let (needs, any_of) = (gate.needs.join("\n"), gate.any_of.join("\n"));
    Ok(run!(cx, db => sqlx::query(sql).bind(id).bind(&gate.into).bind(&needs).bind(&any_of).bind(gate.valid_from)
        .bind(gate.valid_to).bind(&gate.source).execute(db).await)?
        == 1)
}

/// The gates that hold on a day: for each stage the latest set by then.
pub(super) async fn on(cx: &mut Cx, day: Date) -> Result<Vec<Gate>> {
    let sql = "SELECT into_stage, needs, any_of, valid_from, valid_to, source FROM gates g
               WHERE valid_from <= $1 AND (valid_to IS NULL OR valid_to >= $1)
                 AND valid_from = (SELECT MAX(valid_from) FROM gates WHERE into_stage = g.into_stage AND valid_from <= $1)
               ORDER BY id";
    let rows: Vec<Row> = on!(cx, db => sqlx::query_as(sql).bind(day).fetch_all(db).await)?;
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    Ok(rows
        .into_iter()
        .map(|row| Gate {
            needs: lines(&row.needs),
            any_of: lines(&row.any_of),
            into: row.into_stage,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            source: row.source,
        })
        .collect())
}

/// The facts that are known of a project by a day, under their names.
pub(super) async fn known(cx: &mut Cx, project: &Project, day: Date) -> Result<Vec<String>> {
    let mut known: Vec<String> = Vec::new();
    let mut know = |holds: bool, fact: &str| {
        if holds {
            known.push(fact.to_owned());
        }
    };
    know(project.owner_id.is_some(), "owner");
    know(project.team_id.is_some(), "team");
    know(project.nature.is_some(), "nature");
    know(!project.activities.is_empty(), "activity");
    know(project.proposal_received_on.is_some_and(|on| on <= day), "proposal-received-on");
    know(project.assessment.is_some(), "assessment");
    let kinds = "SELECT DISTINCT kind FROM milestones
                 WHERE project_id = $1 AND effective_on <= $2 AND superseded_at IS NULL ORDER BY kind";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(kinds).bind(project.id).bind(day).fetch_all(db).await)?;
    for (kind,) in rows {
        know(kind == "met", "met-on");
        know(kind == "attracted", "attraction");
    }
    let pledged = "SELECT COUNT(*) FROM (SELECT 1 FROM ledger_entries
                   WHERE project_id = $1 AND kind = 'pledged' AND effective_on <= $2
                   GROUP BY measure HAVING SUM(base_amount) > 0) standing";
    let (count,): (i64,) = on!(cx, db => sqlx::query_as(pledged).bind(project.id).bind(day).fetch_one(db).await)?;
    know(count > 0, "pledge");
    let papers = "SELECT DISTINCT kind FROM evidence
                  WHERE project_id = $1 AND dated_on <= $2 AND withdrawn_at IS NULL ORDER BY kind";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(papers).bind(project.id).bind(day).fetch_all(db).await)?;
    known.extend(rows.into_iter().map(|(kind,)| kind));
    Ok(known)
}

pub(crate) async fn insert_passage(
    cx: &mut Cx,
    project: &Project,
    into: &str,
    on: Date,
    note: Option<&str>,
    unmet: &[String],
) -> Result<()> {
    let sql = "INSERT INTO gate_passages (id, project_id, from_stage, into_stage, effective_on, passed_at, passed_by,
                 passed_by_name, note, unmet) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let (id, now, by) = (cx.new_id(), cx.now(), cx.account());
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    let unmet = unmet.join("\n");
    run!(cx, db => sqlx::query(sql).bind(id).bind(project.id).bind(&project.stage).bind(into).bind(on).bind(now)
        .bind(by).bind(&name).bind(note).bind(&unmet).execute(db).await)?;
    Ok(())
}

pub(crate) async fn passages(cx: &mut Cx, project: Id) -> Result<Vec<Passage>> {
    let sql = "SELECT id, from_stage, into_stage, effective_on, passed_at, passed_by_name, note, unmet
               FROM gate_passages WHERE project_id = $1 ORDER BY id DESC";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(project).fetch_all(db).await)?)
}
