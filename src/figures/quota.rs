//! Numbers of tests: per commune against the quota, and per day.

use std::collections::BTreeMap;

use jiff::ToSpan;

use super::table::{Table, count, text};
use super::{FigureSources, day_number, whole};
use crate::chart::{Daily, Day, QuotaBar, QuotaBars, QuotaLegend};
use crate::error::Result;

/// Every commune with its tests; none where there is no test at all.
pub(super) fn bars(
    sources: &FigureSources<'_>,
    figure: &str,
    family: &str,
) -> Result<Option<QuotaBars>> {
    let Some(table) = Table::find(sources.tables, "quota") else {
        return Ok(None);
    };
    let (names, tests) = (table.text("commune_name")?, table.counts("counted")?);
    let bar = |row: usize| QuotaBar {
        label: text(&names, row).to_owned(),
        tests: count(&tests, row) as f64,
    };
    let bars: Vec<_> = table.rows(family)?.into_iter().map(bar).collect();
    if bars.iter().all(|bar| bar.tests <= 0.0) {
        return Ok(None);
    }
    let own = |key: &str| sources.word(&format!("charts.{figure}.{key}"));
    Ok(Some(QuotaBars {
        caption: sources.caption(figure)?,
        legend: QuotaLegend {
            met: sources.word("legend.quota_met")?,
            missed: sources.word("legend.quota_partial")?,
            none: sources.word("legend.quota_zero")?,
        },
        bars,
        quota: sources.quota as f64,
        quota_label: sources.word("legend.quota_line")?,
        axis: own("axis")?,
        values: own("values")?,
        values_rooted: own("values_rooted")?,
        number: whole,
    }))
}

/// The tests of both access types on each day of the period; none where there is no test at all.
pub(super) fn daily(sources: &FigureSources<'_>, figure: &str) -> Result<Option<Daily>> {
    let Some(table) = Table::find(sources.tables, "daily") else {
        return Ok(None);
    };
    let local_days = table.days("local_day")?;
    let (ok, failed) = (table.counts("tests_ok")?, table.counts("tests_failed")?);
    let mut tests: BTreeMap<i32, (i64, i64)> = BTreeMap::new();
    for (row, day) in local_days.iter().enumerate() {
        let Some(day) = day else { continue };
        let sum = tests.entry(day).or_default();
        sum.0 += count(&ok, row);
        sum.1 += count(&failed, row);
    }
    if tests.values().all(|(ok, failed)| ok + failed == 0) {
        return Ok(None);
    }
    let own = |key: &str| sources.word(&format!("charts.{figure}.{key}"));
    let axis = if is_calendar_month(sources) { "axis" } else { "axis_window" };
    Ok(Some(Daily {
        caption: sources.caption(figure)?,
        tests_name: sources.word("legend.tests_ok")?,
        failed_name: sources.word("legend.tests_failed")?,
        zero_name: sources.word("legend.tests_none")?,
        days: days(sources, &tests),
        axis: own(axis)?,
        values: own("values")?,
        number: whole,
    }))
}

/// Days that the table lacks are days without a test.
fn days(sources: &FigureSources<'_>, tests: &BTreeMap<i32, (i64, i64)>) -> Vec<Day> {
    let calendar = is_calendar_month(sources);
    let days = sources.period_from.series(1.day());
    days.take_while(|day| *day < sources.period_to)
        .map(|day| {
            let (ok, failed) = tests.get(&day_number(day)).copied().unwrap_or_default();
            let label = match calendar {
                true => day.day().to_string(),
                false => format!("{}/{}", day.day(), day.month()),
            };
            Day { label, tests: ok as f64, failed: failed as f64 }
        })
        .collect()
}

fn is_calendar_month(sources: &FigureSources<'_>) -> bool {
    sources.period_from.day() == 1 && sources.period_to.day() == 1
}
