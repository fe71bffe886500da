//! Days on which offices are closed.
//!
//! Always known: 1 January, 30 April, 1 May, 2 September. The day beside 2 September, Tết and the
//! commemoration of the Hùng kings are set every year, so they come from the configuration.

use jiff::civil::{Date, Weekday};
use serde::Serialize;

/// Why offices are closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOff {
    Weekend,
    Holiday,
}

const FIXED: [(i8, i8); 4] = [(1, 1), (4, 30), (5, 1), (9, 2)];

/// Whether and why offices are closed on a day; `holidays` are those beside the fixed ones.
pub fn day_off(day: Date, holidays: &[Date]) -> Option<DayOff> {
    if FIXED.contains(&(day.month(), day.day())) || holidays.contains(&day) {
        return Some(DayOff::Holiday);
    }
    let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    weekend.then_some(DayOff::Weekend)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weekends_and_holidays_are_told_apart() {
        let new_year = [date(2026, 2, 17)];
        assert_eq!(day_off(date(2025, 11, 15), &[]), Some(DayOff::Weekend));
        assert_eq!(day_off(date(2026, 4, 30), &[]), Some(DayOff::Holiday));
        assert_eq!(day_off(date(2026, 2, 17), &new_year), Some(DayOff::Holiday));
        assert_eq!(day_off(date(2026, 2, 17), &[]), None);
    }
}
