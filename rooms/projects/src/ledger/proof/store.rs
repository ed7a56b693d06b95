//! SQL of the proofs: each list in the order of its projects.

use platform::sql::Sql;
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use time::Date;

#[derive(Clone, Debug, FromRow)]
pub(super) struct Entry {
    pub id: Id,
    pub project_id: Id,
    pub measure: String,
    pub kind: String,
    pub amount: i64,
    pub unit: String,
    pub base_amount: i64,
    pub rate: Option<i64>,
    pub effective_on: Date,
    pub reverses_id: Option<Id>,
}

#[derive(Clone, Debug, FromRow)]
pub(super) struct Milestone {
    pub project_id: Id,
    pub kind: String,
    pub effective_on: Date,
    pub batch: Option<String>,
    pub superseded: bool,
}

/// The keys of projects that rows of a table name and that are not there.
macro_rules! strays {
    ($table:literal) => {
        concat!(
            "SELECT DISTINCT x.project_id FROM ",
            $table,
            " x LEFT JOIN projects p ON p.id = x.project_id WHERE p.id IS NULL ORDER BY 1 LIMIT 20"
        )
    };
}

/// The next projects after a key, with their references.
pub(super) async fn projects(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<(Id, String)>> {
    let mut sql = Sql::new("SELECT id, reference FROM projects WHERE id > ");
    sql.bind(after).push(" ORDER BY id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}

fn between(after: Id, up_to: Option<Id>, sql: &mut Sql) {
    sql.push(" WHERE project_id > ").bind(after);
    if let Some(up_to) = up_to {
        sql.push(" AND project_id <= ").bind(up_to);
    }
}

pub(super) async fn entries(cx: &mut Cx, after: Id, up_to: Option<Id>) -> Result<Vec<Entry>> {
    let mut sql = Sql::new(
        "SELECT id, project_id, measure, kind, amount, unit, base_amount, rate, effective_on, reverses_id \
         FROM ledger_entries",
    );
    between(after, up_to, &mut sql);
    sql.push(" ORDER BY project_id, recorded_at, id");
    sql.fetch_all(cx).await
}

pub(super) async fn milestones(cx: &mut Cx, after: Id, up_to: Option<Id>) -> Result<Vec<Milestone>> {
    let mut sql = Sql::new(
        "SELECT project_id, kind, effective_on, batch, superseded_at IS NOT NULL AS superseded FROM milestones",
    );
    between(after, up_to, &mut sql);
    sql.push(" ORDER BY project_id, id");
    sql.fetch_all(cx).await
}

/// What hangs on something that is not there, besides entries and milestones of no project.
const STRAYS: [(&str, &str); 9] = [
    (
        "an entry rests on a paper that its project does not have:",
        "SELECT l.evidence_id FROM ledger_entries l LEFT JOIN evidence v ON v.id = l.evidence_id \
         AND v.project_id = l.project_id WHERE l.evidence_id IS NOT NULL AND v.id IS NULL ORDER BY 1 LIMIT 20",
    ),
    ("a paper is of no project:", strays!("evidence")),
    ("a passage is of no project:", strays!("gate_passages")),
    (
        "what a passage rests on is of no passage:",
        "SELECT x.passage_id FROM gate_passage_grounds x LEFT JOIN gate_passages p ON p.id = x.passage_id \
         AND p.project_id = x.project_id WHERE p.id IS NULL ORDER BY 1 LIMIT 20",
    ),
    ("a clearance is of no project:", strays!("name_clearances")),
    ("a fact is of no project:", strays!("project_facts")),
    ("a note is of no project:", strays!("project_notes")),
    ("a retirement is of no project:", strays!("project_retirements")),
    (
        "a project and its retirements say different things:",
        "SELECT p.id FROM projects p LEFT JOIN project_retirements t ON t.project_id = p.id AND t.until_at IS NULL \
         WHERE (p.retired_at IS NULL) <> (t.project_id IS NULL) OR p.retired_at <> t.since_at ORDER BY 1 LIMIT 20",
    ),
];

pub(super) async fn strays(cx: &mut Cx) -> Result<Vec<String>> {
    let mut wrong = Vec::new();
    for (what, statement) in STRAYS {
        let found: Vec<(Id,)> = Sql::new(statement).fetch_all(cx).await?;
        wrong.extend(found.into_iter().map(|(id,)| format!("{what} {id}")));
    }
    Ok(wrong)
}
