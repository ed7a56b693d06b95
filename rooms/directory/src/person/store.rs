//! SQL of people.

use platform::permission::Granted;
use platform::search::fold;
use platform::sql::{Sql, insert_many as insert_rows};
use platform::{Cx, Id, Result};

use super::{Checked, Person};

const COLUMNS: &str = "SELECT id, enterprise_id, name, second_name, post, languages, email, telephone, consent_on, \
     consent_how, version, created_at, retired_at FROM people";

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Person> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn of(cx: &mut Cx, enterprises: &[Id]) -> Result<Vec<Person>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE enterprise_id").bind_in(enterprises.iter().copied());
    sql.push(" AND retired_at IS NULL ORDER BY name_key, id LIMIT 500");
    sql.fetch_all(cx).await
}

/// Which people these enterprises have: (enterprise, folded name).
pub(super) async fn held(cx: &mut Cx, enterprises: &[Id]) -> Result<Vec<(Id, String, Id)>> {
    let mut found = Vec::new();
    for chunk in enterprises.chunks(500) {
        let mut sql =
            Sql::new("SELECT enterprise_id, name_key, id FROM people WHERE retired_at IS NULL AND enterprise_id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<(Id, String, Id)>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn insert_many(cx: &mut Cx, _: &Granted, news: &[(Id, Checked)]) -> Result<Vec<Id>> {
    let now = cx.now();
    let ids: Vec<Id> = news.iter().map(|_| cx.new_id()).collect();
    let rows = ids
        .iter()
        .zip(news)
        .map(|(id, (enterprise, new))| {
            vec![
                (*id).into(),
                (*enterprise).into(),
                new.name.clone().into(),
                new.second_name.clone().into(),
                fold::sort_key(&new.name).into(),
                new.post.clone().into(),
                new.languages.clone().into(),
                new.email.clone().into(),
                new.telephone.clone().into(),
                new.consent_on.into(),
                new.consent_how.clone().into(),
                1_i64.into(),
                now.into(),
            ]
        })
        .collect();
    let head = "INSERT INTO people (id, enterprise_id, name, second_name, name_key, post, languages, email, telephone, \
                consent_on, consent_how, version, created_at)";
    insert_rows(cx, head, "", rows).await?;
    Ok(ids)
}

pub(super) async fn retire(cx: &mut Cx, _: &Granted, ids: &[Id], reason: &str) -> Result<()> {
    for chunk in ids.chunks(500) {
        let mut sql = Sql::new("UPDATE people SET version = version + 1, retired_at = ");
        sql.bind(cx.now()).push(", retired_reason = ").bind(reason);
        sql.push(" WHERE retired_at IS NULL AND id").bind_in(chunk.iter().copied());
        sql.execute(cx).await?;
    }
    Ok(())
}
