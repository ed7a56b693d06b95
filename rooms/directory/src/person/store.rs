//! SQL of people.

use std::collections::BTreeSet;

use platform::own_field;
use platform::permission::Granted;
use platform::search::fold;
use platform::sql::{AT_ONCE, Sql, Value, insert_many as insert_rows};
use platform::{Cx, Id, Result, on, run};

use super::{Checked, Person, SUBJECT};

const COLUMNS: &str = "SELECT id, enterprise_id, name, second_name, languages, version, created_at, retired_at, \
     retired_reason, own FROM people";

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Person> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn by_ids(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Person>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE id").bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<Person>(cx).await?);
    }
    Ok(found)
}

/// People of these enterprises one of whose names folds to one of these keys.
pub(super) async fn by_keys(cx: &mut Cx, enterprises: &[Id], keys: &[String]) -> Result<Vec<Person>> {
    let mut found = Vec::new();
    for chunk in enterprises.chunks(400) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE retired_at IS NULL AND enterprise_id").bind_in(chunk.iter().copied());
        sql.push(" AND (name_key").bind_in(keys.iter().map(String::as_str));
        sql.push(" OR second_key").bind_in(keys.iter().map(String::as_str));
        sql.push(") ORDER BY id LIMIT 20");
        found.extend(sql.fetch_all::<Person>(cx).await?);
    }
    Ok(found)
}

/// Which people these enterprises have, for a batch of an import.
pub(super) async fn held(cx: &mut Cx, enterprises: &[Id]) -> Result<Vec<Person>> {
    let mut found = Vec::new();
    for chunk in enterprises.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE retired_at IS NULL AND enterprise_id").bind_in(chunk.iter().copied());
        sql.push(" ORDER BY id");
        found.extend(sql.fetch_all::<Person>(cx).await?);
    }
    Ok(found)
}

fn search_keys(name: &str, second: Option<&str>) -> BTreeSet<String> {
    [Some(name), second].into_iter().flatten().flat_map(fold::search_keys).collect()
}

/// Inserts people with their search keys, posts, ways of contact and consents.
pub(super) async fn insert_many(cx: &mut Cx, _: &Granted, news: &[(Id, Checked)]) -> Result<Vec<Id>> {
    let now = cx.now();
    let ids: Vec<Id> = news.iter().map(|_| cx.new_id()).collect();
    let (mut people, mut keys): (Vec<Vec<Value>>, Vec<Vec<Value>>) = (Vec::new(), Vec::new());
    let (mut posts, mut contacts, mut consents, mut owns) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (id, (enterprise, new)) in ids.iter().zip(news) {
        let own = new.own();
        people.push(vec![
            (*id).into(),
            (*enterprise).into(),
            new.name.clone().into(),
            new.second_name.clone().into(),
            fold::sort_key(&new.name).into(),
            new.second_name.as_deref().map(fold::sort_key).into(),
            new.languages.clone().into(),
            1_i64.into(),
            now.into(),
            own.kept().into(),
        ]);
        owns.push((*id, own));
        for key in search_keys(&new.name, new.second_name.as_deref()) {
            keys.push(vec![key.into(), (*id).into()]);
        }
        if let Some(title) = &new.post {
            posts.push(vec![
                cx.new_id().into(),
                (*id).into(),
                (*enterprise).into(),
                title.clone().into(),
                new.post_from.into(),
                1_i64.into(),
                now.into(),
            ]);
        }
        for (kind, value) in &new.contacts {
            let contact = cx.new_id();
            contacts.push(vec![
                contact.into(),
                (*id).into(),
                kind.clone().into(),
                value.clone().into(),
                1_i64.into(),
                now.into(),
            ]);
        }
        if let Some(day) = new.consent_on {
            consents.push(vec![
                cx.new_id().into(),
                (*id).into(),
                day.into(),
                new.consent_how.clone().into(),
                new.consent_purpose.clone().into(),
                1_i64.into(),
                now.into(),
            ]);
        }
    }
    let head = "INSERT INTO people (id, enterprise_id, name, second_name, name_key, second_key, languages, version, \
                created_at, own)";
    insert_rows(cx, head, "", people).await?;
    insert_rows(cx, "INSERT INTO person_name_keys (key, person_id)", " ON CONFLICT DO NOTHING", keys).await?;
    let head = "INSERT INTO person_posts (id, person_id, enterprise_id, title, valid_from, version, recorded_at)";
    insert_rows(cx, head, "", posts).await?;
    let head = "INSERT INTO person_contacts (id, person_id, kind, value, version, recorded_at)";
    insert_rows(cx, head, "", contacts).await?;
    let head = "INSERT INTO person_consents (id, person_id, given_on, how, purpose, version, recorded_at)";
    insert_rows(cx, head, "", consents).await?;
    own_field::index(cx, SUBJECT, owns.iter().map(|(id, own)| (*id, own))).await?;
    Ok(ids)
}

