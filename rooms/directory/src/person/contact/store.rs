//! SQL of ways of contact.

use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, insert_many};
use platform::{Cx, Id, Result, run};

use super::Contact;

pub(super) async fn of(cx: &mut Cx, people: &[Id]) -> Result<Vec<Contact>> {
    let mut found = Vec::new();
    for chunk in people.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT id, person_id, kind, value, version FROM person_contacts WHERE person_id");
        sql.bind_in(chunk.iter().copied()).push(" AND withdrawn_at IS NULL ORDER BY person_id, id");
        found.extend(sql.fetch_all::<Contact>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, person: Id, kind: &str, value: &str) -> Result<Id> {
    let id = cx.new_id();
    let row = vec![id.into(), person.into(), kind.into(), value.into(), 1_i64.into(), cx.now().into()];
    let head = "INSERT INTO person_contacts (id, person_id, kind, value, version, recorded_at)";
    insert_many(cx, head, "", vec![row]).await?;
    Ok(id)
}

pub(super) async fn update(cx: &mut Cx, _: &Granted, id: Id, kind: &str, value: &str) -> Result<()> {
    let sql = "UPDATE person_contacts SET kind = $2, value = $3, version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(kind).bind(value).execute(db).await)?;
    Ok(())
}

/// Takes one off with a reason, or with none puts it back.
pub(super) async fn set_withdrawn(cx: &mut Cx, _: &Granted, id: Id, reason: Option<&str>) -> Result<()> {
    let sql = "UPDATE person_contacts SET withdrawn_at = $2, withdrawn_reason = $3, version = version + 1
               WHERE id = $1";
    let at = reason.map(|_| cx.now());
    run!(cx, db => sqlx::query(sql).bind(id).bind(at).bind(reason).execute(db).await)?;
    Ok(())
}
