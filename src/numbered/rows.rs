//! What statistics are computed over directly: rows of numbers by cell, and what the cells are.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Int64Array, RecordBatch, StringArray, UInt32Array,
    new_null_array,
};
use arrow::compute::take;
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use rayon::prelude::*;

use super::cells::Cell;
use super::effective::Effective;
use super::part::Accepted;
use crate::communes::Commune;
use crate::communes::register::Register;
use crate::import::functions::days;

/// What stands for a technology that is not known where tables are joined.
pub const UNKNOWN_TECHNOLOGY: &str = "unknown";
pub(super) const DAY_PARTS: [&str; 2] = ["off_peak", "peak"];

/// One series of samples, device by device.
pub struct Rows {
    pub cell: Vec<u32>,
    /// The number of the device; 0 for none, and those are first.
    pub cluster: Vec<u32>,
    /// Values by the name of their column; NaN where there is none.
    pub columns: BTreeMap<String, Vec<f64>>,
}

impl Rows {
    /// Of effective samples; a cell is counted twice over where they are apart by part of the day.
    pub fn of_effective(effective: Effective, by_part: bool, measures: &[String]) -> Self {
        let Effective { mut cell, peak, cluster, measures: columns, .. } = effective;
        if by_part {
            let parts = cell.iter_mut().zip(&peak);
            parts.for_each(|(cell, peak)| *cell = *cell * 2 + u32::from(*peak));
        }
        Self::new(cell, cluster, columns, measures)
    }

    fn new(cell: Vec<u32>, cluster: Vec<u32>, columns: Vec<Vec<f64>>, measures: &[String]) -> Self {
        let rows = cluster.par_iter().enumerate();
        let mut order: Vec<u64> =
            rows.map(|(row, cluster)| u64::from(*cluster) << 32 | row as u64).collect();
        order.par_sort_unstable();
        let row = |key: &u64| (*key & 0xffff_ffff) as usize;
        let values = |column: Vec<f64>| order.par_iter().map(|key| column[row(key)]).collect();
        let columns = measures.iter().cloned().zip(columns);
        Rows {
            columns: columns.map(|(name, column)| (name, values(column))).collect(),
            cell: order.par_iter().map(|key| cell[row(key)]).collect(),
            cluster: order.par_iter().map(|key| cluster[row(key)]).collect(),
        }
    }
}

/// Samples by number, with the tables that say what the numbers are.
pub struct Numbered {
    /// The names and order of the measures of every series.
    measures: Vec<String>,
    /// One row per cell.
    cells: RecordBatch,
    /// Accepted tests counted by cell, part of the day, success, and whether there is a device.
    pub counted: RecordBatch,
    pub effective: Rows,
    /// Here a cell is twice the number of a cell, and one more in the hours of the peak.
    pub effective_day_part: Rows,
    pub tests: Rows,
}

impl Numbered {
    /// `measures` are the names of the first columns of every series; those behind them are left out.
    pub fn new(
        measures: &[String],
        cells: RecordBatch,
        accepted: Accepted,
        effective: Rows,
        effective_day_part: Rows,
    ) -> Result<Self, ArrowError> {
        let counted = counted(&accepted, &cells)?;
        let tests = Rows::new(accepted.cell, accepted.device, accepted.measures, measures);
        let measures = measures.to_vec();
        Ok(Numbered { measures, cells, counted, effective, effective_day_part, tests })
    }

    /// A table of samples with one row for each cell: `cluster_no` is the number of the cell, and no
    /// measure has a value.
    pub fn one_per_cell(&self, by_part: bool) -> Result<RecordBatch, ArrowError> {
        let cells = self.cells.num_rows();
        let parts = if by_part { 2 } else { 1 };
        let rows = UInt32Array::from_iter_values(
            (0..(cells * parts) as u32).map(|row| row / parts as u32),
        );
        let batch = taken(&self.cells, &rows)?;
        let numbers: ArrayRef = Arc::new(Int64Array::from_iter_values(0..rows.len() as i64));
        let mut more = vec![("cluster_no", numbers)];
        if by_part {
            let part = (0..rows.len()).map(|row| DAY_PARTS[row % 2]);
            more.push(("day_part", Arc::new(StringArray::from_iter_values(part))));
        }
        let none = new_null_array(&DataType::Float64, rows.len());
        more.extend(self.measures.iter().map(|name| (name.as_str(), none.clone())));
        with(&batch, more)
    }
}

