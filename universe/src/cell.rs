//! Cells of Arrow columns, whichever way a column is kept.

use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, Date32Array, DictionaryArray, Int64Array, ListArray, RecordBatch, StringArray, UInt64Array,
};

use crate::day::Day;

/// A column of texts, plain or by dictionary.
#[derive(Clone, Copy)]
pub(crate) enum Texts<'a> {
    Plain(&'a StringArray),
    Words(&'a DictionaryArray<Int32Type>, &'a StringArray),
    /// A column that isn't there.
    None,
}

impl<'a> Texts<'a> {
    pub fn of(array: &'a ArrayRef) -> Self {
        if let Some(plain) = array.as_any().downcast_ref() {
            return Self::Plain(plain);
        }
        if let Some(words) = array.as_any().downcast_ref::<DictionaryArray<Int32Type>>()
            && let Some(values) = words.values().as_any().downcast_ref()
        {
            return Self::Words(words, values);
        }
        Self::None
    }

    pub fn in_batch(batch: &'a RecordBatch, name: &str) -> Self {
        batch.column_by_name(name).map_or(Self::None, Self::of)
    }

    pub fn get(self, row: usize) -> Option<&'a str> {
        match self {
            Self::Plain(array) => (!array.is_null(row)).then(|| array.value(row)),
            Self::Words(array, values) => array.key(row).map(|key| values.value(key)),
            Self::None => None,
        }
    }

    pub fn text(self, row: usize) -> String {
        self.get(row).unwrap_or("").to_owned()
    }
}

pub(crate) fn number(batch: &RecordBatch, name: &str, row: usize) -> Option<i64> {
    let column: &Int64Array = batch.column_by_name(name)?.as_any().downcast_ref()?;
    (!column.is_null(row)).then(|| column.value(row))
}

pub(crate) fn id(batch: &RecordBatch, name: &str, row: usize) -> Option<u64> {
    let column: &UInt64Array = batch.column_by_name(name)?.as_any().downcast_ref()?;
    (!column.is_null(row)).then(|| column.value(row))
}

pub(crate) fn day(batch: &RecordBatch, name: &str, row: usize) -> Option<Day> {
    let column: &Date32Array = batch.column_by_name(name)?.as_any().downcast_ref()?;
    (!column.is_null(row)).then(|| Day(column.value(row)))
}

pub(crate) fn list(batch: &RecordBatch, name: &str, row: usize) -> Vec<String> {
    let Some(column) = batch.column_by_name(name) else { return Vec::new() };
    let Some(lists) = column.as_any().downcast_ref::<ListArray>() else { return Vec::new() };
    if lists.is_null(row) {
        return Vec::new();
    }
    let values = lists.value(row);
    let texts = Texts::of(&values);
    (0..values.len()).filter_map(|at| texts.get(at)).map(str::to_owned).collect()
}
