//! Which cells make up the groups of a table.

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, Int64Type};

use super::{EngineFault, missing};
use crate::queries::Series;

/// The groups of one table: the result of `values.sql` with one row per cell.
pub struct Members {
    /// Cells with the number of a group, counted from 0.
    pub pairs: Vec<(u32, u32)>,
    pub groups: usize,
    /// What the values of each cell are compared with, per measure; NaN for nothing.
    pub benchmarks: Vec<Vec<f64>>,
}

impl Members {
    pub fn of(series: &Series, rows: &RecordBatch) -> Result<Self, EngineFault> {
        let whole = |name: &str| {
            let column = rows.column_by_name(name);
            column.and_then(|c| c.as_primitive_opt::<Int64Type>()).ok_or_else(|| missing(name))
        };
        let (numbers, cells) = (whole("group_no")?, whole("cluster_no")?);
        let pair = |(group, cell): (i64, i64)| {
            Some((u32::try_from(cell).ok()?, u32::try_from(group.checked_sub(1)?).ok()?))
        };
        let pairs = numbers.iter().zip(cells.iter());
        let pairs = pairs.map(|(group, cell)| pair((group?, cell?)));
        let pairs: Vec<(u32, u32)> =
            pairs.collect::<Option<_>>().ok_or_else(|| missing("group_no"))?;
        let cells = pairs.iter().map(|(cell, _)| *cell as usize + 1).max().unwrap_or(0);
        let mut benchmarks = Vec::new();
        for measure in &series.measures {
            let mut of_cells = Vec::new();
            if measure.benchmark {
                of_cells.resize(cells, f64::NAN);
                let name = format!("{}_benchmark", measure.name);
                let column = rows.column_by_name(&name);
                let column = column.and_then(|c| c.as_primitive_opt::<Float64Type>());
                let column = column.ok_or_else(|| missing(&name))?;
                for (row, (cell, _)) in
                    pairs.iter().enumerate().filter(|(r, _)| column.is_valid(*r))
                {
                    of_cells[*cell as usize] = column.value(row);
                }
            }
            benchmarks.push(of_cells);
        }
        let groups = pairs.iter().map(|(_, group)| *group as usize + 1).max().unwrap_or(0);
        Ok(Members { pairs, groups, benchmarks })
    }
}
