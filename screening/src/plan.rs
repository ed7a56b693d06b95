//! Criteria made ready for an engine: per criterion one column, one shape, one weight.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::curve::FULL;
use crate::{Company, Condition, Criteria, Error, Measure, Missing, Shape, Value};

/// What is known beside the universe: how far each place of a value chain lies from the enterprises already here.
/// A place that is in neither table counts as not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Context {
    pub chain_distance: BTreeMap<String, i64>,
    pub chain_gap: BTreeMap<String, i64>,
}

/// What an engine reckons by. What is worked out from a table has become a shape on the column it comes from, so that
/// an engine needs to know columns, three shapes and conditions, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// At most so many are ranked.
    pub top: usize,
    pub steps: Vec<Step>,
    pub conditions: Vec<Condition>,
    /// Companies whose id or LEI is in here are left out.
    pub exclude: BTreeSet<String>,
    pub criteria: Criteria,
    pub context: Context,
}

/// One criterion, ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub key: String,
    /// The column that is read: numbers for the two shapes of numbers, codes for `Shape::Codes`.
    pub column: Measure,
    pub shape: Shape,
    /// Points where the column is empty; none leaves the company out.
    pub missing: Option<u32>,
    pub weight: i64,
}

impl Plan {
    pub fn new(criteria: &Criteria, context: &Context, top: usize) -> Result<Self, Error> {
        let criteria = criteria.clone().checked()?;
        let steps = criteria.criteria.iter().map(|criterion| {
            let missing = match criterion.missing {
                Missing::Points(points) => Some(points),
                Missing::LeaveOut => None,
            };
            let measure = criterion.measure;
            let shape = criterion.curve.shape(measure.by_beginning());
            Step {
                key: criterion.key.clone(),
                column: measure.from(),
                shape: match context.table(measure) {
                    Some(table) => through(table, &shape, missing),
                    None => shape,
                },
                missing,
                weight: i64::from(criterion.weight),
            }
        });
        let steps: Vec<Step> = steps.collect();
        let mut conditions = criteria.conditions.clone();
        for condition in &mut conditions {
            context.settle(condition);
        }
        // A place outside the table is as unknown as an empty column, and is left out in the same way.
        for criterion in criteria.criteria.iter().filter(|criterion| criterion.missing == Missing::LeaveOut) {
            if let Some(table) = context.table(criterion.measure) {
                let one_of = table.keys().cloned().collect();
                conditions.push(Condition::on_codes(criterion.measure.from(), one_of));
            }
        }
        let exclude = criteria.exclude.iter().cloned().collect();
        Ok(Self { top, steps, conditions, exclude, criteria, context: context.clone() })
    }

    /// The columns that points and conditions need, each once.
    pub fn columns(&self) -> BTreeSet<Measure> {
        self.steps
            .iter()
            .map(|step| step.column)
            .chain(self.conditions.iter().map(|condition| condition.measure))
            .collect()
    }

    /// The points of a company, criterion by criterion; none where it is not ranked.
    pub fn points(&self, company: &Company) -> Option<Vec<u32>> {
        let excluded = |id: &str| self.exclude.contains(id);
        if excluded(&company.id) || company.lei.as_deref().is_some_and(excluded) {
            return None;
        }
        if !self.conditions.iter().all(|condition| condition.holds(company)) {
            return None;
        }
        self.steps.iter().map(|step| step.points(company)).collect()
    }

    /// The sum of weight times points, which ranks.
    pub fn total(&self, points: &[u32]) -> i64 {
        self.steps.iter().zip(points).map(|(step, points)| step.weight * i64::from(*points)).sum()
    }

    /// The total of a company that has all points.
    pub fn full(&self) -> i64 {
        self.steps.iter().map(|step| step.weight * i64::from(FULL)).sum()
    }
}

impl Step {
    pub fn points(&self, company: &Company) -> Option<u32> {
        match self.shape {
            Shape::Codes { .. } => self.of_code(company.code(self.column)),
            Shape::Steps { .. } | Shape::Lines { .. } => self.of_number(company.number(self.column)),
        }
    }

