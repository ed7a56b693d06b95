//! SQL of the review queue and of decisions.

use std::collections::{HashMap, HashSet};

use platform::clock::At;
use platform::order::{By, Order, Place, Rows, Sort};
use platform::permission::{Granted, Secrecy};
use platform::sql::{AT_ONCE, Sql, insert_many};
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;

use super::{Decision, Filter, Pair};
use crate::enterprise::Enterprise;
use crate::resemblance::{Resemblance, Verdict};

pub const ORDERS: &[Order] = &[
    Order { name: "teaches", by: &[By::Number("r.teaches"), By::Number("r.id")] },
    Order { name: "probability", by: &[By::Number("r.probability"), By::Number("r.id")] },
];

/// Both of a pair are under aliases of their own.
const ONE: Secrecy =
    Secrecy { kind: "enterprise", id: "a.id", tier: "a.tier", team_id: "a.team_id", owner_id: "a.owner_id" };
const OTHER: Secrecy =
    Secrecy { kind: "enterprise", id: "b.id", tier: "b.tier", team_id: "b.team_id", owner_id: "b.owner_id" };

#[derive(FromRow)]
pub(super) struct Row {
    id: Id,
    verdict: String,
    probability: i64,
    kin: i64,
    teaches: i64,
    waterfall: String,
    state: String,
    found_at: At,
    pub one_id: Id,
    pub other_id: Id,
}

impl Row {
    pub fn pair(self, one: Enterprise, other: Enterprise) -> Result<Pair> {
        Ok(Pair {
            id: self.id,
            state: self.state,
            found_at: self.found_at,
            resemblance: Resemblance {
                verdict: Verdict::from_code(&self.verdict).unwrap_or(Verdict::Different),
                probability: self.probability,
                kin: self.kin,
                waterfall: serde_json::from_str(&self.waterfall)?,
            },
            one,
            other,
        })
    }
}

const COLUMNS: &str = "SELECT r.id, r.verdict, r.probability, r.kin, r.teaches, r.waterfall, r.state, r.found_at, \
     a.id AS one_id, b.id AS other_id FROM enterprise_resemblances r";
/// The two that stand for the records today, if they still are two and both live.
const BOTH: &str = " JOIN enterprises l ON l.id = r.low_id JOIN enterprises a ON a.id = l.survivor_id \
     JOIN enterprises h ON h.id = r.high_id JOIN enterprises b ON b.id = h.survivor_id \
     WHERE a.id <> b.id AND a.retired_at IS NULL AND b.retired_at IS NULL AND ";

fn both(cx: &Cx, sql: &mut Sql) {
    sql.push(BOTH);
    cx.visible().condition(sql, ONE);
    sql.push(" AND ");
    cx.visible().condition(sql, OTHER);
}

fn conditions(cx: &Cx, filter: &Filter, sql: &mut Sql) {
    both(cx, sql);
    sql.push(" AND r.state = ").bind(filter.state);
    if let Some(verdict) = filter.verdict {
        sql.push(" AND r.verdict = ").bind(verdict.code());
    }
}

pub(super) async fn page(cx: &mut Cx, filter: &Filter, limit: i64) -> Result<Rows<Row>> {
    let mut sql = Sql::new(COLUMNS);
    conditions(cx, filter, &mut sql);
    filter.sort.page(&mut sql, &filter.place, limit)?;
    let rows: Vec<Row> = sql.fetch_all(cx).await?;
    let teaches = filter.sort.is_by("teaches");
    Ok(Rows::of(rows, &filter.place, limit, |row: &Row| {
        vec![if teaches { row.teaches } else { row.probability }.to_string(), row.id.to_string()]
    }))
}

