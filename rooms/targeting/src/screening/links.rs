//! Which enterprise of the register a company is: by identifier, by a name that only one has, or by the matcher; where
//! that isn't sure, which one it may be. Links are made for all, and shown to those who may see the enterprise.

use std::collections::HashMap;

use ::screening::{Company, Measure, Ranked};
use directory::enterprise::{self, Brief, NewIdentifier};
use directory::resemblance::{self, Asked, Likely, Verdict};
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

/// From this probability on, in millionths, an enterprise is shown as one that a company may be.
const MAY_BE: i64 = 200_000;

/// Which enterprise a company is, and by what that is known.
pub(super) type Link = (String, Id, &'static str);

/// Looks the companies up: by identifier, by name, and the rest by the matcher, which is asked about those that rank
/// and not about a whole universe.
pub(super) async fn found(cx: &Cx, ranked: &[Ranked]) -> Result<Vec<Link>> {
    // By nobody's reach but the machine's: who ran the screening decides nothing about what others see.
    let operator = Some(Actor::operator("oases"));
    let mut all = Cx::reading(cx.house.clone(), operator, cx.way, cx.language);
    let companies: Vec<&Company> = ranked.iter().map(|one| &one.company).collect();
    let found = by_all_means(&mut all, &companies).await;
    all.undo().await?;
    found
}

async fn by_all_means(cx: &mut Cx, companies: &[&Company]) -> Result<Vec<Link>> {
    let known = looked_up(cx, companies).await?;
    let mut links: Vec<Link> =
        known.iter().map(|(place, (brief, how))| (companies[*place].id.clone(), brief.id, *how)).collect();
    let rest: Vec<&Company> =
        companies.iter().enumerate().filter(|(place, _)| !known.contains_key(place)).map(|(_, one)| *one).collect();
    for some in rest.chunks(AT_ONCE) {
        let asked: Vec<Asked> = some.iter().map(|company| asked(cx, company)).collect();
        let likely = resemblance::likely_many(cx, &asked).await?;
        for (company, likely) in some.iter().zip(&likely) {
            links.extend(taken(likely).map(|(id, how)| (company.id.clone(), id, how)));
        }
    }
    links.sort();
    Ok(links)
}

/// So many are asked about at a time.
const AT_ONCE: usize = 100;

fn asked(cx: &Cx, company: &Company) -> Asked {
    let names = std::iter::once(&company.name).chain(company.other_names.iter().map(|name| &name.text));
    let listed = |list: &str, measure: Measure| {
        company.code(measure).and_then(|code| cx.house.codes.written(list, code)).map(|known| known.code)
    };
    let origin = listed("jurisdiction", Measure::Incorporated).or_else(|| listed("jurisdiction", Measure::Country));
    let mut asked = Asked::new(cx, names.cloned().collect(), origin);
    asked.website.clone_from(&company.website);
    asked.identifiers = identifiers(cx, company);
    asked
}

/// The one that the matcher would join the company with, or the likeliest of those that it can't tell.
fn taken(likely: &[Likely]) -> Option<(Id, &'static str)> {
    let mut sure = likely.iter().filter(|one| one.refuses());
    match (sure.next(), sure.next()) {
        (Some(only), None) => Some((only.enterprise.id, "matcher")),
        (Some(first), Some(_)) => Some((first.enterprise.id, "unsure")),
        (None, _) => {
            let may_be = |one: &&Likely| {
                let found = one.resemblance.as_ref();
                found.is_some_and(|found| found.verdict != Verdict::Related && found.probability >= MAY_BE)
            };
            likely.iter().find(may_be).map(|one| (one.enterprise.id, "unsure"))
        }
    }
}

/// Puts what was found in the place of what was found before.
pub(super) async fn renew(cx: &mut Cx, granted: &Granted, ranked: &[Ranked], links: &[Link]) -> Result<()> {
    let companies: Vec<String> = ranked.iter().map(|one| one.company.id.clone()).collect();
    store::unlink(cx, granted, &companies).await?;
    store::link(cx, granted, links).await
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