/// Writes the fields and the keys under which the person is found.
pub(super) async fn update(cx: &mut Cx, _: &Granted, before: &Person, after: &Person) -> Result<()> {
    let sql = "UPDATE people SET name = $2, second_name = $3, name_key = $4, second_key = $5, languages = $6, own = $7
               WHERE id = $1";
    let (key, own) = (fold::sort_key(&after.name), after.own.kept());
    let second = after.second_name.as_deref().map(fold::sort_key);
    run!(cx, db => sqlx::query(sql).bind(after.id).bind(&after.name).bind(&after.second_name).bind(&key).bind(&second)
        .bind(&after.languages).bind(own).execute(db).await)?;
    own_field::index(cx, SUBJECT, [(after.id, &after.own)]).await?;
    let old = search_keys(&before.name, before.second_name.as_deref());
    let new = search_keys(&after.name, after.second_name.as_deref());
    let gone: Vec<&str> = old.difference(&new).map(String::as_str).collect();
    if !gone.is_empty() {
        let mut sql = Sql::new("DELETE FROM person_name_keys WHERE person_id = ");
        sql.bind(after.id).push(" AND key").bind_in(gone);
        sql.execute(cx).await?;
    }
    let rows = new.difference(&old).map(|key| vec![key.as_str().into(), after.id.into()]).collect();
    insert_rows(cx, "INSERT INTO person_name_keys (key, person_id)", " ON CONFLICT DO NOTHING", rows).await?;
    Ok(())
}

/// Goes one version on; answers it.
pub(super) async fn touch(cx: &mut Cx, _: &Granted, id: Id) -> Result<i64> {
    let sql = "UPDATE people SET version = version + 1 WHERE id = $1 RETURNING version";
    let (version,): (i64,) = on!(cx, db => sqlx::query_as(sql).bind(id).fetch_one(db).await)?;
    Ok(version)
}

pub(super) async fn set_enterprise(cx: &mut Cx, _: &Granted, id: Id, enterprise: Id) -> Result<()> {
    let sql = "UPDATE people SET enterprise_id = $2 WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).bind(enterprise).execute(db).await)?;
    Ok(())
}

pub(super) async fn retire(cx: &mut Cx, _: &Granted, ids: &[Id], reason: &str) -> Result<()> {
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("UPDATE people SET version = version + 1, retired_at = ");
        sql.bind(cx.now()).push(", retired_reason = ").bind(reason);
        sql.push(" WHERE retired_at IS NULL AND id").bind_in(chunk.iter().copied());
        sql.execute(cx).await?;
    }
    Ok(())
}

pub(super) async fn restore(cx: &mut Cx, _: &Granted, id: Id) -> Result<()> {
    let sql = "UPDATE people SET version = version + 1, retired_at = NULL, retired_reason = NULL WHERE id = $1";
    run!(cx, db => sqlx::query(sql).bind(id).execute(db).await)?;
    Ok(())
}

pub async fn count_of(cx: &mut Cx, enterprises: &[Id]) -> Result<i64> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM people WHERE enterprise_id");
    sql.bind_in(enterprises.iter().copied());
    sql.fetch_number(cx).await
}