    pub fn of_number(&self, value: Option<i64>) -> Option<u32> {
        value.map_or(self.missing, |x| Some(self.shape.of_number(x)))
    }

    pub fn of_code(&self, value: Option<&str>) -> Option<u32> {
        value.map_or(self.missing, |code| Some(self.shape.of_code(code)))
    }
}

impl Condition {
    /// One of some codes; with none to choose from, nothing meets it, since no code is the empty one.
    fn on_codes(column: Measure, mut codes: Vec<String>) -> Self {
        if codes.is_empty() {
            codes.push(String::new());
        }
        Self { one_of: codes, ..Self::on(column) }
    }

    fn holds(&self, company: &Company) -> bool {
        let Some(fact) = company.facts.get(&self.measure) else { return self.keep_missing };
        match &fact.value {
            Value::Number(number) => {
                !self.measure.is_code()
                    && self.at_least.is_none_or(|least| *number >= least)
                    && self.at_most.is_none_or(|most| *number <= most)
            }
            Value::Code(code) => {
                self.measure.is_code()
                    && (self.one_of.is_empty() || self.one_of.iter().any(|one| self.is(code, one)))
                    && !self.none_of.iter().any(|one| self.is(code, one))
            }
        }
    }

    /// Codes of industries count with all beneath them.
    fn is(&self, code: &str, asked: &str) -> bool {
        if self.measure.by_beginning() { code.starts_with(asked) } else { code == asked }
    }
}

impl Context {
    /// Reads the TOML that `to_toml` writes.
    pub fn from_toml(text: &str) -> Result<Self, Error> {
        toml::from_str(text).map_err(|source| Error::Toml(Box::new(source)))
    }

    pub fn to_toml(&self) -> String {
        // Every field has a form in TOML, so that only memory could fail here.
        toml::to_string(self).unwrap_or_default()
    }

    /// The first measure of the criteria that is worked out from a table which is empty here: nothing would be known of it.
    pub fn lacks(&self, criteria: &Criteria) -> Option<Measure> {
        criteria.measures().find(|measure| self.table(*measure).is_some_and(BTreeMap::is_empty))
    }

    pub fn table(&self, measure: Measure) -> Option<&BTreeMap<String, i64>> {
        match measure {
            Measure::ChainDistance => Some(&self.chain_distance),
            Measure::ChainGap => Some(&self.chain_gap),
            _ => None,
        }
    }

    /// What a measure that is worked out comes to for a company.
    pub fn number(&self, measure: Measure, company: &Company) -> Option<i64> {
        match self.table(measure) {
            Some(table) => table.get(company.code(measure.from())?).copied(),
            None => company.number(measure),
        }
    }

    /// A condition on what is worked out becomes one on the codes for which it holds.
    fn settle(&self, condition: &mut Condition) {
        let Some(table) = self.table(condition.measure) else { return };
        let holds = |number: i64| {
            condition.at_least.is_none_or(|least| number >= least)
                && condition.at_most.is_none_or(|most| number <= most)
        };
        let (good, bad): (Vec<_>, Vec<_>) = table.iter().partition(|(_, number)| holds(**number));
        let codes = |list: Vec<(&String, &i64)>| list.into_iter().map(|(code, _)| code.clone()).collect();
        let column = condition.measure.from();
        *condition = if condition.keep_missing {
            Condition { none_of: codes(bad), keep_missing: true, ..Condition::on(column) }
        } else {
            Condition::on_codes(column, codes(good))
        };
    }
}

/// The shape on codes that comes of a table to numbers and a shape on these.
fn through(table: &BTreeMap<String, i64>, shape: &Shape, missing: Option<u32>) -> Shape {
    let points = table.iter().map(|(code, number)| (code.clone(), shape.of_number(*number))).collect();
    Shape::Codes { points, otherwise: missing.unwrap_or(0), by_beginning: false }
}
