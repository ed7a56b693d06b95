//! The companies of a screening by rank, narrowed, each with what the reader may know of it in the register.

use std::collections::HashMap;

use ::screening::Measure;
use platform::api::asked::{self, Word};
use platform::forms::Form;
use platform::order::{Place, Rows};
use platform::{Cx, Id, Result};
use sqlx::FromRow;
use ui::lists::Total;

use super::Screening;
use crate::{READ, words};

pub mod pages;
mod store;

/// More picked rows than these are sent in parts.
pub const MOST_PICKED: usize = 200;

/// Which of the companies that the office already courts are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Courted {
    /// None: those reserved, approached or declined, and those with a project, are left out.
    #[default]
    Without,
    Only,
    All,
}

impl Courted {
    pub fn read(text: &str) -> Self {
        match text {
            "only" => Self::Only,
            "all" => Self::All,
            _ => Self::Without,
        }
    }
}

/// What the list shows; the same names in the address, the API and an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub q: Option<String>,
    pub country: Option<String>,
    /// The first digits of an industry.
    pub industry: Option<String>,
    pub listing: Option<String>,
    pub chain: Option<String>,
    pub courted: Courted,
    /// The rows picked, by rank.
    pub ids: Vec<i64>,
    pub place: Place,
}

impl Filter {
    pub fn read(form: &Form) -> Self {
        Self {
            q: form.optional("q"),
            country: form.optional("country"),
            industry: form.optional("industry"),
            listing: form.optional("listing"),
            chain: form.optional("chain"),
            courted: Courted::read(form.value("courted")),
            ids: form.values("ids").iter().filter_map(|rank| rank.parse().ok()).take(MOST_PICKED).collect(),
            place: Place::read(form),
        }
    }
}

/// What its words may be, its codes apart.
const WORDS: [(&str, Word); 2] = [("courted", Word::One(&["only", "all"])), ("sort", Word::One(&["rank"]))];

/// The filter of a question that names nothing unknown: a list narrowed by a misspelt word would look like the one meant.
/// A code is known that the office lists, or that some company of the screening has.
pub async fn asked(cx: &mut Cx, extent: Extent, form: &Form) -> Result<Filter> {
    cx.require(&READ)?;
    let filter = Filter::read(form);
    let mut problems = asked::unknown(&cx.house.codes, form, &WORDS);
    let all = || Filter { courted: Courted::All, ..Filter::default() };
    let codes = [
        ("country", Measure::Country, &filter.country, Filter { country: filter.country.clone(), ..all() }),
        ("industry", Measure::Industry, &filter.industry, Filter { industry: filter.industry.clone(), ..all() }),
        ("listing", Measure::Listing, &filter.listing, Filter { listing: filter.listing.clone(), ..all() }),
        ("chain", Measure::Chain, &filter.chain, Filter { chain: filter.chain.clone(), ..all() }),
    ];
    for (field, measure, code, alone) in codes {
        let Some(code) = code else { continue };
        if !words::is_listed(&cx.view(), measure, code) && store::count(cx, extent, &alone).await? == 0 {
            problems.add_with(field, "problem-code-unknown", &[("value", code.chars().take(60).collect())]);
        }
    }
    problems.into_result()?;
    Ok(filter)
}

/// A company in its place.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
#[schema(as = ScreenedCompany)]
pub struct Listed {
    pub rank: i64,
    pub company_id: String,
    pub name: String,
    pub country: String,
    pub industry: String,
    pub listing: String,
    pub chain: String,
    /// The sum of weight times points in millionths.
    pub total: i64,
    /// Between which ranks it stays when a weight moves by a fifth.
    pub best: i64,
    pub worst: i64,
    /// The first and the last rank of those with the same total, whose order says nothing.
    pub level_from: i64,
    pub level_to: i64,
    /// Whether companies beyond the last that was kept may have it too.
    pub level_beyond: bool,
}

/// What the reader may know of a company in the register.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, serde::Serialize, utoipa::ToSchema)]
#[schema(as = CompanyKnown)]
pub struct Known {
    #[serde(skip)]
    pub company_id: String,
    pub enterprise_id: Id,
    pub enterprise: String,
    pub name_language: String,
    pub reference: String,
    /// By what it is known to be this one: identifier, name, matcher, person or made; unsure where it only may be.
    pub how: String,
    /// The latest target of this enterprise and how it stands.
    pub target_id: Option<Id>,
    pub standing: Option<String>,
    /// How many projects it has.
    pub projects: i64,
}

/// How far down a screening's list goes for its reader: for each one that is left out as courted, the next below moves
/// up, so that the list is as long as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub screening: Id,
    /// The last rank that is of the list.
    pub last: i64,
}

pub async fn extent(cx: &mut Cx, screening: &Screening) -> Result<Extent> {
    cx.require(&READ)?;
    let last = store::last(cx, screening.id, screening.top).await?;
    Ok(Extent { screening: screening.id, last })
}

impl Known {
    pub fn is_unsure(&self) -> bool {
        self.how == "unsure"
    }
}

/// One page of a screening's companies.
pub async fn page(cx: &mut Cx, extent: Extent, filter: &Filter, limit: i64) -> Result<Rows<Listed>> {
    cx.require(&READ)?;
    store::page(cx, extent, filter, limit).await
}

/// How many a filter shows; a screening has few enough to count.
pub async fn total(cx: &mut Cx, extent: Extent, filter: &Filter) -> Result<Total> {
    cx.require(&READ)?;
    Ok(Total::Exactly(store::count(cx, extent, filter).await?))
}

/// What the reader may know of these companies, in few questions.
pub async fn known(cx: &mut Cx, companies: &[String]) -> Result<HashMap<String, Known>> {
    cx.require(&READ)?;
    let found = store::known(cx, companies).await?;
    Ok(found.into_iter().map(|one| (one.company_id.clone(), one)).collect())
}

/// The codes among a screening's companies with how many have each, those courted counted as they are shown: for the
/// filters.
pub async fn choices(cx: &mut Cx, extent: Extent, column: Column, courted: Courted) -> Result<Vec<(String, i64)>> {
    cx.require(&READ)?;
    store::choices(cx, extent, column, courted).await
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Country,
    Industry,
    Listing,
    Chain,
}
