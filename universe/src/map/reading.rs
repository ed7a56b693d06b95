//! A map laid on a header, and what it says of each row.

use screening::{Unit, Value};

use super::{FIRST_YEAR, FactMap, Field, From, Map, Problem, short};
use crate::day::Day;
use crate::record::{LONGEST, MOST_NAMES, Record};

/// A map laid on a header.
pub struct Reading<'a> {
    pub(super) map: &'a Map,
    pub(super) header: Vec<String>,
    pub(super) fields: Vec<(Field, Vec<usize>)>,
    pub(super) facts: Vec<(&'a FactMap, Option<usize>, Option<usize>)>,
}

impl Reading<'_> {
    /// The key of a row that can't be used, as far as it has one.
    pub fn key(&self, cells: &[String]) -> String {
        let places = self.fields.iter().find(|(field, _)| *field == Field::Key).map_or(&[][..], |(_, places)| places);
        let texts = places.iter().filter_map(|at| cells.get(*at)).map(|text| text.trim());
        texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// What a row says, and what is wrong with it. A row without a key or name, or with a text past bounds, says nothing; a fact
    /// that can't be read is left out and told.
    ///
    /// `today` is the last day that anything can be said of: what were of a later one would stand against all that follows.
    pub fn row(&self, cells: &[String], as_at: Day, today: Day) -> (Option<Record>, Vec<Problem>) {
        let mut problems = Vec::new();
        let mut record = Record::default();
        let mut usable = true;
        let cell = |at: usize| {
            let text = cells.get(at).map_or("", |c| c.trim());
            if self.map.nothing.iter().any(|nothing| nothing == text) { "" } else { text }
        };
        let column = |at: usize| self.header.get(at).cloned().unwrap_or_default();
        for (field, places) in &self.fields {
            let first = places[0];
            if let Some(at) = places.iter().find(|at| cell(**at).len() > LONGEST) {
                problems.push(Problem { column: column(*at), why: format!("is longer than {LONGEST} bytes") });
                usable = false;
                continue;
            }
            let joined =
                |with: &str| places.iter().map(|at| cell(*at)).filter(|t| !t.is_empty()).collect::<Vec<_>>().join(with);
            let one = || cell(first).to_owned();
            match field {
                Field::Key => record.key = joined(" "),
                Field::Name => record.name = one(),
                Field::Names => {
                    record.names =
                        places.iter().map(|at| cell(*at)).filter(|t| !t.is_empty()).map(str::to_owned).collect();
                    record.names.truncate(MOST_NAMES);
                }
                Field::Lei => {
                    let lei = cell(first).to_ascii_uppercase();
                    if lei.is_empty() || matching::is_lei(&lei) {
                        record.lei = lei;
                    } else {
                        let why = format!("“{}” is no LEI: its check digits are wrong", short(&lei));
                        problems.push(Problem { column: column(first), why });
                    }
                }
                Field::Number => {
                    record.number = one();
                    record.register.clone_from(&self.map.register);
                }
                Field::Region => record.region = one(),
                Field::City => record.city = one(),
                Field::Address => record.address = joined(", "),
                Field::Website => record.website = one(),
                Field::Telephone => record.telephone = one(),
                Field::Form => record.form = one(),
                Field::Changed => match (cell(first), self.map.days.read(cell(first))) {
                    ("", _) => {}
                    (_, Some(day)) if day <= today => record.changed = Some(day),
                    (text, Some(_)) => problems
                        .push(Problem {
                            column: column(first), why: format!("“{}” is a day to come", short(text))
                        }),
                    (text, None) => problems
                        .push(Problem { column: column(first), why: format!("“{}” is no day", short(text)) }),
                },
            }
        }
        for (needed, field) in [(&record.key, Field::Key), (&record.name, Field::Name)] {
            if needed.is_empty() || needed.len() > LONGEST {
                let at = self.fields.iter().find(|(f, _)| *f == field).map_or(0, |(_, places)| places[0]);
                problems.push(Problem { column: column(at), why: "is empty or too long".to_owned() });
                usable = false;
            }
        }
        for (fact, at, day_at) in &self.facts {
            let text = match (&fact.from, at) {
                (From::Value(value), _) => value.as_str(),
                (From::Column(_), Some(at)) => cell(*at),
                (From::Column(_), None) => "",
            };
            if text.is_empty() {
                continue;
            }
            let named = |at: &Option<usize>| at.map(column).unwrap_or_default();
            let day = match day_at.map(cell) {
                None | Some("") => as_at,
                Some(text) => match fact.days.read(text) {
                    Some(day) if day <= today => day,
                    read => {
                        let what = if read.is_some() { "is a day to come" } else { "is no day" };
                        problems.push(Problem { column: named(day_at), why: format!("“{}” {what}", short(text)) });
                        continue;
                    }
                },
            };
            let plain = matches!(fact.from, From::Value(_));
            match fact.value(text, self.map.decimal, self.map.group, plain) {
                Ok(Value::Number(year)) if fact.measure.unit() == Unit::Year && year > i64::from(day.year()) => {
                    let why = format!("“{}” lies after the day it is said of", short(text));
                    problems.push(Problem { column: named(at), why });
                }
                Ok(Value::Number(year)) if fact.measure.unit() == Unit::Year && year < FIRST_YEAR => {
                    let why = format!("“{}” lies before {FIRST_YEAR}", short(text));
                    problems.push(Problem { column: named(at), why });
                }
                Ok(value) => record.put(fact.measure, value, day),
                Err(why) => problems.push(Problem { column: named(at), why }),
            }
        }
        (usable.then_some(record), problems)
    }
}
