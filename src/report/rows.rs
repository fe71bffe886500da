//! Arrow tables as rows of plain values, for templates and for the tables they print.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Int64Type};
use serde_json::{Map, Value};

use super::error::ReportError;
use crate::disclosure::SUPPRESSED;
use crate::error::Result;
use crate::vietnamese::collation_key;

/// One row: values by column name.
pub type Row = Map<String, Value>;

/// The rows of a table; dates become text (`2025-07-01`), numbers that are not finite null, those of a
/// suppressed row [`MARK`].
pub(crate) fn rows(table: &str, batch: &RecordBatch) -> Result<Vec<Row>> {
    let mut rows = vec![Row::new(); batch.num_rows()];
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let values = values(column).ok_or_else(|| ReportError::ColumnType {
            table: table.to_owned(),
            column: field.name().clone(),
            found: field.data_type().to_string(),
        })?;
        for (row, value) in rows.iter_mut().zip(values) {
            row.insert(field.name().clone(), value);
        }
    }
    let is_number = |field: &&Arc<Field>| field.data_type().is_numeric();
    let schema = batch.schema();
    for row in rows.iter_mut().filter(|row| row.get(SUPPRESSED).is_some_and(Value::is_string)) {
        for field in schema.fields().iter().filter(is_number) {
            if let Some(value) = row.get_mut(field.name()).filter(|value| value.is_null()) {
                *value = MARK.into();
            }
        }
    }
    Ok(rows)
}

fn values(column: &ArrayRef) -> Option<Vec<Value>> {
    let target = match column.data_type() {
        DataType::Boolean => DataType::Boolean,
        kind if kind.is_integer() => DataType::Int64,
        kind if kind.is_floating() => DataType::Float64,
        DataType::Null
        | DataType::Date32
        | DataType::Utf8
        | DataType::LargeUtf8
        | DataType::Utf8View
        | DataType::Dictionary(..) => DataType::Utf8,
        _ => return None,
    };
    let column = cast(column, &target).ok()?;
    let valid = |i| column.is_valid(i);
    let value = |i| match target {
        DataType::Boolean => Value::from(column.as_boolean().value(i)),
        DataType::Int64 => Value::from(column.as_primitive::<Int64Type>().value(i)),
        DataType::Float64 => Value::from(column.as_primitive::<Float64Type>().value(i)),
        _ => Value::from(column.as_string::<i32>().value(i)),
    };
    Some((0..column.len()).map(|i| if valid(i) { value(i) } else { Value::Null }).collect())
}

/// The text of a column; empty when null or no text.
pub(super) fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).and_then(Value::as_str).unwrap_or_default()
}

/// The whole number in a column; 0 when null or suppressed.
pub(super) fn integer(row: &Row, column: &str) -> i64 {
    row.get(column).and_then(Value::as_i64).unwrap_or_default()
}

/// What stands in place of a number of too few devices.
pub(super) const MARK: &str = "…";

/// Whether a number is suppressed.
pub(super) fn is_marked(row: &Row, column: &str) -> bool {
    text(row, column) == MARK
}

/// The value of a column, null when there is none.
pub(super) fn value(row: &Row, column: &str) -> Value {
    row.get(column).cloned().unwrap_or(Value::Null)
}

/// The sum of whole numbers, the mark when one of them is suppressed.
pub(super) fn sum<'a>(rows: impl IntoIterator<Item = &'a Row> + Clone, column: &str) -> Value {
    if rows.clone().into_iter().any(|row| is_marked(row, column)) {
        return MARK.into();
    }
    rows.into_iter().map(|row| integer(row, column)).sum::<i64>().into()
}

/// How much one whole number is above another; null when one of them is not known.
pub(super) fn difference(now: &Row, then: &Row, column: &str) -> Option<i64> {
    let count = |row: &Row| row.get(column).and_then(Value::as_i64);
    Some(count(now)? - count(then)?)
}

/// Sorts by text columns in the order of the Vietnamese alphabet, by numbers otherwise.
pub(super) fn sort(rows: &mut [Row], columns: &[String]) {
    rows.sort_by_cached_key(|row| {
        columns
            .iter()
            .map(|column| (collation_key(text(row, column)), integer(row, column)))
            .collect::<Vec<_>>()
    });
}
