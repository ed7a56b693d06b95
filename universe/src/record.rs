//! What one source says of one company, and how it is spooled.

use screening::{Measure, Value};

use crate::day::Day;

/// A figure or code with the day it stood at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub measure: Measure,
    pub value: Value,
    pub as_at: Day,
}

/// What a source says of a company. What is empty is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The source's own key.
    pub key: String,
    pub lei: String,
    /// Which register the number is of: a code of GLEIF's list of registration authorities, or a word of the office's own.
    pub register: String,
    pub number: String,
    pub name: String,
    /// Further names: other scripts, trading names, earlier names.
    pub names: Vec<String>,
    pub region: String,
    pub city: String,
    pub address: String,
    pub website: String,
    pub telephone: String,
    /// Legal form by ISO 20275, or in the source's words.
    pub form: String,
    /// When the source last changed what it says.
    pub changed: Option<Day>,
    /// In the order of measures, one of each at most.
    pub facts: Vec<Said>,
}

/// Longest text of one field that is kept, in bytes; what is longer is refused with the row.
pub const LONGEST: usize = 4_000;
/// Most further names of one company.
pub const MOST_NAMES: usize = 20;

const TEXTS: usize = 11;

impl Record {
    /// The fields that are single texts, in the order they are kept.
    pub(crate) fn texts(&self) -> [&String; TEXTS] {
        [
            &self.key,
            &self.lei,
            &self.register,
            &self.number,
            &self.name,
            &self.region,
            &self.city,
            &self.address,
            &self.website,
            &self.telephone,
            &self.form,
        ]
    }

    pub(crate) fn texts_mut(&mut self) -> [&mut String; TEXTS] {
        [
            &mut self.key,
            &mut self.lei,
            &mut self.register,
            &mut self.number,
            &mut self.name,
            &mut self.region,
            &mut self.city,
            &mut self.address,
            &mut self.website,
            &mut self.telephone,
            &mut self.form,
        ]
    }

    pub fn fact(&self, measure: Measure) -> Option<&Said> {
        self.facts.binary_search_by_key(&measure, |fact| fact.measure).ok().map(|at| &self.facts[at])
    }

    pub fn code(&self, measure: Measure) -> &str {
        match self.fact(measure).map(|fact| &fact.value) {
            Some(Value::Code(code)) => code,
            _ => "",
        }
    }

    /// Puts a fact in its place, over an earlier one of the same measure.
    pub fn put(&mut self, measure: Measure, value: Value, as_at: Day) {
        let said = Said { measure, value, as_at };
        match self.facts.binary_search_by_key(&measure, |f| f.measure) {
            Ok(at) => self.facts[at] = said,
            Err(at) => self.facts.insert(at, said),
        }
    }

    /// No longer there: dissolved, merged, struck off, or left out of the source's newest whole file.
    pub fn ended(&self) -> bool {
        self.code(Measure::Status) == "ended"
    }

    /// Appends the record to a spool.
    pub(crate) fn spool(&self, to: &mut Vec<u8>) {
        for text in self.texts() {
            put_text(to, text);
        }
        put_number(to, self.names.len() as u64);
        for name in &self.names {
            put_text(to, name);
        }
        put_day(to, self.changed);
        put_number(to, self.facts.len() as u64);
        for fact in &self.facts {
            to.push(fact.measure as u8);
            put_day(to, Some(fact.as_at));
            match &fact.value {
                Value::Number(number) => put_signed(to, *number),
                Value::Code(code) => put_text(to, code),
            }
        }
    }

    /// Takes a record off a spool; nothing if the bytes are no record.
    pub(crate) fn unspool(from: &mut &[u8]) -> Option<Self> {
        let mut record = Self::default();
        for text in record.texts_mut() {
            *text = take_text(from)?;
        }
        let names = take_number(from)?;
        for _ in 0..names {
            record.names.push(take_text(from)?);
        }
        record.changed = take_day(from)?;
        let facts = take_number(from)?;
        for _ in 0..facts {
            let measure = *Measure::ALL.get(usize::from(take_byte(from)?))?;
            let as_at = take_day(from)??;
            let value =
                if measure.is_code() { Value::Code(take_text(from)?) } else { Value::Number(take_signed(from)?) };
            record.facts.push(Said { measure, value, as_at });
        }
        Some(record)
    }
}

pub(crate) fn put_number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn put_signed(to: &mut Vec<u8>, number: i64) {
    put_number(to, (number << 1 ^ number >> 63) as u64);
}

fn put_text(to: &mut Vec<u8>, text: &str) {
    put_number(to, text.len() as u64);
    to.extend(text.as_bytes());
}

fn put_day(to: &mut Vec<u8>, day: Option<Day>) {
    put_number(to, day.map_or(0, |day| (i64::from(day.0) + (1 << 32)) as u64));
}

fn take_byte(from: &mut &[u8]) -> Option<u8> {
    let (first, rest) = from.split_first()?;
    *from = rest;
    Some(*first)
}

pub(crate) fn take_number(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0u64;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(from)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn take_signed(from: &mut &[u8]) -> Option<i64> {
    let number = take_number(from)?;
    Some((number >> 1) as i64 ^ -((number & 1) as i64))
}

fn take_text(from: &mut &[u8]) -> Option<String> {
    let length = usize::try_from(take_number(from)?).ok()?;
    let (text, rest) = from.split_at_checked(length)?;
    *from = rest;
    String::from_utf8(text.to_vec()).ok()
}

fn take_day(from: &mut &[u8]) -> Option<Option<Day>> {
    let number = take_number(from)?;
    if number == 0 {
        return Some(None);
    }
    i32::try_from(i64::try_from(number).ok()? - (1 << 32)).ok().map(|day| Some(Day(day)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn measures_are_numbered_as_they_are_listed() {
        assert!(Measure::ALL.iter().enumerate().all(|(at, measure)| *measure as usize == at));
    }

    proptest! {
        #[test]
        fn a_spooled_record_comes_back_as_it_was(
            texts in proptest::collection::vec(".{0,20}", TEXTS..TEXTS + 1),
            names in proptest::collection::vec(".{1,9}", 0..4),
            changed in proptest::option::of(any::<i32>()),
            whole in any::<i64>(),
            code in ".{0,12}",
        ) {
            let mut record = Record { names, changed: changed.map(Day), ..Record::default() };
            for (field, text) in record.texts_mut().into_iter().zip(texts) {
                *field = text;
            }
            for (at, measure) in Measure::held().enumerate() {
                let value = if measure.is_code() { Value::Code(code.clone()) } else { Value::Number(whole) };
                record.put(measure, value, Day(at as i32));
            }
            let mut bytes = Vec::new();
            record.spool(&mut bytes);
            let mut from = &bytes[..];
            prop_assert_eq!(Record::unspool(&mut from), Some(record));
            prop_assert!(from.is_empty());
            for cut in 0..bytes.len() {
                prop_assert_eq!(Record::unspool(&mut &bytes[..cut]), None);
            }
        }
    }
}
