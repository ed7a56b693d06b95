//! SQL of industries.

use platform::clock::At;
use platform::permission::Granted;
use platform::sql::{Sql, insert_many};
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use time::Date;

use super::Industry;

pub(super) async fn of(cx: &mut Cx, enterprises: &[Id]) -> Result<Vec<Industry>> {
    let mut sql = Sql::new("SELECT industry, valid_from, valid_to FROM enterprise_industries WHERE enterprise_id");
    sql.bind_in(enterprises.iter().copied());
    sql.push(" AND superseded_at IS NULL ORDER BY valid_from DESC, id");
    sql.fetch_all(cx).await
}

/// One stretch of days that is taken out of what stands.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub(super) struct Stretch {
    pub enterprise_id: Id,
    pub industry: String,
    pub valid_from: Date,
    pub valid_to: Option<Date>,
}

const STRETCHES: &str = "SELECT enterprise_id, industry, valid_from, valid_to FROM enterprise_industries";

/// Writes the industries from a day to a last one. What reaches into these days is superseded; the parts of it that lie
/// before and after them are written again, so that what was known until now can still be asked for. Answers what was cut.
pub(super) async fn assign(
    cx: &mut Cx,
    granted: &Granted,
    enterprise: Id,
    members: &[Id],
    codes: &[String],
    (from, until): (Date, Option<Date>),
) -> Result<Vec<Stretch>> {
    let reaching = |sql: &mut Sql| {
        sql.push(" WHERE superseded_at IS NULL AND (valid_to IS NULL OR valid_to >= ").bind(from).push(")");
        if let Some(until) = until {
            sql.push(" AND valid_from <= ").bind(until);
        }
        sql.push(" AND enterprise_id").bind_in(members.iter().copied());
    };
    let mut sql = Sql::new(STRETCHES);
    reaching(&mut sql);
    sql.push(" ORDER BY id");
    let cut: Vec<Stretch> = sql.fetch_all(cx).await?;
    let mut sql = Sql::new("UPDATE enterprise_industries SET superseded_at = ");
    sql.bind(cx.now());
    reaching(&mut sql);
    sql.execute(cx).await?;
    let mut left = Vec::new();
    for one in &cut {
        if one.valid_from < from {
            left.push(Stretch { valid_to: from.previous_day(), ..one.clone() });
        }
        if let Some(until) = until
            && one.valid_to.is_none_or(|end| end > until)
        {
            left.push(Stretch { valid_from: until.next_day().unwrap_or(until), ..one.clone() });
        }
    }
    left.extend(codes.iter().map(|code| Stretch {
        enterprise_id: enterprise,
        industry: code.clone(),
        valid_from: from,
        valid_to: until,
    }));
    insert(cx, granted, left).await?;
    list(cx, granted, members).await?;
    Ok(cut)
}

async fn insert(cx: &mut Cx, _: &Granted, stretches: Vec<Stretch>) -> Result<()> {
    let now = cx.now();
    let rows = stretches.into_iter().map(|one| {
        let (from, to) = (one.valid_from.into(), one.valid_to.into());
        vec![cx.new_id().into(), one.enterprise_id.into(), one.industry.into(), from, to, now.into()]
    });
    let rows = rows.collect();
    let head = "INSERT INTO enterprise_industries (id, enterprise_id, industry, valid_from, valid_to, recorded_at)";
    insert_many(cx, head, "", rows).await?;
    Ok(())
}

/// Writes to the rows of these enterprises what holds of each without an end.
async fn list(cx: &mut Cx, _: &Granted, enterprises: &[Id]) -> Result<()> {
    let mut sql = Sql::new(STRETCHES);
    sql.push(" WHERE superseded_at IS NULL AND valid_to IS NULL AND enterprise_id");
    sql.bind_in(enterprises.iter().copied()).push(" ORDER BY id");
    let held: Vec<Stretch> = sql.fetch_all(cx).await?;
    for enterprise in enterprises {
        let own = held.iter().filter(|one| one.enterprise_id == *enterprise);
        let codes: Vec<String> = own.map(|one| one.industry.clone()).collect();
        let mut sql = Sql::new("UPDATE enterprises SET industries = ");
        sql.bind(super::listed(&codes)).push(" WHERE id = ").bind(*enterprise);
        sql.execute(cx).await?;
    }
    Ok(())
}

/// Writes again what stood of these enterprises at an instant and was cut since; answers what now stands where that is
/// something else than before.
pub(super) async fn put_back(
    cx: &mut Cx,
    granted: &Granted,
    enterprises: &[Id],
    at: At,
) -> Result<Option<Vec<Stretch>>> {
    let mut sql = Sql::new(STRETCHES);
    sql.push(" WHERE recorded_at <= ").bind(at).push(" AND (superseded_at IS NULL OR superseded_at > ").bind(at);
    sql.push(") AND enterprise_id").bind_in(enterprises.iter().copied()).push(" ORDER BY id");
    let stood: Vec<Stretch> = sql.fetch_all(cx).await?;
    let mut sql = Sql::new(STRETCHES);
    sql.push(" WHERE superseded_at IS NULL AND enterprise_id")
        .bind_in(enterprises.iter().copied())
        .push(" ORDER BY id");
    let stands: Vec<Stretch> = sql.fetch_all(cx).await?;
    if stood == stands {
        return Ok(None);
    }
    let mut sql = Sql::new("UPDATE enterprise_industries SET superseded_at = ");
    sql.bind(cx.now()).push(" WHERE superseded_at IS NULL AND enterprise_id").bind_in(enterprises.iter().copied());
    sql.execute(cx).await?;
    insert(cx, granted, stood.clone()).await?;
    list(cx, granted, enterprises).await?;
    Ok(Some(stood))
}
