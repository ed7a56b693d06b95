//! SQL of resemblance: the register as the matcher reads it, page by page.

use std::collections::HashMap;

use platform::sql::{AT_ONCE, Sql};
use platform::{Cx, Id, Result};
use sqlx::FromRow;

use crate::enterprise::{self, Enterprise, NewIdentifier};

/// A record of the register with what it is known by.
#[derive(Clone, Debug, FromRow)]
pub(crate) struct Standing {
    pub id: Id,
    /// The higher of its own tier and of the one that stands for it.
    pub tier: i64,
    pub survivor_tier: i64,
    pub incorporation: Option<String>,
    pub headquarters: Option<String>,
    pub reporting_origin: Option<String>,
    pub website: Option<String>,
    #[sqlx(skip)]
    pub names: Vec<String>,
    #[sqlx(skip)]
    pub identifiers: Vec<NewIdentifier>,
}

const COLUMNS: &str = "SELECT e.id, e.tier, s.tier AS survivor_tier, e.incorporation, e.headquarters, e.reporting_origin, \
     e.website FROM enterprises e JOIN enterprises s ON s.id = e.survivor_id";

/// The next page of all records, after a key.
pub(super) async fn page(cx: &mut Cx, after: Id, limit: i64) -> Result<Vec<Standing>> {
    let mut sql = Sql::new(COLUMNS);
    sql.push(" WHERE e.id > ").bind(after).push(" ORDER BY e.id LIMIT ").bind(limit);
    let mut records: Vec<Standing> = sql.fetch_all(cx).await?;
    let (Some(first), Some(last)) = (records.first(), records.last()) else { return Ok(records) };
    let (first, last) = (first.id, last.id);
    let of = |sql: &mut Sql| {
        sql.push(" >= ").bind(first).push(" AND enterprise_id <= ").bind(last);
    };
    fill(cx, &mut records, of).await?;
    Ok(records)
}

/// These records and all that they stand for.
pub(super) async fn of(cx: &mut Cx, ids: &[Id]) -> Result<Vec<Standing>> {
    let mut all = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new(COLUMNS);
        sql.push(" WHERE e.id").bind_in(chunk.iter().copied()).push(" OR e.survivor_id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY e.id");
        let mut records: Vec<Standing> = sql.fetch_all(cx).await?;
        let found: Vec<Id> = records.iter().map(|record| record.id).collect();
        for part in found.chunks(AT_ONCE) {
            let places = records.iter().position(|record| record.id == part[0]).unwrap_or_default();
            let of = |sql: &mut Sql| {
                sql.bind_in(part.iter().copied());
            };
            fill(cx, &mut records[places..places + part.len()], of).await?;
        }
        all.extend(records);
    }
    Ok(all)
}

/// Reads names and identifiers of records that stand in the order of their keys.
async fn fill(cx: &mut Cx, records: &mut [Standing], of: impl Fn(&mut Sql)) -> Result<()> {
    let mut names = Sql::new("SELECT enterprise_id, name FROM enterprise_names WHERE enterprise_id");
    of(&mut names);
    // What it is called now comes first; what was withdrawn never was its name.
    names.push(" AND withdrawn_at IS NULL ORDER BY enterprise_id, CASE WHEN kind = 'former' THEN 1 ELSE 0 END, id");
    for (id, name) in names.fetch_all::<(Id, String)>(cx).await? {
        if let Ok(at) = records.binary_search_by_key(&id, |record| record.id) {
            records[at].names.push(name);
        }
    }
    let mut numbers =
        Sql::new("SELECT enterprise_id, scheme, register, value FROM enterprise_identifiers WHERE enterprise_id");
    of(&mut numbers);
    numbers.push(" AND withdrawn_at IS NULL ORDER BY enterprise_id, scheme DESC, id");
    for (id, scheme, register, value) in numbers.fetch_all::<(Id, String, String, String)>(cx).await? {
        if let Ok(at) = records.binary_search_by_key(&id, |record| record.id) {
            records[at].identifiers.push(NewIdentifier { scheme, register, value });
        }
    }
    Ok(())
}

/// For each of these records the enterprise that stands for it, where it is living and within reach.
pub(super) async fn standing(cx: &mut Cx, ids: &[Id]) -> Result<HashMap<Id, Enterprise>> {
    let mut pairs: Vec<(Id, Id)> = Vec::new();
    for chunk in ids.chunks(AT_ONCE) {
        let mut sql = Sql::new("SELECT id, survivor_id FROM enterprises WHERE id");
        sql.bind_in(chunk.iter().copied()).push(" ORDER BY id");
        pairs.extend(sql.fetch_all::<(Id, Id)>(cx).await?);
    }
    let mut survivors: Vec<Id> = pairs.iter().map(|(_, survivor)| *survivor).collect();
    survivors.sort_unstable();
    survivors.dedup();
    let living: HashMap<Id, Enterprise> = enterprise::living(cx, &survivors).await?;
    Ok(pairs.into_iter().filter_map(|(id, survivor)| Some((id, living.get(&survivor)?.clone()))).collect())
}
