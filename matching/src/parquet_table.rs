//! Records out of Parquet files: only the columns that are wanted, column by column, a batch of rows at a time.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{ConvertedType, Encoding, LogicalType, Type};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{
    BoolType, ByteArray, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::{ColumnPath, Type as Schema};

use crate::elsewhere::GROUP;
use crate::error::Error;
use crate::record::Record;
use crate::table::{BATCH, record};

pub(crate) fn read_records(
    path: &Path,
    places: impl FnOnce(&[String]) -> Result<[Option<usize>; 11], Error>,
    mut with: impl FnMut(&[Record<'_>], u64) -> Result<(), Error>,
) -> Result<(), Error> {
    let bad = |source: ParquetError| Error::Parquet { path: path.to_owned(), source };
    let file = File::open(path).map_err(Error::io(path))?;
    let size = file.metadata().map_err(Error::io(path))?.len();
    let reader = SerializedFileReader::new(file).map_err(bad)?;
    let meta = reader.metadata();
    let total = u64::try_from(meta.file_metadata().num_rows()).unwrap_or(0).max(1);
    let fields = meta.file_metadata().schema_descr().root_schema().get_fields().to_vec();
    let header: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let places = places(&header)?;
    let mut wanted = Vec::new();
    for at in 0..header.len() {
        if places.contains(&Some(at)) {
            let no = || Error::ParquetColumn { path: path.to_owned(), column: header[at].clone() };
            let leaf = leaves(&fields[..at]);
            wanted.push((at, leaf, form(&fields[at]).ok_or_else(no)?));
        }
    }
    let mut done = 0u64;
    for group in 0..meta.num_row_groups() {
        let group = reader.get_row_group(group).map_err(bad)?;
        let mut columns: Vec<Option<Column>> = header.iter().map(|_| None).collect();
        for (at, leaf, form) in &wanted {
            columns[*at] = Some(Column::open(group.get_column_reader(*leaf).map_err(bad)?, *form));
        }
        let mut left = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        while left > 0 {
            let count = left.min(BATCH);
            for (at, column) in columns.iter_mut().enumerate() {
                let Some(column) = column else { continue };
                if column.read(count).map_err(bad)? != count {
                    return Err(bad(ParquetError::General(format!("column “{}” ends too soon", header[at]))));
                }
                if let Some(row) = column.broken() {
                    let row = done + row as u64 + 1;
                    return Err(Error::ParquetText { path: path.to_owned(), row, column: header[at].clone() });
                }
            }
            let records: Vec<Record<'_>> = (0..count)
                .map(|row| record(|at| columns.get(at)?.as_ref().and_then(|column| column.get(row)), &places))
                .collect();
            left -= count;
            done += count as u64;
            with(&records, (u128::from(size) * u128::from(done) / u128::from(total)) as u64)?;
        }
    }
    Ok(())
}

/// Columns of values that fields are made of, nested ones included.
fn leaves(fields: &[Arc<Schema>]) -> usize {
    fields.iter().map(|field| if field.is_primitive() { 1 } else { leaves(field.get_fields()) }).sum()
}

/// How a value becomes text.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Signed,
    Unsigned,
}

/// Text and numbers that stand alone in their row; no days, decimals or lists.
fn form(field: &Schema) -> Option<Form> {
    let info = field.get_basic_info();
    if !field.is_primitive() || (info.has_repetition() && info.repetition() == parquet::basic::Repetition::REPEATED) {
        return None;
    }
    let logical = info.logical_type_ref();
    match field.get_physical_type() {
        Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY => match (logical, info.converted_type()) {
            (None, ConvertedType::NONE | ConvertedType::UTF8 | ConvertedType::ENUM) => Some(Form::Text),
            (Some(LogicalType::String | LogicalType::Enum), _) => Some(Form::Text),
            _ => None,
        },
        Type::INT32 | Type::INT64 => match (logical, info.converted_type()) {
            (Some(LogicalType::Integer(whole)), _) => Some(if whole.is_signed { Form::Signed } else { Form::Unsigned }),
            (
                None,
                ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64,
            ) => Some(Form::Unsigned),
            (
                None,
                ConvertedType::NONE
                | ConvertedType::INT_8
                | ConvertedType::INT_16
                | ConvertedType::INT_32
                | ConvertedType::INT_64,
            ) => Some(Form::Signed),
            _ => None,
        },
        Type::BOOLEAN | Type::FLOAT | Type::DOUBLE => logical.is_none().then_some(Form::Signed),
        Type::INT96 => None,
    }
}

/// Where the row has no value.
const NONE: u32 = u32::MAX;

/// A column of a group of rows, and the batch of it that is at hand.
struct Column {
    reader: ColumnReader,
    form: Form,
    /// For each row, which of the values is its own.
    own: Vec<u32>,
    bytes: Vec<ByteArray>,
    texts: Vec<String>,
}

impl Column {
    fn open(reader: ColumnReader, form: Form) -> Self {
        Self { reader, form, own: Vec::new(), bytes: Vec::new(), texts: Vec::new() }
    }

    /// Reads the next rows; says how many there were.
    fn read(&mut self, count: usize) -> Result<usize, ParquetError> {
        let (own, texts, form) = (&mut self.own, &mut self.texts, self.form);
        match &mut self.reader {
            ColumnReader::ByteArrayColumnReader(reader) => batch(reader, count, own, &mut self.bytes),
            ColumnReader::FixedLenByteArrayColumnReader(reader) => {
                let mut values: Vec<<FixedLenByteArrayType as DataType>::T> = Vec::new();
                let read = batch(reader, count, own, &mut values)?;
                self.bytes.clear();
                self.bytes.extend(values.into_iter().map(ByteArray::from));
                Ok(read)
            }
            ColumnReader::Int32ColumnReader(reader) => {
                as_text::<Int32Type>(reader, count, own, texts, |n| match form {
                    Form::Unsigned => n.cast_unsigned().to_string(),
                    _ => n.to_string(),
                })
            }
            ColumnReader::Int64ColumnReader(reader) => {
                as_text::<Int64Type>(reader, count, own, texts, |n| match form {
                    Form::Unsigned => n.cast_unsigned().to_string(),
                    _ => n.to_string(),
                })
            }
            // Where a year is missing somewhere, many programs write the others as 1998.0; that reads as 1998.
            ColumnReader::FloatColumnReader(reader) => as_text::<FloatType>(reader, count, own, texts, f32::to_string),
            ColumnReader::DoubleColumnReader(reader) => {
                as_text::<DoubleType>(reader, count, own, texts, f64::to_string)
            }
            ColumnReader::BoolColumnReader(reader) => as_text::<BoolType>(reader, count, own, texts, bool::to_string),
            ColumnReader::Int96ColumnReader(_) => Ok(0),
        }
    }

    /// The first row of the batch whose bytes are no UTF-8.
    fn broken(&self) -> Option<usize> {
        let at = self.bytes.iter().position(|bytes| std::str::from_utf8(bytes.data()).is_err())?;
        self.own.iter().position(|own| *own as usize == at)
    }

    fn get(&self, row: usize) -> Option<&str> {
        let own = *self.own.get(row)?;
        if own == NONE {
            return None;
        }
        match self.bytes.get(own as usize) {
            Some(bytes) => std::str::from_utf8(bytes.data()).ok(),
            None => self.texts.get(own as usize).map(String::as_str),
        }
    }
}

fn batch<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    count: usize,
    own: &mut Vec<u32>,
    values: &mut Vec<T::T>,
) -> Result<usize, ParquetError> {
    own.clear();
    values.clear();
    let mut levels: Vec<i16> = Vec::new();
    let (read, held, _) = reader.read_records(count, Some(&mut levels), None, values)?;
    let mut next = 0..held as u32;
    match levels.len() {
        // Where a value must be, no levels are written.
        0 => own.extend(next.take(read)),
        _ => own.extend(levels.iter().map(|level| if *level == 0 { NONE } else { next.next().unwrap_or(NONE) })),
    }
    Ok(read)
}

