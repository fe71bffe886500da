//! Accepted samples by number, from the intermediate files of rows that passed.

use std::collections::BTreeSet;
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use arrow::array::{Array, AsArray, BooleanArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::{
    ArrowPrimitiveType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType,
};
use hashbrown::HashMap;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::cells::{Cell, Interned, Last};
use super::devices::{Devices, Identifier};
use super::part::{Part, Row};
use crate::error::Result;
use crate::validation::ValidationFault;

/// Columns that are read beside the measures.
const COLUMNS: [&str; 14] = [
    "source_file",
    "source_row",
    "sample_id",
    "measured_at",
    "local_day",
    "local_hour",
    "is_ok",
    "access_type",
    "technology",
    "operator",
    "commune_code",
    "commune_valid_from",
    "restated_commune_code",
    "device_id",
];
/// Rows that are read at a time.
const BATCH_ROWS: usize = 16_384;

/// Reads intermediate files of rows that passed.
pub struct Reader<'a> {
    measures: &'a [String],
    /// Local hours.
    peak: Range<i64>,
    /// Rows that repeat a `sample_id`, by file.
    dropped: HashMap<String, BTreeSet<i64>>,
}

impl<'a> Reader<'a> {
    /// `peak` are hours of the day; `duplicates` the rows to leave out.
    pub fn new(measures: &'a [String], peak: (u32, u32), duplicates: &RecordBatch) -> Result<Self> {
        let files = text(duplicates, "source_file")?;
        let rows = numbers::<Int64Type>(duplicates, "source_row")?;
        let mut dropped: HashMap<String, BTreeSet<i64>> = HashMap::new();
        for (file, row) in files.iter().zip(rows.iter()) {
            if let (Some(file), Some(row)) = (file, row) {
                dropped.entry_ref(file).or_default().insert(row);
            }
        }
        Ok(Reader { measures, peak: i64::from(peak.0)..i64::from(peak.1), dropped })
    }

    /// The samples of one file.
    pub fn part(&self, file: &Path) -> Result<Part> {
        let mut part = Part::new(self.measures.len());
        let mut texts = Interned::default();
        let measures = self.measures.iter().map(String::as_str);
        let columns: Vec<&str> = COLUMNS.into_iter().chain(measures).collect();
        batches(file, &columns, |batch| self.add(&mut part, &mut texts, &batch))?;
        Ok(part)
    }

    fn add(&self, part: &mut Part, known: &mut Interned, batch: &RecordBatch) -> Result<()> {
        let measured_at = numbers::<TimestampMicrosecondType>(batch, "measured_at")?;
        let day = numbers::<Date32Type>(batch, "local_day")?;
        let hour = numbers::<Int64Type>(batch, "local_hour")?;
        let valid_from = numbers::<Date32Type>(batch, "commune_valid_from")?;
        let is_ok = flags(batch, "is_ok")?;
        let ids = text(batch, "sample_id")?;
        let devices = text(batch, "device_id")?;
        let restated = text(batch, "restated_commune_code")?;
        let keys = ["commune_code", "operator", "access_type", "technology"];
        let [commune, operator, access_type, technology] = keys.map(|name| text(batch, name));
        let texts = [commune?, operator?, access_type?, technology?];
        let measures = self.measures.iter().map(|name| numbers::<Float64Type>(batch, name));
        let measures = measures.collect::<Result<Vec<_>>>()?;
        for row in self.kept(batch)? {
            let of = texts.map(|texts| at(texts, row));
            let [commune, operator, access, technology] = of.map(|text| known.optional(text));
            let first_day = valid_from.value(row);
            let key = [commune, operator, access, technology, first_day.cast_unsigned()];
            let owned = |at: usize| of[at].unwrap_or_default().to_owned();
            let cell = part.cells.number(key, || Cell {
                commune_code: owned(0),
                valid_from: first_day,
                operator: owned(1),
                access_type: owned(2),
                technology: Last(of[3].map(str::to_owned)),
            });
            let sample = Row {
                cell,
                at: measured_at.value(row),
                day: day.value(row),
                peak: self.peak.contains(&hour.value(row)),
                is_ok: is_ok.value(row),
                id: at(ids, row).unwrap_or_default(),
                device: at(devices, row),
                restated: at(restated, row),
            };
            let value = |values: &&PrimitiveArray<Float64Type>| {
                if values.is_valid(row) { values.value(row) } else { f64::NAN }
            };
            part.add(sample, measures.iter().map(value));
        }
        Ok(())
    }

    /// The rows of a batch that are no duplicates.
    fn kept(&self, batch: &RecordBatch) -> Result<Vec<usize>> {
        let rows = 0..batch.num_rows();
        // A file of this stage holds rows of one file of samples.
        let files = text(batch, "source_file")?;
        let Some(dropped) = at(files, 0).and_then(|file| self.dropped.get(file)) else {
            return Ok(rows.collect());
        };
        let source = numbers::<Int64Type>(batch, "source_row")?;
        Ok(rows.filter(|row| !dropped.contains(&source.value(*row))).collect())
    }

    /// Reads the whole ids of samples where devices have to be told apart by them.
    pub fn tied(&self, file: &Path, devices: &mut Devices) -> Result<()> {
        let columns = ["source_file", "source_row", "sample_id", "device_id"];
        batches(file, &columns, |batch| {
            let (ids, of) = (text(&batch, "sample_id")?, text(&batch, "device_id")?);
            for row in self.kept(&batch)? {
                if let (Some(device), Some(id)) = (at(of, row), at(ids, row)) {
                    devices.tell_apart(Identifier::of(device), id);
                }
            }
            Ok(())
        })
    }
}

/// Reads columns of an intermediate file.
fn batches(
    file: &Path,
    columns: &[&str],
    mut each: impl FnMut(RecordBatch) -> Result<()>,
) -> Result<()> {
    let fault = |message: String| unreadable(&file.display().to_string(), message);
    let open = File::open(file).map_err(|e| fault(e.to_string()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(open);
    let builder = builder.map_err(|e| fault(e.to_string()))?;
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns.iter().copied());
    let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build();
    for batch in reader.map_err(|e| fault(e.to_string()))? {
        let batch = batch.map_err(|e| fault(e.to_string()))?;
        if batch.num_rows() > 0 {
            each(batch)?;
        }
    }
    Ok(())
}

fn unreadable(what: &str, message: String) -> ValidationFault {
    ValidationFault::Work { path: what.to_owned(), message }
}

fn at(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a dyn Array> {
    let column = batch.column_by_name(name);
    Ok(column.ok_or_else(|| unreadable(name, "the column is missing".into()))?.as_ref())
}

fn text<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a StringArray> {
    let texts = column(batch, name)?.as_string_opt::<i32>();
    Ok(texts.ok_or_else(|| unreadable(name, "the column is no text".into()))?)
}

fn flags<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a BooleanArray> {
    let flags = column(batch, name)?.as_boolean_opt();
    Ok(flags.ok_or_else(|| unreadable(name, "the column is no truth value".into()))?)
}

fn numbers<'a, T: ArrowPrimitiveType>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a PrimitiveArray<T>> {
    let numbers = column(batch, name)?.as_primitive_opt::<T>();
    Ok(numbers.ok_or_else(|| unreadable(name, format!("the column is no {}", T::DATA_TYPE)))?)
}
