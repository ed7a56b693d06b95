//! SQL of industries.

use platform::permission::Granted;
use platform::sql::{Sql, insert_many};
use platform::{Cx, Id, Result};
use time::Date;

use super::Industry;

pub(super) async fn of(cx: &mut Cx, enterprises: &[Id]) -> Result<Vec<Industry>> {
    let mut sql = Sql::new("SELECT industry, valid_from, valid_to FROM enterprise_industries WHERE enterprise_id");
    sql.bind_in(enterprises.iter().copied());
    sql.push(" AND superseded_at IS NULL ORDER BY valid_from DESC, id");
    sql.fetch_all(cx).await
}

/// What reaches past the day before is superseded; the part of it that lies before the day is
/// written again with its end, so that what was known until now can still be asked for.
pub(super) async fn assign(
    cx: &mut Cx,
    _: &Granted,
    enterprise: Id,
    members: &[Id],
    codes: &[String],
    from: Date,
) -> Result<()> {
    let now = cx.now();
    let reaching = |sql: &mut Sql| {
        sql.push(" WHERE superseded_at IS NULL AND (valid_to IS NULL OR valid_to >= ").bind(from);
        sql.push(") AND enterprise_id").bind_in(members.iter().copied());
    };
    let mut sql = Sql::new("SELECT enterprise_id, industry, valid_from FROM enterprise_industries");
    reaching(&mut sql);
    sql.push(" ORDER BY id");
    let cut: Vec<(Id, String, Date)> = sql.fetch_all(cx).await?;
    let mut sql = Sql::new("UPDATE enterprise_industries SET superseded_at = ");
    sql.bind(now);
    reaching(&mut sql);
    sql.execute(cx).await?;
    let until = from.previous_day();
    let mut rows: Vec<Vec<platform::sql::Value>> = Vec::new();
    for (owner, industry, began) in cut.into_iter().filter(|(.., began)| *began < from) {
        rows.push(vec![cx.new_id().into(), owner.into(), industry.into(), began.into(), until.into(), now.into()]);
    }
    for code in codes {
        let id = cx.new_id();
        let end: Option<Date> = None;
        rows.push(vec![id.into(), enterprise.into(), code.clone().into(), from.into(), end.into(), now.into()]);
    }
    let head = "INSERT INTO enterprise_industries (id, enterprise_id, industry, valid_from, valid_to, recorded_at)";
    insert_many(cx, head, "", rows).await?;
    for (ids, codes) in [(members, &[][..]), (&[enterprise][..], codes)] {
        let mut sql = Sql::new("UPDATE enterprises SET industries = ");
        sql.bind(super::listed(codes)).push(" WHERE id").bind_in(ids.iter().copied());
        sql.execute(cx).await?;
    }
    Ok(())
}
