//! A ranking as rows of text, for CSV and spreadsheets.

use crate::{Measure, Ranked, Screened, Value};

impl Screened {
    /// Names of the columns: those every ranking has, then five for each criterion.
    pub fn columns(&self) -> Vec<String> {
        let fixed = [
            "rank",
            "id",
            "lei",
            "name",
            "country",
            "share",
            "total",
            "best_rank",
            "worst_rank",
            "level_from",
            "level_to",
        ];
        let each = self.criteria.criteria.iter().flat_map(|criterion| {
            ["points", "adds", "value", "as_at", "source"].map(|part| format!("{}.{part}", criterion.key))
        });
        fixed.map(str::to_owned).into_iter().chain(each).collect()
    }

    /// The cells of one company. Those with the same total share the ranks `level_from` to `level_to`. Its share of all points is in hundredths of a per cent, cut off.
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
            first.to_string(),
            last.to_string(),
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
        fixed.into_iter().chain(each).collect()
    }
}
