//! Value chains as the pack tells of them: places, what feeds what, and how far each place lies from the enterprises
//! already here.
//!
//! Only what everybody in the office may see counts as here, so that the same criteria give the same to all.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use futures::future::BoxFuture;
use platform::pack::{PackRow, PackTable};
use platform::{Cx, Result};
use screening::Context;
use serde::Deserialize;

mod store;

/// The code list that names the places.
pub const PLACES: &str = "chain_place";

/// A place in a chain: which enterprises of the register stand there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub code: String,
    /// A code of the list `industry`.
    pub industry: String,
    /// A code of the list `value_chain`.
    pub position: String,
    /// The places that it feeds.
    #[serde(default)]
    pub feeds: Vec<String>,
}

/// Brings in a pack's chains in place of those held.
pub async fn load(cx: &mut Cx, places: &[Place]) -> Result<()> {
    cx.require(&platform::codes::EDIT)?;
    store::replace(cx, places).await
}

/// The tables by which a company's place becomes a distance and a gap.
pub async fn context(cx: &mut Cx) -> Result<Context> {
    let places = store::places(cx).await?;
    let links = store::links(cx).await?;
    let held: BTreeSet<String> = store::held(cx).await?.into_iter().collect();
    Ok(reckoned(places.into_iter().map(|(code, ..)| code), &links, &held))
}

fn reckoned(places: impl Iterator<Item = String>, links: &[(String, String)], held: &BTreeSet<String>) -> Context {
    let mut beside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (upstream, downstream) in links {
        beside.entry(upstream).or_default().insert(downstream);
        beside.entry(downstream).or_default().insert(upstream);
    }
    let mut distance: BTreeMap<String, i64> = held.iter().map(|code| (code.clone(), 0)).collect();
    let mut next: VecDeque<String> = held.iter().cloned().collect();
    while let Some(code) = next.pop_front() {
        let steps = distance.get(&code).copied().unwrap_or(0) + 1;
        for neighbour in beside.get(code.as_str()).into_iter().flatten() {
            if !distance.contains_key(*neighbour) {
                distance.insert((*neighbour).to_owned(), steps);
                next.push_back((*neighbour).to_owned());
            }
        }
    }
    let gap = places.map(|code| {
        let around = beside.get(code.as_str()).into_iter().flatten().filter(|neighbour| held.contains(**neighbour));
        let count = if held.contains(&code) { 0 } else { i64::try_from(around.count()).unwrap_or(i64::MAX) };
        (code, count)
    });
    Context { chain_gap: gap.collect(), chain_distance: distance }
}

/// The chains as a table of the pack.
pub(crate) fn pack_table() -> PackTable {
    PackTable {
        name: "chains",
        key: "chains-heading",
        columns: &["chain-place", "chain-filled-by", "chain-feeds"],
        rows,
    }
}

fn rows(cx: &mut Cx) -> BoxFuture<'_, Result<Vec<PackRow>>> {
    Box::pin(async move {
        let links = store::links(cx).await?;
        let places = store::places(cx).await?;
        let name = |list: &str, code: &str| cx.house.codes.name(list, code, cx.language);
        let rows = places.iter().map(|(code, industry, position)| {
            let fed = links.iter().filter(|(from, _)| from == code).map(|(_, to)| name(PLACES, to));
            let held = cx.house.codes.get(PLACES, code);
            PackRow {
                cells: vec![
                    name(PLACES, code),
                    format!("{} · {}", name("industry", industry), name("value_chain", position)),
                    fed.collect::<Vec<_>>().join(" · "),
                ],
                valid_from: held.as_ref().map(|code| code.valid_from),
                valid_to: held.as_ref().and_then(|code| code.valid_to),
                source: held.map(|code| code.source).unwrap_or_default(),
            }
        });
        Ok(rows.collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_as_far_as_the_steps_to_who_is_here() {
        let link = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let links = [link("mines", "cells"), link("cells", "packs"), link("packs", "cars"), link("chips", "cars")];
        let places = ["mines", "cells", "packs", "cars", "chips", "elsewhere"].map(str::to_owned);
        let context = reckoned(places.into_iter(), &links, &BTreeSet::from(["cells".to_owned(), "cars".to_owned()]));
        let far = |code: &str| context.chain_distance.get(code).copied();
        assert_eq!(["mines", "cells", "packs", "chips"].map(far), [Some(1), Some(0), Some(1), Some(1)]);
        assert_eq!(far("elsewhere"), None);
        let gap = |code: &str| context.chain_gap.get(code).copied();
        assert_eq!(["packs", "mines", "cells", "elsewhere"].map(gap), [Some(2), Some(1), Some(0), Some(0)]);
    }
}
