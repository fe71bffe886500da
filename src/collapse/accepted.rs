//! Accepted samples with numbers in place of text: what the direct computation reads.
//!
//! A *cell* is one combination of what samples are grouped by: commune with its first day, operator,
//! access type, technology. Cells are numbered in that order, with a missing technology last.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray, BooleanArray, PrimitiveArray, RecordBatch, StringArray};
use arrow::datatypes::{
    ArrowPrimitiveType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType,
};
use hashbrown::HashMap;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rayon::prelude::*;

use super::devices::{Devices, FirstTest, Identifier};
use crate::error::Result;
use crate::plan::Plan;
use crate::validation::{ValidSamples, ValidationFault, pool};

/// Columns that are read beside the measures.
const COLUMNS: [&str; 12] = [
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
];
const DEVICE: &str = "device_id";
/// Rows that are read at a time.
const BATCH_ROWS: usize = 16_384;

/// What samples are grouped by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub commune_code: String,
    /// The first day of the commune, in days since 1970.
    pub valid_from: i32,
    pub operator: String,
    pub access_type: String,
    /// Without one, a cell stands behind those with one.
    pub technology: Last<String>,
}

/// A value that may be missing, and then is the greatest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Last<T>(pub Option<T>);

impl<T: Ord> Ord for Last<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |value: &Self| value.0.is_none();
        key(self).cmp(&key(other)).then_with(|| self.0.cmp(&other.0))
    }
}

impl<T: Ord> PartialOrd for Last<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Accepted successful samples column by column, and how many were not successful.
#[derive(Debug, Default)]
pub struct Accepted {
    pub cells: Vec<Cell>,
    /// The codes that `restated` counts from 1.
    pub restated_codes: Vec<String>,
    pub cell: Vec<u32>,
    /// In days since 1970.
    pub day: Vec<i32>,
    pub peak: Vec<bool>,
    /// 0 for a sample without device, else its number in the order of first tests.
    pub device: Vec<u32>,
    /// 0 where it is not known.
    pub restated: Vec<u32>,
    /// One column per measure; NaN where there is none.
    pub measures: Vec<Vec<f64>>,
    /// By cell and whether it was in the hours of the peak.
    pub failed: BTreeMap<(u32, bool), u64>,
}

impl Accepted {
    /// Reads the accepted samples with these measures.
    pub fn read(plan: &Plan, valid: &ValidSamples, measures: &[String]) -> Result<Self> {
        let peak = plan.config.statistics.peak_hours;
        let reader = Reader {
            measures,
            peak: i64::from(peak.0)..i64::from(peak.1),
            dropped: dropped(&valid.duplicates)?,
        };
        let read = |file: &PathBuf| reader.part(file);
        let parts: Vec<Result<Part>> =
            pool(plan)?.install(|| valid.passed.par_iter().map(read).collect());
        let parts = parts.into_iter().collect::<Result<Vec<_>>>()?;
        let (mut accepted, mut devices) = Self::join(parts, measures.len());
        if !devices.number() {
            for file in &valid.passed {
                reader.tied(file, &mut devices)?;
            }
            devices.number();
        }
        let order = |device: &mut u32| *device = devices.ordered(*device);
        accepted.device.iter_mut().for_each(order);
        Ok(accepted)
    }

    /// Puts parts together, with one numbering of cells, codes and devices.
    fn join(parts: Vec<Part>, measures: usize) -> (Self, Devices) {
        let cells: BTreeSet<&Cell> = parts.iter().flat_map(|part| &part.cells.found).collect();
        let cells: Vec<Cell> = cells.into_iter().cloned().collect();
        let codes: BTreeSet<&String> = parts.iter().flat_map(|part| &part.codes.found).collect();
        let codes: Vec<String> = codes.into_iter().cloned().collect();
        let mut all = Accepted { measures: vec![Vec::new(); measures], ..Default::default() };
        let mut devices = Devices::default();
        for part in parts {
            let place = |cell: &Cell| cells.binary_search(cell).unwrap_or_default() as u32;
            let of_cell: Vec<u32> = part.cells.found.iter().map(place).collect();
            let place = |code: &String| codes.binary_search(code).unwrap_or_default() as u32 + 1;
            let of_code: Vec<u32> =
                std::iter::once(0).chain(part.codes.found.iter().map(place)).collect();
            let of_device = devices.merge(part.devices);
            all.cell.extend(part.cell.iter().map(|cell| of_cell[*cell as usize]));
            all.restated.extend(part.restated.iter().map(|code| of_code[*code as usize]));
            all.device.extend(part.device.iter().map(|device| of_device[*device as usize]));
            all.day.extend(part.day);
            all.peak.extend(part.peak);
            for (column, values) in all.measures.iter_mut().zip(part.measures) {
                column.extend(values);
            }
            for ((cell, peak), tests) in part.failed {
                *all.failed.entry((of_cell[cell as usize], peak)).or_default() += tests;
            }
        }
        all.cells = cells;
        all.restated_codes = codes;
        (all, devices)
    }
}