pub(super) async fn count(cx: &mut Cx, filter: &Filter, most: i64) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT r.id FROM enterprise_resemblances r");
    conditions(cx, filter, &mut sql);
    sql.push(" LIMIT ").bind(most).push(") counted");
    sql.fetch_count(cx).await
}

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Row> {
    let mut sql = Sql::new(COLUMNS);
    both(cx, &mut sql);
    sql.push(" AND r.id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn undecided(cx: &mut Cx, most: i64) -> Result<Vec<(Id, Id)>> {
    let mut sql = Sql::new("SELECT r.low_id, r.high_id FROM enterprise_resemblances r");
    both(cx, &mut sql);
    sql.push(" AND r.state <> 'decided' ORDER BY r.id LIMIT ").bind(most);
    sql.fetch_all(cx).await
}

/// The open pair after this one, which need not be open itself any more; from the top where this was the last.
pub(super) async fn next(cx: &mut Cx, after: Id) -> Result<Option<Id>> {
    let place = Sql::new("SELECT teaches, id FROM enterprise_resemblances WHERE id = ").bind(after).clone();
    let place: Option<(i64, Id)> = place.fetch_optional(cx).await?;
    let sort = Sort { order: &ORDERS[0], down: true };
    let mark = place.map(|(teaches, id)| platform::api::Mark(vec![teaches.to_string(), id.to_string()]).encode());
    for place in [Place::after(mark.as_deref()), Place::default()] {
        let mut sql = Sql::new(COLUMNS);
        both(cx, &mut sql);
        sql.push(" AND r.state = 'open' AND r.id <> ").bind(after);
        sort.page(&mut sql, &place, 0)?;
        if let Some(row) = sql.fetch_optional::<Row>(cx).await? {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

pub(super) async fn set_state(cx: &mut Cx, _: &Granted, id: Id, state: &'static str) -> Result<()> {
    let sql = "UPDATE enterprise_resemblances SET state = $2 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(state).execute(db).await)?;
    Ok(())
}

/// Puts what was found in place of what was there. What was decided stays as it is, what was put off stays put off.
pub(super) async fn replace(cx: &mut Cx, _: &Granted, found: Vec<(Id, Id, Resemblance, i64, i64)>) -> Result<()> {
    let now = cx.now();
    let mut rows = Vec::with_capacity(found.len());
    for (low, high, resemblance, teaches, alike) in found {
        rows.push(vec![
            cx.new_id().into(),
            low.into(),
            high.into(),
            resemblance.verdict.code().into(),
            resemblance.probability.into(),
            resemblance.kin.into(),
            teaches.into(),
            alike.into(),
            serde_json::to_string(&resemblance.waterfall)?.into(),
            "open".into(),
            now.into(),
        ]);
    }
    let head = "INSERT INTO enterprise_resemblances (id, low_id, high_id, verdict, probability, kin, teaches, alike, \
                waterfall, state, found_at)";
    let tail = " ON CONFLICT (low_id, high_id) DO UPDATE SET verdict = excluded.verdict, \
                probability = excluded.probability, kin = excluded.kin, teaches = excluded.teaches, \
                alike = excluded.alike, waterfall = excluded.waterfall, found_at = excluded.found_at, \
                state = CASE WHEN enterprise_resemblances.state = 'later' THEN 'later' ELSE 'open' END";
    insert_many(cx, head, tail, rows).await?;
    let gone = "DELETE FROM enterprise_resemblances WHERE state <> 'decided' AND found_at < $1";
    run!(cx, db => sqlx::query(gone).bind(now).execute(db).await)?;
    Ok(())
}

/// Takes the decision that stands off two records, which another may be in place of; answers what it said.
pub(super) async fn supersede(cx: &mut Cx, _: &Granted, low: Id, high: Id, by: Option<Id>) -> Result<Option<String>> {
    let sql = "UPDATE enterprise_resemblance_decisions SET superseded_at = $3, superseded_by = $4
               WHERE low_id = $1 AND high_id = $2 AND superseded_at IS NULL RETURNING verdict";
    let now = cx.now();
    let before: Option<(String,)> = on!(cx, db => sqlx::query_as(sql).bind(low).bind(high).bind(now).bind(by)
        .fetch_optional(db).await)?;
    Ok(before.map(|(verdict,)| verdict))
}

/// Puts a decision in the place of all others that stand between these records and those.
pub(super) async fn supersede_others(cx: &mut Cx, _: &Granted, ones: &[Id], others: &[Id], by: Id) -> Result<()> {
    let now = cx.now();
    for ones in ones.chunks(AT_ONCE) {
        for others in others.chunks(AT_ONCE) {
            for (mine, theirs) in [("low_id", "high_id"), ("high_id", "low_id")] {
                let mut sql = Sql::new("UPDATE enterprise_resemblance_decisions SET superseded_at = ");
                sql.bind(now).push(", superseded_by = ").bind(by);
                sql.push(" WHERE superseded_at IS NULL AND id <> ").bind(by);
                sql.push(" AND ").push_name(mine).bind_in(ones.iter().copied());
                sql.push(" AND ").push_name(theirs).bind_in(others.iter().copied());
                sql.execute(cx).await?;
            }
        }
    }
    Ok(())
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, decision: &Decision) -> Result<()> {
    let sql =
        "INSERT INTO enterprise_resemblance_decisions (id, low_id, high_id, verdict, note, decided_by, decided_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)";
    run!(cx, db => sqlx::query(sql).bind(decision.id).bind(decision.low_id).bind(decision.high_id)
        .bind(&decision.verdict).bind(&decision.note).bind(decision.decided_by).bind(decision.decided_at)
        .execute(db).await)?;
    Ok(())
}

pub(super) async fn standing(cx: &mut Cx, low: Id, high: Id) -> Result<Option<Decision>> {
    let sql = "SELECT id, low_id, high_id, verdict, note, decided_by, decided_at FROM enterprise_resemblance_decisions
               WHERE low_id = $1 AND high_id = $2 AND superseded_at IS NULL";
    Ok(on!(cx, db => sqlx::query_as(sql).bind(low).bind(high).fetch_optional(db).await)?)
}

/// A decision with the names of the two it is of.
#[derive(Clone, Debug, FromRow, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ResemblanceDecided)]
pub struct Decided {
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub decision: Decision,
    pub one_reference: String,
    pub one_name: String,
    pub other_reference: String,
    pub other_name: String,
}

/// Decisions that stand, the earliest first.
pub(super) async fn decisions(cx: &mut Cx, after: Option<&str>, limit: i64) -> Result<Rows<Decided>> {
    const MADE: Order = Order { name: "made", by: &[By::Number("r.id")] };
    let mut sql = Sql::new(
        "SELECT r.id, r.low_id, r.high_id, r.verdict, r.note, r.decided_by, r.decided_at, \
         l.reference AS one_reference, l.name AS one_name, h.reference AS other_reference, h.name AS other_name \
         FROM enterprise_resemblance_decisions r JOIN enterprises l ON l.id = r.low_id \
         JOIN enterprises a ON a.id = l.survivor_id JOIN enterprises h ON h.id = r.high_id \
         JOIN enterprises b ON b.id = h.survivor_id WHERE r.superseded_at IS NULL AND ",
    );
    cx.visible().condition(&mut sql, ONE);
    sql.push(" AND ");
    cx.visible().condition(&mut sql, OTHER);
    let place = Place::after(after);
    Sort { order: &MADE, down: false }.page(&mut sql, &place, limit)?;
    let rows: Vec<Decided> = sql.fetch_all(cx).await?;
    Ok(Rows::of(rows, &place, limit, |row: &Decided| vec![row.decision.id.to_string()]))
}

/// What stands between enterprises, by those that stand for the records today.
pub(super) async fn between(cx: &mut Cx, ones: &[Id], others: &[Id]) -> Result<Vec<(Id, Id, String)>> {
    let mut found = Vec::new();
    for others in others.chunks(200) {
        for (mine, theirs) in [("l", "h"), ("h", "l")] {
            let mut sql = Sql::new(
                "SELECT l.survivor_id, h.survivor_id, d.verdict FROM enterprise_resemblance_decisions d \
                 JOIN enterprises l ON l.id = d.low_id JOIN enterprises h ON h.id = d.high_id \
                 WHERE d.superseded_at IS NULL AND ",
            );
            sql.push_name(mine).push(".survivor_id").bind_in(ones.iter().copied());
            sql.push(" AND ").push_name(theirs).push(".survivor_id").bind_in(others.iter().copied());
            sql.push(" ORDER BY d.id");
            found.extend(sql.fetch_all::<(Id, Id, String)>(cx).await?);
        }
    }
    Ok(found)
}

/// What stands of enterprises, by those that stand for the records today, whatever else it is of.
pub(super) async fn beside(cx: &mut Cx, ids: &[Id]) -> Result<Vec<(Id, Id, String)>> {
    let mut found = Vec::new();
    for ids in ids.chunks(AT_ONCE) {
        for side in ["l", "h"] {
            let mut sql = Sql::new(
                "SELECT l.survivor_id, h.survivor_id, d.verdict FROM enterprise_resemblance_decisions d \
                 JOIN enterprises l ON l.id = d.low_id JOIN enterprises h ON h.id = d.high_id \
                 WHERE d.superseded_at IS NULL AND ",
            );
            sql.push_name(side).push(".survivor_id").bind_in(ids.iter().copied()).push(" ORDER BY d.id");
            found.extend(sql.fetch_all::<(Id, Id, String)>(cx).await?);
        }
    }
    Ok(found)
}

/// How many say that two are the same, and how many that they are not.
pub(super) async fn counted(cx: &mut Cx) -> Result<(i64, i64)> {
    let sql = "SELECT COUNT(*), COUNT(CASE WHEN verdict = $1 THEN 1 END) FROM enterprise_resemblance_decisions
               WHERE superseded_at IS NULL";
    let same = Verdict::Same.code();
    let (all, same): (i64, i64) = on!(cx, db => sqlx::query_as(sql).bind(same).fetch_one(db).await)?;
    Ok((same, all - same))
}

/// All that stands.
pub(super) async fn all_decided(cx: &mut Cx) -> Result<Vec<(Id, Id, String)>> {
    const PAGE: i64 = 5_000;
    let (mut all, mut after) = (Vec::new(), Id(0));
    loop {
        let sql = "SELECT id, low_id, high_id, verdict FROM enterprise_resemblance_decisions
                   WHERE id > $1 AND superseded_at IS NULL ORDER BY id LIMIT $2";
        let rows: Vec<(Id, Id, Id, String)> =
            on!(cx, db => sqlx::query_as(sql).bind(after).bind(PAGE).fetch_all(db).await)?;
        let Some((last, ..)) = rows.last() else { return Ok(all) };
        after = *last;
        all.extend(rows.into_iter().map(|(_, low, high, verdict)| (low, high, verdict)));
    }
}

/// Records that do not stand for themselves, with those that do, and records that are retired.
pub(super) async fn gone(cx: &mut Cx) -> Result<(HashMap<Id, Id>, HashSet<Id>)> {
    const PAGE: i64 = 5_000;
    let (mut survivors, mut retired, mut after) = (HashMap::new(), HashSet::new(), Id(0));
    loop {
        let sql = "SELECT id, survivor_id, retired_at IS NOT NULL FROM enterprises
                   WHERE id > $1 AND (merged_into IS NOT NULL OR retired_at IS NOT NULL) ORDER BY id LIMIT $2";
        let rows: Vec<(Id, Id, bool)> = on!(cx, db => sqlx::query_as(sql).bind(after).bind(PAGE).fetch_all(db).await)?;
        let Some((last, ..)) = rows.last() else { return Ok((survivors, retired)) };
        after = *last;
        for (id, survivor, is_retired) in rows {
            if id != survivor {
                survivors.insert(id, survivor);
            }
            if is_retired {
                retired.insert(id);
            }
        }
    }
}
