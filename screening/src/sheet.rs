//! A ranking as rows of text, for CSV and spreadsheets.

use crate::{Measure, Ranked, Screened, Value};

impl Screened {
    /// Names of the columns: those every ranking has, then five for each criterion, then the ranks of those it is level with.
    pub fn columns(&self) -> Vec<String> {
        let fixed = ["rank", "id", "lei", "name", "country", "share", "total", "best_rank", "worst_rank"];
        let each = self.criteria.criteria.iter().flat_map(|criterion| {
            ["points", "adds", "value", "as_at", "source"].map(|part| format!("{}.{part}", criterion.key))
        });
        let level = ["level_from", "level_to"].map(str::to_owned);
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
        fixed.into_iter().chain(each).chain([first.to_string(), last.to_string()]).collect()
    }
}
