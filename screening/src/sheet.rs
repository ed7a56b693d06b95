//! A ranking as rows of text, for CSV and spreadsheets.

use serde::Serialize;

use crate::{About, Criteria, Facet, Measure, Ranked, Screened, Value};

/// A ranking as JSON: each company with the ranks of those it is level with.
#[derive(Serialize)]
struct Told<'a> {
    criteria: &'a Criteria,
    universe: &'a About,
    ranked: u64,
    known: &'a [u64],
    facets: &'a [Facet],
    top: Vec<Level<'a>>,
}

#[derive(Serialize)]
struct Level<'a> {
    #[serde(flatten)]
    ranked: &'a Ranked,
    level_from: u64,
    level_to: u64,
    level_beyond: bool,
}

impl Screened {
    /// Names of the columns: those every ranking has, then five for each criterion, then the ranks of those it is level with, and
    /// whether more of them may stand beyond the end of the list.
    pub fn columns(&self) -> Vec<String> {
        let fixed = ["rank", "id", "lei", "name", "country", "share", "total", "best_rank", "worst_rank"];
        let each = self.criteria.criteria.iter().flat_map(|criterion| {
            ["points", "adds", "value", "as_at", "source"].map(|part| format!("{}.{part}", criterion.key))
        });
        let level = ["level_from", "level_to", "level_beyond"].map(str::to_owned);
        fixed.map(str::to_owned).into_iter().chain(each).chain(level).collect()
    }

    /// The cells of one company. Its share of all points is in hundredths of a per cent, cut off.
    pub fn cells(&self, ranked: &Ranked) -> Vec<String> {
        let company = &ranked.company;
        let (first, last) = self.level_with(ranked);
        let share = i128::from(ranked.total) * 10_000 / i128::from(self.full().max(1));
        let fixed = [
            ranked.rank.to_string(),
            company.id.clone(),
            company.lei.clone().unwrap_or_default(),
            company.name.clone(),
            company.code(Measure::Country).unwrap_or_default().to_owned(),
            share.to_string(),
            ranked.total.to_string(),
            ranked.firm.best.min(first).to_string(),
            ranked.firm.worst.max(last).to_string(),
        ];
        let each = ranked.reasons.iter().flat_map(|reason| {
            let fact = reason.fact.as_ref();
            [
                reason.points.to_string(),
                reason.adds.to_string(),
                reason.value.as_ref().map(Value::to_string).unwrap_or_default(),
                fact.map(|fact| fact.as_at.to_string()).unwrap_or_default(),
                fact.map(|fact| fact.source.clone()).unwrap_or_default(),
            ]
        });
        fixed
            .into_iter()
            .chain(each)
            .chain([first.to_string(), last.to_string(), self.level_beyond(ranked).to_string()])
            .collect()
    }

    /// What JSON says: everything, each company with the ranks of those it is level with.
    pub fn told(&self) -> impl Serialize {
        let top = self.top.iter().map(|ranked| {
            let (level_from, level_to) = self.level_with(ranked);
            Level { ranked, level_from, level_to, level_beyond: self.level_beyond(ranked) }
        });
        Told {
            criteria: &self.criteria,
            universe: &self.universe,
            ranked: self.ranked,
            known: &self.known,
            facets: &self.facets,
            top: top.collect(),
        }
    }
}
