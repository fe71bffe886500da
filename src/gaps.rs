//! Coverage gaps: too few tests against the quota, and means below a benchmark.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, Int64Array, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};

use crate::comparison::multiplicity::benjamini_hochberg;
use crate::error::Result;
use crate::plan::{Plan, table};
use crate::progress::{Progress, Step};
use crate::statistics::{Bench, student};

/// Adds the tables `quota`, `quota_area` and `gaps`.
pub fn find(plan: &Plan, bench: &mut Bench, progress: Progress<'_>) -> Result<()> {
    progress(Step::Stage { name: "gaps", rows: 0 });
    for name in ["quota", "quota_area"] {
        let query = format!("gaps/{name}.sql");
        bench.run(name, &query, plan.queries.sql(&query)?)?;
    }
    let tests = "gaps/tests.sql";
    let tests = bench.step("gap_tests", tests, plan.queries.sql(tests)?)?;
    bench.input("gap_p_values", p_values(&tests)?)?;
    let gaps = "gaps/gaps.sql";
    bench.run("gaps", gaps, plan.queries.sql(gaps)?)
}

/// The table `gap_p_values`: of each test, the probability of so low a statistic when the mean is
/// that of the benchmark (Student's t with devices − 1 degrees of freedom), and the same held against
/// all tests.
fn p_values(tests: &RecordBatch) -> Result<RecordBatch> {
    let floats =
        |name| tests.column_by_name(name).and_then(|c| c.as_primitive_opt::<Float64Type>());
    let counts = |name| tests.column_by_name(name).and_then(|c| c.as_primitive_opt::<Int64Type>());
    let (mut numbers, mut p_values) = (Vec::new(), Vec::new());
    if let (Some(number), Some(statistic), Some(devices)) =
        (counts("test_no"), floats("statistic"), counts("devices"))
    {
        for ((number, statistic), devices) in number.iter().zip(statistic).zip(devices) {
            if let (Some(number), Some(statistic), Some(devices)) = (number, statistic, devices) {
                numbers.push(number);
                p_values.push(p_value(statistic, devices));
            }
        }
    }
    let adjusted: ArrayRef = Arc::new(Float64Array::from(benjamini_hochberg(&p_values)));
    let numbers: ArrayRef = Arc::new(Int64Array::from(numbers));
    let p_values: ArrayRef = Arc::new(Float64Array::from(p_values));
    Ok(table(
        "gap_p_values",
        [("test_no", numbers), ("p_value", p_values), ("p_adjusted", adjusted)],
    )?)
}

/// To 12 decimals: the same on every machine. A statistic without a distribution proves nothing.
fn p_value(statistic: f64, devices: i64) -> f64 {
    let p = student::lower(statistic, devices as f64 - 1.0);
    if p.is_finite() { (p * 1e12).round() / 1e12 } else { 1.0 }
}
