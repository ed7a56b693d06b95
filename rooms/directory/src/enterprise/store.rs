//! SQL of enterprises. Writing asks for proof that someone was allowed to.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use platform::clock::At;
use platform::own_field::{self, Own};
use platform::permission::Granted;
use platform::search::fold;
use platform::sql::{AT_ONCE, Sql, Value, insert_many as insert_rows};
use platform::{Cx, Id, Result, on, run};
use sqlx::FromRow;
use time::Date;

use super::new::Checked;
use super::{NewName, SECRECY, SUBJECT};

#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
pub struct Enterprise {
    pub id: Id,
    pub reference: String,
    pub survivor_id: Id,
    pub merged_into: Option<Id>,
    pub kind: String,
    pub parent_id: Option<Id>,
    pub name: String,
    pub name_language: String,
    pub second_name: Option<String>,
    pub second_language: Option<String>,
    pub tier: i64,
    pub team_id: Option<Id>,
    pub owner_id: Option<Id>,
    pub incorporation: Option<String>,
    pub headquarters: Option<String>,
    pub main_listing: Option<String>,
    pub reporting_origin: Option<String>,
    pub value_chain: Option<String>,
    pub website: Option<String>,
    pub description: Option<String>,
    pub version: i64,
    pub created_at: At,
    pub updated_at: At,
    pub retired_at: Option<At>,
    pub retired_reason: Option<String>,
    #[sqlx(try_from = "String")]
    pub own: Own,
}

pub(super) const COLUMNS: &str = "SELECT e.id, e.reference, e.survivor_id, e.merged_into, e.kind, e.parent_id, e.name, \
     e.name_language, e.second_name, e.second_language, e.tier, e.team_id, e.owner_id, e.incorporation, e.headquarters, \
     e.main_listing, e.reporting_origin, e.value_chain, e.website, e.description, e.version, e.created_at, e.updated_at, \
     e.retired_at, e.retired_reason, e.own FROM enterprises e";

pub(super) async fn get(cx: &mut Cx, id: Id) -> Result<Enterprise> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE e.id = ").bind(id);
    sql.fetch_one(cx).await
}

pub(super) async fn by_reference(cx: &mut Cx, reference: &str) -> Result<Option<Enterprise>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE e.reference = ").bind(reference).push(" AND ");
    cx.visible().condition(&mut sql, SECRECY);
    sql.fetch_optional(cx).await
}

/// Which of these references are of records within reach, and what stands for each.
pub(super) async fn by_references(cx: &mut Cx, references: &[String]) -> Result<Vec<(String, Id)>> {
    let mut found = Vec::new();
    for chunk in references.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT e.reference, e.survivor_id FROM enterprises e WHERE e.reference");
        sql.bind_in(chunk.iter().map(String::as_str)).push(" AND ");
        cx.visible().condition(&mut sql, SECRECY);
        sql.push(" ORDER BY e.id");
        found.extend(sql.fetch_all::<(String, Id)>(cx).await?);
    }
    Ok(found)
}

/// The names held that fold to one of these keys, as they are written, and by whom: one look-up for a whole batch of an
/// import.
pub(super) async fn holders(cx: &mut Cx, keys: &[String]) -> Result<Vec<(String, Id)>> {
    let mut held = Vec::new();
    for chunk in keys.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT DISTINCT n.name, e.id FROM enterprise_names n JOIN enterprises m ON m.id = n.enterprise_id \
             JOIN enterprises e ON e.id = m.survivor_id WHERE n.withdrawn_at IS NULL AND n.name_key",
        );
        sql.bind_in(chunk.iter().map(String::as_str)).push(" AND e.retired_at IS NULL AND ");
        cx.visible().condition(&mut sql, SECRECY);
        sql.push(" ORDER BY 1, 2");
        held.extend(sql.fetch_all::<(String, Id)>(cx).await?);
    }
    Ok(held)
}

/// Which of these identifier values are held, by anyone: a number is one even where its holder is
/// out of reach. An LEI counts even when it has ended.
pub(super) async fn identifier_holders(cx: &mut Cx, values: &[String]) -> Result<Vec<(String, String, String, Id)>> {
    let mut held = Vec::new();
    for chunk in values.chunks(AT_ONCE) {
        let mut sql = Sql::new(
            "SELECT i.scheme, i.register, i.value, m.survivor_id FROM enterprise_identifiers i \
             JOIN enterprises m ON m.id = i.enterprise_id WHERE i.withdrawn_at IS NULL AND (i.valid_to IS NULL OR i.scheme = 'lei') AND i.value",
        );
        sql.bind_in(chunk.iter().map(String::as_str)).push(" ORDER BY i.id");
        held.extend(sql.fetch_all::<(String, String, String, Id)>(cx).await?);
    }
    Ok(held)
}

