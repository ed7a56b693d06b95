//! SQL of posts.

use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, insert_many};
use platform::{Cx, Id, Result, run};
use time::Date;

use super::{Checked, Ever, Post};
use crate::enterprise::SECRECY;

const COLUMNS: &str = "SELECT o.id, o.person_id, e.id AS enterprise_id, e.name AS enterprise_name, \
     e.name_language AS enterprise_language, o.title, o.valid_from, o.valid_to, o.version FROM person_posts o \
     JOIN enterprises m ON m.id = o.enterprise_id JOIN enterprises e ON e.id = m.survivor_id \
     WHERE o.withdrawn_at IS NULL AND ";

pub(super) async fn of(cx: &mut Cx, person: Id) -> Result<Vec<Post>> {
    let mut sql = Sql::new(COLUMNS);
    cx.visible().condition(&mut sql, SECRECY);
    sql.push(" AND o.person_id = ").bind(person);
    sql.push(" ORDER BY CASE WHEN o.valid_to IS NULL THEN 0 ELSE 1 END, o.valid_to DESC, o.id DESC");
    sql.fetch_all(cx).await
}

pub(super) async fn ever(cx: &mut Cx, person: Id) -> Result<Vec<Ever>> {
    let mut sql = Sql::new(
        "SELECT o.id, m.survivor_id AS enterprise_id, o.title, o.recorded_at, o.withdrawn_at FROM person_posts o \
         JOIN enterprises m ON m.id = o.enterprise_id WHERE o.person_id = ",
    );
    sql.bind(person).push(" ORDER BY o.id");
    sql.fetch_all(cx).await
}

pub(super) async fn present_of(cx: &mut Cx, people: &[Id]) -> Result<Vec<Post>> {
    let mut found = Vec::new();
    for chunk in people.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        cx.visible().condition(&mut sql, SECRECY);
        sql.push(" AND o.valid_to IS NULL AND o.person_id").bind_in(chunk.iter().copied());
        sql.push(" ORDER BY o.id");
        found.extend(sql.fetch_all::<Post>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, person: Id, enterprise: Id, new: &Checked) -> Result<Id> {
    let id = cx.new_id();
    let row = vec![
        id.into(),
        person.into(),
        enterprise.into(),
        new.title.clone().into(),
        new.valid_from.into(),
        new.valid_to.into(),
        1_i64.into(),
        cx.now().into(),
    ];
    let head =
        "INSERT INTO person_posts (id, person_id, enterprise_id, title, valid_from, valid_to, version, recorded_at)";
    insert_many(cx, head, "", vec![row]).await?;
    Ok(id)
}

pub(super) async fn update(cx: &mut Cx, _: &Granted, id: Id, after: &Checked) -> Result<()> {
    let sql = "UPDATE person_posts SET title = $2, valid_from = $3, valid_to = $4, version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(&after.title).bind(after.valid_from).bind(after.valid_to)
        .execute(db).await)?;
    Ok(())
}

pub(super) async fn withdraw(cx: &mut Cx, _: &Granted, id: Id, reason: &str) -> Result<()> {
    let sql = "UPDATE person_posts SET withdrawn_at = $2, withdrawn_reason = $3, version = version + 1 WHERE id = $1";
    let now = cx.now();
    run!(cx, db => sqlx::query(sql).bind(id).bind(now).bind(reason).execute(db).await)?;
    Ok(())
}

pub(super) async fn end_all(cx: &mut Cx, _: &Granted, person: Id, until: Date) -> Result<()> {
    let sql = "UPDATE person_posts SET valid_to = $2, version = version + 1
               WHERE person_id = $1 AND valid_to IS NULL AND withdrawn_at IS NULL";
    run!(cx, db => sqlx::query(sql).bind(person).bind(until).execute(db).await)?;
    Ok(())
}

/// Posts at these enterprises of people within reach, who may be with another by now.
pub async fn count_at(cx: &mut Cx, enterprises: &[Id]) -> Result<i64> {
    let mut sql = Sql::new(
        "SELECT COUNT(*) FROM person_posts s JOIN people p ON p.id = s.person_id JOIN enterprises m ON m.id = p.enterprise_id \
         JOIN enterprises e ON e.id = m.survivor_id WHERE s.withdrawn_at IS NULL AND s.enterprise_id",
    );
    sql.bind_in(enterprises.iter().copied()).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.fetch_number(cx).await
}
