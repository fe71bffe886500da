//! Effective samples by number.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, Date32Array, Float64Array, Int64Array, RecordBatch, StringArray, UInt32Array,
};
use arrow::error::ArrowError;

use super::rows::{DAY_PARTS, taken, with};

/// Effective samples column by column, in the order of their file.
#[derive(Debug, Default)]
pub struct Effective {
    pub cell: Vec<u32>,
    pub day: Vec<i32>,
    pub peak: Vec<bool>,
    /// The number of the device; 0 for none.
    pub cluster: Vec<u32>,
    /// 0 unless all tests behind it agree.
    pub restated: Vec<u32>,
    pub tests: Vec<u32>,
    pub measures: Vec<Vec<f64>>,
}

/// The effective samples from `from` on, at most `rows`, as their file has them.
pub fn effective_batch(
    cells: &RecordBatch,
    codes: &[String],
    measures: &[String],
    effective: &Effective,
    rows: Range<usize>,
    by_part: bool,
) -> Result<RecordBatch, ArrowError> {
    let of_cells = UInt32Array::from_iter_values(effective.cell[rows.clone()].iter().copied());
    let names = cells.schema();
    let keys: Vec<usize> = (0..names.fields().len())
        .filter(|at| names.field(*at).name() != "technology_key")
        .collect();
    let batch = taken(&cells.project(&keys)?, &of_cells)?;
    let days = effective.day[rows.clone()].iter().copied();
    let mut more: Vec<(&str, ArrayRef)> =
        vec![("local_day", Arc::new(Date32Array::from_iter_values(days)))];
    if by_part {
        let parts = effective.peak[rows.clone()].iter().map(|peak| DAY_PARTS[usize::from(*peak)]);
        more.push(("day_part", Arc::new(StringArray::from_iter_values(parts))));
    }
    let clusters = effective.cluster[rows.clone()].iter();
    let clusters = clusters.map(|number| (*number > 0).then_some(i64::from(*number)));
    more.push(("cluster_no", Arc::new(Int64Array::from_iter(clusters))));
    let restated = effective.restated[rows.clone()].iter();
    let code = |number: &u32| codes.get((*number as usize).checked_sub(1)?).map(String::as_str);
    more.push(("restated_commune_code", Arc::new(StringArray::from_iter(restated.map(code)))));
    let tests = effective.tests[rows.clone()].iter().map(|tests| i64::from(*tests));
    more.push(("tests", Arc::new(Int64Array::from_iter_values(tests))));
    for (name, column) in measures.iter().zip(&effective.measures) {
        let values = column[rows.clone()].iter().map(|v| (!v.is_nan()).then_some(*v));
        more.push((name, Arc::new(Float64Array::from_iter(values))));
    }
    with(&batch, more)
}
