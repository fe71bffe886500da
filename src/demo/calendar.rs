//! The three parts of the month, each of which becomes one file.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::random::Random;

/// The rows of one file and the days on which they were measured.
#[derive(Debug, Clone)]
pub(super) struct Window {
    /// 0, 1 or 2.
    pub(super) number: u64,
    /// Number of the first row.
    pub(super) first_row: usize,
    /// Number of the first row of the next file.
    pub(super) end_row: usize,
    /// The month, in microseconds since 1970, half-open.
    pub(super) month: (i64, i64),
    /// First and last day of the file in the month, counted from 1.
    pub(super) days: (i64, i64),
    /// Weekday of day 1, Monday being 0.
    first_weekday: i64,
}

/// Phone calls a day of the phone that does not stop testing.
const HAMMERED_ROWS: usize = 200;

const DAY: i64 = 86_400_000_000;

/// Cuts the rows and the days of a month into three.
pub(super) fn windows(
    month: Date,
    samples: usize,
    zone: &TimeZone,
) -> Result<Vec<Window>, jiff::Error> {
    let first = month.first_of_month();
    let start = zone.to_timestamp(first.at(0, 0, 0, 0))?.as_microsecond();
    let next = first.checked_add(1.month())?;
    let end = zone.to_timestamp(next.at(0, 0, 0, 0))?.as_microsecond();
    let last_day = i64::from(first.days_in_month());
    let days = [(1, 10), (11, 20), (21, last_day)];
    let cut = |number: usize| samples * number / 3;
    let window = |(number, days): (usize, (i64, i64))| Window {
        number: number as u64,
        first_row: cut(number),
        end_row: cut(number + 1),
        month: (start, end),
        days,
        first_weekday: i64::from(first.weekday().to_monday_zero_offset()),
    };
    Ok(days.into_iter().enumerate().map(window).collect())
}

impl Window {
    /// A day of the file; fewer people test at the weekend.
    pub(super) fn day(&self, random: &mut Random) -> i64 {
        let day = random.between(self.days.0, self.days.1);
        let again = random.between(self.days.0, self.days.1);
        let weekend = (self.first_weekday + day - 1) % 7 >= 5;
        if weekend && random.chance(400) { again } else { day }
    }

    /// Microseconds since 1970 of a millisecond of a local day.
    pub(super) fn moment(&self, day: i64, millisecond: i64) -> i64 {
        let moment = self.month.0 + (day - 1) * DAY + millisecond * 1000;
        // A month in which the clocks change is an hour shorter or longer than its days.
        moment.min(self.month.1 - 1000)
    }

    /// The row belongs to the phone that does not stop testing.
    pub(super) fn hammered(&self, row: usize) -> bool {
        let stride = ((self.end_row - self.first_row) / HAMMERED_ROWS).max(30);
        (row - self.first_row) % stride == stride / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_month_is_local_and_half_open() {
        let zone = TimeZone::fixed(jiff::tz::offset(7));
        let windows = windows(date(2025, 10, 5), 100, &zone).unwrap();
        let start = "2025-09-30T17:00:00Z".parse::<jiff::Timestamp>().unwrap();
        let end = "2025-10-31T17:00:00Z".parse::<jiff::Timestamp>().unwrap();
        assert_eq!(windows[0].month, (start.as_microsecond(), end.as_microsecond()));
        assert_eq!(windows[2].days, (21, 31));
        assert_eq!(windows[2].moment(31, 86_399_999), end.as_microsecond() - 1000);
    }

    #[test]
    fn rows_are_cut_without_a_gap() {
        let windows = windows(date(2025, 10, 1), 100, &TimeZone::UTC).unwrap();
        let cuts: Vec<_> = windows.iter().map(|w| (w.first_row, w.end_row)).collect();
        assert_eq!(cuts, [(0, 33), (33, 66), (66, 100)]);
    }
}
