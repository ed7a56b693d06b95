//! The list of imports: its filters, its orders, paging by key.

use sqlx::FromRow;

use crate::cx::Cx;
use crate::error::{Problem, Result};
use crate::id::Id;
use crate::import::store::{self, Import};
use crate::order::{By, Order, Place, Rows, Sort};
use crate::search::{self, fold};
use crate::sql::Sql;

/// Latest first, unless asked otherwise.
pub const ORDERS: &[Order] = &[
    Order { name: "when", by: &[By::Number("id")] },
    Order { name: "file", by: &[By::Text("file_key"), By::Number("id")] },
];

/// What is looked for. Whatever is asked, one sees the imports of one's own; all of them only who sees every record.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub kinds: Vec<&'static str>,
    pub state: Option<String>,
    pub by: Option<Id>,
    /// What the file's name begins with.
    pub text: Option<String>,
    pub sort: Sort,
    pub place: Place,
}

fn conditions(cx: &Cx, wanted: &Wanted, sql: &mut Sql) {
    sql.push(" WHERE kind").bind_in(wanted.kinds.iter().copied());
    if !cx.visible().everything() {
        sql.push(" AND created_by = ").bind(cx.account().unwrap_or(Id(0)));
    }
    if let Some(state) = &wanted.state {
        sql.push(" AND state = ").bind(state.as_str());
    }
    if let Some(by) = wanted.by {
        sql.push(" AND created_by = ").bind(by);
    }
    if let Some(text) = &wanted.text {
        sql.push(" AND ");
        if !search::prefix_condition(sql, "file_key", text) {
            sql.push("1 = 0");
        }
    }
}

pub async fn page(cx: &mut Cx, wanted: &Wanted, limit: i64) -> Result<Rows<Import>> {
    let mut sql = Sql::new(store::COLUMNS);
    conditions(cx, wanted, &mut sql);
    wanted.sort.page(&mut sql, &wanted.place, limit)?;
    let rows = sql.fetch_all(cx).await?;
    let by_file = wanted.sort.is_by("file");
    Ok(Rows::of(rows, &wanted.place, limit, |import: &Import| {
        let id = import.id.to_string();
        if by_file { vec![fold::sort_key(&import.file_name), id] } else { vec![id] }
    }))
}

/// What is wrong with a row of the file.
#[derive(Clone, Debug, FromRow)]
pub struct RowProblem {
    pub row_number: i64,
    pub place: i64,
    pub field: String,
    pub key: String,
    pub args: String,
}

impl RowProblem {
    pub fn problem(self) -> Problem {
        let args = serde_json::from_str(&self.args).unwrap_or_default();
        Problem { field: self.field, key: self.key, args }
    }
}

const PROBLEMS: &[Order] = &[Order { name: "row", by: &[By::Number("row_number"), By::Number("place")] }];

/// Problems of an import in the order of its rows. The caller has made sure that the actor may see the import.
pub async fn problems(cx: &mut Cx, id: Id, place: &Place, limit: i64) -> Result<Rows<RowProblem>> {
    let mut sql = Sql::new("SELECT row_number, place, field, key, args FROM import_problems WHERE import_id = ");
    sql.bind(id);
    Sort { order: &PROBLEMS[0], down: false }.page(&mut sql, place, limit)?;
    let rows = sql.fetch_all(cx).await?;
    let mark = |one: &RowProblem| vec![one.row_number.to_string(), one.place.to_string()];
    Ok(Rows::of(rows, place, limit, mark))
}

/// How many there are, counted a little past a bound at most.
pub async fn count(cx: &mut Cx, wanted: &Wanted, most: i64) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT id FROM imports");
    conditions(cx, wanted, &mut sql);
    sql.push(" LIMIT ").bind(most).push(") counted");
    sql.fetch_number(cx).await
}
