//! How records and companies stand in Parquet: plain columns that any tool can read.
//!
//! Each measure has three columns: its value, the day it stood at (`…_as_at`) and, for companies, the source (`…_source`).

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    Date32Builder, Int64Builder, ListBuilder, StringBuilder, StringDictionaryBuilder, UInt64Builder,
};
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use screening::{Measure, Value};

use crate::day::Day;
use crate::error::Error;

/// Rows of one group: what is read, kept or passed over at once.
pub const GROUP: usize = 64 * 1024;
/// Rows of one page, within a group.
const PAGE: usize = 8 * 1024;

/// A column that grows.
pub(crate) enum Growing {
    Text(StringBuilder),
    Word(StringDictionaryBuilder<Int32Type>),
    Texts(ListBuilder<StringBuilder>),
    Whole(Int64Builder),
    Id(UInt64Builder),
    Day(Date32Builder),
}

impl Growing {
    pub fn of(kind: &DataType) -> Self {
        match kind {
            DataType::Utf8 => Self::Text(StringBuilder::new()),
            DataType::Dictionary(..) => Self::Word(StringDictionaryBuilder::new()),
            DataType::List(_) => Self::Texts(ListBuilder::new(StringBuilder::new()).with_field(item())),
            DataType::Int64 => Self::Whole(Int64Builder::new()),
            DataType::UInt64 => Self::Id(UInt64Builder::new()),
            _ => Self::Day(Date32Builder::new()),
        }
    }

    /// What is empty is unknown.
    pub fn text(&mut self, text: &str) {
        let some = (!text.is_empty()).then_some(text);
        match self {
            Self::Text(column) => column.append_option(some),
            Self::Word(column) => column.append_option(some),
            _ => {}
        }
    }

    pub fn texts<'a>(&mut self, texts: impl Iterator<Item = &'a str>) {
        if let Self::Texts(column) = self {
            for text in texts {
                column.values().append_value(text);
            }
            column.append(true);
        }
    }

    pub fn id(&mut self, id: Option<u64>) {
        if let Self::Id(column) = self {
            column.append_option(id);
        }
    }

    pub fn day(&mut self, day: Option<Day>) {
        if let Self::Day(column) = self {
            column.append_option(day.map(|day| day.0));
        }
    }

    pub fn value(&mut self, value: Option<&Value>) {
        match (self, value) {
            (Self::Whole(column), Some(Value::Number(number))) => column.append_value(*number),
            (Self::Whole(column), _) => column.append_null(),
            (Self::Word(column), Some(Value::Code(code))) => column.append_value(code),
            (Self::Word(column), _) => column.append_null(),
            _ => {}
        }
    }

    pub fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Text(column) => Arc::new(column.finish()),
            Self::Word(column) => Arc::new(column.finish()),
            Self::Texts(column) => Arc::new(column.finish()),
            Self::Whole(column) => Arc::new(column.finish()),
            Self::Id(column) => Arc::new(column.finish()),
            Self::Day(column) => Arc::new(column.finish()),
        }
    }
}

fn item() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Utf8, true))
}

pub(crate) fn word() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

pub(crate) fn texts() -> DataType {
    DataType::List(item())
}

pub(crate) fn of_measure(measure: Measure) -> DataType {
    if measure.is_code() { word() } else { DataType::Int64 }
}

pub(crate) fn as_at_of(measure: Measure) -> String {
    format!("{}_as_at", measure.name())
}

pub(crate) fn source_of(measure: Measure) -> String {
    format!("{}_source", measure.name())
}

/// Writes a file that appears whole or not at all.
pub(crate) struct Writing {
    writer: ArrowWriter<File>,
    schema: SchemaRef,
    columns: Vec<Growing>,
    rows: usize,
    total: u64,
    part: std::path::PathBuf,
    place: std::path::PathBuf,
}

impl Writing {
    pub fn create(place: &Path, schema: &SchemaRef) -> Result<Self, Error> {
        let part = place.with_extension("part");
        let file = File::create(&part).map_err(Error::io(&part))?;
        let writer =
            ArrowWriter::try_new(file, schema.clone(), Some(properties(schema)?)).map_err(Error::parquet(&part))?;
        let columns = schema.fields().iter().map(|field| Growing::of(field.data_type())).collect();
        Ok(Self { writer, schema: schema.clone(), columns, rows: 0, total: 0, part, place: place.to_owned() })
    }

    /// One row: `fill` appends to each column once.
    pub fn row(&mut self, fill: impl FnOnce(&mut [Growing])) -> Result<(), Error> {
        fill(&mut self.columns);
        self.rows += 1;
        if self.rows == GROUP { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.rows == 0 {
            return Ok(());
        }
        let arrays: Vec<ArrayRef> = self.columns.iter_mut().map(Growing::finish).collect();
        debug_assert!(arrays.iter().all(|array| array.len() == self.rows));
        let batch = RecordBatch::try_new(self.schema.clone(), arrays).map_err(Error::arrow(&self.part))?;
        self.writer.write(&batch).map_err(Error::parquet(&self.part))?;
        self.writer.flush().map_err(Error::parquet(&self.part))?;
        self.total += self.rows as u64;
        self.rows = 0;
        Ok(())
    }

    /// Rows and bytes of the finished file.
    pub fn finish(mut self) -> Result<(u64, u64), Error> {
        self.flush()?;
        let file = self.writer.into_inner().map_err(Error::parquet(&self.part))?;
        file.sync_all().map_err(Error::io(&self.part))?;
        let bytes = file.metadata().map_err(Error::io(&self.part))?.len();
        std::fs::rename(&self.part, &self.place).map_err(Error::io(&self.place))?;
        Ok((self.total, bytes))
    }
}

fn properties(schema: &Schema) -> Result<WriterProperties, Error> {
    let place = Path::new("");
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1).map_err(Error::parquet(place))?);
    let mut properties = WriterProperties::builder()
        .set_compression(zstd)
        .set_max_row_group_row_count(Some(GROUP))
        .set_data_page_row_count_limit(PAGE)
        .set_write_batch_size(PAGE)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_created_by("oases".to_owned());
    // What screening reads is kept quick to unpack, with the bounds of each page.
    for measure in Measure::held() {
        let column = ColumnPath::from(measure.name());
        properties = properties
            .set_column_compression(column.clone(), Compression::SNAPPY)
            .set_column_statistics_enabled(column, EnabledStatistics::Page);
    }
    // Ids and keys are all different: a dictionary would only be thrown away.
    for name in ["id", "key", "lei", "number", "name", "address", "website", "telephone"] {
        if schema.column_with_name(name).is_some() {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
        }
    }
    Ok(properties.build())
}
