//! Lists of projects: by filter, by enterprise, and one column of the board.

use platform::api::Mark;
use platform::forms::Form;
use platform::sql::Sql;
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use ui::lists::{COUNTED, Total};

use super::{SECRECY, store};
use crate::READ;

/// What a list shows; the same names in the address and the API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub q: Option<String>,
    pub stage: Option<String>,
    pub status: Option<String>,
    pub nature: Option<String>,
    pub owner: Option<Id>,
    pub enterprises: Vec<Id>,
    pub retired: bool,
    pub after: Option<String>,
    pub before: Option<String>,
}

impl Filter {
    pub fn read(form: &Form) -> Self {
        Self {
            q: form.optional("q"),
            stage: form.optional("stage"),
            status: form.optional("status"),
            nature: form.optional("nature"),
            owner: form.value("owner").parse().ok(),
            enterprises: Vec::new(),
            retired: form.value("retired") == "yes",
            after: form.optional("after"),
            before: form.optional("before"),
        }
    }

    fn conditions(&self, cx: &Cx, sql: &mut Sql) {
        sql.push(" WHERE p.retired_at IS ").push(if self.retired { "NOT NULL" } else { "NULL" }).push(" AND ");
        cx.visible().condition(sql, SECRECY);
        sql.push(" AND ");
        store::enterprise_in_reach(cx, sql);
        if let Some(typed) = &self.q {
            sql.push(" AND (p.reference = ").bind(typed.trim().to_uppercase()).push(" OR (1 = 1");
            let mut prefix = Sql::default();
            if platform::search::prefix_condition(&mut prefix, "p.title_key", typed) {
                sql.push(" AND ");
                platform::search::prefix_condition(sql, "p.title_key", typed);
            }
            sql.push("))");
        }
        let equal = [("p.stage = ", &self.stage), ("p.status = ", &self.status), ("p.nature = ", &self.nature)];
        for (column, value) in equal {
            if let Some(value) = value {
                sql.push(" AND ").push(column).bind(value.as_str());
            }
        }
        if let Some(owner) = self.owner {
            sql.push(" AND p.owner_id = ").bind(owner);
        }
        if !self.enterprises.is_empty() {
            sql.push(" AND p.enterprise_id").bind_in(self.enterprises.iter().copied());
        }
    }
}

/// A project with its enterprise's name.
#[derive(Clone, Debug, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Listed {
    pub id: Id,
    pub reference: String,
    pub title: String,
    pub stage: String,
    pub status: String,
    pub nature: Option<String>,
    pub override_reason: Option<String>,
    pub updated_at: platform::clock::At,
    pub version: i64,
    pub enterprise_id: Id,
    pub enterprise_name: String,
    pub name_language: String,
}

#[derive(Clone, Debug, Default)]
pub struct ListPage {
    pub projects: Vec<Listed>,
    pub previous: Option<String>,
    pub next: Option<String>,
}

fn mark(project: &Listed) -> String {
    Mark(vec![project.updated_at.0.to_string(), project.id.to_string()]).encode()
}

/// One page, latest change first.
pub async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<ListPage> {
    cx.require(&READ)?;
    let backwards = filter.before.is_some();
    let mut sql = Sql::new(
        "SELECT p.id, p.reference, p.title, p.stage, p.status, p.nature, p.override_reason, p.updated_at, p.version, \
         s.id AS enterprise_id, s.name AS enterprise_name, s.name_language FROM projects p \
         JOIN directory_enterprise_brief b ON b.id = p.enterprise_id \
         JOIN directory_enterprise_brief s ON s.id = b.survivor_id",
    );
    filter.conditions(cx, &mut sql);
    if let Some(given) = filter.before.as_ref().or(filter.after.as_ref()) {
        let mark = Mark::decode(given, 2)?;
        sql.push(" AND (p.updated_at, p.id) ").push(if backwards { "> (" } else { "< (" });
        sql.bind(mark.number(0)?).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(if backwards {
        " ORDER BY p.updated_at, p.id LIMIT "
    } else {
        " ORDER BY p.updated_at DESC, p.id DESC LIMIT "
    });
    sql.bind(limit + 1);
    let mut projects: Vec<Listed> = sql.fetch_all(cx).await?;
    let more = projects.len() as i64 > limit;
    projects.truncate(usize::try_from(limit).unwrap_or_default());
    if backwards {
        projects.reverse();
    }
    let (has_previous, has_next) = if backwards { (more, true) } else { (filter.after.is_some(), more) };
    Ok(ListPage {
        previous: projects.first().map(mark).filter(|_| has_previous),
        next: projects.last().map(mark).filter(|_| has_next),
        projects,
    })
}

/// How many a filter shows, counted a little past a thousand at most.
pub async fn total(cx: &mut Cx, filter: &Filter) -> Result<Total> {
    cx.require(&READ)?;
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT p.id FROM projects p");
    filter.conditions(cx, &mut sql);
    sql.push(" LIMIT ").bind(COUNTED + 1).push(") counted");
    Ok(Total::bounded(sql.fetch_number(cx).await?))
}
