//! Which enterprise of the register a company is: by identifier, or by a name that only one has. Links are made for
//! all, and shown to those who may see the enterprise.

use std::collections::HashMap;

use ::screening::{Company, Ranked};
use directory::enterprise::{self, Brief, NewIdentifier};
use platform::permission::{Actor, Granted};
use platform::{Cx, Id, Result};

use super::store;

/// By what registers know a company: its LEI, and its number in the register that gave it, as directory keeps them.
pub(crate) fn identifiers(cx: &Cx, company: &Company) -> Vec<NewIdentifier> {
    let lei =
        company.lei.clone().map(|value| NewIdentifier { scheme: "lei".to_owned(), register: String::new(), value });
    let given =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    // A number says nothing without the register it is of.
    let number = given(&company.register).zip(given(&company.registration_number)).map(|(register, value)| {
        let register = cx.house.codes.written("register", &register).map_or(register, |known| known.code);
        NewIdentifier { scheme: "registry".to_owned(), register, value: value.to_uppercase().replace(' ', "") }
    });
    lei.into_iter().chain(number).collect()
}

/// The identifiers of several companies, each with its company's place.
pub(super) fn numbered(cx: &Cx, companies: &[&Company]) -> (Vec<usize>, Vec<NewIdentifier>) {
    let each = |(place, company): (usize, &&Company)| {
        identifiers(cx, company).into_iter().map(move |identifier| (place, identifier)).collect::<Vec<_>>()
    };
    companies.iter().enumerate().flat_map(each).unzip()
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
    let (places, identifiers) = numbered(cx, companies);
    let mut by_number: Vec<(usize, Brief)> = enterprise::identified_many(cx, &identifiers)
        .await?
        .into_iter()
        .filter_map(|(at, brief)| Some((at, brief?)))
        .collect();
    // The LEI comes first, and says who it is where the two are held by different enterprises.
    by_number.sort_by_key(|(at, _)| *at);
    let mut found: HashMap<usize, (Brief, &'static str)> = HashMap::new();
    for (at, brief) in by_number {
        found.entry(places[at]).or_insert((brief, "identifier"));
    }
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
