//! Typed columns of a table, whatever Arrow types its engine chose.

use std::collections::BTreeMap;

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray,
};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use jiff::civil::Date;

use super::FigureError;
use crate::disclosure::SUPPRESSED;
use crate::import::functions::civil;

/// A table under its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table<'a> {
    name: &'a str,
    batch: &'a RecordBatch,
}

impl<'a> Table<'a> {
    /// The table of a name, if a month has it.
    pub fn find(tables: &'a BTreeMap<String, RecordBatch>, name: &'a str) -> Option<Self> {
        tables.get(name).map(|batch| Table { name, batch })
    }

    /// The rows of a family.
    pub fn rows(&self, family: &str) -> Result<Vec<usize>, FigureError> {
        let types = self.text("family")?;
        let all = 0..self.batch.num_rows();
        Ok(all.filter(|row| text(&types, *row) == family).collect())
    }

    /// Which rows have their numbers suppressed.
    pub fn suppressed(&self) -> Vec<bool> {
        let why = self.batch.column_by_name(SUPPRESSED);
        (0..self.batch.num_rows()).map(|row| why.is_some_and(|why| why.is_valid(row))).collect()
    }

    pub fn text(&self, column: &str) -> Result<StringArray, FigureError> {
        Ok(self.column(column, DataType::Utf8)?.as_string().clone())
    }

    pub fn counts(&self, column: &str) -> Result<Int64Array, FigureError> {
        Ok(self.column(column, DataType::Int64)?.as_primitive().clone())
    }

    pub fn numbers(&self, column: &str) -> Result<Float64Array, FigureError> {
        let numbers = self.column(column, DataType::Float64)?;
        Ok(numbers.as_primitive().clone())
    }

    /// Days since 1970.
    pub fn days(&self, column: &str) -> Result<Date32Array, FigureError> {
        let days = self.column(column, DataType::Date32)?;
        Ok(days.as_primitive().clone())
    }

    fn column(&self, column: &str, expected: DataType) -> Result<ArrayRef, FigureError> {
        let Some(array) = self.batch.column_by_name(column) else {
            let schema = self.batch.schema();
            let names: Vec<_> = schema.fields().iter().map(|f| f.name().as_str()).collect();
            return Err(FigureError::NoColumn {
                table: self.name.to_owned(),
                column: column.to_owned(),
                found: names.join(", "),
            });
        };
        cast(array, &expected).map_err(|_| FigureError::ColumnType {
            table: self.name.to_owned(),
            column: column.to_owned(),
            found: array.data_type().clone(),
            expected,
        })
    }
}

/// The text of a row; empty when null.
pub(super) fn text(column: &StringArray, row: usize) -> &str {
    if column.is_valid(row) { column.value(row) } else { "" }
}

/// The count of a row; 0 when null.
pub(super) fn count(column: &Int64Array, row: usize) -> i64 {
    if column.is_valid(row) { column.value(row) } else { 0 }
}

/// The day of a row, if there is one.
pub(super) fn day(column: &Date32Array, row: usize) -> Option<Date> {
    let days = column.is_valid(row).then(|| column.value(row))?;
    civil(days)
}

/// The number of a row that is there and finite.
pub(super) fn number(column: &Float64Array, row: usize) -> Option<f64> {
    let value = column.is_valid(row).then(|| column.value(row));
    value.filter(|value| value.is_finite())
}
