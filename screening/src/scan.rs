//! The yardstick: one company after the other, in plain Rust. Engines are tested against it byte for byte.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::engine::facet_code;
use crate::{About, Answer, Company, Engine, Error, FACETS, Facet, Firmness, Plan, Screened, Watch};

/// Companies that can be gone through more than once.
pub trait Companies {
    fn each(&self, visit: &mut dyn FnMut(&Company) -> Result<(), Error>) -> Result<(), Error>;
}

impl Companies for [Company] {
    fn each(&self, visit: &mut dyn FnMut(&Company) -> Result<(), Error>) -> Result<(), Error> {
        self.iter().try_for_each(visit)
    }
}

/// Ranks companies. Ties are broken by id, which no two companies share.
pub fn scan<C: Companies + ?Sized>(companies: &C, about: About, plan: &Plan, watch: &Watch) -> Result<Screened, Error> {
    watch.expect(about.companies.saturating_mul(2));
    let mut ranked = 0;
    let mut known = vec![0; plan.steps.len()];
    let mut counts = vec![(BTreeMap::<String, u64>::new(), 0_u64); FACETS.len()];
    // The worst of the best is on top, ready to be put out.
    let mut best: BinaryHeap<Reverse<Place>> = BinaryHeap::new();
    companies.each(&mut |company| {
        watch.go_on()?;
        watch.did(1);
        let Some(points) = plan.points(company) else { return Ok(()) };
        ranked += 1;
        for (step, count) in plan.steps.iter().zip(&mut known) {
            *count += u64::from(company.facts.contains_key(&step.column));
        }
        for (measure, (codes, unknown)) in FACETS.iter().zip(&mut counts) {
            match company.code(*measure) {
                Some(code) => *codes.entry(facet_code(*measure, code).to_owned()).or_default() += 1,
                None => *unknown += 1,
            }
        }
        let total = plan.total(&points);
        if plan.top > 0 {
            let full = best.len() >= plan.top;
            if !full || best.peek().is_some_and(|worst| worst.0.is_behind(total, &company.id)) {
                if full {
                    best.pop();
                }
                best.push(Reverse(Place { total, id: Reverse(company.id.clone()), company: company.clone() }));
            }
        }
        Ok(())
    })?;
    let mut best: Vec<Place> = best.into_iter().map(|place| place.0).collect();
    best.sort_by(|one, other| other.cmp(one));
    let best: Vec<(i64, Vec<u32>, Company)> = best
        .into_iter()
        .map(|place| (place.total, plan.points(&place.company).unwrap_or_default(), place.company))
        .collect();
    let rows = best.iter().map(|(total, points, company)| (company.id.as_str(), *total, points.as_slice()));
    let mut firmness = Firmness::new(plan, rows);
    companies.each(&mut |company| {
        watch.go_on()?;
        watch.did(1);
        let Some(points) = plan.points(company) else { return Ok(()) };
        let total = plan.total(&points);
        if total >= firmness.least() {
            firmness.see(&company.id, total, &points);
        }
        Ok(())
    })?;
    let firm = firmness.told(best.len());
    let facets = FACETS.iter().zip(counts).map(|(measure, (codes, unknown))| Facet::new(*measure, codes, unknown));
    let top = best.into_iter().map(|(_, _, company)| company).collect();
    Ok(Screened::new(plan, about, ranked, known, facets.collect(), top, firm))
}

struct Place {
    total: i64,
    id: Reverse<String>,
    company: Company,
}

impl Place {
    fn is_behind(&self, total: i64, id: &str) -> bool {
        self.total < total || (self.total == total && self.id.0.as_str() > id)
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.total, &self.id).cmp(&(other.total, &other.id))
    }
}

/// A universe in memory: for tests, and for lists short enough to hold.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    pub about: About,
    pub companies: Vec<Company>,
}

impl Engine for Memory {
    fn about(&self) -> Answer<'_, About> {
        Box::pin(async { Ok(self.about.clone()) })
    }

    fn screen<'a>(&'a self, plan: &'a Plan, watch: &'a Watch) -> Answer<'a, Screened> {
        Box::pin(async { scan(self.companies.as_slice(), self.about.clone(), plan, watch) })
    }

    fn company<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Company>> {
        Box::pin(async move { Ok(self.companies.iter().find(|company| company.id == id).cloned()) })
    }

    fn known<'a>(&'a self, keys: &'a [String]) -> Answer<'a, Vec<Company>> {
        let is = |company: &&Company| keys.iter().any(|key| company.id == *key || company.lei.as_ref() == Some(key));
        Box::pin(async move {
            let mut found: Vec<Company> = self.companies.iter().filter(is).cloned().collect();
            found.sort_by(|one, other| one.id.cmp(&other.id));
            Ok(found)
        })
    }

    fn search<'a>(&'a self, words: &'a str, most: usize) -> Answer<'a, Vec<Company>> {
        Box::pin(async move { Ok(search(self.companies.iter(), words, most)) })
    }
}

/// Companies whose id or LEI is this, or one of whose names holds these words: names that begin with them first. Width, case,
/// diacritics and whether Chinese is Traditional or Simplified make no difference.
pub fn search<'a>(companies: impl Iterator<Item = &'a Company>, words: &str, most: usize) -> Vec<Company> {
    let words = matching::fold(words).trim().to_owned();
    let mut found: Vec<(bool, &Company)> = companies
        .filter_map(|company| {
            if words.is_empty() {
                return None;
            }
            let is_named = company.id.to_lowercase() == words
                || company.lei.as_deref().is_some_and(|lei| lei.to_lowercase() == words);
            let names = || {
                let others = company.other_names.iter().map(|name| name.text.as_str());
                std::iter::once(company.name.as_str()).chain(others).map(matching::fold)
            };
            let begins = is_named || names().any(|name| name.starts_with(&words));
            (begins || names().any(|name| name.contains(&words))).then_some((!begins, company))
        })
        .collect();
    found.sort_by(|one, other| (one.0, &one.1.name, &one.1.id).cmp(&(other.0, &other.1.name, &other.1.id)));
    found.into_iter().take(most).map(|(_, company)| company.clone()).collect()
}
