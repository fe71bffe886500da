//! Checks of a whole batch: samples that are odd together although each of them is possible.
//!
//! They run on single accepted tests and on rejected rows, before any statistics, so that they also
//! speak when too many rows are rejected for a report. Nothing is rejected for them: they warn.

mod cells;
mod history;

use std::collections::BTreeSet;

use arrow::array::RecordBatch;

use crate::config::Checks;
use crate::engine::{self, Engine};
use crate::error::Result;
use crate::plan::Plan;
use crate::validation::{ValidSamples, register_accepted};
use crate::warning::Warning;
use cells::Cells;

pub use history::compared_with;

const SPEEDS: &str = "checks/speeds.sql";
const SCALE: &str = "checks/scale.sql";
const TIMES: &str = "checks/times.sql";

/// Offsets below this many hours do not bring the night among the busy hours.
const MIN_OFFSET: i32 = 3;

/// What is odd about these samples.
pub fn find(plan: &Plan, valid: &ValidSamples) -> Result<Vec<Warning>> {
    let engine = open(plan, valid)?;
    let run = |name: &str| engine.query(name, &plan.queries.sql(name)?);
    let checks = &plan.config.checks;
    let mut found = upload_above_download(&run(SPEEDS)?, checks)?;
    found.extend(units(&run(SCALE)?, checks)?);
    let times = run(TIMES)?;
    found.extend(days_without_samples(plan, &times)?);
    found.extend(hours_shifted(plan, &times)?);
    Ok(found)
}

fn open(plan: &Plan, valid: &ValidSamples) -> Result<Box<dyn Engine + Send>> {
    let mut engine = engine::open(&[]);
    let e = engine.as_mut();
    register_accepted(e, plan, valid, valid.ledger.simulated)?;
    valid.register_quarantine(e)?;
    let ceilings = plan.ceilings()?;
    e.register_batches("ceilings", ceilings.schema(), &[ceilings])?;
    Ok(engine)
}

/// On mobile networks the way down is faster; if not, for all or for one operator, two columns may
/// be swapped.
fn upload_above_download(batch: &RecordBatch, checks: &Checks) -> Result<Vec<Warning>> {
    let cells = Cells { query: SPEEDS, batch };
    let (access, tests) = (cells.texts("access_type")?, cells.counts("tests")?);
    let operators = cells.texts("operator")?;
    let (down, up) = (cells.numbers("download_median")?, cells.numbers("upload_median")?);
    let mut swapped = Vec::new();
    for (row, operator) in operators.into_iter().enumerate() {
        let (Some(download), Some(upload)) = (down[row], up[row]) else { continue };
        let mobile = access[row].as_deref() == Some("mobile");
        if mobile && upload > download && tests[row] >= u64::from(checks.min_tests) {
            swapped.push((operator, tests[row], download, upload));
        }
    }
    // The whole first, then operators by name.
    swapped.sort_by(|a, b| a.0.cmp(&b.0));
    let warning = |(operator, tests, download, upload)| Warning::UploadAboveDownload {
        operator,
        tests,
        download,
        upload,
    };
    Ok(swapped.into_iter().map(warning).collect())
}

/// The unit is doubted where the median download of an access type is out of reach, or where many
/// downloads are above their ceiling and their median would be a plausible one divided by 1000.
fn units(batch: &RecordBatch, checks: &Checks) -> Result<Vec<Warning>> {
    let cells = Cells { query: SCALE, batch };
    let (access, tests) = (cells.texts("access_type")?, cells.counts("tests")?);
    let (median, above) = (cells.numbers("download_median")?, cells.counts("tests_above")?);
    let above_median = cells.numbers("above_median")?;
    let plausible = checks.min_median_mbps..=checks.max_median_mbps;
    let mut found = Vec::new();
    for (row, access_type) in access.into_iter().enumerate() {
        let (Some(access_type), Some(median)) = (access_type, median[row]) else { continue };
        let (tests, above) = (tests[row], above[row]);
        if tests < u64::from(checks.min_tests) {
            continue;
        }
        let many = above as f64 > checks.above_ceiling_share * tests as f64;
        let a_thousandth = above_median[row].is_some_and(|m| plausible.contains(&(m / 1000.0)));
        if median > checks.max_median_mbps || (many && a_thousandth) {
            found.push(Warning::SpeedsTooHigh { access_type, tests, above, median });
        } else if median < checks.min_median_mbps {
            found.push(Warning::SpeedsTooLow { access_type, tests, median });
        }
    }
    Ok(found)
}

/// Days of the period that no accepted test lies on; none where nothing was accepted at all.
fn days_without_samples(plan: &Plan, times: &RecordBatch) -> Result<Option<Warning>> {
    let Some(period) = &plan.period else { return Ok(None) };
    let days = Cells { query: TIMES, batch: times }.days("local_day")?;
    let known: BTreeSet<_> = days.into_iter().flatten().collect();
    let mut days = period.days();
    days.retain(|day| !known.contains(day));
    let some = !known.is_empty() && !days.is_empty();
    Ok(some.then_some(Warning::DaysWithoutSamples { days }))
}

/// Few people measure from 01 to 05 in the night. Were local times taken for UTC and moved once more
/// by the offset of the zone, that quiet would show so many hours later; were UTC taken for local
/// times, so many hours earlier. With seven hours these are the forenoon, 08 to 12, and the evening,
/// 18 to 22: a night that is busier than one of them is odd.
fn hours_shifted(plan: &Plan, times: &RecordBatch) -> Result<Option<Warning>> {
    let cells = Cells { query: TIMES, batch: times };
    let (hours, tests) = (cells.numbers("local_hour")?, cells.counts("tests")?);
    let mut by_hour = [0_u64; 24];
    for (hour, tests) in hours.into_iter().zip(tests) {
        if let Some(count) = hour.and_then(|hour| by_hour.get_mut(hour as usize)) {
            *count += tests;
        }
    }
    Ok(shift(&by_hour, offset(plan), &plan.config.checks))
}

/// The hours that the zone is ahead of UTC when the period begins.
fn offset(plan: &Plan) -> i32 {
    let begin = plan.period.as_ref().map_or(jiff::Timestamp::UNIX_EPOCH, |p| p.from_instant);
    plan.zone.to_offset(begin).seconds() / 3600
}

fn shift(by_hour: &[u64; 24], offset: i32, checks: &Checks) -> Option<Warning> {
    let enough = by_hour.iter().sum::<u64>() >= u64::from(checks.min_tests);
    if offset.abs() < MIN_OFFSET || !enough {
        return None;
    }
    let five_hours = |moved: i32| -> (u8, u64) {
        let at = |hour: i32| (hour + moved).rem_euclid(24) as usize;
        (at(1) as u8, (1..=5).map(|hour| by_hour[at(hour)]).sum())
    };
    let (_, night) = five_hours(0);
    let moved = [(true, five_hours(offset)), (false, five_hours(-offset))];
    let (local_as_utc, (busy_from, busy)) = moved.into_iter().min_by_key(|(_, (_, busy))| *busy)?;
    let hours = offset.unsigned_abs() as u8;
    let odd = night as f64 > checks.night_ratio * busy as f64;
    odd.then_some(Warning::HoursShifted { local_as_utc, hours, night, busy_from, busy })
}

#[cfg(test)]
mod tests;