fn as_text<T: DataType>(
    reader: &mut ColumnReaderImpl<T>,
    count: usize,
    own: &mut Vec<u32>,
    texts: &mut Vec<String>,
    text: impl Fn(&T::T) -> String,
) -> Result<usize, ParquetError> {
    let mut values = Vec::new();
    let read = batch(reader, count, own, &mut values)?;
    texts.clear();
    texts.extend(values.iter().map(text));
    Ok(read)
}

/// Pairs as other processes read them, in groups.
pub(crate) fn write_pairs(place: &Path, pairs: &[u64]) -> Result<(), Error> {
    let bad = |source| Error::Parquet { path: place.to_owned(), source };
    let schema = Arc::new(parse_message_type("message pairs { REQUIRED INT64 pair (UINT_64); }").map_err(bad)?);
    // They are in order, so that the differences are small.
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_column_encoding(ColumnPath::from("pair"), Encoding::DELTA_BINARY_PACKED)
        .build();
    let file = File::create(place).map_err(Error::io(place))?;
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(bad)?;
    for group in pairs.chunks(GROUP) {
        let values: Vec<i64> = group.iter().map(|pair| pair.cast_signed()).collect();
        let mut rows = writer.next_row_group().map_err(bad)?;
        if let Some(mut column) = rows.next_column().map_err(bad)? {
            column.typed::<Int64Type>().write_batch(&values, None, None).map_err(bad)?;
            column.close().map_err(bad)?;
        }
        rows.close().map_err(bad)?;
    }
    writer.close().map_err(bad)?;
    Ok(())
}

pub(crate) fn read_pairs(place: &Path, groups: std::ops::Range<usize>) -> Result<Vec<u64>, Error> {
    let bad = |source| Error::Parquet { path: place.to_owned(), source };
    let reader = SerializedFileReader::new(File::open(place).map_err(Error::io(place))?).map_err(bad)?;
    let mut pairs = Vec::new();
    for group in groups {
        let group = reader.get_row_group(group).map_err(bad)?;
        let count = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
        if let ColumnReader::Int64ColumnReader(mut column) = group.get_column_reader(0).map_err(bad)? {
            let mut values = Vec::with_capacity(count.min(GROUP));
            column.read_records(count, None, None, &mut values).map_err(bad)?;
            pairs.extend(values.into_iter().map(i64::cast_unsigned));
        }
    }
    Ok(pairs)
}