pub(super) async fn by_ids(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Enterprise>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE e.id").bind_in(chunk.iter().copied()).push(" AND ");
        cx.visible().condition(&mut sql, SECRECY);
        sql.push(" ORDER BY e.id");
        found.extend(sql.fetch_all::<Enterprise>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn is_reader(cx: &mut Cx, id: Id) -> Result<bool> {
    let Some(account) = cx.account() else { return Ok(false) };
    let sql = "SELECT 1 FROM readers WHERE subject_kind = 'enterprise' AND subject_id = $1 AND account_id = $2";
    let found: Option<(i32,)> = on!(cx, db => sqlx::query_as(sql).bind(id).bind(account).fetch_optional(db).await)?;
    Ok(found.is_some())
}

/// The members of survivors that a reader has asked for: its view does not change.
#[derive(Default)]
struct Members(Mutex<HashMap<Id, Vec<Id>>>);

impl Members {
    fn held(&self) -> MutexGuard<'_, HashMap<Id, Vec<Id>>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

pub(super) async fn members(cx: &mut Cx, survivor: Id) -> Result<Vec<Id>> {
    let asked = cx.is_reading().then(|| cx.kept.get::<Members>());
    if let Some(ids) = asked.as_ref().and_then(|asked| asked.held().get(&survivor).cloned()) {
        return Ok(ids);
    }
    let sql = "SELECT id FROM enterprises WHERE survivor_id = $1 ORDER BY id";
    let rows: Vec<(Id,)> = on!(cx, db => sqlx::query_as(sql).bind(survivor).fetch_all(db).await)?;
    let ids: Vec<Id> = rows.into_iter().map(|(id,)| id).collect();
    if let Some(asked) = asked {
        asked.held().insert(survivor, ids.clone());
    }
    Ok(ids)
}

/// The records that each of these stands for, as (record, survivor).
pub(super) async fn members_of(cx: &mut Cx, survivors: &[Id]) -> Result<Vec<(Id, Id)>> {
    let mut found = Vec::new();
    for chunk in survivors.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT id, survivor_id FROM enterprises WHERE survivor_id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<(Id, Id)>(cx).await?);
    }
    Ok(found)
}

/// Inserts enterprises with their names, search keys, identifiers and industries.
pub(super) async fn insert_many(cx: &mut Cx, _: &Granted, ids: &[(Id, String)], news: &[Checked]) -> Result<()> {
    let now = cx.now();
    let today = cx.today();
    let (mut rows, mut names, mut keys) = (Vec::with_capacity(ids.len()), Vec::new(), Vec::new());
    let (mut identifiers, mut industries, mut owns) = (Vec::new(), Vec::new(), Vec::new());
    for ((id, reference), new) in ids.iter().zip(news) {
        let field = |name: &str| -> Option<String> { new.fields.get(name).cloned().flatten() };
        let number = |name: &str| field(name).and_then(|text| text.parse::<i64>().ok());
        let tier = field("tier").and_then(|code| platform::permission::Tier::from_code(&code));
        let (own, (first, second)) = (new.own(), &new.shown);
        rows.push(vec![
            (*id).into(),
            reference.clone().into(),
            (*id).into(),
            field("kind").unwrap_or_else(|| "legal_entity".to_owned()).into(),
            new.parent.as_ref().map(|parent| parent.id).into(),
            first.name.clone().into(),
            first.language.clone().into(),
            second.as_ref().map(|name| name.name.clone()).into(),
            second.as_ref().map(|name| name.language.clone()).into(),
            fold::sort_key(&first.name).into(),
            tier.unwrap_or(platform::permission::Tier::Office).rank().into(),
            number("team_id").into(),
            number("owner_id").into(),
            field("incorporation").into(),
            field("headquarters").into(),
            field("main_listing").into(),
            field("reporting_origin").into(),
            field("value_chain").into(),
            field("website").into(),
            field("description").into(),
            crate::industry::listed(&new.industries).into(),
            own.kept().into(),
            now.into(),
        ]);
        owns.push((*id, own));
        push_names(cx, *id, &new.names, &mut names, &mut keys);
        for identifier in &new.identifiers {
            identifiers.push(vec![
                cx.new_id().into(),
                (*id).into(),
                identifier.scheme.clone().into(),
                identifier.register.clone().into(),
                identifier.value.clone().into(),
            ]);
        }
        for code in &new.industries {
            // An industry holds from the code's own first day, unless a day is given.
            let from = new.industries_from.or_else(|| cx.house.codes.get("industry", code).map(|held| held.valid_from));
            industries.push(vec![
                cx.new_id().into(),
                (*id).into(),
                code.clone().into(),
                from.unwrap_or(today).into(),
                now.into(),
            ]);
        }
    }
    let rows = rows
        .into_iter()
        .map(|mut row: Vec<Value>| {
            row.push(now.into());
            row.push(1_i64.into());
            row
        })
        .collect();
    let head = "INSERT INTO enterprises (id, reference, survivor_id, kind, parent_id, name, name_language, second_name, \
                second_language, name_key, tier, team_id, owner_id, incorporation, headquarters, main_listing, \
                reporting_origin, value_chain, website, description, industries, own, created_at, updated_at, version)";
    insert_rows(cx, head, "", rows).await?;
    insert_names(cx, names, keys).await?;
    let head = "INSERT INTO enterprise_identifiers (id, enterprise_id, scheme, register, value)";
    platform::Taken::taken(insert_rows(cx, head, "", identifiers).await, "enterprise-identifier-held")?;
    let head = "INSERT INTO enterprise_industries (id, enterprise_id, industry, valid_from, recorded_at)";
    insert_rows(cx, head, "", industries).await?;
    own_field::index(cx, SUBJECT, owns.iter().map(|(id, own)| (*id, own))).await
}

fn push_names(cx: &Cx, id: Id, news: &[NewName], names: &mut Vec<Vec<Value>>, keys: &mut Vec<Vec<Value>>) {
    let mut all: Vec<String> = Vec::new();
    for name in news {
        names.push(vec![
            cx.new_id().into(),
            id.into(),
            name.name.clone().into(),
            name.language.clone().into(),
            name.kind.clone().into(),
            fold::sort_key(&name.name).into(),
        ]);
        all.extend(fold::search_keys(&name.name));
    }
    all.sort_unstable();
    all.dedup();
    keys.extend(all.into_iter().map(|key| vec![key.into(), id.into()]));
}

async fn insert_names(cx: &mut Cx, names: Vec<Vec<Value>>, keys: Vec<Vec<Value>>) -> Result<()> {
    let head = "INSERT INTO enterprise_names (id, enterprise_id, name, language, kind, name_key)";
    insert_rows(cx, head, "", names).await?;
    let head = "INSERT INTO enterprise_name_keys (key, enterprise_id)";
    insert_rows(cx, head, " ON CONFLICT DO NOTHING", keys).await?;
    Ok(())
}

/// Writes the editable columns and goes one version on.
pub(super) async fn update(cx: &mut Cx, _: &Granted, after: &Enterprise) -> Result<()> {
    let sql = "UPDATE enterprises SET kind = $2, reporting_origin = $3, incorporation = $4, headquarters = $5,
                 main_listing = $6, value_chain = $7, website = $8, description = $9, tier = $10, team_id = $11,
                 owner_id = $12, parent_id = $13, updated_at = $14, own = $15, version = version + 1 WHERE id = $1";
    let (now, own) = (cx.now(), after.own.kept());
    run!(cx, db => sqlx::query(sql).bind(after.id).bind(&after.kind).bind(&after.reporting_origin)
        .bind(&after.incorporation).bind(&after.headquarters).bind(&after.main_listing).bind(&after.value_chain)
        .bind(&after.website).bind(&after.description).bind(after.tier).bind(after.team_id).bind(after.owner_id)
        .bind(after.parent_id).bind(now).bind(own).execute(db).await)?;
    own_field::index(cx, SUBJECT, [(after.id, &after.own)]).await
}

/// Goes one version on; answers it.
pub(super) async fn touch(cx: &mut Cx, _: &Granted, id: Id) -> Result<i64> {
    let sql = "UPDATE enterprises SET version = version + 1, updated_at = $2 WHERE id = $1 RETURNING version";
    let now = cx.now();
    let (version,): (i64,) = on!(cx, db => sqlx::query_as(sql).bind(id).bind(now).fetch_one(db).await)?;
    Ok(version)
}

/// Keeps an earlier or later value of a field with its day. Without a day it is the value the
/// record began with, kept only once.
pub(super) async fn add_fact(
    cx: &mut Cx,
    enterprise: &Enterprise,
    field: &str,
    value: Option<&str>,
    from: Option<Date>,
) -> Result<()> {
    let known = "SELECT COUNT(*) FROM enterprise_facts WHERE enterprise_id = $1 AND field = $2";
    let (count,): (i64,) = on!(cx, db => sqlx::query_as(known).bind(enterprise.id).bind(field).fetch_one(db).await)?;
    let (effective, recorded) = match from {
        Some(day) => (day, cx.now()),
        None if count > 0 => return Ok(()),
        None => (time::macros::date!(1900 - 01 - 01), enterprise.created_at),
    };
    let sql = "INSERT INTO enterprise_facts (id, enterprise_id, field, value, effective_on, recorded_at)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let id = cx.new_id();
    run!(cx, db => sqlx::query(sql).bind(id).bind(enterprise.id).bind(field).bind(value).bind(effective)
        .bind(recorded).execute(db).await)?;
    Ok(())
}

/// The later days on which a field has facts.
pub(super) async fn later_facts(cx: &mut Cx, id: Id, field: &str, day: Date) -> Result<Vec<Date>> {
    let sql = "SELECT DISTINCT effective_on FROM enterprise_facts
               WHERE enterprise_id = $1 AND field = $2 AND effective_on > $3 ORDER BY effective_on";
    let found: Vec<(Date,)> = on!(cx, db => sqlx::query_as(sql).bind(id).bind(field).bind(day).fetch_all(db).await)?;
    Ok(found.into_iter().map(|(day,)| day).collect())
}

/// Retires records, or with no reason brings them back.
pub(super) async fn set_retired(cx: &mut Cx, _: &Granted, ids: &[Id], reason: Option<&str>) -> Result<()> {
    let now = cx.now();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("UPDATE enterprises SET version = version + 1, updated_at = ");
        sql.bind(now).push(", retired_at = ").bind(reason.map(|_| now)).push(", retired_reason = ").bind(reason);
        sql.push(" WHERE id").bind_in(chunk.iter().copied());
        sql.execute(cx).await?;
    }
    Ok(())
}