/// The rows that repeat a `sample_id`, by file and row.
fn dropped(duplicates: &RecordBatch) -> Result<HashMap<String, BTreeSet<i64>>> {
    let files = text(duplicates, "source_file")?;
    let rows = numbers::<Int64Type>(duplicates, "source_row")?;
    let mut dropped: HashMap<String, BTreeSet<i64>> = HashMap::new();
    for (file, row) in files.iter().zip(rows.iter()) {
        if let (Some(file), Some(row)) = (file, row) {
            dropped.entry_ref(file).or_default().insert(row);
        }
    }
    Ok(dropped)
}

/// Distinct values in the order in which they came.
struct Interned<T> {
    numbers: HashMap<T, u32>,
    found: Vec<T>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Interned { numbers: HashMap::new(), found: Vec::new() }
    }
}

impl Interned<String> {
    /// The number of a text, counted from 1.
    fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.found.push(text.to_owned());
        let number = self.found.len() as u32;
        self.numbers.insert(text.to_owned(), number);
        number
    }

    fn optional(&mut self, text: Option<&str>) -> u32 {
        text.map_or(0, |text| self.number(text))
    }

    fn text(&self, number: u32) -> Option<&String> {
        self.found.get((number as usize).checked_sub(1)?)
    }
}

/// The samples of one file, numbered for themselves.
#[derive(Default)]
struct Part {
    cells: Cells,
    codes: Interned<String>,
    cell: Vec<u32>,
    day: Vec<i32>,
    peak: Vec<bool>,
    device: Vec<u32>,
    restated: Vec<u32>,
    measures: Vec<Vec<f64>>,
    failed: BTreeMap<(u32, bool), u64>,
    devices: Devices,
}

/// The cells of one file.
#[derive(Default)]
struct Cells {
    texts: Interned<String>,
    numbers: HashMap<(i32, [u32; 4]), u32>,
    found: Vec<Cell>,
}

impl Cells {
    fn number(&mut self, valid_from: i32, of: [Option<&str>; 4]) -> u32 {
        let key = (valid_from, of.map(|text| self.texts.optional(text)));
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let text = |at: usize| self.texts.text(key.1[at]).cloned();
        self.found.push(Cell {
            commune_code: text(0).unwrap_or_default(),
            valid_from,
            operator: text(1).unwrap_or_default(),
            access_type: text(2).unwrap_or_default(),
            technology: Last(text(3)),
        });
        let number = self.found.len() as u32 - 1;
        self.numbers.insert(key, number);
        number
    }
}

struct Reader<'a> {
    measures: &'a [String],
    /// Local hours.
    peak: std::ops::Range<i64>,
    dropped: HashMap<String, BTreeSet<i64>>,
}

impl Reader<'_> {
    fn part(&self, file: &Path) -> Result<Part> {
        let mut part =
            Part { measures: vec![Vec::new(); self.measures.len()], ..Default::default() };
        let measures = self.measures.iter().map(String::as_str);
        let columns = COLUMNS.into_iter().chain([DEVICE, "source_file"]).chain(measures);
        batches(file, &columns.collect::<Vec<_>>(), |batch| self.add(&mut part, &batch))?;
        Ok(part)
    }

    fn add(&self, part: &mut Part, batch: &RecordBatch) -> Result<()> {
        let measured_at = numbers::<TimestampMicrosecondType>(batch, "measured_at")?;
        let day = numbers::<Date32Type>(batch, "local_day")?;
        let hour = numbers::<Int64Type>(batch, "local_hour")?;
        let valid_from = numbers::<Date32Type>(batch, "commune_valid_from")?;
        let is_ok = flags(batch, "is_ok")?;
        let ids = text(batch, "sample_id")?;
        let devices = text(batch, DEVICE)?;
        let restated = text(batch, "restated_commune_code")?;
        let keys = ["commune_code", "operator", "access_type", "technology"];
        let [commune, operator, access_type, technology] = keys.map(|name| text(batch, name));
        let (commune, operator, access_type, technology) =
            (commune?, operator?, access_type?, technology?);
        let measures = self.measures.iter().map(|name| numbers::<Float64Type>(batch, name));
        let measures = measures.collect::<Result<Vec<_>>>()?;
        for row in self.kept(batch)? {
            let of = [commune, operator, access_type, technology].map(|texts| at(texts, row));
            let cell = part.cells.number(valid_from.value(row), of);
            let peak = self.peak.contains(&hour.value(row));
            let device = at(devices, row).map(Identifier::of);
            let test = FirstTest::of(measured_at.value(row), at(ids, row).unwrap_or_default());
            let device = device.map_or(0, |device| part.devices.add(device, test));
            if !is_ok.value(row) {
                *part.failed.entry((cell, peak)).or_default() += 1;
                continue;
            }
            part.cell.push(cell);
            part.day.push(day.value(row));
            part.peak.push(peak);
            part.device.push(device);
            part.restated.push(part.codes.optional(at(restated, row)));
            for (column, values) in part.measures.iter_mut().zip(&measures) {
                column.push(if values.is_valid(row) { values.value(row) } else { f64::NAN });
            }
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

    /// Reads the whole ids of samples where those of devices have to be told apart by them.
    fn tied(&self, file: &Path, devices: &mut Devices) -> Result<()> {
        let columns = ["source_file", "source_row", "sample_id", DEVICE];
        batches(file, &columns, |batch| {
            let (ids, of) = (text(&batch, "sample_id")?, text(&batch, DEVICE)?);
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
