//! Figures published elsewhere beside ours, and the tests that were sorted out in between.

mod published;

use crate::error::Result;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::statistics::Bench;

pub use published::{Names, Published};

/// Adds the tables `reconciliation_reasons` and `reconciliation`, when figures are given.
pub fn reconcile(plan: &Plan, bench: &mut Bench, progress: Progress<'_>) -> Result<()> {
    let Some(published) = &plan.published else { return Ok(()) };
    progress(Step::Stage { name: "reconciliation", rows: 0 });
    bench.input("published", published.batch()?)?;
    for (table, file) in
        [("reconciliation_reasons", "reasons"), ("reconciliation", "reconciliation")]
    {
        let query = format!("reconciliation/{file}.sql");
        bench.run(table, &query, plan.queries.sql(&query)?)?;
    }
    Ok(())
}
