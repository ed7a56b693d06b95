//! Companies as they stand in the table that is screened: put together from all sources' records, and read again.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use screening::{Company, Fact, Measure, Name, Value};

use crate::catalogue::Source;
use crate::cell::{self, Texts};
use crate::error::Error;
use crate::id;
use crate::record::{MOST_NAMES, Record};
use crate::table::{Growing, Writing, as_at_of, of_measure, source_of, texts, word};

/// A company about to be written.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub id: u64,
    pub record: Record,
    /// For each fact of the record, the source that is believed.
    pub believed: Vec<u32>,
    pub parent: Option<u64>,
    /// Source and key of each record, with a space between.
    pub records: Vec<String>,
}

const TEXTS: [&str; 10] =
    ["lei", "register", "number", "name", "region", "city", "address", "website", "telephone", "form"];

pub(crate) static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let mut fields = vec![Field::new("id", DataType::UInt64, false)];
    for name in TEXTS {
        let kind = if matches!(name, "register" | "form" | "region" | "city") { word() } else { DataType::Utf8 };
        fields.push(Field::new(name, kind, true));
    }
    fields.push(Field::new("names", texts(), true));
    fields.push(Field::new("parent", DataType::UInt64, true));
    fields.push(Field::new("records", texts(), true));
    for measure in Measure::held() {
        fields.push(Field::new(measure.name(), of_measure(measure), true));
        fields.push(Field::new(as_at_of(measure), DataType::Date32, true));
        fields.push(Field::new(source_of(measure), word(), true));
    }
    Arc::new(Schema::new(fields))
});

/// Puts together what all records of one company say. Of each fact the newest is believed; of one day, that of the source with the
/// lower rank, then of the name that comes first. Names and addresses are taken from the source with the lowest rank that has them.
pub(crate) fn merged(id: u64, mut of: Vec<(usize, Record)>, sources: &[Source], parent: Option<u64>) -> Row {
    let order = |at: usize| (sources[at].rank, sources[at].name.as_str());
    // Records that still stand come before ended ones.
    of.sort_by(|one, other| {
        (one.1.ended(), order(one.0), &one.1.key).cmp(&(other.1.ended(), order(other.0), &other.1.key))
    });
    let mut record = Record::default();
    let mut best: BTreeMap<Measure, (i32, usize)> = BTreeMap::new();
    for (at, from) in &of {
        let number = (record.number.is_empty(), !from.number.is_empty());
        for (place, (mine, theirs)) in record.texts_mut().into_iter().zip(from.texts()).enumerate() {
            // Register and number go together.
            let pair = matches!(place, 2 | 3);
            if mine.is_empty() && (!pair || number == (true, true)) {
                mine.clone_from(theirs);
            }
        }
        for name in std::iter::once(&from.name).chain(&from.names) {
            if record.names.len() < MOST_NAMES && *name != record.name && !record.names.contains(name) {
                record.names.push(name.clone());
            }
        }
        for fact in &from.facts {
            let newer = best.get(&fact.measure).is_none_or(|(day, _)| fact.as_at.0 > *day);
            if newer {
                best.insert(fact.measure, (fact.as_at.0, *at));
                record.put(fact.measure, fact.value.clone(), fact.as_at);
            }
        }
    }
    let believed = record.facts.iter().map(|fact| best.get(&fact.measure).map_or(0, |(_, at)| *at as u32)).collect();
    let records = of.iter().map(|(at, from)| format!("{} {}", sources[*at].name, from.key)).collect();
    Row { id, record, believed, parent: parent.filter(|parent| *parent != id), records }
}

pub(crate) fn put(to: &mut Writing, row: &Row, sources: &[Source]) -> Result<(), Error> {
    to.row(|columns| {
        let mut columns = columns.iter_mut();
        let mut next = |fill: &dyn Fn(&mut Growing)| {
            if let Some(column) = columns.next() {
                fill(column);
            }
        };
        next(&|column| column.id(Some(row.id)));
        // The key is the source's own and no company's.
        for text in &row.record.texts()[1..] {
            next(&|column| column.text(text));
        }
        next(&|column| column.texts(row.record.names.iter().map(String::as_str)));
        next(&|column| column.id(row.parent));
        next(&|column| column.texts(row.records.iter().map(String::as_str)));
        for measure in Measure::held() {
            let at = row.record.facts.binary_search_by_key(&measure, |fact| fact.measure).ok();
            let fact = at.map(|at| &row.record.facts[at]);
            next(&|column| column.value(fact.map(|fact| &fact.value)));
            next(&|column| column.day(fact.map(|fact| fact.as_at)));
            let source = at.and_then(|at| sources.get(row.believed[at] as usize)).map_or("", |s| s.name.as_str());
            next(&|column| column.text(source));
        }
    })
}

/// Writes companies in the order in which conditions pass over whole groups of them.
pub(crate) fn write(place: &Path, mut rows: Vec<Row>, sources: &[Source]) -> Result<(u64, u64), Error> {
    // The keys are made once and the rows, which are large, moved once.
    rows.sort_by_cached_key(|row| {
        let code = |measure| row.record.code(measure).to_owned();
        (row.record.ended(), code(Measure::Country), code(Measure::Industry), row.id)
    });
    let mut to = Writing::create(place, &SCHEMA)?;
    for row in &rows {
        put(&mut to, row, sources)?;
    }
    to.finish()
}

/// A company as rooms know it.
pub(crate) fn read(batch: &RecordBatch, row: usize) -> Company {
    let text = |name: &str| Texts::in_batch(batch, name).get(row).map(str::to_owned);
    let facts = Measure::held()
        .filter_map(|measure| {
            let value = if measure.is_code() {
                Value::Code(Texts::in_batch(batch, measure.name()).get(row)?.to_owned())
            } else {
                Value::Number(cell::number(batch, measure.name(), row)?)
            };
            let as_at = cell::day(batch, &as_at_of(measure), row)?.date();
            let source = text(&source_of(measure)).unwrap_or_default();
            Some((measure, Fact { value, as_at, source }))
        })
        .collect();
    let place: Vec<String> = ["address", "city", "region"].into_iter().filter_map(text).collect();
    Company {
        id: cell::id(batch, "id", row).map(id::written).unwrap_or_default(),
        lei: text("lei"),
        registration_number: text("number"),
        register: text("register"),
        name: text("name").unwrap_or_default(),
        other_names: cell::list(batch, "names", row).into_iter().map(|text| Name { text, language: None }).collect(),
        website: text("website"),
        address: (!place.is_empty()).then(|| place.join(", ")),
        telephone: text("telephone"),
        parent: cell::id(batch, "parent", row).map(id::written),
        facts,
    }
}
