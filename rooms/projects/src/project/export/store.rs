//! SQL of the export: what the list leaves out and an import takes.

use platform::sql::{AT_ONCE, Sql};
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use time::Date;

/// The fields of a project that no list shows.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Fields {
    pub id: Id,
    pub activities: String,
    pub description: Option<String>,
    pub assessment: Option<String>,
    pub proposal_received_on: Option<Date>,
}

pub(super) async fn fields(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Fields>> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let mut sql =
            Sql::new("SELECT id, activities, description, assessment, proposal_received_on FROM projects WHERE id");
        sql.bind_in(some.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<Fields>(cx).await?);
    }
    Ok(found)
}

/// A milestone that stands.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Milestone {
    pub project_id: Id,
    pub kind: String,
    pub effective_on: Date,
    pub batch: Option<String>,
}

/// Milestones that stand, project by project, the earliest first.
pub(super) async fn milestones(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Milestone>> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT project_id, kind, effective_on, batch FROM milestones WHERE superseded_at IS NULL AND project_id",
        );
        sql.bind_in(some.iter().copied()).push(" ORDER BY project_id, effective_on, id");
        found.extend(sql.fetch_all::<Milestone>(cx).await?);
    }
    Ok(found)
}

/// Clearances that stand: (project, day, source), the latest first.
pub(super) async fn clearances(cx: &mut Cx, ids: &[Id]) -> Result<Vec<(Id, Date, String)>> {
    let mut found = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT project_id, cleared_on, source FROM name_clearances WHERE withdrawn_on IS NULL AND project_id",
        );
        sql.bind_in(some.iter().copied()).push(" ORDER BY project_id, id DESC");
        found.extend(sql.fetch_all::<(Id, Date, String)>(cx).await?);
    }
    Ok(found)
}
