//! Figures weighted by the population of communes, beside the unweighted ones.
//!
//! Who measures is not spread over communes as people are. With a table of inhabitants, each sample
//! weighs as much as the people of its commune it stands for (`queries/weighting/`).

mod population;

pub use population::Population;

use crate::error::Result;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::statistics::{Bench, quantiles};

const VALUES: &str = "weighting_values";
const LEVELS: &str = "weighting_levels";

/// Adds the table `weighted`, when a population is given.
pub fn weigh(plan: &Plan, bench: &mut Bench, progress: Progress<'_>) -> Result<()> {
    let queries = &plan.queries;
    let Some(population) = &plan.population else { return Ok(()) };
    if !queries.indicators.iter().any(|indicator| indicator.compare) {
        return Ok(());
    }
    progress(Step::Stage { name: "weighting", rows: 0 });
    bench.input("population", population.batch()?)?;
    let sql = |name: &str| -> Result<(String, String)> {
        let query = format!("weighting/{name}.sql");
        let sql = queries.sql(&query)?;
        Ok((query, sql))
    };
    let (query, text) = sql("groups")?;
    bench.step("weighting_groups", &query, text)?;
    let (query, text) = sql("values")?;
    bench.spill(VALUES, &query, text)?;
    let (query, text) = sql("communes")?;
    bench.step("weighting_communes", &query, text)?;
    let (query, text) = sql("levels")?;
    bench.spill(LEVELS, &query, text)?;
    let (query, text) = sql("points")?;
    bench.step("weighting_points", &query, text)?;
    let (query, text) = sql("clusters")?;
    let clusters = bench.step("weighting_clusters", &query, text)?;
    let devices = quantiles::devices_of(&clusters);
    bench.input("weighting_t", quantiles::student_t(&devices)?)?;
    let (query, text) = sql("weighted")?;
    bench.run("weighted", &query, text)?;
    bench.drop_spilled(VALUES);
    bench.drop_spilled(LEVELS);
    Ok(())
}
