//! The last day on which a form is in time.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::config::DueForm;
use crate::plan::Period;

/// The last valid day of a form about a period; none where the form has no deadline.
pub fn last_day(form: &DueForm, period: &Period) -> Option<Date> {
    if let Some(day) = form.on_day {
        return first_on_or_after(period.to, day);
    }
    match form.before_day {
        // The day before has to lie after the period as well.
        Some(day) => first_on_or_after(period.to.tomorrow().ok()?, day)?.yesterday().ok(),
        None => form.by,
    }
}

/// The first date with a day of the month, from a date on.
fn first_on_or_after(from: Date, day: u8) -> Option<Date> {
    let same = from.with().day(i8::try_from(day).ok()?).build().ok()?;
    if same >= from { Some(same) } else { same.checked_add(1.month()).ok() }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::config::{Every, Sender};

    fn form(before_day: Option<u8>, on_day: Option<u8>) -> DueForm {
        DueForm {
            id: "03".into(),
            title: String::new(),
            from: Sender::Communes,
            to: String::new(),
            every: Every::Month,
            before_day,
            on_day,
            by: None,
            units: Vec::new(),
        }
    }

    fn period(month: &str, first_day: i8) -> Period {
        Period::of(month, first_day, &TimeZone::UTC).unwrap()
    }

    #[test]
    fn before_a_day_is_strict_and_on_a_day_is_not() {
        let december = period("2025-12", 1);
        assert_eq!(last_day(&form(Some(12), None), &december), Some(date(2026, 1, 11)));
        assert_eq!(last_day(&form(None, Some(15)), &december), Some(date(2026, 1, 15)));
    }

    #[test]
    fn a_window_that_ends_on_day_14_is_due_on_the_next_day() {
        let october = period("2025-10", 15);
        assert_eq!(last_day(&form(None, Some(15)), &october), Some(date(2025, 10, 15)));
        assert_eq!(last_day(&form(Some(12), None), &october), Some(date(2025, 11, 11)));
    }

    #[test]
    fn before_the_first_is_the_last_day_of_a_month_after_the_period() {
        let october = period("2025-10", 1);
        assert_eq!(last_day(&form(Some(1), None), &october), Some(date(2025, 11, 30)));
    }
}
