//! Statistics computed directly from numbered samples.
//!
//! What belongs to a group, and what it is compared with, is SQL: `groups.sql` and `values.sql` run on a
//! table of samples with one row per cell, which is small. The rest is computed here, exactly as the queries
//! say, for all tables at once: order statistics (`points.sql`, `order.sql`) in passes over the values in
//! their order ([`ranks`]), sums over devices (`clusters.sql`) in one pass device by device ([`clusters`]);
//! then adjusted sizes and intervals ([`intervals`]), and the tables ([`table`]). Sums are of whole numbers,
//! so nothing depends on the order of rows; beside the samples, memory holds some numbers per group.

mod clusters;
mod intervals;
mod members;
mod ranks;
mod scan;
mod table;

use arrow::array::RecordBatch;

use super::{EngineFault, Tables, failed, whole_numbers};
use crate::engine::{self, Engine};
use crate::error::Result;
use crate::numbered::{Numbered, Rows};
use crate::queries::{Queries, Series, StatisticsTable};
pub use intervals::{Limits, LookedUp};
use members::Members;
pub use scan::Scan;
pub use table::{Made, by_group};

const VALUES: &str = "statistics/values.sql";

/// Samples by number, and an engine that knows their cells as tables of samples.
pub struct Direct {
    samples: Numbered,
    engine: Box<dyn Engine + Send>,
    threads: usize,
    pub limits: Limits,
}

impl Direct {
    /// `inputs` are the tables that queries read beside samples.
    pub fn new(
        queries: &Queries,
        samples: Numbered,
        inputs: &Tables,
        limits: Limits,
        threads: usize,
    ) -> Result<Self> {
        let mut engine = engine::open(&[]);
        for (name, batch) in inputs {
            engine.register_batches(name, batch.schema(), std::slice::from_ref(batch))?;
        }
        let whole = samples.one_per_cell(false).map_err(|e| failed(VALUES, &e))?;
        let parts = samples.one_per_cell(true).map_err(|e| failed(VALUES, &e))?;
        let counted = samples.counted.clone();
        let known = [
            ("effective", whole.clone()),
            ("tests", whole),
            ("effective_day_part", parts),
            ("accepted", counted),
        ];
        for (name, batch) in known {
            engine.register_batches(name, batch.schema(), &[batch])?;
            engine.register_view(&format!("{name}_by_family"), &queries.by_family(name))?;
        }
        Ok(Direct { samples, engine, threads, limits })
    }

    /// The groups of a table, from tests that are already counted by cell.
    pub fn groups(&mut self, table: &str, query: &str, sql: &str) -> Result<RecordBatch> {
        let groups = self.engine.query(query, sql)?;
        let groups = whole_numbers(&groups).map_err(|e| failed(query, &e))?;
        self.engine.register_batches(table, groups.schema(), std::slice::from_ref(&groups))?;
        Ok(groups)
    }

    /// One scan for tables that read the same samples; their groups were asked for before
    /// ([`Direct::groups`]).
    pub fn scan<'a>(
        &'a self,
        queries: &Queries,
        of: &[(&'a StatisticsTable, &'a Series)],
    ) -> Result<Scan<'a>> {
        let members = of.iter().map(|(table, series)| {
            let sql = queries.statistics_sql(VALUES, table, Some(series))?;
            let members = self.engine.query(VALUES, &sql)?;
            let members = whole_numbers(&members).map_err(|e| failed(VALUES, &e))?;
            Ok(Members::of(series, &members)?)
        });
        let series = of.first().map(|(_, series)| *series).ok_or_else(|| missing("group_no"))?;
        let samples = self.rows(&series.source);
        Scan::new(series, samples, &members.collect::<Result<Vec<_>>>()?, self.threads)
    }

    fn rows(&self, source: &str) -> &Rows {
        match samples(source) {
            "effective_day_part" => &self.samples.effective_day_part,
            "tests" => &self.samples.tests,
            _ => &self.samples.effective,
        }
    }
}

/// The table of samples that a source is a form of.
pub fn samples(source: &str) -> &str {
    source.trim_end_matches("_by_family")
}

fn missing(column: &str) -> EngineFault {
    failed(VALUES, &format!("column `{column}` is missing or of another type"))
}
