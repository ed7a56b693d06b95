//! The front page: what needs this person today, and nothing else.

use platform::holidays::Holiday;
use platform::import::{self, Import};
use platform::{Cx, Result};
use projects::attention::{self, Mine};
use projects::figures::{self, AsOf, Measure, Value};
use projects::project::list::{self, Filter, Listed};

use crate::READ;

pub mod pages;

/// So many of each kind stand on the page; the rest is a link away.
pub const MOST: usize = 8;

/// What the front page shows.
#[derive(Clone, Debug)]
pub struct Day {
    /// For somebody without projects of their own: the office's figures instead.
    pub office: Vec<(Measure, Value)>,
    pub mine: Mine,
    /// For those who answer for others' projects: the delayed ones within reach.
    pub delayed: Vec<Listed>,
    pub imports: Vec<Import>,
    pub recent: Vec<Listed>,
    pub next_holiday: Option<Holiday>,
}

impl Day {
    /// Whether anything waits for the person.
    pub fn waits(&self) -> bool {
        let Mine { near, stale, delayed, .. } = &self.mine;
        !(near.is_empty()
            && stale.is_empty()
            && delayed.is_empty()
            && self.delayed.is_empty()
            && self.imports.is_empty())
    }
}

/// The headline figures, for whoever has no projects of their own to look after.
const OFFICE: [Measure; 4] =
    [Measure::EnterprisesAttracted, Measure::PartnersSigned, Measure::InvestmentPledged, Measure::JobsPledged];

/// What needs the actor today.
pub async fn today(cx: &mut Cx) -> Result<Day> {
    cx.require_along(&READ)?;
    let mine = attention::mine(cx, MOST).await?;
    let mut office = Vec::new();
    if mine.own.live == 0 {
        let as_of = AsOf { as_at: cx.today(), known_at: cx.now() };
        office = figures::totals(cx, as_of, &OFFICE).await?;
    }
    let limit = MOST as i64;
    // Who may let a project past its gate answers for more than their own.
    let delayed = if cx.may(&projects::OVERRIDE) {
        let filter = Filter { status: Some("delayed".to_owned()), ..Filter::default() };
        let own: Vec<platform::Id> = mine.delayed.iter().map(|brief| brief.id).collect();
        let mut found = list::page(cx, &filter, limit).await?.projects;
        found.retain(|project| !own.contains(&project.id));
        found
    } else {
        Vec::new()
    };
    let imports = match cx.account() {
        Some(account) => import::waiting(cx, account, limit).await?,
        None => Vec::new(),
    };
    Ok(Day {
        office,
        mine,
        delayed,
        imports,
        recent: list::page(cx, &Filter::default(), limit).await?.projects,
        next_holiday: cx.house.holidays.next(cx.today(), 1).pop(),
    })
}
