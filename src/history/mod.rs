//! Earlier bundles of a province: what they found, month by month, beside the month of a report.
//!
//! | file | what |
//! |---|---|
//! | `bundles` | finds and checks the bundles that a run was given |
//! | `months` | which months there are, and which of them can be compared |
//! | `tables` | the tables `history_…` that queries read |
//! | `restated` | statistics of months before a reform, by the communes after it |
//!
//! A month on the same side of `communes.restated_on` as the report is shown as its bundle has it:
//! nothing is computed again. A month before it is computed again from samples that were collapsed by
//! the communes of today, when the bundles of every province that the one of today was made of are
//! there; else it cannot be compared. What is shown of all that is SQL: `queries/history/`.

mod bundles;
mod fault;
mod months;
mod restated;
mod tables;

use arrow::array::RecordBatch;
use arrow::compute::filter_record_batch;

use crate::bundle::Earlier;
use crate::checks;
use crate::error::Result;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::statistics::{Bench, commune_table};
use crate::warning::Warning;

pub use bundles::{Bundle, RESTATED};
pub use fault::HistoryFault;
pub use months::{Basis, Month};

/// The longest trend, with the month of the report.
pub const MONTHS: i64 = 13;

/// What a report makes of the history, in order.
const TABLES: [&str; 5] =
    ["trend_months", "trend", "trend_quota", "trend_technology", "gap_changes"];

/// The bundles of earlier months that a report is set beside.
#[derive(Debug, Default)]
pub struct History {
    bundles: Vec<Bundle>,
    /// From the first month with a bundle to the one before the report, the latest first.
    months: Vec<Month>,
}

impl History {
    /// Finds, checks and reads the bundles that the configuration names.
    pub fn read(plan: &Plan) -> Result<Self> {
        let Some(period) = &plan.period else { return Ok(History::default()) };
        let scope = months::Scope::of(plan, period)?;
        let bundles = bundles::read(&plan.config.history.paths, plan, &scope)?;
        let months = scope.months(&bundles);
        Ok(History { bundles, months })
    }

    /// The bundles of earlier months.
    pub fn bundles(&self) -> &[Bundle] {
        &self.bundles
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.bundles.is_empty()
    }

    /// The bundles by what the manifest of a run says of them.
    pub fn earlier(&self) -> Vec<Earlier> {
        let mut earlier: Vec<Earlier> = self.bundles.iter().map(Bundle::earlier).collect();
        earlier.sort();
        earlier
    }

    /// Simulated months and real ones do not stand in one trend.
    pub fn check(&self, simulated: bool) -> Result<()> {
        let other = self.bundles.iter().find(|b| b.manifest.origin.simulated != simulated);
        other.map_or(Ok(()), |bundle| {
            let bundle = bundle.folder.display().to_string();
            Err(HistoryFault::Simulated { bundle, report: simulated }.into())
        })
    }
}

/// Makes the tables of earlier months known; `earlier_gaps` is what `gaps` reads of them. Where the
/// period begins before a reform, the table `restated` says what is known of its tests after it.
pub fn open(plan: &Plan, bench: &mut Bench, progress: Progress<'_>) -> Result<()> {
    progress(Step::Stage { name: "history", rows: 0 });
    for (name, batch) in tables::history(plan)? {
        bench.input(&name, batch)?;
    }
    let query = "history/earlier_gaps.sql";
    bench.step("earlier_gaps", query, plan.queries.sql(query)?)?;
    let restated = plan.restated_communes();
    if restated.is_empty() {
        return Ok(());
    }
    bench.input("restated_communes", commune_table(&restated)?)?;
    let query = "history/restated.sql";
    bench.run("restated", query, plan.queries.sql(query)?)
}

/// Adds the tables of trends, and says what changed oddly since the month before.
pub fn compare(plan: &Plan, bench: &mut Bench) -> Result<Vec<Warning>> {
    if plan.history.is_empty() {
        return Ok(Vec::new());
    }
    for name in TABLES {
        let query = format!("history/{name}.sql");
        bench.run(name, &query, plan.queries.sql(&query)?)?;
    }
    let (Some(before), Some(now)) = (last_month(bench)?, bench.tables.get("operator")) else {
        return Ok(Vec::new());
    };
    checks::compared_with(&before, now, &plan.config.checks)
}

/// The operators of the month right before, as its bundle has them.
fn last_month(bench: &Bench) -> Result<Option<RecordBatch>> {
    let Some(operators) = bench.inputs.get("history_operator") else { return Ok(None) };
    let last = tables::is_last_month(operators);
    let rows = filter_record_batch(operators, &last).map_err(tables::broken)?;
    Ok(Some(rows).filter(|rows| rows.num_rows() > 0))
}
