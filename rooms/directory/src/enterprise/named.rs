//! Enterprises by name or identifier, many at once: for imports and lists of other rooms.

use std::collections::HashMap;

use platform::search::fold::{identity_key, sort_key};
use platform::{Cx, Id, Result};

use super::{Brief, NewIdentifier, store};

/// Who bears a name: the same one, or one that is so but for marks and signs, which may be another's.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bearers {
    same: HashMap<String, Vec<Id>>,
    nearly: HashMap<String, Vec<Id>>,
}

impl Bearers {
    /// Of all these names, those within reach who bear one that folds alike.
    pub(crate) async fn of(cx: &mut Cx, names: &[&str]) -> Result<Self> {
        let mut keys: Vec<String> = names.iter().map(|name| sort_key(name)).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut bearers = Self::default();
        for (name, id) in store::holders(cx, &keys).await? {
            for (held, key) in [(&mut bearers.same, identity_key(&name)), (&mut bearers.nearly, sort_key(&name))] {
                let ids = held.entry(key).or_default();
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        Ok(bearers)
    }

    /// Those who bear this very name.
    pub(crate) fn same(&self, name: &str) -> &[Id] {
        self.same.get(&identity_key(name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Those who bear one that only folds alike; names of signs alone are like any other such.
    pub(crate) fn nearly(&self, name: &str) -> Vec<Id> {
        let key = sort_key(name);
        let folded = self.nearly.get(&key).filter(|_| !key.is_empty());
        folded.into_iter().flatten().copied().filter(|id| !self.same(name).contains(id)).collect()
    }

    pub(super) fn all(&self) -> impl Iterator<Item = Id> {
        self.nearly.values().flatten().copied()
    }
}

/// For each text the living enterprises within reach with this very name, in any script.
pub async fn named_many(cx: &mut Cx, texts: &[String]) -> Result<HashMap<String, Vec<Brief>>> {
    let names: Vec<&str> = texts.iter().map(String::as_str).collect();
    let bearers = Bearers::of(cx, &names).await?;
    let mut ids: Vec<Id> = texts.iter().flat_map(|text| bearers.same(text)).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let held: HashMap<Id, Brief> =
        store::by_ids(cx, &ids).await?.into_iter().map(|one| (one.id, one.brief())).collect();
    let briefs = |text: &String| {
        let found = bearers.same(text).iter().filter_map(|id| held.get(id).cloned()).collect::<Vec<Brief>>();
        (text.clone(), found)
    };
    Ok(texts.iter().map(briefs).collect())
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
