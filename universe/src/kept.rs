//! The records of one source as they are kept, and the companies they belong to.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use screening::{Measure, Value};

use crate::cell::{self, Texts};
use crate::error::Error;
use crate::record::{Record, Said};
use crate::table::{Growing, Writing, as_at_of, of_measure, texts, word};

/// A record and the company it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub record: Record,
    pub company: u64,
}

const TEXTS: [&str; 11] =
    ["key", "lei", "register", "number", "name", "region", "city", "address", "website", "telephone", "form"];

static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
    let mut fields: Vec<Field> = TEXTS
        .iter()
        .map(|name| {
            let kind = if matches!(*name, "register" | "form" | "region" | "city") { word() } else { DataType::Utf8 };
            Field::new(*name, kind, true)
        })
        .collect();
    fields.push(Field::new("company", DataType::UInt64, false));
    fields.push(Field::new("names", texts(), true));
    fields.push(Field::new("changed", DataType::Date32, true));
    for measure in Measure::held() {
        fields.push(Field::new(measure.name(), of_measure(measure), true));
        fields.push(Field::new(as_at_of(measure), DataType::Date32, true));
    }
    Arc::new(Schema::new(fields))
});

pub(crate) fn create(place: &Path) -> Result<Writing, Error> {
    Writing::create(place, &SCHEMA)
}

pub(crate) fn put(to: &mut Writing, kept: &Kept) -> Result<(), Error> {
    to.row(|columns| {
        let record = &kept.record;
        let mut columns = columns.iter_mut();
        let mut next = |fill: &dyn Fn(&mut Growing)| {
            if let Some(column) = columns.next() {
                fill(column);
            }
        };
        for text in record.texts() {
            next(&|column| column.text(text));
        }
        next(&|column| column.id(Some(kept.company)));
        next(&|column| column.texts(record.names.iter().map(String::as_str)));
        next(&|column| column.day(record.changed));
        for measure in Measure::held() {
            let fact = record.fact(measure);
            next(&|column| column.value(fact.map(|fact| &fact.value)));
            next(&|column| column.day(fact.map(|fact| fact.as_at)));
        }
    })
}

/// Opens a Parquet file for reading some of its columns, or all.
pub(crate) fn batches(
    path: &Path,
    columns: Option<&[&str]>,
) -> Result<parquet::arrow::arrow_reader::ParquetRecordBatchReader, Error> {
    let file = File::open(path).map_err(Error::io(path))?;
    let mut builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(Error::parquet(path))?;
    if let Some(columns) = columns {
        let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
        builder = builder.with_projection(mask);
    }
    builder.with_batch_size(8192).build().map_err(Error::parquet(path))
}

/// Every record of a file.
pub(crate) fn each(path: &Path, mut with: impl FnMut(Kept) -> Result<(), Error>) -> Result<(), Error> {
    for batch in batches(path, None)? {
        let batch = batch.map_err(Error::arrow(path))?;
        let strings = TEXTS.map(|name| Texts::in_batch(&batch, name));
        for row in 0..batch.num_rows() {
            let company = cell::id(&batch, "company", row)
                .ok_or_else(|| Error::broken(path, "has a record without a company: not a file of this program"))?;
            with(Kept { record: record(&batch, &strings, row), company })?;
        }
    }
    Ok(())
}

fn record(batch: &RecordBatch, strings: &[Texts<'_>; 11], row: usize) -> Record {
    let mut record = Record {
        names: cell::list(batch, "names", row),
        changed: cell::day(batch, "changed", row),
        ..Record::default()
    };
    for (field, column) in record.texts_mut().into_iter().zip(strings) {
        *field = column.text(row);
    }
    record.facts = Measure::held()
        .filter_map(|measure| {
            let value = if measure.is_code() {
                Value::Code(Texts::in_batch(batch, measure.name()).text(row))
            } else {
                Value::Number(cell::number(batch, measure.name(), row)?)
            };
            Some(Said { measure, value, as_at: cell::day(batch, &as_at_of(measure), row)? })
        })
        .collect();
    record.facts.sort_by_key(|fact| fact.measure);
    record
}
