//! The months that reports are about.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::config::PeriodRule;
use crate::error::{Fault, Kind, Result};
use crate::import::functions::{instant, zone};

/// What is no month or no day.
#[derive(Debug, thiserror::Error)]
pub enum PeriodFault {
    #[error("month `{0}` is not of the form 2025-10")]
    Month(String),
    #[error("date `{0}` is not of the form 2025-11-15")]
    Day(String),
}

impl Fault for PeriodFault {
    fn kind(&self) -> Kind {
        Kind::Usage
    }
}

/// A reporting month and the local days it covers, half-open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// `2025-10`.
    pub month: String,
    pub from: Date,
    pub to: Date,
    pub from_instant: Timestamp,
    pub to_instant: Timestamp,
}

impl Period {
    /// The days of a month: the calendar month, or from day `first_day` of the month before.
    pub fn of(month: &str, first_day: i8, zone: &TimeZone) -> Result<Self> {
        let fault = || PeriodFault::Month(month.to_owned());
        let shaped = month.len() == 7 && month.as_bytes()[4] == b'-';
        let first: Date = format!("{month}-01").parse().map_err(|_| fault())?;
        if !shaped || first.year() < 2000 {
            return Err(fault().into());
        }
        let start = |day: Date| -> Option<Date> {
            if first_day == 1 {
                return Some(day);
            }
            day.checked_sub(1.month()).ok()?.with().day(first_day).build().ok()
        };
        let from = start(first).ok_or_else(fault)?;
        let to = start(first.checked_add(1.month()).map_err(|_| fault())?).ok_or_else(fault)?;
        let midnight = |day: Date| {
            // Where clocks skip midnight, the day begins with its first instant.
            instant(zone, day.at(0, 0, 0, 0)).or_else(|| instant(zone, day.at(1, 0, 0, 0)))
        };
        Ok(Period {
            month: month.to_owned(),
            from,
            to,
            from_instant: midnight(from).ok_or_else(fault)?,
            to_instant: midnight(to).ok_or_else(fault)?,
        })
    }

    /// The last period that is over on a day, such as the one that has to be reported on then.
    pub fn last_complete(today: Date, rule: &PeriodRule) -> Result<Self> {
        let this = Period::named_after(today, rule)?;
        if this.to <= today {
            return Ok(this);
        }
        Period::named_after(today.first_of_month().saturating_sub(1.day()), rule)
    }

    /// The period of the day before, such as the one that still goes on.
    pub fn running(today: Date, rule: &PeriodRule) -> Result<Self> {
        let yesterday = today.saturating_sub(1.day());
        let this = Period::named_after(yesterday, rule)?;
        if yesterday < this.to {
            return Ok(this);
        }
        Period::named_after(yesterday.saturating_add(1.month()), rule)
    }

    /// The period that has the name of a day's month.
    fn named_after(day: Date, rule: &PeriodRule) -> Result<Self> {
        Period::of(&day.strftime("%Y-%m").to_string(), rule.first_day, &zone(&rule.zone)?)
    }

    /// The last day of it.
    pub fn last(&self) -> Date {
        self.to.saturating_sub(1.day())
    }

    /// Every day of the period.
    pub fn days(&self) -> Vec<Date> {
        self.from.series(1.day()).take_while(|day| *day < self.to).collect()
    }

    /// Day 15 of the month after the reporting month.
    pub fn default_report_date(&self) -> Result<Date> {
        let fault = || PeriodFault::Month(self.month.clone());
        let first: Date = format!("{}-15", self.month).parse().map_err(|_| fault())?;
        Ok(first.checked_add(1.month()).map_err(|_| fault())?)
    }
}

/// A calendar day given on the command line.
pub fn parse_day(text: &str) -> Result<Date> {
    Ok(text.parse().map_err(|_| PeriodFault::Day(text.to_owned()))?)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_is_half_open_in_local_time() {
        let zone = zone("Asia/Ho_Chi_Minh").unwrap();
        let period = Period::of("2025-07", 1, &zone).unwrap();
        assert_eq!(period.from_instant.to_string(), "2025-06-30T17:00:00Z");
        assert_eq!(period.to_instant.to_string(), "2025-07-31T17:00:00Z");
        assert_eq!(period.days().len(), 31);
        assert_eq!(period.default_report_date().unwrap().to_string(), "2025-08-15");
    }

    #[test]
    fn the_running_period_is_that_of_yesterday() {
        let rule = |first_day| PeriodRule { first_day, ..PeriodRule::default() };
        let of = |day, first_day| Period::running(day, &rule(first_day)).unwrap().month;
        assert_eq!(of(date(2025, 10, 31), 1), "2025-10");
        assert_eq!(of(date(2025, 11, 1), 1), "2025-10");
        assert_eq!(of(date(2025, 11, 2), 1), "2025-11");
        // From 15/10 to 14/11 is the period of November.
        assert_eq!(of(date(2025, 10, 15), 15), "2025-10");
        assert_eq!(of(date(2025, 10, 16), 15), "2025-11");
        assert_eq!(of(date(2025, 12, 31), 15), "2026-01");
    }

    #[test]
    fn a_window_from_day_15_begins_in_the_month_before() {
        let zone = zone("Asia/Ho_Chi_Minh").unwrap();
        let period = Period::of("2025-01", 15, &zone).unwrap();
        assert_eq!(
            (period.from.to_string(), period.to.to_string()),
            ("2024-12-15".into(), "2025-01-15".into())
        );
    }

    #[test]
    fn the_last_complete_period_is_over() {
        let last = |day: Date, first_day| {
            let rule = PeriodRule { first_day, ..PeriodRule::default() };
            Period::last_complete(day, &rule).unwrap().month
        };
        assert_eq!(last(date(2026, 1, 1), 1), "2025-12");
        assert_eq!(last(date(2025, 12, 31), 1), "2025-11");
        assert_eq!(last(date(2025, 10, 14), 15), "2025-09");
        assert_eq!(last(date(2025, 10, 15), 15), "2025-10");
    }

    #[test]
    fn odd_months_are_refused() {
        let zone = zone("Asia/Ho_Chi_Minh").unwrap();
        for month in ["2025-13", "2025-1", "10/2025", "", "2025-10-01", "0001-01"] {
            assert!(Period::of(month, 1, &zone).is_err(), "{month}");
        }
    }
}
