//! Tables as CSV and Parquet, for programs.
//!
//! CSV is RFC 4180 with a comma, LF and UTF-8 without byte order mark. Numbers have a point and
//! as many digits as it takes to read the same number back; dates are `2025-10-15`; booleans
//! `true` and `false`; nothing between two commas is null. Empty text reads like null there:
//! Parquet keeps the difference.
//!
//! A spreadsheet takes a CSV cell that begins with `=`, `+`, `-`, `@`, tab or CR for a formula,
//! also a quoted one, and any prefix against that would change the value for every program. So
//! CSV stays exact, and such text is kept out at its source: whoever reads names of operators or
//! communes from a file refuses those for which [`reads_as_formula`] holds. People get
//! `annex.xlsx`, where text is typed as text.

use std::sync::Arc;

use arrow::array::{Array, RecordBatch};
use arrow::datatypes::{DataType, Field, Schema};
use csv::{ByteRecord, Terminator, WriterBuilder};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{DEFAULT_CREATED_BY, WriterProperties, WriterVersion};
use thiserror::Error;

use super::cell::{Cell, Column, convert, is_text};
use crate::error::{Fault, Kind, Result};

/// Why a table cannot be written; each of these is a fault of the query that made it.
#[derive(Debug, Error)]
pub enum TableError {
    /// A type that no table has.
    #[error(
        "column `{column}` has type {found}, expected text, integer, float, boolean, date or null"
    )]
    Type {
        /// The column.
        column: String,
        /// Its type.
        found: DataType,
    },
    /// A number that stands for no figure.
    #[error("column `{column}` has {found} in row {row}, expected a finite number or null")]
    NotFinite {
        /// The column.
        column: String,
        /// The row, counted from 1.
        row: usize,
        /// The number.
        found: f64,
    },
    /// A day outside the calendar.
    #[error("column `{column}` has day {found} since 1970, expected a year from -9999 to 9999")]
    Date {
        /// The column.
        column: String,
        /// The day.
        found: i32,
    },
    /// A value that does not fit its type in the tables.
    #[error("column `{column}` does not convert to {wanted}: {message}")]
    Convert {
        /// The column.
        column: String,
        /// The type wanted.
        wanted: DataType,
        /// What Arrow said.
        message: String,
    },
    /// The CSV writer failed.
    #[error("cannot write the table as CSV: {0}")]
    Csv(String),
    /// The Parquet writer failed.
    #[error("cannot write the table as Parquet: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The table cannot be put together again.
    #[error("cannot build the table: {0}")]
    Arrow(#[from] arrow::error::ArrowError),
}

impl Fault for TableError {
    fn kind(&self) -> Kind {
        Kind::Output
    }
}

/// A table as CSV.
pub fn csv(table: &RecordBatch) -> Result<Vec<u8>> {
    let columns = columns(table)?;
    let failed = |error: csv::Error| TableError::Csv(error.to_string());
    let mut writer =
        WriterBuilder::new().terminator(Terminator::Any(b'\n')).from_writer(Vec::new());
    let schema = table.schema();
    let heads = schema.fields().iter().map(|field| field.name());
    writer.write_record(heads).map_err(failed)?;
    let mut record = ByteRecord::new();
    for row in 0..table.num_rows() {
        record.clear();
        for column in &columns {
            record.push_field(spell(column.cell(row)).as_bytes());
        }
        writer.write_byte_record(&record).map_err(failed)?;
    }
    let written = writer.into_inner();
    Ok(written.map_err(|error| TableError::Csv(error.to_string()))?)
}

/// A table as Parquet: the same table gives the same bytes, whatever engine it came from.
pub fn parquet(table: &RecordBatch) -> Result<Vec<u8>> {
    let table = plain(table)?;
    let options = ArrowWriterOptions::new()
        .with_properties(writer_properties())
        .with_skip_arrow_metadata(true); // Arrow's own copy of the schema adds nothing for plain types
    let mut bytes = Vec::new();
    let schema = table.schema();
    let mut writer = ArrowWriter::try_new_with_options(&mut bytes, schema, options)
        .map_err(TableError::Parquet)?;
    writer.write(&table).map_err(TableError::Parquet)?;
    writer.close().map_err(TableError::Parquet)?;
    Ok(bytes)
}

/// How every Parquet file of a bundle is written.
///
/// Version 1 pages, which all readers know. `created_by` stays the name and version of the
/// library, because readers look there for the faults of a writer; it holds no host and no time.
pub fn writer_properties() -> WriterProperties {
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by(DEFAULT_CREATED_BY.to_owned())
        .build()
}

/// Whether a spreadsheet that opens a CSV would take this text for a formula.
pub fn reads_as_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

pub(super) fn columns(table: &RecordBatch) -> Result<Vec<Column>, TableError> {
    let schema = table.schema();
    let fields = schema.fields().iter().zip(table.columns());
    fields.map(|(field, array)| Column::read(field.name(), array)).collect()
}

/// `{:?}` of a float is the shortest text that reads back as the same float, with a point or an
/// exponent always, so that programs do not guess a column of round means to be integers.
fn spell(cell: Cell<'_>) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => text.to_owned(),
        Cell::Integer(value) => value.to_string(),
        Cell::Number(value) => format!("{value:?}"),
        Cell::Truth(value) => value.to_string(),
        Cell::Date(value) => value.to_string(),
    }
}

/// Text in the one plain encoding, every column nullable, no metadata: engines differ in all three.
fn plain(table: &RecordBatch) -> Result<RecordBatch, TableError> {
    let mut fields = Vec::new();
    let mut arrays = Vec::new();
    let schema = table.schema();
    for (field, array) in schema.fields().iter().zip(table.columns()) {
        Column::read(field.name(), array)?; // the same refusals as in the CSV
        let array = match is_text(array.data_type()) {
            true => convert(field.name(), array, DataType::Utf8)?,
            false => Arc::clone(array),
        };
        let kind = array.data_type().clone();
        fields.push(Field::new(field.name(), kind, true));
        arrays.push(array);
    }
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

#[cfg(test)]
#[path = "tables_tests.rs"]
pub(super) mod tests;
