//! Tests on each day of the period, and in each hour of the day.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::table::count;
use super::words::{Words, counted};
use super::{FigureSources, whole};
use crate::chart::{Daily, Day};
use crate::error::Result;
use crate::import::functions::days as days_since_epoch;
use crate::vietnamese::percent;

/// How long the busiest part of the day is.
const BUSY: usize = 4;

/// The tests of both access types on each day of the period; none where there is no test at all.
pub(super) fn daily(sources: &FigureSources<'_>, figure: &str) -> Result<Option<Daily>> {
    let words = Words::new(sources, figure, "daily", "");
    let Some(table) = sources.table("daily") else {
        return Ok(None);
    };
    let local_days = table.days("local_day")?;
    let (ok, failed) = (table.counts("tests_ok")?, table.counts("tests_failed")?);
    if table.suppressed().contains(&true) {
        return Ok(None); // a day of which nothing may be told would look like one without tests
    }
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
    let days = days(sources, &tests);
    let (title, alternative) = of_days(&words, &days)?;
    let axis = if is_calendar_month(sources) { "axis" } else { "axis_window" };
    Ok(Some(Daily {
        caption: words.caption(title, alternative)?,
        tests_name: sources.word("legend.tests_ok")?,
        failed_name: sources.word("legend.tests_failed")?,
        zero_name: sources.word("legend.tests_none")?,
        days,
        axis: words.text(axis)?,
        values: words.text("values")?,
        number: whole,
    }))
}

fn of_days(words: &Words<'_>, days: &[Day]) -> Result<(String, String)> {
    let total = |day: &Day| day.tests + day.failed;
    let most = days.iter().map(total).fold(0.0, f64::max);
    let busiest = days.iter().find(|day| total(day) == most);
    let mut empty = days.iter().filter(|day| total(day) == 0.0);
    let first_empty = empty.next();
    let count = first_empty.iter().count() + empty.count();
    let label = |day: Option<&Day>| day.map_or(String::new(), |day| day.label.clone());
    let values = [
        ("days", counted(days.len())),
        ("count", counted(count)),
        ("most", whole(most)),
        ("day", label(busiest)),
        ("empty", label(first_empty)),
        ("empty_days", empty_words(words, count)?),
        ("ok", whole(days.iter().map(|day| day.tests).sum())),
        ("failed", whole(days.iter().map(|day| day.failed).sum())),
    ];
    let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
    let key = match count {
        0 => "title_all",
        1 => "title_one",
        _ => "title_some",
    };
    Ok((words.filled(key, &values)?, words.filled("alternative", &values)?))
}

/// How many days or hours have no test.
fn empty_words(words: &Words<'_>, count: usize) -> Result<String> {
    let key = if count == 0 { "empty_none" } else { "empty_some" };
    words.filled(key, &[("count", &counted(count))])
}

/// Days that the table lacks are days without a test.
fn days(sources: &FigureSources<'_>, tests: &BTreeMap<i32, (i64, i64)>) -> Vec<Day> {
    let day = |day: Date| {
        let (ok, failed) = tests.get(&days_since_epoch(day)).copied().unwrap_or_default();
        Day { label: day_label(sources, day), tests: ok as f64, failed: failed as f64 }
    };
    period_days(sources).map(day).collect()
}

/// Every day of the period.
pub(super) fn period_days(sources: &FigureSources<'_>) -> impl Iterator<Item = Date> {
    let end = sources.period_to;
    sources.period_from.series(1.day()).take_while(move |day| *day < end)
}

/// The day of a calendar month, day and month of other periods.
pub(super) fn day_label(sources: &FigureSources<'_>, day: Date) -> String {
    match is_calendar_month(sources) {
        true => day.day().to_string(),
        false => format!("{}/{}", day.day(), day.month()),
    }
}

pub(super) fn is_calendar_month(sources: &FigureSources<'_>) -> bool {
    sources.period_from.day() == 1 && sources.period_to.day() == 1
}

/// Tests in each hour of the day, by access type; none where there is no test at all.
pub(super) fn hourly(sources: &FigureSources<'_>, figure: &str) -> Result<Option<Daily>> {
    let words = Words::new(sources, figure, "hourly", "");
    let mobile = hours(sources, "mobile")?;
    let fixed = hours(sources, "fixed")?;
    let total: Vec<i64> = (0..24).map(|hour| mobile[hour] + fixed[hour]).collect();
    let all: i64 = total.iter().sum();
    if all == 0 {
        return Ok(None);
    }
    let (from, busy) = busiest(&total);
    let empty = total.iter().filter(|tests| **tests == 0).count();
    let values = [
        ("share", percent(busy as f64 / all as f64, 0)),
        ("from", counted(from)),
        ("to", counted((from + BUSY - 1) % 24 + 1)),
        ("mobile", whole(mobile.iter().sum::<i64>() as f64)),
        ("fixed", whole(fixed.iter().sum::<i64>() as f64)),
        ("empty_hours", empty_words(&words, empty)?),
    ];
    let values = values.each_ref().map(|(name, text)| (*name, text.as_str()));
    let hour = |hour: usize| Day {
        label: hour.to_string(),
        tests: mobile[hour] as f64,
        failed: fixed[hour] as f64,
    };
    let (title, alternative) =
        (words.filled("title", &values)?, words.filled("alternative", &values)?);
    Ok(Some(Daily {
        caption: words.caption(title, alternative)?,
        tests_name: sources.word("access_titles.mobile")?,
        failed_name: sources.word("access_titles.fixed")?,
        zero_name: sources.word("legend.hours_none")?,
        days: (0..24).map(hour).collect(),
        axis: words.text("axis")?,
        values: words.text("values")?,
        number: whole,
    }))
}

/// Successful and failed tests of a family in each hour.
fn hours(sources: &FigureSources<'_>, family: &str) -> Result<[i64; 24]> {
    let mut tests = [0; 24];
    let Some(table) = sources.table("hourly") else {
        return Ok(tests);
    };
    let hours = table.counts("local_hour")?;
    let (ok, failed) = (table.counts("tests_ok")?, table.counts("tests_failed")?);
    let hidden = table.suppressed();
    for row in table.rows(family)?.into_iter().filter(|row| !hidden[*row]) {
        let hour = usize::try_from(count(&hours, row)).ok().and_then(|hour| tests.get_mut(hour));
        if let Some(sum) = hour {
            *sum += count(&ok, row) + count(&failed, row);
        }
    }
    Ok(tests)
}

/// The first hour of the part of the day with most tests, which may pass midnight, and its tests.
fn busiest(tests: &[i64]) -> (usize, i64) {
    let sum = |from: usize| (0..BUSY).map(|i| tests[(from + i) % tests.len()]).sum::<i64>();
    let parts = (0..tests.len()).map(|from| (from, sum(from)));
    parts.reduce(|best, next| if next.1 > best.1 { next } else { best }).unwrap_or((0, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_part_may_pass_midnight() {
        let mut tests = [1; 24];
        (tests[22], tests[23], tests[0]) = (9, 9, 9);
        assert_eq!(busiest(&tests), (21, 28));
        assert_eq!(busiest(&[2; 24]), (0, 8));
    }
}
