//! SQL of the list of accounts.

use std::collections::HashMap;

use platform::order::{By, Order, Rows};
use platform::search::fold;
use platform::sql::Sql;
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use ui::lists::COUNTED;

use super::super::Account;
use super::{Filter, State};

pub const ORDERS: &[Order] = &[
    Order { name: "name", by: &[By::Text("a.name_key"), By::Number("a.id")] },
    Order { name: "created", by: &[By::Number("a.id")] },
];

#[derive(FromRow)]
struct Keyed {
    #[sqlx(flatten)]
    account: Account,
    name_key: String,
}

fn conditions(filter: &Filter, sql: &mut Sql) {
    sql.push(" WHERE 1 = 1");
    if let Some(typed) = &filter.q {
        // Accounts are few: any part of name or address, found on the way along the order.
        let pattern = format!("%{}%", fold::fold(typed).replace(['%', '_', '\\'], ""));
        sql.push(" AND a.name_key LIKE ").bind(pattern);
    }
    if let Some(role) = filter.role {
        sql.push(" AND ',' || a.roles || ',' LIKE ").bind(format!("%,{},%", role.code()));
    }
    if let Some(team) = filter.team {
        sql.push(" AND a.id IN (SELECT account_id FROM account_teams WHERE team_id = ").bind(team).push(")");
    }
    if let Some(body) = filter.body {
        sql.push(" AND a.body_id = ").bind(body);
    }
    match filter.state {
        None => {}
        Some(State::Active) => drop(sql.push(" AND a.ended_at IS NULL AND a.password_hash IS NOT NULL")),
        Some(State::Invited) => drop(sql.push(" AND a.ended_at IS NULL AND a.password_hash IS NULL")),
        Some(State::Ended) => drop(sql.push(" AND a.ended_at IS NOT NULL")),
    }
}

pub(super) async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<Rows<Account>> {
    let mut sql = Sql::new(
        "SELECT a.name_key, a.id, a.email, a.name, a.roles, a.body_id, a.language, a.password_hash, a.code_secret, \
         a.code_last_step, a.version, a.created_at, a.ended_at, a.ended_reason FROM accounts a",
    );
    conditions(filter, &mut sql);
    filter.sort.page(&mut sql, &filter.place, limit)?;
    let rows: Vec<Keyed> = sql.fetch_all(cx).await?;
    let by_name = filter.sort.is_by("name");
    let rows = Rows::of(rows, &filter.place, limit, |row| {
        let id = row.account.id.to_string();
        if by_name { vec![row.name_key.clone(), id] } else { vec![id] }
    });
    Ok(rows.map(|row| row.account))
}

pub(super) async fn count(cx: &mut Cx, filter: &Filter, whole: bool) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT a.id FROM accounts a");
    conditions(filter, &mut sql);
    if !whole {
        sql.push(" LIMIT ").bind(COUNTED + 1);
    }
    sql.push(") counted");
    sql.fetch_count(cx).await
}

/// The teams of these accounts, in one question.
pub(super) async fn teams(cx: &mut Cx, ids: &[Id]) -> Result<HashMap<Id, Vec<Id>>> {
    let mut found: HashMap<Id, Vec<Id>> = HashMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let mut sql = Sql::new("SELECT account_id, team_id FROM account_teams WHERE account_id");
    sql.bind_in(ids.iter().copied()).push(" ORDER BY account_id, team_id");
    for (account, team) in sql.fetch_all::<(Id, Id)>(cx).await? {
        found.entry(account).or_default().push(team);
    }
    Ok(found)
}
