//! SQL of relations. Each is kept once; a union of both directions reads it from either side.

use platform::api::Mark;
use platform::permission::Granted;
use platform::sql::{Sql, insert_many};
use platform::{Cx, Error, Id, Result, Taken, run};
use ui::lists::COUNTED;

use super::{Checked, Filter, Kept, Relation, RelationPage, kept_as, role_of};
use crate::enterprise::SECRECY;

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Kept> {
    let mut sql = Sql::new(
        "SELECT id, from_id, to_id, kind, share, source, valid_from, valid_to, version FROM enterprise_relations \
         WHERE withdrawn_at IS NULL AND id = ",
    );
    sql.bind(id);
    sql.fetch_one(cx).await
}

/// What is kept between the records of two enterprises, in either direction.
pub(super) async fn between(cx: &mut Cx, mine: &[Id], theirs: &[Id]) -> Result<Vec<Kept>> {
    let mut sql = Sql::new(
        "SELECT id, from_id, to_id, kind, share, source, valid_from, valid_to, version FROM enterprise_relations \
         WHERE withdrawn_at IS NULL AND ((from_id",
    );
    sql.bind_in(mine.iter().copied()).push(" AND to_id").bind_in(theirs.iter().copied());
    sql.push(") OR (from_id").bind_in(theirs.iter().copied()).push(" AND to_id").bind_in(mine.iter().copied());
    sql.push(")) ORDER BY id");
    sql.fetch_all(cx).await
}

const COLUMNS: &str = "SELECT r.id, r.kind, r.outward, r.share, r.source, r.valid_from, r.valid_to, r.version, \
     e.id AS other_id, e.reference AS other_reference, e.name AS other_name, e.name_language AS other_language, \
     e.second_name AS other_second_name, e.name_key AS other_key";

/// The relations of these records with others that are within reach and not retired.
fn from_either_side(cx: &Cx, sql: &mut Sql, survivor: Id, members: &[Id]) {
    sql.push(
        " FROM (SELECT id, to_id AS far_id, CAST(1 AS BIGINT) AS outward, kind, share, source, valid_from, valid_to, \
         version FROM enterprise_relations WHERE withdrawn_at IS NULL AND from_id",
    );
    sql.bind_in(members.iter().copied());
    sql.push(
        " UNION ALL SELECT id, from_id, CAST(0 AS BIGINT), kind, share, source, valid_from, valid_to, version \
         FROM enterprise_relations WHERE withdrawn_at IS NULL AND to_id",
    );
    sql.bind_in(members.iter().copied());
    sql.push(
        ") r JOIN enterprises m ON m.id = r.far_id JOIN enterprises e ON e.id = m.survivor_id \
         WHERE e.retired_at IS NULL AND e.id <> ",
    );
    sql.bind(survivor).push(" AND ");
    cx.visible().condition(sql, SECRECY);
}

fn role_condition(sql: &mut Sql, filter: &Filter) {
    let Some(role) = filter.role.as_deref() else { return };
    let (kind, outward) = kept_as(role);
    sql.push(" AND r.kind = ").bind(kind);
    if matches!(kind, "supplier" | "investor") {
        sql.push(" AND r.outward = ").bind(i64::from(outward));
    }
}

fn with_role(mut relation: Relation) -> Relation {
    relation.role = role_of(&relation.kind, relation.outward == 1).to_owned();
    relation
}

pub(super) async fn one(cx: &mut Cx, survivor: Id, members: &[Id], id: Id) -> Result<Relation> {
    let mut sql = Sql::new(COLUMNS);
    from_either_side(cx, &mut sql, survivor, members);
    sql.push(" AND r.id = ").bind(id);
    let found: Option<Relation> = sql.fetch_optional(cx).await?;
    found.map(with_role).ok_or(Error::NotFound)
}

pub(super) async fn page(
    cx: &mut Cx,
    survivor: Id,
    members: &[Id],
    filter: &Filter,
    limit: i64,
) -> Result<RelationPage> {
    let backwards = filter.before.is_some();
    let mut sql = Sql::new(COLUMNS);
    from_either_side(cx, &mut sql, survivor, members);
    role_condition(&mut sql, filter);
    if let Some(given) = filter.before.as_ref().or(filter.after.as_ref()) {
        let mark = Mark::decode(given, 2)?;
        sql.push(" AND (e.name_key, r.id) ").push(if backwards { "< (" } else { "> (" });
        sql.bind(mark.text(0)).push(", ").bind(mark.number(1)?).push(")");
    }
    sql.push(if backwards { " ORDER BY e.name_key DESC, r.id DESC" } else { " ORDER BY e.name_key, r.id" });
    sql.push(" LIMIT ").bind(limit + 1);
    let mut rows: Vec<Relation> = sql.fetch_all(cx).await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(usize::try_from(limit).unwrap_or_default());
    if backwards {
        rows.reverse();
    }
    let (has_previous, has_next) = if backwards { (more, true) } else { (filter.after.is_some(), more) };
    let mark = |row: Option<&Relation>| row.map(|row| Mark(vec![row.other_key.clone(), row.id.to_string()]).encode());
    Ok(RelationPage {
        previous: mark(rows.first()).filter(|_| has_previous),
        next: mark(rows.last()).filter(|_| has_next),
        relations: rows.into_iter().map(with_role).collect(),
    })
}