/// The table of cells: the columns that samples are placed by, operator, access type, technology.
pub fn cell_table(register: &Register, cells: &[Cell]) -> Result<RecordBatch, ArrowError> {
    let communes: HashMap<(&str, i32), &Commune> = register
        .communes()
        .iter()
        .map(|commune| ((commune.code.as_str(), days(commune.valid_from)), commune))
        .collect();
    let found: Vec<Option<&Commune>> = cells
        .iter()
        .map(|cell| communes.get(&(cell.commune_code.as_str(), cell.valid_from)).copied())
        .collect();
    let place = |of: fn(&Commune) -> Option<&str>| -> ArrayRef {
        Arc::new(found.iter().map(|c| c.and_then(of)).collect::<StringArray>())
    };
    let text = |of: &dyn Fn(&Cell) -> Option<String>| -> ArrayRef {
        Arc::new(cells.iter().map(of).collect::<StringArray>())
    };
    let from: ArrayRef =
        Arc::new(Date32Array::from_iter_values(cells.iter().map(|c| c.valid_from)));
    let key = |cell: &Cell| {
        Some(cell.technology.0.clone().unwrap_or_else(|| UNKNOWN_TECHNOLOGY.to_owned()))
    };
    RecordBatch::try_from_iter_with_nullable(
        [
            ("province_code", place(|c| Some(&c.province_code))),
            ("province_name", place(|c| Some(&c.province_name))),
            ("district_code", place(|c| c.district.as_ref().map(|d| d.code.as_str()))),
            ("district_name", place(|c| c.district.as_ref().map(|d| d.name.as_str()))),
            ("commune_code", text(&|c| Some(c.commune_code.clone()))),
            ("commune_name", place(|c| Some(&c.name))),
            ("commune_valid_from", from),
            ("operator", text(&|c| Some(c.operator.clone()))),
            ("access_type", text(&|c| Some(c.access_type.clone()))),
            ("technology", text(&|c| c.technology.0.clone())),
            ("technology_key", text(&key)),
        ]
        .map(|(name, array)| (name, array, true)),
    )
}

/// Accepted tests counted, as a table of samples with several tests in a row.
fn counted(accepted: &Accepted, cells: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let mut counts: BTreeMap<(u32, bool, bool, bool), i64> = BTreeMap::new();
    let mut dense = vec![[0_i64; 4]; accepted.cells.len()];
    let rows = accepted.cell.iter().zip(&accepted.peak).zip(&accepted.device);
    for ((cell, peak), device) in rows {
        dense[*cell as usize][usize::from(*peak) * 2 + usize::from(*device > 0)] += 1;
    }
    for (cell, of_cell) in dense.iter().enumerate() {
        for (kind, tests) in of_cell.iter().enumerate().filter(|(_, tests)| **tests > 0) {
            counts.insert((cell as u32, kind >= 2, true, kind % 2 == 1), *tests);
        }
    }
    let failed = accepted.failed.iter();
    counts
        .extend(failed.map(|((cell, peak), tests)| ((*cell, *peak, false, false), *tests as i64)));
    let rows = UInt32Array::from_iter_values(counts.keys().map(|key| key.0));
    let parts = counts.keys().map(|key| DAY_PARTS[usize::from(key.1)]);
    let ok = counts.keys().map(|key| Some(key.2));
    let devices = counts.keys().map(|key| key.3.then_some("known"));
    let more: [(&str, ArrayRef); 4] = [
        ("day_part", Arc::new(StringArray::from_iter_values(parts))),
        ("is_ok", Arc::new(BooleanArray::from_iter(ok))),
        ("device_id", Arc::new(StringArray::from_iter(devices))),
        ("tests", Arc::new(Int64Array::from_iter_values(counts.values().copied()))),
    ];
    with(&taken(cells, &rows)?, more)
}

pub(super) fn taken(batch: &RecordBatch, rows: &UInt32Array) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(|column| take(column, rows, None));
    RecordBatch::try_new(batch.schema(), columns.collect::<Result<_, _>>()?)
}

/// The batch with more columns.
pub(super) fn with<'a>(
    batch: &RecordBatch,
    more: impl IntoIterator<Item = (&'a str, ArrayRef)>,
) -> Result<RecordBatch, ArrowError> {
    let mut fields = batch.schema().fields().to_vec();
    let mut columns = batch.columns().to_vec();
    for (name, column) in more {
        fields.push(Arc::new(Field::new(name, column.data_type().clone(), true)));
        columns.push(column);
    }
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
}
