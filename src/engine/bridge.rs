//! Moves columns between Polars and Arrow through the Arrow C data interface, without copying.
//!
//! Both sides define the same two C structures, so a structure exported by one side is imported
//! by the other. Text arrives as `Utf8` and points in time as microseconds, whatever the engine
//! uses inside.

use std::sync::Arc;

use ::polars::prelude::{Column, CompatLevel, DataFrame, PlSmallStr, Series};
use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, make_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi, to_ffi};

type Outcome<T> = Result<T, String>;

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// An Arrow array as a column of Polars.
pub fn to_series(name: &str, array: &ArrayRef) -> Outcome<Series> {
    let (ffi_array, ffi_schema) = to_ffi(&array.to_data()).map_err(text)?;
    // SAFETY: both types are the `ArrowArray` and `ArrowSchema` of the C data interface, and
    // ownership (the release callback) moves with the value.
    let (field, chunk) = unsafe {
        let schema: polars_arrow::ffi::ArrowSchema = std::mem::transmute(ffi_schema);
        let array: polars_arrow::ffi::ArrowArray = std::mem::transmute(ffi_array);
        let field = polars_arrow::ffi::import_field_from_c(&schema).map_err(text)?;
        let chunk = polars_arrow::ffi::import_array_from_c(array, field.dtype().clone());
        (field, chunk.map_err(text)?)
    };
    let mut field = field;
    field.name = PlSmallStr::from_str(name);
    Series::try_from((&field, vec![chunk])).map_err(text)
}

/// A column of Polars as an Arrow array of plain types.
pub fn to_array(series: &Series) -> Outcome<ArrayRef> {
    let series = series.rechunk();
    let chunk = series.to_arrow(0, CompatLevel::newest());
    let field = polars_arrow::datatypes::Field::new(PlSmallStr::EMPTY, chunk.dtype().clone(), true);
    let exported_schema = polars_arrow::ffi::export_field_to_c(&field);
    let exported_array = polars_arrow::ffi::export_array_to_c(chunk);
    // SAFETY: as in `to_series`, in the other direction.
    let array = unsafe {
        let schema: FFI_ArrowSchema = std::mem::transmute(exported_schema);
        let array: FFI_ArrowArray = std::mem::transmute(exported_array);
        make_array(from_ffi(array, &schema).map_err(text)?)
    };
    plain(array)
}

/// Text as `Utf8`; other types unchanged.
fn plain(array: ArrayRef) -> Outcome<ArrayRef> {
    match array.data_type() {
        DataType::LargeUtf8 | DataType::Utf8View => cast(&array, &DataType::Utf8).map_err(text),
        _ => Ok(array),
    }
}

/// A batch as a data frame.
pub fn to_frame(batch: &RecordBatch) -> Outcome<DataFrame> {
    let columns = batch
        .schema_ref()
        .fields()
        .iter()
        .zip(batch.columns())
        .map(|(field, array)| Ok(Column::from(to_series(field.name(), array)?)))
        .collect::<Outcome<Vec<_>>>()?;
    DataFrame::new(batch.num_rows(), columns).map_err(text)
}

/// A data frame as one batch.
pub fn to_batch(frame: &DataFrame) -> Outcome<RecordBatch> {
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    for column in frame.columns() {
        let array = to_array(column.as_materialized_series())?;
        fields.push(Field::new(column.name().as_str(), array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema: SchemaRef = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(frame.height()));
    RecordBatch::try_new_with_options(schema, arrays, &options).map_err(text)
}

/// The Polars type that stands for an Arrow type, for results of functions.
pub fn to_polars_type(data_type: &DataType) -> Outcome<::polars::prelude::DataType> {
    Ok(to_series("", &arrow::array::new_empty_array(data_type))?.dtype().clone())
}
