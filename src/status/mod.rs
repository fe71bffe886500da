//! During a month: how far communes have come to their quota, and who is at risk of missing it.
//!
//! For the campaign team, inside the office: counts are complete, nothing is published. What counts is
//! what counts against the quota at the end (`daily_commune`), up to the last day that is over; later
//! rows of the export are left out. `projection` says where each commune will be.

mod projection;

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow::compute::max;
use arrow::datatypes::{DataType, Date32Type, Field, Int64Type, Schema};
use arrow::error::ArrowError;
use jiff::civil::Date;

pub use projection::Days;

use crate::collapse;
use crate::engine::EngineFault;
use crate::error::{Fault, Kind, Result};
use crate::import::Samples;
use crate::output;
use crate::period::Period;
use crate::pipeline::PipelineFault;
use crate::plan::Plan;
use crate::progress::{Progress, Step};
use crate::report::rows::{Row, rows};
use crate::statistics::{Bench, Tables};
use crate::validation::ledger::Ledger;
use crate::validation::validate;
use crate::warning::{Warning, warnings};
use projection::{Counts, Projection, common_dispersion, project};

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
    let valid = validate(plan, samples, progress)?;
    let [effective, by_day_part] =
        ["effective.parquet", "day_part.parquet"].map(|file| plan.work.join(file));
    let effective = collapse::collapse(plan, &valid, effective, by_day_part, None, progress)?;
    let mut bench = Bench::new(plan, &valid, &effective)?;
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

fn since_1970(day: Date) -> i32 {
    (day - Date::constant(1970, 1, 1)).get_days()
}

fn one_day(through: Date) -> Result<RecordBatch> {
    let days: ArrayRef = Arc::new(Date32Array::from(vec![since_1970(through)]));
    Ok(RecordBatch::try_from_iter([("through", days)]).map_err(|e| fault(&e))?)
}

fn fault(error: &ArrowError) -> EngineFault {
    EngineFault::Query { query: QUERY.to_owned(), message: error.to_string() }
}

fn last_day(daily: &RecordBatch) -> Option<Date> {
    let days = daily.column_by_name("local_day")?.as_primitive_opt::<Date32Type>()?;
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(max(days)?)).ok()
}

/// The counts with what they become.
fn projected(
    counts: &RecordBatch,
    through: Date,
    days: Days,
    simulated: bool,
) -> Result<RecordBatch> {
    let integers = |name: &str| -> Vec<i64> {
        let column = counts.column_by_name(name).and_then(|c| c.as_primitive_opt::<Int64Type>());
        column
            .map(|column| column.iter().map(Option::unwrap_or_default).collect())
            .unwrap_or_default()
    };
    let (quotas, totals, squares) = (integers("quota"), integers("counted"), integers("squares"));
    let all: Vec<Counts> = totals
        .iter()
        .zip(&squares)
        .map(|(total, squares)| Counts { total: *total, squares: *squares })
        .collect();
    let found = projections(counts, &all, days);
    let standing =
        |row: usize| found[row].map(|total| Standing::of(totals[row], quotas[row], total));
    let rows = 0..counts.num_rows();
    let needed = |row: usize| needed_per_day(quotas[row] - totals[row], days);
    let columns: [(&str, ArrayRef); 9] = [
        ("through", Arc::new(Date32Array::from(vec![since_1970(through); counts.num_rows()]))),
        ("days_done", Arc::new(Int64Array::from(vec![i64::from(days.done); counts.num_rows()]))),
        ("days_left", Arc::new(Int64Array::from(vec![i64::from(days.left); counts.num_rows()]))),
        (
            "per_day",
            Arc::new(Float64Array::from_iter_values(
                totals.iter().map(|total| *total as f64 / f64::from(days.done)),
            )),
        ),
        (
            "projected",
            Arc::new(rows.clone().map(|row| found[row].map(|p| p.total)).collect::<Float64Array>()),
        ),
        (
            "projected_low",
            Arc::new(rows.clone().map(|row| found[row].map(|p| p.low)).collect::<Int64Array>()),
        ),
        (
            "projected_high",
            Arc::new(rows.clone().map(|row| found[row].map(|p| p.high)).collect::<Int64Array>()),
        ),
        (
            "standing",
            Arc::new(
                rows.clone().map(|row| standing(row).map(Standing::word)).collect::<StringArray>(),
            ),
        ),
        ("needed_per_day", Arc::new(rows.map(needed).collect::<Int64Array>())),
    ];
    let schema = counts.schema();
    let own =
        schema.fields().iter().zip(counts.columns()).filter(|(field, _)| field.name() != "squares");
    let mut fields: Vec<Field> = own.clone().map(|(field, _)| field.as_ref().clone()).collect();
    let mut arrays: Vec<ArrayRef> = own.map(|(_, column)| Arc::clone(column)).collect();
    for (name, column) in columns {
        fields.push(Field::new(name, column.data_type().clone(), true));
        arrays.push(column);
    }
    fields.push(Field::new("simulated", DataType::Boolean, true));
    arrays.push(Arc::new(BooleanArray::from(vec![simulated; counts.num_rows()])));
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|e| fault(&e))?)
}

/// Each family scatters in its own way.
fn projections(counts: &RecordBatch, all: &[Counts], days: Days) -> Vec<Option<Projection>> {
    let families = counts.column_by_name("family").and_then(|c| c.as_string_opt::<i32>().cloned());
    let family = |row: usize| families.as_ref().map_or("", |families| families.value(row));
    let of_family = |name: &str| -> Vec<Counts> {
        (0..all.len()).filter(|row| family(*row) == name).map(|row| all[row]).collect()
    };
    let mut names: Vec<&str> = (0..all.len()).map(family).collect();
    names.sort_unstable();
    names.dedup();
    let dispersions: Vec<(&str, f64)> =
        names.into_iter().map(|name| (name, common_dispersion(&of_family(name), days))).collect();
    let dispersion = |row: usize| {
        let of_row = dispersions.iter().find(|(name, _)| *name == family(row));
        of_row.map_or(1.0, |(_, dispersion)| *dispersion)
    };
    (0..all.len()).map(|row| project(all[row], days, dispersion(row))).collect()
}

/// Whole tests a day that make up for what is missing; none when nothing is, or no day is left.
fn needed_per_day(missing: i64, days: Days) -> Option<i64> {
    (missing > 0 && days.left > 0).then(|| {
        let left = i64::from(days.left);
        (missing + left - 1) / left
    })
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

    #[test]
    fn what_is_needed_is_rounded_up() {
        let of = |missing, left| needed_per_day(missing, Days { done: 1, left });
        assert_eq!([of(31, 10), of(30, 10), of(0, 10), of(5, 0)], [Some(4), Some(3), None, None]);
    }
}
