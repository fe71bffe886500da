//! Finds repeated sample ids among rows that pass every rule.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use super::ledger::Ledger;
use super::{ValidationFault, register_passed};
use crate::engine;
use crate::error::Result;
use crate::plan::Plan;

const QUERY: &str = "validation/duplicates.sql";

/// The rows to drop, counted in the ledger.
pub fn find(plan: &Plan, passed: &[PathBuf], ledger: &mut Ledger) -> Result<RecordBatch> {
    let mut engine = engine::open(&[]);
    register_passed(engine.as_mut(), passed)?;
    let duplicates = engine.query(QUERY, &plan.queries.sql(QUERY)?)?;
    let fault = || ValidationFault::Query {
        query: QUERY.into(),
        message: "expected columns source_file, source_row, conflicting".into(),
    };
    let column = |name: &str| duplicates.column_by_name(name).ok_or_else(fault);
    let files = column("source_file")?.as_string_opt::<i32>().ok_or_else(fault)?;
    let conflicting = column("conflicting")?.as_boolean_opt().ok_or_else(fault)?;
    let mut by_file: BTreeMap<&str, u64> = BTreeMap::new();
    for file in files.iter().flatten() {
        *by_file.entry(file).or_default() += 1;
    }
    for file in &mut ledger.files {
        file.duplicate = by_file.get(file.file.as_str()).copied().unwrap_or(0);
        file.accepted -= file.duplicate;
    }
    ledger.duplicate_conflicting = conflicting.true_count() as u64;
    Ok(duplicates)
}

/// The first value of a column of counts.
pub fn count(query: &str, column: &ArrayRef) -> Result<u64> {
    let fault = |message: String| ValidationFault::Query { query: query.into(), message };
    let column = cast(column, &DataType::Int64).map_err(|e| fault(e.to_string()))?;
    let values = column.as_primitive::<Int64Type>();
    let value = (!values.is_empty() && values.is_valid(0)).then(|| values.value(0));
    Ok(value.and_then(|v| u64::try_from(v).ok()).ok_or_else(|| fault("no count".into()))?)
}
