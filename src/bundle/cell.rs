//! One column of a table as plain values, whatever Arrow type an engine chose for it.

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, StringArray};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Date32Type};
use jiff::Span;
use jiff::civil::{Date, date};

use super::tables::TableError;

/// One value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Empty,
    Text(&'a str),
    Integer(i64),
    Number(f64),
    Truth(bool),
    Date(Date),
}

/// The values of a column.
pub(super) enum Column {
    Empty,
    Text(StringArray),
    Integer(Int64Array),
    Number(Float64Array),
    Truth(BooleanArray),
    Date(Vec<Option<Date>>),
}

impl Column {
    /// Reads a column; numbers that are not finite and types no table uses are errors.
    pub(super) fn read(name: &str, array: &ArrayRef) -> Result<Column, TableError> {
        let found = array.data_type();
        let to = |wanted| convert(name, array, wanted);
        Ok(match found {
            DataType::Null => Column::Empty,
            DataType::Boolean => Column::Truth(array.as_boolean().clone()),
            DataType::Date32 => Column::Date(dates(name, array)?),
            found if is_text(found) => Column::Text(to(DataType::Utf8)?.as_string().clone()),
            found if found.is_integer() => {
                Column::Integer(to(DataType::Int64)?.as_primitive().clone())
            }
            found if found.is_floating() => {
                let numbers = to(DataType::Float64)?;
                Column::Number(finite(name, numbers.as_primitive().clone())?)
            }
            found => {
                return Err(TableError::Type { column: name.to_owned(), found: found.clone() });
            }
        })
    }

    /// The value of one row.
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Column::Text(values) if values.is_valid(row) => Cell::Text(values.value(row)),
            Column::Integer(values) if values.is_valid(row) => Cell::Integer(values.value(row)),
            Column::Number(values) if values.is_valid(row) => Cell::Number(values.value(row)),
            Column::Truth(values) if values.is_valid(row) => Cell::Truth(values.value(row)),
            Column::Date(values) => values[row].map_or(Cell::Empty, Cell::Date),
            _ => Cell::Empty,
        }
    }
}

/// Whether a type is text in any encoding.
pub(super) fn is_text(found: &DataType) -> bool {
    match found {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

/// A value that does not fit is an error: a silent null would be another figure.
pub(super) fn convert(
    name: &str,
    array: &ArrayRef,
    wanted: DataType,
) -> Result<ArrayRef, TableError> {
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, &wanted, &strict).map_err(|error| TableError::Convert {
        column: name.to_owned(),
        wanted,
        message: error.to_string(),
    })
}

fn finite(name: &str, numbers: Float64Array) -> Result<Float64Array, TableError> {
    let odd = numbers.iter().position(|value| value.is_some_and(|value| !value.is_finite()));
    match odd {
        None => Ok(numbers),
        Some(row) => Err(TableError::NotFinite {
            column: name.to_owned(),
            row: row + 1,
            found: numbers.value(row),
        }),
    }
}

fn dates(name: &str, array: &ArrayRef) -> Result<Vec<Option<Date>>, TableError> {
    let days = array.as_primitive::<Date32Type>();
    let date_of = |day: Option<i32>| day.map(|day| calendar_date(name, day)).transpose();
    days.iter().map(date_of).collect()
}

fn calendar_date(name: &str, day: i32) -> Result<Date, TableError> {
    let since_epoch = Span::new().try_days(day);
    let found = since_epoch.and_then(|days| date(1970, 1, 1).checked_add(days));
    found.map_err(|_| TableError::Date { column: name.to_owned(), found: day })
}
