//! Bias made visible: who measured, when, where, and with what, before anybody compares results.

use crate::error::Result;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::statistics::Bench;

/// Adds the tables `bias` and `platforms`.
pub fn describe(plan: &Plan, bench: &mut Bench, progress: Progress<'_>) -> Result<()> {
    progress(Step::Stage { name: "bias", rows: 0 });
    for name in ["bias", "platforms"] {
        let query = format!("bias/{name}.sql");
        bench.run(name, &query, plan.queries.sql(&query)?)?;
    }
    Ok(())
}