/// The versions of records, which an undo compares with its entries, and whether they are retired.
pub(super) async fn versions(cx: &mut Cx, ids: &[Id]) -> Result<Vec<(Id, i64, bool)>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT id, version, retired_at IS NOT NULL FROM enterprises WHERE id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        found.extend(sql.fetch_all::<(Id, i64, bool)>(cx).await?);
    }
    Ok(found)
}

pub(super) async fn check(cx: &mut Cx) -> Result<(u64, Vec<String>)> {
    let count = Sql::new("SELECT COUNT(*) FROM enterprises").fetch_number(cx).await?;
    let mut wrong = Vec::new();
    let pointers = "SELECT e.reference FROM enterprises e LEFT JOIN enterprises s ON s.id = e.survivor_id
                    WHERE s.id IS NULL OR s.survivor_id <> s.id OR (e.merged_into IS NULL AND e.survivor_id <> e.id)
                       OR (e.merged_into IS NOT NULL AND e.survivor_id = e.id) ORDER BY e.reference LIMIT 20";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(pointers).fetch_all(db).await)?;
    wrong.extend(rows.into_iter().map(|(reference,)| format!("{reference} does not stand for a surviving record")));
    let strangers = "SELECT e.reference, a.id IS NULL AND e.owner_id IS NOT NULL,
                       t.id IS NULL AND e.team_id IS NOT NULL
                     FROM enterprises e LEFT JOIN identity_account_brief a ON a.id = e.owner_id
                     LEFT JOIN identity_team_brief t ON t.id = e.team_id
                     WHERE (a.id IS NULL AND e.owner_id IS NOT NULL) OR (t.id IS NULL AND e.team_id IS NOT NULL)
                     ORDER BY e.reference LIMIT 20";
    let rows: Vec<(String, bool, bool)> = on!(cx, db => sqlx::query_as(strangers).fetch_all(db).await)?;
    wrong.extend(rows.into_iter().flat_map(|(reference, owner, team)| {
        let owner = owner.then(|| format!("{reference} has an owner that is no account"));
        owner.into_iter().chain(team.then(|| format!("{reference} has a team that is none")))
    }));
    let unnamed = "SELECT reference FROM enterprises e
                   WHERE NOT EXISTS (SELECT 1 FROM enterprise_names n WHERE n.enterprise_id = e.id)
                   ORDER BY reference LIMIT 20";
    let rows: Vec<(String,)> = on!(cx, db => sqlx::query_as(unnamed).fetch_all(db).await)?;
    wrong.extend(rows.into_iter().map(|(reference,)| format!("{reference} has no name")));
    Ok((count.unsigned_abs(), wrong))
}