pub(super) async fn count(cx: &mut Cx, survivor: Id, members: &[Id], filter: &Filter) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT r.id");
    from_either_side(cx, &mut sql, survivor, members);
    role_condition(&mut sql, filter);
    sql.push(" LIMIT ").bind(COUNTED + 1).push(") counted");
    sql.fetch_number(cx).await
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, from: Id, to: Id, kind: &str, new: &Checked) -> Result<Id> {
    let id = cx.new_id();
    let row = vec![
        id.into(),
        from.into(),
        to.into(),
        kind.into(),
        new.share.into(),
        new.source.clone().into(),
        new.valid_from.into(),
        new.valid_to.into(),
        1_i64.into(),
        cx.now().into(),
    ];
    let head = "INSERT INTO enterprise_relations (id, from_id, to_id, kind, share, source, valid_from, valid_to, \
                version, recorded_at)";
    insert_many(cx, head, "", vec![row]).await.taken("relation-already-held")?;
    Ok(id)
}

pub(super) async fn update(
    cx: &mut Cx,
    _: &Granted,
    id: Id,
    from: Id,
    to: Id,
    kind: &str,
    after: &Checked,
) -> Result<()> {
    let sql = "UPDATE enterprise_relations SET from_id = $2, to_id = $3, kind = $4, share = $5, source = $6,
                 valid_from = $7, valid_to = $8, version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(from).bind(to).bind(kind).bind(after.share).bind(&after.source)
        .bind(after.valid_from).bind(after.valid_to).execute(db).await)
    .taken("relation-already-held")?;
    Ok(())
}

pub(super) async fn withdraw(cx: &mut Cx, _: &Granted, id: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE enterprise_relations SET withdrawn_at = $2, withdrawn_reason = $3, version = version + 1
               WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).bind(reason).execute(db).await)?;
    Ok(())
}

/// Of the relations with one of these at their near end those whose far end is within reach.
async fn count_of(cx: &mut Cx, near: &'static str, far: &'static str, ids: &[Id]) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM enterprise_relations r JOIN enterprises m ON m.id = ");
    sql.push_name(far).push(" JOIN enterprises e ON e.id = m.survivor_id WHERE r.withdrawn_at IS NULL AND ");
    sql.push_name(near).bind_in(ids.iter().copied()).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.fetch_number(cx).await
}

pub async fn count_from(cx: &mut Cx, ids: &[Id]) -> Result<i64> {
    count_of(cx, "r.from_id", "r.to_id", ids).await
}

pub async fn count_to(cx: &mut Cx, ids: &[Id]) -> Result<i64> {
    count_of(cx, "r.to_id", "r.from_id", ids).await
}

/// A row of the export, from the side it is written from.
#[derive(sqlx::FromRow)]
pub(super) struct Exported {
    pub id: Id,
    pub survivor_id: Id,
    pub tier: i64,
    pub reference: String,
    pub name: String,
    pub other_id: Id,
    pub other_tier: i64,
    pub other_reference: String,
    pub other_name: String,
    pub kind: String,
    pub share: Option<i64>,
    pub source: String,
    pub valid_from: Option<time::Date>,
    pub valid_to: Option<time::Date>,
}

/// Relations with both sides within reach, from a key on.
pub(super) async fn exported(cx: &mut Cx, after: i64, limit: i64) -> Result<Vec<Exported>> {
    let mut sql = Sql::new(
        "SELECT r.id, e.id AS survivor_id, e.tier, e.reference, e.name, o.id AS other_id, o.tier AS other_tier, \
         o.reference AS other_reference, o.name AS other_name, r.kind, r.share, \
         r.source, r.valid_from, r.valid_to FROM enterprise_relations r \
         JOIN enterprises f ON f.id = r.from_id JOIN enterprises e ON e.id = f.survivor_id \
         JOIN enterprises t ON t.id = r.to_id JOIN enterprises o ON o.id = t.survivor_id \
         WHERE r.withdrawn_at IS NULL AND e.retired_at IS NULL AND o.retired_at IS NULL AND e.id <> o.id AND r.id > ",
    );
    sql.bind(after).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.push(" AND ");
    let other = platform::permission::Secrecy {
        kind: "enterprise",
        id: "o.id",
        tier: "o.tier",
        team_id: "o.team_id",
        owner_id: "o.owner_id",
    };
    cx.visible().condition(&mut sql, other);
    sql.push(" ORDER BY r.id LIMIT ").bind(limit);
    sql.fetch_all(cx).await
}
