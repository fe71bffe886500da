//! The last day on which a form is in time.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use crate::config::{DueForm, Every, Sender};
use crate::period::Period;

/// Before this day of the month documents ask for results where the configuration names nothing that is
/// due: that of dispatch 1114/STTTT-BCVT of Gia Lai.
const USUAL_DAY: u8 = 12;

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

/// Before which day of the month others send their results, as documents ask them to; none where nothing
/// is due from them every month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Deadlines {
    /// Departments and the press.
    pub agencies: Option<u8>,
    /// With their districts, while there were any.
    pub communes: Option<u8>,
    pub operators: Option<u8>,
}

impl Deadlines {
    /// The earliest day of each kind of sender.
    pub fn of(due: &[DueForm]) -> Self {
        let day = |senders: &[Sender]| {
            let monthly = due.iter().filter(|form| form.every == Every::Month);
            let forms = monthly.filter(|form| senders.contains(&form.from));
            let days = forms.filter_map(|form| form.before_day.or(form.on_day.map(|day| day + 1)));
            if due.is_empty() { Some(USUAL_DAY) } else { days.min() }
        };
        Deadlines {
            agencies: day(&[Sender::Departments, Sender::Press]),
            communes: day(&[Sender::Communes, Sender::Districts]),
            operators: day(&[Sender::Operators]),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    use super::*;

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
        let once = DueForm { by: Some(date(2024, 6, 27)), ..form(None, None) };
        assert_eq!(last_day(&once, &december), Some(date(2024, 6, 27)));
        assert_eq!(last_day(&form(None, None), &december), None);
    }

    #[test]
    fn a_window_that_ends_on_day_14_is_due_on_the_next_day() {
        let october = period("2025-10", 15);
        assert_eq!(last_day(&form(None, Some(15)), &october), Some(date(2025, 10, 15)));
        assert_eq!(last_day(&form(Some(12), None), &october), Some(date(2025, 11, 11)));
    }

    #[test]
    fn documents_ask_for_what_is_due_every_month() {
        let usual = Some(USUAL_DAY);
        let all = Deadlines { agencies: usual, communes: usual, operators: usual };
        assert_eq!(Deadlines::of(&[]), all);
        let once = DueForm { from: Sender::Press, every: Every::Once, ..form(None, None) };
        let found = Deadlines::of(&[form(None, Some(15)), form(Some(14), None), once]);
        assert_eq!(found, Deadlines { agencies: None, communes: Some(14), operators: None });
    }
}
