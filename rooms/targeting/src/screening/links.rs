//! Which enterprise of the register a company is: by identifier, or by a name that only one has. Links are made for
//! all, and shown to those who may see the enterprise.

use std::collections::HashMap;

use ::screening::{Company, Ranked};
use directory::enterprise::{self, Brief, NewIdentifier};
use platform::permission::{Actor, Granted};
use platform::{Cx, Id, Result};

use super::store;

pub(crate) fn lei(company: &Company) -> Option<NewIdentifier> {
    let value = company.lei.clone()?;
    Some(NewIdentifier { scheme: "lei".to_owned(), register: String::new(), value })
}

/// Looks the companies up anew.
pub(super) async fn renew(cx: &mut Cx, granted: &Granted, ranked: &[Ranked]) -> Result<()> {
    // By nobody's reach but the machine's: who ran the screening decides nothing about what others see.
    let operator = Some(Actor::operator("oases"));
    let mut all = Cx::reading(cx.house.clone(), operator, cx.way, cx.language);
    let companies: Vec<&Company> = ranked.iter().map(|one| &one.company).collect();
    let found = looked_up(&mut all, &companies).await;
    all.undo().await?;
    let links: Vec<(String, Id, &'static str)> =
        found?.into_iter().map(|(place, (brief, how))| (companies[place].id.clone(), brief.id, how)).collect();
    store::link(cx, granted, &links).await
}

/// By its place, the enterprise that a company surely is, within the reader's reach.
pub(super) async fn looked_up(cx: &mut Cx, companies: &[&Company]) -> Result<HashMap<usize, (Brief, &'static str)>> {
    let numbered: Vec<(usize, NewIdentifier)> =
        companies.iter().enumerate().filter_map(|(place, company)| Some((place, lei(company)?))).collect();
    let identifiers: Vec<NewIdentifier> = numbered.iter().map(|(_, identifier)| identifier.clone()).collect();
    let mut found: HashMap<usize, (Brief, &'static str)> = enterprise::identified_many(cx, &identifiers)
        .await?
        .into_iter()
        .filter_map(|(at, brief)| Some((numbered[at].0, (brief?, "identifier"))))
        .collect();
    let names: Vec<String> = companies
        .iter()
        .flat_map(|company| {
            std::iter::once(company.name.clone()).chain(company.other_names.iter().map(|name| name.text.clone()))
        })
        .collect();
    let named = enterprise::named_many(cx, &names).await?;
    for (place, company) in companies.iter().enumerate() {
        if found.contains_key(&place) {
            continue;
        }
        let names = std::iter::once(&company.name).chain(company.other_names.iter().map(|name| &name.text));
        let mut hits: Vec<&Brief> = names.filter_map(|name| named.get(name)).flatten().collect();
        hits.sort_by_key(|brief| brief.id);
        hits.dedup_by_key(|brief| brief.id);
        if let [only] = hits[..] {
            found.insert(place, (only.clone(), "name"));
        }
    }
    Ok(found)
}
