//! Where a mobile network may be missing: signs by hamlet or grid cell, and the places where they
//! add up to a suspicion worth a visit.
//!
//! The queries in `queries/coverage/` say what counts. A row of any table rests on at least three
//! devices, and a position in it is that of a hamlet or of the middle of a cell, never of a device.
//! What single devices met
//! stays in intermediate files.

mod grid;
pub mod hamlets;
mod inputs;
#[cfg(test)]
mod tests;

use arrow::array::{ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use crate::config::Coverage;
use crate::engine::EngineFault;
use crate::error::Result;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::queries::Queries;
use crate::statistics::Bench;
use grid::{Cell, Grid};
pub use hamlets::Hamlet;

const SAMPLES: &str = "coverage/samples.sql";
const CELLS: &str = "coverage/cells.sql";

/// What evidence is sought with.
struct Sources<'a> {
    queries: &'a Queries,
    settings: &'a Coverage,
    hamlets: &'a [Hamlet],
}

/// Adds the tables `coverage_basis`, `coverage_evidence` and `suspected_coverage`.
pub fn find(plan: &Plan, bench: &mut Bench, progress: Progress<'_>) -> Result<()> {
    progress(Step::Stage { name: "coverage", rows: 0 });
    let (queries, settings) = (&plan.queries, &plan.config.coverage);
    Sources { queries, settings, hamlets: &plan.hamlets }.find(bench)
}

impl Sources<'_> {
    fn find(&self, bench: &mut Bench) -> Result<()> {
        let grid = Grid::new(self.settings.cell_microdegrees());
        bench.input("coverage_parameters", inputs::parameters(self.settings)?)?;
        bench.input("coverage_levels", inputs::levels(self.settings)?)?;
        bench.input("coverage_hamlets", inputs::hamlets(self.hamlets, grid)?)?;
        bench.input("coverage_hamlet_cells", inputs::hamlet_cells(self.hamlets, grid)?)?;
        bench.query_view("coverage_samples", SAMPLES, self.queries.sql(SAMPLES)?)?;
        self.spill(bench, "device_days")?;
        let cells = cells(&bench.step("coverage_cells", CELLS, self.queries.sql(CELLS)?)?)?;
        bench.input("coverage_places", inputs::places(self.hamlets, &cells, grid)?)?;
        self.spill(bench, "share_days")?;
        for table in ["shares", "signals", "neighbours", "absences"] {
            let query = format!("coverage/{table}.sql");
            bench.step(&format!("coverage_{table}"), &query, self.queries.sql(&query)?)?;
        }
        for (table, query) in [
            ("coverage_basis", "coverage/basis.sql"),
            ("coverage_evidence", "coverage/evidence.sql"),
            ("suspected_coverage", "coverage/suspected.sql"),
        ] {
            bench.run(table, query, self.queries.sql(query)?)?;
        }
        Ok(())
    }

    /// Runs a query whose result stays in an intermediate file.
    fn spill(&self, bench: &mut Bench, name: &str) -> Result<()> {
        let (table, query) = (format!("coverage_{name}"), format!("coverage/{name}.sql"));
        bench.spill(&table, &query, self.queries.sql(&query)?)
    }
}

/// The rows of `cells.sql`.
fn cells(batch: &RecordBatch) -> Result<Vec<Cell>> {
    let fault = |message: String| EngineFault::Query { query: CELLS.into(), message };
    let column = |name: &str| -> Result<ArrayRef> {
        let missing = || fault(format!("expected columns cell_y and cell_x, `{name}` is missing"));
        let column = batch.column_by_name(name).ok_or_else(missing)?;
        Ok(cast(column, &DataType::Int64).map_err(|e| fault(e.to_string()))?)
    };
    let (y, x) = (column("cell_y")?, column("cell_x")?);
    let (y, x) = (y.as_primitive::<Int64Type>(), x.as_primitive::<Int64Type>());
    Ok(y.values().iter().zip(x.values()).map(|(y, x)| Cell { y: *y, x: *x }).collect())
}
