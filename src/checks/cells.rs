//! Columns of a small result as plain values.

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type};
use jiff::civil::Date;

use crate::engine::EngineFault;
use crate::error::Result;
use crate::import::functions::civil;

/// A result with the name of its query, for messages.
pub struct Cells<'a> {
    pub query: &'a str,
    pub batch: &'a RecordBatch,
}

impl Cells<'_> {
    /// Whether there is such a column.
    pub fn has(&self, name: &str) -> bool {
        self.batch.column_by_name(name).is_some()
    }

    /// A column of text.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<String>>> {
        let column = self.column(name, &DataType::Utf8)?;
        Ok(column.as_string::<i32>().iter().map(|text| text.map(str::to_owned)).collect())
    }

    /// A column of numbers.
    pub fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>> {
        let column = self.column(name, &DataType::Float64)?;
        Ok(column.as_primitive::<Float64Type>().iter().collect())
    }

    /// A column of counts; nothing counts as 0.
    pub fn counts(&self, name: &str) -> Result<Vec<u64>> {
        let column = self.column(name, &DataType::Int64)?;
        let counts = column.as_primitive::<Int64Type>().iter();
        Ok(counts.map(|count| count.and_then(|n| u64::try_from(n).ok()).unwrap_or(0)).collect())
    }

    /// A column of days.
    pub fn days(&self, name: &str) -> Result<Vec<Option<Date>>> {
        let column = self.column(name, &DataType::Date32)?;
        let days = column.as_primitive::<Date32Type>().iter();
        Ok(days.map(|day| day.and_then(civil)).collect())
    }

    fn column(&self, name: &str, data_type: &DataType) -> Result<ArrayRef> {
        let fault = |message| EngineFault::Query { query: self.query.to_owned(), message };
        let missing = || fault(format!("expected a column `{name}`"));
        let column = self.batch.column_by_name(name).ok_or_else(missing)?;
        Ok(cast(column, data_type).map_err(|e| fault(format!("column `{name}`: {e}")))?)
    }
}
