//! Coverage gaps: too few tests against the quota, and means below a benchmark.

use crate::error::Result;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::statistics::Bench;

/// Adds the tables `quota` and `gaps`.
pub fn find(plan: &Plan, bench: &mut Bench, progress: Progress<'_>) -> Result<()> {
    progress(Step::Stage { name: "gaps", rows: 0 });
    for name in ["quota", "gaps"] {
        let query = format!("gaps/{name}.sql");
        bench.run(name, &query, plan.queries.sql(&query)?)?;
    }
    Ok(())
}
