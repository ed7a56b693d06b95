//! SQL of published figures.

use platform::api::Mark;
use platform::permission::Granted;
use platform::sql::{Sql, insert_many as insert_rows};
use platform::{Cx, Error, Id, Result};
use time::Date;

use super::Published;

const COLUMNS: &str = "SELECT id, as_at, metric, value, unit, comparator, basis, scope, denominator, body, source, note, \
     recorded_at FROM published_figures WHERE superseded_at IS NULL";

pub(super) async fn insert_many(cx: &mut Cx, _: &Granted, figures: &[Published]) -> Result<()> {
    let rows = figures
        .iter()
        .map(|figure| {
            vec![
                figure.id.into(),
                figure.as_at.into(),
                figure.metric.clone().into(),
                figure.value.into(),
                figure.unit.clone().into(),
                figure.comparator.clone().into(),
                figure.basis.clone().into(),
                figure.scope.clone().into(),
                figure.denominator.clone().into(),
                figure.body.clone().into(),
                figure.source.clone().into(),
                figure.note.clone().into(),
                figure.recorded_at.into(),
            ]
        })
        .collect();
    let head = "INSERT INTO published_figures (id, as_at, metric, value, unit, comparator, basis, scope, denominator, body, \
                source, note, recorded_at)";
    insert_rows(cx, head, "", rows).await?;
    Ok(())
}

pub(super) async fn supersede(cx: &mut Cx, _: &Granted, ids: &[Id]) -> Result<()> {
    let mut sql = Sql::new("UPDATE published_figures SET superseded_at = ");
    sql.bind(cx.now()).push(" WHERE superseded_at IS NULL AND id").bind_in(ids.iter().copied());
    sql.execute(cx).await?;
    Ok(())
}

pub(super) async fn until(cx: &mut Cx, day: Option<Date>) -> Result<Vec<Published>> {
    let mut sql = Sql::new(COLUMNS);
    if let Some(day) = day {
        sql.push(" AND as_at <= ").bind(day);
    }
    sql.push(" ORDER BY as_at, id LIMIT 5000");
    sql.fetch_all(cx).await
}

pub(super) async fn page(
    cx: &mut Cx,
    metric: Option<&str>,
    body: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Published>> {
    let mut sql = Sql::new(COLUMNS);
    if let Some(metric) = metric {
        sql.push(" AND metric = ").bind(metric);
    }
    if let Some(body) = body {
        sql.push(" AND body = ").bind(body);
    }
    if let Some(after) = after {
        let mark = Mark::decode(after, 2)?;
        let day = platform::clock::parse_day(mark.text(0)).map_err(|_| Error::invalid("after", "problem-mark"))?;
        sql.push(" AND (as_at, id) < (").bind(day).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(" ORDER BY as_at DESC, id DESC LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}
