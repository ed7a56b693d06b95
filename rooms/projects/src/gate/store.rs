//! SQL of gates, of what they ask about, and of passages through them.

use std::collections::HashMap;

use platform::clock::At;
use platform::sql::{Sql, insert_many as insert_rows};
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

use super::{Gate, Held};

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

/// A passage to be written.
pub(crate) struct NewPassage {
    pub project: Id,
    pub from: String,
    pub into: String,
    pub on: Date,
    pub note: Option<String>,
    pub unmet: Vec<String>,
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

/// All gates; a handful for each stage.
pub(super) async fn all(cx: &mut Cx) -> Result<Vec<Gate>> {
    let sql = "SELECT into_stage, needs, any_of, valid_from, valid_to, source FROM gates ORDER BY valid_from, id";
    let rows: Vec<Row> = on!(cx, db => sqlx::query_as(sql).fetch_all(db).await)?;
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

/// What is held of several projects that gates ask about: three look-ups for up to 500 of them.
pub async fn held(cx: &mut Cx, projects: &[Id]) -> Result<HashMap<Id, Held>> {
    let mut held: HashMap<Id, Held> = HashMap::new();
    for chunk in projects.chunks(500) {
        let ids = || chunk.iter().copied();
        let mut sql = Sql::new(
            "SELECT project_id, kind, effective_on FROM milestones WHERE superseded_at IS NULL AND project_id",
        );
        sql.bind_in(ids()).push(" ORDER BY id");
        for (project, kind, day) in sql.fetch_all::<(Id, String, Date)>(cx).await? {
            held.entry(project).or_default().milestones.push((kind, day));
        }
        let mut sql =
            Sql::new("SELECT project_id, kind, dated_on FROM evidence WHERE withdrawn_at IS NULL AND project_id");
        sql.bind_in(ids()).push(" ORDER BY id");
        for (project, kind, day) in sql.fetch_all::<(Id, String, Date)>(cx).await? {
            held.entry(project).or_default().papers.push((kind, day));
        }
        let mut sql = Sql::new(
            "SELECT project_id, measure, effective_on, CAST(SUM(base_amount) AS BIGINT) FROM ledger_entries
             WHERE kind <> 'realised' AND project_id",
        );
        sql.bind_in(ids())
            .push(" GROUP BY project_id, measure, effective_on ORDER BY project_id, measure, effective_on");
        for (project, measure, day, change) in sql.fetch_all::<(Id, String, Date, i64)>(cx).await? {
            held.entry(project).or_default().pledges.push((measure, day, change));
        }
    }
    Ok(held)
}

pub(crate) async fn insert_passages(cx: &mut Cx, news: &[NewPassage]) -> Result<()> {
    let (now, by) = (cx.now(), cx.account());
    let name = cx.actor.as_ref().map_or_else(String::new, |actor| actor.name.clone());
    let rows = news
        .iter()
        .map(|new| {
            vec![
                cx.new_id().into(),
                new.project.into(),
                new.from.clone().into(),
                new.into.clone().into(),
                new.on.into(),
                now.into(),
                by.into(),
                name.clone().into(),
                new.note.clone().into(),
                new.unmet.join("\n").into(),
            ]
        })
        .collect();
    let head = "INSERT INTO gate_passages (id, project_id, from_stage, into_stage, effective_on, passed_at, passed_by, \
                passed_by_name, note, unmet)";
    insert_rows(cx, head, "", rows).await?;
    Ok(())
}

pub(crate) async fn passages(cx: &mut Cx, project: Id) -> Result<Vec<Passage>> {
    let sql = "SELECT id, from_stage, into_stage, effective_on, passed_at, passed_by_name, note, unmet
               FROM gate_passages WHERE project_id = $1 ORDER BY id DESC LIMIT 200";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(project).fetch_all(db).await)?)
}
