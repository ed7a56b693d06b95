//! Enterprises by name, many at once: for imports of other rooms.

use std::collections::HashMap;

use platform::search::fold;
use platform::{Cx, Id, Result};

use super::{Brief, store};

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
