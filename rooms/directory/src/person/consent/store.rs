//! SQL of consents.

use platform::permission::Granted;
use platform::sql::{AT_ONCE, Sql, insert_many};
use platform::{Cx, Id, Result, run};
use time::Date;

use super::{Checked, Consent};

pub(super) async fn of(cx: &mut Cx, person: Id) -> Result<Vec<Consent>> {
    let mut sql = Sql::new(
        "SELECT id, person_id, given_on, how, purpose, withdrawn_on, withdrawn_how, version FROM person_consents \
         WHERE person_id = ",
    );
    sql.bind(person).push(" ORDER BY given_on DESC, id DESC");
    sql.fetch_all(cx).await
}

pub(super) async fn standing_of(cx: &mut Cx, people: &[Id]) -> Result<Vec<Id>> {
    let mut ids: Vec<Id> = days_of(cx, people).await?.into_iter().map(|(id, _)| id).collect();
    ids.dedup();
    Ok(ids)
}

/// (person, day given) of consents that stand today, ordered by person.
pub(super) async fn days_of(cx: &mut Cx, people: &[Id]) -> Result<Vec<(Id, Date)>> {
    let today = cx.today();
    let mut found = Vec::new();
    for chunk in people.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT person_id, given_on FROM person_consents WHERE person_id");
        sql.bind_in(chunk.iter().copied()).push(" AND given_on <= ").bind(today);
        // On the day of withdrawal it no longer stands.
        sql.push(" AND (withdrawn_on IS NULL OR withdrawn_on > ").bind(today).push(") ORDER BY person_id, id");
        found.extend(sql.fetch_all::<(Id, Date)>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn insert(cx: &mut Cx, _: &Granted, person: Id, new: &Checked) -> Result<Id> {
    let id = cx.new_id();
    let row = vec![
        id.into(),
        person.into(),
        new.given_on.into(),
        new.how.clone().into(),
        new.purpose.clone().into(),
        new.withdrawn_on.into(),
        new.withdrawn_how.clone().into(),
        1_i64.into(),
        cx.now().into(),
    ];
    let head = "INSERT INTO person_consents (id, person_id, given_on, how, purpose, withdrawn_on, withdrawn_how, \
                version, recorded_at)";
    insert_many(cx, head, "", vec![row]).await?;
    Ok(id)
}

pub(super) async fn update(cx: &mut Cx, _: &Granted, id: Id, after: &Checked) -> Result<()> {
    let sql = "UPDATE person_consents SET given_on = $2, how = $3, purpose = $4, withdrawn_on = $5, withdrawn_how = $6,
                 version = version + 1 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(after.given_on).bind(&after.how).bind(&after.purpose)
        .bind(after.withdrawn_on).bind(&after.withdrawn_how).execute(db).await)?;
    Ok(())
}
