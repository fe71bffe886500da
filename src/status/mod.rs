//! During a month: how far communes have come to their quota, and who is at risk of missing it.
//!
//! For the campaign team, inside the office: counts are complete, nothing is published. What counts is
//! what counts against the quota at the end (`daily_commune`), up to the last day that is over; later
//! rows of the export are left out. `projection` says where each commune will be.

mod projection;
mod table;

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Date32Array, RecordBatch};
use arrow::compute::max;
use arrow::datatypes::Date32Type;
use jiff::civil::Date;

pub use projection::Days;

use crate::collapse;
use crate::engine::EngineFault;
use crate::error::{Fault, Kind, Result};
use crate::import::Samples;
use crate::import::functions::{civil, days as days_since_epoch};
use crate::output;
use crate::period::Period;
use crate::pipeline::PipelineFault;
use crate::plan::{self, Plan};
use crate::progress::{Progress, Step};
use crate::report::rows::{Row, rows};
use crate::statistics::{Bench, Tables};
use crate::validation::ledger::Ledger;
use crate::validation::validate;
use crate::warning::{Warning, warnings};
use projection::Projection;
use table::projected;

/// The table, its query is `queries/status/status.sql`.
pub const TABLE: &str = "status";
const QUERY: &str = "status/status.sql";
const TEMPLATE: &str = "status.md";

/// Why there is no status.
#[derive(Debug, thiserror::Error)]
pub enum StatusFault {
    #[error("the period of {month} begins on {from}, expected a day of it to be over on {today}")]
    TooEarly { month: String, from: Date, today: Date },
}

impl Fault for StatusFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }

    fn hint(&self) -> Option<String> {
        Some("ask on a later day (--today) or for an earlier month (--month)".into())
    }
}

/// How a commune stands against its quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The upper bound of its total is below the quota.
    Short,
    /// The quota lies between the bounds.
    Uncertain,
    /// The lower bound meets the quota.
    OnTrack,
    /// It has met the quota.
    Met,
}

impl Standing {
    /// All of them, the worst first.
    pub const ALL: [Standing; 4] =
        [Standing::Short, Standing::Uncertain, Standing::OnTrack, Standing::Met];

    /// As tables have it.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Short => "short",
            Standing::Uncertain => "uncertain",
            Standing::OnTrack => "on_track",
            Standing::Met => "met",
        }
    }

    fn of(counted: i64, quota: i64, total: Projection) -> Self {
        match () {
            () if counted >= quota => Standing::Met,
            () if total.low >= quota => Standing::OnTrack,
            () if total.high >= quota => Standing::Uncertain,
            () => Standing::Short,
        }
    }
}

/// What is known on a day of the month.
#[derive(Debug)]
pub struct Status {
    /// One row per commune and kind of access.
    pub table: RecordBatch,
    /// The last day that is over.
    pub through: Date,
    pub days: Days,
    /// The last day with a test that counts; `None` when there is none.
    pub last_sample: Option<Date>,
    pub ledger: Ledger,
    pub warnings: Vec<Warning>,
}

/// Counts the samples of the month of the plan as far as it is over on a day.
pub fn status(
    plan: &Plan,
    samples: &Samples,
    today: Date,
    progress: Progress<'_>,
) -> Result<Status> {
    let period = plan.period.as_ref().ok_or(PipelineFault::NoPeriod)?;
    let (through, days) = window(period, today)?;
    let mut valid = validate(plan, samples, progress)?;
    let [effective, by_day_part] =
        ["effective.parquet", "day_part.parquet"].map(|file| plan.work.join(file));
    let effective = collapse::collapse(plan, &mut valid, effective, by_day_part, None, progress)?;
    let mut bench = Bench::new(plan, &valid, effective)?;
    progress(Step::Stage { name: "status", rows: 0 });
    let daily = "statistics/daily_commune.sql";
    bench.run("daily_commune", daily, plan.queries.sql(daily)?)?;
    let last_sample = last_day(&bench.tables["daily_commune"]);
    bench.input("status_days", one_day(through)?)?;
    let counts = bench.step(TABLE, QUERY, plan.queries.sql(QUERY)?)?;
    let table = projected(&counts, through, days, valid.ledger.simulated)?;
    let warnings = warnings(samples, &valid.ledger);
    Ok(Status { table, through, days, last_sample, ledger: valid.ledger, warnings })
}

impl Status {
    /// The rows of the table: values by column name.
    pub fn rows(&self) -> Result<Vec<Row>> {
        rows(TABLE, &self.table)
    }

    /// The same as a document, in PDF.
    pub fn pdf(&self, plan: &Plan) -> Result<Vec<u8>> {
        let tables = Tables::from([(TABLE.to_owned(), self.table.clone())]);
        output::document(plan, TEMPLATE, &tables, &self.ledger)
    }
}

/// The last day that is over, and how many are over and left.
fn window(period: &Period, today: Date) -> Result<(Date, Days), StatusFault> {
    let days = period.days();
    let done = days.iter().filter(|day| **day < today).count();
    let Some(through) = done.checked_sub(1).and_then(|last| days.get(last)) else {
        let (month, from) = (period.month.clone(), period.from);
        return Err(StatusFault::TooEarly { month, from, today });
    };
    let count = |days: usize| u32::try_from(days).unwrap_or(u32::MAX);
    Ok((*through, Days { done: count(done), left: count(days.len() - done) }))
}

fn one_day(through: Date) -> Result<RecordBatch, EngineFault> {
    let days: ArrayRef = Arc::new(Date32Array::from(vec![days_since_epoch(through)]));
    plan::table("status_days", [("through", days)])
}

fn last_day(daily: &RecordBatch) -> Option<Date> {
    let days = daily.column_by_name("local_day")?.as_primitive_opt::<Date32Type>()?;
    civil(max(days)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_days_count() {
        let zone = crate::import::functions::zone("Asia/Ho_Chi_Minh").unwrap();
        let period = Period::of("2025-10", 1, &zone).unwrap();
        let on = |day: &str| window(&period, day.parse().unwrap());
        let (through, days) = on("2025-10-02").unwrap();
        assert_eq!((through.day(), days), (1, Days { done: 1, left: 30 }));
        let (through, days) = on("2025-12-24").unwrap();
        assert_eq!((through.day(), days), (31, Days { done: 31, left: 0 }));
        let early = on("2025-10-01").unwrap_err().to_string();
        assert!(early.contains("2025-10-01") && early.contains("2025-10"), "{early}");
    }

    #[test]
    fn standings_rest_on_the_bounds() {
        let total = |low, high| Projection { total: 0.0, low, high };
        let of = |counted, low, high| Standing::of(counted, 300, total(low, high)).word();
        assert_eq!(of(300, 310, 400), "met");
        assert_eq!(of(290, 300, 400), "on_track");
        assert_eq!(of(200, 299, 300), "uncertain");
        assert_eq!(of(200, 250, 299), "short");
    }
}
