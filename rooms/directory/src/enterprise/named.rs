//! Enterprises by name or identifier, many at once: for imports and lists of other rooms.

use std::collections::HashMap;

use platform::search::fold;
use platform::{Cx, Id, Result};

use super::{Brief, NewIdentifier, store};

/// For each text the living enterprises within reach with this very name, in any script.
pub async fn named_many(cx: &mut Cx, texts: &[String]) -> Result<HashMap<String, Vec<Brief>>> {
    let keys: Vec<String> = texts.iter().map(|text| fold::sort_key(text)).collect();
    let mut holders: HashMap<String, Vec<Id>> = HashMap::new();
    for (key, id) in store::holders(cx, &keys).await? {
        holders.entry(key).or_default().push(id);
    }
    let mut ids: Vec<Id> = holders.values().flatten().copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let held: HashMap<Id, Brief> =
        store::by_ids(cx, &ids).await?.into_iter().map(|one| (one.id, one.brief())).collect();
    let briefs = |key: &String| {
        holders.get(key).into_iter().flatten().filter_map(|id| held.get(id).cloned()).collect::<Vec<Brief>>()
    };
    Ok(texts.iter().cloned().zip(keys.iter().map(briefs)).collect())
}

/// For those of these identifiers that somebody holds, by their place: the living enterprise within reach that does,
/// or none where it is not one of those.
pub async fn identified_many(cx: &mut Cx, identifiers: &[NewIdentifier]) -> Result<HashMap<usize, Option<Brief>>> {
    let values: Vec<String> = identifiers.iter().map(|identifier| identifier.value.clone()).collect();
    let mut holders: HashMap<(String, String, String), Id> = HashMap::new();
    for (scheme, register, value, id) in store::identifier_holders(cx, &values).await? {
        holders.insert((scheme, register, value), id);
    }
    let mut ids: Vec<Id> = holders.values().copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let held: HashMap<Id, Brief> = store::by_ids(cx, &ids)
        .await?
        .into_iter()
        .filter(|one| one.retired_at.is_none())
        .map(|one| (one.id, one.brief()))
        .collect();
    let found = identifiers.iter().enumerate().filter_map(|(place, one)| {
        let holder = holders.get(&(one.scheme.clone(), one.register.clone(), one.value.clone()))?;
        Some((place, held.get(holder).cloned()))
    });
    Ok(found.collect())
}
